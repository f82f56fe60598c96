/**
 * A dry run: everything is performed, answered, and undone.
 *
 * Each operation, and each transaction, runs in a transaction that is rolled back at its end. Law: a program on
 * `dryRun(db)` of one operation or transaction answers what it answers on `db`, and the database is as it was. What a
 * rollback does not undo (generated keys that were given out, definitions on MySQL and MariaDB, which are refused here)
 * is not undone here either.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Interpreter, SqlOp, TxOptions } from '../core/operation/Interpreter.js'
import type { DbError } from '../core/value/DbError.js'
import type { Transformer } from './around.js'

/** The answer of a body, on its way out of a transaction that has to fail in order to be undone. */
class Undone<X, A> {
  constructor(readonly answer: E.Either<X, A>) {}
}

const undone =
  (db: Interpreter<SqlOp>) =>
  <X, A>(options: TxOptions, use: (tx: Interpreter<SqlOp>) => TaskEither<X, A>): TaskEither<X | DbError, A> =>
  async () => {
    const outer = await db.transaction<Undone<X, A>, never>(options, tx => async () => E.left(new Undone(await use(tx)())))()
    return E.isLeft(outer) ? (outer.left instanceof Undone ? outer.left.answer : E.left(outer.left)) : outer
  }

export const dryRun: Transformer = db => ({
  ...db,
  // rows of a cursor are read after its operation has ended: reading changes nothing
  perform: op => (op.tag === 'all' || op.tag === 'cursor' || op.tag === 'explain' ? db.perform(op) : undone(db)({}, tx => tx.perform(op))),
  transaction: undone(db),
})
