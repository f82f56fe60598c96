/** Snapshot cases: window functions. */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, invoices, tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { asc, desc, eq, gt, lte, minus, plus } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import * as W from '../../../lib/Window.js'
import type { Cases } from './print.js'

export const windows: Cases = {
  'numbers and ranks': () =>
    pipe(
      Q.from(tracks),
      Q.window(track => {
        const longest = { partitionBy: [track.albumId], orderBy: [desc(track.milliseconds), asc(track.id)] }
        return {
          number: W.rowNumber(longest),
          rank: W.rank(longest),
          dense: W.denseRank(longest),
          part: W.percentRank(longest),
          upTo: W.cumeDist(longest),
          quarter: W.ntile(4, longest),
        }
      }),
      Q.map(({ id, number, rank, dense, part, upTo, quarter }) => ({ id, number, rank, dense, part, upTo, quarter })),
    ),

  'values of other rows': () =>
    pipe(
      Q.from(invoices),
      Q.window(invoice => {
        const inTime = { partitionBy: [invoice.customerId], orderBy: [asc(invoice.invoiceDate), asc(invoice.id)] }
        return {
          before: W.lag(invoice.total, inTime),
          afterNext: W.lead(invoice.total, { ...inTime, by: 2 }),
          first: W.firstValue(invoice.total, inTime),
          last: W.lastValue(invoice.total, { ...inTime, rows: {} }),
          second: W.nthValue(invoice.total, 2, inTime),
        }
      }),
    ),

  'totals of frames': () =>
    pipe(
      Q.from(invoices),
      Q.window(invoice => {
        const orderBy = [asc(invoice.invoiceDate), asc(invoice.id)]
        return {
          running: pipe(A.sum(invoice.total), W.over({ orderBy })),
          moving: pipe(A.avg(invoice.total), W.over({ orderBy, rows: { from: -2, to: 0 } })),
          next: pipe(A.max(invoice.total), W.over({ orderBy, rows: { from: 1, to: 3 } })),
          inCountry: pipe(A.countAll, W.over({ partitionBy: [invoice.billingCountry] })),
          large: pipe(A.count(invoice.id), A.filter(gt(invoice.total, '10')), W.over({})),
        }
      }),
    ),

  'the first of each group': () =>
    pipe(
      Q.from(tracks),
      Q.window(track => ({ place: W.rowNumber({ partitionBy: [track.genreId], orderBy: [desc(track.milliseconds), asc(track.id)] }) })),
      Q.where(({ place }) => lte(place, 3)),
      Q.map(({ genreId, name, place }) => ({ genreId, name, place })),
      Q.orderBy(({ genreId, place }) => [asc(genreId), asc(place)]),
    ),

  'ranks of groups, and a value that is used further': () =>
    pipe(
      Q.from(customers),
      Q.aggregate(customer => ({ country: A.key(customer.country), customers: A.countAll })),
      Q.window(group => ({ before: W.lag(group.customers, { orderBy: [desc(group.customers), asc(group.country)] }) })),
      Q.map(({ country, customers: count, before }) => ({ country, less: minus(before, count), more: plus(count, 1) })),
      Q.limit(5),
    ),

  'a window in a collection': () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        albums: Q.many(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.window(album => ({ number: W.rowNumber({ orderBy: [asc(album.title)] }) })),
            Q.map(({ title, number }) => ({ title, number })),
          ),
        ),
      })),
    ),
}
