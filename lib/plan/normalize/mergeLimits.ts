/**
 * A limit or offset of a limit or offset with the same order becomes a single one.
 *
 * Skipping o2 rows and keeping c2 of those left by skipping o1 and keeping c1 skips o1 + o2 and keeps the smaller of c1 - o2 and c2. Only
 * literals are merged: the value of a parameter is unknown.
 */
import type { Scalar } from '../Rel.js'
import { sameOrder } from '../sameScalar.js'
import type { Rewrite } from './Rewrite.js'

/** The value of a literal count or offset, `none` for a missing one, undefined for any other scalar. */
const literalOf = (s: Scalar | null, none: bigint | null): bigint | null | undefined => {
  if (s === null) return none
  return s.node.tag === 'literal' && typeof s.node.value === 'bigint' ? s.node.value : undefined
}

const BIGINT = { sql: { tag: 'bigint' }, nullable: false, refine: null } as const

const literal = (n: bigint): Scalar => ({ node: { tag: 'literal', value: n }, type: BIGINT })

/** Merges nested limits and offsets. */
export const mergeLimits: Rewrite = {
  name: 'mergeLimits',
  apply: rel => {
    if (rel.tag !== 'limit' || rel.input.tag !== 'limit' || !sameOrder(rel.order, rel.input.order)) return null
    const [c1, c2] = [literalOf(rel.input.count, null), literalOf(rel.count, null)]
    const [o1, o2] = [literalOf(rel.input.offset, 0n), literalOf(rel.offset, 0n)]
    if (c1 === undefined || c2 === undefined || o1 == null || o2 == null) return null
    const left = c1 === null ? null : c1 > o2 ? c1 - o2 : 0n
    const count = left === null ? c2 : c2 === null || left < c2 ? left : c2
    const offset = o1 + o2
    return { ...rel.input, count: count === null ? null : literal(count), offset: offset === 0n ? null : literal(offset) }
  },
}
