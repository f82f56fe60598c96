/**
 * Leases of connections: which are in use, and how long callers wait for one.
 *
 * The pool itself is tarn's. This module opens connections at the pace of `pace.ts`, hands them out first come first served,
 * and never hands out one that is lost or too old. Waiting ends with `Timeout`, or with the reason why no
 * connection could be opened. Law: a lease that was taken is released on every exit (`borrowing`).
 */
import * as E from 'fp-ts/lib/Either.js'
import { Pool, TimeoutError } from 'tarn'
import { cancelled, closed, type DbError, timeout } from '../../core/value/DbError.js'
import { LONGEST_TIMER } from '../../program/timer.js'
import { inTime } from '../address/socket.js'
import { socketTrouble } from '../address/socketErrors.js'
import type { Connection, Server } from './Connection.js'
import { onAbort } from './onAbort.js'
import type { PoolLimits, PoolOptions } from './PoolOptions.js'
import { pace } from './pace.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** A connection while one caller has it. */
export interface Lease {
  readonly connection: Connection
  /** When it was opened, by `performance.now()`. */
  readonly since: number
}

/** The connections of a pool, and how to lease one. */
export interface Leases {
  /** A warm connection, or one of the pool. */
  readonly take: (signal?: AbortSignal) => Answer<Lease>
  /** One of the pool, after waiting in its queue. */
  readonly acquire: (signal?: AbortSignal) => Answer<Lease>
  /** A connection that was released in this turn of the event loop, if there is one. */
  readonly takeWarm: () => Lease | undefined
  readonly release: (lease: Lease) => void
  /** Runs `f` on a connection of its own. */
  readonly borrowing: <X, A>(
    f: (connection: Connection) => Promise<E.Either<X, A>>,
    signal?: AbortSignal,
  ) => Promise<E.Either<X | DbError, A>>
  /** Whether a connection of the pool is open and unused. */
  readonly hasFree: () => boolean
  /** Whether no more connections may be opened. */
  readonly isFull: () => boolean
  /** Whether callers wait for connections that are in use. */
  readonly hasWaiters: () => boolean
  /** From now on no connection is opened. */
  readonly stop: () => void
  /** Ends all connections: by the protocol if none is in use any more, else at once. */
  readonly end: (isIdle: () => boolean) => Promise<void>
}

const ALL_IN_USE =
  'all connections are in use: inside a transaction use the db passed to its body, end transactions and streams sooner, or raise max'
/** The caller gave up while it waited for a connection. */
const GIVEN_UP = new Error('given up')
/** Nothing waits for a new connection any more. */
const NOT_WANTED = new Error('not wanted')

/** An empty pool; connections are opened on demand. */
export const leases = (server: Server, options: PoolOptions, { max, acquireTimeout, idleTimeout }: PoolLimits): Leases => {
  const live = new Set<Connection>()
  const warm: Lease[] = []
  const pacing = pace()
  /** No attempt to connect begins after the first is aborted; the second ends those in progress. */
  const stopping = new AbortController()
  const ending = new AbortController()
  const waiting = new Set<ReturnType<typeof pool.acquire>>()
  /** Why the last attempt to connect failed; undefined after one that succeeded. */
  let failure: unknown

  const isTooOld = ({ since }: Lease): boolean => options.recycle !== undefined && performance.now() - since > options.recycle * 1000
  const isUsable = (lease: Lease): boolean => !(lease.connection.isLost() || isTooOld(lease))

  /** Fails all waiting callers, unless a connection in use may still be returned to them. */
  const failWaiting = (thrown: unknown): void => {
    if ([...live].every(c => c.isLost())) for (const pending of [...waiting]) pending.reject(thrown as Error)
  }

  /** An attempt waits for its turn, and is dropped if by then nothing waits for it. */
  const create = async (): Promise<Lease> => {
    await pacing.turn(stopping.signal).catch(() => undefined)
    if (stopping.signal.aborted) failWaiting(NOT_WANTED)
    if (stopping.signal.aborted || waiting.size === 0) throw NOT_WANTED
    const began = performance.now()
    try {
      const connection = await inTime(acquireTimeout, server.connect, ending.signal)
      pacing.succeeded()
      failure = undefined
      live.add(connection)
      return { connection, since: performance.now() }
    } catch (thrown) {
      pacing.failed(began)
      failure = thrown
      failWaiting(thrown)
      throw thrown
    }
  }

  const pool = new Pool<Lease>({
    min: 0,
    max,
    acquireTimeoutMillis: acquireTimeout,
    // `create` has its own limit
    createTimeoutMillis: LONGEST_TIMER,
    idleTimeoutMillis: idleTimeout,
    createRetryIntervalMillis: 20,
    propagateCreateError: false,
    create,
    validate: lease => {
      if (!isUsable(lease)) return false
      // tarn waits for a promise, though its types do not allow one
      return options.prePing === true ? (lease.connection.ping() as unknown as boolean) : true
    },
    destroy: async ({ connection }) => {
      live.delete(connection)
      await connection.close()
    },
  })

  const acquire = async (signal?: AbortSignal): Answer<Lease> => {
    const pending = pool.acquire()
    waiting.add(pending)
    const ignore = signal === undefined ? () => undefined : onAbort(signal, () => pending.reject(GIVEN_UP))
    try {
      return E.right(await pending.promise)
    } catch (thrown) {
      if (thrown === GIVEN_UP) return E.left(cancelled)
      if (thrown === NOT_WANTED) return E.left(closed('interpreter'))
      if (!(thrown instanceof TimeoutError)) return E.left(server.classify(thrown))
      if (failure !== undefined || live.size < max) return E.left(server.classify(failure ?? socketTrouble('CONNECT_TIMEOUT')))
      return E.left(timeout('waiting for a connection', acquireTimeout, ALL_IN_USE))
    } finally {
      ignore()
      waiting.delete(pending)
    }
  }

  const flush = (): void => {
    for (const lease of warm.splice(0)) pool.release(lease)
  }
  /**
   * A released connection stays warm until the end of this turn of the event loop: the next caller gets it without a walk through the pool.
   * One that has to be pinged goes to the pool at once.
   */
  const release = (lease: Lease): void => {
    if (pool.numPendingAcquires() > 0 || options.prePing === true || !isUsable(lease)) return void pool.release(lease)
    if (warm.push(lease) === 1) setImmediate(flush)
  }

  const take = async (signal?: AbortSignal): Answer<Lease> => {
    const lease = warm.pop()
    return lease === undefined ? acquire(signal) : E.right(lease)
  }

  return {
    take,
    acquire,
    takeWarm: () => warm.pop(),
    release,
    borrowing: async (f, signal) => {
      const lease = await take(signal)
      if (E.isLeft(lease)) return lease
      try {
        return await f(lease.right.connection)
      } finally {
        release(lease.right)
      }
    },
    hasFree: () => pool.numFree() > 0,
    isFull: () => pool.numUsed() + pool.numPendingCreates() >= max,
    hasWaiters: () => pool.numPendingAcquires() > pool.numPendingCreates(),
    stop: () => stopping.abort(),
    end: async isIdle => {
      ending.abort()
      await Promise.all([...live].map(c => (isIdle() ? c.close() : c.destroy())))
      flush()
      // the pool waits for what is in use, and its user may be waiting for this
      const emptied = pool.destroy()
      if (isIdle()) await emptied
    },
  }
}
