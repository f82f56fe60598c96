/**
 * Callbacks that throw: wherever one is accepted, whatever is thrown, before anything is sent and after.
 *
 * The result is `CallbackFailed` with the thrown value as its cause, never a throw or a rejection; the enclosing transaction is rolled
 * back; and the engine still works.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { boolean, check, int, nullable, text, unique, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const things = table('thing', { id: int, label: nullable(text), code: pipe(varchar(40), unique), done: boolean }, { primaryKey: ['id'] })
const row = (id: number) => ({ id, code: `c${id}`, done: false }) as const
const all = Q.from(things)
type Scope = Q.Query<any, any>

const thrown: readonly (readonly [string, unknown])[] = [
  ['an Error', new Error('boom')],
  ['a text', 'boom'],
  ['undefined', undefined],
  ['null', null],
  ['a symbol', Symbol('boom')],
  ['an object without a prototype', Object.create(null)],
  ['an Error whose message is no text', Object.assign(new Error(), { message: 7 })],
]

const throws = (value: unknown): never => {
  throw value
}

/** Every place that takes a function, with one that throws. */
const callbacks = (value: unknown): readonly (readonly [string, () => Program.Program<Program.Db, unknown, unknown>])[] => {
  const f = (): never => throws(value)
  const one = pipe(all, Q.limit(1))
  const prepared = Q.prepare({ n: int }, f)
  return [
    ['where', () => Q.all(pipe(all, Q.where(f)))],
    ['map', () => Q.all(pipe(all, Q.map(f)))],
    ['mapRow', () => Q.all(pipe(one, Q.mapRow(f)))],
    [
      'mapRow in many',
      () =>
        Q.all(
          pipe(
            one,
            Q.map(() => ({ m: Q.many(pipe(all, Q.mapRow(f))) })),
          ),
        ),
    ],
    [
      'mapRow in bindLeft',
      () =>
        Q.all(
          pipe(
            one,
            Q.bindLeft('b', () => pipe(all, Q.mapRow(f))),
          ),
        ),
    ],
    ['mapRow in a cursor', () => Q.foldChunks(0, n => n)(pipe(one, Q.mapRow(f)))],
    ['flatMap', () => Q.all(pipe(all, Q.flatMap(f)))],
    ['bind', () => Q.all(pipe(all, Q.bind('b', f)))],
    ['bindLeft', () => Q.all(pipe(all, Q.bindLeft('b', f)))],
    ['let', () => Q.all(pipe(all, Q.let('b', f)))],
    ['innerJoin', () => Q.all(pipe(Q.Do, Q.innerJoin('b', things, f)))],
    ['leftJoin', () => Q.all(pipe(Q.Do, Q.leftJoin('b', things, f)))],
    ['aggregate', () => Q.all(pipe(all, Q.aggregate(f)))],
    ['orderBy', () => Q.all(pipe(all, Q.orderBy(f)))],
    [
      'maybe',
      () =>
        Q.all(
          pipe(
            Q.Do,
            Q.leftJoin('b', things, (_, b) => X.eq(b.id, 1)),
            Q.map(x => ({ m: X.maybe(x.b, f) })),
          ),
        ),
    ],
    ['scalar', () => Q.all(Q.of({ s: X.scalar(pipe(all, Q.map(f))) }))],
    [
      'exists',
      () =>
        Q.all(
          pipe(
            all,
            Q.where(() => X.exists(pipe(all, Q.where(f)))),
          ),
        ),
    ],
    [
      'many',
      () =>
        Q.all(
          pipe(
            all,
            Q.map(() => ({ m: Q.many(pipe(all, Q.map(f))) })),
          ),
        ),
    ],
    ['a union', () => Q.all(pipe(all, Q.union(pipe(all, Q.where(f)))))],
    ['a prepared query', () => Q.all(prepared({ n: 1 }))],
    [
      'a prepared query in another',
      () =>
        Q.all(
          pipe(
            prepared({ n: 1 }) as Scope,
            Q.where(() => X.lit(true)),
          ),
        ),
    ],
    ['count', () => Q.count(pipe(all, Q.where(f)))],
    ['update', () => C.run(C.update(things)(f, C.everywhere))],
    ['update where', () => C.run(C.update(things)({ done: true }, f))],
    ['delete where', () => C.run(C.delete(things)(f))],
    ['returning', () => C.run(pipe(C.delete(things)(C.everywhere), C.returning(f)))],
    ['insertFrom', () => C.run(C.insertFrom(things)(pipe(all, Q.map(f))))],
    ['a step of foldChunks', () => Q.foldChunks(0, f)(all)],
    ['a step of foldChunks that rejects', () => Q.foldChunks(0, () => Promise.reject(value))(all)],
    ['the body of a transaction', () => Program.transaction()<Program.Db, DbError, never>(f)],
    ['the body of a transaction, later', () => Program.transaction()<Program.Db, DbError, never>(() => f)],
    ['the body of a transaction that rejects', () => Program.transaction()<Program.Db, DbError, never>(() => () => Promise.reject(value))],
    ['withRollback', () => Program.withRollback<Program.Db, DbError, never>(f)],
    ['a check', () => createAll(schema({ checked: table('checked', { id: int }, { checks: { odd: f } }) }))],
    ['a check of a column', () => createAll(schema({ checked: table('checked', { id: pipe(int, check(f)) }) }))],
  ]
}

const functions = (engine: Engine): void => {
  const test = suite(`functions that throw on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(things)
    await s.right(C.run(C.insertMany(things)([row(1), row(2)])))
  })
  for (const [what, value] of thrown) {
    test(`${what}: everywhere a function is taken`, async () => {
      for (const [name, program] of callbacks(value)) {
        const before = await s.rows(things)
        const answer = await s.run(program()).catch(e => {
          throw new Error(`${name}: rejected`, { cause: e })
        })
        assert.ok(E.isLeft(answer), `${name}: answered`)
        const error = (answer as E.Left<any>).left
        assert.ok(
          error?._tag === 'CallbackFailed' || (name.startsWith('a check') && error?._tag === 'ValidationError'),
          `${name}: ${error?._tag} ${error?.message}`,
        )
        assert.ok(error.message.length > 10, `${name}: ${error.message}`)
        if (error._tag === 'CallbackFailed') {
          assert.ok(error.callback.length > 5, name)
          assert.is(error.cause, value, `${name}: the cause is kept`)
        }
        if (value instanceof Error && value.message === 'boom') assert.match(error.message, /threw: boom/)
        assert.equal(await s.rows(things), before, `${name}: the rows are as before`)
      }
    })
  }
  test('inside a transaction that has written: all of it is undone', async () => {
    for (const [name, program] of callbacks(new Error('boom'))) {
      const before = await s.rows(things)
      const answer = await s.run(
        Program.transaction()<Program.Db, unknown, unknown>(env => async () => {
          await C.run(C.insert(things)(row(50)))(env)()
          return program()(env)()
        }),
      )
      assert.ok(E.isLeft(answer), name)
      assert.equal(await s.rows(things), before, name)
    }
  })
  test('a body that answers no Either', async () => {
    for (const nothing of [undefined, null, 1, {}]) {
      const before = await s.rows(things)
      const answer = await s.run(
        Program.transaction()<Program.Db, unknown, unknown>(env => async () => {
          await C.run(C.insert(things)(row(51)))(env)()
          return nothing as never
        }),
      )
      assert.ok(E.isLeft(answer), `answered ${JSON.stringify(answer)}`)
      assert.is((answer as any).left._tag, 'CallbackFailed')
      assert.equal(await s.rows(things), before)
    }
  })
  test('mapRow that answers a promise, or mutates: the next run is not touched', async () => {
    const q = pipe(
      all,
      Q.mapRow(x => Object.assign(x, { id: -1 })),
    )
    await s.right(Q.all(q))
    assert.equal(
      (
        await s.right(
          Q.all(
            pipe(
              all,
              Q.orderBy(x => [X.asc(x.id)]),
            ),
          ),
        )
      ).map((x: any) => x.id),
      [1, 2],
    )
  })
  test.run()
}

for (const engine of engines) functions(engine)
