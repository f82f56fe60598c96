/** Snapshot cases: arrays, their elements as rows, and conditions on all elements. */
import { pipe } from 'fp-ts/lib/function.js'
import { tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { arrayOf, bigint, bytes, float, int, nullable, numeric, text, timestamp } from '../../../lib/Column.js'
import {
  array,
  arrayAny,
  arrayContains,
  arrayEvery,
  arrayJoin,
  arrayLength,
  asc,
  desc,
  eq,
  gt,
  inQuery,
  like,
  litOf,
  maybe,
  nullOf,
  plus,
  scalar,
  split,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'
import { everything } from './tables.js'

export const arrayCases: Cases = {
  'arrays and their elements': () =>
    pipe(
      Q.from(everything),
      Q.where(row => arrayContains(row.tags, 'new')),
      Q.map(row => ({ tags: arrayLength(row.tags), own: arrayContains(row.tags, row.label) })),
    ),

  'the elements of an array of each row': () =>
    pipe(
      Q.from(everything),
      Q.bind('tag', row => Q.unnest(row.tags)),
      Q.orderBy(({ id, tag }) => [asc(id), asc(tag.position)]),
      Q.map(({ id, tag }) => ({ id, tag: tag.value })),
    ),

  'the elements of an array, if there are any': () =>
    pipe(
      Q.from(everything),
      Q.bindLeft('tag', row =>
        pipe(
          Q.unnest(row.tags),
          Q.where(tag => like(tag.value, 'a%')),
        ),
      ),
      Q.map(({ id, tag }) => ({ id, tag: maybe(tag, t => t.value) })),
    ),

  'the last element of an array of each row': () =>
    pipe(
      Q.from(everything),
      Q.bind('tag', row =>
        pipe(
          Q.unnest(row.tags),
          Q.orderBy(tag => [desc(tag.position)]),
          Q.limit(1),
        ),
      ),
      Q.map(({ id, tag }) => ({ id, tag: tag.value })),
    ),

  'the elements of an array that a query answers': () =>
    pipe(
      Q.from(tracks),
      Q.map(track => ({
        id: track.id,
        others: Q.many(
          Q.unnest(
            scalar(
              pipe(
                Q.from(tracks),
                Q.where(other => eq(other.albumId, track.albumId)),
                Q.aggregate(other => ({ ids: A.arrayAgg(other.id) })),
                Q.map(g => g.ids),
              ),
            ),
          ),
        ),
      })),
    ),

  'rows whose keys are in an array that is a parameter': () =>
    Q.prepare({ ids: arrayOf(int) }, p =>
      pipe(
        Q.from(tracks),
        Q.where(track =>
          inQuery(
            track.id,
            pipe(
              Q.unnest(p.ids),
              Q.map(e => e.value),
            ),
          ),
        ),
        Q.map(track => ({ id: track.id, name: track.name })),
      ),
    )({ ids: [1, 2, 3] }),

  'elements of each type': () =>
    pipe(
      Q.unnest(litOf(arrayOf(nullable(bigint)))([1n, null])),
      Q.bind('price', () => Q.unnest(litOf(arrayOf(numeric(10, 2)))(['1.50']))),
      Q.bind('ratio', () => Q.unnest(litOf(arrayOf(float))([0.5]))),
      Q.bind('data', () => Q.unnest(litOf(arrayOf(bytes))([Uint8Array.of(1)]))),
      Q.bind('at', () => Q.unnest(litOf(arrayOf(timestamp))([new Date(0)]))),
      Q.bind('word', () => Q.unnest(litOf(arrayOf(text))(['a']))),
    ),

  'the parts of a text': () =>
    pipe(
      Q.from(everything),
      Q.bind('word', row => Q.unnest(split(row.label, ' '))),
      Q.map(({ id, label, word }) => ({ id, word: word.value, path: split(label, '~/'), joined: arrayJoin(split(label, ' '), '-') })),
    ),

  'an array of expressions': () =>
    pipe(
      Q.from(everything),
      Q.where(row => arrayAny(array([row.label, row.code]), text => eq(text, 'new'))),
      Q.map(row => ({
        sizes: array([row.id, plus(row.id, 1n)]),
        amounts: array([row.amount, nullOf(numeric(12, 3))]),
        flags: array([row.flag]),
      })),
    ),

  'some element, each element': () =>
    pipe(
      Q.from(everything),
      Q.where(row => arrayAny(row.tags, tag => like(tag, 'a%'))),
      Q.map(row => ({ id: row.id, isAll: arrayEvery(row.tags, tag => gt(tag, row.label)) })),
    ),
}
