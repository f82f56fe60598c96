/** Examples of docs/combinators.md: aggregates. */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import { asc, gte } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from '../sql/print.js'
import { albums } from './store.js'

export const aggregates: Cases = {
  key: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ genre: Agg.key(album.genre), albums: Agg.countAll })),
    ),

  countAll: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(() => ({ albums: Agg.countAll })),
    ),

  count: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ genres: Agg.count(album.genre) })),
    ),

  countDistinct: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ genres: Agg.countDistinct(album.genre) })),
    ),

  sum: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artistId: Agg.key(album.artistId), total: Agg.sum(album.price) })),
    ),

  avg: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ stars: Agg.avg(album.stars) })),
    ),

  min: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ cheapest: Agg.min(album.price) })),
    ),

  max: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ last: Agg.max(album.title) })),
    ),

  boolAnd: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artistId: Agg.key(album.artistId), dear: Agg.boolAnd(gte(album.price, '9.00')) })),
    ),

  boolOr: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artistId: Agg.key(album.artistId), dear: Agg.boolOr(gte(album.price, '9.00')) })),
    ),

  mode: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artistId: Agg.key(album.artistId), genre: Agg.mode(album.genre) })),
    ),

  percentileCont: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ most: Agg.percentileCont(album.price, 0.9) })),
    ),

  median: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artistId: Agg.key(album.artistId), price: Agg.median(album.price) })),
    ),

  arrayAgg: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({
        artistId: Agg.key(album.artistId),
        titles: Agg.arrayAgg(album.title, { orderBy: [asc(album.id)] }),
      })),
    ),

  stringAgg: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({
        artistId: Agg.key(album.artistId),
        titles: Agg.stringAgg(album.title, ', ', { orderBy: [asc(album.id)] }),
      })),
    ),

  filter: () =>
    pipe(
      Q.from(albums),
      Q.aggregate(album => ({ all: Agg.countAll, good: pipe(Agg.countAll, Agg.filter(gte(album.stars, 4))) })),
    ),
}
