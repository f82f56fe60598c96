/**
 * Concurrent transactions and operations: serial on one connection, parallel in a pool, and each of them completely or not at all.
 *
 * Waiting too long for a connection ends with an error; closing waits for operations in progress, and nothing hangs.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { gte, lt, plus } from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

type Tx<A, X = DbError> = Program.Program<Program.Db, X, A>

const items = table('item', { id: int, label: text }, { primaryKey: ['id'] })
const counters = table('counter', { id: int, n: int }, { primaryKey: ['id'] })
const all = Q.from(items)

const put = (id: number): Tx<number> => C.run(C.insert(items)({ id, label: `item ${id}` }))
const count: Tx<number> = Q.count(all)
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
/** A body written as a function. */
const body =
  <A, X = DbError>(f: (env: Program.Db) => Promise<E.Either<X, A>>): Tx<A, X> =>
  env =>
  () =>
    f(env)

const together = (engine: Engine): void => {
  const test = suite(`many at once on ${engine.name}`)
  const s = using(engine, test, { acquireTimeout: 10_000 })
  const n = (): Promise<number> => s.right(Q.all(Q.from(counters))).then(rows => rows[0]?.n ?? -1)
  test.before(async () => {
    await s.right(createAll(schema({ items, counters })))
  })
  test.before.each(async () => {
    await s.right(C.run(C.delete(items)(C.everywhere)))
    await s.right(C.run(C.delete(counters)(C.everywhere)))
    await s.right(C.run(C.insert(counters)({ id: 1, n: 0 })))
  })
  /** Reads, waits, and writes what it read plus one: loses counts if another one writes in between. */
  const increment = (fail: boolean): Tx<void, DbError | string> =>
    body(async env => {
      const read = await Q.all(Q.from(counters))(env)()
      if (E.isLeft(read)) return read
      await wait(1)
      const written = await C.run(C.update(counters)({ n: (read.right[0]?.n ?? 0) + 1 }, C.everywhere))(env)()
      if (E.isLeft(written)) return written
      return fail ? E.left('undo') : E.right(undefined)
    })

  /** Adds one in the database: right with concurrent writers too. */
  const add = (fail: boolean): Tx<void, DbError | string> =>
    body(async env => {
      const written = await C.run(C.update(counters)(x => ({ n: plus(x.n, 1) }), C.everywhere))(env)()
      await wait(1)
      return E.isLeft(written) ? written : fail ? E.left('undo') : E.right(undefined)
    })
  const step = engine.single ? increment : add

  test(`50 transactions started together: all of them happen${engine.single ? ', one after the other' : ''}`, async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => s.run(Program.transaction()(step(i % 5 === 0)))))
    assert.is(answers.filter(E.isLeft).length, 10)
    assert.ok(answers.every(a => E.isRight(a) || a.left === 'undo'))
    assert.is(await n(), 40)
  })
  test('50 transactions and 200 single operations, mixed', async () => {
    const singles = Array.from({ length: 200 }, (_, i) =>
      s.run(i % 2 === 0 ? C.run(C.update(counters)(x => ({ n: plus(x.n, 1) }), C.everywhere)) : count),
    )
    const transactions = Array.from({ length: 50 }, () => s.run(Program.transaction()(step(false))))
    assert.ok((await Promise.all(transactions)).every(E.isRight))
    assert.ok((await Promise.all(singles)).every(E.isRight))
    assert.is(await n(), 150)
  })
  if (!engine.single) {
    test('20 serializable ones that read, wait and write: none is lost, those that conflict say so and are run again', async () => {
      const again = async (tries: number): Promise<number> => {
        const answer = await s.run(Program.transaction({ isolation: 'serializable' })(increment(false)))
        if (E.isRight(answer)) return tries
        const tag = (answer.left as DbError)._tag
        assert.ok(tag === 'SerializationFailure' || tag === 'Deadlock', tag)
        await wait(Math.random() * 10 * tries)
        return again(tries + 1)
      }
      const tries = await Promise.all(Array.from({ length: 20 }, () => again(1)))
      assert.ok(
        tries.some(t => t > 1),
        'there was no conflict',
      )
      assert.is(await n(), 20)
    })
    test('what a transaction does is seen by nobody else before it is committed', async () => {
      const seen: unknown[] = []
      await s.right(
        Program.transaction()(
          body<void>(async env => {
            await put(1)(env)()
            seen.push(await count(env)(), await s.run(count))
            return E.right(undefined)
          }),
        ),
      )
      assert.equal([...seen, await s.run(count)], [E.right(1), E.right(0), E.right(1)])
    })
  }
  test('10 nested ones started together inside one: one after the other, each whole or not at all', async () => {
    const program = Program.transaction()(
      body<any>(async env => {
        const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => Program.attempt(increment(i % 2 === 0))(env)()))
        const outer = await put(1)(env)()
        return E.right([answers, outer])
      }),
    )
    const [answers, outer] = await s.right(program)
    assert.is(answers.filter((a: any) => E.isRight(a) && E.isRight(a.right as E.Either<unknown, unknown>)).length, 5)
    assert.equal(outer, E.right(1))
    assert.is(await n(), 5)
  })
  test('nested ones together in nested ones together, and single operations between', async () => {
    const nest = (depth: number): Tx<number> =>
      body(async env => {
        if (depth === 0) return E.map(() => 1)(await increment(false)(env)()) as E.Either<DbError, number>
        const all_ = await Promise.all([
          ...Array.from({ length: 3 }, () => Program.transaction()(nest(depth - 1))(env)()),
          E.map((x: number) => x * 0)(await count(env)()),
        ])
        const failed = all_.find(E.isLeft)
        return failed ?? E.right(all_.reduce((sum, a) => sum + (E.isRight(a) ? a.right : 0), 0))
      })
    assert.is(await s.right(Program.transaction()(nest(3))), 27)
    assert.is(await n(), 27)
  })
  test('statements issued together in a transaction are all in it', async () => {
    const program = Program.transaction()(
      body<number>(async env => {
        const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => put(i)(env)()))
        assert.ok(answers.every(E.isRight))
        return count(env)()
      }),
    )
    assert.is(await s.right(program), 100)
    assert.is(
      await s.right(
        Program.withRollback(
          body<number>(async env => {
            await Promise.all(Array.from({ length: 100 }, (_, i) => put(1_000 + i)(env)()))
            return count(env)()
          }),
        ),
      ),
      200,
    )
    assert.is(await s.right(count), 100)
  })
  test('statements issued together of which one fails: it is rolled back whole', async () => {
    await s.left(
      'TransactionAborted',
      Program.transaction()(
        body<string>(async env => {
          await Promise.all(Array.from({ length: 20 }, (_, i) => put(i === 10 ? 9 : i)(env)()))
          return E.right('fine')
        }),
      ),
    )
    assert.is(await s.right(count), 0)
  })
  test('fp-ts in parallel: RTE.sequenceArray within a transaction', async () => {
    assert.is((await s.right(Program.transaction()(RTE.sequenceArray(Array.from({ length: 30 }, (_, i) => put(i)))))).length, 30)
    assert.is(
      await s.right(
        Q.count(
          pipe(
            all,
            Q.where(x => gte(x.id, 0)),
            Q.where(x => lt(x.id, 30)),
          ),
        ),
      ),
      30,
    )
  })
  test('who waits longer than acquireTimeout gets Timeout, and what comes later is served', async () => {
    const patience = engine.single ? 60 : 200
    const opened = await engine.open({ acquireTimeout: patience, max: 1 })()
    const db = (opened as E.Right<any>).right as typeof s.db
    await createAll(schema({ counters }))({ db })()
    const slow = Program.transaction()(
      body<string>(async () => {
        await wait(3 * patience)
        return E.right('slow')
      }),
    )({ db })()
    const waiting = await Promise.all(Array.from({ length: 5 }, () => Q.all(Q.from(counters))({ db })()))
    assert.ok(waiting.every(a => E.isLeft(a) && a.left._tag === 'Timeout'))
    assert.equal(await slow, E.right('slow'))
    assert.equal(await Q.all(Q.from(counters))({ db })(), E.right([]))
    await db.close()
  })
  test('close waits for what is under way; what comes after is Closed', async () => {
    if (engine.name === 'pglite') return
    const db = ((await engine.open({ max: 1 })()) as E.Right<any>).right as typeof s.db
    await createAll(schema({ items }))({ db })()
    const running = Program.transaction()(
      body<number>(async env => {
        await put(1)(env)()
        await wait(30)
        return put(2)(env)()
      }),
    )({ db })()
    const queued = count({ db })()
    const closing = db.close()
    const late = count({ db })()
    assert.equal(await running, E.right(1))
    assert.equal(await queued, E.right(2))
    assert.equal(await closing, E.right(undefined))
    const answer = await late
    assert.ok(E.isLeft(answer) && answer.left._tag === 'Closed')
  })
  test('close in the body of a transaction: no hang, and not committed after it', async () => {
    if (engine.name === 'pglite') return
    const db = ((await engine.open({ acquireTimeout: engine.single ? 60 : 200 })()) as E.Right<any>).right as typeof s.db
    await createAll(schema({ items }))({ db })()
    const answer = await Program.transaction()(
      body<unknown>(async env => {
        await put(1)(env)()
        await db.close()
        return put(2)(env)()
      }),
    )({ db })()
    assert.ok(E.isLeft(answer), JSON.stringify(answer))
    assert.ok(['Closed', 'Timeout', 'TransactionAborted'].includes((answer as any).left._tag), JSON.stringify(answer))
    assert.equal(await db.close(), E.right(undefined))
  })
  test.run()
}

for (const engine of engines) together(engine)
