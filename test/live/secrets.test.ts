/**
 * Secrets and values stay inside: every kind of error is made on every engine that can fail so, with marks in all values, and no mark is
 * in the output.
 *
 * Each case runs through the plain interpreter, through `logged` and through `traced`. Its error is searched in message, stack, causes,
 * JSON.stringify and util.inspect; so are log entries, spans, printed output and unhandled rejections. Addresses, options and
 * certificates are searched for in the same way.
 */
import type { Span, Tracer } from '@opentelemetry/api'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import mysql2 from 'mysql2'
import postgresClient from 'postgres'
import * as assert from 'uvu/assert'
import type { DbError } from '../../lib/DbError.js'
import type { Interpreter, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import { createDatabase, dropDatabase } from '../../lib/run/createDatabase.js'
import { mysql } from '../../lib/run/mysql.js'
import { open as openByAddress, type Target } from '../../lib/run/open.js'
import { postgres } from '../../lib/run/postgres.js'
import { createAll } from '../../lib/schema/createAll.js'
import type { Transformer } from '../../lib/transform/around.js'
import { type Logged, logged } from '../../lib/transform/logged.js'
import { traced } from '../../lib/transform/traced.js'
import { suite } from '../suite.js'
import { addressOf } from './addresses.js'
import { type Engine, engines, temporaryFolder, using } from './eachEngine.js'
import { fakeServer } from './fakeServers.js'
import { leaks, MARKS, marksIn, OPTION, PASSWORD, USER } from './marks.js'
import { statement } from './rawText.js'
import { cases, fill, referring, stored } from './secretCases.js'

/** A tracer that records everything passed to a span. */
const recording = (): { readonly tracer: Tracer; readonly told: unknown[] } => {
  const told: unknown[] = []
  const span: Span = new Proxy({} as Span, {
    get:
      (_, method) =>
      (...args: readonly unknown[]) => {
        told.push([method, ...args])
        return span
      },
  })
  const startSpan = (...args: readonly unknown[]): Span => {
    told.push(args)
    return span
  }
  return { tracer: { startSpan } as unknown as Tracer, told }
}

/** The output and the unhandled rejections of a program. */
const watching = async <A>(f: () => Promise<A>): Promise<{ readonly answer: A; readonly seen: readonly unknown[] }> => {
  const seen: unknown[] = []
  const rejected = (reason: unknown): void => {
    seen.push(reason)
  }
  const streams = [process.stdout, process.stderr]
  const writes = streams.map(stream => stream.write)
  for (const [i, stream] of streams.entries()) {
    stream.write = ((...args: Parameters<typeof stream.write>) => {
      seen.push(String(args[0]))
      return (writes[i] as typeof stream.write).apply(stream, args)
    }) as typeof stream.write
  }
  process.on('unhandledRejection', rejected)
  try {
    const answer = await f()
    // a rejection is reported after the microtasks of its turn
    await new Promise(resolve => setImmediate(resolve))
    return { answer, seen }
  } finally {
    process.off('unhandledRejection', rejected)
    for (const [i, stream] of streams.entries()) stream.write = writes[i] as typeof stream.write
  }
}

type Tag = DbError['_tag']

interface Ways {
  readonly name: string
  readonly through: Transformer
  readonly told: unknown[]
}

const ways = (): readonly Ways[] => {
  const entries: Logged[] = []
  const { tracer, told } = recording()
  return [
    { name: 'plain', through: db => db, told: [] },
    { name: 'logged', through: logged(entry => entries.push(entry)), told: entries },
    { name: 'traced', through: traced(tracer), told },
  ]
}

/** Functions and triggers that raise what they are given. */
const prepare = async (engine: Engine, db: Interpreter<SqlOp>): Promise<void> => {
  const raw = async (text: string): Promise<void> => {
    const done = await statement(text)({ db })()
    assert.ok(E.isRight(done), E.isLeft(done) ? done.left.message : '')
  }
  if (engine.name === 'postgres' || engine.name === 'pglite') {
    await raw(`CREATE FUNCTION secret_raise(code text, what text) RETURNS int LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = 'blocked: ' || what || ' "' || left(what, 64) || '"', DETAIL = 'Key (' || what || ')=(' || what || ')',
          HINT = what, SCHEMA = what, TABLE = what, COLUMN = what, CONSTRAINT = what, DATATYPE = what;
      END $$`)
  }
  if (engine.name.startsWith('sqlite')) {
    await raw('CREATE TABLE secret_blocked (label text)')
    await raw(
      `CREATE TRIGGER secret_block BEFORE INSERT ON secret_blocked BEGIN SELECT RAISE(ABORT, 'blocked: ' || NEW.label || ' "' || substr(NEW.label, 1, 64) || '"'); END`,
    )
  }
  if (engine.name === 'mysql' || engine.name === 'mariadb') {
    const found = await Program.raw({ name: (await import('../../lib/core/expr/Column.js')).text })`SELECT database()`({ db })()
    const database = E.isRight(found) ? String(found.right[0]?.name) : ''
    const connection = mysql2.createConnection({ uri: addressOf(engine.name) as string }).promise()
    await connection.query(`USE ${database}`)
    await connection.query('CREATE TABLE secret_signal (code int, label text)')
    await connection.query(`CREATE TRIGGER secret_block BEFORE INSERT ON secret_signal FOR EACH ROW BEGIN
      DECLARE said varchar(128) DEFAULT concat('blocked: ', left(NEW.label, 40), ' "', left(NEW.label, 64), '"');
      DECLARE code int DEFAULT NEW.code;
      SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = code, MESSAGE_TEXT = said;
    END`)
    await connection.end()
  }
}

const onEngine = (engine: Engine): void => {
  const test = suite(`secrets on ${engine.name}`)
  const s = using(engine, test)
  const folder = temporaryFolder()
  test.before(async () => {
    await s.right(createAll(stored))
    await s.right(fill)
    await s.right(referring)
    await prepare(engine, s.db)
  })

  for (const [tag, each] of Object.entries(cases)) {
    for (const { name, on, isOwn, ask } of each) {
      if (on?.(engine) === false) continue
      test(`${tag}: ${name}`, async () => {
        const found: string[] = []
        for (const way of ways()) {
          const { answer, seen } = await watching(() => ask(way.through(s.db), { engine, through: way.through, folder }))
          assert.ok(E.isLeft(answer), `${way.name}: expected ${tag}, got an answer`)
          const error = (answer as E.Left<DbError>).left
          assert.is(error._tag, tag, `${way.name}: ${error.message}`)
          if (isOwn !== true) found.push(...leaks(error).map(leak => `${way.name}: ${leak}`))
          found.push(...way.told.flatMap(leaks).map(leak => `told to ${way.name}: ${leak}`))
          found.push(...seen.flatMap(leaks).map(leak => `printed or rejected, ${way.name}: ${leak}`))
        }
        assert.equal(found, [])
      })
    }
  }
  test('every error that it can have was made', () => {
    const can = Object.entries(cases).filter(([, each]) => each.some(c => c.on === undefined || c.on(engine)))
    const missing = (Object.keys(cases) as Tag[]).filter(tag => !can.some(([t]) => t === tag))
    assert.equal(missing, CANNOT[engine.name] ?? [])
  })
  test.run()
}

/** The errors with which an engine can't fail. */
const CANNOT: { readonly [engine: string]: readonly Tag[] } = {
  memory: ['SyntaxError', 'ConnectionError', 'Locked', 'SerializationFailure', 'Deadlock', 'OutcomeUnknown', 'DatabaseError'],
  sqlite: ['SerializationFailure', 'Deadlock', 'OutcomeUnknown'],
  'sqlite in a file': ['ConnectionError', 'Locked', 'SerializationFailure', 'Deadlock', 'OutcomeUnknown'],
  sqlite3: ['Locked', 'SerializationFailure', 'Deadlock', 'OutcomeUnknown'],
  pglite: ['Locked', 'OutcomeUnknown'],
  postgres: ['Locked'],
  mysql: ['Locked'],
  mariadb: ['Locked'],
}

for (const engine of engines) onEngine(engine)

// Addresses, options, certificates

type Opening = (options: { readonly [option: string]: unknown }) => TaskEither<DbError, unknown>

const drivers: readonly (readonly ['postgres' | 'mysql', Opening])[] = [
  ['postgres', options => postgres({ acquireTimeout: 3_000, max: 1, ...options })],
  ['mysql', options => mysql({ acquireTimeout: 3_000, max: 1, ...options })],
]

/** Opens, which must fail with an error of its own and without a mark. */
const refused = async (open: Opening, options: { readonly [option: string]: unknown }): Promise<void> => {
  const { answer, seen } = await watching(() => open(options)())
  assert.ok(E.isLeft(answer), 'it has opened')
  const error = (answer as E.Left<DbError>).left
  assert.ok(['ConnectionError', 'ValidationError', 'Timeout'].includes(error._tag), error._tag)
  assert.equal([...leaks(error), ...seen.flatMap(leaks)], [])
}

for (const [scheme, open] of drivers) {
  const test = suite(`secrets in addresses of ${scheme}`)
  const at = '127.0.0.1:1'
  const addresses: readonly string[] = [
    `${scheme}://${USER}:${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:${PASSWORD}@${at}/d?application_name=${OPTION}&password=${PASSWORD}`,
    `${scheme}://${USER}:${PASSWORD}/more@${at}/d`,
    `${scheme}://${USER}:12/${PASSWORD}@${at}/d`,
    `${scheme}://localhost:1/${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:a#${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:1?${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:a@${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:${PASSWORD}%zz@${at}/d`,
    `${scheme}://${USER}:a b${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:a:${PASSWORD}@${at}/d`,
    `${scheme}://${USER}:${PASSWORD}[@${at}/d`,
    `${scheme}://${USER}:${PASSWORD}@127.0.0.1:port/d`,
    `${scheme}://${USER}:${PASSWORD}@127.0.0.1:99999/d`,
    `${scheme}://${USER}:${PASSWORD}@/d`,
    `${scheme}://127.0.0.1:no/${PASSWORD}`,
    `${scheme}:${USER}:${PASSWORD}@${at}/d`,
    `${scheme}s://${USER}:${PASSWORD}@${at}/d`,
    `http://${USER}:${PASSWORD}@${at}/d`,
    `${USER}:${PASSWORD}@${at}/d`,
    PASSWORD,
    `//${USER}:${PASSWORD}@${at}/d`,
  ]
  for (const url of addresses) {
    test(url.replaceAll(PASSWORD, 'PASSWORD').replaceAll(USER, 'USER').replaceAll(OPTION, 'OPTION'), async () => {
      await refused(open, { url })
      for (const byAddress of [openByAddress(url), createDatabase(url), dropDatabase(url)]) await refused(() => byAddress, {})
    })
  }
  test('options', async () => {
    const [host, port, database] = ['127.0.0.1', 1, 'd']
    await refused(open, { host, port, database, user: USER, password: PASSWORD })
    await refused(open, {
      host,
      port,
      database,
      user: USER,
      password: PASSWORD,
      ssl: { key: MARKS.text, cert: OPTION, passphrase: PASSWORD },
    })
    await refused(open, { host, port, database, user: USER, password: PASSWORD, max: -1 })
    const engine = scheme
    for (const wrong of [
      {},
      { port: PASSWORD },
      { max: PASSWORD },
      { ssl: PASSWORD, max: 0 },
      { transactionGuard: OPTION },
      { user: undefined, pass: PASSWORD },
    ]) {
      const target = { engine, host, port, database, user: USER, password: PASSWORD, ...wrong } as Target
      for (const byOptions of [openByAddress(target), createDatabase(target), dropDatabase(target)]) await refused(() => byOptions, {})
    }
    await refused(() => openByAddress({ engine: PASSWORD } as never), {})
  })
  test('a client that is handed over', async () => {
    const url = `${scheme}://${USER}:${PASSWORD}@${at}/d`
    if (scheme === 'postgres') await refused(open, { client: postgresClient(url, { connection: { application_name: OPTION } }) })
    else {
      const client = mysql2.createPool({ uri: url, connectAttributes: { program_name: OPTION } } as mysql2.PoolOptions)
      await refused(open, { client })
      client.end()
    }
  })
  test('what a server says that does not let one in', async () => {
    const server = await fakeServer(scheme, false)
    await refused(open, { host: '127.0.0.1', port: server.port, database: 'd', user: USER, password: PASSWORD })
    await server.close()
  })
  test('a certificate that is not trusted, or for another host', async () => {
    const server = await fakeServer(scheme, true)
    const options = { host: '127.0.0.1', port: server.port, database: 'd', user: USER, password: PASSWORD }
    await refused(open, { ...options, ssl: scheme === 'postgres' ? 'verify-full' : {} })
    await refused(open, { ...options, ssl: { ca: server.certificate } })
    await server.close()
  })
  test.run()
}

const searching = suite('the search for marks')
searching('finds a mark in whatever form, and nothing where there is none', () => {
  const planted: readonly (readonly [unknown, string])[] = [
    [new Error(`x ${MARKS.text.slice(20, 84)}`), 'text'],
    [Object.assign(new Error('x'), { detail: MARKS.text.toUpperCase() }), 'text'],
    [new Error('x', { cause: new Error(JSON.stringify(MARKS.text)) }), 'text'],
    [Object.defineProperty(new Error('x'), 'hidden', { value: [MARKS.bytes] }), 'bytes'],
    [{ toJSON: () => ({ d: Buffer.from(MARKS.bytes) }) }, 'bytes'],
    [new AggregateError([new Error(String(MARKS.big))]), 'bigint'],
    [new Map([['d', new Date(MARKS.day)]]), 'day'],
    [{ a: { b: { c: { d: MARKS.json } } } }, 'JSON member'],
    [`postgres://${USER}:${PASSWORD}@h/d`, 'password'],
  ]
  for (const [value, mark] of planted) {
    assert.ok(
      leaks(value).some(leak => leak.startsWith(mark)),
      mark,
    )
  }
  assert.equal(leaks(new Error('a row of "secret_thing" with the same label exists already')), [])
  assert.equal(marksIn('customer 4711 is blocked since 2037-11-22'), [])
})
searching.run()
