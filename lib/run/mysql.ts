/**
 * The runner for MySQL and MariaDB, by mysql2: a pool of connections to a server.
 *
 * Which of the two it is, the server's version says. Statements are prepared, so that values go apart from the text;
 * integers are bound as BIGINT and bytes as BLOB, because the driver would send a number as a double. A stream is read
 * as it arrives; another statement on its connection first reads the rest of it into memory.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import mysql2 from 'mysql2'
import { connectionError, type DbError, timeout, valueTooLong } from '../core/DbError.js'
import type { Capabilities, Runner, TxOptions } from '../core/Interpreter.js'
import type { Dialect } from '../sql/Dialect.js'
import { mariadb } from '../sql/mariadb.js'
import { mysql as mysqlDialect } from '../sql/mysql.js'
import { mariadbSession, mysqlSession } from '../sql/mysqlSession.js'
import { mysqlValues } from '../sql/mysqlValues.js'
import { ISOLATION, LEVELS } from './isolation.js'
import { cancelledBy, type Lifeline, lifeline, unanswered } from './lifeline.js'
import { classifyMysql, type MysqlError } from './mysqlErrors.js'
import { type Connection, type PoolOptions, pooled, poolProblem, socketError, unreadable } from './pool.js'
import { type Driver, type DriverCursor, type Known, NO_CONTEXT, type SqlEngine, type Statement, sqlSession } from './sqlSession.js'

export interface MysqlOptions extends PoolOptions {
  /** `mysql://user:password@host:port/database`, or `mariadb:`; left out, MYSQL_URL or MARIADB_URL. */
  readonly url?: string
  /** A connection or pool of yours: its host, database, user, password and TLS are used; the connections are the runner's own. */
  readonly client?: mysql2.Connection | mysql2.Pool
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** TLS: options of `tls.connect`, for example `{ rejectUnauthorized: false }`. */
  readonly ssl?: object
}

/** What differs between the two. */
interface Kind {
  readonly name: 'mysql' | 'mariadb'
  readonly dialect: Dialect
  readonly session: readonly string[]
  /** What limits the time of statements, where the server can. */
  readonly limit: (milliseconds: number) => string
  /** Whether that is so of writes too. */
  readonly limitsWrites: boolean
  /** Whether a prepared statement may be run again. */
  readonly keeps: (text: string) => boolean
  readonly capabilities: Capabilities
}

/** MariaDB has no UPDATE that answers rows, MySQL no command. */
const capabilities = (engine: string, lateral: Capabilities['lateral']): Capabilities => ({
  engine,
  returning: 'emulated',
  lateral,
  transactionalDdl: false,
  constraints: 'row',
  isolation: LEVELS,
})

/** Waiting for a lock has limits of its own, in seconds. */
const locks = (ms: number): string => {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  return `, SESSION lock_wait_timeout = ${seconds}, SESSION innodb_lock_wait_timeout = ${seconds}`
}

const MYSQL: Kind = {
  name: 'mysql',
  dialect: mysqlDialect,
  session: mysqlSession,
  limit: ms => `SET SESSION max_execution_time = ${ms}${locks(ms)}`,
  limitsWrites: false,
  keeps: () => true,
  capabilities: capabilities('mysql', 'native'),
}

const MARIADB: Kind = {
  name: 'mariadb',
  dialect: mariadb,
  session: mariadbSession,
  limit: ms => `SET SESSION max_statement_time = ${ms / 1000}${locks(ms)}`,
  limitsWrites: true,
  // running one with a sub-query again fails with 1054, or ends the server (10.11)
  keeps: text => !/\(SELECT/.test(text),
  capabilities: capabilities('mariadb', 'emulated'),
}

/** Opens a pool of connections. One is opened at once, so that a wrong address or password is said here. */
export const mysql =
  (options: MysqlOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const problem = poolProblem(options)
    if (problem !== null) return E.left(problem)
    const made = E.tryCatch(
      () => settingsOf(options),
      thrown => unreadable('mysql', thrown),
    )
    if (E.isLeft(made)) return made
    const settings = made.right
    const target = `${settings.host}:${settings.port}, database ${settings.database}`
    const classify = (thrown: unknown): DbError => refusal(target, thrown) ?? classifyMysql('mysql', fieldsOf(thrown), NO_CONTEXT, thrown)
    try {
      const kind = await kindOf(settings)
      const known: Known = { foreignKeys: [] }
      const connect = (): Promise<Connection> => open(settings, kind, options, known)
      return E.right(pooled({ connect, classify, pipelines: false, capabilities: kind.capabilities }, options))
    } catch (thrown) {
      return E.left(classify(thrown))
    }
  }

/** Why there is no connection. */
const refusal = (target: string, thrown: unknown): DbError | null => {
  switch (fieldsOf(thrown).errno) {
    case 1045:
    case 1698:
    case 1130:
      return connectionError(target, 'the server refuses this user: are user and password right?', thrown)
    case 1049:
    case 1044:
      return connectionError(target, 'there is no such database for this user: create it first', thrown)
    case 1040:
    case 1203:
    case 1226:
      return connectionError(target, 'the server has no connection left: use a smaller max, or allow more there', thrown)
    default:
      return /does not support secure connection|SSL|TLS|certificate/.test(fieldsOf(thrown).message)
        ? connectionError(target, `TLS: ${fieldsOf(thrown).message}`, thrown)
        : socketError(target, thrown)
  }
}

const fieldsOf = (thrown: unknown): MysqlError => {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const { errno, sqlMessage } = thrown as Error & { readonly errno?: unknown; readonly sqlMessage?: string }
  return { errno: typeof errno === 'number' && errno > 0 ? errno : undefined, message: sqlMessage ?? thrown.message }
}

/** What mysql2 keeps of the options that a connection, or a pool, was made with. */
const configOf = (client: MysqlOptions['client']): mysql2.ConnectionOptions => {
  const { config } = (client ?? { config: {} }) as {
    readonly config: mysql2.ConnectionOptions & { readonly connectionConfig?: mysql2.ConnectionOptions }
  }
  const { host, port, database, user, password, ssl } = config.connectionConfig ?? config
  return Object.fromEntries(Object.entries({ host, port, database, user, password, ssl }).filter(([, value]) => value !== undefined))
}

const settingsOf = (options: MysqlOptions): mysql2.ConnectionOptions & { readonly host: string; readonly port: number } => {
  const isNamed = options.host !== undefined || options.client !== undefined
  const text = options.url ?? (isNamed ? undefined : (process.env['MYSQL_URL'] ?? process.env['MARIADB_URL']))
  const own = configOf(options.client)
  const url = text === undefined ? null : new URL(text)
  const given = <A>(a: A | undefined, b: string | undefined): A | string | undefined =>
    a ?? (b === undefined || b === '' ? undefined : decodeURIComponent(b))
  const user = given(options.user, url?.username)
  const password = given(options.password, url?.password)
  const database = given(options.database, url?.pathname.slice(1))
  return {
    ...own,
    host: options.host ?? (url?.hostname || own.host || 'localhost'),
    port: options.port ?? Number(url?.port || own.port || 3306),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(options.ssl === undefined ? {} : { ssl: options.ssl as NonNullable<mysql2.ConnectionOptions['ssl']> }),
    connectTimeout: options.acquireTimeout ?? 10_000,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    timezone: 'Z',
    rowsAsArray: true,
    maxPreparedStatements: 500,
  }
}

/** A connection that answers; throws what the driver says. */
const connected = (settings: mysql2.ConnectionOptions): Promise<mysql2.Connection> =>
  new Promise((resolve, reject) => {
    const connection = mysql2.createConnection(settings)
    const failed = (thrown: unknown): void => {
      connection.destroy()
      reject(thrown)
    }
    connection.once('error', failed)
    connection.connect(thrown => {
      connection.removeListener('error', failed)
      if (thrown === null) resolve(connection)
      else failed(thrown)
    })
  })

/** The driver ends a connection politely: a server that is sending rows which nobody reads would hold it, and its locks, for a minute. */
const cut = (connection: mysql2.Connection): void => {
  connection.destroy()
  ;(connection as unknown as { readonly stream: { readonly destroy: () => void } }).stream.destroy()
}

/** A text without parameters. */
const said = (connection: mysql2.Connection, sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (thrown, answer) => (thrown === null ? resolve(answer) : reject(thrown)))
  })

const kindOf = async (settings: mysql2.ConnectionOptions): Promise<Kind> => {
  const connection = await connected(settings)
  try {
    const rows = (await said(connection, 'SELECT version()')) as readonly (readonly unknown[])[]
    return /mariadb/i.test(String(rows[0]?.[0])) ? MARIADB : MYSQL
  } finally {
    connection.destroy()
  }
}

const open = async (settings: mysql2.ConnectionOptions, kind: Kind, options: MysqlOptions, known: Known): Promise<Connection> => {
  const connection = await connected(settings)
  const line = lifeline(options.statementTimeout, () => cut(connection))
  let most = 0
  connection.on('error', line.lose)
  connection.on('end', line.lose)
  try {
    for (const sql of kind.session) await line.answer(() => said(connection, sql))
    if (options.statementTimeout !== undefined) await said(connection, kind.limit(options.statementTimeout))
    const rows = (await said(connection, 'SELECT @@max_allowed_packet')) as readonly (readonly unknown[])[]
    most = Number(rows[0]?.[0]) - PACKET_ROOM
  } catch (thrown) {
    line.lose()
    throw thrown
  }
  const kill = async (): Promise<void> => {
    const other = await connected(settings)
    await said(other, `KILL QUERY ${connection.threadId}`).finally(() => other.destroy())
  }
  const driver = driverOf(connection, kind, line, kill, options.statementTimeout, most)
  return {
    session: sqlSession(engineOf(kind, `${settings.host}:${settings.port}`, options), driver, options, known),
    isLost: line.isLost,
    ping: () =>
      line
        .answer(() => said(connection, 'DO 0'))
        .then(
          () => true,
          () => false,
        ),
    isOpen: async () => {
      const { serverStatus } = (await line.answer(() => said(connection, 'DO 0'))) as { readonly serverStatus: number }
      // without autocommit the next statement would begin one
      return (serverStatus & IN_TRANSACTION) !== 0 || (serverStatus & AUTOCOMMIT) === 0
    },
    undo: async () => {
      await driver.script('ROLLBACK')
      await driver.script('SET autocommit = 1')
    },
    destroy: async () => line.lose(),
  }
}

/** SERVER_STATUS_IN_TRANS and SERVER_STATUS_AUTOCOMMIT of the protocol. */
const IN_TRANSACTION = 1
const AUTOCOMMIT = 2

const LEVEL = 'SET TRANSACTION ISOLATION LEVEL'

/** The level is told before, for the next transaction only. */
const begin = ({ isolation, readOnly }: TxOptions): string =>
  `${isolation === undefined ? '' : `${LEVEL} ${ISOLATION[isolation]}; `}START TRANSACTION${readOnly === true ? ' READ ONLY' : ''}`

const isUncertain = (thrown: unknown): boolean => {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  return (typeof code === 'string' && UNCERTAIN.includes(code)) || FATAL.includes(fieldsOf(thrown).errno ?? 0)
}

/** What the driver, the socket and `lifeline` say of a connection that was lost with a statement under way. */
const UNCERTAIN: readonly string[] = ['CONNECTION_CLOSED', 'NO_ANSWER', 'PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE']

const engineOf = ({ name, dialect }: Kind, target: string, { statementTimeout }: MysqlOptions): SqlEngine => ({
  dialect,
  values: mysqlValues,
  begin,
  readOnly: null,
  classify: (thrown, context) => {
    const fields = fieldsOf(thrown)
    if (fields.errno === 1969 || fields.errno === 3024 || fields.errno === 1317) {
      return timeout('a statement', statementTimeout ?? 0, 'it was cancelled; make it smaller, or allow it more time')
    }
    if (thrown === TOO_LARGE) return valueTooLong(null, thrown)
    if (/in closed state/.test(fields.message)) return connectionError(target, 'the connection was lost', thrown)
    return unanswered(thrown, statementTimeout) ?? socketError(target, thrown) ?? classifyMysql(name, fields, context, thrown)
  },
  isUncertain,
  diagnose: error => Promise.resolve(error),
})

const bound = (value: unknown): unknown =>
  typeof value === 'bigint'
    ? mysql2.TypedParameter.LONGLONG(value)
    : value instanceof Uint8Array && !Buffer.isBuffer(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value

/** Whether the connection is gone with the statement; the driver does not always say so by itself. */
const isFatal = (thrown: unknown): boolean => {
  const { errno, message } = fieldsOf(thrown)
  return (thrown as { readonly fatal?: unknown } | null)?.fatal === true || FATAL.includes(errno ?? 0) || /in closed state/.test(message)
}

/** The server closes the connection after a packet that is too large, at its end, and when it is told to. */
const FATAL: readonly number[] = [1053, 1153, 1927, 4031]

/** What a packet holds besides values. */
const PACKET_ROOM = 65_536

/** A statement is one packet; the server ends the connection over a larger one, sometimes before it says why. */
const TOO_LARGE = new Error('larger than max_allowed_packet')

const bytesOf = (params: readonly unknown[]): number =>
  params.reduce<number>((sum, p) => sum + (typeof p === 'string' ? Buffer.byteLength(p) : p instanceof Uint8Array ? p.length : 0), 0)

type Row = readonly unknown[]

const driverOf = (
  connection: mysql2.Connection,
  kind: Kind,
  line: Lifeline,
  kill: () => Promise<void>,
  statementTimeout: number | undefined,
  most: number,
): Driver => {
  const reading = new Set<{ readonly drain: () => Promise<void> }>()
  let inTransaction = false

  const idle = async (): Promise<void> => {
    for (const r of reading) await r.drain()
  }
  const query: Driver['query'] = async ({ text, params, kind: use, signal }) => {
    await idle()
    if (bytesOf(params) > most) throw TOO_LARGE
    const late = use === 'read' || kind.limitsWrites || statementTimeout === undefined ? undefined : AbortSignal.timeout(statementTimeout)
    const signals = [signal, late].filter(s => s !== undefined)
    return line.answer(() =>
      signals.length === 0 ? executed(text, params) : cancelledBy(AbortSignal.any(signals), kill, executed(text, params)),
    )
  }
  const executed = (text: string, params: readonly unknown[]): ReturnType<Driver['query']> =>
    new Promise((resolve, reject) => {
      connection.execute(text, params.map(bound) as never[], (thrown: unknown, answer: unknown) => {
        if (!kind.keeps(text)) connection.unprepare(text)
        if (thrown !== null) {
          reject(thrown)
          if (isFatal(thrown)) line.lose()
        } else if (Array.isArray(answer)) resolve({ rows: answer as Row[], affected: answer.length })
        else resolve({ rows: [], affected: (answer as mysql2.ResultSetHeader).affectedRows })
      })
    })

  const cursor = async ({ text, params }: Statement, size: number): Promise<DriverCursor> => {
    await idle()
    const stream = connection.execute(text, params.map(bound) as never[]).stream({ highWaterMark: size })
    const rows = stream[Symbol.asyncIterator]() as AsyncIterator<Row>
    let ahead: readonly Row[] = []
    let ended = false
    const read = async (most: number): Promise<readonly Row[]> => {
      const found: Row[] = []
      while (!ended && found.length < most) {
        const next = await line.answer(() => rows.next())
        if (next.done === true) {
          ended = true
          reading.delete(self)
        } else found.push(next.value)
      }
      return found
    }
    const self = {
      drain: async () => {
        ahead = [...ahead, ...(await read(Number.POSITIVE_INFINITY))]
      },
    }
    reading.add(self)
    try {
      // the first rows are read here, so that an error of the statement is one of opening the cursor
      ahead = await read(size)
    } catch (thrown) {
      ended = true
      reading.delete(self)
      throw thrown
    }
    return {
      next: async () => {
        const found = ahead.slice(0, size)
        ahead = ahead.slice(size)
        return found.length > 0 ? found : read(size)
      },
      close: async () => {
        if (ended || line.isLost()) return
        // the server goes on sending: outside of a transaction it is told so by ending the connection
        if (inTransaction) await read(Number.POSITIVE_INFINITY)
        else line.lose()
        ended = true
        reading.delete(self)
      },
    }
  }

  return {
    query,
    cursor,
    script: async sql => {
      await idle()
      const [level, start] = sql.startsWith(LEVEL) ? sql.split('; ') : [null, sql]
      if (level !== null) await line.answer(() => said(connection, level as string))
      await line.answer(() => said(connection, start as string))
      if (start?.startsWith('START TRANSACTION')) inTransaction = true
      if (sql === 'COMMIT' || sql === 'ROLLBACK') inTransaction = false
    },
    committed: async () => undefined,
    close: async () => undefined,
  }
}
