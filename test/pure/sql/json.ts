/** Snapshot cases: JSON documents, reading and building them. */
import { pipe } from 'fp-ts/lib/function.js'
import * as A from '../../../lib/Agg.js'
import { anyJson, bigint, boolean, date, float, int, numeric, text } from '../../../lib/Column.js'
import {
  asc,
  eq,
  gt,
  isNotNull,
  jsonArray,
  jsonAt,
  jsonContains,
  jsonLength,
  jsonObject,
  jsonText,
  jsonType,
  lit,
  litOf,
  plus,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
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

  'exact numbers of a document, and its whole text': () =>
    pipe(
      Q.from(everything),
      Q.map(row => ({
        id: jsonAt(bigint)(row.details, 'id'),
        price: jsonAt(numeric(10, 2))(row.details, 'price'),
        whole: jsonText(row.details),
      })),
    ),

  'a type that no JSON value has': () =>
    pipe(
      Q.from(everything),
      Q.map(row => jsonAt(date)(row.details, 'day')),
    ),

  'a document of values': () =>
    pipe(
      Q.from(everything),
      Q.map(row => jsonObject({ n: row.small, label: row.label, kind: row.kind, ratio: row.ratio, flag: row.flag, details: row.details })),
    ),

  'an array of values': () =>
    pipe(
      Q.from(everything),
      Q.map(row => jsonArray([row.small, lit('x'), plus(row.small, 1), lit(0.5), lit(true)])),
    ),

  'a document in a document, in a condition and in a collection': () =>
    pipe(
      Q.from(everything),
      Q.let('doc', row => jsonObject({ "it's": jsonArray([row.small, eq(row.small, 1)]) })),
      Q.where(row => eq(jsonAt(int)(row.doc, "it's", 0), 1)),
      Q.map(row => ({ doc: row.doc, all: Q.many(Q.of({ doc: row.doc })) })),
    ),

  'documents of a kind': () =>
    pipe(
      Q.from(everything),
      Q.where(row => eq(jsonType(row.details), 'object')),
      Q.map(row => jsonType(jsonAt(anyJson)(row.details, 'tags'))),
    ),

  'documents that have a part': () =>
    pipe(
      Q.from(everything),
      Q.where(row => jsonContains(row.details, { kind: 'book', new: true, price: 9.5, note: null, tags: {} })),
      Q.map(row => row.small),
    ),

  'documents that have an element': () =>
    pipe(
      Q.from(everything),
      Q.where(row => jsonContains(row.details, { tags: ['a', 1], items: [{ title: "it's", copies: 2 }] })),
      Q.map(row => row.small),
    ),

  'a value in a document': () =>
    pipe(
      Q.from(everything),
      Q.map(row => ({
        is: jsonContains(row.details, 'x'),
        made: jsonContains(jsonObject({ n: row.small, m: row.ratio }), { n: 1, m: 2 }),
      })),
    ),

  'a part that is an expression': () =>
    pipe(
      Q.from(everything),
      Q.map(row => jsonContains(jsonArray([row.details]), jsonArray([row.label]))),
    ),

  'a type without a JSON form': () =>
    pipe(
      Q.from(everything),
      Q.map(row => jsonObject({ at: row.at })),
    ),
}
