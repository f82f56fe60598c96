/** Snapshot cases: nested collections, subqueries in expressions, and prepared queries. */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, employees, genres, invoiceLines, invoices, tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { int, nullable, numeric, text } from '../../../lib/Column.js'
import {
  and,
  asc,
  contains,
  desc,
  eq,
  exists,
  gt,
  gte,
  inQuery,
  isNotDistinctFrom,
  isNull,
  maybe,
  not,
  or,
  scalar,
  startsWith,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Scope } from '../../../lib/Table.js'
import type { Cases } from './print.js'

const albumsOf = (artist: Scope<typeof artists>) =>
  pipe(
    Q.from(albums),
    Q.where(album => eq(album.artistId, artist.id)),
  )

export const nesting: Cases = {
  'a list of what the row itself says': () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        once: Q.many(Q.of({ name: artist.name })),
        often: Q.many(
          pipe(
            Q.from(genres),
            Q.map(() => ({ name: artist.name })),
          ),
        ),
      })),
    ),

  'a list with a left join on the row': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({
        id: customer.id,
        invoices: Q.many(
          pipe(
            Q.from(invoices),
            Q.leftJoin('support', employees, (_, employee) => and(eq(employee.id, customer.supportRepId), isNull(customer.company))),
            Q.map(({ id, support }) => ({ id, support: maybe(support, e => e.id) })),
          ),
        ),
      })),
    ),

  'a list in each row': () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        albums: Q.many(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.orderBy(album => [asc(album.title), asc(album.id)]),
            Q.map(album => album.title),
          ),
        ),
      })),
    ),

  'lists in lists, and the first of another': () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.id)]),
      Q.limit(5),
      Q.map(artist => ({
        name: artist.name,
        albums: Q.many(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.orderBy(album => [asc(album.id)]),
            Q.map(album => ({
              title: album.title,
              tracks: Q.many(
                pipe(
                  Q.from(tracks),
                  Q.where(track => eq(track.albumId, album.id)),
                  Q.orderBy(track => [asc(track.id)]),
                  Q.map(track => ({ name: track.name, price: track.unitPrice })),
                ),
              ),
              longest: Q.first(
                pipe(
                  Q.from(tracks),
                  Q.where(track => eq(track.albumId, album.id)),
                  Q.orderBy(track => [desc(track.milliseconds), asc(track.id)]),
                  Q.map(track => track.name),
                ),
              ),
            })),
          ),
        ),
      })),
    ),

  'the first of the first': () =>
    pipe(
      Q.from(genres),
      Q.map(genre => ({
        genre: genre.name,
        longest: Q.first(
          pipe(
            Q.from(tracks),
            Q.where(track => eq(track.genreId, genre.id)),
            Q.orderBy(track => [desc(track.milliseconds)]),
            Q.map(track => ({
              name: track.name,
              sale: Q.first(
                pipe(
                  Q.from(invoiceLines),
                  Q.where(line => eq(line.trackId, track.id)),
                  Q.orderBy(line => [asc(line.id)]),
                  Q.map(line => line.invoiceId),
                ),
              ),
            })),
          ),
        ),
      })),
    ),

  'the first rows of a list': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({
        id: customer.id,
        invoices: Q.many(
          pipe(
            Q.from(invoices),
            Q.where(invoice => eq(invoice.customerId, customer.id)),
            Q.orderBy(invoice => [desc(invoice.invoiceDate)]),
            Q.limit(3),
            Q.map(invoice => ({ at: invoice.invoiceDate, total: invoice.total, state: invoice.billingState })),
          ),
        ),
      })),
    ),

  'a list of groups': () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({
        title: album.title,
        genres: Q.many(
          pipe(
            Q.from(tracks),
            Q.where(track => eq(track.albumId, album.id)),
            Q.aggregate(track => ({ genre: A.key(track.genreId), tracks: A.countAll })),
            Q.orderBy(group => [desc(group.tracks), asc(group.genre)]),
          ),
        ),
      })),
    ),

  'a list of different values of a join': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({
        id: customer.id,
        bought: Q.many(
          pipe(
            Q.from(invoices),
            Q.where(invoice => eq(invoice.customerId, customer.id)),
            Q.innerJoin('line', invoiceLines, (invoice, line) => eq(line.invoiceId, invoice.id)),
            Q.map(({ line }) => line.trackId),
            Q.distinct,
          ),
        ),
      })),
    ),

  'a list of everything': () => Q.of({ genres: Q.many(Q.from(genres)) }),

  'rows for which another query has rows': () =>
    pipe(
      Q.from(artists),
      Q.where(artist =>
        and(
          not(exists(albumsOf(artist))),
          or(
            startsWith(artist.name, 'The '),
            exists(
              pipe(
                Q.from(albums),
                Q.where(album => eq(album.title, artist.name)),
              ),
            ),
          ),
        ),
      ),
    ),

  'a value of another query': () =>
    pipe(
      Q.from(artists),
      Q.let('albums', artist =>
        scalar(
          pipe(
            albumsOf(artist),
            Q.aggregate(() => ({ n: A.countAll })),
            Q.map(({ n }) => n),
          ),
        ),
      ),
      Q.where(({ albums }) => gt(albums, 5)),
      Q.orderBy(({ albums, id }) => [desc(albums), asc(id)]),
      Q.map(({ name, albums }) => ({ name, albums })),
    ),

  'a value of the first row of another query': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({
        id: customer.id,
        last: scalar(
          pipe(
            Q.from(invoices),
            Q.where(invoice => eq(invoice.customerId, customer.id)),
            Q.orderBy(invoice => [desc(invoice.invoiceDate)]),
            Q.map(invoice => invoice.total),
          ),
        ),
      })),
    ),

  'values that are among rows': () =>
    pipe(
      Q.from(tracks),
      Q.where(track =>
        and(
          inQuery(
            track.genreId,
            pipe(
              Q.from(genres),
              Q.where(genre => contains(genre.name, 'Metal')),
              Q.map(genre => genre.id),
            ),
          ),
          not(
            inQuery(
              track.id,
              pipe(
                Q.from(invoiceLines),
                Q.orderBy(line => [asc(line.id)]),
                Q.limit(100),
                Q.map(line => line.trackId),
              ),
            ),
          ),
        ),
      ),
      Q.map(track => track.id),
    ),

  'a prepared query': () =>
    Q.prepare({ country: text, least: numeric(10, 2), rows: int }, ({ country, least, rows }) =>
      pipe(
        Q.from(invoices),
        Q.where(invoice => and(eq(invoice.billingCountry, country), gte(invoice.total, least))),
        Q.orderBy(invoice => [desc(invoice.total), asc(invoice.id)]),
        Q.limit(rows),
        Q.map(invoice => ({ id: invoice.id, total: invoice.total })),
      ),
    )({ country: 'Norway', least: '5.00', rows: 3 }),

  'a parameter used twice': () =>
    Q.prepare({ manager: nullable(int), skip: int }, ({ manager, skip }) =>
      pipe(
        Q.from(employees),
        Q.where(employee => or(isNull(manager), isNotDistinctFrom(employee.reportsTo, manager))),
        Q.orderBy(employee => [asc(employee.id)]),
        Q.offset(skip),
        Q.map(employee => ({ id: employee.id, manager })),
      ),
    )({ manager: 2, skip: 0 }),
}
