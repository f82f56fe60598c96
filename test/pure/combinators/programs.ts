/** Examples of docs/combinators.md: programs of a query. */
import { pipe } from 'fp-ts/lib/function.js'
import { asc, eq } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from '../sql/print.js'
import { albums, artists } from './store.js'

export const programs: Cases = {
  all: () => Q.all(Q.from(artists)),

  one: () =>
    pipe(
      Q.from(artists),
      Q.where(artist => eq(artist.name, 'Can')),
      Q.one,
    ),

  option: () =>
    pipe(
      Q.from(artists),
      Q.where(artist => eq(artist.name, 'Can')),
      Q.option,
    ),

  head: () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.id)]),
      Q.head,
    ),

  nonEmpty: () =>
    pipe(
      Q.from(artists),
      Q.where(artist => eq(artist.name, 'Can')),
      Q.nonEmpty,
    ),

  count: () =>
    pipe(
      Q.from(artists),
      Q.where(artist => eq(artist.name, 'Can')),
      Q.count,
    ),

  foldChunks: () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.id)]),
      Q.foldChunks(0, (n, rows) => n + rows.length, { size: 100 }),
    ),

  page: () =>
    pipe(
      Q.from(albums),
      Q.map(({ id, title, price }) => ({ id, title, price })),
      Q.page({
        orderBy: album => [asc(album.price), asc(album.id)],
        size: 2,
        // the cursor of the previous page
        after: Buffer.from('{"keys":["numeric asc","int asc"],"values":["9.50",3]}').toString('base64url'),
      }),
    ),

  pageAt: () => pipe(Q.from(artists), Q.pageAt({ orderBy: artist => [asc(artist.name), asc(artist.id)], size: 2, number: 2 })),

  allBy: () =>
    pipe(
      Q.from(albums),
      Q.map(({ title, artistId }) => ({ title, artistId })),
      Q.allBy(album => album.artistId, [3, 1, 4]),
    ),

  optionBy: () =>
    pipe(
      Q.from(artists),
      Q.optionBy(artist => artist.id, [3, 7]),
    ),

  explain: () =>
    pipe(
      Q.from(artists),
      Q.where(artist => eq(artist.name, 'Can')),
      Q.explain(),
    ),
}
