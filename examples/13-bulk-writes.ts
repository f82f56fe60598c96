/**
 * Writing many rows: in one command, from a source, by a key, by a query, and concurrently with other writers.
 *
 * Shows: upserts that compute, that have a condition, that report their outcome; `insertAll` from a generator; `updateMany`, `updateFrom` and
 * `deleteUsing`; a version column and `StaleRow`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import { int, numeric, text } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import { asc, eq, gt, gte, plus } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'
import { authors, books, isMain, print, runInLibrary } from './library.js'

const stock = table('stock', { bookId: int, copies: int, price: numeric(8, 2), version: int }, { primaryKey: ['bookId'] })
const visits = table('visit', { day: text, gate: int, visitors: int }, { primaryKey: ['day', 'gate'] })

/** Counts: adds to the existing row. The old row and the offered one are both in scope. */
const count = C.upsertMany(visits)({
  target: ['day', 'gate'],
  update: (old, offered) => ({ visitors: plus(old.visitors, offered.visitors) }),
})

const monday = count([
  { day: 'Monday', gate: 1, visitors: 12 },
  { day: 'Monday', gate: 2, visitors: 3 },
])

/** Keeps the larger number; returns whether it changed. */
const record = (visitors: number) =>
  C.outcome(
    C.upsert(visits)({ target: ['day', 'gate'], update: ['visitors'], where: (old, offered) => gt(offered.visitors, old.visitors) })({
      day: 'record',
      gate: 1,
      visitors,
    }),
  )

/** A source of rows that need not fit into memory: pulled in chunks, one transaction. */
function* delivery() {
  for (let bookId = 1; bookId <= 2_500; bookId += 1) yield { bookId, copies: bookId % 7, price: '9.50', version: 1 } as const
}

const deliver = C.insertAll(stock)(delivery, { size: 1_000, onProgress: n => console.log('delivered', n) })

/** New values for some rows, by their key, in one statement. */
const reprice = C.updateMany(stock)(['bookId'])([
  { bookId: 1, price: '10.00' },
  { bookId: 2, price: '11.50' },
  { bookId: 9_999, price: '1.00' },
])

/** The prices of the library, for a table of our own: each row matches one book at most. */
const asInTheLibrary = C.updateFrom(stock)(
  Q.from(books),
  (row, book) => eq(row.bookId, book.id),
  (row, book) => ({ price: book.price, version: plus(row.version, 1) }),
)

/** An author matches several books, so nothing is written. */
const ambiguous = pipe(
  C.run(
    C.updateFrom(authors)(
      Q.from(books),
      (author, book) => eq(book.authorId, author.id),
      (_, book) => ({ name: book.title }),
    ),
  ),
  RTE.map(n => `${n} rows`),
  RTE.orElse(error => RTE.of(`${error._tag}`)),
)

const unknown = C.deleteUsing(stock)(
  pipe(
    Q.from(stock),
    Q.where(row => gte(row.bookId, 7)),
  ),
  (row, other) => eq(row.bookId, other.bookId),
)

/** Two updates of the same version: the second fails with StaleRow. */
const change = C.updateVersioned(stock)({ version: 'version' })
const seen = { bookId: 1, version: 2 }
const twice = pipe(
  change(seen, { copies: 5 }),
  print('the first has version'),
  RTE.flatMap(() => change(seen, { copies: 6 })),
  RTE.map(version => `version ${version}`),
  RTE.orElse(error => RTE.of(`${error._tag}`)),
)

const rest = Q.all(
  pipe(
    Q.from(stock),
    Q.orderBy(row => [asc(row.bookId)]),
    Q.limit(2),
  ),
)

const visitors = Q.all(
  pipe(
    Q.from(visits),
    Q.aggregate(visit => ({ day: A.key(visit.day), visitors: A.sum(visit.visitors) })),
    Q.orderBy(sum => [asc(sum.day)]),
  ),
)

const counting = pipe(
  C.run(monday),
  RTE.flatMap(() => C.run(monday)),
  print('counted'),
  RTE.flatMap(() => C.run(record(20))),
  print('record'),
  RTE.flatMap(() => C.run(record(19))),
  print('record'),
  RTE.flatMap(() => visitors),
  print('visitors'),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      createAll(schema({ stock, visits })),
      RTE.flatMap(() => counting),
      RTE.flatMap(() => deliver),
      print('rows from a source'),
      RTE.flatMap(() => C.run(reprice)),
      print('by key'),
      RTE.flatMap(() => C.run(asInTheLibrary)),
      print('from a query'),
      RTE.flatMap(() => ambiguous),
      print('with several matches'),
      RTE.flatMap(() => C.run(unknown)),
      print('deleted'),
      RTE.flatMap(() => twice),
      print('the second'),
      RTE.flatMap(() => rest),
      print('stock now'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
counted 2
record inserted
record unchanged
visitors [ { day: 'Monday', visitors: 30 }, { day: 'record', visitors: 20 } ]
delivered 1000
delivered 2000
delivered 2500
rows from a source 2500
by key 2
from a query 6
with several matches TooManyRows
deleted 2494
the first has version 3
the second StaleRow
stock now [
  { bookId: 1, copies: 5, price: '9.50', version: 3 },
  { bookId: 2, copies: 2, price: '11.00', version: 2 }
]
*/
