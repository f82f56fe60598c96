/**
 * The building block of transformers: middleware for every operation, inside transactions too.
 *
 * A transformer is a function from interpreter to interpreter. It must replace both `perform` and `transaction`, or it would not see
 * the operations in a transaction; `around` does that for all of them. An operation that a transformer refuses aborts its
 * transaction, like one that the engine refuses.
 *
 * The types are generic in the operation: an interpreter of operations that are not SQL (a search, a queue) has the same middleware.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { AnyCapabilities, Capabilities, Interpreter, Operation, SqlOp } from '../core/operation/Interpreter.js'
import { type DbError, transactionAborted } from '../core/value/DbError.js'

/** A function from interpreter to interpreter. Default: of the operations of SQL. */
export type Transformer<Op = SqlOp, C extends AnyCapabilities = Capabilities> = (db: Interpreter<Op, C>) => Interpreter<Op, C>

/** A transformer of the interpreters of every kind of operation; it is a `Transformer<Op, C>` for each. */
export type AnyTransformer = <Op extends object, C extends AnyCapabilities>(db: Interpreter<Op, C>) => Interpreter<Op, C>

/** Middleware for an operation: `next` performs it. */
export type Around<Op = SqlOp, C extends AnyCapabilities = Capabilities> = <A>(
  op: Op & Operation<A>,
  next: TaskEither<DbError, A>,
  db: Interpreter<Op, C>,
) => TaskEither<DbError, A>

/** For operations of SQL without type arguments, for others with one: `around<SearchOp>(...)`. */
interface AppliesAround {
  (f: Around): Transformer
  <Op, C extends AnyCapabilities = Capabilities>(f: Around<Op, C>): Transformer<Op, C>
}

/** The transformer that applies `f` to every operation: `around(f)` for those of SQL, `around<SearchOp>(f)` for others. */
export const around: AppliesAround =
  <Op, C extends AnyCapabilities>(f: Around<Op, C>): Transformer<Op, C> =>
  db => ({
    ...db,
    perform: op => f(op, db.perform(op), db),
    transaction: (options, use) =>
      db.transaction(options, tx => async () => {
        const { inside, hasFailed } = failing(around<Op, C>(f)(tx))
        const answer = await use(inside)()
        return E.isRight(answer) && hasFailed() ? (E.left(transactionAborted) as E.Either<never, never>) : answer
      }),
  })

/**
 * A transaction in which an operation may fail before it reaches the engine: operations after it are `TransactionAborted`, and
 * nothing is committed, as after any failure.
 */
const failing = <Op, C extends AnyCapabilities>(
  tx: Interpreter<Op, C>,
): { readonly inside: Interpreter<Op, C>; readonly hasFailed: () => boolean } => {
  let failed = false
  const inside: Interpreter<Op, C> = {
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
