/**
 * Programs that wait for locks no longer than they say.
 *
 * `waitingForLocks(3_000)(program)` runs the operations of a program, in its transactions too, with a limit on the time that each waits for locks
 * of other sessions; one that waits longer fails with `Locked`. An operation that has a limit of its own keeps it.
 *
 * Law: where no other session holds a lock, it is the program.
 */
import type { Db, Interpreter, Program, SqlOp } from '../core/operation/Interpreter.js'

const limited = (milliseconds: number, db: Interpreter<SqlOp>): Interpreter<SqlOp> => ({
  ...db,
  perform: op => db.perform({ lockTimeout: milliseconds, ...op }),
  transaction: (options, use) => db.transaction(options, tx => use(limited(milliseconds, tx))),
})

/** Limits the time that each operation of a program waits for locks, in milliseconds. */
export const waitingForLocks =
  (milliseconds: number) =>
  <R extends Db, E, A>(program: Program<R, E, A>): Program<R, E, A> =>
  env =>
    program({ ...env, db: limited(milliseconds, env.db) })
