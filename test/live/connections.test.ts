/**
 * Events in the life of a connection other than network cuts (see cuts): requests to cancel, raw statements that end the enclosing
 * transaction, streams that are not read to the end, servers that do not reply, and reconnecting.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { createConnection } from 'mysql2/promise'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { eq, raw as rawExpr } from '../../lib/Expr.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { mysql } from '../../lib/run/mysql.js'
import type { PoolOptions } from '../../lib/run/pool/PoolOptions.js'
import { postgres } from '../../lib/run/postgres.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import { suite } from '../suite.js'
import { addressOf, type ServerName, servers } from './addresses.js'
import { type FaultProxy, faultProxy } from './faultProxy.js'
import { statement, template } from './rawText.js'

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const rows = table('connection_row', { id: int, word: text }, { primaryKey: ['id'] })
const all = Q.from(rows)
const MANY = 20_000

const right = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const answer = await task()
  assert.ok(E.isRight(answer), E.isLeft(answer) ? `expected success, got ${JSON.stringify(answer.left)}` : '')
  return (answer as E.Right<A>).right
}
const tagOf = (answer: E.Either<unknown, unknown>): string => (E.isRight(answer) ? 'Right' : (answer.left as DbError)._tag)
const ask = (sql: string) => Program.raw({ n: int })(template(sql))

const connections = (name: ServerName): void => {
  const test = suite(`connections on ${name}`)
  const url = addressOf(name) as string
  const isPostgres = name === 'postgres'
  const open = (options: PoolOptions & { readonly url?: string } = {}): TaskEither<DbError, Runner> =>
    isPostgres ? postgres({ url, ...options }) : mysql({ url, ...options })
  const { hostname, port } = new URL(url)
  const through = (proxy: FaultProxy): string => {
    const there = new URL(url)
    there.hostname = '127.0.0.1'
    there.port = String(proxy.port)
    return there.href
  }
  /** Statements that a prepared one can't be, on a connection of the driver's own. */
  const directly = async (statements: readonly string[]): Promise<void> => {
    if (isPostgres) {
      for (const sql of statements) await right(statement(sql)({ db }))
      return
    }
    const connection = await createConnection(url.replace(/^mariadb/, 'mysql'))
    for (const sql of statements) await connection.query(sql)
    await connection.end()
  }
  const endless = ask(isPostgres ? 'SELECT 1 AS n FROM pg_sleep(20)' : 'SELECT sleep(20)')
  const nap = (seconds: number) => ask(isPostgres ? `SELECT 1 AS n FROM pg_sleep(${seconds})` : `SELECT sleep(${seconds})`)
  let db: Runner

  test.before(async () => {
    db = await right(open({ max: 4 }))
    await dropAll(schema({ rows }))({ db })()
    await right(createAll(schema({ rows }))({ db }))
    await right(C.run(C.insertMany(rows)(Array.from({ length: MANY }, (_, id) => ({ id, word: `row ${id}` }))))({ db }))
  })
  test.after(async () => {
    await right(dropAll(schema({ rows }))({ db }))
    await right(db.close)
  })

  test('a request to cancel that comes as its statement ends hits no other statement', async () => {
    const own = await right(open({ max: 1 }))
    const seen = new Map<string, number>()
    for (let i = 0; i < 36; i += 1) {
      const giving = new AbortController()
      const mine = nap(0.01)({ db: abortable(giving.signal)(own) })()
      const other = nap(0.005)({ db: own })()
      setTimeout(() => giving.abort(), 6 + (i % 12) * 0.5)
      const answers = await Promise.all([mine, other])
      assert.ok(['Right', 'Cancelled'].includes(tagOf(answers[0])), tagOf(answers[0]))
      assert.is(tagOf(answers[1]), 'Right')
      seen.set(tagOf(answers[0]), (seen.get(tagOf(answers[0])) ?? 0) + 1)
    }
    await right(own.close)
  })

  test('the same in a transaction, whose next statement is not touched', async () => {
    const own = await right(open({ max: 1 }))
    for (let i = 0; i < 24; i += 1) {
      const giving = new AbortController()
      const answer = await Program.transaction()<Program.Db, DbError, number>(({ db: tx }) => async () => {
        setTimeout(() => giving.abort(), 6 + (i % 12) * 0.5)
        const first = await nap(0.01)({ db: abortable(giving.signal)(tx) })()
        if (E.isLeft(first)) return first
        const second = await nap(0.005)({ db: tx })()
        return E.isLeft(second) ? E.left({ ...second.left, message: `the second: ${second.left.message}` }) : E.right(1)
      })({ db: own })()
      assert.ok(E.isRight(answer) || answer.left._tag === 'Cancelled', JSON.stringify(answer))
    }
    await right(own.close)
  })

  test('a request to cancel that can not be made: the connection is cut, the process lives, the pool goes on', async () => {
    const proxy = await faultProxy(hostname, Number(port))
    const own = await right(open({ max: 1, url: through(proxy) }))
    for (const mode of ['slam', 'mute'] as const) {
      const giving = new AbortController()
      const pending = endless({ db: abortable(giving.signal)(own) })()
      await wait(200)
      proxy.mode(mode)
      const started = performance.now()
      giving.abort()
      const answer = await pending
      // a raw statement may have written
      assert.is(tagOf(answer), 'OutcomeUnknown')
      assert.ok(performance.now() - started < 8_000, `${mode}: ended after ${performance.now() - started} ms`)
      proxy.mode('pass')
      for (let n = 0; n < 50 && E.isLeft(await Q.count(all)({ db: own })()); n += 1) await wait(50)
      assert.is(await right(Q.count(all)({ db: own })), MANY)
    }
    await right(own.close)
    await proxy.close()
  })

  test('a lost reply: unknown of what may have been committed by itself, and of nothing else', async () => {
    const proxy = await faultProxy(hostname, Number(port))
    const own = await right(open({ max: 1, url: through(proxy) }))
    const later = table('connection_later', { id: int })
    const lose = (): void => proxy.arm({ connection: 'any', direction: 'toClient', byte: 0, action: 'reset' })
    const withRaw = Q.map((r: { id: any }) => ({ id: r.id, n: rawExpr(int)`1 + 1` }))(Q.limit(1)(all))
    const update = C.run(C.update(rows)({ word: 'lost' }, r => eq(r.id, 7)))
    const inside = (what: (tx: Program.Db) => TaskEither<DbError, unknown>) =>
      Program.transaction()<Program.Db, DbError, unknown>(tx => async () => {
        const done = await what(tx)()
        // the next reply is that of COMMIT
        lose()
        return done
      })
    const cases: readonly (readonly [string, Program.Program<Program.Db, DbError, unknown>, string, 'now' | 'at COMMIT'])[] = [
      ['a query', Q.all(Q.limit(1)(all)), 'ConnectionError', 'now'],
      ['a query with raw text', Q.all(withRaw), 'OutcomeUnknown', 'now'],
      ['an update', update, 'OutcomeUnknown', 'now'],
      ['a raw statement', statement('SELECT 1'), 'OutcomeUnknown', 'now'],
      // in a transaction where definitions have one: there it is the reply to BEGIN
      ['a definition', createAll(schema({ later })), isPostgres ? 'ConnectionError' : 'OutcomeUnknown', 'now'],
      ['a transaction, at its begin', Program.transaction()(update), 'ConnectionError', 'now'],
      ['COMMIT after a query', inside(Q.all(Q.limit(1)(all))), 'ConnectionError', 'at COMMIT'],
      ['COMMIT after nothing', inside(() => async () => E.right(0)), 'ConnectionError', 'at COMMIT'],
      ['COMMIT after a query with raw text', inside(Q.all(withRaw)), 'OutcomeUnknown', 'at COMMIT'],
      ['COMMIT after an update', inside(update), 'OutcomeUnknown', 'at COMMIT'],
      ['COMMIT after an update that was undone by itself', inside(Program.attempt(update)), 'OutcomeUnknown', 'at COMMIT'],
    ]
    for (const [what, program, tag, when] of cases) {
      await right(Q.count(all)({ db: own }))
      if (when === 'now') lose()
      assert.is(tagOf(await program({ db: own })()), tag, what)
      proxy.disarm()
      // the connection is not lent again
      await right(Q.count(all)({ db: own }))
    }
    await right(own.close)
    await proxy.close()
    await dropAll(schema({ later }))({ db })()
  })

  test('a signal that a hundred statements wait for has one listener', async () => {
    const giving = new AbortController()
    const own = abortable(giving.signal)(db)
    const answers = await Promise.all(Array.from({ length: 100 }, () => Q.count(all)({ db: own })()))
    assert.ok(answers.every(E.isRight))
    const late = Array.from({ length: 50 }, () => nap(0.2)({ db: own })())
    setTimeout(() => giving.abort(), 20)
    const tags = new Set((await Promise.all(late)).map(tagOf))
    // each of ten requests at once may take MariaDB 2 s: one that is not made in 4 s cuts the connection of its raw statement
    const fit = ['Right', 'Cancelled', ...(name === 'mariadb' ? ['OutcomeUnknown'] : [])]
    assert.ok(
      [...tags].every(tag => fit.includes(tag)),
      [...tags].join(' '),
    )
  })

  test('a raw statement that ends the transaction it runs in is an error, and its connection is not used again', async () => {
    const own = await right(open({ max: 1 }))
    const me = ask(isPostgres ? 'SELECT pg_backend_pid()' : 'SELECT connection_id()')
    const procedures = isPostgres
      ? ['CREATE OR REPLACE PROCEDURE connection_ends() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$']
      : [
          'DROP PROCEDURE IF EXISTS connection_ends',
          'DROP PROCEDURE IF EXISTS connection_begins_again',
          'CREATE PROCEDURE connection_ends() COMMIT',
          'CREATE PROCEDURE connection_begins_again() BEGIN COMMIT; START TRANSACTION; END',
        ]
    await directly(procedures)
    const statements = isPostgres
      ? ['CALL connection_ends()', 'DO $$ BEGIN COMMIT; END $$']
      : [
          'CALL connection_ends()',
          '/* a comment */ CALL connection_begins_again()',
          'CREATE TABLE connection_ddl (id int)',
          'DROP TABLE IF EXISTS connection_ddl',
        ]
    for (const sql of statements) {
      const [before] = await right(me({ db: own }))
      const answer = await Program.transaction()<Program.Db, DbError, unknown>(tx => async () => {
        await right(C.run(C.update(rows)({ word: 'before' }, r => eq(r.id, 1)))(tx))
        const ended = await statement(sql)(tx)()
        assert.is(tagOf(ended), 'DatabaseError', sql)
        const after = await C.run(C.update(rows)({ word: 'after' }, r => eq(r.id, 2)))(tx)()
        assert.is(tagOf(after), 'TransactionAborted', sql)
        return E.isLeft(ended) ? ended : E.right(1)
      })({ db: own })()
      assert.is(tagOf(answer), 'DatabaseError', sql)
      const [after] = await right(me({ db: own }))
      if (!isPostgres) assert.is.not(before?.n, after?.n, sql)
      assert.is((await right(Q.all(Q.where((r: { id: any }) => eq(r.id, 2))(all))({ db: own })))[0]?.word, 'row 2', sql)
    }
    // what is harmless goes on
    await right(
      Program.transaction()<Program.Db, DbError, unknown>(tx => async () => {
        await right(statement('SELECT 1')(tx))
        await right(statement(isPostgres ? 'DO $$ BEGIN PERFORM 1; END $$' : 'DO 1')(tx))
        return Q.count(all)(tx)()
      })({ db: own }),
    )
    await directly(['DROP PROCEDURE connection_ends', ...(isPostgres ? [] : ['DROP PROCEDURE connection_begins_again'])])
    await right(own.close)
  })

  test('a transaction that a raw statement leaves open is undone', async () => {
    const own = await right(open({ max: 1 }))
    if (!isPostgres) {
      await directly([
        'DROP PROCEDURE IF EXISTS connection_opens',
        'DROP PROCEDURE IF EXISTS connection_collects',
        'CREATE PROCEDURE connection_opens() START TRANSACTION',
        'CREATE PROCEDURE connection_collects() SET autocommit = 0',
      ])
      await right(statement('CALL connection_opens()')({ db: own }))
      await right(C.run(C.update(rows)({ word: 'kept' }, r => eq(r.id, 3)))({ db: own }))
      await right(statement('CALL connection_collects()')({ db: own }))
      await right(C.run(C.update(rows)({ word: 'kept' }, r => eq(r.id, 4)))({ db: own }))
      await directly(['DROP PROCEDURE connection_opens', 'DROP PROCEDURE connection_collects'])
      const kept = await right(Q.all(Q.where((r: { word: any }) => eq(r.word, 'kept'))(all))({ db }))
      assert.is(kept.length, 2)
    }
    await right(own.close)
  })

  test('leaving a stream in a transaction reads nothing into memory, and the transaction goes on', async () => {
    // some millions of rows, which are not all read
    const cross = Q.flatMap(() => all)(Q.limit(500)(all))
    const used = async (): Promise<number> => {
      globalThis.gc?.()
      return process.memoryUsage().heapUsed / 2 ** 20
    }
    const before = await used()
    let most = 0
    const started = performance.now()
    await right(
      Program.transaction()<Program.Db, DbError, unknown>(tx => async () => {
        await right(C.run(C.update(rows)({ word: 'streamed' }, r => eq(r.id, 5)))(tx))
        const watch = setInterval(() => {
          most = Math.max(most, process.memoryUsage().heapUsed / 2 ** 20)
        }, 5)
        for await (const answer of Q.stream(cross)(tx)) {
          assert.ok(E.isRight(answer as E.Either<unknown, unknown>) || answer !== null)
          break
        }
        clearInterval(watch)
        return Q.count(all)(tx)()
      })({ db }),
    )
    const seconds = (performance.now() - started) / 1000
    assert.ok(most - before < 96, `${(most - before).toFixed(0)} MiB`)
    assert.ok(seconds < 30, `${seconds.toFixed(1)} s for the rest of ${MANY * 500} rows`)
    assert.is((await right(Q.all(Q.where((r: { id: any }) => eq(r.id, 5))(all))({ db })))[0]?.word, 'streamed')
  })

  test('a silent server is found by a look from another connection; one that works on is waited for', async () => {
    const proxy = await faultProxy(hostname, Number(port))
    const own = await right(open({ max: 1, url: through(proxy), lookAfter: 400 }))
    await right(nap(1.2)({ db: own }))
    await right(Q.count(all)({ db: own }))
    const silent = async (what: (db: Interpreter<SqlOp>) => TaskEither<DbError, unknown>, tags: readonly string[]): Promise<void> => {
      await right(Q.count(all)({ db: own }))
      const opened = proxy.links.length
      proxy.arm({ connection: 'any', direction: 'toClient', byte: 0, action: 'silence' })
      const started = performance.now()
      const answer = await what(own)()
      // on a busy machine it may have been a look that met with silence
      const isMeant = (proxy.struck()?.link ?? opened) < opened
      if (!isMeant) return silent(what, tags)
      assert.ok(tags.includes(tagOf(answer)), tagOf(answer))
      assert.ok(performance.now() - started < 6_000, `found after ${performance.now() - started} ms`)
    }
    await silent(d => Q.count(all)({ db: d }), ['ConnectionError'])
    await silent(d => C.run(C.update(rows)({ word: 'x' }, r => eq(r.id, 6)))({ db: d }), ['OutcomeUnknown'])
    await right(own.close)
    await proxy.close()
  })

  test('a server that can not be reached is asked at a pace; a failure is told to all who wait, and nothing is tried after close', async () => {
    const proxy = await faultProxy(hostname, Number(port))
    const own = await right(open({ max: 4, url: through(proxy), acquireTimeout: 2_000 }))
    proxy.mode('slam')
    // the connections that are there end, too
    await Promise.all(Array.from({ length: 4 }, () => nap(0)({ db: own })()))
    const killed = proxy.serverPorts()
    assert.ok(killed.length > 0)
    const before = proxy.accepted.length
    const end = performance.now() + 3_000
    let answers = 0
    const client = async (): Promise<void> => {
      while (performance.now() < end) {
        const answer = await statement(isPostgres ? 'SELECT pg_terminate_backend(pg_backend_pid())' : 'KILL CONNECTION_ID()')({ db: own })()
        if (E.isLeft(answer)) answers += 1
      }
    }
    await Promise.all(Array.from({ length: 20 }, client))
    const attempts = proxy.accepted.slice(before)
    assert.ok(answers > 0)
    assert.ok(attempts.length < 40, `${attempts.length} attempts in 3 seconds`)
    const last = proxy.accepted.length
    const waiting = Array.from({ length: 20 }, () => Q.count(all)({ db: own })())
    await right(own.close)
    const tags = new Set((await Promise.all(waiting)).map(tagOf))
    assert.ok(
      [...tags].every(tag => tag === 'Closed' || tag === 'ConnectionError'),
      [...tags].join(' '),
    )
    const closedWith = proxy.accepted.length
    await wait(1_500)
    assert.is(proxy.accepted.length, closedWith, 'attempts after close')
    assert.ok(closedWith - last <= 4)
    await proxy.close()
  })

  test('the time to connect that an address gives is the limit of opening', async () => {
    const proxy = await faultProxy(hostname, Number(port))
    proxy.mode('mute')
    const silent = `${through(proxy)}?${isPostgres ? 'connect_timeout' : 'connect-timeout'}=1`
    const began = performance.now()
    assert.is(tagOf(await open({ max: 1, url: silent })()), 'ConnectionError')
    const took = performance.now() - began
    assert.ok(took >= 900 && took < 3_000, `${took.toFixed(0)} ms`)
    await proxy.close()
  })

  test.run()
}

for (const name of servers) connections(name)
