/**
 * Dates, times of day and instants, by the arithmetic of `calendar`.
 *
 * The exact value of an instant is its milliseconds, that of a date or a time of day its text. Each function converts to milliseconds and
 * back to the form of its type.
 *
 * Laws: those of `core/expr/dates`.
 */
import { instantOf, isoDate, PARTS, type Part, TRUNCATIONS, type Unit } from '../core/value/calendar.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Value } from './value.js'

/** The milliseconds since 1970, of a time of day since midnight. */
export const instant = (value: Value): number => (typeof value === 'number' ? value : instantOf(value as string))

const inForm = (ms: number, type: SqlType): Value => (type.tag === 'date' ? isoDate(ms) : ms)

/** A field of a date or time, such as its year. */
export const partOf = (value: Value, part: Part): Value => BigInt(PARTS[part](instant(value)))

/** The beginning of the unit that contains a date or instant. */
export const truncatedTo = (value: Value, unit: Unit, type: SqlType): Value => inForm(TRUNCATIONS[unit](instant(value)), type)

/** A date or instant after a step; null where the step leads outside the supported years. */
export const shifted = (value: Value, type: SqlType, step: (ms: number) => number | null): Value => {
  const ms = step(instant(value))
  return ms === null ? null : inForm(ms, type)
}
