/**
 * Values at a driver: how canonical values are written as parameters and read from cells.
 *
 * A `Values` is the half of a dialect that depends on the driver: `write` converts a canonical value to
 * what the driver binds, `read` a cell of a result to a canonical value, and `readJson` a cell of a
 * nested collection, which arrives as JSON.
 *
 * Law (round trip): `read(t)(store(write(t)(v))) = v` for every canonical v, on every engine.
 */
import { canonical, decimalOf, unscaled } from '../core/value/Canonical.js'
import { exactText, inDoubles, isKept, parseExact, placeOfExact } from '../core/value/jsonNumbers.js'
import type { SqlType } from '../core/value/SqlType.js'
import { fromHex } from './hex.js'

const DAY = 86_400_000
let lastDay = Number.NaN
let lastText = ''
const padded = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

/** An instant as ISO text with this between day and time. Many rows have few days: the text of the last one is kept. */
export const instantText = (instant: Date, between: string): string => {
  const at = instant.getTime()
  const day = Math.floor(at / DAY)
  if (day !== lastDay) {
    lastText = new Date(day * DAY).toISOString().slice(0, 10)
    lastDay = day
  }
  const ms = at - day * DAY
  const s = Math.floor(ms / 1000)
  return `${lastText}${between}${padded(Math.floor(s / 3600))}:${padded(Math.floor(s / 60) % 60)}:${padded(s % 60)}.${String(ms % 1000).padStart(3, '0')}`
}

/** What a reader returns for a cell of another type, a number that does not fit its type, and a document with a number that no double holds. */
export const MISMATCH: unique symbol = Symbol('mismatch')
/** Read from a cell whose value is out of the range of its type. */
export const OVERFLOW: unique symbol = Symbol('overflow')
/** Read from a cell whose number has lost digits. */
export const INEXACT: unique symbol = Symbol('inexact')

/** Reads a non-null cell. */
export type Reader = (cell: any) => unknown

/** How a driver represents canonical values. */
export interface Values {
  readonly write: (type: SqlType) => (value: any) => unknown
  readonly read: (type: SqlType) => Reader
  readonly readJson: (type: SqlType) => Reader
}

/** A float where an integer was computed: SQLite returns one beyond 64 bits. */
export const FLOAT_TEXT = /^-?\d+(?:\.\d+(?:e\+?\d+)?|e\+?\d+)$/i

const integer: Reader = cell => {
  if (Number.isSafeInteger(cell)) return cell
  if (typeof cell === 'string' && FLOAT_TEXT.test(cell)) return OVERFLOW
  const n =
    typeof cell === 'number'
      ? cell
      : typeof cell === 'bigint'
        ? Number(cell)
        : typeof cell === 'string' && /^-?\d+$/.test(cell)
          ? Number(cell)
          : null
  if (n === null || !(Number.isInteger(n) || Math.abs(n) > 2 ** 53)) return MISMATCH
  return Number.isSafeInteger(n) ? n : OVERFLOW
}

const bigint: Reader = cell => {
  if (typeof cell === 'bigint') return BigInt.asIntN(64, cell) === cell ? cell : OVERFLOW
  if (typeof cell === 'number')
    return Number.isSafeInteger(cell) ? BigInt(cell) : Number.isFinite(cell) && Math.abs(cell) < 2 ** 53 ? MISMATCH : OVERFLOW
  if (typeof cell !== 'string' || !/^-?\d+$/.test(cell)) return FLOAT_TEXT.test(String(cell)) ? OVERFLOW : MISMATCH
  const n = BigInt(cell)
  return cell.length < 19 || BigInt.asIntN(64, n) === n ? n : OVERFLOW
}

const float: Reader = cell => {
  if (typeof cell === 'number' && Number.isFinite(cell) && cell !== 0) return cell
  const n =
    typeof cell === 'number'
      ? cell
      : typeof cell === 'bigint'
        ? Number(cell)
        : typeof cell === 'string' && cell !== ''
          ? Number(cell)
          : Number.NaN
  if (Number.isFinite(n)) return n === 0 ? 0 : n
  return typeof cell === 'number' || /inf|nan/i.test(String(cell)) ? OVERFLOW : MISMATCH
}

const string: Reader = cell => (typeof cell === 'string' ? cell : MISMATCH)

const boolean: Reader = cell => {
  if (cell === true || cell === 1 || cell === 't' || cell === 1n) return true
  return cell === false || cell === 0 || cell === 'f' || cell === 0n ? false : MISMATCH
}

/** The parts of `2020-01-02 03:04:05.678901+00`; an offset other than UTC is not canonical. */
const INSTANT = /^(\d{4,})-(\d\d)-(\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00(?::?00)?)?$/

/** The number in two digits of a text, or NaN. */
const two = (s: string, at: number): number => {
  const tens = s.charCodeAt(at) - 48
  const ones = s.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** The milliseconds in up to six fraction digits from `from` to `to`, or NaN. */
const millis = (s: string, from: number, to: number): number => {
  let n = 0
  for (let i = from; i < to; i += 1) {
    const digit = s.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    if (i < from + 3) n = n * 10 + digit
  }
  return to === from + 1 ? n * 100 : to === from + 2 ? n * 10 : n
}

/** The usual form of an instant, read without a regular expression: NaN for any other text. */
const usualInstant = (s: string): number => {
  const end = s.endsWith('+00') ? s.length - 3 : s.length
  if (end < 19 || end > 26 || end === 20 || s[4] !== '-' || s[7] !== '-' || s[10] !== ' ' || s[13] !== ':' || s[16] !== ':')
    return Number.NaN
  const year = two(s, 0) * 100 + two(s, 2)
  const month = two(s, 5)
  const day = two(s, 8)
  const hour = two(s, 11)
  const minute = two(s, 14)
  const second = two(s, 17)
  const ms = end === 19 ? 0 : s[19] === '.' ? millis(s, 20, end) : Number.NaN
  const isUsual = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60
  if (!isUsual) return Number.NaN
  // days since 1970 by the civil calendar, whose years begin in March here
  const y = month < 3 ? year - 1 : year
  const inYear = Math.floor((153 * (month < 3 ? month + 9 : month - 3) + 2) / 5) + day
  const days = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + inYear - 719_469
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms
}

const timestamp: Reader = cell => {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? MISMATCH : cell
  const usual = typeof cell === 'string' ? usualInstant(cell) : Number.NaN
  if (!Number.isNaN(usual)) return new Date(usual)
  const match = typeof cell === 'string' ? INSTANT.exec(cell) : null
  if (match === null) return MISMATCH
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}.${(match[5] ?? '').slice(0, 3).padEnd(3, '0')}Z`)
  // a day that the month does not have would become one of the next month
  return date.getUTCDate() === Number(match[3]) ? date : MISMATCH
}

const timestampMicros: Reader = cell => {
  const match = typeof cell === 'string' ? INSTANT.exec(cell) : null
  if (match === null) return MISMATCH
  const text = `${match[1]}-${match[2]}-${match[3]}T${match[4]}.${(match[5] ?? '').slice(0, 6).padEnd(6, '0')}Z`
  return !Number.isNaN(usualInstant(cell)) || canonical({ tag: 'timestampMicros' }, text).ok ? text : MISMATCH
}

const hex: Reader = cell => {
  if (cell instanceof Uint8Array) return new Uint8Array(cell)
  if (typeof cell !== 'string') return MISMATCH
  return fromHex(cell.startsWith('\\x') ? cell.slice(2) : cell) ?? MISMATCH
}

/** A cell, read as JSON where it is a text. */
export const parsed = (cell: unknown, parse: (text: string) => unknown = JSON.parse): unknown => {
  if (typeof cell !== 'string') return cell
  try {
    return parse(cell)
  } catch {
    return MISMATCH
  }
}

/** Whether a number is exact: neither rounded nor beyond the doubles. */
const isHeld = (n: number): boolean => Number.isFinite(n) && (Number.isSafeInteger(n) || !Number.isInteger(n))

/** A text in a column of bytes; in a collection the engine makes a text of them as well. */
export const textOfBytes: Reader = cell => {
  if (!(cell instanceof Uint8Array)) return string(cell)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(cell)
  } catch {
    return MISMATCH
  }
}

/** The bytes of a text, for a column that is declared as bytes here and text in the database. */
export const bytesOfText: Reader = cell => (typeof cell === 'string' ? new TextEncoder().encode(cell) : hex(cell))

/** A document, parsed if the driver returns its text. */
const document =
  (read: 'text' | undefined): Reader =>
  cell => {
    if (cell instanceof Uint8Array || (typeof cell === 'number' && !isHeld(cell))) return MISMATCH
    if (typeof cell !== 'string') return read === 'text' ? exactText(cell) : cell
    const value = parsed(cell, read === 'text' ? parseExact : JSON.parse)
    if (value === MISMATCH) return value
    return read === 'text' ? exactText(value) : isKept(cell) ? value : INEXACT
  }

/** Whether a text is certainly canonical at a scale, and small: not negative, no leading zeros, up to 18 digits. */
const isUsualDecimal = (s: string, scale: number): boolean => {
  const point = scale === 0 ? s.length : s.length - scale - 1
  if (point < 1 || s.length > 19 || (point > 1 && s.charCodeAt(0) === 48)) return false
  for (let i = 0; i < s.length; i += 1) {
    const c = s.charCodeAt(i)
    if (i === point ? c !== 46 : c < 48 || c > 57) return false
  }
  return s.length - (scale === 0 ? 0 : 1) <= 18
}

const decimal =
  (type: SqlType & { readonly tag: 'numeric' }): Reader =>
  cell => {
    if (typeof cell === 'string' && isUsualDecimal(cell, type.scale)) return cell
    if (typeof cell === 'bigint' || typeof cell === 'number') {
      return Number.isFinite(Number(cell))
        ? canonicalOr(type, Number.isInteger(Number(cell)) ? String(BigInt(cell)) : String(cell))
        : OVERFLOW
    }
    return typeof cell === 'string' ? canonicalOr(type, cell) : MISMATCH
  }

/**
 * A decimal text at the type's scale. Engines compute with more digits than a column holds, so the precision is not checked here; for
 * up to 18 digits the bound is 64 bits, as on engines that compute with scaled integers.
 */
const canonicalOr = (type: SqlType & { readonly tag: 'numeric' }, cell: string): unknown => {
  const digits = unscaled(cell, type.scale)
  if (digits === null) return MISMATCH
  return type.precision <= 18 && BigInt.asIntN(64, digits) !== digits ? OVERFLOW : decimalOf(digits, type.scale)
}

const checked =
  (type: SqlType): Reader =>
  cell => {
    const result = canonical(type, cell)
    return result.ok ? result.value : MISMATCH
  }

/** Reads a list, or the JSON text of one. */
export const list = (element: Reader): Reader => {
  return cell => {
    const items = parsed(cell)
    if (!Array.isArray(items)) return MISMATCH
    const values: unknown[] = []
    for (const item of items) {
      const value = item === null ? null : element(item)
      if (value === MISMATCH || value === OVERFLOW) return value
      values.push(value)
    }
    return values
  }
}

/** Reads what all drivers and JSON represent alike; each driver's `read` handles the rest first. */
export const readCell = (type: SqlType): Reader => {
  switch (type.tag) {
    case 'smallint':
    case 'int':
      return integer
    case 'bigint':
      return bigint
    case 'float':
      return float
    case 'numeric':
      return decimal(type)
    case 'text':
    case 'varchar':
    case 'char':
      return string
    case 'enum':
      return cell => (type.values.includes(cell as string) ? cell : MISMATCH)
    case 'uuid':
    case 'date':
    case 'time':
      return checked(type)
    case 'boolean':
      return boolean
    case 'timestamp':
      return timestamp
    case 'timestampMicros':
      return timestampMicros
    case 'bytes':
      return hex
    case 'json':
      return document(type.read)
    case 'array':
      return list(readCell(type.element))
    case 'vector': {
      const components = list(float)
      return cell => {
        const vector = components(cell)
        return Array.isArray(vector) && vector.length === type.dimension && !vector.includes(null) ? vector.map(Math.fround) : MISMATCH
      }
    }
    case 'custom':
      return cell => cell
  }
}

/** JSON values inside a nested collection are parsed already: numbers that no double holds are `ExactNumber`. */
export const readJsonCell = (type: SqlType): Reader => {
  if (type.tag === 'json') return type.read === 'text' ? exactText : cell => (placeOfExact(cell) === null ? inDoubles(cell) : INEXACT)
  if (type.tag === 'array') return list(readJsonCell(type.element))
  return readCell(type)
}

/** The elements of an array as they are in JSON: 64-bit integers as text, instants as engines write them. */
export const toJsonText = (value: readonly unknown[], element: (v: unknown) => unknown): string =>
  JSON.stringify(value.map(v => (v === null ? null : typeof v === 'bigint' ? v.toString() : element(v))))
