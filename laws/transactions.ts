/**
 * The laws of transactions and of the programs that read: what an interpreter promises apart from results.
 *
 * A transaction happens completely or not at all; a failure inside `attempt` is undone alone; `withRollback` leaves no trace; after a
 * failed operation every operation of the transaction fails with `TransactionAborted`. A fold in chunks of any size, a stream and `all`
 * have the same rows; `head`, `option`, `one`, `count` and `nonEmpty` follow from them. The laws run in one session: anomalies between
 * sessions are not covered.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { run } from '../lib/Command.js'
import type { DbError } from '../lib/DbError.js'
import type { Db, Program, Runner } from '../lib/Interpreter.js'
import * as P from '../lib/Program.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { formOf, sameAnswer, sameBag, show } from './answer.js'
import { command, type GeneratedCommand } from './arbitrary/command.js'
import { type AnyDatabase, type DatabaseOptions, database, databaseText } from './arbitrary/database.js'
import { contents, load } from './arbitrary/load.js'
import { type GeneratedQuery, query } from './arbitrary/query.js'
import { commandsText, differentContents } from './commands.js'
import { caseText } from './homomorphism.js'
import { type Law, law } from './Law.js'
import { refusalAmong } from './refused.js'

export interface TransactionSubject {
  readonly runner: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}

type Step = Program<Db, DbError, unknown>

/** Runs commands in sequence, up to the first failure. */
const inOrder = (commands: readonly GeneratedCommand[]): Program<Db, DbError, readonly unknown[]> =>
  RTE.sequenceSeqArray(commands.map(c => run(c.command) as Step)) as Program<Db, DbError, readonly unknown[]>

/** The same, but skips commands that fail, so that most lists of commands change something. */
const tried = (commands: readonly GeneratedCommand[]): Program<Db, DbError, readonly unknown[]> =>
  RTE.sequenceSeqArray(commands.map(c => P.attempt(run(c.command) as Step))) as Program<Db, DbError, readonly unknown[]>

const stop: Program<Db, 'stop', never> = RTE.left('stop')

interface State {
  readonly db: { readonly db: Runner }
  readonly before: AnyDatabase
  readonly now: () => Promise<AnyDatabase>
  /** Restores the initial rows. */
  readonly reset: () => Promise<void>
}

class Refused extends Error {}

const state = async ({ runner, schema }: TransactionSubject, given: AnyDatabase): Promise<State> => {
  const db = { db: runner }
  const need = <X, A>(e: E.Either<X, A>): A => {
    if (E.isLeft(e)) throw new Refused(JSON.stringify(e.left))
    return e.right
  }
  const reset = async (): Promise<void> => need(await load(schema, given)(db)())
  const now = async (): Promise<AnyDatabase> => need(await contents(schema)(db)())
  await reset()
  return { db, before: await now(), now, reset }
}

const tag = <X, A>(e: E.Either<X, A>): string => (E.isRight(e) ? 'Right' : ((e.left as { readonly _tag?: string })._tag ?? String(e.left)))

/** A law about the rows that two lists of commands leave. */
const about =
  (subject: TransactionSubject) =>
  (
    name: string,
    statement: string,
    check: (s: State, a: readonly GeneratedCommand[], b: readonly GeneratedCommand[]) => Promise<string | null>,
  ): Law => {
    const some = fc.array(command(subject.schema, { depth: 1 }), { maxLength: 4, size: 'max' })
    return law(
      name,
      statement,
      fc.tuple(some, some, database(subject.schema, subject.databases)),
      async ([a, b, db], cover) => {
        const s = await state(subject, db)
        const problem = await check(s, a, b)
        cover(differentContents(subject.schema, s.before, await s.now()) === null ? 'changes nothing' : 'changes something')
        return problem === null
          ? null
          : `${problem}\n\n// a\n${commandsText(a)}\n\n// b\n${commandsText(b)}\n\nconst rows = ${databaseText(db)}`
      },
      { share: 1 / 20 },
    )
  }

const transactionLaws = (subject: TransactionSubject): readonly Law[] => {
  const { schema } = subject
  const the = about(subject)
  const same = (a: AnyDatabase, b: AnyDatabase): string | null => differentContents(schema, a, b, false)
  return [
    the(
      'transaction(a then left(e)) = left(e), and changes nothing',
      'A transaction whose body returns Left leaves no trace.',
      async (s, a) => {
        const answer = await P.transaction()(RTE.chainW(() => stop)(tried(a)))(s.db)()
        if (E.isRight(answer) || answer.left !== 'stop') return `it returns ${tag(answer)}`
        return same(s.before, await s.now())
      },
    ),
    the('withRollback(a) returns what a returns, and changes nothing', 'withRollback leaves no trace.', async (s, a) => {
      const undone = await P.withRollback(tried(a))(s.db)()
      const trace = same(s.before, await s.now())
      if (trace !== null) return trace
      const done = await P.transaction()(tried(a))(s.db)()
      return tag(undone) === tag(done) ? null : `rolled back it returns ${tag(undone)}, done ${tag(done)}`
    }),
    the('transaction(a) = a, where a succeeds', 'A transaction that succeeds does what its body does.', async (s, a) => {
      const answer = await P.transaction()(tried(a))(s.db)()
      const after = await s.now()
      await s.reset()
      const plain = await tried(a)(s.db)()
      if (tag(plain) !== tag(answer)) return `alone it returns ${tag(plain)}, in a transaction ${tag(answer)}`
      return same(after, await s.now())
    }),
    the(
      'a failed operation in a transaction: TransactionAborted after it, nothing of it before',
      'A failure aborts its transaction.',
      async (s, a, b) => {
        let first: E.Either<DbError, unknown> | null = null
        let next: E.Either<DbError, unknown> | null = null
        const body: Program<Db, DbError, string> = env => async () => {
          first = await inOrder(a)(env)()
          if (E.isRight(first)) return E.right('done')
          next = await inOrder(b)(env)()
          return E.right('went on')
        }
        const answer = await P.transaction()(body)(s.db)()
        if (first !== null && E.isRight(first as E.Either<DbError, unknown>)) return E.isRight(answer) ? null : `it returns ${tag(answer)}`
        const refusal = next === null || b.length === 0 ? 'TransactionAborted' : tag(next)
        if (refusal !== 'TransactionAborted') return `the operation after the failure returns ${refusal}`
        if (tag(answer) !== 'TransactionAborted') return `the transaction returns ${tag(answer)}`
        return same(s.before, await s.now())
      },
    ),
    the('transaction(a then attempt(b then left(e))) = transaction(a)', 'A failure inside attempt is undone alone.', async (s, a, b) => {
      const failing = P.attempt(RTE.chainW(() => stop)(inOrder(b)))
      const both = RTE.chainW(() => failing)(tried(a))
      const answer = await P.transaction()(both)(s.db)()
      const after = await s.now()
      await s.reset()
      const alone = await P.transaction()(tried(a))(s.db)()
      if (tag(answer) !== tag(alone)) return `with attempt it returns ${tag(answer)}, without ${tag(alone)}`
      return same(after, await s.now())
    }),
    the(
      'transaction(a then transaction(b)) = transaction(a then b), where both succeed',
      'A nested transaction is part of the outer one.',
      async (s, a, b) => {
        const answer = await P.transaction()(RTE.chainW(() => P.transaction()(tried(b)))(tried(a)))(s.db)()
        const after = await s.now()
        await s.reset()
        const flat = await P.transaction()(tried([...a, ...b]))(s.db)()
        if (tag(answer) !== tag(flat)) return `nested it returns ${tag(answer)}, flat ${tag(flat)}`
        return same(after, await s.now())
      },
    ),
    the('transaction(a then rollback(v)) = v, and changes nothing', 'rollback undoes everything and returns its value.', async (s, a) => {
      const body = RTE.chainW(() => P.rollback('v'))(tried(a))
      const answer = await P.transaction()(body)(s.db)()
      if (E.isLeft(answer) || answer.right !== 'v') return `it returns ${tag(answer)}`
      return same(s.before, await s.now())
    }),
  ]
}

/** A law about the programs that read one query. */
const reading = (
  subject: TransactionSubject,
  name: string,
  statement: string,
  read: (q: GeneratedQuery, all: readonly unknown[], db: Db) => Promise<string | null>,
): Law =>
  law(
    name,
    statement,
    fc.tuple(query(subject.schema, { depth: 2 }), database(subject.schema, subject.databases)),
    async ([q, given], cover) => {
      const s = await state(subject, given)
      const all = await Q.all(q.query)(s.db)()
      const refusal = refusalAmong(s.db.db, cover, all)
      if (E.isLeft(all)) return refusal
      cover(all.right.length === 0 ? 'rows: 0' : 'rows: some')
      const problem = await read(q, all.right, s.db)
      return problem === null ? null : `${problem}\n\n${caseText(q, given)}\n\nall: ${show(formOf(q.query, q.ordered), all.right)}`
    },
    { share: 1 / 20 },
  )

const readingLaws = (subject: TransactionSubject): readonly Law[] => {
  const sameRows = (q: GeneratedQuery, a: readonly unknown[], b: readonly unknown[]): boolean =>
    sameAnswer(formOf(q.query, q.ordered), a, b)
  const among = (q: GeneratedQuery, row: unknown, all: readonly unknown[]): boolean => {
    const form = formOf(q.query, q.ordered).row
    return q.ordered ? sameAnswer(form, row, all[0]) : all.some(r => sameAnswer(form, row, r))
  }
  return [
    reading(
      subject,
      'foldChunks(size) = fold of all',
      'A fold in chunks of any size sees the rows of all, each once.',
      async (q, all, db) => {
        for (const size of [1, 2, 3, 1000]) {
          const sizes: number[] = []
          const folded = await Q.foldChunks<unknown, readonly unknown[]>(
            [],
            (rows, chunk) => {
              sizes.push(chunk.length)
              return [...rows, ...chunk]
            },
            { size },
          )(q.query)(db)()
          if (E.isLeft(folded)) return `in chunks of ${size}: ${tag(folded)}`
          if (sizes.some(n => n === 0 || n > size)) return `in chunks of ${size}: a chunk of ${Math.max(...sizes)}`
          if (!sameRows(q, folded.right, all)) return `in chunks of ${size}: ${folded.right.length} rows`
        }
        return null
      },
    ),
    reading(subject, 'stream = all', 'A stream yields the rows of all, one by one.', async (q, all, db) => {
      const rows: unknown[] = []
      for await (const row of Q.stream(q.query, { size: 2 })(db)) {
        if (E.isLeft(row)) return tag(row)
        rows.push(row.right)
      }
      return sameRows(q, rows, all) ? null : `${rows.length} rows`
    }),
    reading(
      subject,
      'head, option, one, count and any follow from all',
      'The other programs that read a query agree with all.',
      async (q, all, db) => {
        const n = all.length
        const head = await Q.head(q.query)(db)()
        if (E.isLeft(head) || O.isSome(head.right) !== n > 0) return `head: ${tag(head)}`
        if (O.isSome(head.right) && !among(q, head.right.value, all)) return 'head is not a row of all'
        const option = await Q.option(q.query)(db)()
        if (tag(option) !== (n > 1 ? 'TooManyRows' : 'Right')) return `option: ${tag(option)}`
        const one = await Q.one(q.query)(db)()
        if (tag(one) !== (n === 0 ? 'NoRow' : n > 1 ? 'TooManyRows' : 'Right')) return `one: ${tag(one)}`
        const count = await Q.count(q.query)(db)()
        if (E.isLeft(count) || count.right !== n) return `count: ${E.isLeft(count) ? tag(count) : count.right}`
        const any = await Q.nonEmpty(q.query)(db)()
        return E.isRight(any) && any.right === n > 0 ? null : `any: ${tag(any)}`
      },
    ),
    reading(
      subject,
      'a cursor that is closed early leaves the interpreter free',
      'A cursor is closed on every exit.',
      async (q, all, db) => {
        for await (const _ of Q.stream(q.query, { size: 1 })(db)) break
        const failed = await Q.foldChunks<unknown, null>(null, () => Promise.reject(new Error('stop')), { size: 1 })(q.query)(db)()
        if (all.length > 0 && tag(failed) !== 'CallbackFailed') return `a step that fails: ${tag(failed)}`
        const again = await Q.all(q.query)(db)()
        return E.isRight(again) && sameBag(again.right, all, (a, b) => sameAnswer(formOf(q.query, q.ordered).row, a, b))
          ? null
          : `afterwards all returns ${tag(again)}`
      },
    ),
  ]
}

export const programLaws = (subject: TransactionSubject): readonly Law[] => [...transactionLaws(subject), ...readingLaws(subject)]
