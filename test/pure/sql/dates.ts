/** Snapshot cases: parts, truncation and arithmetic of dates and instants. */
import { pipe } from 'fp-ts/lib/function.js'
import { employees, invoices } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { date, time, timestamp } from '../../../lib/Column.js'
import {
  and,
  asc,
  cast,
  dateAdd,
  datePart,
  dateTrunc,
  daysBetween,
  eq,
  floor,
  formatDate,
  gt,
  lit,
  localDate,
  lt,
  millisecondsBetween,
  now,
  random,
  randomUuid,
  times,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'
import { everything, people } from './tables.js'

export const dates: Cases = {
  'parts of instants': () =>
    pipe(
      Q.from(invoices),
      Q.where(invoice => eq(datePart(invoice.invoiceDate, 'year'), 2024)),
      Q.map(({ id, invoiceDate: at }) => ({
        id,
        quarter: datePart(at, 'quarter'),
        month: datePart(at, 'month'),
        day: datePart(at, 'day'),
        ofWeek: datePart(at, 'dayOfWeek'),
        ofYear: datePart(at, 'dayOfYear'),
        hour: datePart(at, 'hour'),
        minute: datePart(at, 'minute'),
        second: datePart(at, 'second'),
        millisecond: datePart(at, 'millisecond'),
        since1970: datePart(at, 'epochMilliseconds'),
        hourOfTime: datePart(cast(time)(at), 'hour'),
      })),
    ),

  'beginnings of instants': () =>
    pipe(
      Q.from(invoices),
      Q.map(({ invoiceDate: at }) => ({
        year: dateTrunc(at, 'year'),
        quarter: dateTrunc(at, 'quarter'),
        month: dateTrunc(at, 'month'),
        week: dateTrunc(at, 'week'),
        day: dateTrunc(at, 'day'),
        hour: dateTrunc(at, 'hour'),
        minute: dateTrunc(at, 'minute'),
        second: dateTrunc(at, 'second'),
      })),
    ),

  'local times in a time zone': () =>
    pipe(
      Q.from(invoices),
      Q.where(invoice => eq(localDate(invoice.invoiceDate, 'Europe/Berlin'), '2024-03-31')),
      Q.map(({ invoiceDate: at }) => ({
        hour: datePart(at, 'hour', 'America/New_York'),
        minute: dateTrunc(at, 'minute', 'Asia/Kathmandu'),
        text: formatDate(at, "yyyy-MM-dd'T'HH:mm", 'UTC'),
      })),
    ),

  'days that begin in a time zone': () =>
    pipe(
      Q.from(invoices),
      Q.map(({ invoiceDate: at }) => ({ day: dateTrunc(at, 'day', 'Europe/Berlin') })),
    ),

  'days, and the beginnings of their months': () =>
    pipe(
      Q.from(people),
      Q.map(person => ({
        quarter: dateTrunc(person.from, 'quarter'),
        month: dateTrunc(person.from, 'month'),
        week: dateTrunc(person.from, 'week'),
        begins: cast(timestamp)(person.from),
        days: daysBetween(person.from, person.until),
        since: daysBetween(cast(date)(lit(new Date('2024-02-29T12:00:00Z'))), person.from),
      })),
    ),

  'steps of a known length': () =>
    pipe(
      Q.from(people),
      Q.where(person => lt(dateAdd(person.from, { years: 1 }), person.until)),
      Q.map(person => ({
        month: dateAdd(person.from, { months: 1 }),
        before: dateAdd(person.from, { months: -1, days: -1 }),
        none: dateAdd(person.from, { days: 0 }),
      })),
    ),

  'steps of instants': () =>
    pipe(
      Q.from(everything),
      Q.where(row => gt(millisecondsBetween(row.at, new Date(0)), 60_000)),
      Q.map(row => ({
        next: dateAdd(row.at, { hours: 25, milliseconds: -1 }),
        last: dateAdd(row.at, { months: -1 }),
        computed: dateAdd(row.at, { seconds: row.small }),
      })),
    ),

  'steps of a computed length': () =>
    pipe(
      Q.from(people),
      Q.map(person => ({
        months: dateAdd(person.from, { months: person.id }),
        weeks: dateAdd(person.from, { weeks: person.id, days: 1 }),
      })),
    ),

  'invoices by month': () =>
    pipe(
      Q.from(invoices),
      Q.aggregate(invoice => ({ month: A.key(dateTrunc(invoice.invoiceDate, 'month')), total: A.sum(invoice.total) })),
    ),

  'the present, and random values': () =>
    pipe(
      Q.from(invoices),
      Q.where(invoice => lt(invoice.invoiceDate, now)),
      Q.orderBy(() => [asc(random)]),
      Q.limit(10),
      Q.map(invoice => ({ id: invoice.id, dice: floor(times(random, 6)), token: randomUuid, today: cast(date)(now) })),
    ),

  'a random value that is used again': () =>
    pipe(
      Q.from(invoices),
      Q.map(() => ({ chance: random })),
      Q.where(row => lt(row.chance, 0.5)),
    ),

  'a part that a date does not have': () =>
    pipe(
      Q.from(employees),
      Q.where(e => and(eq(datePart(cast(date)(e.birthDate), 'hour'), 1))),
      Q.map(e => e.id),
    ),
}
