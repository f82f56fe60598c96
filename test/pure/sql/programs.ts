/**
 * Snapshot cases: what the programs that run a query ask for.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { artists, invoices } from '../../../examples/chinook/schema.js'
import { int } from '../../../lib/core/Column.js'
import { asc, desc, eq } from '../../../lib/core/Expr.js'
import * as Program from '../../../lib/core/Program.js'
import * as Q from '../../../lib/core/Query.js'
import type { Cases } from './print.js'

const latest = pipe(
  Q.from(invoices),
  Q.orderBy(invoice => [desc(invoice.invoiceDate), asc(invoice.id)]),
  Q.map(invoice => invoice.id),
)

const can = pipe(
  Q.from(artists),
  Q.where(artist => eq(artist.name, 'Can')),
)

export const programs: Cases = {
  'all rows': () => Q.all(can),

  'the first row': () => Q.head(latest),

  'the only row': () => Q.one(can),

  'one row or none': () => Q.option(can),

  'the number of rows': () => Q.count(latest),

  'the number of different rows': () => Q.count(pipe(can, Q.distinct)),

  'the number of the first rows': () => Q.count(pipe(latest, Q.limit(10))),

  'whether there are rows': () => Q.any(can),

  'all rows in chunks': () =>
    pipe(
      latest,
      Q.foldChunks(0, (n, rows) => n + rows.length),
    ),

  'a statement of your own': () =>
    pipe(
      Program.raw({ n: int })`SELECT count(*) FROM artist WHERE id > ${100}`,
      RTE.map(rows => rows[0]?.n),
    ),
}
