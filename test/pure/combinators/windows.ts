/** Examples of docs/combinators.md: window functions. */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import { asc, desc } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import * as Window from '../../../lib/Window.js'
import type { Cases } from '../sql/print.js'
import { albums } from './store.js'

export const windows: Cases = {
  rowNumber: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ n: Window.rowNumber({ partitionBy: [album.artistId], orderBy: [asc(album.id)] }) })),
    ),

  rank: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ place: Window.rank({ orderBy: [desc(album.stars)] }) })),
    ),

  denseRank: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ place: Window.denseRank({ orderBy: [desc(album.stars)] }) })),
    ),

  percentRank: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ part: Window.percentRank({ orderBy: [asc(album.stars)] }) })),
    ),

  cumeDist: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ part: Window.cumeDist({ orderBy: [asc(album.stars)] }) })),
    ),

  ntile: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ half: Window.ntile(2, { orderBy: [asc(album.id)] }) })),
    ),

  lag: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ before: Window.lag(album.stars, { orderBy: [asc(album.id)] }) })),
    ),

  lead: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ next: Window.lead(album.stars, { by: 2, orderBy: [asc(album.id)] }) })),
    ),

  firstValue: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ first: Window.firstValue(album.stars, { partitionBy: [album.artistId], orderBy: [asc(album.id)] }) })),
    ),

  lastValue: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ last: Window.lastValue(album.stars, { orderBy: [asc(album.id)], rows: {} }) })),
    ),

  nthValue: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ second: Window.nthValue(album.stars, 2, { orderBy: [asc(album.id)] }) })),
    ),

  over: () =>
    pipe(
      Q.from(albums),
      Q.window(album => ({ running: pipe(Agg.sum(album.stars), Window.over({ orderBy: [asc(album.id)] })) })),
    ),
}
