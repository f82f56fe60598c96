/**
 * Dates and instants in MySQL and MariaDB, whose sessions run in UTC.
 *
 * To date functions a parameter is a text, and an interval added to a text is a text: parameters are cast. A date beyond 9999 is
 * null in a query but an error in a command, and MySQL has a year 0: `dateSteps` keeps steps from leading there.
 */
import { DAY, type Part, type Unit } from '../../core/value/calendar.js'
import type { Field } from '../../core/value/datePattern.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { type Args, atom, type CallPrinter, level } from '../CallPrinter.js'
import { inZones, patternOf, steps, wordOf } from '../dateSteps.js'
import { type Fragment, list, sql } from '../Fragment.js'
import { isParameter } from '../parameters.js'
import { NO_YEAR, NO_ZONE } from './failures.js'

const castName = (type: SqlType): string => (type.tag === 'date' ? 'DATE' : type.tag === 'time' ? 'TIME(3)' : 'DATETIME(3)')

/** An argument; a parameter is cast, except the first of arguments that are all parameters, which has a cast. A time is cast to text first, since the servers misread it. */
const value = (args: Args, i: number, at?: number): Fragment => {
  const s = args.scalars[i]
  if (s === undefined || !isParameter(s) || (i === 0 && args.scalars.every(isParameter))) return args.arg(i, at)
  const type = s.type.sql
  return sql`CAST(${type.tag === 'time' ? sql`CAST(${args.arg(i)} AS CHAR)` : args.arg(i)} AS ${castName(type)})`
}

const epoch = (x: Fragment): Fragment => sql`timestampdiff(MICROSECOND, '1970-01-01', ${x}) DIV 1000`

const FUNCTIONS: { readonly [part in Exclude<Part, 'epochMilliseconds' | 'millisecond' | 'dayOfWeek' | 'year'>]: string } = {
  quarter: 'quarter',
  month: 'month',
  day: 'dayofmonth',
  dayOfYear: 'dayofyear',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
}

const datePart: CallPrinter = args => {
  const [part, x] = [wordOf(args, 1) as Part, value(args, 0)]
  if (part === 'epochMilliseconds') return { level: level.product, fragment: epoch(x) }
  if (part === 'millisecond') return { level: level.product, fragment: sql`microsecond(${x}) DIV 1000` }
  if (part === 'dayOfWeek') return { level: level.sum, fragment: sql`weekday(${x}) + 1` }
  // the function `year` returns an unsigned number, from which no larger one can be subtracted
  return atom(part === 'year' ? sql`extract(YEAR FROM ${x})` : sql`${FUNCTIONS[part]}(${x})`)
}

const FORMATS: { readonly [unit in Unit]: string } = {
  year: '%Y-01-01',
  quarter: '%Y-%m-01',
  month: '%Y-%m-01',
  week: '%Y-%m-%d',
  day: '%Y-%m-%d',
  hour: '%Y-%m-%d %H:00:00',
  minute: '%Y-%m-%d %H:%i:00',
  second: '%Y-%m-%d %T',
}

const truncated = (unit: Unit, x: Fragment, type: SqlType): Fragment => {
  const day = sql`CAST(date_format(${x}, '${FORMATS[unit]}') AS ${castName(type)})`
  if (unit === 'quarter') return sql`date_sub(${day}, INTERVAL (month(${x}) + 2) % 3 MONTH)`
  return unit === 'week' ? sql`date_sub(${day}, INTERVAL weekday(${x}) DAY)` : day
}

const dateTrunc: CallPrinter = (args, { type }) => atom(truncated(wordOf(args, 1) as Unit, value(args, 0), type.sql))

const instant = (iso: string): string => `TIMESTAMP'${iso.replace('T', ' ').replace('Z', '')}'`

const local = (x: Fragment, zone: string): Fragment => sql`convert_tz(${x}, '+00:00', ${zone})`

const truncatedInstant = (unit: Unit, x: Fragment): Fragment => truncated(unit, x, { tag: 'timestamp' })

/**
 * The servers know time zones from 1970 to 2037, and return an instant beyond unchanged; without their tables of time zones they return
 * null. Both fail here, by a number that is too large and tells the cause (`failures`).
 */
const { localTime, startInZone } = inZones({
  value: (args, at) => value(args, 0, at),
  literal: instant,
  local,
  truncated: truncatedInstant,
  start: (unit, x, zone) => sql`convert_tz(${truncatedInstant(unit, local(x, zone))}, ${zone}, '+00:00')`,
  shifted: (x, to, from) => sql`date_add(${x}, INTERVAL timestampdiff(MICROSECOND, ${from}, ${to}) MICROSECOND)`,
  checked: (f, x, days) => {
    const [first, last] = [new Date(1000 + days * DAY).toISOString(), '2037-12-30T00:00:00.000Z'].map(instant)
    const failing = (n: bigint): Fragment => sql`CAST(${String(n)} + year(${x}) AS DATETIME(3))`
    const known = sql`coalesce(CAST(${f} AS DATETIME(3)), ${failing(NO_ZONE)})`
    return sql`CASE WHEN ${x} BETWEEN ${first ?? ''} AND ${last ?? ''} THEN ${known} ELSE ${failing(NO_YEAR)} END`
  },
})

/** The fields of patterns in `date_format`, or expressions for those that it lacks. */
const FIELD_FORMATS: { readonly [field in Field]: string | ((x: Fragment) => Fragment) } = {
  yyyy: '%Y',
  MM: '%m',
  M: '%c',
  dd: '%d',
  d: '%e',
  HH: '%H',
  H: '%k',
  mm: '%i',
  m: x => sql`minute(${x})`,
  ss: '%s',
  s: x => sql`second(${x})`,
  SSS: x => sql`lpad(microsecond(${x}) DIV 1000, 3, '0')`,
  DDD: '%j',
  Q: x => sql`quarter(${x})`,
  e: x => sql`weekday(${x}) + 1`,
}

const formatDate: CallPrinter = args => {
  const x = value(args, 0)
  const formats: (string | Fragment)[] = []
  for (const p of patternOf(args)) {
    const made = 'text' in p ? p.text.replaceAll('%', '%%') : FIELD_FORMATS[p.field]
    const last = formats.at(-1)
    if (typeof made === 'function') formats.push(made(x))
    else if (typeof last === 'string') formats[formats.length - 1] = last + made
    else formats.push(made)
  }
  // computed texts have the collation of the connection
  const quoted = (f: string): string => `'${f.replace(/['\\]/g, c => c + c)}'`
  return atom(sql`concat(${list(formats.map(f => (typeof f === 'string' ? sql`date_format(${x}, ${quoted(f)})` : f)))})`)
}

/** The functions of dates and instants, on both engines. */
export const mysqlDates = {
  datePart,
  dateTrunc,
  localTime,
  startInZone,
  formatDate,
  daysBetween: (args => atom(sql`datediff(${value(args, 1)}, ${value(args, 0)})`)) as CallPrinter,
  ...steps({
    value,
    literal: (type, iso) => (type.tag === 'date' ? `DATE'${iso}'` : instant(iso)),
    months: x => sql`(extract(YEAR FROM ${x}) * 12 + month(${x}))`,
    epoch,
    days: (from, to) => sql`datediff(${to}, ${from})`,
    add: {
      addMonths: (x, n) => sql`date_add(${x}, INTERVAL ${n} MONTH)`,
      addDays: (x, n) => sql`date_add(${x}, INTERVAL ${n} DAY)`,
      addMilliseconds: (x, n, known) =>
        sql`date_add(${x}, INTERVAL ${known === null ? sql`${n} * 1000` : String(known * 1000n)} MICROSECOND)`,
    },
  }),
}
