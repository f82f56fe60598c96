/**
 * Functions of dates and instants that SQL calls in SQLite: adding months, which SQLite's own functions do differently at the end of
 * a month, and time zones, which it lacks.
 *
 * A date or instant is a text as the dialect stores it. A result outside the years 1 to 9999 is null; a number of steps outside
 * 64 bits is the result of an overflow, and is reported as one.
 */
import { addMonths, DAY, instantOf, type Unit, within } from '../../core/value/calendar.js'
import { formatted } from '../../core/value/datePattern.js'
import { localTime, startInZone } from '../../core/value/timeZone.js'

/** The instant of a text that stores a date, instant or time of day. */
const storedInstant = (value: string): number => instantOf(value.includes(' ') ? `${value.replace(' ', 'T')}Z` : value)

/** Applies a function of instants to the text that stores one; null for a value that is not a text. */
const inStored = (value: unknown, f: (ms: number) => number | null): unknown => {
  if (typeof value !== 'string') return null
  const isDate = value.length === 10
  const ms = f(storedInstant(value))
  if (ms === null) return null
  const iso = new Date(ms).toISOString()
  return isDate ? iso.slice(0, 10) : iso.replace('T', ' ').replace('Z', '')
}

const step =
  (of: (ms: number, n: number) => number | null) =>
  (value: unknown, n: unknown): unknown => {
    if (typeof n === 'number' && Math.abs(n) > 2 ** 63) throw new Error('integer overflow')
    return typeof n === 'number' ? inStored(value, ms => of(ms, n)) : null
  }

/** SQL name -> function. */
export const sqliteSteps = {
  date_add_months: step(addMonths),
  date_add_days: step((ms, n) => within(ms + n * DAY)),
  date_add_milliseconds: step((ms, n) => within(ms + n)),
  format_date: (value: unknown, pattern: unknown) => (typeof value === 'string' ? formatted(storedInstant(value), String(pattern)) : null),
  local_time: (value: unknown, zone: unknown) => inStored(value, ms => localTime(ms, String(zone))),
  start_in_zone: (value: unknown, unit: unknown, zone: unknown) => inStored(value, ms => startInZone(ms, unit as Unit, String(zone))),
} as const
