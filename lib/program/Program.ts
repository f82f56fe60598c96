/**
 * Programs: what to do with a database, as values.
 *
 * A program is fp-ts's `ReaderTaskEither` over an interpreter; Do, traverse, `apS` and the other combinators are those of fp-ts. This module adds
 * what only a database has: transactions, savepoints, deliberate rollback, raw statements and advisory locks. The programs that run a query are
 * `Q.all` and so on, the one that runs a command is `C.run`.
 *
 * Laws: a transaction whose body yields `Left` changes nothing; after a failed operation every later one in the same transaction is
 * `TransactionAborted`, unless it failed inside `attempt`; nested transactions are savepoints. `withRollback(p)` yields what `p` yields and
 * changes nothing.
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
export { waitingForLocks } from './waitingForLocks.js'

/** The signal of `rollback`: the enclosing transaction is rolled back and then succeeds with the value. */
export interface Rollback<out A> {
  readonly [MADE]: true
  readonly _tag: 'Rollback'
  readonly value: A
}

type RolledBack<X> = X extends Rollback<infer B> ? B : never

const isRollback = (e: unknown): e is Rollback<unknown> => isMade(e) && (e as { _tag?: unknown })._tag === 'Rollback'

/** Rolls the enclosing transaction back, which then yields `value`. */
export const rollback =
  <A>(value: A): Program<unknown, Rollback<A>, never> =>
  () =>
  async () =>
    E.left({ [MADE]: true, _tag: 'Rollback', value })

const tagOf = (e: unknown): unknown => (e as Partial<DbError> | null)?._tag

const isConflict = (e: unknown): boolean => tagOf(e) === 'SerializationFailure' || tagOf(e) === 'Deadlock'

/**
 * Retries a transaction after each conflict. MySQL, MariaDB, and Postgres at repeatable read roll back the whole transaction then, not the
 * savepoint: an inner transaction whose outer one is gone fails with the conflict, so that the outermost one is retried.
 */
const afterConflicts = <X, A>(times: number, once: TaskEither<X, A>): TaskEither<X, A> => {
  let conflict: E.Left<X> | null = null
  let isUndone = false
  const next: TaskEither<X, A> = async () => {
    const result = await once()
    if (E.isRight(result)) return result
    if (isConflict(result.left)) conflict = result
    if (conflict === null || tagOf(result.left) !== 'TransactionAborted') return result
    isUndone = true
    return conflict
  }
  return retried({ times }, e => isConflict(e) && !isUndone)(next)
}

/**
 * Runs a program as one transaction: committed if it yields `Right`, rolled back if it yields `Left`
 * or rejects. Inside another transaction it is a savepoint. With `retry` the whole body runs again after a conflict with
 * another transaction, including its other side effects. An inner transaction fails with the conflict if the engine
 * has rolled back the outer one.
 */
export const transaction =
  (options: TxOptions = {}) =>
  <R extends Db, X, A>(program: Program<R, X, A>): Program<R, Exclude<X, Rollback<unknown>> | DbError, A | RolledBack<X>> =>
  env =>
  async () => {
    const once = env.db.transaction<X, A>(options, tx => program({ ...env, db: tx }))
    const result = await (options.retry === undefined ? once : afterConflicts(options.retry, once))()
    if (E.isLeft(result) && isRollback(result.left)) return E.right(result.left.value as RolledBack<X>)
    return result as E.Either<Exclude<X, Rollback<unknown>> | DbError, A>
  }

/** Runs a part of a transaction that may fail: its failure is rolled back to a savepoint and yielded as a value, and the transaction continues. */
export const attempt =
  <R extends Db, X, A>(program: Program<R, X, A>): Program<R, DbError, E.Either<X | DbError, A>> =>
  env =>
  async () =>
    E.right(await env.db.transaction<X, A>({}, tx => program({ ...env, db: tx }))())

/** Runs a program and rolls it back: yields its result and changes nothing. For tests. */
export const withRollback = <R extends Db, X, A>(program: Program<R, X, A>): Program<R, X | DbError, A> => {
  const undone: Program<R, X | Rollback<A>, never> = env => async () => {
    const result = await program(env)()
    return E.left(E.isLeft(result) ? result.left : { [MADE]: true, _tag: 'Rollback', value: result.right })
  }
  return transaction()(undone) as Program<R, X | DbError, A>
}

/**
 * Acquires the advisory lock of a name and holds it until the enclosing transaction ends. Other transactions that ask for the same name in
 * the same database wait, or with `noWait` fail with `Timeout` at once. It locks no rows: it serializes other work, such as "one import at a
 * time". A transaction may acquire the same lock repeatedly. On engines that serialize transactions it never waits.
 */
export const advisoryLock = (name: string, options: { readonly wait?: 'noWait' } = {}): Program<Db, DbError, void> => {
  const problem =
    typeof name !== 'string' ? 'the name of a lock must be a text' : name === '' ? 'a name can not be empty' : textProblem(name)
  if (problem !== null) return () => async () => E.left(validationError(['advisoryLock'], problem))
  return perform({ tag: 'advisoryLock', name, wait: options.wait ?? 'wait' })
}

/**
 * Runs a raw SQL statement. `columns` are the columns of its result, by position. Values in the template are
 * parameters. In the memory interpreter it is `Unsupported`.
 */
export const raw =
  <C extends Columns>(columns: C) =>
  (text: TemplateStringsArray, ...args: readonly Literal[]): Program<Db, DbError, readonly Row<C>[]> => {
    const problem = templateProblem(text)
    if (problem !== null) return () => async () => E.left(problem)
    const types = Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, c.type]))
    return perform({ tag: 'raw', text: [...text], args, columns: types })
  }
