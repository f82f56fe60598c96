/** Snapshot cases: groups and aggregates. */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, invoiceLines, invoices, tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { float, numeric } from '../../../lib/Column.js'
import { asc, cast, countOf, desc, div, eq, gt, gte, isNotNull, maybe, plus, substring, times } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'

export const aggregates: Cases = {
  'one group of all rows': () =>
    pipe(
      Q.from(invoices),
      Q.aggregate(invoice => ({
        invoices: A.countAll,
        states: A.count(invoice.billingState),
        customers: A.countDistinct(invoice.customerId),
        total: A.sum(invoice.total),
        mean: A.avg(invoice.total),
        first: A.min(invoice.invoiceDate),
        last: A.max(invoice.invoiceDate),
      })),
    ),

  'truth of a group, its different texts, its most frequent value and its median': () =>
    pipe(
      Q.from(invoices),
      Q.whereNotNull('billingState'),
      Q.aggregate(invoice => ({
        customer: A.key(invoice.customerId),
        all: A.boolAnd(gt(invoice.total, '1.00')),
        some: pipe(A.boolOr(gt(invoice.total, '9.00')), A.filter(isNotNull(invoice.billingCity))),
        states: A.stringAgg(invoice.billingState, ', ', { distinct: true }),
        state: A.mode(invoice.billingState),
        median: A.median(invoice.total),
        most: A.percentileCont(invoice.total, 0.9),
      })),
    ),

  'the number of rows of a query': () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        id: artist.id,
        albums: countOf(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
          ),
        ),
      })),
    ),

  'groups by a column': () =>
    pipe(
      Q.from(tracks),
      Q.aggregate(track => ({
        genre: A.key(track.genreId),
        tracks: A.countAll,
        milliseconds: A.sum(track.milliseconds),
        mean: A.avg(track.milliseconds),
      })),
      Q.orderBy(group => [desc(group.tracks), asc(group.genre)]),
    ),

  'groups by an expression': () =>
    pipe(
      Q.from(artists),
      Q.aggregate(artist => ({ letter: A.key(substring(artist.name, 1, 1)), artists: A.countAll })),
      Q.orderBy(group => [asc(group.letter)]),
    ),

  'groups by an expression, which is used further': () =>
    pipe(
      Q.from(artists),
      Q.aggregate(artist => ({ letter: A.key(substring(artist.name, 1, 1)), artists: A.countAll })),
      Q.where(group => gte(group.letter, 'M')),
      Q.map(group => ({ next: plus(group.artists, 1), letter: group.letter })),
    ),

  'some groups only': () =>
    pipe(
      Q.from(albums),
      Q.innerJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
      Q.aggregate(({ artist }) => ({ id: A.key(artist.id), name: A.key(artist.name), albums: A.countAll })),
      Q.where(group => gt(group.albums, 10)),
      Q.orderBy(group => [desc(group.albums), asc(group.id)]),
      Q.map(({ name, albums }) => ({ name, albums })),
    ),

  'aggregates of some rows': () =>
    pipe(
      Q.from(invoices),
      Q.aggregate(invoice => ({
        country: A.key(invoice.billingCountry),
        all: A.countAll,
        large: pipe(A.countAll, A.filter(gt(invoice.total, '10.00'))),
        customers: pipe(A.countDistinct(invoice.customerId), A.filter(gt(invoice.total, '10.00'))),
        total: pipe(A.sum(invoice.total), A.filter(isNotNull(invoice.billingState))),
      })),
    ),

  'lists and texts of a group': () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({
        artist: A.key(album.artistId),
        titles: A.stringAgg(album.title, '; ', { orderBy: [asc(album.title), desc(album.id)] }),
        ids: A.arrayAgg(album.id, { orderBy: [desc(album.id)] }),
        any: A.arrayAgg(album.title),
      })),
    ),

  'lists and texts of some rows of a group': () =>
    pipe(
      Q.from(tracks),
      Q.aggregate(track => ({
        album: A.key(track.albumId),
        composers: pipe(A.arrayAgg(track.composer, { orderBy: [asc(track.composer)] }), A.filter(gt(track.milliseconds, 300_000))),
        names: pipe(A.stringAgg(track.name, "'", { orderBy: [asc(track.id)] }), A.filter(gt(track.milliseconds, 300_000))),
        prices: A.arrayAgg(track.unitPrice, { orderBy: [asc(track.unitPrice)] }),
      })),
    ),

  'computing with aggregates': () =>
    pipe(
      Q.from(invoiceLines),
      Q.aggregate(line => ({
        track: A.key(line.trackId),
        revenue: A.sum(times(line.unitPrice, cast(numeric(10, 0))(line.quantity))),
        sold: A.sum(line.quantity),
      })),
      Q.orderBy(group => [desc(group.revenue), asc(group.track)]),
      Q.limit(3),
      Q.map(({ track, revenue, sold }) => ({ track, perPiece: div(cast(float)(revenue), sold) })),
    ),

  'an aggregate of aggregates': () =>
    pipe(
      Q.Do,
      Q.bind('customer', () => Q.from(customers)),
      Q.leftJoin('invoice', invoices, ({ customer }, invoice) => eq(invoice.customerId, customer.id)),
      Q.aggregate(({ customer, invoice }) => ({ customer: A.key(customer.id), invoices: A.count(maybe(invoice, i => i.id)) })),
      Q.aggregate(({ invoices }) => ({ customers: A.countAll, most: A.max(invoices), mean: A.avg(invoices) })),
    ),

  'different keys': () =>
    pipe(
      Q.from(invoices),
      Q.aggregate(invoice => ({ country: A.key(invoice.billingCountry), city: A.key(invoice.billingCity) })),
    ),

  'a join with groups': () =>
    pipe(
      Q.Do,
      Q.bind('artist', () => Q.from(artists)),
      Q.bind('count', () =>
        pipe(
          Q.from(albums),
          Q.aggregate(album => ({ artist: A.key(album.artistId), albums: A.countAll })),
        ),
      ),
      Q.where(({ artist, count }) => eq(count.artist, artist.id)),
      Q.map(({ artist, count }) => ({ name: artist.name, albums: count.albums })),
    ),

  'an aggregate of the first rows': () =>
    pipe(
      Q.from(invoices),
      Q.orderBy(invoice => [desc(invoice.total), asc(invoice.id)]),
      Q.limit(100),
      Q.aggregate(invoice => ({ total: A.sum(invoice.total) })),
    ),
}
