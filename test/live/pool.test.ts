/**
 * The connection pool of each server: every option does what it promises, observed from the server.
 *
 * Connections are counted, identified and killed by an administrator on the same database. After each test the pool still lends every one
 * of its connections: none was left busy by a failure, a rejection or a guard.
 */
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { createConnection } from 'mysql2/promise'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { eq, plus, raw as rawExpr } from '../../lib/Expr.js'
import type { Cursor, Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { type MysqlOptions, mysql } from '../../lib/run/mysql.js'
import type { PoolOptions } from '../../lib/run/pool/PoolOptions.js'
import { type PostgresOptions, postgres } from '../../lib/run/postgres.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import { suite } from '../suite.js'
import { addressOf, type ServerName, servers } from './addresses.js'
import { statement, template } from './rawText.js'
import { onServer, processList } from './servers.js'

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const notes = table('pool_note', { id: int, body: text }, { primaryKey: ['id'] })
const counters = table('pool_counter', { id: int, n: int }, { primaryKey: ['id'] })
const all = Q.from(notes)

const raw = (sql: string) => Program.raw({ n: int })(template(sql))

type Task<A> = TaskEither<unknown, A>

const right = async <A>(task: Task<A>): Promise<A> => {
  const answer = await task()
  assert.ok(E.isRight(answer), E.isLeft(answer) ? `expected success, got ${JSON.stringify(answer.left)}` : '')
  return (answer as E.Right<A>).right
}
const left = async <T extends DbError['_tag']>(tag: T, task: Task<unknown>): Promise<Extract<DbError, { readonly _tag: T }>> => {
  const answer = await task()
  assert.ok(E.isLeft(answer), `expected ${tag}, got ${JSON.stringify(answer)}`)
  const error = (answer as E.Left<any>).left
  assert.is(error?._tag, tag, error?.message)
  return error
}
const timed = async <A>(f: () => Promise<A>): Promise<readonly [A, number]> => {
  const started = performance.now()
  const a = await f()
  return [a, performance.now() - started]
}
const inTransaction =
  <A>(db: Interpreter<SqlOp>, body: (tx: Program.Db) => Promise<E.Either<DbError, A>>): TaskEither<DbError, A> =>
  () =>
    Program.transaction()<Program.Db, DbError, A>(tx => () => body(tx))({ db })()

/** A path to a server that can be cut silently. */
const throughProxy = async (url: string) => {
  const to = new URL(url)
  const sockets = new Set<Socket>()
  const server: Server = createServer(client => {
    const far = dial(Number(to.port), to.hostname)
    for (const s of [client, far]) {
      sockets.add(s)
      s.on('error', () => undefined)
      s.on('close', () => sockets.delete(s))
    }
    client.pipe(far)
    far.pipe(client)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    /** Open connections receive nothing any more; later connections do. */
    silence: () => {
      for (const s of sockets) s.unpipe().pause()
    },
    close: () => {
      for (const s of sockets) s.destroy()
      server.close()
    },
  }
}

const pools = (name: ServerName): void => {
  const test = suite(`pool on ${name}`)
  const isPostgres = name === 'postgres'
  let admin: Runner
  let url: string
  const opening = (options: MysqlOptions & PostgresOptions): TaskEither<DbError, Runner> =>
    isPostgres ? postgres(options) : mysql(options as MysqlOptions)
  /** Runs something over a pool, and sees at its end that every connection can be had. */
  const using = async (options: PoolOptions & { readonly url?: string }, f: (db: Runner) => Promise<void>): Promise<void> => {
    const db = await right(opening({ url, max: 2, ...options }))
    try {
      await f(db)
      await lendsAll(db, options.max ?? 2)
    } finally {
      await right(db.close)
    }
  }
  const lendsAll = async (db: Runner, max: number): Promise<void> => {
    let inside = 0
    const one = inTransaction(db, async () => {
      inside += 1
      for (let i = 0; inside < max && i < 400; i += 1) await wait(5)
      return E.right(undefined)
    })
    for (const answer of await Promise.all(Array.from({ length: max }, one))) assert.ok(E.isRight(answer), JSON.stringify(answer))
    assert.is(inside, max, 'a connection is still busy')
  }
  /** A query of the library's own kind that takes some time. */
  const slowRead = (seconds: number) =>
    Q.all(Q.of({ n: rawExpr(int)(template(isPostgres ? `(SELECT 1 FROM pg_sleep(${seconds}))` : `sleep(${seconds})`)) }))
  const me = isPostgres ? raw('SELECT pg_backend_pid()') : raw('SELECT connection_id()')
  const kill = (id: number) => (isPostgres ? raw(`SELECT 1 FROM pg_terminate_backend(${id})`) : statement(`KILL ${id}`))
  const connections = async (): Promise<number> => {
    const [row] = await right(
      (isPostgres
        ? raw('SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
        : raw(`SELECT count(*) FROM ${processList(name)} WHERE db = database() AND id <> connection_id()`))({ db: admin }),
    )
    return row?.n ?? -1
  }
  const pid = async (db: Interpreter<SqlOp>): Promise<number> => (await right(me({ db })))[0]?.n ?? -1
  const insert = (id: number, body = '') => C.run(C.insert(notes)({ id, body }))
  const ids = async (): Promise<readonly number[]> => (await right(Q.all(all)({ db: admin }))).map(r => r.id).sort((a, b) => a - b)

  test.before(async () => {
    admin = await right(onServer(name, { max: 1 }))
    await right(createAll(schema({ notes, counters }))({ db: admin }))
    const here = Program.raw({ n: text })(template(isPostgres ? 'SELECT current_database()::text' : 'SELECT database()'))
    const at = new URL(addressOf(name) as string)
    at.pathname = `/${(await right(here({ db: admin })))[0]?.n}`
    url = at.href
  })
  test.before.each(async () => {
    await right(C.run(C.delete(notes)(C.everywhere))({ db: admin }))
  })
  test.after(async () => {
    await right(admin.close)
  })

  test('max: so many connections and no more, for transactions, reads, writes and cursors', async () => {
    await using({ max: 3 }, async db => {
      let most = 0
      const seen = async (): Promise<void> => {
        most = Math.max(most, await connections())
      }
      const tasks: readonly Promise<E.Either<unknown, unknown>>[] = [
        ...Array.from({ length: 8 }, (_, i) =>
          inTransaction(db, async tx => {
            const done = await insert(i)(tx)()
            await wait(20)
            await seen()
            return done
          })(),
        ),
        ...Array.from({ length: 40 }, () => Q.all(all)({ db })()),
        ...Array.from({ length: 8 }, (_, i) => insert(100 + i)({ db })()),
        ...Array.from({ length: 8 }, () => Q.foldChunks(0, n => n, { size: 1 })(all)({ db })()),
      ]
      for (const answer of await Promise.all(tasks)) assert.ok(E.isRight(answer), JSON.stringify(answer))
      assert.is(most, 3)
    })
    assert.is((await ids()).length, 16)
  })

  test('prePing: a connection that was ended behind the back is replaced before anything is sent', async () => {
    await using({ max: 1, prePing: true }, async db => {
      const seen = new Set<number>()
      for (let i = 0; i < 5; i += 1) {
        const id = await pid(db)
        seen.add(id)
        await kill(id)({ db: admin })()
        await right(insert(i)({ db }))
      }
      assert.is(seen.size, 5)
    })
    assert.equal(await ids(), [0, 1, 2, 3, 4])
  })

  test('prePing: nor does one that has fallen silent hold the pool up for ever', async () => {
    const proxy = await throughProxy(url)
    try {
      await using({ url: proxy.url, max: 1, prePing: true, acquireTimeout: 500 }, async db => {
        await right(Q.all(all)({ db }))
        proxy.silence()
        const [first, took] = await timed(Q.all(all)({ db }))
        if (E.isLeft(first)) assert.is(first.left._tag, 'Timeout')
        assert.ok(took < 1_500, `${took} ms`)
        await wait(200)
        await right(Q.all(all)({ db }))
      })
    } finally {
      proxy.close()
    }
  })

  test('recycle: a connection older than that is not lent again', async () => {
    await using({ max: 1, recycle: 0.4 }, async db => {
      const first = await pid(db)
      assert.is(await pid(db), first)
      await wait(500)
      const second = await pid(db)
      assert.is.not(second, first)
      assert.is(await pid(db), second)
    })
    await using({ max: 1 }, async db => {
      const first = await pid(db)
      await wait(300)
      assert.is(await pid(db), first)
    })
  })

  test('idleTimeout: what nobody uses is closed, and opened again when it is asked for', async () => {
    await using({ max: 3, idleTimeout: 100 }, async db => {
      await lendsAll(db, 3)
      assert.is(await connections(), 3)
      const started = performance.now()
      while ((await connections()) > 0) {
        assert.ok(performance.now() - started < 3_000, 'still open')
        await wait(50)
      }
      assert.equal(await right(Q.all(all)({ db })), [])
    })
  })

  test('acquireTimeout: who waits longer for a connection is told so, in time, whatever was asked for', async () => {
    await using({ max: 1, acquireTimeout: 200 }, async db => {
      await right(
        inTransaction(db, async () => {
          const asked: readonly Task<unknown>[] = [
            Q.all(all)({ db }),
            insert(1)({ db }),
            me({ db }),
            Q.foldChunks(0, n => n)(all)({ db }),
            inTransaction(db, async () => E.right(1)),
          ]
          for (const task of asked) {
            const [error, took] = await timed(() => left('Timeout', task))
            assert.is(error.milliseconds, 200)
            assert.match(error.message, /waiting for a connection/)
            assert.ok(took > 150 && took < 1_500, `${took} ms`)
          }
          return E.right(1)
        }),
      )
    })
    assert.equal(await ids(), [])
  })

  test('statementTimeout: of a read, a write, a statement of ones own, a transaction, a stream; the connection goes on', async () => {
    const slow = isPostgres
      ? raw('SELECT count(*)::int FROM generate_series(1, 300000000)')
      : raw(
          'SELECT count(*) FROM information_schema.collations a, information_schema.collations b, information_schema.collations c, information_schema.collations d WHERE a.id + b.id + c.id + d.id = 1',
        )
    await using({ max: 1, statementTimeout: 250 }, async db => {
      const [error, took] = await timed(() => left('Timeout', slow({ db })))
      assert.is(error.milliseconds, 250)
      assert.ok(took < 2_000, `${took} ms`)
      await right(insert(1)({ db }))
      await left(
        'Timeout',
        inTransaction(db, async tx => {
          await right(insert(2)(tx))
          return slow(tx)()
        }),
      )
      await right(insert(3)({ db }))
    })
    assert.equal(await ids(), [1, 3])
    // a write that waits for a lock
    await right(
      inTransaction(admin, async tx => {
        await right(C.run(C.update(notes)({ body: 'held' }, x => eq(x.id, 1)))(tx))
        await using({ max: 1, statementTimeout: 250 }, async db => {
          const other = C.update(notes)({ body: 'other' }, x => eq(x.id, 1))
          const answering = pipe(
            other,
            C.returning(x => x.body),
          )
          for (const write of [C.run(other), C.run(answering)]) {
            const [, took] = await timed(() => left('Timeout', (write as Program.Program<Program.Db, DbError, unknown>)({ db })))
            assert.ok(took < 2_500, `${took} ms`)
          }
        })
        return E.right(1)
      }),
    )
  })

  test('statementTimeout is for each statement: many reads on one connection may take longer together', async () => {
    await using({ max: 1, statementTimeout: 400, acquireTimeout: 20_000 }, async db => {
      const first = slowRead(0.2)({ db })()
      await wait(20)
      const answers = await Promise.all([first, ...Array.from({ length: 13 }, () => slowRead(0.2)({ db })())])
      for (const answer of answers) assert.ok(E.isRight(answer), JSON.stringify(answer))
    })
  })

  test('a write is not overtaken for ever by readers that never stop', async () => {
    await using({ max: 1, acquireTimeout: 3_000 }, async db => {
      let reading = true
      let reads = 0
      const reader = async (): Promise<void> => {
        while (reading) {
          await right(slowRead(0.02)({ db }))
          reads += 1
        }
      }
      const readers = Array.from({ length: 6 }, reader)
      await wait(50)
      const before = reads
      for (let i = 0; i < 5; i += 1) await right(insert(i)({ db }))
      assert.ok(reads > before, 'and they read on meanwhile')
      reading = false
      await Promise.all(readers)
    })
    assert.equal(await ids(), [0, 1, 2, 3, 4])
  })

  test('who gives a read up takes no other read with it', async () => {
    await using({ max: 1 }, async db => {
      const giving = new AbortController()
      const others = [slowRead(0.3)({ db })()]
      await wait(20)
      others.push(slowRead(0.3)({ db })())
      const given = slowRead(0.3)({ db: abortable(giving.signal)(db) })()
      const after = slowRead(0.3)({ db })()
      setTimeout(() => giving.abort(), 100)
      for (const answer of await Promise.all([...others, after])) assert.ok(E.isRight(answer), JSON.stringify(answer))
      assert.ok(E.isLeft(await given) && ((await given) as E.Left<DbError>).left._tag === 'Cancelled', JSON.stringify(await given))
    })
  })

  test('who gives up while waiting for a connection: nothing is sent', async () => {
    await using({ max: 1 }, async db => {
      const giving = new AbortController()
      const given = abortable(giving.signal)(db)
      let waiting: readonly Promise<E.Either<unknown, unknown>>[] = []
      await right(
        inTransaction(db, async () => {
          waiting = [insert(1)({ db: given })(), slowRead(3)({ db: given })(), inTransaction(given, async tx => insert(2)(tx)())()]
          await wait(20)
          giving.abort()
          return E.right(1)
        }),
      )
      const [answers, took] = await timed(() => Promise.all(waiting))
      for (const answer of answers) assert.ok(E.isLeft(answer) && (answer.left as DbError)._tag === 'Cancelled', JSON.stringify(answer))
      assert.ok(took < 1_500, `${took} ms`)
    })
    assert.equal(await ids(), [])
  })

  /** Statements of ones own that leave a transaction open, which no text tells. Postgres has none. */
  const leaves: readonly (readonly [string, readonly string[]])[] = isPostgres
    ? []
    : [
        ['a procedure', ['CALL pool_leaves()']],
        ['no commit of its own', ['CALL pool_collects()']],
        ['no commit of its own, and a write', ['CALL pool_collects()', "INSERT INTO pool_note VALUES (1, '')"]],
      ]
  test('transactionGuard: statements that leave a transaction open', async () => {
    if (!isPostgres) {
      // a definition of a procedure can't be prepared
      const direct = await createConnection(url.replace(/^mariadb/, 'mysql'))
      await direct.query("CREATE PROCEDURE pool_leaves() BEGIN START TRANSACTION; INSERT INTO pool_note VALUES (1, ''); END")
      await direct.query('CREATE PROCEDURE pool_collects() SET autocommit = 0')
      await direct.end()
    }
    for (const [what, statements] of leaves) {
      for (const guard of ['rollback', 'raise', 'discard', undefined] as const) {
        const said = `${what}, ${guard}`
        await using({ max: 1, ...(guard === undefined ? {} : { transactionGuard: guard }) }, async db => {
          const before = await pid(db)
          const answers: E.Either<DbError, unknown>[] = []
          for (const sql of statements) answers.push(await statement(sql)({ db })())
          const last = answers.at(-1) as E.Either<DbError, unknown>
          if (guard === 'raise' && statements.length === 1) {
            assert.ok(E.isLeft(last), said)
            assert.is(last.left._tag, 'DatabaseError', said)
            assert.match(last.left.message, /left a transaction open/, said)
          } else if (guard !== 'raise') assert.ok(E.isRight(last), `${said}: ${JSON.stringify(last)}`)
          const after = await pid(db)
          if (guard === 'discard') assert.is.not(after, before, said)
          // what is written next is there for all
          await right(insert(7)({ db }))
          assert.ok((await ids()).includes(7), `${said}: a write that was answered is not there`)
          await right(C.run(C.delete(notes)(C.everywhere))({ db: admin }))
        })
      }
    }
  })
  test('transactionGuard ignore: the transaction is left as it is', async () => {
    const [first] = leaves
    if (first === undefined) return
    const [, statements] = first
    const db = await right(opening({ url, max: 1, transactionGuard: 'ignore', idleTimeout: 5_000 }))
    const before = await pid(db)
    for (const sql of statements) await right(statement(sql)({ db }))
    await right(insert(7)({ db }))
    assert.is(await pid(db), before)
    assert.equal(await ids(), [])
    assert.ok((await right(Q.all(all)({ db }))).some(r => r.id === 7))
    await right(db.close)
    await wait(50)
    assert.equal(await ids(), [])
  })
  test('transactionGuard: text that begins or ends a transaction by its first word is refused', async () => {
    await using({ max: 1 }, async db => {
      const own = isPostgres
        ? ['ABORT', 'END', '-- a word\rBEGIN']
        : ['SET autocommit = 0', '/*!50000 BEGIN*/', '# a word\nSTART TRANSACTION', "XA START 'pool'"]
      for (const sql of ['BEGIN', ' start transaction', '/* a */ COMMIT', '-- a\nROLLBACK', ';SAVEPOINT a', ...own])
        await left('ValidationError', statement(sql)({ db }))
    })
  })
  test('a statement that ends its own connection', async () => {
    await using({ max: 1 }, async db => {
      const sql = isPostgres ? 'SELECT pg_terminate_backend(pg_backend_pid())' : 'KILL CONNECTION_ID()'
      const answer = await statement(sql)({ db })()
      if (E.isLeft(answer))
        assert.ok(['ConnectionError', 'OutcomeUnknown', 'DatabaseError', 'Timeout'].includes(answer.left._tag), JSON.stringify(answer.left))
      await right(insert(1)({ db }))
    })
    assert.equal(await ids(), [1])
  })

  test('where to connect to: a url, options, options over a url, variables of the environment', async () => {
    const at = new URL(url)
    const parts = { host: at.hostname, port: Number(at.port), user: at.username, password: at.password, database: at.pathname.slice(1) }
    const reaches = async (options: MysqlOptions & PostgresOptions): Promise<void> => {
      const db = await right(opening(options))
      const here = Program.raw({ n: text })(template(isPostgres ? 'SELECT current_database()::text' : 'SELECT database()'))
      assert.is((await right(here({ db })))[0]?.n, parts.database)
      await right(db.close)
    }
    await reaches({ url })
    await reaches(parts)
    const elsewhere = new URL(url)
    elsewhere.pathname = '/nothing_here'
    await reaches({ url: elsewhere.href, database: parts.database })
    await left('ConnectionError', opening({ url: elsewhere.href }))
    const wrong = new URL(url)
    wrong.password = 'wrong'
    await reaches({ url: wrong.href, password: parts.password })
    await left('ConnectionError', opening({ url: wrong.href }))

    const names = ['POSTGRES_URL', 'DATABASE_URL', 'MYSQL_URL', 'MARIADB_URL', 'PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE']
    const kept = Object.fromEntries(names.map(n => [n, process.env[n]]))
    const among = async (variables: { readonly [n: string]: string }, f: () => Promise<unknown>): Promise<void> => {
      for (const n of names) delete process.env[n]
      Object.assign(process.env, variables)
      try {
        await f()
      } finally {
        for (const n of names) {
          delete process.env[n]
          if (kept[n] !== undefined) process.env[n] = kept[n]
        }
      }
    }
    const [first, second] = isPostgres ? ['POSTGRES_URL', 'DATABASE_URL'] : ['MYSQL_URL', 'MARIADB_URL']
    await among({ [first as string]: url }, () => reaches({}))
    await among({ [second as string]: url }, () => reaches({}))
    await among({ [first as string]: url, [second as string]: elsewhere.href }, () => reaches({}))
    await among({ [first as string]: elsewhere.href }, () => reaches({ url }))
    await among({ [first as string]: elsewhere.href }, () => reaches(parts))
    if (isPostgres) {
      const pg = {
        PGHOST: parts.host,
        PGPORT: String(parts.port),
        PGUSER: parts.user,
        PGPASSWORD: parts.password,
        PGDATABASE: parts.database,
      }
      await among(pg, () => reaches({}))
    }
  })
  test('an address or a number that can not be meant is an error, and never a rejection', async () => {
    for (const bad of ['', 'nowhere', 'http://', '://', `${url.split('://')[0]}://%@127.0.0.1:1/x`]) {
      const error = await opening({ url: bad, acquireTimeout: 1_000 })()
      assert.ok(E.isLeft(error), bad)
      assert.ok(['ConnectionError', 'ValidationError'].includes(error.left._tag), `${bad}: ${JSON.stringify(error.left)}`)
    }
    for (const max of [0, -1, 1.5, Number.NaN, '3' as never]) {
      const error = await opening({ url, max })()
      assert.ok(E.isLeft(error), `max ${max}`)
      assert.is(error.left._tag, 'ValidationError', `max ${max}: ${JSON.stringify(error.left)}`)
    }
  })

  test('close waits for what is under way, can be called again, and is the end', async () => {
    const db = await right(opening({ url, max: 2 }))
    const done: string[] = []
    const marked = <A>(what: string, a: Promise<A>): Promise<A> =>
      a.then(x => {
        done.push(what)
        return x
      })
    const reading = marked('read', slowRead(0.3)({ db })())
    const writing = marked(
      'write',
      inTransaction(db, async tx => {
        await right(insert(1)(tx))
        await wait(200)
        return insert(2)(tx)()
      })(),
    )
    await wait(50)
    const closing = db.close()
    const again = db.close()
    await left('Closed', Q.all(all)({ db }))
    assert.equal(await closing, E.right(undefined))
    assert.equal([...done].sort(), ['read', 'write'])
    assert.equal(await again, E.right(undefined))
    assert.equal(await db.close(), E.right(undefined))
    assert.ok(E.isRight(await reading) && E.isRight(await writing))
    assert.equal(await ids(), [1, 2])
    const late: readonly Task<unknown>[] = [
      Q.all(all)({ db }),
      insert(3)({ db }),
      me({ db }),
      Q.foldChunks(0, n => n)(all)({ db }),
      createAll(schema({ notes }))({ db }),
      inTransaction(db, async () => E.right(1)),
    ]
    for (const task of late) assert.is((await left('Closed', task)).what, 'interpreter')
    await wait(50)
    assert.is(await connections(), 0)
  })
  test('close ends cursors that were left open, and those that open just then, without waiting for them', async () => {
    await right(C.run(C.insertMany(notes)(Array.from({ length: 50 }, (_, id) => ({ id, body: '' }))))({ db: admin }))
    const open = (db: Runner) => db.perform<Cursor<unknown>>({ tag: 'cursor', query: all as never, size: 2 })
    const db = await right(opening({ url, max: 2, acquireTimeout: 5_000 }))
    const cursor = await right(open(db))
    await right(cursor.next)
    const opening_ = open(db)()
    const [, took] = await timed(() => right(db.close))
    assert.ok(took < 2_000, `${took} ms`)
    await left('Closed', cursor.next)
    const second = await opening_
    if (E.isRight(second)) await left('Closed', second.right.next)
    else assert.is(second.left._tag, 'Closed')
  })

  test('nested transactions, in sequence and in parallel: one after the other, each undone by itself', async () => {
    await using({ max: 2 }, async db => {
      let inside = 0
      const nested = (tx: Program.Db, id: number, fails: boolean) =>
        Program.attempt<Program.Db, DbError, number>(inner => async () => {
          inside += 1
          assert.is(inside, 1, 'two nested transactions at a time')
          await right(insert(id)(inner))
          await right(
            Program.attempt<Program.Db, string, never>(deep => async () => {
              await right(insert(id + 100)(deep))
              return E.left('undone')
            })(inner),
          )
          await wait(1)
          inside -= 1
          return fails ? E.left({ _tag: 'NoRow', message: 'undone on purpose' }) : E.right(id)
        })(tx)
      await right(
        inTransaction(db, async tx => {
          for (let id = 0; id < 6; id += 1) await right(nested(tx, id, id % 3 === 0))
          await Promise.all(Array.from({ length: 20 }, (_, i) => right(nested(tx, 10 + i, i % 2 === 0))))
          // statements between them are in turn too
          await Promise.all([right(nested(tx, 40, false)), right(insert(41)(tx)), right(nested(tx, 42, true)), right(Q.all(all)(tx))])
          return E.right(1)
        }),
      )
    })
    assert.equal(await ids(), [1, 2, 4, 5, ...Array.from({ length: 10 }, (_, i) => 11 + 2 * i), 40, 41])
  })
  test('many statements at once in a transaction are carried out one after the other, in order', async () => {
    await using({ max: 1 }, async db => {
      const seen = await right(
        inTransaction(db, async tx => {
          const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => [insert(i)(tx)(), Q.count(all)(tx)()] as const).flat())
          return E.right(answers.filter((_, i) => i % 2 === 1).map(a => (E.isRight(a) ? a.right : null)))
        }),
      )
      assert.equal(
        seen,
        Array.from({ length: 30 }, (_, i) => i + 1),
      )
    })
  })

  test('a body that rejects, throws, or answers nothing gives its connection back, and leaves no trace', async () => {
    await using({ max: 2 }, async db => {
      const bodies: readonly ((tx: Program.Db) => TaskEither<DbError, number>)[] = [
        tx => async () => {
          await insert(1)(tx)()
          throw new Error('mine')
        },
        tx => async () => {
          await insert(2)(tx)()
          return Promise.reject(null)
        },
        () => {
          throw new Error('mine')
        },
        tx => async () => {
          await insert(3)(tx)()
          return undefined as never
        },
        tx => async () => {
          // goes on after the end of the body
          void insert(4)(tx)()
          void Promise.resolve().then(() => insert(5)(tx)())
          throw new Error('mine')
        },
      ]
      for (let round = 0; round < 3; round += 1) {
        for (const body of bodies) {
          const error = await left('CallbackFailed', Program.transaction()(body)({ db }))
          assert.match(error.message, /body of a transaction/)
        }
      }
    })
    assert.equal(await ids(), [])
  })

  test('200 transactions at once over 4 connections: all of them happen', async () => {
    await right(C.run(C.insertMany(counters)(Array.from({ length: 8 }, (_, id) => ({ id, n: 0 }))))({ db: admin }))
    await using({ max: 4 }, async db => {
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          inTransaction(db, async tx => {
            const done = await C.run(
              C.update(counters)(
                x => ({ n: plus(x.n, 1) }),
                x => eq(x.id, i % 8),
              ),
            )(tx)()
            return E.isLeft(done) ? done : insert(i)(tx)()
          })(),
        ),
      )
      for (const answer of answers) assert.ok(E.isRight(answer), JSON.stringify(answer))
      assert.ok((await connections()) <= 4)
    })
    const counted = await right(Q.all(Q.from(counters))({ db: admin }))
    assert.equal(
      counted.map(c => c.n),
      [25, 25, 25, 25, 25, 25, 25, 25],
    )
    assert.is((await ids()).length, 200)
  })

  test.run()
}

for (const name of servers) pools(name)

/** A file without tests is no file of tests: what holds without a server. */
const none = suite('pool')
none('nobody there is an error, in time', async () => {
  for (const opening of [postgres({ host: '127.0.0.1', port: 1 }), mysql({ host: '127.0.0.1', port: 1 })]) {
    const [error, took] = await timed(() => left('ConnectionError', opening))
    assert.match(error.message, /nothing is listening/)
    assert.ok(took < 3_000, `${took} ms`)
  }
})
none.run()
