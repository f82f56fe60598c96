/**
 * The Postgres runner, by postgres.js: a pool of connections to a server.
 *
 * Each connection is a client of one connection, so that a transaction can't be moved to another one when the
 * connection is lost. Cells stay the text that Postgres writes, and parameters go as text, in a UTC session: the
 * driver's own conversions would lose microseconds and encode JSON twice. Reads are pipelined.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import client from 'postgres'
import { connectionError, type DbError, timeout } from '../core/DbError.js'
import type { Capabilities, Runner, TxOptions } from '../core/Interpreter.js'
import { toHex } from '../sql/hex.js'
import { postgres as dialect } from '../sql/postgres.js'
import { postgresValues } from '../sql/postgresValues.js'
import { ISOLATION, LEVELS } from './isolation.js'
import { cancelledBy, type Lifeline, lifeline, unanswered } from './lifeline.js'
import { type Connection, type PoolOptions, pooled, poolProblem, socketError, unreadable } from './pool.js'
import { classifyPostgres, type PostgresError } from './postgresErrors.js'
import { type Driver, type Known, NO_CONTEXT, type SqlEngine, sqlSession } from './sqlSession.js'

export interface PostgresOptions extends PoolOptions {
  /** `postgres://user:password@host:port/database`; left out, POSTGRES_URL or DATABASE_URL, else the PG* variables. */
  readonly url?: string
  /** A client of yours: its host, database, user, password and TLS are used; the connections are the runner's own. */
  readonly client?: Client
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** TLS: `require` without looking at the certificate, `verify-full`, or options of `tls.connect`. */
  readonly ssl?: 'require' | 'allow' | 'prefer' | 'verify-full' | boolean | object
  /** What the server shows as the name of the application. */
  readonly applicationName?: string
}

const capabilities: Capabilities = {
  engine: 'postgres',
  returning: 'native',
  lateral: 'native',
  transactionalDdl: true,
  constraints: 'statement',
  isolation: LEVELS,
}

type Client = client.Sql<any>

const same = <A>(x: A): A => x

/** Types that the driver would convert with a loss, or send in a form of its own: texts both ways. Bytes go as hexadecimal text. */
const types = {
  asText: { to: 25, from: [20, 114, 1082, 1083, 1114, 1184, 1266, 1700, 3802], serialize: same, parse: same },
  bytes: { to: 17, from: [17], serialize: (x: Uint8Array | string) => (typeof x === 'string' ? x : `\\x${toHex(x)}`), parse: same },
}

/** The more statements a connection has prepared, the more memory the server needs: others are sent without being kept. */
const MOST_PREPARED = 500

/** Where a runner connects to, without what is secret. */
const targetOf = (c: Client): string =>
  `postgres at ${c.options.host.join(',')}:${c.options.port.join(',')}, database ${c.options.database}`

/** Opens a pool of connections. One is opened at once, so that a wrong address or password is said here. */
export const postgres =
  (options: PostgresOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const problem = poolProblem(options)
    if (problem !== null) return E.left(problem)
    const made = E.tryCatch(
      () => connecting(options),
      thrown => unreadable('postgres', thrown),
    )
    if (E.isLeft(made)) return made
    const { target, open } = made.right
    const classify = (thrown: unknown): DbError =>
      socketError(target, thrown) ?? refusal(target, thrown) ?? classifyPostgres(fieldsOf(thrown), NO_CONTEXT, thrown)
    const runner = pooled({ connect: open, classify, pipelines: true, capabilities }, options)
    const first = await runner.transaction<DbError, void>({}, () => async () => E.right(undefined))()
    if (E.isRight(first)) return E.right(runner)
    await runner.close()
    return first
  }

/** Why the server does not let this user in. */
const refusal = (target: string, thrown: unknown): DbError | null => {
  const { code, message } = fieldsOf(thrown)
  switch (code) {
    case '28P01':
    case '28000':
      return connectionError(target, 'the server refuses this user: are user and password right?', thrown)
    case '3D000':
      return connectionError(target, 'there is no such database: create it first', thrown)
    case '53300':
      return connectionError(target, 'the server has no connection left: use a smaller max, or allow more there', thrown)
    case '57P03':
      return connectionError(target, 'the server is starting or stopping: try again in a moment', thrown)
    default:
      return /SSL|TLS/.test(message) ? connectionError(target, `TLS: ${message}`, thrown) : null
  }
}

const fieldsOf = (thrown: unknown): PostgresError => {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const e = thrown as Error & { readonly [field: string]: string | undefined }
  return {
    code: e['code'],
    message: e.message,
    detail: e['detail'],
    table: e['table_name'],
    column: e['column_name'],
    constraint: e['constraint_name'],
    position: e['position'],
  }
}

const connecting = (options: PostgresOptions): { readonly target: string; readonly open: () => Promise<Connection> } => {
  const isNamed = options.host !== undefined || options.client !== undefined
  const url = options.url ?? (isNamed ? undefined : (process.env['POSTGRES_URL'] ?? process.env['DATABASE_URL']))
  const settings = {
    ...(options.client === undefined ? {} : pick(options.client.options, ['host', 'port', 'database', 'user', 'pass', 'ssl', 'path'])),
    ...pick(options, ['host', 'port', 'database', 'user', 'password', 'ssl']),
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: Math.max(1, Math.ceil((options.acquireTimeout ?? 10_000) / 1000)),
    fetch_types: false,
    types,
    onnotice: () => undefined,
    connection: {
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      client_min_messages: 'warning',
      application_name: options.applicationName ?? 'query-ts',
      ...(options.statementTimeout === undefined ? {} : { statement_timeout: options.statementTimeout }),
    },
  }
  const make = (onclose: () => void): Client => {
    const all = { ...settings, onclose } as unknown as client.Options<any>
    return url === undefined ? client(all) : client(url, all)
  }
  const target = targetOf(make(() => undefined))
  const known: Known = { foreignKeys: [] }
  return { target, open: () => connect(make, target, options, known) }
}

const pick = <A extends object, K extends keyof A>(a: A, keys: readonly K[]): Partial<Pick<A, K>> =>
  Object.fromEntries(keys.flatMap(k => (a[k] === undefined ? [] : [[k, a[k]]]))) as Partial<Pick<A, K>>

const connect = async (
  make: (onclose: () => void) => Client,
  target: string,
  options: PostgresOptions,
  known: Known,
): Promise<Connection> => {
  const line = lifeline(options.statementTimeout, () => void sql.end({ timeout: 0 }))
  const sql = make(line.lose)
  try {
    await line.answer(() => sql.unsafe('SELECT 1').simple())
  } catch (thrown) {
    line.lose()
    throw thrown
  }
  const driver = driverOf(sql, line)
  const session = sqlSession(engineOf(target, options), driver, options, known)
  const answers = (statement: string): Promise<boolean> =>
    line
      .answer(() => sql.unsafe(statement))
      .then(
        () => true,
        () => false,
      )
  return {
    session,
    isLost: line.isLost,
    ping: () => answers('SELECT 1'),
    // outside of a transaction a savepoint is refused, and nothing has happened
    isOpen: () => answers('SAVEPOINT query_ts_guard'),
    undo: () => driver.script('ROLLBACK'),
    destroy: async () => line.lose(),
  }
}

const begin = ({ isolation, readOnly, deferrable }: TxOptions): string =>
  `BEGIN${isolation === undefined ? '' : ` ISOLATION LEVEL ${ISOLATION[isolation]}`}${readOnly === true ? ' READ ONLY' : ''}${deferrable === true ? ' DEFERRABLE' : ''}`

/** The connection was lost with a statement under way, or the server was told to end it. */
const isUncertain = (thrown: unknown): boolean => {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  return (
    code === 'CONNECTION_CLOSED' ||
    code === 'NO_ANSWER' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === '57P01' ||
    code === '57P02'
  )
}

const engineOf = (target: string, { statementTimeout }: PostgresOptions): SqlEngine => ({
  dialect,
  values: postgresValues,
  begin,
  readOnly: null,
  classify: (thrown, context) => {
    const fields = fieldsOf(thrown)
    if (fields.code === '57014' && /statement timeout/.test(fields.message)) {
      return timeout('a statement', statementTimeout ?? 0, 'it was cancelled; make it smaller, or allow it more time')
    }
    if (fields.code === '57P01' || fields.code === '57P02') return connectionError(target, 'the server ended the connection', thrown)
    return unanswered(thrown, statementTimeout) ?? socketError(target, thrown) ?? classifyPostgres(fields, context, thrown)
  },
  isUncertain,
  diagnose: error => Promise.resolve(error),
})

const driverOf = (sql: Client, line: Lifeline): Driver => {
  const prepared = new Set<string>()
  let cursors = 0
  let inTransaction = false
  const isKept = (text: string): boolean => {
    if (prepared.has(text)) return true
    if (prepared.size >= MOST_PREPARED) return false
    prepared.add(text)
    return true
  }
  const rowsOf = async (text: string, params: readonly unknown[], signal?: AbortSignal) => {
    const answer = await line.answer(() => {
      const pending = sql.unsafe(text, params as never[], { prepare: isKept(text), simple: false } as never).values()
      return signal === undefined ? pending : cancelledBy(signal, () => void pending.cancel(), pending)
    })
    return { rows: answer as unknown as readonly (readonly unknown[])[], affected: answer.count ?? 0 }
  }
  const script = async (text: string): Promise<void> => {
    await line.answer(() => sql.unsafe(text).simple())
    if (text.startsWith('BEGIN')) inTransaction = true
    if (text === 'COMMIT' || text === 'ROLLBACK') inTransaction = false
  }
  return {
    query: ({ text, params, signal }) => rowsOf(text, params, signal),
    cursor: async ({ text, params, signal }, size) => {
      const name = `query_ts_${(cursors += 1)}`
      const own = !inTransaction
      if (own) await script('BEGIN READ ONLY')
      try {
        await line.answer(() => sql.unsafe(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, params as never[], { prepare: false }))
      } catch (thrown) {
        if (own && !line.isLost()) await script('ROLLBACK')
        throw thrown
      }
      return {
        next: async () => (await rowsOf(`FETCH ${size} FROM ${name}`, [], signal)).rows,
        close: async () => {
          if (!line.isLost()) await script(own ? 'ROLLBACK' : `CLOSE ${name}`)
        },
      }
    },
    script,
    committed: async () => undefined,
    close: async () => undefined,
  }
}
