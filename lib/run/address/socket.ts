/**
 * Sockets to servers: opened within a time limit, kept alive, and always closed.
 *
 * Drivers are given an open socket, so that one place controls how long connecting may take, knows whether a statement was sent,
 * and closes what is open. Keep-alive probes are sent after 30 seconds without traffic; a host that is gone is noticed about 10
 * seconds later (libuv sends 10 probes, one a second).
 */
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { LONGEST_TIMER } from '../../program/timer.js'
import { onAbort } from '../pool/onAbort.js'
import { socketTrouble } from './socketErrors.js'

/** Where a server listens: a host and a port, or the path of a unix socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string }

/** An endpoint as text, for messages. */
export const showEndpoint = (e: Endpoint): string => ('path' in e ? e.path : `${isIP(e.host) === 6 ? `[${e.host}]` : e.host}:${e.port}`)

const KEEP_ALIVE = 30_000

/** Runs `f` with a signal that is aborted after `ms`, or when `signal` is; if `f` has not finished by then, it is a time-out. */
export const inTime = async <A>(ms: number, f: (signal: AbortSignal) => Promise<A>, signal?: AbortSignal): Promise<A> => {
  const limit = new AbortController()
  const late = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(socketTrouble('CONNECT_TIMEOUT')), { once: true })
  })
  const giveUp = (): void => limit.abort()
  const timer = setTimeout(giveUp, Math.min(ms, LONGEST_TIMER))
  const ignore = signal === undefined ? () => undefined : onAbort(signal, giveUp)
  if (signal?.aborted === true) giveUp()
  try {
    return await Promise.race([f(limit.signal), late])
  } finally {
    clearTimeout(timer)
    ignore()
  }
}

/** Settles with what `begin` reports; destroys the socket if it fails, closes, or the signal is aborted before. */
const settled = <S extends Socket>(
  socket: S,
  signal: AbortSignal,
  begin: (done: () => void, fail: (thrown: unknown) => void) => void,
): Promise<S> =>
  new Promise((resolve, reject) => {
    const rest = (): void => {
      socket.removeListener('error', fail)
      socket.removeListener('close', closed)
      signal.removeEventListener('abort', aborted)
    }
    const fail = (thrown: unknown): void => {
      rest()
      // a destroyed socket may report its error once more
      socket.on('error', () => undefined)
      socket.destroy()
      reject(thrown)
    }
    const closed = (): void => fail(socketTrouble('ECONNRESET'))
    const aborted = (): void => fail(socketTrouble('CONNECT_TIMEOUT'))
    socket.on('error', fail)
    socket.on('close', closed)
    signal.addEventListener('abort', aborted, { once: true })
    if (signal.aborted) return aborted()
    begin(() => {
      rest()
      resolve(socket)
    }, fail)
  })

/** Opens a socket. */
export const openSocket = (endpoint: Endpoint, signal: AbortSignal): Promise<Socket> => {
  const socket = connect({ ...endpoint, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE })
  return settled(socket, signal, done => socket.once('connect', done))
}

/** Encrypts a connection. `options` determine what is verified; the certificate must be for the host of the endpoint. */
export const encrypted = async (
  socket: Socket,
  endpoint: Endpoint,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<TLSSocket> => {
  const host = 'path' in endpoint ? 'localhost' : endpoint.host
  const secure = tlsConnect({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}), ...options })
  return settled(secure, signal, done => secure.once('secureConnect', done))
}

/** Reads the first chunk that the peer sends. */
export const firstBytes = async (socket: Socket, signal: AbortSignal): Promise<Buffer> => {
  let chunk: Buffer = Buffer.alloc(0)
  await settled(socket, signal, done => {
    socket.once('data', bytes => {
      socket.pause()
      chunk = bytes as Buffer
      done()
    })
  })
  return chunk
}

/** Waits until the peer has closed, and destroys the socket; rejects when the signal is aborted first. */
export const closedByPeer = (socket: Socket, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = (): void => {
      socket.destroy()
      reject(socketTrouble('CONNECT_TIMEOUT'))
    }
    socket.once('close', hadError => {
      signal.removeEventListener('abort', late)
      if (hadError) reject(socketTrouble('ECONNRESET'))
      else resolve()
    })
    socket.on('error', () => undefined)
    signal.addEventListener('abort', late, { once: true })
    socket.resume()
    if (signal.aborted) late()
  })

/** Ends a socket: `end` does so by the protocol; after `ms` the socket is destroyed, whatever the peer does. */
export const endSocket = (socket: Socket, end: () => void, ms: number): Promise<void> =>
  new Promise(resolve => {
    if (socket.closed) return resolve()
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.on('error', () => undefined)
    end()
  })
