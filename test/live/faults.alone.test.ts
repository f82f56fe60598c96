/**
 * What servers do to their clients: refuse, stop, die, forget, block each other. On each available server.
 *
 * Each fault has a separate case of `DbError` within a time limit; the process lives, the pool recovers by itself, nothing is half
 * applied, and no connection is left on the server. Servers are killed through `npm run services`, so those parts need servers that it
 * has started. At the end a table shows fault, engine, error, and time to recover.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { eq, gte, minus, plus } from '../../lib/Expr.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { type MysqlOptions, mysql } from '../../lib/run/mysql.js'
import { postgres } from '../../lib/run/postgres.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import { note, suite } from '../suite.js'
import { addressOf, authority, type ServerName, servers } from './addresses.js'
import { faultProxy } from './faultProxy.js'
import { statement, template } from './rawText.js'
import { processList } from './servers.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const accounts = table('fault_account', { id: int, balance: int, note: text }, { primaryKey: ['id'] })
const bank = schema({ accounts })
const ACCOUNTS = 20
const TOTAL = ACCOUNTS * 100
const all = Q.from(accounts)

/** Whether `npm run services` has started this server, so that it may be killed. */
const isOurs = (name: ServerName): boolean => existsSync(join(root, '.services', `${name}.pid`))
const services = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('node', ['scripts/services.mjs', ...args], { cwd: root, encoding: 'utf8' })
  assert.is(status, 0, stderr)
}

interface Line {
  readonly fault: string
  readonly error: string
  readonly milliseconds: number
  readonly recovered: number | null
}

/** Minutes of work for MySQL and MariaDB, whose `sleep` returns normally when it is interrupted. */
const SLOW =
  'SELECT count(*) FROM information_schema.collations a, information_schema.collations b, information_schema.collations c, information_schema.collations d WHERE a.id + b.id + c.id + d.id = 1'

/** The greeting of MySQL and MariaDB; a bit of it (2048) tells a client whether there is TLS. */
const greeting = (): Buffer => {
  const number = (n: number, bytes: number): Buffer => {
    const b = Buffer.alloc(bytes)
    b.writeUIntLE(n, 0, bytes)
    return b
  }
  const capabilities = 0xf7ff // all but TLS
  const body = Buffer.concat([
    ...[Buffer.from([10]), Buffer.from('8.0.0\0'), number(1, 4), Buffer.from('12345678\0')],
    ...[number(capabilities, 2), Buffer.from([45]), number(2, 2), number(0x000f, 2), Buffer.from([21]), Buffer.alloc(10)],
    ...[Buffer.from('123456789012\0'), Buffer.from('mysql_native_password\0')],
  ])
  return Buffer.concat([number(body.length, 3), Buffer.from([0]), body])
}

/** A server that has no TLS: its address, and all that it has heard. */
const withoutTls = async (name: ServerName, of: string) => {
  const heard: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (name !== 'postgres') socket.write(greeting())
    socket.on('data', bytes => {
      if (name === 'postgres' && socket.bytesRead === bytes.length) socket.write('N')
      heard.push(bytes)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(of)
  url.port = `${(server.address() as { readonly port: number }).port}`
  return {
    url: url.href,
    heard: () => Buffer.concat(heard).toString('latin1'),
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const faults = (name: ServerName): void => {
  const test = suite(`faults on ${name}`)
  const url = addressOf(name) as string
  const lines: Line[] = []
  const open = (options: MysqlOptions = {}): TaskEither<DbError, Runner> =>
    name === 'postgres' ? postgres({ url, ...(options as object) }) : mysql({ url, ...options })
  const right = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
    const answer = await task()
    assert.ok(E.isRight(answer), E.isLeft(answer) ? `expected success, got ${JSON.stringify(answer.left)}` : '')
    return (answer as E.Right<A>).right
  }
  /** The expected end of a program, and its time limit. */
  const fails = async (
    fault: string,
    tags: readonly DbError['_tag'][],
    bound: number,
    task: TaskEither<unknown, unknown>,
  ): Promise<DbError> => {
    const started = performance.now()
    const answer = await task()
    const milliseconds = performance.now() - started
    assert.ok(E.isLeft(answer), `${fault}: expected ${tags.join(' or ')}, got an answer`)
    const error = (answer as E.Left<DbError>).left
    assert.ok(tags.includes(error._tag), `${fault}: expected ${tags.join(' or ')}, got ${error._tag}: ${error.message}`)
    assert.ok(milliseconds < bound, `${fault}: took ${milliseconds.toFixed(0)} ms, more than ${bound}`)
    assert.not(error.message.includes('query:query'), 'a password is in the message')
    lines.push({ fault, error: error._tag, milliseconds, recovered: null })
    return error
  }
  /** Waits until the pool works again, and returns how long that took. */
  const recovers = async (db: Interpreter<SqlOp>, bound: number): Promise<void> => {
    const started = performance.now()
    for (;;) {
      const answer = await Q.count(all)({ db })()
      if (E.isRight(answer)) break
      assert.ok(performance.now() - started < bound, `no answer after ${bound} ms: ${answer.left.message}`)
      await wait(20)
    }
    const last = lines.pop()
    if (last !== undefined) lines.push({ ...last, recovered: performance.now() - started })
  }
  const raw = (sql: string) => Program.raw({ n: int })(template(sql))
  const sleep = name === 'postgres' ? raw('SELECT 1 AS n FROM pg_sleep(20)') : raw(SLOW)
  const me = name === 'postgres' ? raw('SELECT pg_backend_pid()') : raw('SELECT connection_id()')
  const kill = (id: number) => (name === 'postgres' ? raw(`SELECT 1 FROM pg_terminate_backend(${id})`) : statement(`KILL ${id}`))
  const connections =
    name === 'postgres'
      ? raw("SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'query-ts' AND pid <> pg_backend_pid()")
      : raw(`SELECT count(*) FROM ${processList(name)} WHERE db IS NOT NULL AND id <> connection_id()`)
  const reset = async (db: Runner): Promise<void> => {
    await right(dropAll(bank)({ db }))
    await right(createAll(bank)({ db }))
    await right(C.run(C.insertMany(accounts)(Array.from({ length: ACCOUNTS }, (_, id) => ({ id, balance: 100, note: '' }))))({ db }))
  }
  const sum = async (db: Runner): Promise<number> => (await right(Q.all(all)({ db }))).reduce((total, row) => total + row.balance, 0)
  const move =
    (tx: Program.Db, from: number, to: number): TaskEither<DbError, number> =>
    async () => {
      const taken = await C.run(
        C.update(accounts)(
          x => ({ balance: minus(x.balance, 1) }),
          x => eq(x.id, from),
        ),
      )(tx)()
      if (E.isLeft(taken)) return taken
      return C.run(
        C.update(accounts)(
          x => ({ balance: plus(x.balance, 1) }),
          x => eq(x.id, to),
        ),
      )(tx)()
    }
  let db: Runner

  test.before(async () => {
    db = await right(open({ max: 4, acquireTimeout: 2_000 }))
    await reset(db)
  })
  test.after(async () => {
    await right(dropAll(bank)({ db }))
    await right(db.close)
    const ms = (n: number | null): string => (n === null ? '' : `${n.toFixed(0)} ms`)
    note(
      [
        `${name}:`,
        ...lines.map(l => `  ${l.fault.padEnd(52)} ${l.error.padEnd(22)} ${ms(l.milliseconds).padStart(8)} ${ms(l.recovered).padStart(8)}`),
      ].join('\n'),
    )
  })

  test('an address, a password, a database that is wrong; TLS that the server does not have', async () => {
    const at = new URL(url)
    const changed = (f: (u: URL) => void): string => {
      const u = new URL(url)
      f(u)
      return u.href
    }
    const wrong = (fault: string, options: MysqlOptions) =>
      fails(fault, ['ConnectionError'], 5_000, open({ acquireTimeout: 3_000, ...options }))
    await wrong('wrong host', {
      url: changed(u => {
        u.hostname = 'nowhere.invalid'
      }),
    })
    await wrong('refused port', {
      url: changed(u => {
        u.port = '1'
      }),
    })
    const password = await wrong('wrong password', {
      url: changed(u => {
        u.password = 's3cr3t-guess'
      }),
    })
    assert.not(JSON.stringify(password.message).includes('s3cr3t-guess'))
    await wrong('unknown database', {
      url: changed(u => {
        u.pathname = '/nothing_here'
      }),
    })
    await wrong('TLS, and what is to verify it is no certificate', { ssl: { ca: 'no certificate' } })
    assert.is(at.password, 'query')
  })

  const ca = authority()
  const secured = (what: string, f: (options: { readonly ssl: { readonly ca: string } }) => Promise<void>): void => {
    if (ca === null) test.skip(`TLS: ${what}: SERVICES_CA is not set (npm run services)`)
    else test(`TLS: ${what}`, () => f({ ssl: { ca: readFileSync(ca, 'utf8') } }))
  }
  const insecure = async (fault: string, options: MysqlOptions): Promise<void> => {
    const error = await fails(`TLS, ${fault}`, ['ConnectionError'], 5_000, open({ acquireTimeout: 3_000, ...options }))
    assert.match(error.message, /TLS|certificate/i)
  }

  secured('a server is verified by its authority, and is in use', async verified => {
    const own = await right(open(verified))
    const status = name === 'mysql' ? 'performance_schema' : 'information_schema'
    const used = Program.raw({ v: text })(
      template(
        name === 'postgres'
          ? 'SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
          : `SELECT VARIABLE_VALUE FROM ${status}.session_status WHERE VARIABLE_NAME = 'Ssl_version'`,
      ),
    )
    assert.match(String((await right(used({ db: own })))[0]?.v), /^TLSv1\.[23]$/)
    await right(own.close)
  })

  secured('an authority that is not known is refused', () => insecure('authority not known', { ssl: {} }))

  secured('a certificate of another host is refused', async verified => {
    const at = new URL(url)
    const elsewhere = await faultProxy(at.hostname, Number(at.port), '127.0.0.2')
    const there = new URL(url)
    there.host = `127.0.0.2:${elsewhere.port}`
    try {
      await insecure('certificate of another host', { ...verified, url: there.href })
    } finally {
      await elsewhere.close()
    }
  })

  secured('a server that has none is refused, and nothing is sent in plain instead', async verified => {
    const plain = await withoutTls(name, url)
    try {
      await insecure('server has none', { ...verified, url: plain.url })
      assert.not(plain.heard().includes('query_ts'))
    } finally {
      await plain.close()
    }
  })

  test('a statement that takes too long; a statement that the caller gives up', async () => {
    const limited = await right(open({ max: 2, statementTimeout: 300 }))
    await fails('statement timeout', ['Timeout'], 3_000, sleep({ db: limited }))
    await recovers(limited, 1_000)
    await right(limited.close)
    const giving = new AbortController()
    setTimeout(() => giving.abort(), 200)
    await fails('aborted by the caller', ['Cancelled'], 3_000, sleep({ db: abortable(giving.signal)(db) }))
    await recovers(db, 1_000)
  })

  test('a connection that the administrator ends: idle, in a statement, in a transaction', async () => {
    const own = await right(open({ max: 1 }))
    const [first] = await right(me({ db: own }))
    await kill(first?.n ?? 0)({ db })()
    await wait(100)
    await recovers(own, 2_000)
    const [second] = await right(me({ db: own }))
    setTimeout(() => void kill(second?.n ?? 0)({ db })(), 200)
    await fails('killed in a statement', ['ConnectionError', 'OutcomeUnknown'], 3_000, sleep({ db: own }))
    await recovers(own, 2_000)
    await fails(
      'killed in a transaction',
      ['ConnectionError'],
      3_000,
      Program.transaction()<Program.Db, DbError, number>(tx => async () => {
        const [third] = await right(me(tx))
        await right(C.run(C.update(accounts)({ note: 'half' }, x => eq(x.id, 1)))(tx))
        await kill(third?.n ?? 0)({ db })()
        await wait(100)
        return C.run(C.update(accounts)({ note: 'half' }, x => eq(x.id, 2)))(tx)()
      })({ db: own }),
    )
    await recovers(own, 2_000)
    assert.is((await right(Q.all(all)({ db }))).filter(r => r.note === 'half').length, 0)
    await right(own.close)
  })

  test('500 callers of a pool of 4: each is served or told, no more than 4 connections', async () => {
    const own = await right(open({ max: 4, acquireTimeout: 10_000 }))
    const tasks = Array.from({ length: 500 }, (_, i) =>
      i % 2 === 0
        ? Q.count(all)({ db: own })()
        : Program.transaction()<Program.Db, DbError, number>(tx => move(tx, i % ACCOUNTS, (i + 1) % ACCOUNTS))({ db: own })(),
    )
    await wait(50)
    const [during] = await right(connections({ db }))
    const answers = await Promise.all(tasks)
    for (const a of answers) {
      assert.ok(
        E.isRight(a) || ['Timeout', 'Deadlock', 'SerializationFailure'].includes((a.left as DbError)._tag),
        E.isLeft(a) ? JSON.stringify(a.left) : '',
      )
    }
    assert.ok(answers.filter(E.isRight).length > 400, `only ${answers.filter(E.isRight).length} of 500 were served`)
    assert.ok((during?.n ?? 99) <= 8, `${during?.n} connections`)
    assert.is(await sum(db), TOTAL)
    await right(own.close)
  })

  test('a pool whose connections are all taken: Timeout, and it goes on', async () => {
    const own = await right(open({ max: 1, acquireTimeout: 300 }))
    const held = Program.transaction()<Program.Db, DbError, number>(() => async () => {
      await fails('no free connection', ['Timeout'], 1_500, Q.count(all)({ db: own }))
      return E.right(1)
    })({ db: own })
    await right(held)
    await recovers(own, 500)
    await right(own.close)
  })

  test('locks: waited for too long, a deadlock, a serialization failure', async () => {
    const own = await right(open({ max: 2, statementTimeout: 1_000 }))
    await right(
      Program.transaction()<Program.Db, DbError, number>(tx => async () => {
        await right(C.run(C.update(accounts)({ note: 'held' }, x => eq(x.id, 1)))(tx))
        await fails('lock wait', ['Timeout'], 5_000, C.run(C.update(accounts)({ note: 'other' }, x => eq(x.id, 1)))({ db: own }))
        return E.right(1)
      })({ db }),
    )
    await right(own.close)

    let waiting = 0
    const together = async (): Promise<void> => {
      waiting += 1
      while (waiting < 2) await wait(5)
    }
    const crossed = (a: number, b: number) =>
      Program.transaction()<Program.Db, DbError, number>(tx => async () => {
        const one = await C.run(C.update(accounts)({ note: 'x' }, x => eq(x.id, a)))(tx)()
        if (E.isLeft(one)) return one
        await together()
        return C.run(C.update(accounts)({ note: 'x' }, x => eq(x.id, b)))(tx)()
      })({ db })()
    const both = await Promise.all([crossed(1, 2), crossed(2, 1)])
    const lost = both.filter(E.isLeft)
    assert.is(lost.length, 1)
    await fails('deadlock', ['Deadlock'], 1_000, async () => lost[0] as E.Left<DbError>)

    waiting = 0
    const skewed = (a: number, b: number) =>
      Program.transaction({ isolation: 'serializable' })<Program.Db, DbError, number>(tx => async () => {
        const read = await Q.count(Q.where((x: { id: any }) => eq(x.id, a))(all))(tx)()
        if (E.isLeft(read)) return read
        await together()
        return C.run(C.update(accounts)({ note: `skew ${a}` }, x => eq(x.id, b)))(tx)()
      })({ db })()
    const skew = await Promise.all([skewed(3, 4), skewed(4, 3)])
    const refused = skew.filter(E.isLeft)
    assert.is(refused.length, 1)
    await fails('serialization failure', ['SerializationFailure', 'Deadlock'], 1_000, async () => refused[0] as E.Left<DbError>)
    // run again as often as it takes, both happen
    waiting = 2
    const again = await Promise.all(
      [0, 1, 2, 3].map(i =>
        Program.transaction({ isolation: 'serializable', retry: 20 })<Program.Db, DbError, number>(tx => move(tx, i, i + 1))({ db })(),
      ),
    )
    assert.ok(again.every(E.isRight), JSON.stringify(again.filter(E.isLeft)))
    assert.is(await sum(db), TOTAL)
  })

  if (isOurs(name)) {
    const restart = (): void => services('start', name)
    const murder = (): void => services('kill', name)

    test('the server is killed: with an idle pool, in a statement, in a transaction, in a stream; started again', async () => {
      const own = await right(open({ max: 2, acquireTimeout: 2_000, statementTimeout: 10_000 }))
      murder()
      await fails('server killed, idle pool', ['ConnectionError', 'Timeout'], 5_000, Q.count(all)({ db: own }))
      restart()
      await recovers(own, 10_000)

      const statement = sleep({ db: own })()
      await wait(200)
      murder()
      await fails('server killed in a statement', ['ConnectionError', 'OutcomeUnknown'], 5_000, () => statement)
      restart()
      await recovers(own, 10_000)

      await fails(
        'server killed in a transaction',
        ['ConnectionError'],
        10_000,
        Program.transaction()<Program.Db, DbError, number>(tx => async () => {
          await right(C.run(C.update(accounts)({ note: 'gone' }, x => gte(x.id, 0)))(tx))
          murder()
          return C.run(C.update(accounts)({ note: 'gone' }, x => eq(x.id, 2)))(tx)()
        })({ db: own }),
      )
      restart()
      await recovers(own, 10_000)
      assert.is((await right(Q.all(all)({ db: own }))).filter(r => r.note === 'gone').length, 0)

      const stream = Q.stream(all, { size: 2 })({ db: own })[Symbol.asyncIterator]()
      await stream.next()
      murder()
      await fails('server killed in a stream', ['ConnectionError'], 5_000, async () => {
        for (;;) {
          const next = await stream.next()
          if (next.done === true)
            return name === 'postgres'
              ? E.right(undefined)
              : E.left({ _tag: 'ConnectionError', message: 'rows were here already' } as DbError)
          if (E.isLeft(next.value)) return next.value
        }
      })
      restart()
      await recovers(own, 10_000)
      await right(own.close)
      await recovers(db, 10_000)
    })

    test('the server is killed in COMMIT: OutcomeUnknown or a clear answer, and the sum is what it was', async () => {
      const seen = new Set<string>()
      for (let round = 0; round < 3; round += 1) {
        const own = await right(open({ max: 8, acquireTimeout: 2_000 }))
        const moves = Array.from({ length: 8 }, async (_, i) => {
          for (let n = 0; n < 200; n += 1) {
            const answer = await Program.transaction()<Program.Db, DbError, number>(tx => move(tx, i, i + 8))({ db: own })()
            if (E.isLeft(answer)) return (answer.left as DbError)._tag
          }
          return 'done'
        })
        await wait(30 + round * 15)
        murder()
        for (const tag of await Promise.all(moves)) seen.add(tag)
        restart()
        await right(own.close)
        await recovers(db, 10_000)
        assert.is(await sum(db), TOTAL, 'money was made or lost')
      }
      for (const tag of seen) assert.ok(['ConnectionError', 'OutcomeUnknown', 'done', 'Timeout', 'Deadlock'].includes(tag), tag)
      note(`${name}: killed among 8 transfers, three times: ${[...seen].join(', ')}`)
    })

    test('a server that does not answer (stopped): Timeout, and it goes on when the server does', async () => {
      const own = await right(open({ max: 2, acquireTimeout: 3_000, statementTimeout: 500 }))
      await recovers(own, 1_000)
      const pid = Number(
        readFileSync(join(root, '.services', `${name}.pid`), 'utf8')
          .trim()
          .split(/\s/)[0],
      )
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter(p => p.trim() !== '')
        .map(Number)
      const each = (signal: NodeJS.Signals): void => {
        for (const p of [pid, ...children]) {
          try {
            process.kill(p, signal)
          } catch {
            // it has ended meanwhile
          }
        }
      }
      each('SIGSTOP')
      try {
        await fails('a server that is stopped', ['Timeout', 'ConnectionError'], 8_000, Q.count(all)({ db: own }))
      } finally {
        each('SIGCONT')
      }
      await recovers(own, 10_000)
      await right(own.close)
    })
  }

  const seconds = Number(process.env['QUERY_TS_TRANSFERS'] ?? 6)
  test(`64 clients make transfers for ${seconds} s, connections are killed at random: the sum is what it was`, async () => {
    const levels = ['readCommitted', 'repeatableRead', 'serializable'] as const
    for (const isolation of levels) {
      const own = await right(open({ max: 16, acquireTimeout: 5_000 }))
      const end = performance.now() + (seconds * 1000) / levels.length
      const tags = new Map<string, number>()
      // a machine that is busy with other things gets more time for the same work
      const isWanted = (): boolean => performance.now() < end || ((tags.get('Right') ?? 0) <= 100 && performance.now() < end + 60_000)
      const client = async (i: number): Promise<void> => {
        for (let n = 0; isWanted(); n += 1) {
          const [from, to] = [(i * 7 + n) % ACCOUNTS, (i * 3 + n * 5 + 1) % ACCOUNTS]
          const answer = await Program.transaction({ isolation, retry: 3 })<Program.Db, DbError, number>(tx => move(tx, from, to))({
            db: own,
          })()
          const tag = E.isRight(answer) ? 'Right' : (answer.left as DbError)._tag
          tags.set(tag, (tags.get(tag) ?? 0) + 1)
        }
      }
      const killer = async (): Promise<void> => {
        const list =
          name === 'postgres'
            ? raw(
                "SELECT pid::int FROM pg_stat_activity WHERE application_name = 'query-ts' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1",
              )
            : raw(`SELECT id FROM ${processList(name)} WHERE db IS NOT NULL AND id <> connection_id() ORDER BY rand() LIMIT 1`)
        const administrator = await right(open({ max: 1 }))
        while (isWanted()) {
          await wait(150)
          const victims = await list({ db: administrator })()
          if (E.isRight(victims) && victims.right[0] !== undefined) await kill(victims.right[0].n)({ db: administrator })()
        }
        await administrator.close()
      }
      await Promise.all([...Array.from({ length: 64 }, (_, i) => client(i)), killer()])
      await right(own.close)
      await recovers(db, 5_000)
      assert.is(await sum(db), TOTAL, `money was made or lost under ${isolation}`)
      for (const tag of tags.keys()) {
        assert.ok(
          ['Right', 'ConnectionError', 'OutcomeUnknown', 'Deadlock', 'SerializationFailure', 'Timeout', 'TransactionAborted'].includes(tag),
          tag,
        )
      }
      assert.ok((tags.get('Right') ?? 0) > 100, JSON.stringify([...tags]))
      note(`${name}, ${isolation}: ${[...tags].map(([tag, n]) => `${tag} ${n}`).join(', ')}`)
    }
  })

  test('nothing is left on the server: no connection but those that are open here', async () => {
    await wait(300)
    const [left] = await right(connections({ db }))
    assert.ok((left?.n ?? 99) <= 4, `${left?.n} connections are left`)
  })
  test.run()
}

for (const name of servers) faults(name)
