/**
 * What transformers are made of: something done around every operation, inside transactions too.
 *
 * A transformer is a function from interpreter to interpreter. It must rewrite both fields of one, or it would not see
 * what happens in a transaction; `around` does that once for all of them.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DbError } from '../core/DbError.js'
import type { Interpreter, Operation, SqlOp } from '../core/Interpreter.js'

/** A function from interpreter to interpreter. */
export type Transformer = (db: Interpreter<SqlOp>) => Interpreter<SqlOp>

/** What is done around an operation: `next` performs it. */
export type Around = <A>(op: SqlOp & Operation<A>, next: TaskEither<DbError, A>, db: Interpreter<SqlOp>) => TaskEither<DbError, A>

export const around =
  (f: Around): Transformer =>
  db => ({
    ...db,
    perform: op => f(op, db.perform(op), db),
    transaction: (options, use) => db.transaction(options, tx => use(around(f)(tx))),
  })
