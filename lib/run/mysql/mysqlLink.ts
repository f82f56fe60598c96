/**
 * Connections of mysql2 on sockets that are opened here, and the plain text protocol on them.
 *
 * This is the only module that imports the driver. A `Link` is a driver's connection that is logged in; `cut` ends it at once, also
 * below TLS. With `sslmode=prefer` a server without TLS is connected to in plain text. Functions throw what the driver throws.
 */
import mysql2 from 'mysql2'
import { endSocket, openSocket } from '../address/socket.js'
import { socketTrouble } from '../address/socketErrors.js'
import type { ClientConfig, MysqlAddress } from './address.js'

/** A connection or pool that a program has made with mysql2. */
export type MysqlClient = mysql2.Connection | mysql2.Pool

type Socket = Awaited<ReturnType<typeof openSocket>>

/** A row as the driver returns it: an array of cells. */
export type Row = readonly unknown[]

/** A connection of the driver that is logged in. */
export interface Link {
  readonly connection: mysql2.Connection
  /** The connection below TLS. */
  readonly socket: Socket
  readonly cut: () => void
}

/** Milliseconds that a server has to end a connection by the protocol. */
const GOODBYE = 500

/** The options that a connection, or a pool, was made with. */
export const configOf = (client: MysqlClient | undefined): ClientConfig | undefined => {
  if (client === undefined) return undefined
  const { config } = client as unknown as { readonly config: ClientConfig & { readonly connectionConfig?: ClientConfig } }
  return config.connectionConfig ?? config
}

/** Whether an error of the driver means that TLS was required and the server has none. */
export const lacksTls = (thrown: unknown): boolean => (thrown as { readonly code?: unknown } | null)?.code === 'HANDSHAKE_NO_SSL_SUPPORT'

/** What the driver reads and writes: the socket, or TLS over it. */
export const streamOf = (connection: mysql2.Connection): Socket => (connection as unknown as { readonly stream: Socket }).stream

/** Opens a connection and logs in. */
export const openLink = async (address: MysqlAddress, signal: AbortSignal): Promise<Link> => {
  try {
    return await openOnce(address, signal)
  } catch (thrown) {
    if (address.tls?.isOptional !== true || !lacksTls(thrown)) throw thrown
    return openOnce({ ...address, tls: null }, signal)
  }
}

const openOnce = async ({ endpoint, user, password, database, tls }: MysqlAddress, signal: AbortSignal): Promise<Link> => {
  const socket = await openSocket(endpoint, signal)
  const host = 'host' in endpoint ? endpoint.host : 'localhost'
  // the driver passes no host name to TLS for numeric addresses; this is the name that the certificate is checked for
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
  // an error event without a listener would end the process
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

/** Ends a connection by the protocol, and cuts it if that takes too long. */
export const endLink = ({ connection, socket }: Link): Promise<void> => endSocket(socket, () => connection.end(), GOODBYE)

/** Sends a text without parameters, by the text protocol. */
export const sendText = (connection: mysql2.Connection, sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (thrown, answer) => (thrown === null ? resolve(answer) : reject(thrown)))
  })

/** The rows of a text on a new connection, which is closed afterwards. */
export const queryOnce = async (address: MysqlAddress, sql: string, signal: AbortSignal): Promise<readonly Row[]> => {
  const link = await openLink(address, signal)
  signal.addEventListener('abort', link.cut, { once: true })
  try {
    const rows = (await sendText(link.connection, sql)) as readonly Row[]
    await endLink(link)
    return rows
  } finally {
    signal.removeEventListener('abort', link.cut)
    link.cut()
  }
}

/** A parameter as the driver has to get it: bigint as BIGINT and bytes as BLOB, since it would send numbers as doubles. */
const bindable = (value: unknown): unknown =>
  typeof value === 'bigint'
    ? mysql2.TypedParameter.LONGLONG(value)
    : value instanceof Uint8Array && !Buffer.isBuffer(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value

/** Runs a prepared statement: `done` is called with its error or result; without it, rows are read from the command's stream. */
export const sendPrepared = (
  connection: mysql2.Connection,
  text: string,
  params: readonly unknown[],
  done?: (thrown: unknown, answer: unknown) => void,
): ReturnType<mysql2.Connection['execute']> => {
  const values = params.map(bindable) as never[]
  return done === undefined ? connection.execute(text, values) : connection.execute(text, values, done)
}
