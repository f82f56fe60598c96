/**
 * JSON documents: the values inside them, and documents made of values.
 *
 * A step into an object is a text, a step into an array a number. A value becomes JSON as it is; an integer that no double holds keeps its
 * digits as an `ExactNumber`.
 *
 * Laws: those of `core/jsonPath` and `core/jsonBuild`.
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

/** A JSON value as a value of an SQL type; null where it is another. */
const as = (value: unknown, type: SqlType): Value => {
  const { tag } = type
  if (value === undefined || value === null) return null
  if (tag === 'json') return value
  if (tag === 'int') return Number.isSafeInteger(value) ? BigInt(value as number) : null
  if (tag === 'text' || tag === 'boolean') return typeof value === (tag === 'text' ? 'string' : 'boolean') ? (value as Value) : null
  if (!isNumber(value)) return null
  return tag === 'float' ? doubleHeld(value) : decimal(value, type)
}

/** A number as an integer of 64 bits or a numeric, if it is one. */
const decimal = (value: number | ExactNumber, type: SqlType): Value => {
  if (type.tag !== 'numeric') return digitsHeld(value, 0, MIN_INT64, MAX_INT64)
  const most = 10n ** BigInt(type.precision) - 1n
  return digitsHeld(value, type.scale, -most, most)
}

export const jsonAt = (value: Value, path: string, type: SqlType): Value =>
  as((JSON.parse(path) as readonly (string | number)[]).reduce(into, value as unknown), type)

export const jsonLength = (value: Value): Value => (Array.isArray(value) ? BigInt(value.length) : null)

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

/** A value as JSON: all but integers are so already. */
const asJson = (value: Value): unknown => (typeof value === 'bigint' ? parseExact(String(value)) : value)

export const jsonObject = (names: string, values: readonly Value[]): Value =>
  Object.fromEntries((JSON.parse(names) as readonly string[]).map((name, i) => [name, asJson(values[i] ?? null)]))

export const jsonArray = (values: readonly Value[]): Value => values.map(asJson)
