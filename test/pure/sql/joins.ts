/**
 * Snapshot cases: joins by `bind`, `flatMap` and the join functions; rows that may be missing; and correlated subqueries, which not every
 * engine has.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, employees, invoiceLines, invoices, tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { int, text } from '../../../lib/Column.js'
import { and, asc, desc, eq, exists, gt, isSome, maybe, not } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'

export const joins: Cases = {
  'three tables': () =>
    pipe(
      Q.Do,
      Q.bind('track', () => Q.from(tracks)),
      Q.innerJoin('album', albums, ({ track }, album) => eq(album.id, track.albumId)),
      Q.innerJoin('artist', artists, ({ album }, artist) => eq(artist.id, album.artistId)),
      Q.where(({ artist }) => eq(artist.name, 'Can')),
      Q.map(({ track, album, artist }) => ({ track: track.name, album: album.title, artist: artist.name })),
    ),

  'a chain of binds': () =>
    pipe(
      Q.from(artists),
      Q.bind('album', artist =>
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
        ),
      ),
      Q.bind('track', ({ album }) =>
        pipe(
          Q.from(tracks),
          Q.where(track => and(eq(track.albumId, album.id), gt(track.milliseconds, 600_000))),
        ),
      ),
      Q.map(({ name, track }) => ({ name, track: track.name })),
    ),

  'flatMap to another table': () =>
    pipe(
      Q.from(albums),
      Q.where(album => eq(album.artistId, 1)),
      Q.flatMap(album =>
        pipe(
          Q.from(tracks),
          Q.where(track => eq(track.albumId, album.id)),
        ),
      ),
      Q.map(track => track.name),
    ),

  'every row with every row': () =>
    pipe(
      Q.Do,
      Q.bind('one', () => Q.from(artists)),
      Q.bind('other', () => Q.from(artists)),
      Q.map(({ one, other }) => ({ one: one.id, other: other.id })),
    ),

  'a table joined with itself': () =>
    pipe(
      Q.Do,
      Q.bind('employee', () => Q.from(employees)),
      Q.leftJoin('manager', employees, ({ employee }, manager) => eq(manager.id, employee.reportsTo)),
      Q.leftJoin('above', employees, ({ manager }, above) =>
        eq(
          above.id,
          maybe(manager, m => m.reportsTo),
        ),
      ),
      Q.map(({ employee, manager, above }) => ({
        employee: employee.lastName,
        manager: maybe(manager, m => m.lastName),
        above: maybe(above, a => a.lastName),
      })),
    ),

  'a left join, the whole row': () =>
    pipe(
      Q.Do,
      Q.bind('artist', () => Q.from(artists)),
      Q.leftJoin('album', albums, ({ artist }, album) => eq(album.artistId, artist.id)),
    ),

  'rows without a partner': () =>
    pipe(
      Q.Do,
      Q.bind('artist', () => Q.from(artists)),
      Q.leftJoin('album', albums, ({ artist }, album) => eq(album.artistId, artist.id)),
      Q.where(({ album }) => not(isSome(album))),
      Q.map(({ artist }) => artist.name),
    ),

  'a left join with an inner join': () =>
    pipe(
      Q.Do,
      Q.bind('customer', () => Q.from(customers)),
      Q.bindLeft('sale', ({ customer }) =>
        pipe(
          Q.from(invoices),
          Q.where(invoice => eq(invoice.customerId, customer.id)),
          Q.innerJoin('line', invoiceLines, (invoice, line) => eq(line.invoiceId, invoice.id)),
        ),
      ),
      Q.map(({ customer, sale }) => ({ id: customer.id, total: maybe(sale, s => s.total), track: maybe(sale, s => s.line.trackId) })),
    ),

  'the latest rows of each, by a limit under a bind': () =>
    pipe(
      Q.Do,
      Q.bind('customer', () => Q.from(customers)),
      Q.bind('invoice', ({ customer }) =>
        pipe(
          Q.from(invoices),
          Q.where(invoice => eq(invoice.customerId, customer.id)),
          Q.orderBy(invoice => [desc(invoice.invoiceDate), desc(invoice.id)]),
          Q.limit(2),
        ),
      ),
      Q.map(({ customer, invoice }) => ({ customer: customer.lastName, invoice: invoice.id, date: invoice.invoiceDate })),
    ),

  'the latest row of each, if there is one': () =>
    pipe(
      Q.Do,
      Q.bind('artist', () => Q.from(artists)),
      Q.bindLeft('album', ({ artist }) =>
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
          Q.orderBy(album => [desc(album.id)]),
          Q.limit(1),
        ),
      ),
      Q.map(({ artist, album }) => ({ artist: artist.name, latest: maybe(album, a => a.title) })),
    ),

  'an aggregate of each': () =>
    pipe(
      Q.Do,
      Q.bind('album', () => Q.from(albums)),
      Q.bind('length', ({ album }) =>
        pipe(
          Q.from(tracks),
          Q.where(track => eq(track.albumId, album.id)),
          Q.aggregate(track => ({ tracks: A.countAll, milliseconds: A.sum(track.milliseconds) })),
        ),
      ),
      Q.map(({ album, length }) => ({ title: album.title, ...length })),
    ),

  'groups of each': () =>
    pipe(
      Q.Do,
      Q.bind('album', () => Q.from(albums)),
      Q.bind('genre', ({ album }) =>
        pipe(
          Q.from(tracks),
          Q.where(track => eq(track.albumId, album.id)),
          Q.aggregate(track => ({ id: A.key(track.genreId), tracks: A.countAll })),
        ),
      ),
      Q.map(({ album, genre }) => ({ title: album.title, ...genre })),
    ),

  'different rows of each': () =>
    pipe(
      Q.Do,
      Q.bind('album', () => Q.from(albums)),
      Q.bind('genre', ({ album }) =>
        pipe(
          Q.from(tracks),
          Q.where(track => eq(track.albumId, album.id)),
          Q.map(track => track.genreId),
          Q.distinct,
        ),
      ),
    ),

  'a left join with a limited query': () =>
    pipe(
      Q.Do,
      Q.bind('top', () =>
        pipe(
          Q.from(invoices),
          Q.orderBy(invoice => [desc(invoice.total), asc(invoice.id)]),
          Q.limit(10),
        ),
      ),
      Q.leftJoin('customer', customers, ({ top }, customer) => eq(customer.id, top.customerId)),
      Q.map(({ top, customer }) => ({ total: top.total, email: maybe(customer, c => c.email) })),
    ),

  'a left join on a query': () =>
    pipe(
      Q.from(albums),
      Q.leftJoin('artist', artists, album =>
        exists(
          pipe(
            Q.from(tracks),
            Q.where(track => eq(track.albumId, album.id)),
          ),
        ),
      ),
      Q.map(({ title, artist }) => ({ title, name: maybe(artist, a => a.name) })),
    ),

  'given rows joined with a table': () =>
    pipe(
      Q.Do,
      Q.bind('wish', () =>
        Q.values({ title: text, copies: int })([
          { title: 'Tago Mago', copies: 1 },
          { title: 'Ege Bamyasi', copies: 3 },
        ]),
      ),
      Q.leftJoin('album', albums, ({ wish }, album) => eq(album.title, wish.title)),
      Q.map(({ wish, album }) => ({ ...wish, id: maybe(album, a => a.id) })),
    ),
}
