/**
 * Logging and timing of operations: what was performed, how long it took, and how it ended.
 *
 * Law: logging and timing change neither results nor effects. An exception of the callback is ignored, so that a
 * broken log can't break the program.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnyCapabilities, Interpreter } from '../core/operation/Interpreter.js'
import { type DbError, withoutCause } from '../core/value/DbError.js'
import { around, type Transformer } from './around.js'
import { type Describe, type Described, describe } from './describe.js'

/** An operation that has ended. */
export interface Logged extends Described {
  readonly milliseconds: number
  /** The number of rows returned; null if the operation returns no rows. */
  readonly rows: number | null
  /** The error without its cause, or null. */
  readonly error: DbError | null
}

type Log = (entry: Logged) => void

interface LoggedBy {
  (log: Log): Transformer
  <Op>(log: Log, describing: Describe<Op>): <C extends AnyCapabilities>(db: Interpreter<Op, C>) => Interpreter<Op, C>
}

/**
 * Calls `log` after each operation. An entry contains no value, no password, and nothing thrown by functions of the program. Operations
 * that are not SQL need a function that describes them.
 */
export const logged: LoggedBy =
  (log: Log, describing: Describe<any> = describe) =>
  <Op, C extends AnyCapabilities>(db: Interpreter<Op, C>): Interpreter<Op, C> =>
    around<Op, C>((op, next) => async () => {
      const started = performance.now()
      const answer = await next()
      const entry: Logged = {
        ...describing(op, db.capabilities.engine),
        milliseconds: performance.now() - started,
        rows: E.isRight(answer) && Array.isArray(answer.right) ? answer.right.length : null,
        error: E.isLeft(answer) ? withoutCause(answer.left) : null,
      }
      safely(() => log(entry))
      return answer
    })(db)

/** Calls `record` with the tag of each operation and its duration in milliseconds, for example for a histogram. */
export const timed =
  (record: (operation: string, milliseconds: number) => void) =>
  <Op extends { readonly tag: string }, C extends AnyCapabilities>(db: Interpreter<Op, C>): Interpreter<Op, C> =>
    around<Op, C>((op, next) => async () => {
      const started = performance.now()
      const answer = await next()
      safely(() => record(op.tag, performance.now() - started))
      return answer
    })(db)

/** Calls an observer; its exceptions are ignored. */
const safely = (f: () => void): void => {
  try {
    f()
  } catch {
    // an observer must not change what it observes
  }
}
