/**
 * A runner over a pool of connections: what the runners of all servers share.
 *
 * An operation borrows a connection and releases it on every exit; a transaction and a cursor keep theirs until their
 * end. Reads may share a connection where the driver pipelines statements. A connection that was lost, or is too old, is
 * not used again: the pool opens another. Waiting for one ends with `Timeout`.
 *
 * What a connection is, the driver's module defines; what holds inside a connection (transactions, savepoints, one
 * operation at a time) is `sessionInterpreter`. Closing waits for what is in progress, up to `acquireTimeout`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Interpreter, Operation, Runner, SqlOp, TxOptions } from '../../core/operation/Interpreter.js'
import { cancelled, type DbError, lockOutside } from '../../core/value/DbError.js'
import { singleSession } from '../session/sessionInterpreter.js'
import type { Connection, Server } from './Connection.js'
import { inFlight } from './inFlight.js'
import { leasedCursors } from './leasedCursors.js'
import { leases as leasesOf } from './leases.js'
import { endOpenTransaction } from './openTransactions.js'
import { type PoolOptions, poolLimits } from './PoolOptions.js'
import { sharedLeases } from './sharedLeases.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** A runner over a pool, and a check whether a connection can be opened. */
interface Pooled {
  readonly runner: Runner
  readonly reach: TaskEither<DbError, void>
}

/** A caller that gave up while it waited for a connection sends nothing. */
const perform = <A>({ session }: Connection, op: SqlOp & Operation<A>): Answer<A> =>
  op.signal?.aborted === true ? Promise.resolve(E.left(cancelled)) : session.perform(op)

/** A runner over a pool of connections to a server. */
export const pooled = (server: Server, options: PoolOptions): Pooled => {
  const { capabilities } = server
  const limits = poolLimits(options)
  const { acquireTimeout } = limits
  const leases = leasesOf(server, options, limits)
  const reading = sharedLeases(leases, server.pipelines)
  const cursors = leasedCursors(server, leases, acquireTimeout)
  const work = inFlight()

  const performed = <A>(op: SqlOp & Operation<A>): Answer<A> => {
    if (op.signal?.aborted === true) return Promise.resolve(E.left(cancelled))
    switch (op.tag) {
      case 'all':
        // a request to cancel hits whatever the connection is working on: that must not be another caller's read
        return op.signal === undefined ? reading(c => perform(c, op)) : leases.borrowing(c => perform(c, op), op.signal)
      case 'cursor':
        return cursors.open(op) as Answer<any>
      case 'advisoryLock':
        return Promise.resolve(E.left(lockOutside))
      case 'raw':
        return leases.borrowing(async c => endOpenTransaction(limits.transactionGuard, c, await perform<A>(c, op)), op.signal)
      default:
        return leases.borrowing(c => perform(c, op), op.signal)
    }
  }

  const transaction =
    <X, A>(o: TxOptions, use: (tx: Interpreter<SqlOp>) => TaskEither<X, A>): TaskEither<X | DbError, A> =>
    () =>
      work.run<X, A>(() =>
        leases.borrowing<X | DbError, A>(async c => {
          const answer = await singleSession(c.session, capabilities, { acquireTimeout }).transaction(o, use)()
          // a body that goes on after its end may still use the connection
          if (E.isLeft(answer) && (answer.left as Partial<DbError>)?._tag === 'Timeout') await c.destroy()
          return answer
        }),
      )

  const closeOnce = async (): Answer<void> => {
    work.stop()
    leases.stop()
    await cursors.closeAll()
    await work.settled(acquireTimeout)
    await leases.end(work.isIdle)
    return E.right(undefined)
  }
  let closing: Answer<void> | undefined
  const close: TaskEither<DbError, void> = () => {
    closing ??= closeOnce()
    return closing
  }
  return {
    runner: { perform: op => () => work.run(() => performed(op)), transaction, capabilities, close },
    reach: () => work.run(() => leases.borrowing(async () => E.right(undefined))),
  }
}
