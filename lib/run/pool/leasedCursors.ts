/**
 * Cursors of a pool: each keeps its connection until its end.
 *
 * A cursor ends with its last row, with an error, when it is closed, or when the pool is closed; then its connection is released.
 * Law: after the last row `next` has no rows; after any other end it is `Closed`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Cursor, Operation, SqlOp } from '../../core/operation/Interpreter.js'
import { closed, type DbError } from '../../core/value/DbError.js'
import { singleSession } from '../session/sessionInterpreter.js'
import type { Server } from './Connection.js'
import type { Leases } from './leases.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** The open cursors of a pool. */
export interface LeasedCursors {
  readonly open: (op: SqlOp & { readonly tag: 'cursor' }) => Answer<Cursor<unknown>>
  /** Closes those that are open; one that is opened later is closed at once. */
  readonly closeAll: () => Promise<void>
}

/** Cursors over leased connections. */
export const leasedCursors = ({ capabilities }: Server, leases: Leases, acquireTimeout: number): LeasedCursors => {
  const cursors = new Set<Cursor<unknown>>()
  let isClosed = false

  const open: LeasedCursors['open'] = async op => {
    const lease = await leases.take(op.signal)
    if (E.isLeft(lease)) return lease
    const release = (): void => leases.release(lease.right)
    const runner = singleSession(lease.right.connection.session, capabilities, { acquireTimeout })
    const answer = await runner.perform(op as SqlOp & Operation<Cursor<unknown>>)()
    if (E.isLeft(answer)) {
      release()
      return answer
    }
    const inner = answer.right
    if (isClosed) {
      await inner.close()
      release()
      return E.left(closed('interpreter'))
    }
    let isAtEnd = false
    const cursor: Cursor<unknown> = {
      next: async () => {
        if (isAtEnd) return E.right([])
        if (!cursors.has(cursor)) return E.left(closed('cursor'))
        const rows = await inner.next()
        isAtEnd = E.isRight(rows) && rows.right.length === 0
        if (E.isLeft(rows) || isAtEnd) await cursor.close()
        return rows
      },
      close: async () => {
        if (!cursors.delete(cursor)) return E.right(undefined)
        const done = await inner.close()
        release()
        return done
      },
    }
    cursors.add(cursor)
    return E.right(cursor)
  }

  const closeAll = async (): Promise<void> => {
    isClosed = true
    for (const cursor of cursors) await cursor.close()
  }
  return { open, closeAll }
}
