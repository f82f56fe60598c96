/**
 * A connection of the pool to MySQL or MariaDB: opened, prepared, watched, cancelled, and closed.
 *
 * Requests to cancel, and looks whether a silent server still works, go over connections of their own. Behind a proxy the id of a
 * connection is the proxy's, so that another connection cannot find it in the process list (`isDirect`).
 */
import { inTime } from '../address/socket.js'
import { socketTrouble } from '../address/socketErrors.js'
import type { Known } from '../Driver.js'
import type { Connection } from '../pool/Connection.js'
import { type ConnectionWatch, watchConnection } from '../pool/connectionWatch.js'
import { ACQUIRE_TIMEOUT, LOOK_AFTER, type PoolOptions } from '../pool/PoolOptions.js'
import { sqlSession } from '../session/sqlSession.js'
import type { MysqlAddress } from './address.js'
import { mysqlDriver } from './mysqlDriver.js'
import { mysqlEngine } from './mysqlEngine.js'
import { endLink, type Link, openLink, queryOnce, type Row, sendText, streamOf } from './mysqlLink.js'
import { PACKET_ROOM } from './packets.js'
import { isMysqlReply } from './replies.js'
import type { ServerKind } from './serverKind.js'

/**
 * Milliseconds for a request to cancel, until the server has carried it out. A connection is opened for it, and the server may try for
 * 2 seconds to wake a thread whose mutex is taken (`THD::awake`; seen on MariaDB 10.11 with several kills at once).
 */
const CANCEL = 4_000

/** SERVER_STATUS_IN_TRANS and SERVER_STATUS_AUTOCOMMIT of the protocol. */
const IN_TRANSACTION = 1
const AUTOCOMMIT = 2

/**
 * Whether the server still works for a connection, seen from another one. A server that replies is alive, even if it replies that it has no
 * connection left. A connection that is gone, or whose server thread waits for the client or the network while the client waits for it, is lost.
 */
const isWorking = async (address: MysqlAddress, id: number, isDirect: boolean, signal: AbortSignal): Promise<boolean> => {
  try {
    const rows = await queryOnce(address, 'SHOW PROCESSLIST', signal)
    const own = rows.find(row => Number(row[0]) === id)
    return !isDirect || (own !== undefined && own[4] !== 'Sleep' && !/to client|to net/i.test(String(own[6])))
  } catch (thrown) {
    if (isMysqlReply(thrown)) return true
    throw thrown
  }
}

/** Prepares the session; returns the server's largest packet and its id of the connection. */
const prepare = async (
  { connection }: Link,
  kind: ServerKind,
  watch: ConnectionWatch,
  statementTimeout: number | undefined,
): Promise<{ readonly maxPacket: number; readonly serverId: number }> => {
  const limits = statementTimeout === undefined ? [] : [kind.limit(statementTimeout)]
  for (const sql of [...kind.session, ...limits]) await watch.reply(() => sendText(connection, sql))
  const [row] = (await watch.reply(() => sendText(connection, 'SELECT @@max_allowed_packet, connection_id()'))) as readonly Row[]
  return { maxPacket: Number(row?.[0]), serverId: Number(row?.[1]) }
}

/** Opens and prepares a connection; throws what the driver throws. */
export const openConnection = async (
  address: MysqlAddress,
  kind: ServerKind,
  target: string,
  options: PoolOptions,
  known: Known,
  signal: AbortSignal,
): Promise<Connection> => {
  const link = await openLink(address, signal)
  const { connection, socket, cut } = link
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
  let maxBytes = 0
  try {
    const { maxPacket, serverId } = await prepare(link, kind, watch, statementTimeout)
    maxBytes = maxPacket - PACKET_ROOM
    isDirect = serverId === id
  } catch (thrown) {
    watch.lose(thrown)
    throw thrown
  } finally {
    signal.removeEventListener('abort', late)
  }
  const kill = async (ms: number): Promise<void> => {
    await inTime(ms, abort => queryOnce(address, `KILL QUERY ${id}`, abort))
  }
  const driver = mysqlDriver({
    connection,
    kind,
    watch,
    cancel: () => kill(CANCEL),
    stop: () => kill(acquireTimeout),
    statementTimeout,
    maxBytes,
    cursors: new Set(),
    state: { inTransaction: false },
  })
  const doNothing = (): Promise<unknown> => watch.reply(() => sendText(connection, 'DO 0'))
  return {
    session: sqlSession(mysqlEngine(kind, target, options), driver, options, known),
    isLost: watch.isLost,
    ping: () =>
      doNothing().then(
        () => true,
        () => false,
      ),
    isOpen: async () => {
      const { serverStatus } = (await doNothing()) as { readonly serverStatus: number }
      // without autocommit the next statement would begin a transaction
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
      return endLink(link).finally(cut)
    },
  }
}
