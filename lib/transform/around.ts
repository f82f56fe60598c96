/**
 * The building block of transformers: middleware for every operation, inside transactions too.
 *
 * A transformer is a function from interpreter to interpreter. It must replace both `perform` and `transaction`, or it would not see
 * the operations in a transaction; `around` does that for all of them. An operation that a transformer refuses aborts its
 * transaction, like one that the engine refuses.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Interpreter, Operation, SqlOp } from '../core/operation/Interpreter.js'
import { type DbError, transactionAborted } from '../core/value/DbError.js'

/** A function from interpreter to interpreter. */
export type Transformer = (db: Interpreter<SqlOp>) => Interpreter<SqlOp>

/** Middleware for an operation: `next` performs it. */
export type Around = <A>(op: SqlOp & Operation<A>, next: TaskEither<DbError, A>, db: Interpreter<SqlOp>) => TaskEither<DbError, A>

/** The transformer that applies `f` to every operation. */
export const around =
  (f: Around): Transformer =>
  db => ({
    ...db,
    perform: op => f(op, db.perform(op), db),
    transaction: (options, use) =>
      db.transaction(options, tx => async () => {
        const { inside, hasFailed } = failing(around(f)(tx))
        const answer = await use(inside)()
        return E.isRight(answer) && hasFailed() ? (E.left(transactionAborted) as E.Either<never, never>) : answer
      }),
  })

/**
 * A transaction in which an operation may fail before it reaches the engine: operations after it are `TransactionAborted`, and
 * nothing is committed, as after any failure.
 */
const failing = (tx: Interpreter<SqlOp>): { readonly inside: Interpreter<SqlOp>; readonly hasFailed: () => boolean } => {
  let failed = false
  const inside: Interpreter<SqlOp> = {
    ...tx,
    perform: op => async () => {
      if (failed) return E.left(transactionAborted)
      const answer = await tx.perform(op)()
      failed ||= E.isLeft(answer)
      return answer
    },
    transaction: (options, use) => async () => (failed ? E.left(transactionAborted) : tx.transaction(options, use)()),
  }
  return { inside, hasFailed: () => failed }
}
