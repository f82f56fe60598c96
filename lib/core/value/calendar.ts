/**
 * The calendar: days, months and years of instants, in UTC, by the proleptic Gregorian calendar.
 *
 * An instant is its milliseconds since 1970; a day is the instant at which it starts, a time of day an instant of 1 January 1970. The years are
 * 1 to 9999, and weeks start on Monday. How engines store an instant is not known here.
 *
 * Laws: `truncated(u, x) <= x`, and truncating again changes nothing; `addMonths(x, n)` is the same day and time of the month n months later, or
 * the last day of that month if it is shorter (S24). A result outside of the years is null.
 */

/** The milliseconds of a day. */
export const DAY = 86_400_000

/** The first and the last instant. */
export const FIRST = -62_135_596_800_000
/** The last instant of the year 9999. */
export const LAST = 253_402_300_799_999

/** The instant of a `date`, `time` or `timestamp` in its ISO text. */
export const instantOf = (iso: string): number =>
  Date.parse(iso.length === 10 ? `${iso}T00:00:00Z` : iso.includes('-') ? iso : `1970-01-01T${iso}Z`)

/** The ISO text of the day of an instant. */
export const isoDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** An instant in the years 1 to 9999, or else null. */
export const within = (ms: number): number | null => (ms >= FIRST && ms <= LAST ? ms : null)

/** The number of months since the year 0. */
export const monthsOf = (ms: number): number => {
  const date = new Date(ms)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** The first day of a month, counted from the year 0. */
const firstOf = (months: number): number => new Date(0).setUTCFullYear(Math.floor(months / 12), months % 12, 1)

/** The same day and time some months later, or the last day of that month; null outside of the years 1 to 9999. */
export const addMonths = (ms: number, months: number): number | null => {
  const index = monthsOf(ms) + months
  if (!(index >= 12 && index < 120_000)) return null
  const [first, next] = [firstOf(index), firstOf(index + 1)]
  const day = Math.min(new Date(ms).getUTCDate(), (next - first) / DAY)
  return first + (day - 1) * DAY + timeOf(ms)
}

/** The time of day. */
const timeOf = (ms: number): number => ((ms % DAY) + DAY) % DAY

const dayOfWeek = (ms: number): number => new Date(ms).getUTCDay() || 7

/** The parts of an instant in UTC. */
export const PARTS = {
  year: (ms: number): number => new Date(ms).getUTCFullYear(),
  quarter: (ms: number): number => Math.floor(new Date(ms).getUTCMonth() / 3) + 1,
  month: (ms: number): number => new Date(ms).getUTCMonth() + 1,
  day: (ms: number): number => new Date(ms).getUTCDate(),
  dayOfWeek,
  dayOfYear: (ms: number): number => (ms - timeOf(ms) - firstOf(PARTS.year(ms) * 12)) / DAY + 1,
  hour: (ms: number): number => new Date(ms).getUTCHours(),
  minute: (ms: number): number => new Date(ms).getUTCMinutes(),
  second: (ms: number): number => new Date(ms).getUTCSeconds(),
  millisecond: (ms: number): number => new Date(ms).getUTCMilliseconds(),
  epochMilliseconds: (ms: number): number => ms,
} as const

/** The instant at which a unit of an instant begins, in UTC. */
export const TRUNCATIONS = {
  year: (ms: number): number => firstOf(PARTS.year(ms) * 12),
  quarter: (ms: number): number => firstOf(monthsOf(ms) - (monthsOf(ms) % 3)),
  month: (ms: number): number => firstOf(monthsOf(ms)),
  week: (ms: number): number => ms - timeOf(ms) - (dayOfWeek(ms) - 1) * DAY,
  day: (ms: number): number => ms - timeOf(ms),
  hour: (ms: number): number => ms - (timeOf(ms) % 3_600_000),
  minute: (ms: number): number => ms - (timeOf(ms) % 60_000),
  second: (ms: number): number => ms - (timeOf(ms) % 1000),
} as const

/** The name of a part of an instant. */
export type Part = keyof typeof PARTS
/** The name of a unit of time that instants are truncated to. */
export type Unit = keyof typeof TRUNCATIONS
