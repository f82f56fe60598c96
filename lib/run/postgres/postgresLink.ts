/**
 * Clients of postgres.js on sockets that are opened here, each for one connection.
 *
 * This is the only module that imports the driver. TLS is negotiated before the driver gets the socket. A client never connects
 * again: if it asks for a second socket, it gets an error, so that nothing of a lost session runs in a new one. Cells and
 * parameters stay text in both directions, since the driver's conversions would lose microseconds and encode JSON twice.
 */
import client from 'postgres'
import { toHex } from '../../sql/hex.js'
import { type Endpoint, encrypted, firstBytes, openSocket } from '../address/socket.js'
import { socketTrouble } from '../address/socketErrors.js'
import type { PostgresAddress } from './address.js'
import { watchHandshake } from './handshake.js'

/** A client of postgres.js. */
export type PostgresClient = client.Sql<any>

type Socket = Awaited<ReturnType<typeof openSocket>>

/** A client on its one connection. */
export interface Link {
  readonly sql: PostgresClient
  /** The connection below TLS. */
  readonly socket: Socket
  /** What the driver reads and writes. */
  readonly stream: Socket
}

/** The code of the error when no server has the session that `target_session_attrs` asks for. */
export const WRONG_SESSION = 'TARGET_SESSION_ATTRS'

const unchanged = <A>(x: A): A => x

/** Types that the driver would convert with a loss, or send in a form of its own. Bytes travel as hexadecimal text. */
const types = {
  asText: { to: 25, from: [20, 114, 1082, 1083, 1114, 1184, 1266, 1700, 3802], serialize: unchanged, parse: unchanged },
  bytes: {
    to: 17,
    from: [17],
    serialize: (x: Uint8Array | string) => (typeof x === 'string' ? x : `\\x${toHex(x)}`),
    parse: unchanged,
  },
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const ACCEPTED = 0x53
const REJECTED = 0x4e

/** Opens a connection, encrypted as the address requires; TLS is requested before anything else is sent. */
export const openStream = async (
  { tls }: PostgresAddress,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Pick<Link, 'socket' | 'stream'>> => {
  const socket = await openSocket(endpoint, signal)
  if (tls === null || ('path' in endpoint && tls.mode === 'prefer')) return { socket, stream: socket }
  socket.write(SSL_REQUEST)
  const answer = await firstBytes(socket, signal)
  if (answer.length === 1 && answer[0] === ACCEPTED) return { socket, stream: await encrypted(socket, endpoint, tls.options, signal) }
  if (answer.length === 1 && answer[0] === REJECTED && tls.mode === 'prefer') return { socket, stream: socket }
  socket.destroy()
  throw socketTrouble(answer[0] === ACCEPTED ? 'TLS_UNEXPECTED_BYTES' : 'TLS_NOT_OFFERED')
}

/** Opens a connection and gives it to a client, which logs in with its first statement. */
export const openLink = async (
  address: PostgresAddress,
  endpoint: Endpoint,
  statementTimeout: number | undefined,
  signal: AbortSignal,
): Promise<Link> => {
  const { socket, stream } = await openStream(address, endpoint, signal)
  let isTaken = false
  const settings = {
    host: 'host' in endpoint ? endpoint.host : 'localhost',
    port: 'port' in endpoint ? endpoint.port : 0,
    user: address.user,
    pass: address.password,
    database: address.database,
    ssl: false,
    socket: () => {
      if (isTaken) throw Object.assign(new Error('the session does not have the required target_session_attrs'), { code: WRONG_SESSION })
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
  return { sql: client(settings as unknown as client.Options<any>), socket, stream }
}

/** Whether a driver's error came from the server. */
export const isFromServer = (thrown: unknown): boolean => thrown instanceof client.PostgresError
