/**
 * A limit or offset of a limit or offset under the same order becomes one of both.
 *
 * Skipping o2 and keeping c2 rows among those left by skipping o1 and keeping c1 skips o1 + o2 and
 * keeps the smaller of c1 - o2 and c2. Only known numbers are merged: a parameter may be anything.
 */
import type { Scalar } from '../Rel.js'
import { sameOrder } from '../sameScalar.js'
import type { Rewrite } from './Rewrite.js'

const known = (s: Scalar | null, none: bigint | null): bigint | null | undefined => {
  if (s === null) return none
  return s.node.tag === 'literal' && typeof s.node.value === 'bigint' ? s.node.value : undefined
}

const BIGINT = { sql: { tag: 'bigint' }, nullable: false, refine: null } as const

const literal = (n: bigint): Scalar => ({ node: { tag: 'literal', value: n }, type: BIGINT })

export const mergeLimits: Rewrite = {
  name: 'mergeLimits',
  apply: rel => {
    if (rel.tag !== 'limit' || rel.input.tag !== 'limit' || !sameOrder(rel.order, rel.input.order)) return null
    const [c1, c2] = [known(rel.input.count, null), known(rel.count, null)]
    const [o1, o2] = [known(rel.input.offset, 0n), known(rel.offset, 0n)]
    if (c1 === undefined || c2 === undefined || o1 == null || o2 == null) return null
    const left = c1 === null ? null : c1 > o2 ? c1 - o2 : 0n
    const count = left === null ? c2 : c2 === null || left < c2 ? left : c2
    const offset = o1 + o2
    return { ...rel.input, count: count === null ? null : literal(count), offset: offset === 0n ? null : literal(offset) }
  },
}
