/**
 * Logs and times: what was performed, how long it took, and how it ended.
 *
 * Law: an interpreter that is logged or timed answers what it answered before, and does what it did. A log that throws
 * is a log that throws: the operation's answer is not touched by it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type DbError, withoutCause } from '../core/value/DbError.js'
import { around, type Transformer } from './around.js'
import { type Described, describe } from './describe.js'

/** One operation that has ended. */
export interface Logged extends Described {
  readonly milliseconds: number
  /** The rows that were answered, where it were rows. */
  readonly rows: number | null
  /** Why it failed, without the cause. */
  readonly error: DbError | null
}

/** Calls `log` after each operation. No entry holds a value or a password, nor what a function of the program threw. */
export const logged = (log: (entry: Logged) => void): Transformer =>
  around((op, next, db) => async () => {
    const started = performance.now()
    const answer = await next()
    const entry: Logged = {
      ...describe(op, db.capabilities.engine),
      milliseconds: performance.now() - started,
      rows: E.isRight(answer) && Array.isArray(answer.right) ? answer.right.length : null,
      error: E.isLeft(answer) ? withoutCause(answer.left) : null,
    }
    safely(() => log(entry))
    return answer
  })

/** Calls `record` with the kind of each operation and the milliseconds it took: for a histogram of times. */
export const timed = (record: (operation: string, milliseconds: number) => void): Transformer =>
  around((op, next) => async () => {
    const started = performance.now()
    const answer = await next()
    safely(() => record(op.tag, performance.now() - started))
    return answer
  })

/** What only looks on must not change what happens. */
const safely = (f: () => void): void => {
  try {
    f()
  } catch {
    // the log's own failure
  }
}
