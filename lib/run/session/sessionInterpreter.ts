/**
 * A runner over one session: transactions, savepoints and cursors for engines with one connection.
 *
 * A `Session` performs operations and controls transactions; this module makes an `Interpreter` of
 * it, with the meaning that all engines share: one operation runs at a time; a transaction holds the
 * session until its end; a nested one is a savepoint and holds its transaction until its end; after a
 * failed operation a transaction only returns `TransactionAborted`; after its end it is `Closed`.
 *
 * Laws: a body that returns `Left`, rejects or throws leaves no trace; a failed BEGIN sends no
 * ROLLBACK; cursors that were opened inside are closed at the end.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Capabilities, Cursor, Interpreter, Operation, Runner, SqlOp, TxOptions } from '../../core/operation/Interpreter.js'
import {
  callbackFailed,
  cancelled,
  closed,
  type DbError,
  lockOutside,
  transactionAborted,
  unsupported,
  validationError,
} from '../../core/value/DbError.js'
import { LEVELS } from './isolation.js'
import { mutex } from './mutex.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** One connection. No method is called while another is in progress. */
export interface Session {
  readonly perform: (op: SqlOp) => Answer<any>
  readonly begin: (options: TxOptions) => Answer<void>
  readonly commit: () => Answer<void>
  readonly rollback: () => Answer<void>
  readonly savepoint: (name: string) => Answer<void>
  readonly release: (name: string) => Answer<void>
  readonly rollbackTo: (name: string) => Answer<void>
  readonly close: () => Answer<void>
}

/** Options of runners over one session. */
export interface SingleOptions {
  /** Milliseconds that an operation waits for the one before it. Default: 10,000. */
  readonly acquireTimeout?: number
}

/** How a level begins and ends: by BEGIN and COMMIT, or by a savepoint. */
interface Bracket {
  readonly begin: () => Answer<void>
  readonly commit: () => Answer<void>
  readonly rollback: () => Answer<void>
}

/** Transactions, savepoints and cursors over a session. */
export const singleSession = (session: Session, capabilities: Capabilities, options: SingleOptions = {}): Runner => {
  const acquireTimeout = options.acquireTimeout ?? 10_000
  let savepoints = 0

  /** A level of nesting: the runner itself, a transaction, a savepoint in it. */
  const level = (what: 'interpreter' | 'transaction', readOnly: boolean, rawRefused = false) => {
    const exclusive = mutex(acquireTimeout)
    const cursors = new Set<Cursor<unknown>>()
    let isEnded = false
    let isAborted = false

    const stateProblem = (): DbError | null => (isEnded ? closed(what) : isAborted ? transactionAborted : null)

    const checked = async <A>(op: SqlOp & Operation<A>): Answer<A> => {
      const problem = stateProblem()
      if (problem !== null) return E.left(problem)
      if ((readOnly && (op.tag === 'execute' || op.tag === 'ddl')) || (rawRefused && op.tag === 'raw')) {
        isAborted = true
        return E.left(validationError([], 'writes are not allowed in a read-only transaction'))
      }
      if (op.tag === 'advisoryLock' && what !== 'transaction') return E.left(lockOutside)
      const answer = op.signal?.aborted === true ? E.left(cancelled) : await session.perform(op)
      if (E.isLeft(answer)) isAborted = what === 'transaction'
      return answer as E.Either<DbError, A>
    }

    /** A cursor whose steps exclude all other operations of its level, and that ends with its level. */
    const levelCursor = (cursor: Cursor<unknown>): Cursor<unknown> => {
      const step =
        <A>(f: TaskEither<DbError, A>): TaskEither<DbError, A> =>
        () =>
          exclusive.run(async () => {
            if (!cursors.has(cursor)) return E.left(closed('cursor'))
            const answer = await f()
            if (E.isLeft(answer)) isAborted = what === 'transaction'
            return answer
          })
      const close: TaskEither<DbError, void> = () =>
        exclusive.run(async () => {
          if (!cursors.delete(cursor)) return E.right(undefined)
          return cursor.close()
        })
      cursors.add(cursor)
      return { next: step(cursor.next), close }
    }

    const perform: Interpreter<SqlOp>['perform'] = op => () =>
      exclusive.run(async () => {
        const answer = await checked(op)
        if (op.tag !== 'cursor' || E.isLeft(answer)) return answer
        return E.right(levelCursor(answer.right as Cursor<unknown>) as typeof answer.right)
      })

    const transaction =
      <X, A>(o: TxOptions, use: (tx: Interpreter<SqlOp>) => TaskEither<X, A>): TaskEither<X | DbError, A> =>
      () =>
        exclusive.run<X | DbError, A>(async () => {
          const problem = stateProblem() ?? isolationProblem(capabilities, o)
          if (problem !== null) return E.left(problem)
          const name = `query_ts_${(savepoints += 1)}`
          const bracket: Bracket =
            what === 'interpreter'
              ? { begin: () => session.begin(o), commit: session.commit, rollback: session.rollback }
              : { begin: () => session.savepoint(name), commit: () => session.release(name), rollback: () => session.rollbackTo(name) }
          const begun = await bracket.begin()
          if (E.isLeft(begun)) {
            isAborted = what === 'transaction'
            return begun
          }
          // the engine refuses raw writes in a read-only transaction; in a read-only part of another one they are refused here
          const inner = level(
            'transaction',
            readOnly || o.readOnly === true,
            rawRefused || (what === 'transaction' && o.readOnly === true && !readOnly),
          )
          const answer = await bodyResult(() => use(inner.interpreter)())
          const ended = await inner.end()
          const undone = E.isLeft(ended) || ended.right
          if (E.isRight(answer) && !undone) {
            const committed = await bracket.commit()
            if (E.isRight(committed)) return answer
            await bracket.rollback()
            isAborted = what === 'transaction'
            return committed
          }
          const rolledBack = await bracket.rollback()
          if (E.isLeft(rolledBack)) {
            isAborted = what === 'transaction'
            return E.isLeft(answer) ? answer : rolledBack
          }
          if (E.isLeft(ended)) return ended
          return E.isLeft(answer) ? answer : E.left(transactionAborted)
        })

    /** Ends the level: waits for what is in progress and closes its cursors. Returns whether one of its operations has failed; `Timeout` if one does not end. */
    const end = async (): Answer<boolean> => {
      const waited = await exclusive.run<DbError, void>(async () => {
        isEnded = true
        for (const cursor of cursors) await cursor.close()
        cursors.clear()
        return E.right(undefined)
      })
      isEnded = true
      return E.isLeft(waited) ? waited : E.right(isAborted)
    }
    const interpreter: Interpreter<SqlOp> = { perform, transaction, capabilities }
    return { interpreter, end }
  }

  const top = level('interpreter', false)
  let closing: Answer<void> | undefined
  const closeOnce = async (): Answer<void> => {
    await top.end()
    return session.close()
  }
  const close: TaskEither<DbError, void> = () => {
    closing ??= closeOnce()
    return closing
  }
  return { ...top.interpreter, close }
}

const isolationProblem = ({ isolation, engine }: Capabilities, options: TxOptions): DbError | null => {
  const level = options.isolation
  if (level === undefined || isolation.includes(level)) return null
  return LEVELS.includes(level)
    ? unsupported(`the isolation level ${level}`, engine)
    : validationError(['isolation'], `it must be one of ${LEVELS.join(', ')}`)
}

/** What the body of a transaction returns; an error if it throws, rejects, or returns something else than an Either. */
const bodyResult = async <X, A>(f: () => Promise<E.Either<X, A>>): Promise<E.Either<X | DbError, A>> => {
  try {
    const answer = await f()
    const tag = (answer as { readonly _tag?: unknown } | null | undefined)?._tag
    return tag === 'Left' || tag === 'Right'
      ? answer
      : E.left(callbackFailed('the body of a transaction', new TypeError('it did not return an Either')))
  } catch (thrown) {
    return E.left(callbackFailed('the body of a transaction', thrown))
  }
}
