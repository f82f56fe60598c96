/**
 * Use after the end, and waiting for oneself: finished transactions, cursors and runners.
 *
 * Each use fails with `Closed`, which names what is closed and what to do. Waiting for the enclosing transaction from inside it ends with
 * `Timeout` and never hangs. An operation that was not awaited is part of its transaction or fails with `Closed`; it is never half of both.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { boolean, int, nullable, text, unique, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
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

const ends = (engine: Engine): void => {
  const test = suite(`use after the end on ${engine.name}`)
  const s = using(engine, test, { acquireTimeout: 250, max: 2 })
  test.before(async () => {
    await s.create(things)
    await s.right(C.run(C.insertMany(things)([row(1), row(2)])))
  })
  const cursorOf = (env: Program.Db) => env.db.perform<any>({ tag: 'cursor', query: all as never, size: 1 })()

  test('a transaction', async () => {
    let kept: Program.Db | undefined
    await s.right(
      Program.transaction()<Program.Db, DbError, number>(env => {
        kept = env
        return Q.count(all)(env)
      }),
    )
    for (const program of [
      Q.all(all),
      C.run(C.insert(things)(row(9))),
      Program.transaction()(Q.all(all)),
      Program.attempt(Q.all(all)),
      Q.foldChunks(0, n => n)(all),
    ]) {
      const answer = await (program as Program.Program<Program.Db, DbError, any>)(kept as Program.Db)()
      const error = E.isRight(answer) ? answer.right?.left : answer.left
      assert.is(error?._tag, 'Closed')
      assert.is(error.what, 'transaction')
      assert.match(error.message, /has ended: run the operation inside its body/)
    }
    assert.is(await s.right(Q.count(all)), 2)
  })
  test('a transaction that was rolled back, and a nested one', async () => {
    const kept: Program.Db[] = []
    await s.run(
      Program.transaction()<Program.Db, unknown, unknown>(env => {
        kept.push(env)
        return Program.transaction()<Program.Db, unknown, unknown>(inner => {
          kept.push(inner)
          return async () => E.left('no')
        })(env)
      }),
    )
    assert.is(kept.length, 2)
    for (const env of kept) {
      const answer = await C.run(C.insert(things)(row(9)))(env)()
      assert.is(E.isLeft(answer) && answer.left._tag, 'Closed')
    }
    assert.is(await s.right(Q.count(all)), 2)
  })
  test('a nested transaction, while the outer one goes on', async () => {
    const answer = await s.right(
      Program.transaction()<Program.Db, DbError, any>(env => async () => {
        let kept: Program.Db | undefined
        await Program.transaction()<Program.Db, DbError, number>(inner => {
          kept = inner
          return Q.count(all)(inner)
        })(env)()
        const late = await C.run(C.insert(things)(row(9)))(kept as Program.Db)()
        const fine = await Q.count(all)(env)()
        return E.right([late, fine])
      }),
    )
    assert.is(answer[0].left._tag, 'Closed')
    assert.equal(answer[1], E.right(2))
  })
  test('a cursor, closed twice, read after its end', async () => {
    const cursor = ((await cursorOf(s)) as any).right
    assert.is((await cursor.next()).right.length, 1)
    assert.equal(await cursor.close(), E.right(undefined))
    assert.equal(await cursor.close(), E.right(undefined))
    const late = await cursor.next()
    assert.equal([late.left._tag, late.left.what], ['Closed', 'cursor'])
    assert.match(late.left.message, /open a new one/)
    const whole = ((await cursorOf(s)) as any).right
    for (const n of [1, 1, 0, 0]) assert.is((await whole.next()).right.length, n)
    assert.equal(await whole.close(), E.right(undefined))
  })
  test('a cursor, after its transaction', async () => {
    const cursor: any = await s.right(Program.transaction()<Program.Db, DbError, any>(env => () => cursorOf(env) as any))
    const late = await cursor.next()
    assert.equal([late.left._tag, late.left.what], ['Closed', 'cursor'])
    assert.equal(await cursor.close(), E.right(undefined))
  })
  test('the outer db in the body of a transaction: a Timeout, not a hang', async () => {
    const started = Date.now()
    // of a pool's two connections one is left for the transaction
    const holder = engine.single ? null : ((await cursorOf(s)) as any).right
    for (const program of [
      Q.count(all),
      C.run(C.insert(things)(row(9))),
      Program.transaction()(Q.count(all)),
      Program.attempt(Q.count(all)),
      Q.foldChunks(0, n => n)(all),
    ]) {
      const e = await s.unchanged(
        [things],
        'Timeout',
        Program.transaction()<Program.Db, unknown, unknown>(() => async () => {
          const answer: any = await (program as Program.Program<Program.Db, DbError, any>)({ db: s.db })()
          return E.isRight(answer) ? answer.right : answer
        }),
      )
      assert.is(e.milliseconds, 250)
      assert.match(e.message, /inside a transaction use the db passed to its body/)
    }
    assert.ok(Date.now() - started < 5_000)
    await holder?.close()
  })
  test('the transaction around a nested one, in the body of that one: a Timeout; the outer one goes on', async () => {
    const answer = await s.right(
      Program.transaction()<Program.Db, DbError, any>(env => async () => {
        const inner = await Program.attempt<Program.Db, DbError, number>(() => Q.count(all)(env))(env)()
        return E.right([inner, await Q.count(all)(env)()])
      }),
    )
    assert.is(answer[0].right.left._tag, 'Timeout')
    assert.equal(answer[1], E.right(2))
  })
  test('a body that does not wait for what it started: it is in the transaction or Closed, never half', async () => {
    const late: Promise<E.Either<DbError, unknown>>[] = []
    await s.run(
      Program.transaction()<Program.Db, string, never>(env => async () => {
        for (let i = 0; i < 5; i += 1) late.push(C.run(C.insert(things)(row(20 + i)))(env)())
        return E.left('undo')
      }),
    )
    for (const answer of await Promise.all(late)) assert.ok(E.isRight(answer) || answer.left._tag === 'Closed')
    assert.is(await s.right(Q.count(all)), 2)
  })
  test('a nested transaction that nobody waits for and that does not end: the outer one is not committed over it', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    let nested: Promise<E.Either<unknown, unknown>> | undefined
    const outer = await s.run(
      Program.transaction()<Program.Db, unknown, unknown>(env => async () => {
        nested = Program.transaction()<Program.Db, unknown, unknown>(inner => async () => {
          await C.run(C.insert(things)(row(30)))(inner)()
          await held
          return E.left('undo the inner one')
        })(env)()
        await new Promise(resolve => setTimeout(resolve, 20))
        return E.right('done')
      }),
    )
    release()
    const inner = await nested
    assert.ok(inner !== undefined && E.isLeft(inner))
    assert.is(await s.right(Q.count(all)), 2, `the outer one answered ${JSON.stringify(outer)}`)
  })
  test('the runner, after it is closed; closed twice', async () => {
    const cursor = ((await cursorOf(s)) as any).right
    await cursor.next()
    let tx: Program.Db | undefined
    await s.right(
      Program.transaction()<Program.Db, DbError, void>(env => async () => {
        tx = env
        return E.right(undefined)
      }),
    )
    const { db } = s
    const [first, second] = await Promise.all([s.close(), db.close()])
    assert.equal([first, second], [E.right(undefined), E.right(undefined)])
    assert.equal(await db.close(), E.right(undefined))
    let called = false
    for (const program of [
      Q.all(all),
      C.run(C.insert(things)(row(9))),
      createAll(schema({ things })),
      Q.foldChunks(0, n => n)(all),
      Program.transaction()<Program.Db, DbError, void>(() => async () => {
        called = true
        return E.right(undefined)
      }),
    ]) {
      const answer = await (program as Program.Program<Program.Db, DbError, unknown>)({ db })()
      assert.ok(E.isLeft(answer) && answer.left._tag === 'Closed', JSON.stringify(answer))
      if (E.isLeft(answer) && answer.left._tag === 'Closed') assert.is(answer.left.what, 'interpreter')
    }
    assert.not(called)
    for await (const item of Q.stream(all)({ db })) assert.is(E.isLeft(item) && item.left._tag, 'Closed')
    const late = await cursor.next()
    assert.is(late.left._tag, 'Closed')
    assert.equal(await cursor.close(), E.right(undefined))
    const dead = await Q.all(all)(tx as Program.Db)()
    assert.is(E.isLeft(dead) && dead.left._tag, 'Closed')
  })
  test.run()
}

for (const engine of engines) ends(engine)
