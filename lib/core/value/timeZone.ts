/**
 * Time zones: the local time of an instant in a zone, and the instant at which a unit of local time starts.
 *
 * A zone has a name of the IANA database: `Europe/Berlin`, `UTC`. Names without a slash are refused, except `UTC`, since Postgres reads
 * some of them (`CET`, `EST`) as abbreviations without daylight saving time. A local time is represented as the instant in UTC with the same
 * fields. The rules are those of `Intl`; each engine has its own copy of the database. Within two years of the first and the last instant
 * the local time is that of UTC, so that it has a year from 1 to 9999.
 *
 * Laws: `startInZone(startInZone(x, u, z), u, z) = startInZone(x, u, z) <= x`; a day starts once, also if its first hour is repeated or skipped.
 */
import { DAY, FIRST, LAST, TRUNCATIONS, type Unit } from './calendar.js'

/** The first instant whose local time differs from UTC. */
export const FIRST_LOCAL = FIRST + 731 * DAY
/** The last instant whose local time differs from UTC. */
export const LAST_LOCAL = LAST - 731 * DAY

const formats = new Map<string, Intl.DateTimeFormat>()

/** A format whose texts end with the offset of a zone, such as `GMT+01:00`; throws if the zone does not exist. */
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, made)
  return made
}

/** The milliseconds by which the local time of an instant is ahead of UTC. */
const offsetOf = (ms: number, zone: string): number => {
  const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatOf(zone).format(ms)) ?? []
  return sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
}

/** Why this is not a time zone; null if it is one. */
export const zoneProblem = (zone: unknown): string | null => {
  if (typeof zone !== 'string') return 'expected the name of a time zone, such as Europe/Berlin'
  if (zone !== 'UTC' && !/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(zone)) {
    return 'expected the IANA name of a time zone with a region, such as Europe/Berlin, or UTC'
  }
  try {
    formatOf(zone)
    return null
  } catch {
    return 'unknown time zone: expected an IANA name such as Europe/Berlin'
  }
}

const localOf = (ms: number, zone: string): number => ms + offsetOf(ms, zone)

const hasZones = (ms: number): boolean => ms >= FIRST_LOCAL && ms <= LAST_LOCAL

/** The local time of an instant in a zone, as the instant in UTC with the same fields. */
export const localTime = (ms: number, zone: string): number => (hasZones(ms) ? localOf(ms, zone) : ms)

/**
 * The instant at which the year, month, ... or second of an instant starts in a zone. The instant of that local time is computed with
 * the offset of the day before, then with the offset at the result: so it is the first of two instants if a local time is
 * repeated, and the end of the gap if it is skipped. Units shorter than a day use the offset of the instant itself.
 */
export const startInZone = (ms: number, unit: Unit, zone: string): number => {
  if (!hasZones(ms)) return TRUNCATIONS[unit](ms)
  const local = localOf(ms, zone)
  const start = TRUNCATIONS[unit](local)
  const near = isShort(unit) ? ms - (local - start) : start - offsetOf(start - DAY, zone)
  const found = near + (start - localOf(near, zone))
  return isShort(unit) || localOf(found, zone) === start ? found : near
}

/** Whether a unit is shorter than a day. */
export const isShort = (unit: Unit): boolean => unit === 'hour' || unit === 'minute' || unit === 'second'
