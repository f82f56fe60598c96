/**
 * Canonical values: which JavaScript values a `SqlType` admits, and the form in which they are kept.
 *
 * `canonical(type, value)` is the gate through which every value enters a statement or the model: it returns the canonical form (`-0` is 0,
 * `'1.5'` as numeric(4,2) is `'1.50'`, a uuid is in lower case) or the reason why the value is refused. Law: `canonical` is idempotent. Mutable
 * values are copied, so that later changes by the caller have no effect.
 *
 * Refusals are those of decisions 16 (NaN, infinities), 21 (NUL, lone surrogates) and 23 (years). How an engine stores a value is not known here.
 */
import type { Decimal, Json, SqlType } from './SqlType.js'
import { showSqlType } from './SqlType.js'

/** The canonical form of a value, or why it is refused. */
export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string; readonly overflow: boolean }

const ok = (value: unknown): Checked => ({ ok: true, value })
const no = (reason: string): Checked => ({ ok: false, reason, overflow: false })
const overflow = (reason: string): Checked => ({ ok: false, reason, overflow: true })

/** The least integer of 64 bits. */
export const MIN_INT64 = -(2n ** 63n)
/** The greatest integer of 64 bits. */
export const MAX_INT64 = 2n ** 63n - 1n

/** The kind of a value, for error messages; never the value itself. */
export const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'object') return 'an object'
  return typeof value
}

const expected = (type: SqlType, value: unknown): Checked => no(`expected ${showSqlType(type)}, got ${kindOf(value)}`)

/** The built-in `isWellFormed`, which the compiler's library does not declare yet. */
const isWellFormed = (s: string): boolean => (s as string & { readonly isWellFormed: () => boolean }).isWellFormed()

/** Why a text can't be stored unchanged by every engine, or null. */
export const textProblem = (s: string): string | null => {
  if (s.includes('\u0000')) return 'a text can hold no NUL character'
  if (s.startsWith('\ufeff')) return 'a text can not begin with a byte order mark, which embedded engines drop when it is read'
  return isWellFormed(s) ? null : 'a text can hold no lone surrogate'
}

/** The number of code points of a text. */
export const codePointLength = (s: string): number => {
  let n = 0
  for (const _ of s) n += 1
  return n
}

const text = (type: SqlType, value: unknown): Checked => {
  if (typeof value !== 'string') return expected(type, value)
  const problem = textProblem(value)
  if (problem !== null) return no(problem)
  if (type.tag === 'varchar' && codePointLength(value) > type.length) return no(`longer than ${type.length} characters`)
  if (type.tag === 'char' && codePointLength(value) !== type.length) return no(`not exactly ${type.length} characters long`)
  if (type.tag === 'enum' && !type.values.includes(value)) return no(`not one of ${type.values.join(', ')}`)
  return ok(value)
}

const integer = (type: SqlType, value: unknown): Checked => {
  if (typeof value !== 'number') return expected(type, value)
  if (!Number.isFinite(value)) return overflow('NaN and infinities are no integers')
  if (!Number.isInteger(value)) return no(`expected ${showSqlType(type)}, got a fraction`)
  return Number.isSafeInteger(value) ? ok(value === 0 ? 0 : value) : overflow('an integer beyond 2^53 is not exact: use bigint')
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/

/** The digits of a decimal text as an integer at `scale`; null if it is not a decimal or has more fraction digits. */
export const unscaled = (value: string, scale: number): bigint | null => {
  const match = DECIMAL.exec(value)
  if (match === null) return null
  const [, sign = '', whole = '', fraction = ''] = match
  if (whole === '' && fraction === '') return null
  const kept = fraction.replace(/0+$/, '')
  if (kept.length > scale) return null
  const digits = BigInt(whole + kept.padEnd(scale, '0') || '0')
  return sign === '-' ? -digits : digits
}

/** The decimal text of an integer at `scale`: `decimalOf(1250n, 2)` is `'12.50'`. */
export const decimalOf = (digits: bigint, scale: number): Decimal => {
  const magnitude = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
  const sign = digits < 0n ? '-' : ''
  const whole = magnitude.slice(0, magnitude.length - scale)
  return (scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${magnitude.slice(magnitude.length - scale)}`) as Decimal
}

/** Whether a decimal is already in canonical form: a fast path, since most are. */
export const isWritten = (value: string, precision: number, scale: number): boolean => {
  const point = value.length - scale - 1
  if (scale === 0 || point < 1 || point > precision - scale || value.charCodeAt(point) !== 46) return false
  for (let i = 0; i < value.length; i += 1) {
    const c = value.charCodeAt(i)
    if (i !== point && (c < 48 || c > 57)) return false
  }
  return value.charCodeAt(0) !== 48 || (point === 1 && precision > scale)
}

const numeric = (type: SqlType & { readonly tag: 'numeric' }, value: unknown): Checked => {
  if (typeof value !== 'string') return expected(type, value)
  const { precision, scale } = type
  if (isWritten(value, precision, scale)) return ok(value)
  const match = DECIMAL.exec(value)
  const [, sign = '', given = '', fraction = ''] = match ?? []
  const kept = fraction.length <= scale ? fraction : fraction.replace(/0+$/, '')
  if (match === null || (given === '' && fraction === '') || kept.length > scale)
    return no(`expected ${showSqlType(type)}, got another text or more than ${scale} fraction digits`)
  const whole = given.replace(/^0+/, '')
  const digits = kept.padEnd(scale, '0')
  const significant = whole === '' ? digits.replace(/^0+/, '').length : whole.length + scale
  if (significant > precision) return overflow(`more digits than ${showSqlType(type)} holds`)
  const magnitude = `${whole === '' ? '0' : whole}${scale === 0 ? '' : '.'}${digits}`
  return ok(sign === '-' && significant > 0 ? `-${magnitude}` : magnitude)
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?$/
const MICROS = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z?$/

const isDate = (s: string): boolean => {
  const match = DATE.exec(s)
  if (match === null || match[1] === '0000') return false
  const date = new Date(`${s}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === s
}

const timeText = (s: string): string | null => {
  const match = TIME.exec(s)
  return match === null ? null : `${match[1]}:${match[2]}:${match[3]}.${(match[4] ?? '').padEnd(3, '0')}`
}

const timestamp = (type: SqlType, value: unknown): Checked => {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return expected(type, value)
  const year = value.getUTCFullYear()
  return year < 1 || year > 9999 ? no('a timestamp must be in the years 1 to 9999') : ok(new Date(value))
}

const micros = (type: SqlType, value: unknown): Checked => {
  const match = typeof value === 'string' ? MICROS.exec(value) : null
  if (match === null || !isDate(match[1] ?? '') || timeText(match[2] ?? '') === null) return expected(type, value)
  return ok(`${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`)
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Why a value is not JSON that every engine keeps unchanged, or null. */
const jsonProblem = (value: unknown, depth = 0): string | null => {
  if (depth > 90) return 'nested deeper than 90 levels'
  if (value === null || typeof value === 'boolean') return null
  if (typeof value === 'string') return textProblem(value)
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'NaN and infinities are not JSON'
  if (typeof value !== 'object') return `${kindOf(value)} is not JSON`
  const prototype = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return `${kindOf(value)} is not JSON`
  for (const [key, item] of Object.entries(value)) {
    const problem = textProblem(key) ?? jsonProblem(item, depth + 1)
    if (problem !== null) return problem
  }
  return null
}

const normalZero = (value: Json): Json => {
  if (typeof value === 'number') return value === 0 ? 0 : value
  if (Array.isArray(value)) return value.map(normalZero)
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, normalZero(v)]))
  return value
}

/** The types of array elements that every engine supports. */
export const isElement = (t: SqlType): boolean => t.tag !== 'array' && t.tag !== 'json' && t.tag !== 'vector' && t.tag !== 'custom'

const list = (type: SqlType & { readonly tag: 'array' }, value: unknown): Checked => {
  if (!Array.isArray(value)) return expected(type, value)
  if (!isElement(type.element)) return no(`an array of ${showSqlType(type.element)} is not the same on every engine: use json`)
  const items: unknown[] = []
  for (const item of value) {
    const checked = item === null && type.elementNullable ? ok(null) : canonical(type.element, item)
    if (!checked.ok) return checked
    items.push(checked.value)
  }
  return ok(items)
}

const vector = (type: SqlType & { readonly tag: 'vector' }, value: unknown): Checked => {
  if (!Array.isArray(value) && !(value instanceof Float32Array)) return expected(type, value)
  if (value.length !== type.dimension) return no(`expected ${type.dimension} components, got ${value.length}`)
  const components: number[] = []
  for (const x of value) {
    if (typeof x !== 'number' || !Number.isFinite(Math.fround(x))) return overflow('a component of a vector must be a finite 32-bit float')
    components.push(Math.fround(x) === 0 ? 0 : Math.fround(x))
  }
  return ok(components)
}

/** The canonical form of a non-null value, or why it is not a value of the type. */
export const canonical = (type: SqlType, value: unknown): Checked => {
  switch (type.tag) {
    case 'smallint':
    case 'int':
      return integer(type, value)
    case 'bigint':
      if (typeof value !== 'bigint') return expected(type, value)
      return value < MIN_INT64 || value > MAX_INT64 ? overflow('a bigint has 64 bits') : ok(value)
    case 'float':
      if (typeof value !== 'number') return expected(type, value)
      return Number.isFinite(value) ? ok(value === 0 ? 0 : value) : overflow('NaN and infinities are refused')
    case 'numeric':
      return numeric(type, value)
    case 'text':
    case 'varchar':
    case 'char':
    case 'enum':
      return text(type, value)
    case 'uuid':
      return typeof value === 'string' && UUID.test(value) ? ok(value.toLowerCase()) : expected(type, value)
    case 'boolean':
      return typeof value === 'boolean' ? ok(value) : expected(type, value)
    case 'timestamp':
      return timestamp(type, value)
    case 'timestampMicros':
      return micros(type, value)
    case 'date':
      if (typeof value !== 'string') return expected(type, value)
      return isDate(value) ? ok(value) : no('expected a day that exists, as YYYY-MM-DD, in the years 1 to 9999')
    case 'time': {
      const time = typeof value === 'string' ? timeText(value) : null
      if (typeof value !== 'string') return expected(type, value)
      return time === null ? no('expected a time of day as HH:MM:SS or HH:MM:SS.mmm') : ok(time)
    }
    case 'json': {
      const problem = jsonProblem(value)
      return problem === null ? ok(normalZero(value as Json)) : no(problem)
    }
    case 'bytes':
      return value instanceof Uint8Array ? ok(Uint8Array.from(value)) : expected(type, value)
    case 'array':
      return list(type, value)
    case 'vector':
      return vector(type, value)
    case 'custom': {
      const problem = typeof value === 'string' ? textProblem(value) : null
      return problem === null ? ok(value) : no(problem)
    }
  }
}

/** Whether a value fits its column: a stored `int` has 32 bits and a `smallint` 16, though expressions have 64. */
export const fitsColumn = (type: SqlType, value: unknown): boolean => {
  if (type.tag === 'int') return typeof value === 'number' && value >= -2147483648 && value <= 2147483647
  if (type.tag === 'array') return Array.isArray(value) && value.every(v => v === null || fitsColumn(type.element, v))
  if (type.tag === 'smallint') return typeof value === 'number' && value >= -32768 && value <= 32767
  return true
}

const identity = (value: unknown): string => {
  if (value instanceof Date) return String(value.getTime())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return String(value)
}

/** An identity for canonical values of a type: equal exactly for equal values. Trailing zeros of decimals don't matter. */
export const identityIn = (sql: SqlType, value: unknown): string =>
  sql.tag === 'numeric' ? identity(value).replace(/(\.\d*?)0+$/, '$1') : identity(value)
