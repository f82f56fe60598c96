/**
 * S1 to S7: rows and their order, set operations, the laws of flatMap, and mapRow.
 *
 * If the result is not determined (ties, no order) a check tests whether the order admits it. The rows are few and known; each is both in a
 * table and in `values`, so that both paths are taken.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import { asc, desc, type Expr, eq, gt, isNull, lit, litOf, lt, ne, nullOf, or, plus, rem, times } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import * as Window from '../../../lib/Window.js'
import { ask, type Clause, check, create, equal, equalBags, fails, isTrue, isWithin, refuses, type Session } from './check.js'

const columns = { id: C.int, team: C.nullable(C.text), score: C.int }

type Player = { readonly id: number; readonly team: string | null; readonly score: number }

const players: readonly Player[] = [
  { id: 1, team: 'red', score: 5 },
  { id: 2, team: 'blue', score: 5 },
  { id: 3, team: null, score: 7 },
  { id: 4, team: 'red', score: 5 },
  { id: 5, team: 'blue', score: 2 },
  { id: 6, team: 'red', score: 7 },
]

let tables = 0

const stored = async (db: Session) => {
  tables += 1
  const t = table(`players_${tables}`, columns, { primaryKey: ['id'] })
  await create(db, t)
  await ask(db, Command.run(Command.insertMany(t)(players)))
  return Q.from(t)
}

const given = Q.values(columns)(players)

/** The players as a stored table, and as given rows. */
const both = async (db: Session): Promise<readonly (typeof given)[]> => [await stored(db), given]

const ids = <S extends { readonly id: Expr<number> }, A>(q: Q.Query<S, A>): Q.Query<Expr<number>, number> =>
  pipe(
    q as Q.Query<S, unknown>,
    Q.map(r => r.id),
  )

const texts = (...list: readonly (string | null)[]): Q.Query<{ readonly it: Expr<string | null> }, { readonly it: string | null }> =>
  Q.values({ it: C.nullable(C.text) })(list.map(it => ({ it })))

const items = async (db: Session, q: Q.Query<unknown, { readonly it: string | null }>): Promise<readonly (string | null)[]> =>
  (await ask(db, Q.all(q))).map(r => r.it)

const numbers = (...list: readonly number[]): Q.Query<{ readonly n: Expr<number> }, { readonly n: number }> =>
  Q.values({ n: C.int })(list.map(n => ({ n })))

/** Two queries with the same meaning: both answer these rows. */
const mean = async (db: Session, left: Q.Query<any, unknown>, right: Q.Query<any, unknown>, rows: readonly unknown[]): Promise<void> => {
  equalBags(await ask(db, Q.all(left)), rows, 'the left side')
  equalBags(await ask(db, Q.all(right)), rows, 'the right side')
}

/** A step that depends on its row: two rows for some, none for others. */
const step = (s: { readonly n: Expr<number> }) =>
  pipe(
    Q.values({ m: C.int })([{ m: 10 }, { m: 20 }, { m: 30 }]),
    Q.where(t => gt(t.m, times(s.n, 10))),
    Q.map(t => ({ n: plus(s.n, t.m) })),
  )

const halves = (s: { readonly n: Expr<number> }) =>
  pipe(
    Q.of({ n: plus(s.n, 100) }),
    Q.where(t => eq(rem(t.n, 2), 0)),
  )

const combine = async (db: Session): Promise<void> => {
  const [l, r] = [texts('a', 'a', 'a', null, null, 'b'), texts('a', 'a', null, 'c')]
  equalBags(await items(db, pipe(l, Q.union(r))), ['a', null, 'b', 'c'], 'union')
  equalBags(await items(db, pipe(l, Q.intersect(r))), ['a', null], 'intersect')
  equalBags(await items(db, pipe(l, Q.except(r))), ['b'], 'except')
  equalBags(await items(db, pipe(r, Q.except(l))), ['c'], 'except, the other way')
}

export const rows: readonly Clause[] = [
  check(1, 'a query denotes a bag: duplicate rows are kept', async db => {
    for (const q of await both(db)) {
      const scores = pipe(
        q,
        Q.map(p => ({ score: p.score })),
      )
      equalBags(
        await ask(db, Q.all(scores)),
        players.map(p => ({ score: p.score })),
      )
    }
  }),
  check(1, '`all` returns a list that the order admits', async db => {
    for (const q of await both(db)) {
      const answer = await ask(
        db,
        Q.all(
          pipe(
            q,
            Q.orderBy(p => [asc(p.score)]),
          ),
        ),
      )
      equalBags(answer, players)
      equal(
        answer.map(p => p.score),
        [2, 5, 5, 5, 7, 7],
      )
    }
  }),
  check(2, 'orderBy is a stable sort: new keys lead, those of an earlier orderBy break ties', async db => {
    for (const q of await both(db)) {
      const sorted = pipe(
        q,
        Q.orderBy(p => [desc(p.id)]),
        Q.orderBy(p => [asc(p.team)]),
        Q.orderBy(p => [desc(p.score)]),
      )
      equal(await ask(db, Q.all(ids(sorted))), [6, 3, 2, 4, 1, 5])
    }
  }),
  check(2, 'several keys of one orderBy lead from left to right', async db => {
    for (const q of await both(db))
      equal(
        await ask(
          db,
          Q.all(
            ids(
              pipe(
                q,
                Q.orderBy(p => [asc(p.score), desc(p.team), desc(p.id)]),
              ),
            ),
          ),
        ),
        [5, 4, 1, 2, 3, 6],
      )
  }),
  check(3, 'map, where, let, limit and offset keep the order', async db => {
    for (const q of await both(db)) {
      const sorted = pipe(
        q,
        Q.orderBy(p => [desc(p.id)]),
      )
      const kept = pipe(
        sorted,
        Q.let('twice', p => times(p.id, 2)),
        Q.where(p => ne(p.id, 4)),
        Q.limit(4),
        Q.where(p => ne(p.id, 5)),
        Q.offset(1),
        Q.map(p => ({ twice: p.twice })),
      )
      equal(
        (await ask(db, Q.all(kept))).map(r => r.twice),
        [6, 4],
      )
    }
  }),
  check(3, 'many and first keep the order of their own query', async db => {
    const q = await stored(db)
    const inner = (team: Expr<string | null>) =>
      ids(
        pipe(
          q,
          Q.where(p => eq(p.team, team)),
          Q.orderBy(p => [asc(p.score), desc(p.id)]),
        ),
      )
    const outer = pipe(
      texts('red', 'blue', 'green'),
      Q.orderBy(t => [desc(t.it)]),
      Q.map(t => ({ ids: Q.many(inner(t.it)), top: Q.first(inner(t.it)), two: Q.many(pipe(inner(t.it), Q.limit(2))) })),
    )
    equal(await ask(db, Q.all(outer)), [
      { ids: [4, 1, 6], top: O.some(4), two: [4, 1] },
      { ids: [], top: O.none, two: [] },
      { ids: [5, 2], top: O.some(5), two: [5, 2] },
    ])
  }),
  check(
    3,
    'flatMap, bind, joins, set operations, distinct and aggregate forget the order, but not which rows a limit below them took',
    async db => {
      for (const q of await both(db)) {
        const top = pipe(
          q,
          Q.orderBy(p => [desc(p.score), asc(p.id)]),
          Q.limit(3),
        )
        const teams = pipe(
          top,
          Q.map(p => ({ it: p.team })),
        )
        equalBags(await items(db, pipe(teams, Q.distinct)), [null, 'red'])
        equalBags(await items(db, pipe(teams, Q.unionAll(texts('z')))), [null, 'red', 'red', 'z'])
        equalBags(
          await ask(
            db,
            Q.all(
              ids(
                pipe(
                  top,
                  Q.flatMap(p =>
                    pipe(
                      numbers(1, 2),
                      Q.map(n => ({ id: plus(p.id, n.n) })),
                    ),
                  ),
                ),
              ),
            ),
          ),
          [4, 5, 7, 8, 2, 3],
        )
        equalBags(
          await ask(
            db,
            Q.all(
              pipe(
                top,
                Q.aggregate(p => ({ n: Agg.countAll, low: Agg.min(p.score) })),
              ),
            ),
          ),
          [{ n: 3, low: 5 }],
        )
        const joined = pipe(
          Q.Do,
          Q.bind('a', () => top),
          Q.bind('b', ({ a }) =>
            pipe(
              top,
              Q.where(b => lt(b.id, a.id)),
            ),
          ),
        )
        equalBags(
          await ask(
            db,
            Q.all(
              pipe(
                joined,
                Q.map(({ a, b }) => ({ a: a.id, b: b.id })),
              ),
            ),
          ),
          [
            { a: 3, b: 1 },
            { a: 6, b: 1 },
            { a: 6, b: 3 },
          ],
        )
      }
    },
  ),
  check(4, 'limit under ties takes any rows that the order admits', async db => {
    for (const q of await both(db)) {
      const three = await ask(
        db,
        Q.all(
          pipe(
            q,
            Q.orderBy(p => [asc(p.score)]),
            Q.limit(3),
          ),
        ),
      )
      isWithin(three, players)
      equal(
        three.map(p => p.score),
        [2, 5, 5],
      )
    }
  }),
  check(4, 'limit and offset without an order take any rows', async db => {
    for (const q of await both(db)) {
      const some = await ask(db, Q.all(pipe(q, Q.offset(1), Q.limit(3))))
      equal(some.length, 3)
      isWithin(some, players)
      equal(await ask(db, Q.all(pipe(q, Q.limit(0)))), [])
      equal(await ask(db, Q.all(pipe(q, Q.offset(6)))), [])
      equal((await ask(db, Q.all(pipe(q, Q.limit(4), Q.offset(1))))).length, 3)
    }
  }),
  check(4, 'offset after limit skips among those that the limit took', async db => {
    for (const q of await both(db)) {
      const sorted = pipe(
        q,
        Q.orderBy(p => [asc(p.id)]),
      )
      equal(await ask(db, Q.all(ids(pipe(sorted, Q.limit(4), Q.offset(1))))), [2, 3, 4])
      equal(await ask(db, Q.all(ids(pipe(sorted, Q.offset(1), Q.limit(4))))), [2, 3, 4, 5])
      equal(await ask(db, Q.all(ids(pipe(sorted, Q.offset(1), Q.limit(4), Q.offset(2), Q.limit(1))))), [4])
    }
  }),
  check(4, 'first under ties returns any row that the order admits', async db => {
    const q = await stored(db)
    const top = pipe(
      q,
      Q.orderBy(p => [desc(p.score)]),
    )
    const { it } = await ask(db, Q.one(Q.of({ it: Q.first(top) })))
    isTrue(O.isSome(it) && it.value.score === 7, 'one of the two best')
    isWithin(O.isSome(it) ? [it.value] : [], players)
  }),
  check(4, 'distinctOn under ties has any first row that the order admits, one for each key', async db => {
    const q = await stored(db)
    const best = await ask(
      db,
      Q.all(
        pipe(
          q,
          Q.orderBy(p => [desc(p.score)]),
          Q.distinctOn(p => [p.score]),
        ),
      ),
    )
    isWithin(best, players)
    const scores = best.map(p => p.score)
    equal(
      scores,
      [...new Set(players.map(p => p.score))].sort((a, b) => b - a),
    )
  }),
  check(4, 'rowNumber under ties numbers rows in any admitted order, each number once', async db => {
    for (const q of await both(db)) {
      const numbered = await ask(
        db,
        Q.all(
          pipe(
            q,
            Q.window(p => ({ n: Window.rowNumber({ orderBy: [asc(p.score)] }) })),
            Q.orderBy(p => [asc(p.n)]),
            Q.map(({ score, n }) => ({ score, n })),
          ),
        ),
      )
      equal(
        numbered,
        [2, 5, 5, 5, 7, 7].map((score, i) => ({ score, n: i + 1 })),
      )
    }
  }),
  check(5, 'unionAll is the sum of bags', async db => {
    equalBags(await items(db, pipe(texts('a', 'a', null), Q.unionAll(texts('a', null, 'b')))), ['a', 'a', 'a', null, null, 'b'])
  }),
  check(5, 'zero is the unit of unionAll on both sides', async db => {
    const zero: ReturnType<typeof texts> = Q.zero
    equalBags(await items(db, pipe(texts('a', 'a'), Q.unionAll(zero))), ['a', 'a'])
    equalBags(await items(db, pipe(zero, Q.unionAll(texts('a', 'a')))), ['a', 'a'])
    equal(await items(db, pipe(zero, Q.unionAll(zero))), [])
  }),
  check(5, 'unionAll is associative', async db => {
    const [a, b, c] = [texts('a', 'x'), texts('b', 'x'), texts('c', 'x')]
    await mean(
      db,
      pipe(a, Q.unionAll(b), Q.unionAll(c)),
      pipe(a, Q.unionAll(pipe(b, Q.unionAll(c)))),
      ['a', 'x', 'b', 'x', 'c', 'x'].map(it => ({ it })),
    )
  }),
  check(5, 'union, intersect and except are set operations: no row twice, and null is equal to null', combine),
  check(5, 'set operations nest as they are written', async db => {
    const [a, b, c] = [texts('1', '2', '2'), texts('2', '3'), texts('3', '4', '2')]
    equalBags(await items(db, pipe(a, Q.union(b), Q.intersect(c))), ['2', '3'])
    equalBags(await items(db, pipe(a, Q.union(pipe(b, Q.intersect(c))))), ['1', '2', '3'])
    equalBags(await items(db, pipe(a, Q.except(b), Q.except(c))), ['1'])
    equalBags(await items(db, pipe(a, Q.except(pipe(b, Q.except(c))))), ['1', '2'])
    equalBags(await items(db, pipe(a, Q.unionAll(pipe(b, Q.union(c))))), ['1', '2', '2', '2', '3', '4'])
    equalBags(await items(db, pipe(a, Q.unionAll(b), Q.except(c))), ['1'])
  }),
  check(5, 'whole rows are compared, column by column, found by their names', async db => {
    const pairs = (...list: readonly (readonly [number, string | null])[]) =>
      Q.values({ n: C.int, t: C.nullable(C.text) })(list.map(([n, t]) => ({ n, t })))
    const turned = Q.values({ t: C.nullable(C.text), n: C.int })([
      { t: null, n: 1 },
      { t: 'a', n: 2 },
    ])
    equalBags(await ask(db, Q.all(pipe(pairs([1, null], [1, 'a'], [2, null]), Q.intersect(turned)))), [{ n: 1, t: null }])
    equalBags(await ask(db, Q.all(pipe(pairs([1, null]), Q.unionAll(turned)))), [
      { n: 1, t: null },
      { n: 1, t: null },
      { n: 2, t: 'a' },
    ])
  }),
  check(5, 'sides with other fields are refused before anything is sent', async db => {
    const wider = Q.values({ it: C.nullable(C.text), more: C.int })([{ it: 'a', more: 1 }])
    for (const operator of [Q.unionAll, Q.union, Q.intersect, Q.except]) {
      await refuses(db, 'ValidationError', Q.all(pipe(wider as Q.Query<any, any>, operator(texts('a') as Q.Query<any, any>))))
      await refuses(db, 'ValidationError', Q.all(pipe(texts('a') as Q.Query<any, any>, operator(wider as Q.Query<any, any>))))
    }
  }),
  check(5, 'sides with other types are refused before anything is sent', async db => {
    const others: readonly Q.Query<any, any>[] = [
      Q.values({ it: C.int })([{ it: 1 }]),
      Q.values({ it: C.boolean })([{ it: true }]),
      Q.values({ it: C.timestamp })([{ it: new Date(0) }]),
    ]
    for (const other of others) {
      for (const operator of [Q.unionAll, Q.union, Q.intersect, Q.except])
        await refuses(db, 'ValidationError', Q.all(pipe(texts('a') as Q.Query<any, any>, operator(other))))
    }
    const [int, float]: readonly Q.Query<any, any>[] = [numbers(1), Q.values({ n: C.float })([{ n: 1 }])]
    await refuses(db, 'ValidationError', Q.all(pipe(int as Q.Query<any, any>, Q.unionAll(float as Q.Query<any, any>))))
  }),
  check(6, 'flatMap: left identity', db =>
    mean(db, pipe(Q.of({ n: lit(1) }), Q.flatMap(step)), step({ n: lit(1) }), [{ n: 21 }, { n: 31 }]),
  ),
  check(6, 'flatMap: right identity', db =>
    mean(db, pipe(numbers(1, 1, 2), Q.flatMap(Q.of)), numbers(1, 1, 2), [{ n: 1 }, { n: 1 }, { n: 2 }]),
  ),
  check(6, 'flatMap: associativity', db =>
    mean(
      db,
      pipe(numbers(0, 1, 2, 3), Q.flatMap(step), Q.flatMap(halves)),
      pipe(
        numbers(0, 1, 2, 3),
        Q.flatMap(s => pipe(step(s), Q.flatMap(halves))),
      ),
      [{ n: 110 }, { n: 120 }, { n: 130 }, { n: 132 }],
    ),
  ),
  check(6, 'where is a guard: flatMap to the row itself, or to none', db =>
    mean(
      db,
      pipe(
        numbers(1, 2, 3),
        Q.where(s => gt(s.n, 1)),
      ),
      pipe(
        numbers(1, 2, 3),
        Q.flatMap(s =>
          pipe(
            Q.of(s),
            Q.where(() => gt(s.n, 1)),
          ),
        ),
      ),
      [{ n: 2 }, { n: 3 }],
    ),
  ),
  check(6, 'flatMap distributes over unionAll', db =>
    mean(
      db,
      pipe(numbers(1), Q.unionAll(numbers(2)), Q.flatMap(step)),
      pipe(numbers(1), Q.flatMap(step), Q.unionAll(pipe(numbers(2), Q.flatMap(step)))),
      [{ n: 21 }, { n: 31 }, { n: 32 }],
    ),
  ),
  check(6, 'zero absorbs: flatMap of zero, and to zero, has no rows', async db => {
    const none: ReturnType<typeof numbers> = Q.zero
    await mean(
      db,
      pipe(none, Q.flatMap(step)),
      pipe(
        numbers(1, 2),
        Q.flatMap(() => none),
      ),
      [],
    )
  }),
  check(6, 'no fp-ts Monad instance is claimed', async () => {
    const exported = Object.keys(Q)
    for (const name of ['URI', 'Monad', 'Applicative', 'Chain', 'Functor']) isTrue(!exported.includes(name), `Query exports ${name}`)
  }),
  check(7, 'mapRow applies a pure function to decoded rows, after everything else', async db => {
    for (const q of await both(db)) {
      const mapped = pipe(
        q,
        Q.mapRow(p => `${p.id}:${p.team ?? '-'}`),
        Q.where(p => or(isNull(p.team), gt(p.id, 5))),
        Q.orderBy(p => [desc(p.score), asc(p.id)]),
        Q.limit(2),
      )
      equal(await ask(db, Q.all(mapped)), ['3:-', '6:red'])
    }
  }),
  check(7, 'mapRow is applied inside many, first, bind and bindLeft', async db => {
    const q = await stored(db)
    const shouted = pipe(
      q,
      Q.orderBy(p => [asc(p.id)]),
      Q.mapRow(p => (p.team ?? 'none').toUpperCase()),
    )
    const five = pipe(
      shouted,
      Q.where(p => eq(p.score, 2)),
    )
    const none = pipe(
      shouted,
      Q.where(p => eq(p.score, -1)),
    )
    const whole = pipe(
      Q.Do,
      Q.bind('one', () => five),
      Q.bindLeft('some', () => five),
      Q.bindLeft('none', () => none),
      Q.let('n', () => lit(1)),
      Q.mapRow(r => [r.one, r.some, r.none, r.n]),
    )
    equal(await ask(db, Q.all(whole)), [['BLUE', O.some('BLUE'), O.none, 1]])
    equal(await ask(db, Q.all(Q.of({ all: Q.many(shouted), first: Q.first(shouted), no: Q.first(none), whole: Q.many(whole) }))), [
      {
        all: ['RED', 'BLUE', 'NONE', 'RED', 'BLUE', 'RED'],
        first: O.some('RED'),
        no: O.none,
        whole: [['BLUE', O.some('BLUE'), O.none, 1]],
      },
    ])
  }),
  check(7, 'mapRow obeys the laws of a functor', async db => {
    const f = (r: { readonly n: number }): number => r.n + 1
    const g = (n: number): string => `#${n}`
    await mean(
      db,
      pipe(
        numbers(1, 2),
        Q.mapRow(r => r),
      ),
      numbers(1, 2),
      [{ n: 1 }, { n: 2 }],
    )
    await mean(
      db,
      pipe(numbers(1, 2), Q.mapRow(f), Q.mapRow(g)),
      pipe(
        numbers(1, 2),
        Q.mapRow(r => g(f(r))),
      ),
      ['#2', '#3'],
    )
  }),
  check(7, 'distinct and limit see the columns, not what mapRow makes of them', async db => {
    const q = pipe(
      numbers(1, 1, 2, 3),
      Q.mapRow(() => 'same'),
    )
    equal(await ask(db, Q.all(pipe(q, Q.distinct))), ['same', 'same', 'same'])
    equal(await ask(db, Q.count(q)), 4)
  }),
  check(7, 'a function of mapRow that throws is CallbackFailed', async db => {
    await fails(
      db,
      'CallbackFailed',
      Q.all(
        pipe(
          numbers(1),
          Q.mapRow(() => {
            throw new Error('on purpose')
          }),
        ),
      ),
    )
  }),
  check(5, 'a constant null and a constant stand in set operations like columns', async db => {
    const constant = Q.of({ it: nullOf(C.text) })
    equalBags(await items(db, pipe(texts('a', null), Q.union(constant))), ['a', null])
    equalBags(await items(db, pipe(texts('a', null), Q.except(Q.of({ it: litOf(C.nullable(C.text))('a') })))), [null])
  }),
]
