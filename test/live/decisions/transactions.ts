/**
 * S33 to S36: failed statements, isolation, lost replies, rollback.
 *
 * Every check has a separate table and reads it from outside after the transaction: its rows are those that were committed. Engines with
 * one connection queue operations; a query next to an open transaction checks that uncommitted rows are not visible.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import { type DbError, deadlock, isRetryable, outcomeUnknown, serializationFailure } from '../../../lib/DbError.js'
import * as Ex from '../../../lib/Expr.js'
import type { Isolation } from '../../../lib/Interpreter.js'
import * as P from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { retrying } from '../../../lib/transform/retrying.js'
import { ask, type Clause, check, create, equal, fails, isDbError, isTrue, later, type Session } from './check.js'

type Program<A> = P.Program<P.Db, DbError, A>

/** A table of numbers, with what is done to it and what is in it. */
const counters = async (db: Session, name: string) => {
  const t = table(name, { id: C.int }, { primaryKey: ['id'] })
  await create(db, t)
  const add = (id: number): Program<number> => Command.run(Command.insert(t)({ id }))
  const all: Program<readonly number[]> = pipe(
    Q.all(
      pipe(
        Q.from(t),
        Q.orderBy(r => [Ex.asc(r.id)]),
        Q.map(r => r.id),
      ),
    ),
  )
  const left = (): Promise<readonly number[]> => ask(db, all)
  return { t, add, all, left }
}

/** Runs programs in sequence, also after failures; the results and the tags of the errors are added to `seen`. */
const each =
  (seen: unknown[], ...programs: readonly P.Program<P.Db, unknown, unknown>[]): P.Program<P.Db, never, number> =>
  env =>
  async () => {
    for (const program of programs) {
      const answer = await program(env)()
      seen.push(E.isRight(answer) ? answer.right : isDbError(answer.left) ? answer.left._tag : answer.left)
    }
    return E.right(seen.length)
  }

const inSequence = <X, A>(...programs: readonly P.Program<P.Db, X, A>[]): P.Program<P.Db, X, readonly A[]> =>
  RTE.sequenceSeqArray([...programs]) as P.Program<P.Db, X, readonly A[]>

const failing: readonly Clause[] = [
  check(33, 'after a failed statement every later operation of its transaction is TransactionAborted', async db => {
    const { add, all, left } = await counters(db, 'aborted')
    const seen: unknown[] = []
    const body = each(seen, add(1), add(1), add(2), all, P.transaction()(add(3)), P.attempt(add(4)))
    await fails(db, 'TransactionAborted', P.transaction()(body))
    const last = seen.at(-1) as E.Either<DbError, number> | string
    equal(seen.slice(0, 5), [1, 'UniqueViolation', 'TransactionAborted', 'TransactionAborted', 'TransactionAborted'])
    equal(typeof last === 'string' ? last : E.isLeft(last) && last.left._tag, 'TransactionAborted')
    equal(await left(), [])
  }),
  check(33, 'a transaction with a failed statement is rolled back as a whole, even if its body yields Right', async db => {
    const { add, left } = await counters(db, 'undone')
    await fails(db, 'TransactionAborted', P.transaction()(each([], add(1), add(1))))
    equal(await left(), [])
    equal(await ask(db, P.transaction()(add(5))), 1)
    equal(await left(), [5])
  }),
  check(33, 'a failed statement fails only its savepoint: the enclosing transaction continues', async db => {
    const { add, left } = await counters(db, 'savepoint_alone')
    const answers: unknown[] = []
    await ask(db, P.transaction()(each(answers, add(1), P.transaction()(inSequence(add(2), add(1), add(3))), add(4))))
    equal(answers, [1, 'UniqueViolation', 1])
    equal(await left(), [1, 4])
  }),
  check(33, 'attempt returns the failure of its part as a value; the part is rolled back, and the rest continues', async db => {
    const { add, left } = await counters(db, 'attempted')
    const tried = await ask(
      db,
      P.transaction()(
        pipe(
          add(1),
          RTE.flatMap(() => P.attempt(inSequence(add(2), add(1)))),
          RTE.tap(() => add(3)),
        ),
      ),
    )
    isTrue(E.isLeft(tried) && isDbError(tried.left) && tried.left._tag === 'UniqueViolation', 'the failure as a value')
    equal(await left(), [1, 3])
    equal(await ask(db, P.attempt(add(9))), E.right(1))
    equal(await left(), [1, 3, 9])
  }),
  check(33, 'attempts nest, and each rolls back its own part', async db => {
    const { add, all, left } = await counters(db, 'attempts')
    const inner = P.attempt(inSequence(add(3), add(3)))
    const outer = P.attempt(
      pipe(
        inSequence(add(2)),
        RTE.tap(() => inner),
        RTE.tap(() => add(4)),
        RTE.tap(() => add(2)),
      ),
    )
    const seen = await ask(
      db,
      P.transaction()(
        pipe(
          inSequence(add(1)),
          RTE.tap(() => outer),
          RTE.tap(() => P.attempt(add(5))),
          RTE.flatMap(() => all),
        ),
      ),
    )
    equal(seen, [1, 5])
    equal(await left(), [1, 5])
  }),
  check(33, 'a row that does not decode, a refused query and a failed function fail the transaction like a statement', async db => {
    const loose = table('mixed_texts', { id: C.int, text: C.nullable(C.text) }, { primaryKey: ['id'] })
    const strict = table('mixed_texts', { id: C.int, text: C.text }, { primaryKey: ['id'] })
    await create(db, loose)
    await ask(db, Command.run(Command.insert(loose)({ id: 1 })))
    const bad: readonly Program<unknown>[] = [
      Q.all(Q.from(strict)),
      Q.all(
        pipe(
          Q.from(loose),
          Q.where(r => Ex.eq(r.id, null as unknown as number)),
        ),
      ),
      Q.all(
        pipe(
          Q.from(loose),
          Q.mapRow(() => {
            throw new Error('on purpose')
          }),
        ),
      ),
    ]
    for (const program of bad) {
      const seen: unknown[] = []
      const body = each(seen, Command.run(Command.insert(loose)({ id: 2 })), program, Q.count(Q.from(loose)))
      await fails(db, 'TransactionAborted', P.transaction()(body))
      equal(seen[2], 'TransactionAborted')
      equal(await ask(db, Q.count(Q.from(loose))), 1)
    }
  }),
]

const LEVELS: readonly Isolation[] = ['readUncommitted', 'readCommitted', 'repeatableRead', 'serializable']

const isolation: readonly Clause[] = [
  check(34, 'every level may be requested, and a transaction of any level commits and rolls back', async db => {
    const { add, all, left } = await counters(db, 'levels')
    for (const [id, level] of LEVELS.entries()) {
      equal(
        (
          await ask(
            db,
            P.transaction({ isolation: level })(
              pipe(
                add(id),
                RTE.flatMap(() => all),
              ),
            ),
          )
        ).length,
        id + 1,
      )
      equal(
        await ask(
          db,
          P.withRollback(
            pipe(
              add(100),
              RTE.flatMap(() => add(101)),
            ),
          ),
        ),
        1,
      )
    }
    equal(await left(), [0, 1, 2, 3])
  }),
  check(34, 'the requested isolation is a minimum, and the default at least read committed', async db => {
    if (db.capabilities.engine !== 'pglite') return
    const order = ['read uncommitted', 'read committed', 'repeatable read', 'serializable']
    const given = async (options: P.TxOptions): Promise<number> => {
      const [row] = await ask(db, P.transaction(options)(P.raw({ level: C.text })`SELECT current_setting('transaction_isolation')`))
      return order.indexOf(row?.level ?? '')
    }
    for (const [at, level] of LEVELS.entries()) isTrue((await given({ isolation: level })) >= at, level)
    isTrue((await given({})) >= 1, 'the default')
  }),
  check(34, 'uncommitted changes are not visible to other transactions', async db => {
    const { add, all } = await counters(db, 'dirty')
    const beside = async (body: P.Program<P.Db, unknown, unknown>): Promise<readonly number[]> => {
      const started = P.transaction()(body)({ db })()
      const seen = ask(db, all)
      await started
      return seen
    }
    const slowly: Program<undefined> = () => async () => {
      await new Promise(resolve => setTimeout(resolve, 5))
      return E.right(undefined)
    }
    const undone = await beside(
      pipe(
        add(1),
        RTE.flatMap(() => slowly),
        RTE.flatMap(() => P.rollback('never mind')),
      ),
    )
    equal(undone, [])
    const seen = await beside(
      pipe(
        add(1),
        RTE.flatMap(() => slowly),
        RTE.flatMap(() => add(2)),
      ),
    )
    isTrue(seen.length === 0 || seen.length === 2, `all of a transaction or nothing of it, not ${seen.length} of 2 rows`)
  }),
  check(34, 'a transaction sees its own writes', async db => {
    const { t, add, all } = await counters(db, 'own_writes')
    const seen = await ask(
      db,
      P.transaction()(
        pipe(
          inSequence(
            add(1),
            add(2),
            Command.run(Command.update(t)({ id: 3 }, r => Ex.eq(r.id, 1))),
            Command.run(Command.delete(t)(r => Ex.eq(r.id, 2))),
          ),
          RTE.flatMap(() => all),
        ),
      ),
    )
    equal(seen, [3])
  }),
  check(34, 'a read-only transaction takes no writes', async db => {
    const { add, all, left } = await counters(db, 'read_only')
    await fails(
      db,
      'ValidationError',
      P.transaction({ readOnly: true })(
        pipe(
          all,
          RTE.flatMap(() => add(1)),
        ),
      ),
    )
    equal(await ask(db, P.transaction({ readOnly: true })(all)), [])
    await fails(db, 'ValidationError', P.transaction({ readOnly: true })(P.transaction({ readOnly: false })(add(1))))
    equal(await left(), [])
  }),
  later(34, 'the anomalies of each level', 'they need two connections, and come with the server engines'),
]

const lost: readonly Clause[] = [
  check(35, 'OutcomeUnknown is not retryable; a conflict and a deadlock are', async () => {
    equal(isRetryable(outcomeUnknown()), false)
    equal(isRetryable(serializationFailure()), true)
    equal(isRetryable(deadlock()), true)
  }),
  later(35, 'a lost reply to COMMIT is OutcomeUnknown', 'an engine in this process loses no reply; on servers the tests of faults show it'),
  check(35, 'writes are retried only when the engine has certainly not applied them', async db => {
    const { add, left } = await counters(db, 'retried')
    for (const [id, error, times] of [
      [1, outcomeUnknown(), 1],
      [2, serializationFailure(), 2],
      [3, deadlock(), 2],
    ] as const) {
      let asked = 0
      const failing: Session = {
        ...db,
        perform: op => () => {
          asked += 1
          return asked === 1 ? Promise.resolve(E.left(error)) : db.perform(op)()
        },
      }
      const answer = await add(id)({ db: retrying({ times: 3 })(failing) })()
      equal(asked, times)
      equal(E.isLeft(answer), times === 1)
    }
    equal(await left(), [2, 3])
  }),
]

const ends: readonly Clause[] = [
  check(36, 'Left from the body rolls back, and is the result', async db => {
    const { add, left } = await counters(db, 'left')
    const body = pipe(
      add(1),
      RTE.flatMap(() => RTE.left('my own error')),
    )
    equal(await P.transaction()(body)({ db })(), E.left('my own error'))
    equal(await left(), [])
  }),
  check(36, 'rollback(value) rolls back, and the transaction succeeds with the value', async db => {
    const { add, left } = await counters(db, 'rolled_back')
    equal(
      await ask(
        db,
        P.transaction()(
          pipe(
            add(1),
            RTE.flatMap(() => P.rollback({ why: 'a preview' })),
          ),
        ),
      ),
      { why: 'a preview' },
    )
    equal(await left(), [])
  }),
  check(36, 'rollback inside a nested transaction rolls back only that one', async db => {
    const { add, left } = await counters(db, 'rolled_back_inside')
    const inner = P.transaction()(
      pipe(
        add(2),
        RTE.flatMap(() => P.rollback('inner')),
      ),
    )
    equal(
      await ask(
        db,
        P.transaction()(
          pipe(
            add(1),
            RTE.flatMap(() => inner),
            RTE.tap(() => add(3)),
          ),
        ),
      ),
      'inner',
    )
    equal(await left(), [1, 3])
  }),
  check(36, 'a nested transaction that committed is rolled back with the enclosing one', async db => {
    const { add, left } = await counters(db, 'undone_together')
    await ask(
      db,
      P.transaction()(
        pipe(
          P.transaction()(add(1)),
          RTE.flatMap(() => P.rollback(0)),
        ),
      ),
    )
    equal(await left(), [])
  }),
  check(36, 'a body that throws or rejects rolls back with CallbackFailed', async db => {
    const { add, left } = await counters(db, 'thrown')
    const rejects = pipe(
      add(1),
      RTE.flatMap((): Program<never> => () => () => Promise.reject(new Error('on purpose'))),
    )
    await fails(db, 'CallbackFailed', P.transaction()(rejects))
    const throws = pipe(
      add(1),
      RTE.map((): number => {
        throw new Error('on purpose')
      }),
    )
    await fails(db, 'CallbackFailed', P.transaction()(throws))
    equal(await left(), [])
  }),
  check(36, 'withRollback returns the result of its program, and leaves no trace', async db => {
    const { add, all, left } = await counters(db, 'no_trace')
    equal(
      await ask(
        db,
        P.withRollback(
          pipe(
            add(1),
            RTE.flatMap(() => all),
          ),
        ),
      ),
      [1],
    )
    equal(await left(), [])
  }),
  check(36, 'after its end a transaction is Closed', async db => {
    const { add, left } = await counters(db, 'ended')
    let kept: P.Db | undefined
    const keeping: Program<number> = env => {
      kept = env
      return add(1)(env)
    }
    await ask(db, P.transaction()(keeping))
    const { db: ended } = kept as P.Db
    equal((await fails(ended, 'Closed', add(2))).what, 'transaction')
    equal(await left(), [1])
  }),
]

export const transactions: readonly Clause[] = [...failing, ...isolation, ...lost, ...ends]
