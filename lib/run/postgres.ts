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
import type { Capabilities, Runner, TxOptions } from '../core/operation/Interpreter.js'
import { attempting, connectionError, type DbError, refuse, timeout, transactionAborted } from '../core/value/DbError.js'
import { toHex } from '../sql/hex.js'
import { postgresValues } from '../sql/postgres/driverValues.js'
import { postgres as dialect } from '../sql/postgres/postgres.js'
import { closedByPeer, type Endpoint, encrypted, endSocket, firstBytes, inTime, openSocket, showEndpoint } from './address/socket.js'
import { socketError, socketTrouble } from './address/socketErrors.js'
import { type Driver, type Known, NO_CONTEXT, type SqlEngine, TRANSACTION_ENDED } from './Driver.js'
import { driverError } from './driverError.js'
import type { Connection } from './pool/Connection.js'
import { cancelling } from './pool/cancelling.js'
import { causeOf, type ConnectionWatch, watchConnection, NoReply, unanswered } from './pool/connectionWatch.js'
import { ACQUIRE_TIMEOUT, LOOK_AFTER, type PoolOptions, poolProblem } from './pool/PoolOptions.js'
import { pooled } from './pool/pool.js'
import { type ClientOptions, type PostgresAddress, type PostgresWhere, postgresAddress } from './postgres/address.js'
import { classifyPostgres, isPostgresReply, isStalePlan, type PostgresError } from './postgres/errors.js'
import { HANDSHAKE, watchHandshake } from './postgres/handshake.js'
import { REFUSED_BY_POSTGRES } from './refused.js'
import { ISOLATION, LEVELS } from './session/isolation.js'
import { sqlSession } from './session/sqlSession.js'

export interface PostgresOptions extends PoolOptions, PostgresWhere {
  /** A client of yours: its host, database, user, password and TLS are used; the connections are the runner's own. */
  readonly client?: Client
}

const capabilities: Capabilities = {
  engine: 'postgres',
  returning: 'native',
  lateral: 'native',
  transactionalDdl: true,
  constraints: 'statement',
  isolation: LEVELS,
  refuses: REFUSED_BY_POSTGRES,
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
const targetOf = ({ endpoints, database }: PostgresAddress): string =>
  `postgres at ${endpoints.map(showEndpoint).join(',')}, database ${database}`

/** Opens a pool of connections. One is opened at once, so that a wrong address or password is reported here. */
export const postgres =
  (options: PostgresOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const problem = poolProblem(options)
    if (problem !== null) return E.left(problem)
    const read = attempting('the options of postgres', () =>
      postgresAddress(options, options.client?.options as ClientOptions | undefined, process.env),
    )
    if (E.isLeft(read)) return read
    const address = read.right
    const target = targetOf(address)
    const classify = (thrown: unknown): DbError => {
      const cause = causeOf(thrown)
      return (
        refusal(target, address, cause) ??
        unanswered(target, thrown, undefined) ??
        socketError(target, cause) ??
        (isPostgresReply(cause)
          ? classifyPostgres(fieldsOf(cause), NO_CONTEXT, cause)
          : connectionError(target, 'what answers there is no Postgres server', driverError(cause)))
      )
    }
    const known: Known = { foreignKeys: [] }
    const open = (signal: AbortSignal): Promise<Connection> => connect(address, target, options, known, signal)
    const { runner, reach: reached } = pooled({ connect: open, classify, pipelines: true, capabilities }, options)
    const first = await reached()
    if (E.isRight(first)) return E.right(runner)
    await runner.close()
    return first
  }

/** Why the server does not let this user in. */
const refusal = (target: string, { session }: PostgresAddress, thrown: unknown): DbError | null => {
  const { code, message } = fieldsOf(thrown)
  switch (code) {
    case '28P01':
    case '28000':
      return connectionError(target, 'the server refuses this user: are user and password right?', driverError(thrown))
    case '3D000':
      return connectionError(target, 'there is no such database: create it first', driverError(thrown))
    case '53300':
      return connectionError(target, 'the server has no connection left: use a smaller max, or allow more there', driverError(thrown))
    case '57P03':
      return connectionError(target, 'the server is starting or stopping: try again in a moment', driverError(thrown))
    case '42704':
    case '22023':
    case '55P02': {
      const name = Object.keys(session).find(parameter => message.includes(`"${parameter}"`))
      return name === undefined
        ? null
        : connectionError(target, `the server refuses the parameter ${name} of the address`, driverError(thrown))
    }
    case HANDSHAKE:
      return connectionError(target, message, driverError(thrown))
    case OTHER_SESSION:
      return connectionError(target, 'no server has the session that target_session_attrs asks for', driverError(thrown))
    default:
      return null
  }
}

const OTHER_SESSION = 'TARGET_SESSION_ATTRS'

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
    routine: e['routine'],
  }
}

/** A driver's client on one open socket. It never connects again: a second socket is refused. */
interface Link {
  readonly sql: Client
  readonly endpoint: Endpoint
  /** The connection below TLS. */
  readonly socket: Awaited<ReturnType<typeof openSocket>>
  /** What the driver reads and writes. */
  readonly stream: Awaited<ReturnType<typeof openSocket>>
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** An open connection to the server, encrypted as the address says. TLS is asked for before anything else is sent. */
const reach = async ({ tls }: PostgresAddress, endpoint: Endpoint, signal: AbortSignal): Promise<Pick<Link, 'socket' | 'stream'>> => {
  const socket = await openSocket(endpoint, signal)
  if (tls === null || ('path' in endpoint && tls.mode === 'prefer')) return { socket, stream: socket }
  socket.write(SSL_REQUEST)
  const answer = await firstBytes(socket, signal)
  if (answer.length === 1 && answer[0] === 0x53) return { socket, stream: await encrypted(socket, endpoint, tls.options, signal) }
  if (answer.length === 1 && answer[0] === 0x4e && tls.mode === 'prefer') return { socket, stream: socket }
  socket.destroy()
  throw socketTrouble(answer[0] === 0x53 ? 'TLS_UNEXPECTED_BYTES' : 'TLS_NOT_OFFERED')
}

const linked = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  { statementTimeout }: PostgresOptions,
  signal: AbortSignal,
): Promise<Link> => {
  const { socket, stream } = await reach(address, endpoint, signal)
  let isTaken = false
  const settings = {
    host: 'host' in endpoint ? endpoint.host : 'localhost',
    port: 'port' in endpoint ? endpoint.port : 0,
    user: address.user,
    pass: address.password,
    database: address.database,
    ssl: false,
    socket: () => {
      if (isTaken) throw Object.assign(new Error('the session is another than the one that is wanted'), { code: OTHER_SESSION })
      isTaken = true
      watchHandshake(stream)
      return stream
    },
    ...(address.target === 'any' ? {} : { target_session_attrs: address.target === 'prefer-standby' ? 'standby' : address.target }),
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 0,
    keep_alive: 0,
    fetch_types: false,
    types,
    onnotice: () => undefined,
    connection: {
      ...address.session,
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      client_min_messages: 'warning',
      ...(statementTimeout === undefined ? {} : { statement_timeout: statementTimeout }),
    },
  }
  return { sql: client(settings as unknown as client.Options<any>), endpoint, socket, stream }
}

/** The process of the server behind a connection. `isDirect`: no pooler is in between, which has numbers of its own. */
interface Backend {
  readonly pid: number
  readonly secret: number
  readonly isDirect: boolean
}

/** Hosts are tried in order; where one replies that it does not let this user in, the others are not asked. */
const connect = async (
  address: PostgresAddress,
  target: string,
  options: PostgresOptions,
  known: Known,
  signal: AbortSignal,
): Promise<Connection> => {
  const { endpoints, connectTimeout } = address
  const share = Math.min(connectTimeout ?? Number.POSITIVE_INFINITY, (options.acquireTimeout ?? ACQUIRE_TIMEOUT) / endpoints.length)
  const attempts = address.target === 'prefer-standby' ? [address, { ...address, target: 'any' as const }] : [address]
  let failure: unknown
  for (const wanted of attempts) {
    for (const endpoint of endpoints) {
      try {
        return await inTime(share, late => connectTo(wanted, endpoint, target, options, known, late), signal)
      } catch (thrown) {
        failure = thrown
        if (signal.aborted || /^(?:28|3D)/.test(fieldsOf(causeOf(thrown)).code ?? '')) throw thrown
      }
    }
  }
  throw failure
}

const connectTo = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  target: string,
  options: PostgresOptions,
  known: Known,
  signal: AbortSignal,
): Promise<Connection> => {
  const { sql, socket, stream } = await linked(address, endpoint, options, signal)
  const acquireTimeout = options.acquireTimeout ?? ACQUIRE_TIMEOUT
  let backend: Backend = { pid: 0, secret: 0, isDirect: false }
  const watch = watchConnection({
    statementTimeout: options.statementTimeout,
    lookAfter: options.lookAfter ?? LOOK_AFTER,
    look: () => inTime(acquireTimeout, late => isWorking(address, endpoint, options, backend, late)),
    isReply: isPostgresReply,
    written: () => socket.bytesWritten,
    received: () => socket.bytesRead,
    cut: () => {
      stream.destroy()
      socket.destroy()
    },
  })
  for (const s of [stream, socket]) {
    s.on('error', watch.lose)
    s.on('close', () => watch.lose())
  }
  const late = (): void => watch.lose(socketTrouble('CONNECT_TIMEOUT'))
  signal.addEventListener('abort', late, { once: true })
  try {
    const first = await watch.reply(() => sql.unsafe('SELECT pg_backend_pid()').simple())
    const { pid, secret } = first.state as unknown as { readonly pid: number; readonly secret: number }
    backend = { pid, secret, isDirect: Number((first[0] as { readonly pg_backend_pid: unknown } | undefined)?.pg_backend_pid) === pid }
  } catch (thrown) {
    watch.lose(thrown)
    throw thrown
  } finally {
    signal.removeEventListener('abort', late)
  }
  const cancel = (): Promise<void> => inTime(CANCEL, soon => askToCancel(address, endpoint, backend, soon))
  const driver = driverOf(sql, watch, stream, cancel)
  const answers = (statement: string): Promise<boolean> =>
    watch
      .reply(() => sql.unsafe(statement))
      .then(
        () => true,
        () => false,
      )
  return {
    session: sqlSession(engineOf(target, options), driver, options, known),
    isLost: watch.isLost,
    ping: () => answers('SELECT 1'),
    isOpen: async () => driver.status() !== 'I',
    undo: () => driver.script('ROLLBACK'),
    destroy: async () => watch.lose(),
    close: () => {
      if (watch.isLost()) return Promise.resolve()
      watch.retire()
      return endSocket(stream, () => void sql.end({ timeout: 0 }), GOODBYE)
    },
  }
}

/** Milliseconds for a request to cancel, until the server has closed its connection. */
const CANCEL = 1_000
/** Milliseconds that a server has to end a connection that it was asked to end. */
const GOODBYE = 500

/** A request to cancel has a connection of its own, which the server closes when it has passed the request on. */
const askToCancel = async (address: PostgresAddress, endpoint: Endpoint, { pid, secret }: Backend, signal: AbortSignal): Promise<void> => {
  const { stream } = await reach(address, endpoint, signal)
  const request = Buffer.alloc(16)
  request.writeInt32BE(16, 0)
  request.writeInt32BE(80_877_102, 4)
  request.writeInt32BE(pid | 0, 8)
  request.writeInt32BE(secret | 0, 12)
  stream.write(request)
  await closedByPeer(stream, signal)
}

/**
 * Whether the server still works for a connection, by a look from another one. A server that replies, if only that it has no
 * connection left, is alive; a backend that is gone, or waits for us or for the network while we wait for it, is lost.
 */
const isWorking = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  options: PostgresOptions,
  { pid, isDirect }: Backend,
  signal: AbortSignal,
): Promise<boolean> => {
  const { sql, stream, socket } = await linked(address, endpoint, options, signal)
  const cut = (): void => {
    stream.destroy()
    socket.destroy()
  }
  signal.addEventListener('abort', cut, { once: true })
  for (const s of [stream, socket]) s.on('error', () => undefined)
  try {
    const rows = await sql
      .unsafe(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND wait_event_type IS DISTINCT FROM 'Client'`)
      .simple()
    return !isDirect || rows.length > 0
  } catch (thrown) {
    if (fieldsOf(thrown).code !== undefined && thrown instanceof client.PostgresError) return true
    throw thrown
  } finally {
    signal.removeEventListener('abort', cut)
    cut()
  }
}

const begin = ({ isolation, readOnly, deferrable }: TxOptions): string =>
  `BEGIN${isolation === undefined ? '' : ` ISOLATION LEVEL ${ISOLATION[isolation]}`}${readOnly === true ? ' READ ONLY' : ''}${deferrable === true ? ' DEFERRABLE' : ''}`

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
    return unanswered(target, thrown, statementTimeout) ?? classifyPostgres(fields, context, thrown)
  },
  isUncertain: thrown => thrown instanceof NoReply && thrown.isSent,
  diagnose: error => Promise.resolve(error),
})

/** `I`: no transaction is open; `T`: one is; `E`: one is, and has failed. Of the protocol's ReadyForQuery. */
type Status = 'I' | 'T' | 'E' | '?'

/** Reads the status from the last bytes that the server sends while something runs: a ReadyForQuery ends each answer. */
const watched = async <A>(stream: Link['stream'], run: () => Promise<A>, tell: (status: Status) => void): Promise<A> => {
  let tail = Buffer.alloc(0)
  const read = (chunk: Buffer): void => {
    tail = Buffer.concat([tail, chunk.subarray(-6)]).subarray(-6)
  }
  stream.on('data', read)
  try {
    return await run()
  } finally {
    stream.removeListener('data', read)
    tell(tail.length === 6 && tail.readUInt32BE(1) === 5 && tail[0] === 0x5a ? (String.fromCharCode(tail[5] as number) as Status) : '?')
  }
}

/** The part of an error that says that the plan of a prepared statement is stale. */
const STALE = Buffer.from('\0RRevalidateCachedQuery\0', 'latin1')

/**
 * Makes the driver take such an error for any other: it would prepare the statement again, and mixes up several of one
 * connection that it prepares at the same time (postgres 3.4). The rows of a text protocol hold no NUL before such a word.
 */
const unrecognized = (chunk: Buffer): void => {
  for (let at = chunk.indexOf(STALE); at >= 0; at = chunk.indexOf(STALE, at + 1)) chunk[at + 2] = 0x72
}

const driverOf = (
  sql: Client,
  watch: ConnectionWatch,
  stream: Link['stream'],
  cancel: () => Promise<void>,
): Driver & { readonly status: () => Status } => {
  const prepared = new Set<string>()
  let cursors = 0
  let inTransaction = false
  let status: Status = 'I'
  const isKept = (text: string): boolean => {
    if (prepared.has(text)) return true
    if (prepared.size >= MOST_PREPARED) return false
    prepared.add(text)
    return true
  }
  /** A request that comes too late is dropped by the server, which sees it before the next statement, or hits this one. */
  const absorb = async (): Promise<void> => {
    if (!inTransaction) await watch.reply(() => sql.unsafe('SELECT 1').simple()).catch(() => undefined)
  }
  const askedAs = async (text: string, params: readonly unknown[], signal?: AbortSignal) => {
    const send = () => watch.reply(() => sql.unsafe(text, params as never[], { prepare: isKept(text), simple: false } as never).values())
    const answer = signal === undefined ? await send() : await cancelling({ signal, cancel, absorb, lose: watch.lose }, send)
    return { rows: answer as unknown as readonly (readonly unknown[])[], affected: answer.count ?? 0 }
  }
  stream.prependListener('data', unrecognized)
  /** A statement whose plan is stale is prepared anew under another text: the driver keeps what it has prepared. */
  const forms = new Map<string, string>()
  const formOf = (text: string): string => forms.get(text) ?? text
  const rowsOf = async (text: string, params: readonly unknown[], signal?: AbortSignal): ReturnType<typeof askedAs> => {
    const form = formOf(text)
    try {
      return await askedAs(form, params, signal)
    } catch (thrown) {
      if (!isStalePlan(thrown)) throw thrown
      if (formOf(text) === form) forms.set(text, `${form} `)
      // a transaction has failed with it
      if (inTransaction) throw thrown
      return askedAs(formOf(text), params, signal)
    }
  }
  /** A raw statement can do what its text does not tell: the server says whether a transaction is open after it. */
  const raw = async (text: string, params: readonly unknown[], signal?: AbortSignal): ReturnType<typeof rowsOf> => {
    const answer = await watched(
      stream,
      () => rowsOf(text, params, signal),
      found => {
        status = found
      },
    )
    if (inTransaction && status === 'I') {
      watch.lose()
      refuse(TRANSACTION_ENDED)
    }
    return answer
  }
  const script = async (text: string): Promise<void> => {
    const done = await watch.reply(() => sql.unsafe(text).simple())
    if (text.startsWith('BEGIN')) inTransaction = true
    if (text === 'COMMIT' || text === 'ROLLBACK') inTransaction = false
    // a transaction that has failed is rolled back by COMMIT, which succeeds
    if (text === 'COMMIT' && done.command !== 'COMMIT') refuse(transactionAborted)
  }
  return {
    query: ({ text, params, kind, signal }) => (kind === 'raw' ? raw : rowsOf)(text, params, signal),
    cursor: async ({ text, params, signal }, size) => {
      const name = `query_ts_${(cursors += 1)}`
      const own = !inTransaction
      if (own) await script('BEGIN READ ONLY')
      try {
        await watch.reply(() => sql.unsafe(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, params as never[], { prepare: false }))
      } catch (thrown) {
        if (own && !watch.isLost()) await script('ROLLBACK')
        throw thrown
      }
      return {
        next: async () => (await rowsOf(`FETCH ${size} FROM ${name}`, [], signal)).rows,
        close: async () => {
          if (!watch.isLost()) await script(own ? 'ROLLBACK' : `CLOSE ${name}`)
        },
      }
    },
    script,
    committed: async () => undefined,
    close: async () => undefined,
    status: () => status,
  }
}
