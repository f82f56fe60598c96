/**
 * Volatile expressions and the current time: on every engine, memory included.
 *
 * Their values can't be predicted; the tests check their form and range, that each row has a value of its own, that a statement has one
 * current time, and that they are refused wherever an engine could evaluate them twice.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { check, float, int, nullable, text, timestamp, uuid, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import * as W from '../../lib/Window.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const notes = table(
  'volatile_notes',
  {
    id: withDefault(X.randomUuid)(uuid),
    made: withDefault(X.now)(timestamp),
    due: withDefault(X.coalesce(X.dateAdd(X.now, { days: 1 }), X.now))(timestamp),
    chance: withDefault(X.random)(float),
    number: int,
    token: nullable(text),
  },
  { primaryKey: ['id'] },
)

const numbers = Q.values({ n: int })(Array.from({ length: 200 }, (_, n) => ({ n })))
const row = Q.map((r: { readonly n: X.Expr<number> }) => ({ n: r.n, x: X.random }))

const different = (values: readonly unknown[]): number => new Set(values.map(v => (v instanceof Date ? v.getTime() : v))).size

const refused: { readonly [where: string]: Q.Query<any, unknown> } = {
  where: pipe(
    numbers,
    Q.where(() => X.lt(X.random, 0.5)),
  ),
  'a condition of a join': pipe(
    numbers,
    Q.bindLeft('other', () =>
      pipe(
        numbers,
        Q.where(() => X.gt(X.random, 0.5)),
      ),
    ),
  ),
  'a later map': pipe(
    numbers,
    row,
    Q.map(r => ({ a: r.x, b: r.x })),
  ),
  'a later where': pipe(
    numbers,
    row,
    Q.where(r => X.gt(r.x, 0.5)),
  ),
  'a later order': pipe(
    numbers,
    row,
    Q.orderBy(r => [X.asc(r.x)]),
  ),
  'a row before bind': pipe(
    numbers,
    row,
    Q.bind('other', () => numbers),
  ),
  'a row before a left bind': pipe(
    numbers,
    row,
    Q.bindLeft('other', () => numbers),
  ),
  distinct: pipe(numbers, row, Q.distinct),
  union: pipe(numbers, row, Q.unionAll(pipe(numbers, row))),
  'an aggregate': pipe(
    numbers,
    Q.aggregate(() => ({ x: A.sum(X.random) })),
  ),
  'a key': pipe(
    numbers,
    Q.aggregate(() => ({ x: A.key(X.floor(X.random)), n: A.countAll })),
  ),
  'a window': pipe(
    numbers,
    Q.window(() => ({ x: W.rowNumber({ orderBy: [X.asc(X.random)] }) })),
  ),
  'a cte': pipe(numbers, row, Q.cte('chances')),
  'a full join': pipe(
    numbers,
    Q.fullJoin(numbers, () => X.lt(X.random, 0.5)),
  ),
  'a row of a full join': pipe(
    numbers,
    row,
    Q.fullJoin(numbers, (l, r) => X.eq(l.n, r.n)),
  ),
  'a key of distinctOn': pipe(
    numbers,
    Q.distinctOn(() => [X.random]),
  ),
  'a key of subtotals': pipe(
    numbers,
    Q.rollup(() => ({ by: { x: X.random }, of: { n: A.countAll } })),
  ),
  'a recursion': pipe(
    numbers,
    row,
    Q.recursive(r =>
      pipe(
        Q.of({ n: r.n, x: X.random }),
        Q.where(() => X.lt(r.n, 3)),
      ),
    ),
  ),
  'a collection': Q.of({ all: Q.many(pipe(numbers, row)) }),
  'a query inside an expression': Q.of({
    x: X.scalar(
      pipe(
        numbers,
        Q.map(() => X.random),
      ),
    ),
  }),
  'a function that is printed twice': Q.of({ x: X.sqrt(X.random) }),
  'a choice of null': Q.of({ x: X.coalesce(X.random, 1) }),
}

for (const engine of engines) {
  const test = suite(`random values and the present on ${engine.name}`)
  const s = using(engine, test)

  test('a random number is from 0 on and below 1, and each row has its own', async () => {
    const rows = (await s.right(Q.all(pipe(numbers, row)))).map(r => r.x)
    assert.is(different(rows), 200)
    assert.ok(rows.every(x => x >= 0 && x < 1))
    assert.ok(rows.some(x => x < 0.3) && rows.some(x => x > 0.7))
    const dice = pipe(
      numbers,
      Q.map(() => X.plus(X.floor(X.times(X.random, 6)), 1)),
    )
    assert.equal([...new Set(await s.right(Q.all(dice)))].sort(), [1, 2, 3, 4, 5, 6])
    const both = pipe(
      numbers,
      Q.map(() => ({ a: X.random, b: X.random, less: X.caseWhen([[X.lt(X.random, 0.5), X.lit('a')]], X.lit('b')) })),
    )
    const pairs = await s.right(Q.all(both))
    assert.ok(pairs.every(r => r.a !== r.b))
    assert.is(different(pairs.map(r => r.less)), 2)
  })

  test('a random uuid is one of version 4, and each row has its own', async () => {
    const ids = pipe(
      numbers,
      Q.map(() => X.randomUuid),
      Q.limit(150),
    )
    const rows = await s.right(Q.all(ids))
    assert.is(different(rows), 150)
    for (const id of rows) assert.match(id, UUID)
    assert.match(await s.right(Q.one(Q.of(X.concat('#', X.upper(X.cast(text)(X.randomUuid)))))), /^#[0-9A-F-]{36}$/)
  })

  test('sample answers so many rows, others each time', async () => {
    const chosen = async (n: number): Promise<readonly number[]> => {
      const rows = await s.right(
        Q.all(
          pipe(
            numbers,
            Q.map(r => r.n),
            Q.sample(n),
          ),
        ),
      )
      return [...rows].sort((x, y) => x - y)
    }
    const [a, b] = [await chosen(20), await chosen(20)]
    assert.is(new Set(a).size, 20)
    assert.not.equal(a, b)
    assert.equal(
      await chosen(1000),
      Array.from({ length: 200 }, (_, n) => n),
    )
    assert.equal(await chosen(0), [])
    await s.left('ValidationError', Q.all(pipe(numbers, Q.sample(-1))))
  })

  test('orderBy shuffles, and a limit takes some', async () => {
    const shuffled = pipe(
      numbers,
      Q.orderBy(() => [X.asc(X.random)]),
      Q.map(r => r.n),
    )
    const [a, b] = [await s.right(Q.all(shuffled)), await s.right(Q.all(shuffled))]
    assert.not.equal(a, b)
    assert.equal(
      [...a].sort((x, y) => x - y),
      Array.from({ length: 200 }, (_, n) => n),
    )
    const some = await s.right(Q.all(pipe(shuffled, Q.limit(20))))
    assert.is(different(some), 20)
    const nested = await s.right(Q.one(Q.of({ some: Q.many(pipe(shuffled, Q.limit(20))) })))
    assert.is(different(nested.some), 20)
  })

  test('the present is one in a statement, and goes on', async () => {
    const at = pipe(
      numbers,
      Q.where(() => X.lte(X.now, X.now)),
      Q.map(() => ({
        at: X.now,
        same: X.eq(X.now, X.now),
        later: Q.many(
          pipe(
            numbers,
            Q.limit(1),
            Q.map(() => X.now),
          ),
        ),
      })),
    )
    const rows = await s.right(Q.all(at))
    assert.is(rows.length, 200)
    assert.is(different(rows.flatMap(r => [r.at, ...r.later])), 1)
    assert.ok(rows.every(r => r.same))
    const [first] = rows
    await new Promise(done => setTimeout(done, 20))
    const then = await s.right(Q.one(Q.of({ at: X.now, day: X.dateTrunc(X.now, 'day') })))
    assert.ok(then.at.getTime() > (first?.at.getTime() ?? 0))
    assert.is(then.day.getTime(), Math.floor(then.at.getTime() / 86_400_000) * 86_400_000)
    assert.ok(Math.abs(then.at.getTime() - Date.now()) < 60_000)
  })

  test('written values and defaults are new in each row', async () => {
    await s.create(notes)
    await s.right(C.run(C.insertMany(notes)(Array.from({ length: 20 }, (_, number) => ({ number })))))
    await s.right(C.run(C.insertMany(notes)([{ number: 20 }, { number: 21, chance: 0.5 }, { number: 22, made: new Date() }])))
    const rows = await s.right(Q.all(Q.from(notes)))
    assert.is(different(rows.map(r => r.id)), 23)
    for (const r of rows) {
      assert.match(r.id, UUID)
      assert.ok(r.chance >= 0 && r.chance < 1)
      assert.ok(Math.abs(r.made.getTime() - Date.now()) < 60_000)
      assert.is(r.due.getTime() - r.made.getTime() >= 86_399_000, true)
    }
    assert.ok(different(rows.map(r => r.chance)) > 20)
    await s.right(C.run(C.update(notes)(() => ({ token: X.cast(text)(X.randomUuid) }), C.everywhere)))
    assert.is(different((await s.right(Q.all(Q.from(notes)))).map(r => r.token)), 23)
    const old = pipe(
      Q.from(notes),
      Q.where(n => X.lt(n.made, X.coalesce(X.dateAdd(X.now, { minutes: -5 }), X.now))),
    )
    assert.is(await s.right(Q.count(old)), 0)
    await s.left('Unsupported', C.run(C.delete(notes)(() => X.lt(X.random, 0.5))))
    await s.left(
      'Unsupported',
      C.run(
        pipe(
          C.insert(notes)({ number: 30 }),
          C.returning(() => X.random),
        ),
      ),
    )
    await s.drop(notes)
  })

  for (const [where, q] of Object.entries(refused)) {
    test(`refused in ${where}`, async () => {
      await s.left('Unsupported', Q.all(q))
    })
  }

  test('refused in a check', async () => {
    const later = table('later', { at: check((self: X.Expr<Date>) => X.gt(self, X.now))(timestamp) })
    await s.left('Unsupported', createAll(schema({ later }, () => ({}))))
  })

  test.run()
}
