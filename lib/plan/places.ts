/**
 * Places: where a scalar, or one that is the same, first stands in a list.
 *
 * `placesOf(all)(s)` is `all.findIndex(x => sameScalar(x, s))`, but only those with the same hash are compared: a sort by n keys looks at
 * each of them once. A hash says of a scalar what it costs little to say: its tags, functions, ids and plain values, and of a query
 * inside what it selects; types are left out.
 */

import type { Scalar } from './Rel.js'
import { sameScalar } from './sameScalar.js'
import { mapScalar } from './walk.js'

const ownText = ({ node: n }: Scalar): string => {
  switch (n.tag) {
    case 'call':
      return n.fn
    case 'column':
      return String(n.id)
    case 'param':
      return n.name
    case 'literal':
      return typeof n.value === 'object' ? '' : String(n.value).slice(0, 100)
    default:
      return ''
  }
}

const mixed = (hash: number, x: number): number => Math.imul(hash ^ x, 0x01000193)

const hashes = new WeakMap<Scalar, number>()

const hashOf = (s: Scalar): number => {
  const known = hashes.get(s)
  if (known !== undefined) return known
  let hash = 0x811c9dc5
  for (const c of `${s.node.tag} ${ownText(s)}`) hash = mixed(hash, c.charCodeAt(0))
  const part = (x: Scalar): Scalar => {
    hash = mixed(hash, hashOf(x))
    return x
  }
  mapScalar(s, {
    scalar: part,
    plan: p => {
      for (const o of p.outputs) part(o.scalar)
      return p
    },
  })
  hashes.set(s, hash)
  return hash
}

export const placesOf = (all: readonly Scalar[]): ((s: Scalar) => number) => {
  const places = new Map<number, number[]>()
  all.forEach((s, i) => {
    const there = places.get(hashOf(s))
    if (there === undefined) places.set(hashOf(s), [i])
    else if (!there.some(j => sameScalar(all[j] as Scalar, s))) there.push(i)
  })
  return s => places.get(hashOf(s))?.find(i => sameScalar(all[i] as Scalar, s)) ?? -1
}
