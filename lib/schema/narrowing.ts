/**
 * What a change of type does to the values of a column: whether some are lost, and whether some have no value in the new type.
 *
 * Decided by the types alone, so for all rows that the old type could hold. An unknown pair may do both. With `using`, the expression decides,
 * which is not looked into: it may do both.
 *
 * Law: a value that `model/alter` changes beyond its notation is of a pair that `loses`; one that it refuses is of a pair that `mayFail`.
 */
import { isInteger, isText, type SqlType } from '../core/value/SqlType.js'

/** What happens to values. */
export interface Narrowing {
  readonly loses: boolean
  readonly mayFail: boolean
}

const FREE: Narrowing = { loses: false, mayFail: false }
const FAILS: Narrowing = { loses: false, mayFail: true }
const BOTH: Narrowing = { loses: true, mayFail: true }

/** The digits of each integer type before the point. */
const DIGITS: { readonly [tag in SqlType['tag']]?: number } = { smallint: 5, int: 10, bigint: 19 }
const WIDTH = ['smallint', 'int', 'bigint']

/** The longest text of a type, in characters; infinite where there is no limit. */
const longest = (t: SqlType): number => {
  if (t.tag === 'varchar' || t.tag === 'char') return t.length
  return t.tag === 'enum' ? Math.max(0, ...t.values.map(v => [...v].length)) : Number.POSITIVE_INFINITY
}

const ofTexts = (from: SqlType, to: SqlType): Narrowing => {
  if (to.tag === 'enum') return from.tag === 'enum' && from.values.every(v => to.values.includes(v)) ? FREE : FAILS
  if (to.tag === 'char') return from.tag === 'char' && from.length === to.length ? FREE : FAILS
  return longest(from) <= longest(to) ? FREE : FAILS
}

const ofNumbers = (from: SqlType, to: SqlType): Narrowing | null => {
  if (isInteger(from) && isInteger(to)) return WIDTH.indexOf(from.tag) <= WIDTH.indexOf(to.tag) ? FREE : FAILS
  if (isInteger(from) && to.tag === 'numeric') return to.precision - to.scale >= (DIGITS[from.tag] ?? 19) ? FREE : FAILS
  if (isInteger(from) && to.tag === 'float') return from.tag === 'bigint' ? { loses: true, mayFail: false } : FREE
  if (from.tag === 'numeric' && to.tag === 'numeric')
    return { loses: to.scale < from.scale, mayFail: to.precision - to.scale < from.precision - from.scale || to.scale < from.scale }
  if (from.tag === 'numeric' && to.tag === 'float') return { loses: true, mayFail: false }
  return null
}

/** What a change between two types does to values that are cast. */
export const narrowing = (from: SqlType, to: SqlType): Narrowing => {
  if (isText(from) && isText(to)) return ofTexts(from, to)
  const numbers = ofNumbers(from, to)
  if (numbers !== null) return numbers
  if (isText(to) && ['smallint', 'int', 'bigint', 'numeric', 'boolean', 'date', 'uuid'].includes(from.tag))
    return to.tag === 'text' ? FREE : FAILS
  if (from.tag === 'boolean' && isInteger(to)) return FREE
  if (from.tag === 'timestamp' && to.tag === 'timestampMicros') return FREE
  return from.tag === to.tag && JSON.stringify(from) === JSON.stringify(to) ? FREE : BOTH
}
