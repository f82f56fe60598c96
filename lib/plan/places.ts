/**
 * The first position of a scalar in a list.
 *
 * `placesOf(all)(s)` is `all.findIndex(x => sameScalar(x, s))`, but compares only scalars with the same hash, so that sorting by n
 * keys takes linear time. A hash covers what is cheap: tags, functions, ids, plain values, and the outputs of a sub-query; types are
 * left out.
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
  const cached = hashes.get(s)
  if (cached !== undefined) return cached
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

/** The position of the first scalar of a list that is the same as a given one; -1 if there is none. */
export const placesOf = (all: readonly Scalar[]): ((s: Scalar) => number) => {
  const places = new Map<number, number[]>()
  all.forEach((s, i) => {
    const known = places.get(hashOf(s))
    if (known === undefined) places.set(hashOf(s), [i])
    else if (!known.some(j => sameScalar(all[j] as Scalar, s))) known.push(i)
  })
  return s => places.get(hashOf(s))?.find(i => sameScalar(all[i] as Scalar, s)) ?? -1
}
