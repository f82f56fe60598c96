/**
 * The meaning of scalar functions, on exact values.
 *
 * Truth is Kleene's: true, false, or null for unknown. A strict function of a null is null; those that are not strict (`isNotDistinctFrom`,
 * `isNull`, `between`, `nullIf`, the constructors of documents and arrays) are cases of `apply`. `and`, `or`, `coalesce` and `case`
 * evaluate only the operands they need and are in `exprValue`. Functions get the types of their operands and of their result, because
 * the form of a value depends on its type.
 *
 * Laws: those of `Expr`. Division by zero is null; integers have 64 bits.
 */

import type { ScalarFn } from '../core/syntax/Syntax.js'
import { matching } from '../core/value/automaton.js'
import { codePointLength } from '../core/value/Canonical.js'
import { addMonths, DAY, instantOf, type Part, type Unit, within } from '../core/value/calendar.js'
import { formatted } from '../core/value/datePattern.js'
import { atScale } from '../core/value/decimals.js'
import type { SqlType } from '../core/value/SqlType.js'
import { sha256 } from '../core/value/sha256.js'
import { localTime, startInZone } from '../core/value/timeZone.js'
import { bytesOf, fromDigits, hexDigits } from './bytes.js'
import { instant, partOf, shifted, truncatedTo } from './dates.js'
import { jsonArray, jsonAt, jsonContains, jsonLength, jsonObject, jsonType } from './json.js'
import { ceil, extreme, floor, power, round, rounded, squareRoot } from './rounding.js'
import { lastPoints, like, lower, padding, position, replaced, reversed, substring, trimmed, upper } from './text.js'
import { compare, finite, floatOf, inType, int64, scaleOf, type Value } from './value.js'

/** A truth value; null is unknown. */
export type Truth = boolean | null

/** An operand: its value and its type. */
export interface Operand {
  readonly value: Value
  readonly type: SqlType
}

/** Kleene's not. */
export const negated = (a: Truth): Truth => (a === null ? null : !a)

/** Kleene's and: false where an operand is false, else null where one is null. */
export const both = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a === null || b === null ? null : true)

/** A comparison: null where an operand is null. */
const compared = (a: Operand, b: Operand, test: (order: number) => boolean): Truth =>
  a.value === null || b.value === null ? null : test(compare(a.value, a.type, b.value, b.type))

/** SQL's `=`. */
const equal = (a: Operand, b: Operand): Truth => compared(a, b, order => order === 0)

/** SQL's `IN`: true where a member is equal, else null where a comparison is unknown, else false. */
export const among = (a: Operand, list: readonly Operand[]): Truth => {
  const results = list.map(b => equal(a, b))
  return results.includes(true) ? true : results.includes(null) ? null : false
}

const same = (a: Operand, b: Operand): boolean => (a.value === null || b.value === null ? a.value === b.value : equal(a, b) === true)

const arithmetic =
  (exactly: (a: bigint, b: bigint) => bigint, roughly: (a: number, b: number) => number) =>
  ([a, b]: Operands, type: SqlType): Value => {
    if (type.tag === 'float') return finite(roughly(floatOf(a.type, a.value), floatOf(b.type, b.value)))
    const at = (x: Operand): bigint => atScale(x.value as bigint, scaleOf(x.type), scaleOf(type))
    return inType(type, exactly(at(a), at(b)))
  }

const times = ([a, b]: Operands, type: SqlType): Value => {
  if (type.tag === 'float') return finite(floatOf(a.type, a.value) * floatOf(b.type, b.value))
  const product = (a.value as bigint) * (b.value as bigint)
  return inType(type, atScale(product, scaleOf(a.type) + scaleOf(b.type), scaleOf(type)))
}

const dividing =
  (f: (a: bigint, b: bigint) => bigint) =>
  ([a, b]: Operands): Value =>
    b.value === 0n ? null : int64(f(a.value as bigint, b.value as bigint))

const div = ([a, b]: Operands): Value => {
  const [x, y] = [floatOf(a.type, a.value), floatOf(b.type, b.value)]
  return y === 0 ? null : finite(x / y)
}

const isNegative = (value: Value): boolean => (value as number | bigint) < 0

type Operands = readonly [Operand, Operand, ...Operand[]]
type Strict = (args: Operands, type: SqlType) => Value

const comparing =
  (test: (order: number) => boolean): Strict =>
  ([a, b]) =>
    compared(a, b, test)

const ofText =
  (f: (a: string, b: string) => Value): Strict =>
  ([a, b]) =>
    f(a.value as string, b?.value as string)

/** The functions whose value depends only on the values of all their operands. */
export type StrictFn = Exclude<ScalarFn, 'and' | 'or' | 'coalesce' | 'now' | 'random' | 'randomUuid'>

/** The strict functions; their operands are not null. */
const STRICT: {
  readonly [fn in Exclude<StrictFn, 'isNotDistinctFrom' | 'isNull' | 'between' | 'nullIf' | 'jsonObject' | 'jsonArray' | 'array'>]: Strict
} = {
  eq: comparing(order => order === 0),
  ne: comparing(order => order !== 0),
  lt: comparing(order => order < 0),
  lte: comparing(order => order <= 0),
  gt: comparing(order => order > 0),
  gte: comparing(order => order >= 0),
  not: ([a]) => !a.value,
  plus: arithmetic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  minus: arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  times,
  quot: dividing((a, b) => a / b),
  rem: dividing((a, b) => a % b),
  div,
  neg: ([a], type) => (type.tag === 'float' ? finite(-(a.value as number)) : inType(type, -(a.value as bigint))),
  concat: args => args.map(a => a.value as string).join(''),
  lower: ofText(lower),
  upper: ofText(upper),
  length: ofText(a => BigInt(codePointLength(a))),
  substring: ([a, from, count]) => substring(a.value as string, Number(from.value), count === undefined ? Infinity : Number(count.value)),
  position: ofText((a, b) => BigInt(position(a, b))),
  like: ofText(like),
  ilike: ofText((a, b) => like(lower(a), lower(b))),
  contains: ofText((a, b) => a.includes(b)),
  startsWith: ofText((a, b) => a.startsWith(b)),
  endsWith: ofText((a, b) => a.endsWith(b)),
  trim: ofText(a => trimmed(a, true, true)),
  trimStart: ofText(a => trimmed(a, true, false)),
  trimEnd: ofText(a => trimmed(a, false, true)),
  replace: ([a, from, to]) => replaced(a.value as string, from.value as string, to?.value as string),
  left: ([a, count]) => substring(a.value as string, 1, Number(count.value)),
  right: ([a, count]) => lastPoints(a.value as string, Number(count.value)),
  reverse: ofText(reversed),
  padStart: ([a, fill, count]) => padding(a.value as string, fill.value as string, Number(count?.value)) + (a.value as string),
  padEnd: ([a, fill, count]) => (a.value as string) + padding(a.value as string, fill.value as string, Number(count?.value)),
  repeat: ([a, count]) => (a.value as string).repeat(Number(count.value)),
  abs: ([a], type) => inType(type, isNegative(a.value) ? -(a.value as bigint) : (a.value as bigint)),
  sign: ([a]) => (isNegative(a.value) ? -1n : Number(a.value) === 0 ? 0n : 1n),
  floor: ([a], type) => rounded(floor, a.value, type),
  ceil: ([a], type) => rounded(ceil, a.value, type),
  round: ([a], type) => rounded(round, a.value, type),
  power: ([a, b]) => power(floatOf(a.type, a.value), floatOf(b.type, b.value)),
  sqrt: ([a]) => squareRoot(floatOf(a.type, a.value)),
  // a zero of a computation may be negative
  atan2: ([y, x]) => finite(Math.atan2(floatOf(y.type, y.value) + 0, floatOf(x.type, x.value) + 0)),
  greatest: (args, type) =>
    extreme(
      args.map(a => a.value),
      type,
      order => order > 0,
    ),
  least: (args, type) =>
    extreme(
      args.map(a => a.value),
      type,
      order => order < 0,
    ),
  datePart: ([a, part]) => partOf(a.value, part.value as Part),
  dateTrunc: ([a, unit], type) => truncatedTo(a.value, unit.value as Unit, type),
  localTime: ([a, zone]) => localTime(a.value as number, zone?.value as string),
  startInZone: ([a, unit, zone]) => startInZone(a.value as number, unit.value as Unit, zone?.value as string),
  formatDate: ([a, pattern]) => formatted(instant(a.value), pattern.value as string),
  addMonths: ([a, n], type) => shifted(a.value, type, ms => addMonths(ms, Number(n.value))),
  addDays: ([a, n], type) => shifted(a.value, type, ms => within(ms + Number(n.value) * DAY)),
  addMilliseconds: ([a, n], type) => shifted(a.value, type, ms => within(ms + Number(n.value))),
  byteLength: ([a]) => BigInt(bytesOf(a.value).length),
  hex: ([a]) => hexDigits(a.value),
  unhex: ofText(fromDigits),
  sha256: ([a]) => sha256(bytesOf(a.value)),
  matches: ofText((a, pattern) => matching(pattern)(a)),
  arrayLength: ([a]) => BigInt((a.value as readonly Value[]).length),
  arrayContains: ([a, x]) => (a.value as readonly Value[]).includes(x.value),
  split: ofText((a, separator) => a.split(separator)),
  jsonAt: ([a, path], type) => jsonAt(a.value, path.value as string, type),
  jsonText: ([a]) => a.value,
  jsonLength: ([a]) => jsonLength(a.value),
  jsonType: ([a]) => jsonType(a.value),
  jsonContains: ([a, b]) => jsonContains(a.value, b.value),
  daysBetween: ofText((a, b) => BigInt((instantOf(b) - instantOf(a)) / DAY)),
}

/** The value of a function for some operands. `type` is the type of the result. */
export const apply = (fn: StrictFn, args: readonly Operand[], type: SqlType): Value => {
  const [a, b, c] = args as readonly [Operand, Operand, Operand]
  switch (fn) {
    case 'isNull':
      return a.value === null
    case 'isNotDistinctFrom':
      return same(a, b)
    case 'nullIf':
      return equal(a, b) === true ? null : a.value
    case 'array':
      return args.map(x => x.value)
    case 'between':
      return both(
        compared(a, b, order => order >= 0),
        compared(a, c, order => order <= 0),
      )
    case 'jsonObject':
      return jsonObject(
        a.value as string,
        args.slice(1).map(x => x.value),
      )
    case 'jsonArray':
      return jsonArray(args.map(x => x.value))
    default:
      return args.some(x => x.value === null) ? null : STRICT[fn](args as Operands, type)
  }
}
