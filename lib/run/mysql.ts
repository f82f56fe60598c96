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
import type { Capabilities, Runner, TxOptions } from '../core/operation/Interpreter.js'
import { attempting, beyondLimit, connectionError, type DbError, refuse, timeout } from '../core/value/DbError.js'
import type { Dialect } from '../sql/Dialect.js'
import { mysqlValues } from '../sql/mysql/driverValues.js'
import { mariadb } from '../sql/mysql/mariadb.js'
import { mysql as mysqlDialect } from '../sql/mysql/mysql.js'
import { mariadbSession, mysqlSession } from '../sql/mysql/session.js'
import { endSocket, inTime, openSocket, showEndpoint } from './address/socket.js'
import { socketError, socketTrouble } from './address/socketErrors.js'
import { type Driver, type DriverCursor, type Known, NO_CONTEXT, type SqlEngine, type Statement, TRANSACTION_ENDED } from './Driver.js'
import { driverError } from './driverError.js'
import { type ClientConfig, type MysqlAddress, type MysqlWhere, mysqlAddress } from './mysql/address.js'
import { classifyMysql, closesConnection, isMysqlReply, type MysqlError } from './mysql/errors.js'
import { bytesOf, MATCHES, PACKET_ROOM, TooLarge, WRONG, warningsOf } from './mysql/packets.js'
import { withParameters } from './mysql/textProtocol.js'
import type { Connection } from './pool/Connection.js'
import { type Cancelling, cancelling } from './pool/cancelling.js'
import { causeOf, type ConnectionWatch, watchConnection, NoReply, unanswered } from './pool/connectionWatch.js'
import { ACQUIRE_TIMEOUT, LOOK_AFTER, type PoolOptions, poolProblem } from './pool/PoolOptions.js'
import { pooled } from './pool/pool.js'
import { REFUSED_BY_MARIADB, REFUSED_BY_MYSQL } from './refused.js'
import { ISOLATION, LEVELS } from './session/isolation.js'
import { sqlSession } from './session/sqlSession.js'

export interface MysqlOptions extends PoolOptions, MysqlWhere {
  /** A connection or pool of yours: its host, database, user, password and TLS are used; the connections are the runner's own. */
  readonly client?: mysql2.Connection | mysql2.Pool
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
const capabilities = (engine: string, lateral: Capabilities['lateral'], refuses: Capabilities['refuses']): Capabilities => ({
  engine,
  returning: 'emulated',
  lateral,
  transactionalDdl: false,
  constraints: 'row',
  isolation: LEVELS,
  refuses,
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
  capabilities: capabilities('mysql', 'native', REFUSED_BY_MYSQL),
}

const MARIADB: Kind = {
  name: 'mariadb',
  dialect: mariadb,
  session: mariadbSession,
  limit: ms => `SET SESSION max_statement_time = ${ms / 1000}${locks(ms)}`,
  limitsWrites: true,
  // running one with a sub-query again fails with 1054, or ends the server (10.11)
  keeps: text => !/\(SELECT/.test(text),
  capabilities: capabilities('mariadb', 'emulated', REFUSED_BY_MARIADB),
}

/** Opens a pool of connections. One is opened at once, so that a wrong address or password is reported here. */
export const mysql =
  (options: MysqlOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const problem = poolProblem(options)
    if (problem !== null) return E.left(problem)
    const read = attempting('the options of mysql', () => mysqlAddress(options, configOf(options.client), process.env))
    if (E.isLeft(read)) return read
    const address = read.right
    const target = `${showEndpoint(address.endpoint)}, database ${address.database}`
    const classify = (thrown: unknown): DbError => {
      const cause = causeOf(thrown)
      return (
        refusal(target, cause) ??
        unanswered(target, thrown, undefined) ??
        (isMysqlReply(cause)
          ? classifyMysql('mysql', fieldsOf(cause), NO_CONTEXT, cause)
          : connectionError(target, 'what answers there is no MySQL or MariaDB server', driverError(cause)))
      )
    }
    try {
      const limit = Math.min(address.connectTimeout ?? Number.POSITIVE_INFINITY, options.acquireTimeout ?? ACQUIRE_TIMEOUT)
      const kind = await inTime(limit, signal => kindOf(address, signal))
      const known: Known = { foreignKeys: [] }
      const connect = (signal: AbortSignal): Promise<Connection> =>
        inTime(limit, late => open(address, kind, target, options, known, late), signal)
      return E.right(pooled({ connect, classify, pipelines: false, capabilities: kind.capabilities }, options).runner)
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
      return connectionError(target, 'the server refuses this user: are user and password right?', driverError(thrown))
    case 1049:
    case 1044:
      return connectionError(target, 'there is no such database for this user: create it first', driverError(thrown))
    case 1040:
    case 1203:
    case 1226:
      return connectionError(target, 'the server has no connection left: use a smaller max, or allow more there', driverError(thrown))
    default:
      return socketError(target, isWithoutTls(thrown) ? socketTrouble('TLS_NOT_OFFERED') : thrown)
  }
}

/** The driver's word that it was asked for TLS, and the server has none. */
const isWithoutTls = (thrown: unknown): boolean => (thrown as { readonly code?: unknown } | null)?.code === 'HANDSHAKE_NO_SSL_SUPPORT'

const fieldsOf = (thrown: unknown): MysqlError => {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const { errno, sqlMessage } = thrown as Error & { readonly errno?: unknown; readonly sqlMessage?: string }
  return { errno: typeof errno === 'number' && errno > 0 ? errno : undefined, message: sqlMessage ?? thrown.message }
}

/** What mysql2 keeps of the options that a connection, or a pool, was made with. */
const configOf = (client: MysqlOptions['client']): ClientConfig | undefined => {
  if (client === undefined) return undefined
  const { config } = client as unknown as { readonly config: ClientConfig & { readonly connectionConfig?: ClientConfig } }
  return config.connectionConfig ?? config
}

/** A driver's connection on an open socket. */
interface Link {
  readonly connection: mysql2.Connection
  /** The connection below TLS. */
  readonly socket: Awaited<ReturnType<typeof openSocket>>
  readonly cut: () => void
}

/** A connection that answers; throws what the driver throws. */
const linked = async (address: MysqlAddress, signal: AbortSignal): Promise<Link> => {
  try {
    return await linkedBy(address, signal)
  } catch (thrown) {
    if (address.tls?.isOptional !== true || !isWithoutTls(thrown)) throw thrown
    return linkedBy({ ...address, tls: null }, signal)
  }
}

const linkedBy = async ({ endpoint, user, password, database, tls }: MysqlAddress, signal: AbortSignal): Promise<Link> => {
  const socket = await openSocket(endpoint, signal)
  const host = 'host' in endpoint ? endpoint.host : 'localhost'
  // the name that a certificate has to be for, where the driver gives TLS none: for addresses that are numbers
  Object.assign(socket, { _host: host })
  const connection = mysql2.createConnection({
    stream: socket,
    host,
    ...('path' in endpoint ? { socketPath: endpoint.path } : { port: endpoint.port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(tls === null ? {} : { ssl: { ...tls.options } as NonNullable<mysql2.ConnectionOptions['ssl']> }),
    connectTimeout: 0,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    timezone: 'Z',
    rowsAsArray: true,
    maxPreparedStatements: 500,
  })
  // an error may come while nobody else listens
  connection.on('error', () => undefined)
  const cut = (): void => {
    streamOf(connection).destroy()
    socket.destroy()
  }
  return new Promise((resolve, reject) => {
    const failed = (thrown: unknown): void => {
      signal.removeEventListener('abort', late)
      // the driver overwrites the codes of TLS; the socket still has that of a certificate
      const code = (streamOf(connection) as { readonly authorizationError?: unknown }).authorizationError
      if ((thrown as { readonly code?: unknown } | null)?.code === 'HANDSHAKE_SSL_ERROR')
        Object.assign(thrown as object, { code: code ?? 'ERR_TLS_HANDSHAKE' })
      cut()
      reject(thrown)
    }
    const late = (): void => failed(socketTrouble('CONNECT_TIMEOUT'))
    const closed = (): void => failed(socketTrouble('ECONNRESET'))
    signal.addEventListener('abort', late, { once: true })
    connection.once('error', failed)
    socket.once('close', closed)
    connection.connect(thrown => {
      if (thrown !== null) return failed(thrown)
      connection.removeListener('error', failed)
      socket.removeListener('close', closed)
      signal.removeEventListener('abort', late)
      if (signal.aborted) return late()
      resolve({ connection, socket, cut })
    })
  })
}

/** What the driver reads and writes: the socket, or TLS over it. */
const streamOf = (connection: mysql2.Connection): Link['socket'] => (connection as unknown as { readonly stream: Link['socket'] }).stream

/** A text without parameters. */
const said = (connection: mysql2.Connection, sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (thrown, answer) => (thrown === null ? resolve(answer) : reject(thrown)))
  })

/** The rows of a statement on a connection that is for it alone. */
const asked = async (address: MysqlAddress, sql: string, signal: AbortSignal): Promise<readonly Row[]> => {
  const { connection, socket, cut } = await linked(address, signal)
  signal.addEventListener('abort', cut, { once: true })
  try {
    const rows = (await said(connection, sql)) as readonly Row[]
    await endSocket(socket, () => connection.end(), GOODBYE)
    return rows
  } finally {
    signal.removeEventListener('abort', cut)
    cut()
  }
}

const kindOf = async (address: MysqlAddress, signal: AbortSignal): Promise<Kind> => {
  const rows = await asked(address, 'SELECT version()', signal)
  return /mariadb/i.test(String(rows[0]?.[0])) ? MARIADB : MYSQL
}

/**
 * Whether the server still works for a connection, by a look from another one. A server that replies, if only that it has no
 * connection left, is alive; a connection that is gone, or waits for us or for the network while we wait for it, is lost.
 */
const isWorking = async (address: MysqlAddress, id: number, isDirect: boolean, signal: AbortSignal): Promise<boolean> => {
  try {
    const rows = await asked(address, 'SHOW PROCESSLIST', signal)
    const own = rows.find(row => Number(row[0]) === id)
    return !isDirect || (own !== undefined && own[4] !== 'Sleep' && !/to client|to net/i.test(String(own[6])))
  } catch (thrown) {
    if (isMysqlReply(thrown)) return true
    throw thrown
  }
}

const open = async (
  address: MysqlAddress,
  kind: Kind,
  target: string,
  options: MysqlOptions,
  known: Known,
  signal: AbortSignal,
): Promise<Connection> => {
  const { connection, socket, cut } = await linked(address, signal)
  const { statementTimeout, acquireTimeout = ACQUIRE_TIMEOUT } = options
  const id = connection.threadId
  let isDirect = false
  const watch = watchConnection({
    statementTimeout,
    lookAfter: options.lookAfter ?? LOOK_AFTER,
    look: () => inTime(acquireTimeout, late => isWorking(address, id, isDirect, late)),
    isReply: isMysqlReply,
    written: () => socket.bytesWritten,
    received: () => socket.bytesRead,
    cut,
  })
  connection.on('error', watch.lose)
  connection.on('end', () => watch.lose())
  for (const s of [streamOf(connection), socket]) s.on('close', () => watch.lose())
  const late = (): void => watch.lose(socketTrouble('CONNECT_TIMEOUT'))
  signal.addEventListener('abort', late, { once: true })
  let most = 0
  try {
    const limits = statementTimeout === undefined ? [] : [kind.limit(statementTimeout)]
    for (const sql of [...kind.session, ...limits]) await watch.reply(() => said(connection, sql))
    const [row] = (await watch.reply(() => said(connection, 'SELECT @@max_allowed_packet, connection_id()'))) as readonly Row[]
    most = Number(row?.[0]) - PACKET_ROOM
    isDirect = Number(row?.[1]) === id
  } catch (thrown) {
    watch.lose(thrown)
    throw thrown
  } finally {
    signal.removeEventListener('abort', late)
  }
  const kill = async (ms: number): Promise<void> => {
    await inTime(ms, soon => asked(address, `KILL QUERY ${id}`, soon))
  }
  const driver = driverOf(connection, kind, watch, { cancel: () => kill(CANCEL), stop: () => kill(acquireTimeout) }, statementTimeout, most)
  return {
    session: sqlSession(engineOf(kind, target, options), driver, options, known),
    isLost: watch.isLost,
    ping: () =>
      watch
        .reply(() => said(connection, 'DO 0'))
        .then(
          () => true,
          () => false,
        ),
    isOpen: async () => {
      const { serverStatus } = (await watch.reply(() => said(connection, 'DO 0'))) as { readonly serverStatus: number }
      // without autocommit the next statement would begin one
      return (serverStatus & IN_TRANSACTION) !== 0 || (serverStatus & AUTOCOMMIT) === 0
    },
    undo: async () => {
      await driver.script('ROLLBACK')
      await driver.script('SET autocommit = 1')
    },
    destroy: async () => watch.lose(),
    close: () => {
      if (watch.isLost()) return Promise.resolve()
      watch.retire()
      return endSocket(socket, () => connection.end(), GOODBYE).finally(cut)
    },
  }
}

/**
 * Milliseconds for a request to cancel, until the server has carried it out. A connection is opened for it, and the server may try for
 * 2 seconds to wake a thread whose mutex is taken (`THD::awake`; seen on MariaDB 10.11 with several kills at once).
 */
const CANCEL = 4_000
/** Milliseconds that a server has to end a connection that it was asked to end. */
const GOODBYE = 500

/** SERVER_STATUS_IN_TRANS and SERVER_STATUS_AUTOCOMMIT of the protocol. */
const IN_TRANSACTION = 1
const AUTOCOMMIT = 2

const LEVEL = 'SET TRANSACTION ISOLATION LEVEL'

/** The level is told before, for the next transaction only. */
const begin = ({ isolation, readOnly }: TxOptions): string =>
  `${isolation === undefined ? '' : `${LEVEL} ${ISOLATION[isolation]}; `}START TRANSACTION${readOnly === true ? ' READ ONLY' : ''}`

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
    if (thrown instanceof TooLarge) return beyondLimit('a statement with its values', `max_allowed_packet is ${thrown.limit} bytes`)
    return unanswered(target, thrown, statementTimeout) ?? classifyMysql(name, fields, context, thrown)
  },
  isUncertain: thrown => thrown instanceof NoReply && thrown.isSent,
  diagnose: error => Promise.resolve(error),
})

const bound = (value: unknown): unknown =>
  typeof value === 'bigint'
    ? mysql2.TypedParameter.LONGLONG(value)
    : value instanceof Uint8Array && !Buffer.isBuffer(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value

type Row = readonly unknown[]

/** Statements that neither begin nor end a transaction, whatever they call: functions and triggers can't. */
const HARMLESS = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|SHOW|EXPLAIN)\b/i

const driverOf = (
  connection: mysql2.Connection,
  kind: Kind,
  watch: ConnectionWatch,
  { cancel, stop }: { readonly cancel: () => Promise<void>; readonly stop: () => Promise<void> },
  statementTimeout: number | undefined,
  most: number,
): Driver => {
  const reading = new Set<{ readonly drain: () => Promise<void> }>()
  let inTransaction = false

  const idle = async (): Promise<void> => {
    for (const r of reading) await r.drain()
  }
  /** A request that comes too late hits the next statement, which is this one; a transaction is not ended by it. */
  const absorb = async (): Promise<void> => {
    await watch.reply(() => said(connection, 'DO 0')).catch(() => undefined)
  }
  const stopping = (signal: AbortSignal | undefined, after?: number): Cancelling => ({ signal, after, cancel, absorb, lose: watch.lose })

  /** A statement as it is sent, if it is one packet; `keeps` says whether it stays prepared. */
  const sendable = (statement: Statement): Statement & { readonly keeps: boolean } => {
    const sent = withParameters(statement)
    const isSame = sent.text === statement.text
    if (bytesOf(isSame ? sent.params : [sent.text]) > most) throw new TooLarge(most + PACKET_ROOM)
    return { ...statement, ...sent, keeps: isSame && kind.keeps(sent.text) }
  }
  const query: Driver['query'] = async statement => {
    await idle()
    return statement.kind === 'raw' && inTransaction && !HARMLESS.test(statement.text) ? insideTransaction(statement) : one(statement)
  }
  const one: Driver['query'] = async statement => {
    const { kind: use, signal, ...sent } = sendable(statement)
    const isMatching = use === 'write' && kind === MARIADB && !inTransaction && MATCHES.test(sent.text)
    const after = use === 'read' || kind.limitsWrites ? undefined : statementTimeout
    const sure = () => watch.reply(() => executed(sent)).then(whole)
    const send = isMatching ? () => undone(sure) : sure
    return signal === undefined && after === undefined ? send() : cancelling(stopping(signal, after), send)
  }
  /** A write by itself that is undone where it turns out to be wrong. */
  const undone = async <A>(write: () => Promise<A>): Promise<A> => {
    await watch.reply(() => said(connection, 'START TRANSACTION'))
    try {
      const done = await write()
      await watch.reply(() => said(connection, 'COMMIT'))
      return done
    } catch (thrown) {
      if (!watch.isLost()) await watch.reply(() => said(connection, 'ROLLBACK'))
      throw thrown
    }
  }
  /** What was read or written, unless by a value that is wrong. */
  const whole = async <A>(read: A & { readonly warnings: number }): Promise<A> => {
    if (read.warnings === 0) return read
    const told = (await watch.reply(() => said(connection, 'SHOW WARNINGS'))) as readonly Row[]
    const cut = told.find(([, code]) => WRONG.includes(code))
    return cut === undefined ? read : Promise.reject(Object.assign(new Error(String(cut[2])), { errno: cut[1] }))
  }
  /** A savepoint does not outlive its transaction: where it is gone, the statement has ended that, if only to begin another. */
  const insideTransaction = async (statement: Statement): ReturnType<Driver['query']> => {
    await watch.reply(() => said(connection, 'SAVEPOINT query_ts_raw'))
    const rows = await one(statement)
    const isThere = await watch
      .reply(() => said(connection, 'RELEASE SAVEPOINT query_ts_raw'))
      .then(
        () => true,
        thrown => (isMysqlReply(thrown) ? false : Promise.reject(thrown)),
      )
    if (isThere) return rows
    watch.lose()
    return refuse(TRANSACTION_ENDED)
  }
  const executed = ({
    text,
    params,
    keeps,
  }: Pick<ReturnType<typeof sendable>, 'text' | 'params' | 'keeps'>): Promise<
    Awaited<ReturnType<Driver['query']>> & { readonly warnings: number }
  > =>
    new Promise((resolve, reject) => {
      const command = connection.execute(text, params.map(bound) as never[], (thrown: unknown, answer: unknown) => {
        if (!keeps) connection.unprepare(text)
        if (thrown !== null) {
          reject(thrown)
          if (closesConnection(thrown)) watch.lose(thrown)
        } else if (Array.isArray(answer)) resolve({ rows: answer as Row[], affected: answer.length, warnings: warnings() })
        else
          resolve({
            rows: [],
            affected: (answer as mysql2.ResultSetHeader).affectedRows,
            warnings: MATCHES.test(text) ? (answer as mysql2.ResultSetHeader).warningStatus : 0,
          })
      })
      const warnings = warningsOf(command)
    })

  const cursor = async (statement: Statement, size: number): Promise<DriverCursor> => {
    await idle()
    const { text, params, signal, keeps } = sendable(statement)
    const command = connection.execute(text, params.map(bound) as never[])
    const warnings = warningsOf(command)
    const stream = command.stream({ highWaterMark: size })
    const rows = stream[Symbol.asyncIterator]() as AsyncIterator<Row>
    let ahead: readonly Row[] = []
    let ended = false
    const finished = (): void => {
      ended = true
      reading.delete(self)
      if (!keeps) connection.unprepare(text)
    }
    const next = async (): Promise<Row | null> => {
      const answer = await watch.reply(() => rows.next())
      if (answer.done !== true) return answer.value
      finished()
      return null
    }
    const read = async (count: number): Promise<readonly Row[]> => {
      const found: Row[] = []
      while (!ended && found.length < count) {
        const row = await next()
        if (row !== null) found.push(row)
      }
      if (ended) await whole({ warnings: warnings() })
      return found
    }
    const chunk = (): Promise<readonly Row[]> => (signal === undefined ? read(size) : cancelling(stopping(signal), () => read(size)))
    const self = {
      drain: async () => {
        ahead = [...ahead, ...(await read(Number.POSITIVE_INFINITY))]
      },
    }
    /** Passes over the rest, which the server is asked not to send where that takes long. A transaction is not ended by it. */
    const skip = async (): Promise<void> => {
      const patience = performance.now() + SKIP
      while (!ended && performance.now() < patience) await next()
      if (ended) return
      await stop().catch(() => watch.lose())
      while (!ended) await next()
    }
    reading.add(self)
    try {
      // the first rows are read here, so that an error of the statement is one of opening the cursor
      ahead = await chunk()
    } catch (thrown) {
      finished()
      throw thrown
    }
    return {
      next: async () => {
        const found = ahead.slice(0, size)
        ahead = ahead.slice(size)
        return found.length > 0 ? found : chunk()
      },
      close: async () => {
        ahead = []
        if (ended || watch.isLost()) return
        // the server goes on sending: outside of a transaction the connection is ended; in one the rest ends, after a request
        // to stop with an error
        if (inTransaction)
          await skip()
            .catch(() => undefined)
            .then(absorb)
        else watch.lose()
        finished()
      },
    }
  }

  return {
    query,
    cursor,
    script: async sql => {
      await idle()
      const [level, start] = sql.startsWith(LEVEL) ? sql.split('; ') : [null, sql]
      if (level !== null) await watch.reply(() => said(connection, level as string))
      await watch.reply(() => said(connection, start as string))
      if (start?.startsWith('START TRANSACTION')) inTransaction = true
      if (sql === 'COMMIT' || sql === 'ROLLBACK') inTransaction = false
    },
    committed: async () => undefined,
    close: async () => undefined,
  }
}

/** Milliseconds for passing over rows that nobody wants, before the server is asked to stop. */
const SKIP = 100
