/**
 * Reads that share connections, on servers whose driver pipelines statements.
 *
 * When no connection is free, a read joins the connection with the fewest reads on it instead of waiting. Callers that wait for
 * a connection of their own (transactions, writes, cursors) are not overtaken: while one waits, no read joins. A shared lease is
 * released when its last read has ended.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../../core/value/DbError.js'
import type { Connection } from './Connection.js'
import type { Lease, Leases } from './leases.js'

type Answer<A> = Promise<E.Either<DbError, A>>

interface SharedLease {
  /** The connection, or the promise of one. */
  lease: Lease | Answer<Lease>
  /** Whether the connection is open: a read that joins does not wait for another caller to release one. */
  isReady: boolean
  readers: number
}

/** With so many reads on every connection, a further one waits. */
const MAX_READERS = 64

/** Runs reads, each on a connection that it may share with others. */
export const sharedLeases = (leases: Leases, pipelines: boolean) => {
  const shared = new Set<SharedLease>()

  const isLost = ({ lease }: SharedLease): boolean => 'connection' in lease && lease.connection.isLost()

  const leaseForRead = (): SharedLease => {
    const warm = leases.takeWarm()
    const isFree = leases.hasFree()
    const isFull = warm === undefined && !isFree && leases.isFull()
    if (pipelines && isFull && !leases.hasWaiters()) {
      let best: SharedLease | undefined
      for (const s of shared) {
        if (s.isReady && s.readers < (best?.readers ?? MAX_READERS) && !isLost(s)) best = s
      }
      if (best !== undefined) {
        best.readers += 1
        return best
      }
    }
    const own: SharedLease = { lease: warm ?? leases.acquire(), isReady: warm !== undefined || isFree, readers: 1 }
    shared.add(own)
    return own
  }

  return async <A>(read: (connection: Connection) => Answer<A>): Answer<A> => {
    const own = leaseForRead()
    try {
      if (!('connection' in own.lease)) {
        const lease = await own.lease
        if (E.isLeft(lease)) return lease
        own.lease = lease.right
        own.isReady = true
      }
      return await read(own.lease.connection)
    } finally {
      own.readers -= 1
      if (own.readers === 0) {
        shared.delete(own)
        if ('connection' in own.lease) leases.release(own.lease)
      }
    }
  }
}
