/**
 * Queries that grow: for each combinator a query with n uses of it, each of which has the same length.
 *
 * The tests limit how compile time grows with n, and `scripts/curve` prints the curve. Each query ends in a row of a few fields if
 * possible, so that the chain is measured and not its result; if the result grows with the chain (`let`, `bindOf`) it stays.
 */

import * as A from '../lib/Agg.js'
import { int, text } from '../lib/Column.js'
import type { AnyQuery } from '../lib/core/syntax/Syntax.js'
import * as X from '../lib/Expr.js'
import type { Database } from '../lib/model/Database.js'
import * as Q from '../lib/Query.js'
import { table } from '../lib/Table.js'
import * as W from '../lib/Window.js'

const grown = table('grown', { id: int, n: int, s: text }, { primaryKey: ['id'] })

/** A database with one row, so that results are small however large the query is. */
export const grownDatabase: Database = {
  tables: new Map([[grown.name, { table: grown, rows: [{ id: 1, n: 1, s: 'a' }], indexes: [], next: {} }]]),
  foreignKeys: [],
}

const rows = Q.from(grown) as AnyQuery

const times = (n: number, step: (q: any, i: number) => AnyQuery, first: AnyQuery = rows): AnyQuery => {
  let q = first
  for (let i = 0; i < n; i += 1) q = step(q, i)
  return q
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

export const GROWING: { readonly [name: string]: (n: number) => AnyQuery } = {
  let: n => times(n, (q, i) => Q.let(`f${i}`, (r: any) => X.plus(r.n, i))(q)),
  'let, one of the other': n => times(n, (q, i) => Q.let(`f${i}`, (r: any) => (i % 100 === 0 ? r.n : X.plus(r[`f${i - 1}`], i)))(q)),
  bindOf: n => times(n, (q, i) => Q.bind(`f${i}`, (r: any) => Q.of({ v: r.n }))(q)),
  bind: n => times(n, (q, i) => Q.bind(`t${i}`, () => Q.from(grown))(q)),
  'bind, one row each': n => times(n, (q, i) => Q.bind(`t${i}`, (r: any) => Q.where((t: any) => X.eq(t.id, r.id))(Q.from(grown)))(q)),
  join: n => times(n, (q, i) => Q.innerJoin(`t${i}`, grown, (r: any, t) => X.eq(t.id, r.n))(q)),
  leftJoin: n => times(n, (q, i) => Q.leftJoin(`t${i}`, grown, (r: any, t) => X.eq(t.id, r.n))(q)),
  flatMap: n => times(n, q => Q.flatMap((r: any) => Q.where((t: any) => X.eq(t.id, r.n))(Q.from(grown)))(q)),
  mapRow: n => times(n, q => Q.mapRow((a: any) => a)(q)),
  map: n => times(n, q => Q.map((r: any) => ({ id: r.id, n: r.n, s: r.s }))(q)),
  where: n => times(n, (q, i) => Q.where((r: any) => X.gt(r.n, i))(q)),
  'where of joins': n =>
    times(
      n,
      (q, i) => Q.where((r: any) => X.gt(r[`t${i % 10}`].n, i))(q),
      times(10, (q, i) => Q.innerJoin(`t${i}`, grown, (r: any, t) => X.eq(t.id, r.n))(q)),
    ),
  orderBy: n => times(n, (q, i) => Q.orderBy((r: any) => [X.asc(X.plus(r.n, i))])(q)),
  'keys of orderBy': n => Q.orderBy((r: any) => upTo(n).map(i => X.asc(X.plus(r.n, i))))(rows as never),
  union: n => times(n, q => Q.union(Q.from(grown) as never)(q)),
  unionAll: n => times(n, q => Q.unionAll(Q.from(grown) as never)(q)),
  'unionAll on the right': n => times(n, q => Q.unionAll(q)(Q.from(grown) as never) as AnyQuery),
  except: n => times(n, q => Q.except(Q.from(grown) as never)(q)),
  limit: n => times(n, q => Q.limit(10)(q)),
  'orderBy and limit': n => times(n, (q, i) => Q.limit(10)(Q.orderBy((r: any) => [i % 2 === 0 ? X.asc(r.n) : X.desc(r.n)])(q))),
  distinct: n => times(n, q => Q.distinct(q)),
  aggregate: n => times(n, q => Q.aggregate((r: any) => ({ n: A.max(r.n), id: A.key(r.id) }))(q)),
  window: n => times(n, (q, i) => Q.window((r: any) => ({ [`w${i % 2}`]: W.rowNumber({ orderBy: [X.asc(r.n)] }) }))(q)),
  exists: n => times(n, q => Q.where((r: any) => X.exists(Q.where((t: any) => X.eq(t.id, r.n))(Q.from(grown))))(q)),
  many: n =>
    Q.map((r: any) => Object.fromEntries(upTo(n).map(i => [`m${i}`, Q.many(Q.where((t: any) => X.eq(t.id, r.n))(Q.from(grown)))])))(
      rows as never,
    ) as AnyQuery,
  'fields of map': n => Q.map((r: any) => Object.fromEntries(upTo(n).map(i => [`f${i}`, X.plus(r.n, i)])))(rows as never) as AnyQuery,
  'distinct fields': n =>
    Q.distinct(Q.map((r: any) => Object.fromEntries(upTo(n).map(i => [`f${i}`, X.plus(r.n, i)])))(rows as never)) as AnyQuery,
  'fields of aggregate': n =>
    Q.aggregate((r: any) => Object.fromEntries(upTo(n).map(i => [`f${i}`, A.max(X.plus(r.n, i))])))(rows as never) as AnyQuery,
  'keys of aggregate': n =>
    Q.aggregate((r: any) => Object.fromEntries(upTo(n).map(i => [`f${i}`, A.key(X.plus(r.n, i))])))(rows as never) as AnyQuery,
  'args of and': n => Q.where((r: any) => X.and(...upTo(n).map(i => X.gt(r.n, i))))(rows as never) as AnyQuery,
  'in a list': n => Q.where((r: any) => X.inList(r.n, upTo(n)))(rows as never) as AnyQuery,
  values: n => Q.values({ a: int })(upTo(n).map(a => ({ a }))) as AnyQuery,
}
