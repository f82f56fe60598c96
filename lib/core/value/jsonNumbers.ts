/**
 * JSON documents of other programs, whose numbers a double may not hold: `JSON.parse` makes 9007199254740992 of 9007199254740993.
 *
 * A number is kept by a double if the double, written with as many digits as the number has, is the number again. Of a fraction with 17
 * digits, which is how many programs write doubles, the last one may be off by one: SQLite writes 0.31457041032351391 for
 * 0.3145704103235139. `isKept` asks that of all numbers of a text, in one pass; `parseExact`
 * reads a text of which it is not true, with an `ExactNumber` in the place of each such number.
 *
 * A whole number may be kept and still not be what the double is written as: 72057594037927936 is 2^56, which JavaScript writes as
 * 72057594037927940. It is an `ExactNumber`, too, so that its digits stay, and becomes a double where a document is handed out.
 *
 * Laws: where `isKept(text)`, `inDoubles(parseExact(text))` is `JSON.parse(text)`. `exactText(parseExact(text))` is the same for two texts
 * exactly where they are the same document: keys in any order, numbers in any spelling.
 */
import { type DecodeError, decodeError } from './DbError.js'
import { decimalText, digitsAt } from './decimals.js'

/** A number that a double, as JavaScript writes it, is not: its digits, without an exponent where that is shorter than 40 digits. */
export class ExactNumber {
  constructor(readonly digits: string) {}
}

/** Whether a JSON value is a number. */
export const isNumber = (value: unknown): value is number | ExactNumber => typeof value === 'number' || value instanceof ExactNumber

export type ExactJson = null | boolean | number | string | ExactNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson }

interface Digits {
  readonly negative: boolean
  /** Without zeros at either end; empty for zero. */
  readonly significant: string
  /** The power of ten of the last of them. */
  readonly exponent: number
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

const digitsOf = (written: string): Digits => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(written) ?? []
  const all = (whole + fraction).replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  return { negative: sign === '-', significant, exponent: Number(exponent) - fraction.length + all.length - significant.length }
}

/** More digits than `toPrecision` writes: no double is meant. */
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

/** Whether the double is written with the same digits. */
const isNumberWritten = (written: string): boolean => {
  const again = String(Number(written))
  if (again === written) return true
  if (!isNumberKept(written)) return false
  const [a, b] = [digitsOf(written), digitsOf(again)]
  return /[.eE]/.test(written) || (a.significant === b.significant && a.exponent === b.exponent)
}

/** Whatever has so few digits, and no large exponent, is kept: most texts need no second look. */
const SUSPECT = /[\d.]{16}|\d[eE][+-]?\d{3}/
const TOKEN = /"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g

/** Reads the tokens of a well-formed JSON text one after the other; `''` at its end. */
const tokens = (text: string): (() => string) => {
  const token = new RegExp(TOKEN)
  return () => {
    const found = token.exec(text)
    if (found === null) return ''
    if (found[0] !== '"') return found[0]
    // a loop, since a pattern over millions of characters has no end that an engine of patterns can hold
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

/** Whether doubles hold all numbers of a JSON text. */
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

/** A JSON text with all of its digits. It throws what `JSON.parse` throws where the text is none. */
export const parseExact = (text: string): ExactJson => {
  // it also says that the text is well formed
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

/** The digits of a number at a scale, if it has no more fraction digits and is at most so far from zero; else null. */
export const digitsHeld = (value: number | ExactNumber, scale: number, least: bigint, most: bigint): bigint | null => {
  const text = typeof value === 'number' ? decimalText(value) : value.digits
  if (text.includes('e') || (text.split('.')[1] ?? '').length > scale) return null
  const digits = digitsAt(text, scale)
  return digits < least || digits > most ? null : digits
}

/** A number as a double: the nearest one, but null for a whole number below 9e18 that none is. */
export const doubleHeld = (value: number | ExactNumber): number | null => {
  if (typeof value === 'number') return value
  if (isNumberKept(value.digits)) return Number(value.digits)
  const isWhole = !/\.|e-/.test(value.digits)
  const near = Number(value.digits)
  return Number.isFinite(near) && (!isWhole || Math.abs(near) >= 9e18) ? near : null
}

/** What refuses a document for such a number: where it is, and what reads it. */
export const inexactNumber = (value: unknown, row: number, path: readonly string[]): DecodeError | null => {
  const place = placeOfExact(value)
  if (place === null) return null
  const column = [...path, ...place].join('.') || '(value)'
  return decodeError(row, column, 'json', 'a number with more digits than a double holds', [], READ_EXACTLY)
}

const READ_EXACTLY = 'read it with jsonAt(bigint) or jsonAt(numeric), or the whole document with jsonText'

/** The path to the first number that no double holds, or null. */
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

/** A document as text: without spaces, the keys of objects in order of their UTF-16 units. */
export const exactText = (value: unknown): string => {
  if (value instanceof ExactNumber) return value.digits
  if (Array.isArray(value)) return `[${value.map(exactText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value === 0 ? 0 : value)
  const fields = Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b))
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${exactText(item)}`).join(',')}}`
}

/** A document with doubles for what they hold: a copy. */
export const inDoubles = (value: unknown): unknown => {
  if (value instanceof ExactNumber) return isNumberKept(value.digits) ? Number(value.digits) : value
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value)
    ? value.map(inDoubles)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inDoubles(item)]))
}
