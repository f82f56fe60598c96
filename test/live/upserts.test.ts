/**
 * Upserts of difficult values on every engine against the model: keys with nulls, assignments that read each other, other unique keys,
 * defaults and generated keys in the offered row, queries in the update, returned rows and outcomes, and increments by many concurrent
 * callers.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { generated, int, nullable, numeric, text, timestamp, unique, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, sameRows, using } from './eachEngine.js'

const counters = table('counter', {
  id: generated(int),
  name: unique(text),
  a: int,
  b: int,
  note: nullable(text),
  price: withDefault('1.50')(numeric(10, 2)),
  at: nullable(timestamp),
})

/** A key of which a part may be null: such rows collide with none. */
const places = table('place', { shop: int, shelf: nullable(int), n: int }, { uniques: [['shop', 'shelf']] })

const put = C.upsert(counters)

type Step = readonly [name: string, command: () => C.Command<unknown>]

const first = { name: 'x', a: 1, b: 2 }
const steps: readonly Step[] = [
  ['inserts', () => C.outcome(put({ target: ['name'], update: ['a'] })(first))],
  ['swaps two columns', () => put({ target: ['name'], update: old => ({ a: old.b, b: old.a }) })(first)],
  [
    'sees old values in every assignment',
    () => put({ target: ['name'], update: (old, offered) => ({ a: X.plus(old.a, offered.a), b: X.times(old.a, 10) }) })(first),
  ],
  [
    'reads a default of the offered row',
    () => put({ target: ['name'], update: (old, offered) => ({ price: X.plus(old.price, offered.price) }) })(first),
  ],
  [
    'reads a null of the offered row',
    () => put({ target: ['name'], update: (_, offered) => ({ note: X.coalesce(offered.note, 'none') }) })(first),
  ],
  [
    'concatenates',
    () =>
      put({ target: ['name'], update: (old, offered) => ({ note: X.concat(X.coalesce(old.note, ''), offered.name) }) })({
        ...first,
        note: "it's",
      }),
  ],
  ['keeps an instant', () => put({ target: ['name'], update: ['at'] })({ ...first, at: new Date('1969-12-31T23:59:59.999Z') })],
  [
    'keeps the latest',
    () =>
      C.outcome(
        put({ target: ['name'], update: ['at'], where: (old, offered) => X.gt(offered.at, old.at) })({ ...first, at: new Date(0) }),
      ),
  ],
  [
    'leaves what is not later',
    () =>
      C.outcome(
        put({ target: ['name'], update: ['at'], where: (old, offered) => X.gt(offered.at, old.at) })({ ...first, at: new Date(0) }),
      ),
  ],
  [
    'a condition that is null does not hold',
    () => put({ target: ['name'], update: ['a'], where: (_, offered) => X.eq(offered.note, 'x') })({ ...first, a: 99 }),
  ],
  [
    'counts what it wrote under a condition',
    () => put({ target: ['name'], update: ['a'], where: old => X.lt(old.a, 1000) })({ ...first, a: 3 }),
  ],
  [
    'counts a write of the same values',
    () => put({ target: ['name'], update: ['a'], where: old => X.lt(old.a, 1000) })({ ...first, a: 3 }),
  ],
  [
    'asks a query of the table itself',
    () =>
      put({
        target: ['name'],
        update: () => ({
          b: X.coalesce(
            X.scalar(
              pipe(
                Q.from(counters),
                Q.aggregate(c => ({ m: A.sum(c.a) })),
                Q.map(r => r.m),
              ),
            ),
            0,
          ),
        }),
      })(first),
  ],
  ['does nothing', () => C.outcome(put({ target: ['name'], update: 'nothing' })({ ...first, a: 77 }))],
  ['does nothing to what is not there', () => C.outcome(put({ target: ['name'], update: 'nothing' })({ ...first, name: 'y' }))],
  [
    'several, one of which is there',
    () =>
      C.upsertMany(counters)({ target: ['name'], update: (old, offered) => ({ a: X.minus(old.a, offered.a) }) })([
        { name: 'z', a: 5, b: 5 },
        first,
        { name: 'Z', a: 6, b: 6, price: '0.01' },
      ]),
  ],
  [
    'several, of which those are written that are not there',
    () => C.upsertMany(counters)({ target: ['name'], update: 'nothing' })([{ name: 'v', a: 5, b: 5 }, first]),
  ],
  [
    'nulls in the key collide with none',
    () =>
      C.upsertMany(places)({ target: ['shop', 'shelf'], update: ['n'] })([
        { shop: 1, shelf: null, n: 1 },
        { shop: 1, shelf: null, n: 2 },
        { shop: 1, shelf: 0, n: 3 },
      ]),
  ],
  [
    'nor do they the next time',
    () => C.outcome(C.upsert(places)({ target: ['shelf', 'shop'], update: 'nothing' })({ shop: 1, shelf: null, n: 1 })),
  ],
  [
    'what is no null does',
    () =>
      C.outcome(
        C.upsert(places)({ target: ['shelf', 'shop'], update: (old, offered) => ({ n: X.plus(old.n, offered.n) }) })({
          shop: 1,
          shelf: 0,
          n: 1,
        }),
      ),
  ],
]

const rowsOf = (t: typeof counters) =>
  pipe(
    Q.from(t),
    Q.map(({ id: _, ...rest }) => rest),
  )

for (const engine of engines) {
  const test = suite(`upserts on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  test('answer and leave what the model does', async () => {
    await s.create(counters, places)
    await createAll(schema({ counters, places }))({ db: model })()
    for (const [name, command] of steps) {
      assert.equal(await s.run(C.run(command())), await C.run(command())({ db: model })(), name)
      const [rows, expected] = [await s.right(Q.all(rowsOf(counters))), await Q.all(rowsOf(counters))({ db: model })()]
      sameRows(rows, E.isRight(expected) ? expected.right : [], name)
      const [others, there] = [await s.rows(places), await Q.all(Q.from(places))({ db: model })()]
      sameRows(others, E.isRight(there) ? there.right : [], name)
    }
  })
  test('a conflict with another key than the target fails as a whole', async () => {
    const [one] = await s.right(
      Q.all(
        pipe(
          Q.from(counters),
          Q.map(c => c.id),
        ),
      ),
    )
    const rows = [
      { name: 'new', a: 1, b: 1 },
      { id: one as number, name: 'newer', a: 1, b: 1 },
    ]
    for (const update of ['nothing', ['a']] as const)
      await s.unchanged(
        [counters],
        'UniqueViolation',
        C.run(C.upsertMany(counters)(update === 'nothing' ? { target: ['name'], update } : { target: ['name'], update })(rows)),
      )
  })
  test('a query in an upsert of several rows is refused', async () => {
    const asks = C.upsertMany(counters)({
      target: ['name'],
      update: () => ({
        a: X.coalesce(
          X.scalar(
            pipe(
              Q.from(counters),
              Q.aggregate(c => ({ m: A.max(c.a) })),
              Q.map(r => r.m),
            ),
          ),
          0,
        ),
      }),
    })
    await s.unchanged([counters], 'Unsupported', C.run(asks([first, { ...first, name: 'q' }])))
  })
  test('answers the rows that it wrote', async () => {
    const named = C.returning((c: { readonly name: X.Expr<string>; readonly a: X.Expr<number> }) => ({ name: c.name, a: c.a }))
    const keep = pipe(put({ target: ['name'], update: 'nothing' })({ ...first, a: 5 }), named)
    const fresh = pipe(put({ target: ['name'], update: 'nothing' })({ ...first, name: 'fresh', a: 5 }), named)
    const larger = (a: number) =>
      pipe(put({ target: ['name'], update: ['a'], where: (old, offered) => X.gt(offered.a, old.a) })({ ...first, name: 'fresh', a }), named)
    const many = pipe(
      C.upsertMany(counters)({ target: ['name'], update: 'nothing' })([{ ...first, name: 'n2' }, first, { ...first, name: 'n1' }]),
      named,
    )
    assert.equal(await s.right(C.run(keep)), O.none)
    assert.equal(await s.right(C.run(fresh)), O.some({ name: 'fresh', a: 5 }))
    assert.equal(await s.right(C.run(many)), [
      { name: 'n2', a: 1 },
      { name: 'n1', a: 1 },
    ])
    assert.equal(await s.right(C.run(larger(5))), O.none)
    assert.equal(await s.right(C.run(larger(6))), O.some({ name: 'fresh', a: 6 }))
  })
  test('the outcome of rows that the same transaction has written', async () => {
    const told = (a: number) =>
      C.run(
        C.outcome(put({ target: ['name'], update: ['a'], where: (old, offered) => X.gt(offered.a, old.a) })({ name: 'inside', a, b: 0 })),
      )
    const outcomes = Program.transaction()(
      pipe(
        RTE.Do,
        RTE.bind('first', () => told(1)),
        RTE.bind('second', () => told(2)),
        RTE.bind('third', () => told(2)),
        RTE.bind('gone', () => C.run(C.delete(counters)(c => X.eq(c.name, 'inside')))),
        RTE.bind('again', () => told(0)),
        RTE.bind('last', () => told(5)),
      ),
    )
    const expected = { first: 'inserted', second: 'updated', third: 'unchanged', gone: 1, again: 'inserted', last: 'updated' } as const
    assert.equal(await s.right(outcomes), expected)
    const attempted = Program.transaction()(
      pipe(
        RTE.Do,
        RTE.bind('undone', () =>
          Program.attempt(
            pipe(
              told(9),
              RTE.flatMap(() => RTE.left('undone')),
            ),
          ),
        ),
        RTE.bind('after', () => told(7)),
      ),
    )
    assert.is((await s.right(attempted)).after, 'updated')
  })
  test('increments from many callers at once are all counted', async () => {
    const add = put({ target: ['name'], update: (old, offered) => ({ a: X.plus(old.a, offered.a) }) })
    await s.right(C.run(add({ name: 'at once', a: 0, b: 0 })))
    await Promise.all(Array.from({ length: 20 }, () => s.right(C.run(add({ name: 'at once', a: 1, b: 0 })))))
    const found = await s.right(
      Q.all(
        pipe(
          Q.from(counters),
          Q.where(c => X.eq(c.name, 'at once')),
          Q.map(c => c.a),
        ),
      ),
    )
    assert.equal(found, [20])
    await s.drop(counters, places)
  })
  test.run()
}
