/**
 * Commands in normal form: the queries and conditions of a write, normalized.
 *
 * Queries of `insertFrom` and `updateFrom`, conditions, and assignments are rewritten; the values of inserted rows are not.
 *
 * Law: a write and its normal form leave the same rows and return the same result on every engine.
 */
import { normalize, normalizeCondition, normalizeScalar } from './normalize/normalize.js'
import type { OnConflict, Write } from './writePlan.js'

/** A write whose queries are in normal form. */
export const normalizeWrite = (write: Write): Write => {
  if (write.tag === 'insert') return write.conflict === null ? write : { ...write, conflict: normalizedConflict(write.conflict) }
  if (write.tag === 'insertFrom') return { ...write, plan: normalize(write.plan) }
  const where = write.where === null ? null : normalizeCondition(write.where)
  if (write.tag === 'updateFrom') {
    return { ...write, source: normalize(write.source), where, set: write.set.map(([f, s]) => [f, normalizeScalar(s)]) }
  }
  return write.tag === 'delete' ? { ...write, where } : { ...write, where, set: write.set.map(([f, s]) => [f, normalizeScalar(s)]) }
}

const normalizedConflict = (conflict: OnConflict): OnConflict => ({
  ...conflict,
  set: conflict.set === null ? null : conflict.set.map(([f, s]) => [f, normalizeScalar(s)]),
  where: conflict.where === null ? null : normalizeCondition(conflict.where),
})
