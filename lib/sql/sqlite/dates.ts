/**
 * Dates and instants in SQLite, where they are texts: `2020-01-02`, `2020-01-02 03:04:05.678`, `03:04:05.678`.
 *
 * Parts and truncated instants are parts of the text. SQLite's `+1 month` overflows at the end of a month, so steps are functions that
 * the runner registers.
 */
import type { Part, Unit } from '../../core/value/calendar.js'
import { atom, type CallPrinter, level, named } from '../CallPrinter.js'
import { wordOf } from '../dateSteps.js'
import { type Fragment, sql } from '../Fragment.js'

/** The place of a part in the text of an instant, and its length. */
const PLACES = {
  year: [1, 4],
  month: [6, 2],
  day: [9, 2],
  hour: [12, 2],
  minute: [15, 2],
  second: [18, 2],
  millisecond: [21, 3],
} as const

const piece = (x: Fragment, part: keyof typeof PLACES, isTime = false): Fragment =>
  sql`CAST(substr(${x}, ${String(PLACES[part][0] - (isTime ? 11 : 0))}, ${String(PLACES[part][1])}) AS INTEGER)`

const datePart: CallPrinter = args => {
  const [part, x] = [wordOf(args, 1) as Part, args.arg(0)]
  switch (part) {
    case 'quarter':
      return { level: level.product, fragment: sql`(${piece(x, 'month')} + 2) / 3` }
    case 'dayOfWeek':
      return { level: level.sum, fragment: sql`(CAST(strftime('%w', ${x}) AS INTEGER) + 6) % 7 + 1` }
    case 'dayOfYear':
      return atom(sql`CAST(strftime('%j', ${x}) AS INTEGER)`)
    case 'epochMilliseconds':
      return { level: level.sum, fragment: sql`unixepoch(${x}) * 1000 + ${piece(x, 'millisecond')}` }
    default:
      return atom(piece(x, part, args.scalars[0]?.type.sql.tag === 'time'))
  }
}

/** How many characters of an instant are kept, and the text that follows. */
const ENDS: { readonly [unit in Exclude<Unit, 'week' | 'quarter'>]: readonly [number, string] } = {
  year: [4, '-01-01'],
  month: [7, '-01'],
  day: [10, ''],
  hour: [13, ':00:00.000'],
  minute: [16, ':00.000'],
  second: [19, '.000'],
}

const dateTrunc: CallPrinter = (args, { type }) => {
  const [unit, x] = [wordOf(args, 1) as Unit, args.arg(0)]
  const isDay = unit !== 'hour' && unit !== 'minute' && unit !== 'second'
  const time = isDay && type.sql.tag === 'timestamp' ? ' 00:00:00.000' : ''
  const end = (text: string): string => (text === '' ? '' : ` || '${text}'`)
  if (unit === 'week') return { level: level.sum, fragment: sql`date(${x}, '-6 days', 'weekday 1')${end(time)}` }
  if (unit === 'quarter') {
    const months = sql`'-' || ((${piece(x, 'month')} + 2) % 3) || ' months'`
    return { level: level.sum, fragment: sql`date(${x}, 'start of month', ${months})${end(time)}` }
  }
  const [kept, rest] = ENDS[unit]
  return { level: level.sum, fragment: sql`substr(${x}, 1, ${String(kept)})${end(rest + time)}` }
}

/** The functions of dates and instants. */
export const sqliteDates = {
  datePart,
  dateTrunc,
  localTime: named('local_time'),
  startInZone: named('start_in_zone'),
  formatDate: named('format_date'),
  daysBetween: (args => atom(sql`CAST(julianday(${args.arg(1)}) - julianday(${args.arg(0)}) AS INTEGER)`)) as CallPrinter,
  addMonths: named('date_add_months'),
  addDays: named('date_add_days'),
  addMilliseconds: named('date_add_milliseconds'),
}
