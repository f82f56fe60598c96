/** Window functions in the model, by tables written by hand; and what is refused when it is built. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, int, nullable } from '../../lib/Column.js'
import type { Exprs, Win } from '../../lib/core/syntax/Syntax.js'
import { asc, desc, gt } from '../../lib/Expr.js'
import type { Query } from '../../lib/Query.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import * as W from '../../lib/Window.js'
import { suite } from '../suite.js'

const test = suite('window functions')

const columns = { id: int, g: int, x: nullable(int) }
type Scope = Exprs<typeof columns>
const rows = Q.values(columns)([
  { id: 1, g: 1, x: 10 },
  { id: 2, g: 1, x: 10 },
  { id: 3, g: 1, x: null },
  { id: 4, g: 1, x: 5 },
  { id: 5, g: 2, x: 7 },
])

const ask = <S, X>(q: Query<S, X>) => Q.all(q)({ db: memory() })()

/** The values of a window function by the rows' ids. */
const values = async (win: (s: Scope) => Win<any>): Promise<readonly unknown[]> => {
  const answer = await ask(
    pipe(
      rows,
      Q.window(s => ({ v: win(s) })),
      Q.orderBy(s => [asc(s.id)]),
    ),
  )
  assert.ok(E.isRight(answer), JSON.stringify(answer))
  return (answer as E.Right<readonly { readonly v: unknown }[]>).right.map(r => r.v)
}

const byX = (s: Scope) => ({ partitionBy: [s.g], orderBy: [asc(s.x)] })
const byId = (s: Scope) => ({ orderBy: [asc(s.id)] })

const tables: readonly (readonly [string, (s: Scope) => Win<any>, readonly unknown[]])[] = [
  ['rowNumber', s => W.rowNumber({ orderBy: [desc(s.id)] }), [5, 4, 3, 2, 1]],
  ['rank: those alike have the same, and nulls come last', s => W.rank(byX(s)), [2, 2, 4, 1, 1]],
  ['denseRank', s => W.denseRank(byX(s)), [2, 2, 3, 1, 1]],
  ['percentRank', s => W.percentRank(byX(s)), [1 / 3, 1 / 3, 1, 0, 0]],
  ['cumeDist', s => W.cumeDist(byX(s)), [0.75, 0.75, 1, 0.25, 1]],
  ['ntile: the first groups take what is over', s => W.ntile(3, byId(s)), [1, 1, 2, 2, 3]],
  ['ntile of more groups than rows', s => W.ntile(9, byId(s)), [1, 2, 3, 4, 5]],
  ['lag', s => W.lag(s.id, { partitionBy: [s.g], ...byId(s) }), [null, 1, 2, 3, null]],
  ['lead by 2', s => W.lead(s.x, { ...byId(s), by: 2 }), [null, 5, 7, null, null]],
  ['lag by 0 is the value', s => W.lag(s.x, { ...byId(s), by: 0 }), [10, 10, null, 5, 7]],
  ['firstValue', s => W.firstValue(s.x, byX(s)), [5, 5, 5, 5, 7]],
  ['lastValue ends with those alike', s => W.lastValue(s.x, byX(s)), [10, 10, null, 5, 7]],
  ['lastValue of the partition', s => W.lastValue(s.id, { ...byId(s), rows: {} }), [5, 5, 5, 5, 5]],
  ['nthValue', s => W.nthValue(s.id, 2, byId(s)), [null, 2, 2, 2, 2]],
  ['a running sum', s => pipe(A.sum(s.x), W.over(byId(s))), [10, 20, 20, 25, 32]],
  ['a running sum takes in those alike', s => pipe(A.sum(s.x), W.over(byX(s))), [25, 25, 25, 5, 7]],
  ['a moving sum', s => pipe(A.sum(s.id), W.over({ ...byId(s), rows: { from: -1, to: 1 } })), [3, 6, 9, 12, 9]],
  ['a frame without rows', s => pipe(A.sum(s.id), W.over({ ...byId(s), rows: { from: 1, to: 2 } })), [5, 7, 9, 5, null]],
  ['and its count', s => pipe(A.countAll, W.over({ ...byId(s), rows: { to: -3 } })), [0, 0, 0, 1, 2]],
  ['of a partition, nulls not counted', s => pipe(A.count(s.x), W.over({ partitionBy: [s.g] })), [3, 3, 3, 3, 1]],
  ['with a filter', s => pipe(A.countAll, A.filter(gt(s.x, 6)), W.over({})), [3, 3, 3, 3, 3]],
]
for (const [name, win, expected] of tables) test(name, async () => assert.equal(await values(win), expected))

test('a window keeps the rows and their order, and sees those that are left', async () => {
  const answer = await ask(
    pipe(
      rows,
      Q.orderBy(s => [desc(s.id)]),
      Q.limit(2),
      Q.window(() => ({ all: pipe(A.countAll, W.over({})) })),
      Q.map(({ id, all }) => ({ id, all })),
    ),
  )
  const expected = [
    { id: 5, all: 2 },
    { id: 4, all: 2 },
  ]
  assert.equal(answer, E.right(expected))
})

test('no rows have no values', async () => {
  const none = Q.values({ id: int })([])
  assert.equal(
    await ask(
      pipe(
        none,
        Q.window(s => ({ n: W.rowNumber({ orderBy: [asc(s.id)] }) })),
      ),
    ),
    E.right([]),
  )
})

type Bad = readonly [string, (s: any) => unknown, 'ValidationError' | 'Unsupported', RegExp]
const bad: readonly Bad[] = [
  ['no order', () => ({ n: W.rowNumber({ orderBy: [] }) }), 'ValidationError', /needs an order/],
  ['no options', () => ({ n: (W.rank as any)() }), 'ValidationError', /needs an order/],
  ['an order that is none', s => ({ n: W.rank({ orderBy: [s.id] as never }) }), 'ValidationError', /asc/],
  ['no groups', s => ({ n: W.ntile(0, byId(s)) }), 'ValidationError', /at least 1/],
  ['half a row', s => ({ n: W.lag(s.id, { ...byId(s), by: 0.5 }) }), 'ValidationError', /integer/],
  ['a row before', s => ({ n: W.lead(s.id, { ...byId(s), by: -1 }) }), 'ValidationError', /integer/],
  [
    'a frame that ends before its beginning',
    s => ({ n: W.over({ ...byId(s), rows: { from: 1, to: 0 } })(A.countAll) }),
    'ValidationError',
    /frame/,
  ],
  ['a frame without an order', () => ({ n: W.over({ rows: { to: 0 } })(A.countAll) }), 'ValidationError', /orderBy/],
  ['half a distance', s => ({ n: W.over({ ...byId(s), rows: { from: 0.5 } })(A.countAll) }), 'ValidationError', /integer/],
  ['a group key', s => ({ n: W.over({})(A.key(s.id)) }), 'Unsupported', /partitionBy/],
  ['different values', s => ({ n: W.over({})(A.countDistinct(s.id)) }), 'Unsupported', /distinct values/],
  ['a list', s => ({ n: W.over({})(A.arrayAgg(s.id)) }), 'Unsupported', /arrayAgg/],
  ['a partition by JSON', s => ({ n: W.over({ partitionBy: [s.doc] })(A.countAll) }), 'ValidationError', /json/],
  ['a partition that is no list', s => ({ n: W.over({ partitionBy: s.id as never })(A.countAll) }), 'ValidationError', /list/],
  ['an aggregate without over', s => ({ n: A.sum(s.id) }), 'ValidationError', /window function/],
  ['no record', s => W.rowNumber(byId(s)), 'ValidationError', /record/],
  ['no such column', s => ({ n: W.lag(s.nope, byId(s)) }), 'ValidationError', /undefined/],
]
for (const [name, f, tag, words] of bad) {
  test(`refused: ${name}`, async () => {
    const given = Q.values({ id: int, doc: nullable(anyJson) })([])
    const answer = await ask(pipe(given, Q.window(f as never)) as Query<unknown, unknown>)
    assert.ok(E.isLeft(answer), JSON.stringify(answer))
    const { left } = answer as E.Left<{ readonly _tag: string; readonly message: string }>
    assert.is(left._tag, tag)
    assert.match(left.message, words)
  })
}

test.run()
