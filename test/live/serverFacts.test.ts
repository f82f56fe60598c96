/**
 * Surprising behaviour of servers, and the SQL that avoids it: each case once had a wrong result.
 *
 * Every engine returns what `memory` returns. The names of the tests say what an engine would do to the plain statement: MariaDB assigns an
 * aggregate of outer columns to the outer query, MySQL truncates long texts in derived tables, both trim labels.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { bytes, check, date, enumOf, generated, indexed, int, nullable, numeric, text, unique, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { asIs, table } from '../../lib/Table.js'
import * as W from '../../lib/Window.js'
import { suite } from '../suite.js'
import { type Engine, engines, sameRows, using } from './eachEngine.js'

const bits = table(
  'fact_bits',
  { id: int, n: nullable(int), t: nullable(text), data: nullable(bytes), flag: nullable(int), day: nullable(date) },
  { primaryKey: ['id'] },
)
const marks = table('fact_marks', { id: int, weight: nullable(int), t: text }, { primaryKey: ['id'] })
const tables = schema({ bits, marks })

const rows = [
  { id: 1, n: 1, t: 'a', data: Uint8Array.of(0), flag: 0 },
  { id: 2, n: 2, t: 'b', data: Uint8Array.of(), flag: 1 },
  { id: 3, n: null, t: null, data: null, flag: null },
]
const weights = [
  { id: 1, weight: 1, t: 'x' },
  { id: 2, weight: 2, t: 'y' },
  { id: 3, weight: 2, t: 'z' },
]

const isOne = X.eq<number | null>

/** A number and the next one. */
const pair = (n: X.Expr<number>) => X.array([n, X.plus(n, 1)])

const LONG = 'ü'.repeat(60_000)
const BLOB = new Uint8Array(80_000).fill(7)
const words = (e: X.Expr<string | null>) => ({ word: e, size: X.length(e) })

/** The rows in one table that are not, or also, in another, in a WITH clause. */
const differences = [Q.except, Q.intersect].map(operator =>
  pipe(
    Q.from(bits),
    Q.map(b => ({ id: b.id })),
    operator(
      pipe(
        Q.from(bits),
        Q.where(b => X.gt(b.id, 2)),
        Q.map(b => ({ id: b.id })),
      ),
    ),
    Q.cte('difference'),
  ),
)
const [without, within] = differences as [(typeof differences)[number], (typeof differences)[number]]

const numberOfBits = pipe(
  Q.from(bits),
  Q.aggregate(() => ({ n: A.countAll })),
  Q.cte('counted'),
)

const oneRow = pipe(
  Q.Do,
  Q.union(
    pipe(
      Q.Do,
      Q.where(() => X.eq(X.lit(0), X.lit(0))),
    ),
  ),
)

const totals = pipe(
  Q.from(bits),
  Q.groupingSets([['n'], []])(b => ({ by: { n: b.n }, of: { count: A.countAll } })),
  Q.cube(s => ({ by: { count: s.count }, of: { sets: A.countAll } })),
)

const queries: { readonly [what: string]: Q.Query<any, unknown> } = {
  'elements of a row around, in a recursion in an aggregate': pipe(
    Q.from(bits),
    Q.aggregate(b => ({ ids: A.arrayAgg(b.id, { orderBy: [X.asc(b.id)] }) })),
    Q.leftJoin('mark', marks, () => X.lit(true)),
    Q.aggregate(s => ({
      key: A.key(X.maybe(s.mark, m => m.weight)),
      least: A.min(
        X.scalar(
          pipe(
            Q.from(marks),
            Q.map(m => ({ level: X.lit(0), at: m.id })),
            Q.closure(c =>
              pipe(
                Q.unnest(s.ids),
                Q.orderBy(e => [X.asc(e.position)]),
                Q.limit(1),
                Q.where(() => X.lt(c.level, 1)),
                Q.map(e => ({ level: X.plus(c.level, 1), at: e.position })),
              ),
            ),
            Q.orderBy(c => [X.asc(c.level), X.asc(c.at)]),
            Q.map(c => c.level),
          ),
        ),
      ),
    })),
  ),

  'bytes of an array, by their digits, as keys of groups': pipe(
    Q.unnest(X.array([X.lit(Uint8Array.of(0)), X.lit(Uint8Array.of())])),
    Q.aggregate(e => ({ key: A.key(X.unhex(X.hex(e.value))), count: A.countAll })),
  ),

  'a total of totals in an aggregate': pipe(
    Q.from(bits),
    Q.rollup(b => ({
      by: { n: b.n },
      of: {
        mean: A.avg(
          X.scalar(
            pipe(
              totals,
              Q.orderBy(s => [X.asc(s.sets)]),
              Q.map(s => s.sets),
            ),
          ),
        ),
      },
    })),
    Q.orderBy(s => [X.asc(s.mean)]),
  ),

  'the least day of those that are null, written down': pipe(
    Q.from(bits),
    Q.aggregate(b => ({ n: A.key(b.n), first: A.min(b.day), last: A.max(b.day) })),
    Q.closure(s =>
      pipe(
        Q.from(marks),
        Q.map(() => s),
      ),
    ),
  ),

  'a query of a group that is read twice, in a list of lists': pipe(
    Q.from(bits),
    Q.map(() => ({
      outer: Q.many(
        pipe(
          Q.from(marks),
          Q.map(() => ({ inner: Q.many(pipe(numberOfBits, Q.unionAll(numberOfBits))) })),
        ),
      ),
    })),
  ),

  'a value among those of two rows of no table, in totals': pipe(
    Q.from(bits),
    Q.cube(b => ({
      by: { n: b.n, flag: b.flag },
      of: {
        of: A.countDistinct(
          X.caseWhen(
            [
              [
                X.inQuery(
                  b.flag,
                  pipe(
                    Q.Do,
                    Q.bind('one', () => Q.of({ x: b.flag })),
                    Q.window(({ one }) => ({ place: W.rank({ orderBy: [X.asc(one.x)] }) })),
                    Q.map(({ one }) => one.x),
                  ),
                ),
                b.id,
              ],
            ],
            X.nullOf(int),
          ),
        ),
      },
    })),
  ),

  'the different values of a query without rows': pipe(
    Q.from(bits),
    Q.aggregate(() => ({
      n: A.countDistinct(
        X.scalar(
          pipe(
            Q.from(bits),
            Q.where(b => X.gt(b.id, 9)),
            Q.map(b => b.id),
          ),
        ),
      ),
      m: A.countDistinct(
        X.scalar(
          pipe(
            Q.from(bits),
            Q.where(b => X.eq(b.id, 1)),
            Q.map(b => b.id),
          ),
        ),
      ),
    })),
  ),

  'an EXCEPT that is read twice': pipe(without, Q.unionAll(without)),

  'an INTERSECT that is read twice': pipe(within, Q.unionAll(within)),

  'the totals of an EXCEPT of no table': pipe(
    oneRow,
    Q.except(
      pipe(
        oneRow,
        Q.where(() => X.gte(X.lit(-1), X.lit(0))),
      ),
    ),
    Q.cte('none'),
    Q.groupingSets<'k'>([[], ['k']])(() => ({ by: { k: X.lit(0) }, of: { n: A.countAll } })),
  ),

  'the totals of an EXCEPT': pipe(
    without,
    Q.rollup(b => ({ by: { id: b.id }, of: { n: A.countAll } })),
  ),

  'a condition of two parameters beside a union': pipe(
    Q.from(bits),
    Q.where(() => X.gte(X.lit('a'), '\u{FFEE}')),
    Q.bind('other', () => pipe(Q.from(bits), Q.unionAll(Q.from(bits)))),
  ),

  'a list of outer columns, of no table': pipe(
    Q.from(bits),
    Q.map(b => ({
      l: Q.many(Q.of({ x: b.n })),
      c: Q.many(
        pipe(
          Q.of({ x: b.n }),
          Q.where(x => X.gt(x.x, 1)),
        ),
      ),
    })),
  ),
  'a list of outer columns, of a table': pipe(
    Q.from(bits),
    Q.map(b => ({
      l: Q.many(
        pipe(
          Q.from(marks),
          Q.map(() => ({ x: b.n })),
        ),
      ),
      d: Q.many(Q.distinct(Q.of({ x: b.t }))),
    })),
  ),
  'a list without columns, in the order of an outer one': pipe(
    Q.from(bits),
    Q.where(b => X.gt(b.id, 5)),
    Q.let('l', b =>
      Q.many(
        pipe(
          Q.Do,
          Q.orderBy(() => [X.asc(b.id)]),
          Q.limit(2),
        ),
      ),
    ),
  ),
  'a list of one row or none, as the row around says': pipe(
    Q.from(bits),
    Q.map(b => ({
      l: Q.many(
        pipe(
          Q.Do,
          Q.where(() => X.gt(b.flag, 0)),
        ),
      ),
      n: X.scalar(
        pipe(
          Q.Do,
          Q.where(() => X.gt(b.flag, 0)),
          Q.aggregate(() => ({ n: A.countAll })),
          Q.map(g => g.n),
        ),
      ),
    })),
  ),
  'a sum of an outer column under a bind': pipe(
    Q.from(bits),
    Q.bind('s', b =>
      pipe(
        Q.from(marks),
        Q.aggregate(() => ({ s: A.sum(b.n) })),
      ),
    ),
  ),
  'a text of an outer column in the order of an inner one': pipe(
    Q.from(bits),
    Q.bindLeft('s', b =>
      pipe(
        Q.from(marks),
        Q.aggregate(m => ({ s: A.stringAgg(b.t, ',', { orderBy: [X.asc(m.weight)] }) })),
      ),
    ),
  ),
  'a left join inside a list, on an outer column': pipe(
    Q.from(bits),
    Q.map(b => ({
      l: Q.many(
        pipe(
          Q.from(marks),
          Q.leftJoin('other', marks, (m, o) => X.and(isOne(b.flag, 1), X.eq(m.weight, o.weight))),
          Q.orderBy(j => [X.asc(j.id), X.asc(X.maybe(j.other, o => o.id))]),
        ),
      ),
      e: X.exists(
        pipe(
          Q.from(marks),
          Q.leftJoin('other', marks, () => isOne(b.flag, 1)),
          Q.where(j => X.not(X.isSome(j.other))),
        ),
      ),
    })),
  ),
  'a left join on a sub-query of a join': pipe(
    Q.from(bits),
    Q.leftJoin('mark', marks, b =>
      X.exists(
        pipe(
          Q.from(marks),
          Q.innerJoin('bit', bits, () => X.lit(true)),
          Q.where(j => X.eq(j.weight, b.n)),
        ),
      ),
    ),
  ),
  'a group under a bind, of which nothing is read, and one with a condition': pipe(
    Q.from(bits),
    Q.bind('none', b =>
      pipe(
        Q.from(marks),
        Q.aggregate(m => ({ n: A.filter(X.eq(m.weight, b.n))(A.countAll) })),
      ),
    ),
    Q.bind('some', b =>
      pipe(
        Q.from(marks),
        Q.aggregate(() => ({ n: A.countAll })),
        Q.unionAll(
          pipe(
            Q.from(marks),
            Q.aggregate(() => ({ n: A.countAll })),
            Q.where(m => X.eq(m.n, b.id)),
          ),
        ),
      ),
    ),
    Q.map(r => ({ id: r.id, n: r.some.n })),
  ),
  'bytes under a bind, in an order': pipe(
    Q.from(bits),
    Q.bind('other', b =>
      pipe(
        Q.from(bits),
        Q.where(o => X.lte(o.id, b.id)),
        Q.orderBy(o => [X.asc(o.id)]),
        Q.limit(2),
      ),
    ),
    Q.orderBy(r => [X.asc(r.id), X.asc(r.other.data), X.asc(r.other.id)]),
  ),
  'groups of bytes and given bytes': pipe(
    Q.values({ v: bytes })([{ v: Uint8Array.of(0) }, { v: Uint8Array.of() }]),
    Q.aggregate(r => ({ k: A.key(X.coalesce(r.v, Uint8Array.of())), n: A.countAll })),
  ),
  'the scalar of an expression over a limited table': pipe(
    Q.from(bits),
    Q.orderBy(b => [X.asc(b.id)]),
    Q.limit(2),
    Q.map(b => ({
      s: X.scalar(
        pipe(
          Q.of({ x: b.n }),
          Q.map(() => X.plus(b.id, 1)),
        ),
      ),
    })),
  ),
  'no rows, united twice with rows': pipe(
    Q.values({ v: int })([]),
    Q.unionAll(Q.values({ v: int })([])),
    Q.let('more', () => X.lit(1)),
    Q.unionAll(Q.of({ v: X.lit(2), more: X.lit(3) })),
  ),
  'groups without columns, but for others': pipe(
    Q.Do,
    Q.except(
      pipe(
        Q.from(marks),
        Q.aggregate(() => ({ n: A.countAll })),
        Q.map(() => ({})),
      ),
    ),
  ),
  'a condition on a constant key': pipe(
    Q.from(bits),
    Q.aggregate(b => ({ k: A.key(X.lit('a')), f: A.key(X.concat(b.t, 'x')), n: A.countAll })),
    Q.where(g => X.eq(g.k, g.k)),
    Q.map(g => ({ f: g.f, n: g.n })),
  ),
  'a condition on a key that is no expression after all': pipe(
    Q.from(bits),
    Q.aggregate(b => ({ k: A.key(X.caseWhen([[X.eq(b.id, b.id), b.t]], b.t)), n: A.countAll })),
    Q.where(g => X.eq(g.k, g.k)),
    Q.map(g => ({ n: g.n })),
  ),
  'texts in an order behind a constant': pipe(
    Q.from(bits),
    Q.aggregate(b => ({
      s: A.stringAgg(b.t, ',', { orderBy: [X.asc(X.cast(numeric(12, 2))(X.nullOf(int))), X.desc(b.t)] }),
    })),
  ),
  'texts in an order of nulls before negative numbers, and after': pipe(
    Q.values({ t: text, n: nullable(int), s: nullable(text) })([
      { t: 'a', n: null, s: null },
      { t: 'b', n: 0, s: '' },
      { t: 'c', n: -5, s: 'x' },
    ]),
    Q.aggregate(r => ({
      first: A.stringAgg(r.t, ',', { orderBy: [X.nullsFirst(X.asc(r.n))] }),
      last: A.stringAgg(r.t, ',', { orderBy: [X.nullsLast(X.desc(r.n))] }),
      texts: A.stringAgg(r.t, ',', { orderBy: [X.nullsFirst(X.asc(r.s)), X.asc(r.t)] }),
      list: A.arrayAgg(r.t, { orderBy: [X.nullsFirst(X.asc(r.n))] }),
    })),
  ),
  'a query that has a name, in a dependent side and outside of it': pipe(
    Q.from(bits),
    Q.fullJoin(
      pipe(
        Q.values({ place: int })([{ place: 1 }, { place: 7 }]),
        Q.cte('named'),
        Q.fullJoin(Q.from(marks), (a, b) => X.eq(a.place, b.id)),
      ),
      (b, o) =>
        X.eq(
          X.maybe(o.left, l => l.place),
          b.id,
        ),
    ),
  ),
  'elements of an array of each row of a join, asked for by EXISTS and IN': pipe(
    Q.from(bits),
    Q.bind('mark', () => Q.from(marks)),
    Q.where(({ mark }) => X.arrayAny(pair(mark.id), v => X.eq(v, mark.id))),
    Q.where(({ mark }) =>
      X.inQuery(
        mark.id,
        pipe(
          Q.unnest(pair(mark.id)),
          Q.aggregate(e => ({ v: A.key(e.value) })),
          Q.map(g => g.v),
        ),
      ),
    ),
    Q.where(({ id, mark }) => X.arrayEvery(pair(mark.id), v => X.ne(v, X.minus(id, 1)))),
    Q.map(({ id, mark }) => ({ id, mark: mark.id })),
  ),
  'a condition on a key of bytes out of a dependent union': pipe(
    Q.from(bits),
    Q.bindLeft('b', b =>
      pipe(
        Q.from(bits),
        Q.where(o => X.eq(o.id, b.id)),
        Q.unionAll(Q.from(bits)),
      ),
    ),
    Q.aggregate(r => ({ data: A.key(X.maybe(r.b, b => b.data)), n: A.countAll })),
    Q.where(g => X.eq(g.data, g.data)),
    Q.map(g => ({ n: g.n })),
  ),
  'long texts in a list of rows': pipe(
    Q.values({ v: text, b: bytes })([
      { v: 'x', b: Uint8Array.of(1) },
      { v: LONG, b: BLOB },
    ]),
    Q.map(r => ({ ...words(r.v), b: r.b })),
  ),
  'long texts in a union and among different rows': pipe(
    Q.distinct(Q.of({ v: X.lit(LONG), l: X.lower(X.lit(LONG)), b: X.lit(BLOB) })),
    Q.union(Q.of({ v: X.lit('x'), l: X.lit('x'), b: X.lit(Uint8Array.of(1)) })),
    Q.map(r => ({ v: words(r.v), l: words(r.l), b: r.b })),
  ),
  'long texts of a case, in groups and under a limit': pipe(
    Q.from(bits),
    Q.orderBy(b => [X.asc(b.id)]),
    Q.let('c', b => X.caseWhen([[X.gt(b.id, 1), X.lit(LONG)]], X.lit('x'))),
    Q.let('d', b => X.coalesce(b.t, LONG)),
    Q.limit(3),
    Q.aggregate(b => ({ c: A.key(b.c), d: A.max(b.d), n: A.countAll })),
  ),
  'a long text given to a prepared query': Q.prepare({ long: text }, p =>
    Q.distinct(
      pipe(
        Q.from(bits),
        Q.map(b => ({ c: X.caseWhen([[X.gt(b.id, 1), p.long]], X.lit('x')), l: X.lower(p.long), p: p.long })),
      ),
    ),
  )({ long: LONG }),
  'a sum and a given integer, as text': pipe(
    Q.from(bits),
    Q.aggregate(b => ({ s: A.sum(b.n) })),
    Q.map(g => ({ s: X.plus(g.s, 1), t: X.cast(text)(X.plus(g.s, 1)), r: X.cast(text)(X.coalesce(X.rem(X.lit(5), g.s), 7)) })),
  ),
  'the number of different nulls': pipe(
    Q.from(bits),
    Q.aggregate(() => ({ none: A.countDistinct(X.nullIf(X.lit(1), 1)), one: A.countDistinct(X.lit(1)) })),
  ),
  'a left join on a sub-query without rows': pipe(
    Q.from(bits),
    Q.leftJoin('mark', marks, () =>
      X.exists(
        pipe(
          Q.from(bits),
          Q.where(b => X.ne(b.id, b.id)),
          Q.innerJoin('mark', marks, (b, m) => X.eq(m.id, b.id)),
        ),
      ),
    ),
  ),
  'labels with blanks around them': pipe(
    Q.from(bits),
    Q.map(b => ({ ' x': X.plus(b.id, 1), '\ty ': b.n })),
    Q.unionAll(Q.of({ ' x': X.lit(1), '\ty ': X.nullOf(int) })),
    Q.orderBy(r => [X.asc(r[' x']), X.asc(r['\ty '])]),
  ),
  'labels that are properties of every object': pipe(
    Q.from(bits),
    Q.map(b => ({ ['__proto__']: b.id, __defineGetter__: b.n, b: { __lookupSetter__: b.n } })),
  ),
  'the rest of two lists of one row, on the far side of a left join': pipe(
    Q.from(bits),
    Q.bindLeft('r', () =>
      pipe(
        Q.values({ v: int })([{ v: 5 }]),
        Q.except(
          pipe(
            Q.values({ v: int })([{ v: 5 }]),
            Q.where(v => X.gt(v.v, 5)),
          ),
        ),
      ),
    ),
  ),
  'rows without columns, all but the first': pipe(
    Q.from(bits),
    Q.map(b => ({
      l: Q.many(
        pipe(
          Q.from(marks),
          Q.orderBy(m => [X.asc(X.minus(b.id, m.id)), X.asc(m.id)]),
          Q.offset(1),
          Q.aggregate(() => ({ k: A.key(X.lit(0)), n: A.countAll })),
        ),
      ),
    })),
  ),
  'an outer column among those of one row': pipe(
    Q.from(bits),
    Q.where(b =>
      X.inQuery(
        b.id,
        pipe(
          Q.of({ x: b.n }),
          Q.orderBy(() => [X.asc(b.flag)]),
          Q.map(x => X.coalesce(x.x, 0)),
        ),
      ),
    ),
  ),
  'the scalar of one row, if the row around says so': pipe(
    Q.from(bits),
    Q.orderBy(b => [X.asc(b.id)]),
    Q.limit(2),
    Q.where(b =>
      X.eq(
        X.scalar(
          pipe(
            Q.Do,
            Q.where(() => X.gt(b.id, 1)),
            Q.map(() => X.minus(X.plus(b.id, b.id), 2)),
          ),
        ),
        b.id,
      ),
    ),
  ),
  'a group key twice in one expression': pipe(
    Q.from(marks),
    Q.aggregate(m => ({ k: A.key(X.concat(m.t, m.t)), n: A.countAll })),
    Q.map(g => ({ k: X.concat(g.k, g.k), n: g.n })),
  ),
  'a frame that leaves the only row out': pipe(
    Q.from(bits),
    Q.where(b => X.eq(b.id, 1)),
    Q.window(b => ({
      n: pipe(A.countAll, W.over({ orderBy: [X.asc(b.id)], rows: { from: 1, to: 2 } })),
      s: pipe(A.sum(b.n), W.over({ orderBy: [X.asc(b.id)], rows: { to: -1 } })),
    })),
  ),
  'windows in the order of others': pipe(
    Q.from(marks),
    Q.window(m => ({
      all: pipe(A.countAll, W.over({})),
      mean: pipe(A.avg(m.id), W.over({ partitionBy: [m.weight] })),
      moving: pipe(A.sum(m.weight), W.over({ orderBy: [X.desc(m.id)], rows: { from: -1, to: 1 } })),
      upTo: pipe(A.count(m.id), W.over({ orderBy: [X.asc(m.weight)] })),
    })),
  ),
  'a rank in the order of a constant': pipe(
    Q.from(bits),
    Q.window(b => ({
      rank: W.rank({ orderBy: [X.asc(X.lit(1))] }),
      apart: W.denseRank({ partitionBy: [b.n], orderBy: [X.desc(X.lit('a'))] }),
      share: W.percentRank({ orderBy: [X.asc(X.lit(1))] }),
      sum: W.over({ orderBy: [X.asc(X.lit(1))] })(A.sum(b.id)),
    })),
  ),
  'a condition on groups that mentions an outer column, whose name is a later label': pipe(
    Q.from(bits),
    Q.map(b => ({
      some: X.exists(
        pipe(
          Q.from(marks),
          Q.aggregate(m => ({ weight: A.key(m.weight), n: A.countAll })),
          Q.where(g => X.eq(g.n, b.id)),
        ),
      ),
      id: b.id,
    })),
  ),
  'a value among the first rows of a table': pipe(
    Q.from(bits),
    Q.where(b =>
      X.inQuery(
        b.id,
        pipe(
          Q.from(marks),
          Q.orderBy(m => [X.desc(m.id)]),
          Q.limit(2),
          Q.map(m => m.id),
        ),
      ),
    ),
  ),
  'decimals of different scales, compared and added': pipe(
    Q.values({ p: numeric(10, 2), q: numeric(12, 4) })([
      { p: '1.50', q: '1.5' },
      { p: '-0.01', q: '0.0001' },
    ]),
    Q.map(r => ({ p: r.p, same: X.eq(r.p, r.q), less: X.lt(r.p, r.q), sum: X.plus(r.p, r.q), rest: X.minus(r.q, r.p) })),
  ),
  'totals of equal keys, and of a constant one': pipe(
    Q.from(bits),
    Q.cube(b => ({ by: { n: b.n, again: b.n, one: X.lit(1) }, of: { count: A.countAll } })),
  ),
  'a window in the order of an outer column': pipe(
    Q.from(bits),
    Q.where(b =>
      X.exists(
        pipe(
          Q.values({ v: int })([{ v: 1 }, { v: 2 }]),
          Q.window(() => ({ r: W.rank({ orderBy: [X.asc(b.t)] }) })),
          Q.where(v => X.eq(v.r, b.id)),
        ),
      ),
    ),
  ),
  'a prepared query that is another with its values': Q.prepare({ a: int }, () =>
    Q.prepare({ b: int }, ({ b }) =>
      pipe(
        Q.from(bits),
        Q.where(x => X.eq(x.id, b)),
      ),
    )({ b: 2 }),
  )({ a: 1 }),
}

const odd = table(
  'fact_odd',
  {
    id: generated(int),
    __defineGetter__: int,
    e: enumOf('\\', '\\\\', "'\\'"),
    d: withDefault('\\\\')(text),
    c: check<string>(self => X.ne(self, '\\'))(text),
  },
  { naming: asIs },
)

const heads = table('fact_heads', { id: int, headId: nullable(int), n: unique(int) }, { primaryKey: ['id'] })
const headed = schema({ heads }, t => ({ heads: { head: fk(t.heads.headId, t.heads.id) } }))

/** The cases that an engine does not support. */
const refused: { readonly [engine: string]: readonly string[] } = { mariadb: ['elements of a row around, in a recursion in an aggregate'] }

const facts = (engine: Engine): void => {
  if (engine.name === 'sqlite in a file') return
  const test = suite(`facts on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const filled = async (run: typeof s.right): Promise<void> => {
    await run(createAll(tables))
    await run(C.run(C.insertMany(bits)(rows)))
    await run(C.run(C.insertMany(marks)(weights)))
  }
  const inModel: typeof s.right = async program => {
    const answer = await program({ db: model })()
    assert.is(answer._tag, 'Right')
    return (answer as { readonly right: any }).right
  }
  test.before(async () => {
    await filled(s.right)
    await filled(inModel)
  })

  for (const [what, query] of Object.entries(queries)) {
    test(what, async () => {
      const expected = await inModel(Q.all(query))
      if (refused[engine.name]?.includes(what)) {
        await s.left('Unsupported', Q.all(query))
        return
      }
      sameRows(await s.right(Q.all(query)), expected)
      // a prepared statement that is run again
      sameRows(await s.right(Q.all(query)), expected)
    })
  }

  test('backslashes in definitions are what they are', async () => {
    await s.create(odd)
    await s.right(C.run(C.insert(odd)({ __defineGetter__: 1, e: '\\', c: '\\\\' })))
    await s.right(C.run(C.insert(odd)({ __defineGetter__: 1, e: "'\\'", c: "\\'" })))
    await s.left('CheckViolation', C.run(C.insert(odd)({ __defineGetter__: 1, e: '\\', c: '\\' })))
    const found = await s.rows(odd)
    sameRows(found, [
      { id: 1, __defineGetter__: 1, e: '\\', d: '\\\\', c: '\\\\' },
      { id: 2, __defineGetter__: 1, e: "'\\'", d: '\\\\', c: "\\'" },
    ])
    await s.drop(odd)
  })

  test('a row that refers to itself goes, or is refused and stays', async () => {
    await s.right(createAll(headed))
    await s.right(C.run(C.insert(heads)({ id: 1, headId: 1, n: 1 })))
    const answer = await s.run(C.run(C.delete(heads)(h => X.eq(h.id, 1))))
    const rowByRow = engine.name === 'mysql' || engine.name === 'mariadb'
    assert.is(answer._tag === 'Left' ? answer.left._tag : answer.right, rowByRow ? 'ForeignKeyViolation' : 1)
    assert.is((await s.rows(heads)).length, rowByRow ? 1 : 0)
    await s.right(dropAll(headed))
  })

  test('tables may be called what a statement calls rows', async () => {
    for (const name of ['new', 'gone', 'changed', 'item']) {
      const named = table(name, { id: int, n: int }, { primaryKey: ['id'] })
      await s.create(named)
      await s.right(
        C.run(
          C.insertMany(named)([
            { id: 1, n: 1 },
            { id: 2, n: 2 },
          ]),
        ),
      )
      await s.right(C.run(C.upsert(named)({ target: ['id'], update: ['n'] })({ id: 2, n: 5 })))
      const most = X.scalar(
        pipe(
          Q.from(named),
          Q.aggregate(r => ({ n: A.max(r.n) })),
          Q.map(r => r.n),
        ),
      )
      await s.right(
        C.run(
          C.update(named)(
            () => ({ n: X.coalesce(most, 0) }),
            r => X.lt(r.n, most),
          ),
        ),
      )
      sameRows(await s.rows(named), [
        { id: 1, n: 5 },
        { id: 2, n: 5 },
      ])
      await s.right(C.run(C.delete(named)(r => X.and(X.eq(r.n, most), X.eq(r.id, 1)))))
      sameRows(await s.rows(named), [{ id: 2, n: 5 }])
      await s.drop(named)
    }
  })

  test('tables of an attached database refer to each other', async () => {
    if (engine.name !== 'sqlite') return
    const a = table('fact_a', { id: int, n: indexed(int) }, { primaryKey: ['id'], schema: 'side' })
    const b = table('fact_b', { id: int, aId: int }, { primaryKey: ['id'], schema: 'side', indexes: [['aId']] })
    const side = schema({ a, b }, t => ({ b: { a: fk(t.b.aId, t.a.id) } }))
    await s.right(Program.raw({})`ATTACH DATABASE ':memory:' AS side`)
    await s.right(createAll(side))
    await s.right(C.run(C.insert(a)({ id: 1, n: 1 })))
    await s.right(C.run(C.insert(b)({ id: 1, aId: 1 })))
    await s.left('ForeignKeyViolation', C.run(C.insert(b)({ id: 2, aId: 2 })))
    await s.right(dropAll(side))
  })

  test('a foreign key that would mean another table is refused', async () => {
    const near = table('fact_near', { id: int }, { primaryKey: ['id'] })
    const far = table('fact_far', { id: int, nearId: int }, { primaryKey: ['id'], schema: 'elsewhere' })
    const keys = schema({ near, far }, t => ({ far: { near: fk(t.far.nearId, t.near.id) } }))
    if (/^(sqlite|mysql|mariadb)/.test(engine.name)) await s.left('Unsupported', createAll(keys))
  })
  test.run()
}

engines.forEach(facts)
