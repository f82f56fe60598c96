/**
 * The transactions that a session opens by itself, so that one operation happens completely or not at all.
 *
 * Several statements of one operation run in a savepoint, or outside a transaction in a transaction of their own. Law: after a
 * `Left` the database is unchanged. Such a transaction is repeated where the server has rolled it back because of a conflict
 * with others, and its result is returned only after the driver has made it durable (`Driver.committed`).
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../../core/value/DbError.js'
import { retried } from '../../program/retry.js'
import { type Answer, guarded, mayHaveWritten, type SessionContext, startTransactionLog } from './sessionContext.js'

/** Sends a statement that controls a transaction. */
export const sendControl = (session: SessionContext, sql: string): Answer<void> =>
  guarded(session, { sql, table: null, commits: () => sql === 'COMMIT' && mayHaveWritten(session) }, () => session.driver.script(sql))

/** Runs `f` in a savepoint or transaction, which is rolled back if `f` returns `Left`. */
export const atomically = async <A>(session: SessionContext, f: () => Answer<A>): Answer<A> => {
  const { engine, state } = session
  const [begin, commit, rollback] = state.inTransaction
    ? ['SAVEPOINT query_ts_op', 'RELEASE SAVEPOINT query_ts_op', 'ROLLBACK TO SAVEPOINT query_ts_op']
    : [engine.begin({}), 'COMMIT', 'ROLLBACK']
  if (!state.inTransaction) startTransactionLog(session)
  const begun = await sendControl(session, begin)
  if (E.isLeft(begun)) return begun
  state.isAtomic = true
  const answer = await f()
  state.isAtomic = false
  const ended = E.isRight(answer) ? await sendControl(session, commit) : await sendControl(session, rollback)
  if (E.isRight(answer) && E.isLeft(ended)) {
    await sendControl(session, rollback)
    return ended
  }
  return answer
}

/** Errors after which the server has undone the whole transaction, and the same command may succeed. */
const REPEATED: readonly DbError['_tag'][] = ['Deadlock', 'SerializationFailure']
/** Among 50 commands that want the same row the last one waits for all others. */
const MAX_REPEATS = 10

/** Runs a command again that the server has rolled back because of others: none of it was done. Not inside a transaction. */
export const repeatingConflicts = <A>(session: SessionContext, signal: AbortSignal | undefined, f: () => Answer<A>): Answer<A> => {
  const isTransient = (e: unknown): boolean => REPEATED.includes((e as DbError)._tag) && signal?.aborted !== true
  return session.state.inTransaction ? f() : retried({ times: MAX_REPEATS, delay: 10 }, isTransient)(f)()
}

/** Runs a write; outside a transaction its result is returned when it is durable. */
export const durably = async <A>(session: SessionContext, f: () => Answer<A>): Answer<A> => {
  const answer = await f()
  if (E.isLeft(answer) || session.state.inTransaction) return answer
  const kept = await guarded(session, { sql: 'COMMIT', table: null }, session.driver.committed)
  return E.isLeft(kept) ? kept : answer
}
