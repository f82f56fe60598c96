/** Snapshot cases: the operations of the programs that run a query. */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { artists, invoices } from '../../../examples/chinook/schema.js'
import { int } from '../../../lib/Column.js'
import { asc, desc, eq } from '../../../lib/Expr.js'
import * as Program from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
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
  'a page, and the one after it': () =>
    pipe(
      Q.from(invoices),
      Q.map(({ id, invoiceDate, billingState }) => ({ id, invoiceDate, billingState })),
      Q.page({
        orderBy: invoice => [desc(invoice.billingState), asc(invoice.id)],
        size: 20,
        after: Buffer.from('{"keys":["varchar desc","int asc"],"values":["CA",7]}').toString('base64url'),
      }),
    ),

  'the third page': () => pipe(Q.from(artists), Q.pageAt({ orderBy: artist => [asc(artist.name), asc(artist.id)], size: 20, number: 3 })),

  'the rows of each key': () =>
    pipe(
      Q.from(invoices),
      Q.map(({ id, customerId }) => ({ id, customerId })),
      Q.allBy(invoice => invoice.customerId, [3, 14, 15, 14, 92]),
    ),

  'the row of each key': () =>
    pipe(
      Q.from(artists),
      Q.optionBy(artist => artist.id, [3, 1]),
    ),

  'the lock of a name': () => Program.advisoryLock('import'),

  'the lock of a name, at once or not at all': () => Program.advisoryLock('import', { wait: 'noWait' }),

  'all rows': () => Q.all(can),

  'the first row': () => Q.head(latest),

  'the only row': () => Q.one(can),

  'one row or none': () => Q.option(can),

  'the number of rows': () => Q.count(latest),

  'the number of different rows': () => Q.count(pipe(can, Q.distinct)),

  'the number of the first rows': () => Q.count(pipe(latest, Q.limit(10))),

  'whether there are rows': () => Q.nonEmpty(can),

  'how it would be run': () => pipe(can, Q.explain()),

  'how it was run': () => pipe(latest, Q.explain({ analyze: true })),

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
