/** Examples of docs/combinators.md: queries. */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import { arrayOf, int, numeric, text } from '../../../lib/Column.js'
import { and, asc, coalesce, desc, eq, gt, gte, isNull, lit, litOf, lt, lte, maybe, plus, rem, times } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import * as Window from '../../../lib/Window.js'
import type { Cases } from '../sql/print.js'
import { albums, artists } from './store.js'

export const queries: Cases = {
  from: () => Q.from(artists),

  where: () =>
    pipe(
      Q.from(albums),
      Q.where(album => eq(album.artistId, 1)),
    ),

  whereNotNull: () =>
    pipe(
      Q.from(albums),
      Q.whereNotNull('genre'),
      Q.map(album => ({ id: album.id, genre: album.genre })),
    ),

  map: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({ title: album.title, double: times(album.price, '2') })),
    ),

  orderBy: () =>
    pipe(
      Q.from(albums),
      Q.orderBy(album => [desc(album.price), asc(album.id)]),
    ),

  limit: () =>
    pipe(
      Q.from(albums),
      Q.orderBy(album => [asc(album.id)]),
      Q.limit(2),
    ),

  offset: () =>
    pipe(
      Q.from(albums),
      Q.orderBy(album => [asc(album.id)]),
      Q.offset(4),
    ),

  distinct: () =>
    pipe(
      Q.from(albums),
      Q.map(album => album.genre),
      Q.distinct,
    ),

  when: () =>
    pipe(
      Q.from(albums),
      Q.when(
        true,
        Q.where(album => isNull(album.genre)),
      ),
    ),

  let: () =>
    pipe(
      Q.from(artists),
      Q.let('isOld', artist => lt(artist.founded, 1970)),
    ),

  innerJoin: () =>
    pipe(
      Q.from(albums),
      Q.innerJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
      Q.map(({ title, artist }) => ({ title, artist: artist.name })),
    ),

  leftJoin: () =>
    pipe(
      Q.from(albums),
      Q.leftJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
      Q.map(({ title, artist }) => ({ title, artist: maybe(artist, a => a.name) })),
    ),

  fullJoin: () =>
    pipe(
      Q.from(artists),
      Q.fullJoin(Q.from(albums), (artist, album) => eq(album.artistId, artist.id)),
      Q.map(({ left, right }) => ({ artist: maybe(left, a => a.name), title: maybe(right, a => a.title) })),
    ),

  Do: () =>
    pipe(
      Q.Do,
      Q.bind('artist', () => Q.from(artists)),
    ),

  bind: () =>
    pipe(
      Q.Do,
      Q.bind('artist', () => Q.from(artists)),
      Q.bind('album', ({ artist }) =>
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
        ),
      ),
      Q.map(({ artist, album }) => ({ name: artist.name, title: album.title })),
    ),

  bindLeft: () =>
    pipe(
      Q.from(artists),
      Q.bindLeft('best', artist =>
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
          Q.orderBy(album => [desc(album.stars)]),
          Q.limit(1),
        ),
      ),
      Q.map(({ name, best }) => ({ name, best: maybe(best, album => album.title) })),
    ),

  flatMap: () =>
    pipe(
      Q.from(artists),
      Q.flatMap(artist =>
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
          Q.map(album => album.title),
        ),
      ),
    ),

  aggregate: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artistId: Agg.key(album.artistId), albums: Agg.countAll })),
      Q.where(group => gte(group.albums, 2)),
    ),

  window: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ place: Window.rank({ orderBy: [desc(album.stars)] }) })),
      Q.where(album => eq(album.place, 1)),
      Q.map(({ title, place }) => ({ title, place })),
    ),

  distinctOn: () =>
    pipe(
      Q.from(albums),
      Q.orderBy(album => [desc(album.stars)]),
      Q.distinctOn(album => [album.artistId]),
      Q.map(album => album.title),
    ),

  rollup: () =>
    pipe(
      Q.from(albums),
      Q.rollup(album => ({ by: { genre: album.genre }, of: { total: Agg.sum(album.price) } })),
    ),

  cube: () =>
    pipe(
      Q.from(albums),
      Q.cube(album => ({ by: { genre: album.genre, artistId: album.artistId }, of: { albums: Agg.countAll } })),
    ),

  groupingSets: () =>
    pipe(
      Q.from(albums),
      Q.groupingSets([['genre'], ['artistId']])(album => ({
        by: { genre: album.genre, artistId: album.artistId },
        of: { albums: Agg.countAll },
      })),
    ),

  unnest: () =>
    pipe(
      Q.unnest(litOf(arrayOf(int))([3, 1])),
      Q.bind('artist', chosen =>
        pipe(
          Q.from(artists),
          Q.where(artist => eq(artist.id, chosen.value)),
        ),
      ),
      Q.orderBy(chosen => [asc(chosen.position)]),
      Q.map(({ position, artist }) => ({ position, name: artist.name })),
    ),

  many: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        albums: Q.many(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.orderBy(album => [asc(album.id)]),
            Q.map(album => ({ title: album.title, price: album.price })),
          ),
        ),
      })),
    ),

  first: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        latest: Q.first(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.orderBy(album => [desc(album.id)]),
            Q.map(album => album.title),
          ),
        ),
      })),
    ),

  unionAll: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => artist.name),
      Q.unionAll(
        pipe(
          Q.from(albums),
          Q.map(album => album.title),
        ),
      ),
    ),

  union: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => artist.id),
      Q.union(
        pipe(
          Q.from(albums),
          Q.map(album => album.artistId),
        ),
      ),
    ),

  intersect: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => artist.id),
      Q.intersect(
        pipe(
          Q.from(albums),
          Q.map(album => album.artistId),
        ),
      ),
    ),

  except: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => artist.id),
      Q.except(
        pipe(
          Q.from(albums),
          Q.map(album => album.artistId),
        ),
      ),
    ),

  cte: () => {
    const good = pipe(
      Q.from(albums),
      Q.where(album => gte(album.stars, 4)),
      Q.map(({ id, artistId }) => ({ id, artistId })),
      Q.cte('good'),
    )
    return pipe(
      good,
      Q.bind('other', album =>
        pipe(
          good,
          Q.where(other => and(eq(other.artistId, album.artistId), gt(other.id, album.id))),
        ),
      ),
      Q.map(({ id, other }) => ({ id, other: other.id })),
    )
  },

  recursive: () =>
    pipe(
      Q.of({ n: lit(1) }),
      Q.recursive(row =>
        pipe(
          Q.of({ n: plus(row.n, 1) }),
          Q.where(next => lte(next.n, 5)),
        ),
      ),
    ),

  closure: () =>
    pipe(
      Q.of({ n: lit(0) }),
      Q.closure(row => Q.of({ n: coalesce(rem(plus(row.n, 4), 7), 0) })),
    ),

  forUpdate: () =>
    pipe(
      Q.from(albums),
      Q.where(album => eq(album.id, 1)),
      Q.forUpdate(),
    ),

  forShare: () => pipe(Q.from(artists), Q.forShare({ wait: 'skipLocked' })),

  of: () => Q.of({ answer: lit(42), word: lit('forty-two') }),

  values: () =>
    Q.values({ id: int, name: text })([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ]),

  zero: () => pipe(Q.from(artists), Q.unionAll<any, any>(Q.zero)),

  mapRow: () =>
    pipe(
      Q.from(artists),
      Q.mapRow(artist => artist.name.length),
    ),

  prepare: () =>
    Q.prepare({ most: numeric(10, 2) }, ({ most }) =>
      pipe(
        Q.from(albums),
        Q.where(album => gt(most, album.price)),
        Q.map(album => album.title),
      ),
    )({ most: '10.00' }),
}
