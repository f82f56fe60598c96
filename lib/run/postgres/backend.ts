/**
 * The server process behind a connection: cancelling its statement, and checking whether it still works.
 *
 * Both need another connection. Postgres lists its processes in `pg_stat_activity`, and accepts a request to cancel from any
 * client that knows a process's number and secret. A pooler has numbers of its own; then it is only known whether a server
 * replies.
 */
import { closedByPeer, type Endpoint } from '../address/socket.js'
import type { PostgresAddress } from './address.js'
import { postgresErrorOf } from './errors.js'
import { isFromServer, openLink, openStream } from './postgresLink.js'

/** A server process. */
export interface Backend {
  readonly pid: number
  readonly secret: number
  /** Whether the process is the server's own, without a pooler in between. */
  readonly isDirect: boolean
}

const CANCEL_REQUEST = 80_877_102

/** Sends a request to cancel. It has a connection of its own, which the server closes when it has passed the request on. */
export const requestCancel = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  { pid, secret }: Backend,
  signal: AbortSignal,
): Promise<void> => {
  const { stream } = await openStream(address, endpoint, signal)
  const request = Buffer.alloc(16)
  request.writeInt32BE(16, 0)
  request.writeInt32BE(CANCEL_REQUEST, 4)
  request.writeInt32BE(pid | 0, 8)
  request.writeInt32BE(secret | 0, 12)
  stream.write(request)
  await closedByPeer(stream, signal)
}

/**
 * Whether the server still works for a connection, seen from another one. A server that replies is alive, even if it replies that it has no
 * connection left. A connection whose process is gone, or waits for the client or the network while the client waits for it, is lost.
 */
export const isWorking = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  statementTimeout: number | undefined,
  { pid, isDirect }: Backend,
  signal: AbortSignal,
): Promise<boolean> => {
  const { sql, stream, socket } = await openLink(address, endpoint, statementTimeout, signal)
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
    if (postgresErrorOf(thrown).code !== undefined && isFromServer(thrown)) return true
    throw thrown
  } finally {
    signal.removeEventListener('abort', cut)
    cut()
  }
}
