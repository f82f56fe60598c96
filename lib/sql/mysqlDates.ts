/**
 * Dates and instants in MySQL and MariaDB, whose sessions run in UTC.
 *
 * A parameter is a text to functions of dates, and an interval added to a text is a text: a parameter is cast. What lies
 * beyond 9999 is null in a query but an error in a command, and MySQL has a year 0: `dates` keeps steps from leading there.
 */
import type { Part, Unit } from '../core/calendar.js'
import type { SqlType } from '../core/SqlType.js'
import { type Args, atom, type CallPrinter, level } from './Dialect.js'
import { steps, wordOf } from './dates.js'
import { type Fragment, sql } from './Fragment.js'
import { isParameter } from './parameters.js'

const castName = (type: SqlType): string => (type.tag === 'date' ? 'DATE' : type.tag === 'time' ? 'TIME(3)' : 'DATETIME(3)')

/** A parameter, where it is not the first of parameters only, which has its cast. One that is a time at once is misread: it is a text first. */
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
  // the function `year` answers an unsigned number, of which nothing larger can be taken away
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

const dateTrunc: CallPrinter = (args, { type }) => {
  const [unit, x] = [wordOf(args, 1) as Unit, value(args, 0)]
  const day = sql`CAST(date_format(${x}, '${FORMATS[unit]}') AS ${castName(type.sql)})`
  if (unit === 'quarter') return atom(sql`date_sub(${day}, INTERVAL (month(${x}) + 2) % 3 MONTH)`)
  return atom(unit === 'week' ? sql`date_sub(${day}, INTERVAL weekday(${x}) DAY)` : day)
}

export const mysqlDates = {
  datePart,
  dateTrunc,
  daysBetween: (args => atom(sql`datediff(${value(args, 1)}, ${value(args, 0)})`)) as CallPrinter,
  ...steps({
    value,
    literal: (type, iso) => (type.tag === 'date' ? `DATE'${iso}'` : `TIMESTAMP'${iso.replace('T', ' ').replace('Z', '')}'`),
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
