/** Examples of docs/combinators.md: expressions. */
import { pipe } from 'fp-ts/lib/function.js'
import { nullable, numeric, text } from '../../../lib/Column.js'
import {
  abs,
  and,
  array,
  arrayAny,
  arrayContains,
  arrayEvery,
  arrayJoin,
  arrayLength,
  asc,
  atan2,
  between,
  caseWhen,
  cast,
  ceil,
  coalesce,
  concat,
  contains,
  countOf,
  desc,
  div,
  endsWith,
  eq,
  escapeLike,
  exists,
  floor,
  greatest,
  gt,
  gte,
  ilike,
  inList,
  inQuery,
  isNotDistinctFrom,
  isNotNull,
  isNull,
  isSome,
  least,
  left,
  length,
  like,
  lit,
  litOf,
  lower,
  lt,
  lte,
  maybe,
  minus,
  ne,
  neg,
  not,
  notIn,
  nullIf,
  nullOf,
  nullsFirst,
  nullsLast,
  or,
  padEnd,
  padStart,
  plus,
  position,
  power,
  quot,
  raw,
  rem,
  repeat,
  replace,
  reverse,
  right,
  round,
  scalar,
  sign,
  split,
  sqrt,
  startsWith,
  substring,
  times,
  trim,
  trimEnd,
  trimStart,
  upper,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from '../sql/print.js'
import { albums, artists } from './store.js'

export const expressions: Cases = {
  eq: () =>
    pipe(
      Q.from(albums),
      Q.where(album => eq(album.artistId, 1)),
    ),

  ne: () =>
    pipe(
      Q.from(albums),
      Q.where(album => ne(album.genre, 'Pop')),
    ),

  lt: () =>
    pipe(
      Q.from(albums),
      Q.where(album => lt(album.price, '10.00')),
    ),

  lte: () =>
    pipe(
      Q.from(albums),
      Q.where(album => lte(album.price, '9.50')),
    ),

  gt: () =>
    pipe(
      Q.from(albums),
      Q.where(album => gt(album.title, 'F')),
    ),

  gte: () =>
    pipe(
      Q.from(albums),
      Q.where(album => gte(album.stars, 4)),
    ),

  between: () =>
    pipe(
      Q.from(albums),
      Q.where(album => between(album.price, '10.00', '12.00')),
    ),

  isNotDistinctFrom: () =>
    pipe(
      Q.from(albums),
      Q.where(album => isNotDistinctFrom(album.genre, nullOf(nullable(text)))),
    ),

  isNull: () =>
    pipe(
      Q.from(albums),
      Q.where(album => isNull(album.genre)),
    ),

  isNotNull: () =>
    pipe(
      Q.from(albums),
      Q.where(album => isNotNull(album.genre)),
    ),

  inList: () =>
    pipe(
      Q.from(albums),
      Q.where(album => inList(album.artistId, [1, 3])),
    ),

  notIn: () =>
    pipe(
      Q.from(albums),
      Q.where(album => notIn(album.artistId, [1, 3])),
    ),

  and: () =>
    pipe(
      Q.from(albums),
      Q.where(album => and(eq(album.artistId, 1), isNull(album.genre))),
    ),

  or: () =>
    pipe(
      Q.from(albums),
      Q.where(album => or(eq(album.artistId, 3), isNull(album.genre))),
    ),

  not: () =>
    pipe(
      Q.from(albums),
      Q.where(album => not(eq(album.genre, 'Pop'))),
    ),

  like: () =>
    pipe(
      Q.from(albums),
      Q.where(album => like(album.title, '%o%')),
    ),

  ilike: () =>
    pipe(
      Q.from(albums),
      Q.where(album => ilike(album.title, 'd%')),
    ),

  contains: () =>
    pipe(
      Q.from(albums),
      Q.where(album => contains(album.title, '! 7')),
    ),

  startsWith: () =>
    pipe(
      Q.from(albums),
      Q.where(album => startsWith(album.title, 'Ta')),
    ),

  endsWith: () =>
    pipe(
      Q.from(albums),
      Q.where(album => endsWith(album.title, 'go')),
    ),

  escapeLike: () =>
    pipe(
      Q.from(albums),
      Q.where(album => like(album.title, `%${escapeLike('!')}%`)),
    ),

  exists: () =>
    pipe(
      Q.from(albums),
      Q.where(album =>
        exists(
          pipe(
            Q.from(artists),
            Q.where(artist => eq(artist.id, album.artistId)),
          ),
        ),
      ),
    ),

  inQuery: () =>
    pipe(
      Q.from(albums),
      Q.where(album =>
        inQuery(
          album.artistId,
          pipe(
            Q.from(artists),
            Q.map(artist => artist.id),
          ),
        ),
      ),
    ),

  scalar: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({
        title: album.title,
        artist: scalar(
          pipe(
            Q.from(artists),
            Q.where(artist => eq(artist.id, album.artistId)),
            Q.map(artist => artist.name),
          ),
        ),
      })),
    ),

  countOf: () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        albums: countOf(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
          ),
        ),
      })),
    ),

  lit: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({ id: album.id, kind: lit('album') })),
    ),

  litOf: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({ id: album.id, price: litOf(numeric(10, 2))('1.50') })),
    ),

  nullOf: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({ id: album.id, note: nullOf(text) })),
    ),

  coalesce: () =>
    pipe(
      Q.from(albums),
      Q.map(album => coalesce(album.genre, 'none')),
    ),

  nullIf: () =>
    pipe(
      Q.from(albums),
      Q.map(album => nullIf(album.artistId, 9)),
    ),

  caseWhen: () =>
    pipe(
      Q.from(albums),
      Q.map(album =>
        caseWhen(
          [
            [gte(album.stars, 4), lit('good')],
            [gte(album.stars, 2), lit('fair')],
          ],
          lit('bad'),
        ),
      ),
    ),

  cast: () =>
    pipe(
      Q.from(albums),
      Q.map(album => cast(text)(album.artistId)),
    ),

  plus: () =>
    pipe(
      Q.from(albums),
      Q.map(album => plus(album.id, album.artistId)),
    ),

  minus: () =>
    pipe(
      Q.from(albums),
      Q.map(album => minus(album.price, '0.50')),
    ),

  times: () =>
    pipe(
      Q.from(albums),
      Q.map(album => times(album.price, '1.5')),
    ),

  neg: () =>
    pipe(
      Q.from(albums),
      Q.map(album => neg(album.stars)),
    ),

  div: () =>
    pipe(
      Q.from(albums),
      Q.map(album => div(album.id, 2)),
    ),

  quot: () =>
    pipe(
      Q.from(albums),
      Q.map(album => quot(album.id, 2)),
    ),

  rem: () =>
    pipe(
      Q.from(albums),
      Q.map(album => rem(album.id, 2)),
    ),

  abs: () =>
    pipe(
      Q.from(albums),
      Q.map(album => abs(minus(album.id, 3))),
    ),

  sign: () =>
    pipe(
      Q.from(albums),
      Q.map(album => sign(minus(album.id, 3))),
    ),

  floor: () =>
    pipe(
      Q.from(albums),
      Q.map(album => floor(album.stars)),
    ),

  ceil: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ceil(album.price)),
    ),

  round: () =>
    pipe(
      Q.from(albums),
      Q.map(album => round(album.stars)),
    ),

  power: () =>
    pipe(
      Q.from(albums),
      Q.map(album => power(album.id, 2)),
    ),

  atan2: () =>
    pipe(
      Q.from(albums),
      Q.map(album => atan2(album.stars, 2)),
    ),

  sqrt: () =>
    pipe(
      Q.from(albums),
      Q.map(album => sqrt(album.stars)),
    ),

  greatest: () =>
    pipe(
      Q.from(albums),
      Q.map(album => greatest(album.id, album.artistId, 2)),
    ),

  least: () =>
    pipe(
      Q.from(albums),
      Q.map(album => least(album.id, album.artistId, 2)),
    ),

  concat: () =>
    pipe(
      Q.from(albums),
      Q.map(album => concat(album.title, ' (', album.genre, ')')),
    ),

  lower: () =>
    pipe(
      Q.from(albums),
      Q.map(album => lower(album.title)),
    ),

  upper: () =>
    pipe(
      Q.from(albums),
      Q.map(album => upper(album.title)),
    ),

  length: () =>
    pipe(
      Q.from(albums),
      Q.map(album => length(album.title)),
    ),

  substring: () =>
    pipe(
      Q.from(albums),
      Q.map(album => substring(album.title, 2, 3)),
    ),

  left: () =>
    pipe(
      Q.from(albums),
      Q.map(album => left(album.title, 3)),
    ),

  right: () =>
    pipe(
      Q.from(albums),
      Q.map(album => right(album.title, 3)),
    ),

  position: () =>
    pipe(
      Q.from(albums),
      Q.map(album => position(album.title, 'o')),
    ),

  replace: () =>
    pipe(
      Q.from(albums),
      Q.map(album => replace(album.title, 'o', '0')),
    ),

  trim: () =>
    pipe(
      Q.from(albums),
      Q.map(album => trim(album.title)),
    ),

  trimStart: () =>
    pipe(
      Q.from(albums),
      Q.map(album => trimStart(album.title)),
    ),

  trimEnd: () =>
    pipe(
      Q.from(albums),
      Q.map(album => trimEnd(album.title)),
    ),

  padStart: () =>
    pipe(
      Q.from(albums),
      Q.map(album => padStart(album.title, 12, '.')),
    ),

  padEnd: () =>
    pipe(
      Q.from(albums),
      Q.map(album => padEnd(album.title, 12)),
    ),

  repeat: () =>
    pipe(
      Q.from(albums),
      Q.map(album => repeat(album.title, 2)),
    ),

  reverse: () =>
    pipe(
      Q.from(albums),
      Q.map(album => reverse(album.title)),
    ),

  split: () =>
    pipe(
      Q.from(albums),
      Q.map(album => ({ title: album.title, words: split(album.title, ' ') })),
    ),

  arrayJoin: () =>
    pipe(
      Q.from(albums),
      Q.map(album => arrayJoin(split(album.title, ' '), '_')),
    ),

  array: () =>
    pipe(
      Q.from(albums),
      Q.map(album => array([album.title, album.genre])),
    ),

  arrayLength: () =>
    pipe(
      Q.from(albums),
      Q.map(album => arrayLength(split(album.title, ' '))),
    ),

  arrayContains: () =>
    pipe(
      Q.from(albums),
      Q.where(album => arrayContains(split(album.title, ' '), 'Days')),
      Q.map(album => album.title),
    ),

  arrayAny: () =>
    pipe(
      Q.from(albums),
      Q.where(album => arrayAny(split(album.title, ' '), word => startsWith(word, 'N'))),
      Q.map(album => album.title),
    ),

  arrayEvery: () =>
    pipe(
      Q.from(albums),
      Q.where(album => arrayEvery(split(album.title, ' '), word => gt(length(word), 3))),
      Q.map(album => album.title),
    ),

  maybe: () =>
    pipe(
      Q.from(albums),
      Q.leftJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
      Q.map(({ title, artist }) => ({ title, founded: maybe(artist, a => a.founded) })),
    ),

  isSome: () =>
    pipe(
      Q.from(albums),
      Q.leftJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
      Q.where(({ artist }) => isSome(artist)),
      Q.map(({ title }) => title),
    ),

  asc: () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.name), asc(artist.id)]),
    ),

  desc: () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [desc(artist.founded), asc(artist.id)]),
    ),

  nullsFirst: () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [nullsFirst(asc(artist.founded)), asc(artist.id)]),
    ),

  nullsLast: () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [nullsLast(desc(artist.founded)), asc(artist.id)]),
    ),

  raw: () =>
    pipe(
      Q.from(albums),
      Q.map(album => raw(text)`substr(${album.title}, ${2})`),
    ),
}
