/**
 * A dry run: everything is performed and rolled back.
 *
 * Each operation, and each transaction, runs in a transaction that is rolled back at its end. Law: a program of one
 * operation or transaction returns on `dryRun(db)` what it returns on `db`, and the database is unchanged. A
 * rollback does not undo everything: generated keys stay used up, and definitions on MySQL and MariaDB are refused here, because
 * they would be committed.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Interpreter, SqlOp, TxOptions } from '../core/operation/Interpreter.js'
import type { DbError } from '../core/value/DbError.js'
import type { Transformer } from './around.js'

/** The result of a body, carried out of a transaction that must fail in order to be rolled back. */
class RolledBack<X, A> {
  constructor(readonly answer: E.Either<X, A>) {}
}

const rollingBack =
  (db: Interpreter<SqlOp>) =>
  <X, A>(options: TxOptions, use: (tx: Interpreter<SqlOp>) => TaskEither<X, A>): TaskEither<X | DbError, A> =>
  async () => {
    const outer = await db.transaction<RolledBack<X, A>, never>(options, tx => async () => E.left(new RolledBack(await use(tx)())))()
    return E.isLeft(outer) ? (outer.left instanceof RolledBack ? outer.left.answer : E.left(outer.left)) : outer
  }

/** Performs operations and transactions, and rolls each back. */
export const dryRun: Transformer = db => ({
  ...db,
  // reads change nothing, and the rows of a cursor are read after its operation
  perform: op =>
    op.tag === 'all' || op.tag === 'cursor' || op.tag === 'explain' ? db.perform(op) : rollingBack(db)({}, tx => tx.perform(op)),
  transaction: rollingBack(db),
})
