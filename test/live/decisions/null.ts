/**
 * S8 to S11: three-valued logic, comparisons with null, the place of null in an order.
 *
 * Truth tables are written out. `decides` also filters by each predicate, by its negation and by its being null, to check that the three
 * parts make up the whole table.
 */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Ex from '../../../lib/Expr.js'
import type { Runner } from '../../../lib/Interpreter.js'
import * as Q from '../../../lib/Query.js'
import { toSql } from '../../../lib/sql/compile.js'
import { table } from '../../../lib/Table.js'
import { about, ask, type Clause, check, equal, isTrue, later, refuses } from './check.js'
import { computes, decides, sources, valueOf } from './compute.js'

const truth = { a: C.nullable(C.boolean), b: C.nullable(C.boolean) }
const ints = { a: C.nullable(C.int), b: C.nullable(C.int) }
const strings = { a: C.nullable(C.text), b: C.nullable(C.text) }

const [t, f, u] = [true, false, null]

const AND = [
  [t, t, t],
  [t, f, f],
  [t, u, u],
  [f, t, f],
  [f, f, f],
  [f, u, f],
  [u, t, u],
  [u, f, f],
  [u, u, u],
]
const OR = [
  [t, t, t],
  [t, f, t],
  [t, u, t],
  [f, t, t],
  [f, f, f],
  [f, u, u],
  [u, t, t],
  [u, f, u],
  [u, u, u],
]

/** Each comparison on 1 and 2, 2 and 2, 3 and 2. */
const COMPARISONS: readonly (readonly [string, (a: Ex.Expr<any>, b: Ex.Expr<any>) => Ex.Pred, readonly boolean[]])[] = [
  ['eq', Ex.eq, [false, true, false]],
  ['ne', Ex.ne, [true, false, true]],
  ['lt', Ex.lt, [true, false, false]],
  ['lte', Ex.lte, [true, true, false]],
  ['gt', Ex.gt, [false, false, true]],
  ['gte', Ex.gte, [false, true, true]],
]

const VALUES = [2, null, 1, null, 3]

const sorted = async (db: Runner, by: (e: Ex.Expr<number | null>) => Ex.Order): Promise<readonly (readonly unknown[])[]> => {
  const { values, stored } = await sources(
    db,
    { it: C.nullable(C.int) },
    VALUES.map(v => [v]),
  )
  const answers: (readonly unknown[])[] = []
  for (const source of [values, stored]) {
    const q = pipe(
      source,
      Q.orderBy(r => [by(r.it)]),
      Q.map(r => r.it),
    )
    answers.push(await ask(db, Q.all(q)))
    answers.push((await ask(db, Q.one(Q.of({ it: Q.many(q) })))).it)
    const list = pipe(
      source,
      Q.aggregate(r => ({ it: Agg.arrayAgg(r.it, { orderBy: [by(r.it)] }) })),
    )
    answers.push((await ask(db, Q.one(list))).it as readonly unknown[])
  }
  return answers
}

const inOrder = async (db: Runner, by: (e: Ex.Expr<number | null>) => Ex.Order, expected: readonly unknown[]): Promise<void> => {
  const ways = ['values', 'values inside many', 'arrayAgg of values', 'a table', 'a table inside many', 'arrayAgg of a table']
  for (const [i, answer] of (await sorted(db, by)).entries()) equal(answer, expected, ways[i])
}

export const nulls: readonly Clause[] = [
  check(8, 'and has the truth table of three-valued logic', db => decides(db, truth, AND, r => Ex.and(r.a, r.b))),
  check(8, 'or has the truth table of three-valued logic', db => decides(db, truth, OR, r => Ex.or(r.a, r.b))),
  check(8, 'not of null is null', db =>
    decides(
      db,
      { a: C.nullable(C.boolean) },
      [
        [t, f],
        [f, t],
        [u, u],
      ],
      r => Ex.not(r.a),
    ),
  ),
  check(8, 'and, or and not of comparisons are the same under any nesting', db =>
    decides(
      db,
      ints,
      [
        [1, 1, true],
        [1, 2, false],
        [1, null, null],
        [null, 1, true],
        [null, null, true],
      ],
      r => Ex.not(Ex.and(Ex.or(Ex.not(Ex.eq(r.a, r.b)), Ex.eq(r.a, 5)), Ex.isNotNull(r.a))),
    ),
  ),
  check(8, 'where keeps a row only when its predicate is true, not when it is null', async db => {
    const { values, stored } = await sources(db, ints, [
      [1, 1],
      [1, null],
      [2, 3],
    ])
    for (const q of [values, stored]) {
      equal(
        (
          await ask(
            db,
            Q.all(
              pipe(
                q,
                Q.where(r => Ex.eq(r.a, r.b)),
              ),
            ),
          )
        ).length,
        1,
      )
      equal(
        (
          await ask(
            db,
            Q.all(
              pipe(
                q,
                Q.where(r => Ex.not(Ex.eq(r.a, r.b))),
              ),
            ),
          )
        ).length,
        1,
      )
      equal(
        (
          await ask(
            db,
            Q.all(
              pipe(
                q,
                Q.where(() => Ex.nullOf(C.boolean)),
              ),
            ),
          )
        ).length,
        0,
      )
    }
  }),
  check(8, 'a join and a filter of an aggregate keep a row only when their predicate is true', async db => {
    const { stored } = await sources(db, ints, [
      [1, 1],
      [1, null],
      [2, 3],
    ])
    const joined = pipe(
      stored,
      Q.map(r => ({ a: r.a })),
      Q.bind('other', ({ a }) =>
        pipe(
          stored,
          Q.where(o => Ex.eq(o.b, a)),
        ),
      ),
    )
    equal((await ask(db, Q.all(joined))).length, 2)
    const filtered = pipe(
      stored,
      Q.aggregate(r => ({ n: pipe(Agg.countAll, Agg.filter(Ex.eq(r.a, r.b))) })),
    )
    equal(await ask(db, Q.one(filtered)), { n: 1 })
  }),
  later(8, 'filters of vector searches have the same meaning', 'the combinators come with vector search'),
  check(9, 'eq, ne, lt, lte, gt and gte are null when an operand is null', async db => {
    for (const [name, compare, [less, same, more]] of COMPARISONS) {
      const cases = [
        [1, 2, less],
        [2, 2, same],
        [3, 2, more],
        [null, 2, null],
        [2, null, null],
        [null, null, null],
      ]
      await about(name, () => decides(db, ints, cases, r => compare(r.a, r.b)))
    }
  }),
  check(9, 'between is `gte and lte`: false where one bound fails, even if the other is null', db =>
    decides(
      db,
      { x: C.nullable(C.int), low: C.nullable(C.int), high: C.nullable(C.int) },
      [
        [2, 1, 3, true],
        [1, 1, 1, true],
        [0, 1, 3, false],
        [4, 1, 3, false],
        [2, 3, 1, false],
        [2, null, 3, null],
        [2, null, 1, false],
        [2, 1, null, null],
        [0, 1, null, false],
        [null, 1, 3, null],
        [2, null, null, null],
      ],
      r => Ex.between(r.x, r.low, r.high),
    ),
  ),
  check(9, 'isNotDistinctFrom is null-safe: never null, and null is the same as null', async db => {
    await decides(
      db,
      ints,
      [
        [1, 1, true],
        [1, 2, false],
        [1, null, false],
        [null, 1, false],
        [null, null, true],
      ],
      r => Ex.isNotDistinctFrom(r.a, r.b),
    )
    await decides(
      db,
      strings,
      [
        ['', '', true],
        ['', null, false],
        [null, null, true],
      ],
      r => Ex.isNotDistinctFrom(r.a, r.b),
    )
    equal(await valueOf(db, Ex.isNotDistinctFrom(Ex.nullOf(C.int), Ex.nullOf(C.int))), true)
  }),
  check(9, 'isNull and isNotNull are never null', async db => {
    await decides(
      db,
      strings,
      [
        ['', null, false],
        [null, null, true],
        ['a', null, false],
      ],
      r => Ex.isNull(r.a),
    )
    await decides(
      db,
      strings,
      [
        ['', null, true],
        [null, null, false],
      ],
      r => Ex.isNotNull(r.a),
    )
  }),
  check(9, '`inList(x, [])` is false and `notIn(x, [])` is true, also when x is null', async db => {
    await decides(
      db,
      { x: C.nullable(C.int) },
      [
        [1, false],
        [null, false],
      ],
      r => Ex.inList(r.x, []),
    )
    await decides(
      db,
      { x: C.nullable(C.int) },
      [
        [1, true],
        [null, true],
      ],
      r => Ex.notIn(r.x, []),
    )
  }),
  check(9, 'inList and notIn of a null are null', async db => {
    await decides(
      db,
      { x: C.nullable(C.int) },
      [
        [1, true],
        [3, false],
        [null, null],
      ],
      r => Ex.inList(r.x, [1, 2]),
    )
    await decides(
      db,
      { x: C.nullable(C.text) },
      [
        ['a', false],
        ['', true],
        [null, null],
      ],
      r => Ex.notIn(r.x, ['a', 'b']),
    )
  }),
  check(9, 'a null in a list, or as a plain operand, is refused before anything is sent', async db => {
    const nothing = null as unknown as number
    const { stored } = await sources(db, { x: C.nullable(C.int) }, [[1]])
    const predicates: readonly ((x: Ex.Expr<number | null>) => Ex.Pred)[] = [
      x => Ex.inList(x, [1, nothing]),
      x => Ex.notIn(x, [nothing]),
      x => Ex.eq(x, nothing),
      x => Ex.lt(x, undefined as unknown as number),
      x => Ex.isNotDistinctFrom(x, nothing),
      x => Ex.between(x, 1, nothing),
      x => Ex.or(Ex.isNull(x), Ex.not(Ex.ne(x, nothing))),
    ]
    for (const predicate of predicates) {
      const q = pipe(
        stored,
        Q.where(r => predicate(r.x)),
      )
      await refuses(db, 'ValidationError', Q.all(q))
    }
    await refuses(
      db,
      'ValidationError',
      Q.all(
        pipe(
          stored,
          Q.map(r => ({ it: Ex.plus(r.x, nothing) })),
        ),
      ),
    )
  }),
  check(9, 'inQuery is null where the value is neither found nor surely absent; over no rows it is false', async db => {
    const list = (...xs: readonly (number | null)[]) =>
      pipe(
        Q.values({ n: C.nullable(C.int) })(xs.map(n => ({ n }))),
        Q.map(r => r.n),
      )
    const x = { x: C.nullable(C.int) }
    await decides(
      db,
      x,
      [
        [1, true],
        [2, null],
        [null, null],
      ],
      r => Ex.inQuery(r.x, list(1, null)),
    )
    await decides(
      db,
      x,
      [
        [1, true],
        [2, false],
        [null, null],
      ],
      r => Ex.inQuery(r.x, list(1, 3)),
    )
    await decides(
      db,
      x,
      [
        [1, false],
        [null, false],
      ],
      r => Ex.inQuery(r.x, list()),
    )
  }),
  check(9, 'nullIf compares as eq does: a null on either side makes no null', db =>
    computes(
      db,
      ints,
      [
        [1, 1, null],
        [1, 2, 1],
        [1, null, 1],
        [null, 1, null],
      ],
      r => Ex.nullIf(r.a, r.b),
    ),
  ),
  check(10, 'null is the last of an ascending order', db => inOrder(db, Ex.asc, [1, 2, 3, null, null])),
  check(10, 'null is the first of a descending order', db => inOrder(db, Ex.desc, [null, null, 3, 2, 1])),
  check(10, 'nullsFirst and nullsLast override that', async db => {
    await inOrder(db, e => Ex.nullsFirst(Ex.asc(e)), [null, null, 1, 2, 3])
    await inOrder(db, e => Ex.nullsLast(Ex.asc(e)), [1, 2, 3, null, null])
    await inOrder(db, e => Ex.nullsFirst(Ex.desc(e)), [null, null, 3, 2, 1])
    await inOrder(db, e => Ex.nullsLast(Ex.desc(e)), [3, 2, 1, null, null])
  }),
  check(10, 'the missing side of a left join, and a computed key that is null, sort as nulls', async db => {
    const left = Q.values({ n: C.int })([{ n: 1 }, { n: 2 }, { n: 3 }])
    const joined = pipe(
      left,
      Q.bindLeft('m', s =>
        pipe(
          Q.values({ k: C.int })([{ k: 1 }, { k: 3 }]),
          Q.where(r => Ex.eq(r.k, s.n)),
        ),
      ),
    )
    const keys = async (by: (e: Ex.Expr<number | null>) => Ex.Order): Promise<readonly number[]> =>
      (
        await ask(
          db,
          Q.all(
            pipe(
              joined,
              Q.orderBy(r => [by(Ex.maybe(r.m, m => Ex.plus(m.k, 1)))]),
            ),
          ),
        )
      ).map(r => r.n)
    equal(await keys(Ex.asc), [1, 3, 2])
    equal(await keys(Ex.desc), [2, 3, 1])
    equal(await keys(e => Ex.nullsFirst(Ex.asc(e))), [2, 1, 3])
    const [first] = await ask(
      db,
      Q.all(
        pipe(
          joined,
          Q.orderBy(r => [Ex.desc(Ex.maybe(r.m, m => m.k))]),
        ),
      ),
    )
    equal(first?.m, O.none)
  }),
  check(10, 'nothing is printed about nulls for a key that can not be null', async db => {
    const numbered = table('numbered', { n: C.int })
    const q = pipe(
      Q.from(numbered),
      Q.orderBy(r => [Ex.asc(r.n), Ex.desc(Ex.plus(r.n, 1))]),
    )
    const nullable = (by: (e: Ex.Expr<number | null>) => Ex.Order) =>
      pipe(
        Q.from(table('maybe_numbered', { n: C.nullable(C.int) })),
        Q.orderBy(r => [by(r.n)]),
      )
    const dialect = db.capabilities.engine === 'pglite' ? 'postgres' : db.capabilities.engine
    if (dialect !== 'postgres' && dialect !== 'sqlite') return
    const print = (query: Q.Query<unknown, unknown>): string => {
      const printed = toSql(dialect)(query)
      return E.isRight(printed) ? printed.right.sql : 'refused'
    }
    isTrue(!print(q).includes('NULL'), print(q))
    const both = print(nullable(e => Ex.nullsFirst(Ex.asc(e)))) + print(nullable(e => Ex.nullsLast(Ex.asc(e))))
    isTrue(both.includes('NULL'), both)
  }),
  check(11, '`and()` is true and `or()` is false', async db => {
    equal(await valueOf(db, Ex.and()), true)
    equal(await valueOf(db, Ex.or()), false)
    const { stored } = await sources(db, { a: C.nullable(C.boolean) }, [[true], [false], [null]])
    const count = (p: Ex.Pred): Promise<number> =>
      ask(
        db,
        Q.count(
          pipe(
            stored,
            Q.where(() => p),
          ),
        ),
      )
    equal(await count(Ex.and()), 3)
    equal(await count(Ex.or()), 0)
    equal(await count(Ex.not(Ex.or())), 3)
    equal(await count(Ex.or(Ex.and(), Ex.or())), 3)
  }),
  check(11, 'coalesce is the first value that is not null, and its type loses the null', async db => {
    const narrowed = (r: { readonly a: Ex.Expr<number | null> }): Ex.Expr<number> => Ex.coalesce(r.a, 0)
    const cases = [
      [1, 0, 1],
      [null, 7, 0],
    ]
    await computes(db, ints, cases, narrowed)
    await computes(
      db,
      ints,
      [
        [1, 2, 1],
        [null, 2, 2],
        [null, null, null],
      ],
      r => Ex.coalesce(r.a, r.b),
    )
    equal(narrowed({ a: Ex.nullOf(C.int) }).type.nullable, false)
  }),
]
