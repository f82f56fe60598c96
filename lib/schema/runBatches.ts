/**
 * The program that performs the batches of `online`.
 *
 * A batch that is transactional is one transaction; another one is sent outside of transactions, so inside one the program fails with the
 * engine's error. What an interrupted attempt left behind is removed first, and reported. After a failure the batches before it stay: running
 * the same batch again continues.
 *
 * Law: performing all batches is `define(steps)`, where no other transaction interferes.
 */
import * as E from 'fp-ts/lib/Either.js'
import { int, nullable, text } from '../core/expr/Column.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { attempting, type DbError, isOfRows, namingRows, type OffendingRow, unsupported } from '../core/value/DbError.js'
import { MOST_NAMED, offendingRows } from '../core/schema/offendingRows.js'
import { all } from '../program/fetch.js'
import { raw, transaction } from '../program/Program.js'
import { run } from '../program/run.js'
import type { Dialect } from '../sql/Dialect.js'
import { keyLengths } from '../sql/definitions.js'
import { dialects } from '../sql/dialects.js'
import { define } from './createAll.js'
import type { Batch, Work } from './online.js'

/** A statement that the library made, in the form that `raw` accepts. */
const made = (sql: string): TemplateStringsArray => Object.assign([sql], { raw: [sql] })

const sent = (sql: string): Program<Db, DbError, unknown> => raw({})(made(sql))

const done = (work: Work): Program<Db, DbError, unknown> => {
  switch (work.tag) {
    case 'sql':
      return sent(work.sql)
    case 'command':
      return env => async () => {
        const written = await run(work.command)(env)()
        if (E.isLeft(written) && work.undo !== undefined) for (const sql of work.undo) await sent(sql)(env)()
        return written
      }
    case 'guard':
      return env => async () => {
        const found = await all(work.query)(env)()
        return E.isRight(found) && found.right.length > 0 ? E.left(work.error) : found
      }
    case 'query':
      return env => async () => {
        const columns = Object.fromEntries(Array.from({ length: work.columns }, (_, i) => [`c${i}`, nullable(text)]))
        const found = await raw(columns)(made(work.sql))(env)()
        if (E.isLeft(found)) return found
        const next = attempting('a function of the schema', () =>
          work.then(found.right.map(row => Object.values(row) as (string | null)[])),
        )
        return E.isLeft(next) ? next : inOrder(next.right.map(done))(env)()
      }
    case 'outside':
      // only `define` does work around a transaction
      return () => async () => E.left(unsupported(work.what, 'a batch', 'define the step'))
  }
}

const inOrder =
  (programs: readonly Program<Db, DbError, unknown>[]): Program<Db, DbError, void> =>
  env =>
  async () => {
    for (const program of programs) {
      const result = await program(env)()
      if (E.isLeft(result)) return result
    }
    return E.right(undefined)
  }

/** Performs a batch. `report` gets a sentence if something of an earlier attempt was removed. */
const runBatch =
  (batch: Batch, report: (message: string) => void = () => undefined): Program<Db, DbError, void> =>
  env =>
  async () => {
    if (batch.tag === 'steps') return define(batch.steps)(env)()
    const { remains } = batch
    if (remains !== null) {
      const found = await raw({ found: int })(made(remains.find))(env)()
      if (E.isLeft(found)) return found
      if (found.right.length > 0) {
        const removed = await sent(remains.remove)(env)()
        if (E.isLeft(removed)) return removed
        report(remains.message)
      }
    }
    const work = inOrder(batch.work.map(done))
    const answer = await (batch.transactional ? transaction()(work) : work)(env)()
    if (E.isRight(answer)) return answer
    // in a transaction of the program nothing can be read any more: then the error stays what it is
    const dialect = (dialects as { readonly [engine: string]: Dialect | undefined })[env.db.capabilities.engine]
    const lengths = dialect === undefined ? undefined : keyLengths(dialect, batch.step)
    const query = isOfRows(answer.left) ? offendingRows(batch.step, answer.left, lengths) : null
    const found = query === null ? E.right([]) : await all(query)(env)()
    return E.isLeft(found) ? answer : E.left(namingRows(answer.left, found.right as readonly OffendingRow[], MOST_NAMED))
  }

/** Performs batches, one after the other. */
export const runBatches = (batches: readonly Batch[], report?: (message: string) => void): Program<Db, DbError, void> =>
  inOrder(batches.map(b => runBatch(b, report)))
