/**
 * JSON documents: reading values from them, and building them from values.
 *
 * A step into an object is a text, a step into an array a number. A value is its own JSON, except that an integer which no double
 * represents keeps its digits as an `ExactNumber`.
 *
 * Laws: those of `core/expr/jsonPath` and `core/expr/jsonBuild`.
 */
import { MAX_INT64, MIN_INT64 } from '../core/value/Canonical.js'
import { digitsHeld, doubleHeld, ExactNumber, isNumber, parseExact } from '../core/value/jsonNumbers.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Value } from './value.js'

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)

const into = (value: unknown, step: string | number): unknown => {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined
  return isRecord(value) && typeof step === 'string' && Object.hasOwn(value, step)
    ? (value as { readonly [key: string]: unknown })[step]
    : undefined
}

/** A JSON value as a value of an SQL type; null where it is of another type. */
const as = (value: unknown, type: SqlType): Value => {
  const { tag } = type
  if (value === undefined || value === null) return null
  if (tag === 'json') return value
  if (tag === 'int') return Number.isSafeInteger(value) ? BigInt(value as number) : null
  if (tag === 'text' || tag === 'boolean') return typeof value === (tag === 'text' ? 'string' : 'boolean') ? (value as Value) : null
  if (!isNumber(value)) return null
  return tag === 'float' ? doubleHeld(value) : decimal(value, type)
}

/** A number as a 64-bit integer or a numeric; null where it does not fit. */
const decimal = (value: number | ExactNumber, type: SqlType): Value => {
  if (type.tag !== 'numeric') return digitsHeld(value, 0, MIN_INT64, MAX_INT64)
  const most = 10n ** BigInt(type.precision) - 1n
  return digitsHeld(value, type.scale, -most, most)
}

/** The value at a path of a document, as a value of an SQL type; null where there is none of that type. */
export const jsonAt = (value: Value, path: string, type: SqlType): Value =>
  as((JSON.parse(path) as readonly (string | number)[]).reduce(into, value as unknown), type)

/** The number of elements of an array; null for any other document. */
export const jsonLength = (value: Value): Value => (Array.isArray(value) ? BigInt(value.length) : null)

/** The name of the type of a JSON value. */
export const jsonType = (value: Value): Value =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : isNumber(value) ? 'number' : typeof value

const fieldOf = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as { readonly [name: string]: unknown })[name] : undefined

/** Whether a document has a part: by structure, and equal at the ends. */
export const jsonContains = (whole: unknown, part: unknown): boolean => {
  if (Array.isArray(part)) return Array.isArray(whole) && part.every(p => whole.some(w => jsonContains(w, p)))
  if (!isRecord(part)) return whole === part
  return isRecord(whole) && Object.entries(part).every(([name, p]) => jsonContains(fieldOf(whole, name), p))
}

/** A value as JSON; only integers are converted. */
const asJson = (value: Value): unknown => (typeof value === 'bigint' ? parseExact(String(value)) : value)

/** The object of values by name. `names` is a JSON array of texts. */
export const jsonObject = (names: string, values: readonly Value[]): Value =>
  Object.fromEntries((JSON.parse(names) as readonly string[]).map((name, i) => [name, asJson(values[i] ?? null)]))

/** The array of values. */
export const jsonArray = (values: readonly Value[]): Value => values.map(asJson)
