/** Snapshot cases: WITH queries, recursive queries, full joins, distinctOn, grouping sets, locks. */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, employees, invoices, tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { asc, concat, desc, eq, gt, isNull, lit, lt, plus } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'

export const recursion: Cases = {
  'a query under a name, used twice': () => {
    const long = pipe(
      Q.from(tracks),
      Q.where(track => gt(track.milliseconds, 300_000)),
      Q.map(({ id, albumId, milliseconds }) => ({ id, albumId, milliseconds })),
      Q.cte('long'),
    )
    return pipe(
      long,
      Q.bind('longer', track =>
        pipe(
          long,
          Q.where(other => eq(other.albumId, track.albumId)),
          Q.where(other => gt(other.milliseconds, track.milliseconds)),
        ),
      ),
      Q.map(track => ({ id: track.id, longer: track.longer.id })),
    )
  },

  'a query whose rows are kept': () =>
    pipe(
      Q.from(invoices),
      Q.aggregate(invoice => ({ customerId: A.key(invoice.customerId), spent: A.sum(invoice.total) })),
      Q.cte('spent', { materialized: true }),
      Q.where(row => gt(row.spent, '40')),
    ),

  'a tree with paths': () =>
    pipe(
      Q.from(employees),
      Q.where(boss => isNull(boss.reportsTo)),
      Q.map(boss => ({ id: boss.id, depth: lit(0), path: concat(boss.lastName) })),
      Q.recursive(above =>
        pipe(
          Q.from(employees),
          Q.where(employee => eq(employee.reportsTo, above.id)),
          Q.map(employee => ({ id: employee.id, depth: plus(above.depth, 1), path: concat(above.path, ' / ', employee.lastName) })),
        ),
      ),
      Q.orderBy(row => [asc(row.path)]),
    ),

  'a series of numbers': () =>
    pipe(
      Q.of({ n: lit(1) }),
      Q.recursive(({ n }) =>
        pipe(
          Q.of({ n: plus(n, 1) }),
          Q.where(() => lt(n, 10)),
        ),
      ),
    ),

  'what can be reached, for each row': () =>
    pipe(
      Q.from(employees),
      Q.bind('above', employee =>
        pipe(
          Q.from(employees),
          Q.where(boss => eq(boss.id, employee.reportsTo)),
          Q.map(({ id, reportsTo }) => ({ id, reportsTo })),
          Q.closure(boss =>
            pipe(
              Q.from(employees),
              Q.where(higher => eq(higher.id, boss.reportsTo)),
              Q.map(({ id, reportsTo }) => ({ id, reportsTo })),
            ),
          ),
        ),
      ),
      Q.map(({ id, above }) => ({ id, above: above.id })),
    ),

  'a full join': () =>
    pipe(
      Q.from(artists),
      Q.fullJoin(
        pipe(
          Q.from(albums),
          Q.where(album => gt(album.id, 300)),
        ),
        (artist, album) => eq(album.artistId, artist.id),
      ),
    ),

  'the first row of each': () =>
    pipe(
      Q.from(invoices),
      Q.orderBy(invoice => [desc(invoice.total), asc(invoice.id)]),
      Q.distinctOn(invoice => [invoice.billingCountry]),
      Q.map(({ billingCountry, total }) => ({ billingCountry, total })),
    ),

  subtotals: () =>
    pipe(
      Q.from(customers),
      Q.rollup(customer => ({ by: { country: customer.country, city: customer.city }, of: { customers: A.countAll } })),
    ),

  'all subtotals': () =>
    pipe(
      Q.from(tracks),
      Q.cube(track => ({ by: { genre: track.genreId, media: track.mediaTypeId }, of: { tracks: A.countAll } })),
    ),

  'totals by some keys': () =>
    pipe(
      Q.from(tracks),
      Q.groupingSets([['genre'], []])(track => ({
        by: { genre: track.genreId, media: track.mediaTypeId },
        of: { longest: A.max(track.milliseconds) },
      })),
    ),

  'some rows at random': () =>
    pipe(
      Q.from(tracks),
      Q.map(track => track.name),
      Q.sample(3),
    ),

  'rows locked for an update': () =>
    pipe(
      Q.from(invoices),
      Q.innerJoin('customer', customers, (invoice, customer) => eq(customer.id, invoice.customerId)),
      Q.orderBy(invoice => [asc(invoice.id)]),
      Q.limit(1),
      Q.forUpdate({ wait: 'skipLocked' }),
    ),

  'rows locked against writes': () =>
    pipe(
      Q.from(invoices),
      Q.leftJoin('customer', customers, (invoice, customer) => eq(customer.id, invoice.customerId)),
      Q.where(invoice => eq(invoice.id, 1)),
      Q.forShare({ wait: 'noWait' }),
    ),
}
