/**
 * A connection of the pool to Postgres: opened at the first host that works, watched, cancelled, and closed.
 *
 * Hosts are tried in order, each for its share of `acquireTimeout`; a host that refuses the user or the database ends the attempt.
 * `prefer-standby` tries all hosts for a standby first, then for any session.
 */
import { type Endpoint, endSocket, inTime } from '../address/socket.js'
import { socketTrouble } from '../address/socketErrors.js'
import type { Known } from '../Driver.js'
import type { Connection } from '../pool/Connection.js'
import { causeOf, watchConnection } from '../pool/connectionWatch.js'
import { ACQUIRE_TIMEOUT, LOOK_AFTER, type PoolOptions } from '../pool/PoolOptions.js'
import { sqlSession } from '../session/sqlSession.js'
import type { PostgresAddress } from './address.js'
import { type Backend, isWorking, requestCancel } from './backend.js'
import { isPostgresReply, postgresErrorOf } from './errors.js'
import { postgresDriver } from './postgresDriver.js'
import { postgresEngine } from './postgresEngine.js'
import { openLink } from './postgresLink.js'

/** Milliseconds for a request to cancel, until the server has closed its connection. */
const CANCEL = 1_000
/** Milliseconds that a server has to end a connection by the protocol. */
const GOODBYE = 500

/** Classes of errors after which no other host is tried: the user or the database is refused. */
const FINAL = /^(?:28|3D)/

/** Opens a connection to the first host that works; throws what the driver throws. */
export const openConnection = async (
  address: PostgresAddress,
  target: string,
  options: PoolOptions,
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
        return await inTime(share, late => openAt(wanted, endpoint, target, options, known, late), signal)
      } catch (thrown) {
        failure = thrown
        if (signal.aborted || FINAL.test(postgresErrorOf(causeOf(thrown)).code ?? '')) throw thrown
      }
    }
  }
  throw failure
}

const openAt = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  target: string,
  options: PoolOptions,
  known: Known,
  signal: AbortSignal,
): Promise<Connection> => {
  const { statementTimeout, acquireTimeout = ACQUIRE_TIMEOUT } = options
  const link = await openLink(address, endpoint, statementTimeout, signal)
  const { sql, socket, stream } = link
  let backend: Backend = { pid: 0, secret: 0, isDirect: false }
  const watch = watchConnection({
    statementTimeout,
    lookAfter: options.lookAfter ?? LOOK_AFTER,
    look: () => inTime(acquireTimeout, late => isWorking(address, endpoint, statementTimeout, backend, late)),
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
    const serverPid = (first[0] as { readonly pg_backend_pid: unknown } | undefined)?.pg_backend_pid
    backend = { pid, secret, isDirect: Number(serverPid) === pid }
  } catch (thrown) {
    watch.lose(thrown)
    throw thrown
  } finally {
    signal.removeEventListener('abort', late)
  }
  const cancel = (): Promise<void> => inTime(CANCEL, abort => requestCancel(address, endpoint, backend, abort))
  const driver = postgresDriver(link, watch, cancel)
  return {
    session: sqlSession(postgresEngine(target, statementTimeout), driver, options, known),
    isLost: watch.isLost,
    ping: () =>
      watch
        .reply(() => sql.unsafe('SELECT 1'))
        .then(
          () => true,
          () => false,
        ),
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
