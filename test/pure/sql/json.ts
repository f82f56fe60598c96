/**
 * Snapshot cases: values inside JSON documents.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as A from '../../../lib/core/Agg.js'
import { anyJson, bigint, boolean, float, int, text } from '../../../lib/core/Column.js'
import { asc, eq, gt, isNotNull, jsonAt, jsonLength, litOf } from '../../../lib/core/Expr.js'
import * as Q from '../../../lib/core/Query.js'
import type { Cases } from './print.js'
import { everything } from './tables.js'

export const json: Cases = {
  'values of documents': () =>
    pipe(
      Q.from(everything),
      Q.where(row => eq(jsonAt(text)(row.details, 'kind'), 'book')),
      Q.map(row => ({
        name: jsonAt(text)(row.details, 'items', 0, "author's name"),
        count: jsonAt(int)(row.details, 'count'),
        price: jsonAt(float)(row.details, 'price'),
        isNew: jsonAt(boolean)(row.details, 'new'),
        first: jsonAt(anyJson)(row.details, 'items', 0),
        items: jsonLength(jsonAt(anyJson)(row.details, 'items')),
      })),
    ),

  'a group by a value of a document': () =>
    pipe(
      Q.from(everything),
      Q.where(row => isNotNull(jsonAt(text)(row.details, 'kind'))),
      Q.aggregate(row => ({ kind: A.key(jsonAt(text)(row.details, 'kind')), rows: A.countAll })),
      Q.where(group => gt(group.rows, 1)),
      Q.orderBy(group => [asc(group.kind)]),
    ),

  'a value of a document that is a parameter': () => Q.of({ x: jsonAt(int)(litOf(anyJson)([1, 2]), 1) }),

  'a type that no JSON value has': () =>
    pipe(
      Q.from(everything),
      Q.map(row => jsonAt(bigint)(row.details, 'id')),
    ),
}
