/**
 * Exact values: what an expression evaluates to.
 *
 * Canonical values are for users; the model computes without loss: integers are bigints, a numeric is the bigint of its digits at the
 * scale of its type, an instant is its milliseconds, everything else is itself. `exact` and `canonicalOf` convert. `exact` leaves an
 * exact value unchanged, so that a row of the model may contain a value that no column could store.
 *
 * Laws: `canonicalOf(t, exact(t, v)) = v` for canonical v; `compare` is a total order on the values of a type; `identity` is equal
 * exactly where `compare` is 0. A result that does not fit its type is refused as `NumericOverflow`, never rounded.
 */
import { decimalOf, MAX_INT64, MIN_INT64, unscaled } from '../core/value/Canonical.js'
import { numericOverflow, refuse, unsupported } from '../core/value/DbError.js'
import { atScale } from '../core/value/decimals.js'
import { exactText, inDoubles } from '../core/value/jsonNumbers.js'
import { hasOrder, isInteger, isText, type SqlType, showSqlType } from '../core/value/SqlType.js'
import { compareText } from './text.js'

/** The value of an expression; its form depends on the SQL type. */
export type Value = null | boolean | number | bigint | string | object

/** The exact value of a canonical one. */
export const exact = (type: SqlType, value: unknown): Value => {
  if (value === null || value === undefined) return null
  switch (type.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
      return BigInt(value as number | bigint)
    case 'float':
      return Number(value)
    case 'numeric':
      return typeof value === 'bigint' ? value : (unscaled(value as string, type.scale) as bigint)
    case 'timestamp':
      return value instanceof Date ? value.getTime() : (value as number)
    case 'array':
      return (value as readonly unknown[]).map(item => exact(type.element, item))
    default:
      return value as Value
  }
}

/** The canonical value of an exact one, a copy where it is mutable. `where` is the place that an overflow names. */
export const canonicalOf = (type: SqlType, value: Value, where: string | null): unknown => {
  if (value === null) return null
  switch (type.tag) {
    case 'smallint':
    case 'int': {
      const n = Number(value)
      return Number.isSafeInteger(n) ? n : refuse(numericOverflow(where))
    }
    case 'numeric':
      return decimalOf(value as bigint, type.scale)
    case 'timestamp':
      return new Date(value as number)
    case 'array':
      return (value as readonly Value[]).map(item => canonicalOf(type.element, item, where))
    case 'bytes':
      return (value as Uint8Array).slice()
    case 'json':
      return type.read === 'text' ? exactText(value) : inDoubles(value)
    case 'vector':
      return structuredClone(value)
    default:
      return value
  }
}

// --- Numbers ----------------------------------------------------------------------------------

/** An integer of 64 bits. Refuses a larger one. */
export const int64 = (n: bigint): bigint => (n < MIN_INT64 || n > MAX_INT64 ? refuse(numericOverflow('beyond 64 bits')) : n)

/** A finite float, with 0 for -0. Refuses any other. */
export const finite = (n: number): number => {
  if (!Number.isFinite(n)) return refuse(numericOverflow('beyond the floats'))
  return n === 0 ? 0 : n
}

type NumericType = SqlType & { readonly tag: 'numeric' }

/** The digits of a numeric: 64 bits where its type has up to 18 digits, unbounded otherwise. */
export const digitsOf = (type: NumericType, digits: bigint): bigint => (type.precision <= 18 ? int64(digits) : digits)

/** The scale of the bigint of a number: 0 for integers. */
export const scaleOf = (type: SqlType): number => (type.tag === 'numeric' ? type.scale : 0)

/** A number as a float: the nearest one. */
export const floatOf = (type: SqlType, value: Value): number =>
  Number(type.tag === 'numeric' ? decimalOf(value as bigint, type.scale) : value)

/** The result of arithmetic in a type. Refuses one that does not fit. */
export const inType = (type: SqlType, n: bigint | number): Value => {
  if (typeof n === 'number') return finite(n)
  return type.tag === 'numeric' ? digitsOf(type, n) : int64(n)
}

// --- Order and identity -----------------------------------------------------------------------

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at < 0 || at >= b.length ? a.length - b.length : (a[at] as number) - (b[at] as number)
}

/** Two numbers of different types, converted so that JavaScript compares them exactly. */
const comparablePair = (a: Value, s: SqlType, b: Value, t: SqlType): readonly [Value, Value] => {
  if (s.tag !== 'numeric' && t.tag !== 'numeric') return [a, b]
  if (s.tag === 'float' || t.tag === 'float') return [floatOf(s, a), floatOf(t, b)]
  const scale = Math.max(scaleOf(s), scaleOf(t))
  return [atScale(a as bigint, scaleOf(s), scale), atScale(b as bigint, scaleOf(t), scale)]
}

/** The order of two values that are not null: negative, 0 or positive. False is before true, text goes by code point. */
export const compare = (a: Value, s: SqlType, b: Value, t: SqlType): number => {
  if (!hasOrder(s)) return refuse(unsupported(`comparing ${showSqlType(s)}`, 'query-ts', 'the type has no lawful order'))
  const [x, y] = comparablePair(a, s, b, t)
  if (typeof x === 'string') return compareText(x, y as string)
  if (x instanceof Uint8Array) return compareBytes(x, y as Uint8Array)
  return (x as number) < (y as number) ? -1 : (x as number) > (y as number) ? 1 : 0
}

/** The key of a canonical or exact value in a `Map` or `Set`: the same primitive for equal values of a type, null for null. */
export const identity = (type: SqlType, value: unknown): string | number | bigint | boolean | null => {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return isInteger(type) && Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof Date) return value.getTime()
  if (value instanceof Uint8Array) return Array.from(value, byte => byte.toString(16).padStart(2, '0')).join('')
  return value as string | number | boolean
}

/** The kind of a type: values of types of one kind are equal where `identity` is. Null where `identity` does not decide equality. */
export const identityKind = (type: SqlType): string | null => {
  if (isInteger(type)) return 'integer'
  if (isText(type)) return 'text'
  if (type.tag === 'numeric') return `numeric ${type.scale}`
  return ['float', 'boolean', 'date', 'time', 'timestamp', 'timestampMicros', 'uuid', 'bytes'].includes(type.tag) ? type.tag : null
}

/** The key of a list of values: the same text for equal lists, null being equal to null. */
export const identities = (values: readonly (readonly [SqlType, unknown])[]): string =>
  JSON.stringify(
    values.map(([type, value]) => {
      const one = identity(type, value)
      return typeof one === 'bigint' ? one.toString() : one
    }),
  )
