/**
 * Programs: what to do with a database, as values that need one.
 *
 * A program is fp-ts's `ReaderTaskEither`; Do, traverse, `apS` and the rest are fp-ts's own. This
 * module adds what only a database has: transactions, parts that may fail, rollback on purpose, and
 * statements of the caller's own. The programs of a query are `Q.all` and so on, of a command `C.run`.
 *
 * Laws: a transaction whose body answers `Left` leaves no trace; after a failed operation every
 * later one in the same transaction is `TransactionAborted`, unless it failed inside `attempt`;
 * nested transactions are savepoints. `rolledBack(p)` answers what `p` answers and changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { templateProblem } from '../core/expr/Expr.js'
import { type Db, type Program, perform, type TxOptions } from '../core/operation/Interpreter.js'
import { type Columns, isMade, type Literal, MADE, type Row } from '../core/syntax/Syntax.js'
import { textProblem } from '../core/value/Canonical.js'
import { type DbError, validationError } from '../core/value/DbError.js'
import { retried } from './retry.js'

export type { Db, Program, TxOptions } from '../core/operation/Interpreter.js'

/** The failure that is none: rolls the enclosing transaction back, which then succeeds with the value. */
export interface Rollback<out A> {
  readonly [MADE]: true
  readonly _tag: 'Rollback'
  readonly value: A
}

type RolledBack<X> = X extends Rollback<infer B> ? B : never

const isRollback = (e: unknown): e is Rollback<unknown> => isMade(e) && (e as { _tag?: unknown })._tag === 'Rollback'

/** Leaves the enclosing transaction: everything in it is undone, and it answers `value`. */
export const rollback =
  <A>(value: A): Program<unknown, Rollback<A>, never> =>
  () =>
  async () =>
    E.left({ [MADE]: true, _tag: 'Rollback', value })

const tagOf = (e: unknown): unknown => (e as Partial<DbError> | null)?._tag

const isConflict = (e: unknown): boolean => tagOf(e) === 'SerializationFailure' || tagOf(e) === 'Deadlock'

/**
 * Runs a transaction again after each conflict. MySQL, MariaDB, and a Postgres at repeatable read undo the whole transaction then, not the
 * savepoint: an inner transaction that finds the outer one undone answers the conflict, for the outermost to be run again.
 */
const afterConflicts = <X, A>(times: number, once: TaskEither<X, A>): TaskEither<X, A> => {
  let conflict: E.Left<X> | null = null
  let isUndone = false
  const next: TaskEither<X, A> = async () => {
    const answer = await once()
    if (E.isRight(answer)) return answer
    if (isConflict(answer.left)) conflict = answer
    if (conflict === null || tagOf(answer.left) !== 'TransactionAborted') return answer
    isUndone = true
    return conflict
  }
  return retried({ times }, e => isConflict(e) && !isUndone)(next)
}

/**
 * Runs a program as one transaction: committed when it answers `Right`, undone when it answers `Left`
 * or rejects. Inside another transaction it is a savepoint. With `retry` the whole body runs again after a conflict with
 * another transaction: what it does besides the database happens again too. In an inner transaction the conflict is answered where the engine
 * has undone the outer one.
 */
export const transaction =
  (options: TxOptions = {}) =>
  <R extends Db, X, A>(program: Program<R, X, A>): Program<R, Exclude<X, Rollback<unknown>> | DbError, A | RolledBack<X>> =>
  env =>
  async () => {
    const once = env.db.transaction<X, A>(options, tx => program({ ...env, db: tx }))
    const answer = await (options.retry === undefined ? once : afterConflicts(options.retry, once))()
    if (E.isLeft(answer) && isRollback(answer.left)) return E.right(answer.left.value as RolledBack<X>)
    return answer as E.Either<Exclude<X, Rollback<unknown>> | DbError, A>
  }

/** A part that may fail: its failure is undone and answered as a value, and the transaction around it goes on. */
export const attempt =
  <R extends Db, X, A>(program: Program<R, X, A>): Program<R, DbError, E.Either<X | DbError, A>> =>
  env =>
  async () =>
    E.right(await env.db.transaction<X, A>({}, tx => program({ ...env, db: tx }))())

/** Runs a program and undoes it: its answer, and no trace. For tests. */
export const rolledBack = <R extends Db, X, A>(program: Program<R, X, A>): Program<R, X | DbError, A> => {
  const undone: Program<R, X | Rollback<A>, never> = env => async () => {
    const answer = await program(env)()
    return E.left(E.isLeft(answer) ? answer.left : { [MADE]: true, _tag: 'Rollback', value: answer.right })
  }
  return transaction()(undone) as Program<R, X | DbError, A>
}

/**
 * Takes the lock of a name, and holds it until the transaction around ends: whoever asks for the same name in the same database
 * waits, or with `noWait` is answered `Timeout` at once. It locks no row: it is for what has none, as "one import at a time".
 * The same transaction may take it again. Where transactions happen one after the other there is nothing to wait for.
 */
export const advisoryLock = (name: string, options: { readonly wait?: 'noWait' } = {}): Program<Db, DbError, void> => {
  const problem = typeof name !== 'string' ? 'the name of a lock is a text' : name === '' ? 'a name can not be empty' : textProblem(name)
  if (problem !== null) return () => async () => E.left(validationError(['advisoryLock'], problem))
  return perform({ tag: 'advisoryLock', name, wait: options.wait ?? 'wait' })
}

/**
 * A statement of your own, with the columns it answers, by position. Values in the template are
 * parameters. The memory interpreter can't run it and answers `Unsupported`.
 */
export const raw =
  <C extends Columns>(columns: C) =>
  (text: TemplateStringsArray, ...args: readonly Literal[]): Program<Db, DbError, readonly Row<C>[]> => {
    const problem = templateProblem(text)
    if (problem !== null) return () => async () => E.left(problem)
    const types = Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, c.type]))
    return perform({ tag: 'raw', text: [...text], args, columns: types })
  }
