/**
 * Dates and instants in Postgres, whose sessions run in UTC.
 *
 * `extract` returns a numeric, `date_trunc` an instant, and a date with an interval is an instant without a zone: each is cast
 * back. Postgres has years before 1 and after 9999: `dateSteps` keeps steps from leading there.
 */
import type { Part } from '../../core/value/calendar.js'
import type { Field } from '../../core/value/datePattern.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { atom, type CallPrinter, level } from '../CallPrinter.js'
import { inZones, patternOf, steps, wordOf } from '../dateSteps.js'
import { type Fragment, sql } from '../Fragment.js'

const FIELDS: { readonly [part in Exclude<Part, 'epochMilliseconds' | 'millisecond' | 'second'>]: string } = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  day: 'day',
  dayOfWeek: 'isodow',
  dayOfYear: 'doy',
  hour: 'hour',
  minute: 'minute',
}

const epoch = (x: Fragment): Fragment => sql`CAST(floor(extract(epoch FROM ${x}) * 1000) AS int8)`

const datePart: CallPrinter = args => {
  const [part, x] = [wordOf(args, 1) as Part, args.arg(0)]
  if (part === 'epochMilliseconds') return atom(epoch(x))
  if (part === 'second') return atom(sql`CAST(floor(extract(second FROM ${x})) AS int)`)
  if (part === 'millisecond') return { level: level.product, fragment: sql`CAST(floor(extract(milliseconds FROM ${x})) AS int) % 1000` }
  return atom(sql`CAST(extract(${FIELDS[part]} FROM ${x}) AS int)`)
}

const dateTrunc: CallPrinter = (args, { type }) => {
  const unit = wordOf(args, 1)
  if (type.sql.tag !== 'date') return atom(sql`date_trunc('${unit}', ${args.arg(0)})`)
  return atom(sql`CAST(date_trunc('${unit}', CAST(${args.arg(0)} AS timestamp)) AS date)`)
}

const moved = (x: Fragment, interval: Fragment, type: SqlType): Fragment =>
  type.tag === 'date' ? sql`CAST(${x} + ${interval} AS date)` : sql`${x} + ${interval}`

/** An instant whose fields in UTC are those of the local time. */
const local = (x: Fragment, zone: string): Fragment => sql`(${x} AT TIME ZONE ${zone} AT TIME ZONE 'UTC')`

const { localTime, startInZone } = inZones({
  value: (args, at) => args.arg(0, at),
  literal: iso => `timestamptz '${iso}'`,
  local,
  truncated: (unit, x) => sql`date_trunc('${unit}', ${x})`,
  // of a local time that occurs twice Postgres takes the second
  start: (unit, x, zone) => {
    const start = sql`date_trunc('${unit}', ${x}, ${zone})`
    const hourBefore = sql`(${start} - interval '1 hour')`
    return sql`CASE WHEN ${hourBefore} AT TIME ZONE ${zone} = ${start} AT TIME ZONE ${zone} THEN ${hourBefore} ELSE ${start} END`
  },
  shifted: (x, to, from) => sql`(${x} + (${to} - ${from}))`,
  checked: f => f,
})

/** The fields of patterns in `to_char`. */
const CHARS: { readonly [field in Field]: string } = {
  yyyy: 'YYYY',
  MM: 'MM',
  M: 'FMMM',
  dd: 'DD',
  d: 'FMDD',
  HH: 'HH24',
  H: 'FMHH24',
  mm: 'MI',
  m: 'FMMI',
  ss: 'SS',
  s: 'FMSS',
  SSS: 'MS',
  DDD: 'DDD',
  Q: 'Q',
  e: 'ID',
}

const formatDate: CallPrinter = args => {
  const pattern = patternOf(args)
    .map(p => ('field' in p ? CHARS[p.field] : `"${p.text.replace(/["\\]/g, c => `\\${c}`)}"`))
    .join('')
  return atom(sql`to_char(${args.arg(0)}, '${pattern.replaceAll("'", "''")}')`)
}

/** The functions of dates and instants. */
export const postgresDates = {
  datePart,
  dateTrunc,
  localTime,
  startInZone,
  formatDate,
  daysBetween: (args => ({ level: level.sum, fragment: sql`${args.arg(1, level.sum)} - ${args.arg(0, level.sum + 1)}` })) as CallPrinter,
  ...steps({
    value: (args, i, at) => args.arg(i, at),
    literal: (type, iso) => (type.tag === 'date' ? `date '${iso}'` : `timestamptz '${iso}'`),
    months: x => sql`(extract(year FROM ${x}) * 12 + extract(month FROM ${x}))`,
    epoch,
    days: (from, to) => sql`${to} - (${from})`,
    add: {
      addMonths: (x, n, known, type) =>
        moved(x, known === null ? sql`make_interval(months => CAST(${n} AS int))` : sql`interval '${n} months'`, type),
      addDays: (x, n, known) => (known === null ? sql`${x} + CAST(${n} AS int)` : sql`${x} + ${known < 0n ? sql`(${n})` : n}`),
      addMilliseconds: (x, n, known, type) =>
        moved(
          x,
          known === null
            ? sql`make_interval(days => CAST(${n} / 86400000 AS int), secs => ${n} % 86400000 / 1000e0)`
            : sql`interval '${n} milliseconds'`,
          type,
        ),
    },
  }),
}
