/**
 * Dates and instants, values inside JSON, regular expressions, and volatile expressions.
 *
 * Shows: parts, truncation and arithmetic of dates; `now` and `randomUuid` as defaults; `jsonAt`, which reads a value of a document as the
 * type of a column, and is null where there is no such value; `jsonObject` and `jsonArray`, which build documents, and
 * `jsonContains`, which searches them; `matches`, `arrayContains` and `sha256`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import { anyJson, arrayOf, date, int, numeric, text, timestamp, uuid, withDefault } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import {
  and,
  arrayContains,
  asc,
  cast,
  coalesce,
  dateAdd,
  datePart,
  dateTrunc,
  daysBetween,
  type Expr,
  eq,
  hex,
  jsonArray,
  jsonAt,
  jsonContains,
  jsonLength,
  jsonObject,
  left,
  lt,
  lte,
  matches,
  millisecondsBetween,
  now,
  quot,
  randomUuid,
  sha256,
} from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'
import { isMain, print, runInLibrary } from './library.js'

const orders = table(
  'order',
  {
    id: withDefault(randomUuid)(uuid),
    madeAt: withDefault(now)(timestamp),
    number: text,
    placedAt: timestamp,
    dueOn: date,
    price: numeric(8, 2),
    tags: arrayOf(text),
    details: anyJson,
  },
  { primaryKey: ['id'] },
)

const setUp = pipe(
  createAll(schema({ orders }, () => ({}))),
  RTE.flatMap(() =>
    C.run(
      C.insertMany(orders)([
        {
          number: 'A-100',
          placedAt: new Date('2024-01-31T22:15:00Z'),
          dueOn: '2024-02-03',
          price: '12.00',
          tags: ['gift'],
          details: { to: { city: 'Kraków' }, items: [{ title: 'Solaris', copies: 2 }] },
        },
        {
          number: 'A-101',
          placedAt: new Date('2024-02-01T08:00:00Z'),
          dueOn: '2024-02-28',
          price: '8.90',
          tags: [],
          details: { to: { city: null }, items: [] },
        },
        {
          number: 'x101',
          placedAt: new Date('2024-03-31T12:30:30.500Z'),
          dueOn: '2024-04-01',
          price: '30.00',
          tags: ['gift', 'express'],
          details: { to: 'the shop', items: [{ title: 'Solaris', copies: 'two' }] },
        },
      ]),
    ),
  ),
)

const inOrder = Q.orderBy((order: { readonly number: Expr<string> }) => [asc(order.number)])

/** When each order was placed, until when it can be returned, and what is left of the month in which it is due. */
const times = pipe(
  Q.from(orders),
  inOrder,
  Q.map(order => ({
    number: order.number,
    hour: datePart(order.placedAt, 'hour'),
    weekday: datePart(order.placedAt, 'dayOfWeek'),
    returnBy: dateAdd(order.dueOn, { months: 1 }),
    minutesOfTheDay: quot(millisecondsBetween(dateTrunc(order.placedAt, 'day'), order.placedAt), 60_000),
    daysLeftInMonth: daysBetween(order.dueOn, coalesce(dateAdd(dateTrunc(order.dueOn, 'month'), { months: 1 }), order.dueOn)),
  })),
)

/** The turnover of each month. */
const months = pipe(
  Q.from(orders),
  Q.aggregate(order => ({ month: A.key(dateTrunc(order.placedAt, 'month')), total: A.sum(order.price) })),
  Q.orderBy(({ month }) => [asc(month)]),
)

/** The content of the documents: null where there is nothing, or a value of another type. */
const documents = pipe(
  Q.from(orders),
  inOrder,
  Q.map(({ details }) => ({
    city: jsonAt(text)(details, 'to', 'city'),
    items: jsonLength(jsonAt(anyJson)(details, 'items')),
    title: jsonAt(text)(details, 'items', 0, 'title'),
    copies: jsonAt(int)(details, 'items', 0, 'copies'),
  })),
)

/** Orders of two copies of a book to a city: one element has both the title and the number. */
const ofSolaris = pipe(
  Q.from(orders),
  Q.where(order => jsonContains(order.details, { to: { city: 'Kraków' }, items: [{ title: 'Solaris', copies: 2 }] })),
  Q.map(order => order.number),
)

/** A document for another program: values without a JSON type are texts, missing ones are null. */
const messages = pipe(
  Q.from(orders),
  inOrder,
  Q.map(order =>
    jsonObject({
      number: order.number,
      due: cast(text)(order.dueOn),
      city: jsonAt(text)(order.details, 'to', 'city'),
      first: jsonArray([jsonAt(text)(order.details, 'items', 0, 'title'), jsonAt(int)(order.details, 'items', 0, 'copies')]),
    }),
  ),
)

/** Gifts with a well-formed number, with the beginning of a digest. */
const gifts = pipe(
  Q.from(orders),
  Q.where(order => and(matches(order.number, '^[A-Z]-\\d{3}$'), arrayContains(order.tags, 'gift'))),
  Q.map(order => ({ number: order.number, digest: left(hex(sha256(order.number)), 8) })),
)

/** Orders to a city from before now, which are all: the key and the instant are defaults. */
const made = pipe(
  Q.from(orders),
  Q.where(order => and(lte(order.madeAt, now), eq(jsonAt(text)(order.details, 'to', 'city'), 'Kraków'), lt(order.dueOn, '2025-01-01'))),
  Q.map(order => order.number),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      setUp,
      RTE.flatMap(() => Q.all(times)),
      print('times'),
      RTE.flatMap(() => Q.all(months)),
      print('months'),
      RTE.flatMap(() => Q.all(documents)),
      print('documents'),
      RTE.flatMap(() => Q.all(ofSolaris)),
      print('two of Solaris'),
      RTE.flatMap(() => Q.all(messages)),
      print('messages'),
      RTE.flatMap(() => Q.all(gifts)),
      print('gifts'),
      RTE.flatMap(() => Q.all(made)),
      print('to Kraków'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
times [
  {
    number: 'A-100',
    hour: 22,
    weekday: 3,
    returnBy: '2024-03-03',
    minutesOfTheDay: 1335,
    daysLeftInMonth: 27
  },
  {
    number: 'A-101',
    hour: 8,
    weekday: 4,
    returnBy: '2024-03-28',
    minutesOfTheDay: 480,
    daysLeftInMonth: 2
  },
  {
    number: 'x101',
    hour: 12,
    weekday: 7,
    returnBy: '2024-05-01',
    minutesOfTheDay: 750,
    daysLeftInMonth: 30
  }
]
months [
  { month: 2024-01-01T00:00:00.000Z, total: '12.00' },
  { month: 2024-02-01T00:00:00.000Z, total: '8.90' },
  { month: 2024-03-01T00:00:00.000Z, total: '30.00' }
]
documents [
  { city: 'Kraków', items: 1, title: 'Solaris', copies: 2 },
  { city: null, items: 0, title: null, copies: null },
  { city: null, items: 1, title: 'Solaris', copies: null }
]
two of Solaris [ 'A-100' ]
messages [
  {
    number: 'A-100',
    due: '2024-02-03',
    city: 'Kraków',
    first: [ 'Solaris', 2 ]
  },
  {
    number: 'A-101',
    due: '2024-02-28',
    city: null,
    first: [ null, null ]
  },
  {
    number: 'x101',
    due: '2024-04-01',
    city: null,
    first: [ 'Solaris', null ]
  }
]
gifts [ { number: 'A-100', digest: '424e5c70' } ]
to Kraków [ 'A-100' ]
*/
