/**
 * JSON documents whose numbers a double may not represent: `JSON.parse` makes 9007199254740992 of 9007199254740993.
 *
 * A double represents a number if the double, written with the number's count of digits, is the number again. Of a fraction with 17
 * digits, which is how many programs write doubles, the last one may be off by one: SQLite writes 0.31457041032351391 for
 * 0.3145704103235139. `isKept` checks that for all numbers of a text, in one pass; `parseExact`
 * reads other texts, with an `ExactNumber` in place of each such number.
 *
 * An integer may be represented exactly and still not be what JavaScript writes for the double: 72057594037927936 is 2^56, which JavaScript writes as
 * 72057594037927940. It is an `ExactNumber`, too, so that its digits stay, and becomes a double where a document is handed out.
 *
 * Laws: where `isKept(text)`, `inDoubles(parseExact(text))` is `JSON.parse(text)`. `exactText(parseExact(text))` is the same for two texts
 * exactly if they are the same document: keys in any order, numbers in any notation.
 */
import { type DecodeError, decodeError } from './DbError.js'
import { decimalText, digitsAt } from './decimals.js'

/** A number that differs from its double as JavaScript writes it: its digits, without an exponent up to 40 digits. */
export class ExactNumber {
  constructor(readonly digits: string) {}
}

/** Whether a JSON value is a number. */
export const isNumber = (value: unknown): value is number | ExactNumber => typeof value === 'number' || value instanceof ExactNumber

/** A JSON document whose numbers have all their digits. */
export type ExactJson = null | boolean | number | string | ExactNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson }

interface Digits {
  readonly negative: boolean
  /** Without leading and trailing zeros; empty for zero. */
  readonly significant: string
  /** The power of ten of the last digit. */
  readonly exponent: number
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

const digitsOf = (written: string): Digits => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(written) ?? []
  const all = (whole + fraction).replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  return { negative: sign === '-', significant, exponent: Number(exponent) - fraction.length + all.length - significant.length }
}

/** More digits than `toPrecision` writes, so no double was meant. */
const MOST_DIGITS = 100

const isNumberKept = (written: string): boolean => {
  const n = Number(written)
  if (String(n) === written) return true
  const a = digitsOf(written)
  const count = a.significant.length
  if (count === 0) return true
  if (n === 0 || !Number.isFinite(n) || count > MOST_DIGITS) return false
  const near = n.toPrecision(count)
  const b = digitsOf(near)
  if (a.significant === b.significant && a.exponent === b.exponent) return true
  if (count !== 17 || !/[.eE]/.test(written)) return false
  const [, whole = '', fraction = ''] = /^-?(\d+)\.?(\d*)/.exec(near) ?? []
  const difference = BigInt(a.significant) - BigInt((whole + fraction).replace(/^0+/, ''))
  return difference === 1n || difference === -1n
}

/** Whether the double has the same digits. */
const isNumberWritten = (written: string): boolean => {
  const again = String(Number(written))
  if (again === written) return true
  if (!isNumberKept(written)) return false
  const [a, b] = [digitsOf(written), digitsOf(again)]
  return /[.eE]/.test(written) || (a.significant === b.significant && a.exponent === b.exponent)
}

/** Numbers with so few digits and no large exponent are always represented: a fast path for most texts. */
const SUSPECT = /[\d.]{16}|\d[eE][+-]?\d{3}/
const TOKEN = /"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g

/** Reads the tokens of a well-formed JSON text, one per call; `''` at its end. */
const tokens = (text: string): (() => string) => {
  const token = new RegExp(TOKEN)
  return () => {
    const found = token.exec(text)
    if (found === null) return ''
    if (found[0] !== '"') return found[0]
    // a loop, since a regular expression over millions of characters overflows the stack
    let end = text.indexOf('"', token.lastIndex)
    for (; end >= 0 && isEscaped(text, end); end = text.indexOf('"', end + 1));
    token.lastIndex = end < 0 ? text.length : end + 1
    return text.slice(found.index, token.lastIndex)
  }
}

const isEscaped = (text: string, at: number): boolean => {
  let before = at - 1
  while (text[before] === '\\') before -= 1
  return (at - before) % 2 === 0
}

const isWritten = (token: string): boolean => /^[-\d]/.test(token)

const all = (text: string, holds: (written: string) => boolean): boolean => {
  if (!SUSPECT.test(text)) return true
  const next = tokens(text)
  for (let token = next(); token !== ''; token = next()) if (isWritten(token) && !holds(token)) return false
  return true
}

/** Whether doubles represent all numbers of a JSON text. */
export const isKept = (text: string): boolean => all(text, isNumberKept)

const exactNumber = (written: string): number | ExactNumber => {
  if (isNumberWritten(written)) return Number(written)
  const { negative, significant, exponent } = digitsOf(written)
  const point = significant.length + exponent
  const plain =
    exponent >= 0 && point <= 40
      ? significant + '0'.repeat(exponent)
      : exponent < 0 && exponent > -40
        ? point > 0
          ? `${significant.slice(0, point)}.${significant.slice(point)}`
          : `0.${'0'.repeat(-point)}${significant}`
        : `${significant}e${exponent}`
  return new ExactNumber(`${negative ? '-' : ''}${plain}`)
}

/** Parses JSON with all digits of its numbers. It throws what `JSON.parse` throws for invalid text. */
export const parseExact = (text: string): ExactJson => {
  // this also checks that the text is well formed
  const simple: ExactJson = JSON.parse(text)
  if (all(text, isNumberWritten)) return simple
  const next = tokens(text)
  const value = (first: string): ExactJson => {
    if (first === '[') {
      const items: ExactJson[] = []
      for (let t = next(); t !== ']'; t = next()) if (t !== ',') items.push(value(t))
      return items
    }
    if (first === '{') {
      const fields: [string, ExactJson][] = []
      for (let t = next(); t !== '}'; t = next()) {
        if (t === ',') continue
        next() // the colon
        fields.push([JSON.parse(t), value(next())])
      }
      return Object.fromEntries(fields)
    }
    return isWritten(first) ? exactNumber(first) : JSON.parse(first)
  }
  return value(next())
}

/** The digits of a number at a scale, if it has no more fraction digits and is within the limit; or else null. */
export const digitsHeld = (value: number | ExactNumber, scale: number, least: bigint, most: bigint): bigint | null => {
  const text = typeof value === 'number' ? decimalText(value) : value.digits
  if (text.includes('e') || (text.split('.')[1] ?? '').length > scale) return null
  const digits = digitsAt(text, scale)
  return digits < least || digits > most ? null : digits
}

/** A number as the nearest double; null for an integer below 9e18 that no double represents. */
export const doubleHeld = (value: number | ExactNumber): number | null => {
  if (typeof value === 'number') return value
  if (isNumberKept(value.digits)) return Number(value.digits)
  const isWhole = !/\.|e-/.test(value.digits)
  const near = Number(value.digits)
  return Number.isFinite(near) && (!isWhole || Math.abs(near) >= 9e18) ? near : null
}

/** The error for a document with such a number: its place, and how to read it. */
export const inexactNumber = (value: unknown, row: number, path: readonly string[]): DecodeError | null => {
  const place = placeOfExact(value)
  if (place === null) return null
  const column = [...path, ...place].join('.') || '(value)'
  return decodeError(row, column, 'json', 'a number with more digits than a double represents', [], READ_EXACTLY)
}

const READ_EXACTLY = 'read it with jsonAt(bigint) or jsonAt(numeric), or the whole document with jsonText'

/** The path to the first number that no double represents, or null. */
export const placeOfExact = (value: unknown): readonly string[] | null => {
  if (value instanceof ExactNumber) return isNumberKept(value.digits) ? null : []
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    const place = placeOfExact(item)
    if (place !== null) return [key, ...place]
  }
  return null
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A document as text: without spaces, keys sorted by UTF-16 units. */
export const exactText = (value: unknown): string => {
  if (value instanceof ExactNumber) return value.digits
  if (Array.isArray(value)) return `[${value.map(exactText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value === 0 ? 0 : value)
  const fields = Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b))
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${exactText(item)}`).join(',')}}`
}

/** A copy of a document with doubles for the numbers that they represent. */
export const inDoubles = (value: unknown): unknown => {
  if (value instanceof ExactNumber) return isNumberKept(value.digits) ? Number(value.digits) : value
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value)
    ? value.map(inDoubles)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inDoubles(item)]))
}
