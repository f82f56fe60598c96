/**
 * Steps of dates and instants as functions that SQL calls in SQLite, where its own go over the end of a month.
 *
 * A date or instant is a text as the dialect stores it. A step that leads out of the years 1 to 9999 is null; one that is no
 * integer of 64 bits any more has been computed beyond them, which is an overflow.
 */
import { addMonths, DAY, instantOf, within } from '../core/calendar.js'

const step =
  (of: (ms: number, n: number) => number | null) =>
  (value: unknown, n: unknown): unknown => {
    if (typeof n === 'number' && Math.abs(n) > 2 ** 63) throw new Error('integer overflow')
    if (typeof value !== 'string' || typeof n !== 'number') return null
    const isDate = value.length === 10
    const ms = of(instantOf(isDate ? value : `${value.replace(' ', 'T')}Z`), n)
    if (ms === null) return null
    const iso = new Date(ms).toISOString()
    return isDate ? iso.slice(0, 10) : iso.replace('T', ' ').replace('Z', '')
  }

export const sqliteSteps = {
  date_add_months: step(addMonths),
  date_add_days: step((ms, n) => within(ms + n * DAY)),
  date_add_milliseconds: step((ms, n) => within(ms + n)),
} as const
