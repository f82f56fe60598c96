/**
 * Values inside JSON documents, and arrays, as functions that SQL calls in SQLite.
 *
 * SQLite's own paths do not support names with quotes, and need a second call to distinguish a number from a text. A document is the
 * text in the column; a path is a list of steps in JSON. Invalid JSON has no values. Numbers keep the digits of the text.
 */
import { MAX_INT64, MIN_INT64 } from '../../core/value/Canonical.js'
import { digitsHeld, doubleHeld, ExactNumber, exactText, isNumber, parseExact } from '../../core/value/jsonNumbers.js'

const parsed = (text: string): unknown => {
  try {
    return parseExact(text)
  } catch {
    return null
  }
}

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null && !(value instanceof ExactNumber)

const into = (value: unknown, step: string | number): unknown => {
  if (!isComposite(value) || Array.isArray(value) !== (typeof step === 'number')) return null
  return Object.hasOwn(value, step) ? (value as { readonly [step: string | number]: unknown })[step] : null
}

const at =
  (read: (value: unknown) => unknown) =>
  (document: unknown, path: unknown): unknown =>
    typeof document === 'string' && typeof path === 'string'
      ? read((parsed(path) as readonly (string | number)[]).reduce(into, parsed(document)))
      : null

/** Compares as texts: computed integers are texts in arrays, so that they keep their digits. */
const contains = (list: unknown, x: unknown): unknown => {
  const items = typeof list === 'string' ? parsed(list) : null
  return Array.isArray(items) && x !== null ? Number(items.some(item => item !== null && String(item) === String(x))) : null
}

const split = (text: unknown, separator: unknown): unknown =>
  typeof text === 'string' && typeof separator === 'string' ? JSON.stringify(text.split(separator)) : null

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } => isComposite(value) && !Array.isArray(value)

const has = (whole: unknown, part: unknown): boolean => {
  if (Array.isArray(part)) return Array.isArray(whole) && part.every(p => whole.some(w => has(w, p)))
  if (!isRecord(part)) return whole === part
  return isRecord(whole) && Object.keys(part).every(name => Object.hasOwn(whole, name) && has(whole[name], part[name]))
}

/** The part that was parsed last: in most statements it is the same for all rows. */
let lastPart: readonly [text: string, value: unknown] = ['null', null]

const hasPart = (whole: unknown, part: unknown): unknown => {
  if (typeof whole !== 'string' || typeof part !== 'string') return null
  if (lastPart[0] !== part) lastPart = [part, parsed(part)]
  return Number(has(parsed(whole), lastPart[1]))
}

/** Integers as texts, which the statement casts: drivers return numbers as floats. */
const textOf = (n: bigint | null): string | null => (n === null ? null : String(n))

/** SQL name -> function. */
export const sqliteJsonFunctions = {
  json_contains: hasPart,
  text_split: split,
  array_contains: contains,
  json_at_text: at(v => (typeof v === 'string' ? v : null)),
  json_at_float: at(v => (isNumber(v) ? doubleHeld(v) : null)),
  json_at_int: at(v => (Number.isSafeInteger(v) ? v : null)),
  json_at_bigint: at(v => (isNumber(v) ? textOf(digitsHeld(v, 0, MIN_INT64, MAX_INT64)) : null)),
  json_at_numeric: (document: unknown, path: unknown, precision: unknown, scale: unknown): unknown => {
    const max = 10n ** BigInt(Number(precision)) - 1n
    return at(v => (isNumber(v) ? textOf(digitsHeld(v, Number(scale), -max, max)) : null))(document, path)
  },
  json_at_boolean: at(v => (typeof v === 'boolean' ? Number(v) : null)),
  json_at_json: at(v => (v === null ? null : exactText(v))),
} as const
