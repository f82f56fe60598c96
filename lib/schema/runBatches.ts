/**
 * The program that performs the batches of `online`.
 *
 * A batch that is transactional is one transaction; another one is sent outside of transactions, so inside one the program fails. What an
 * interrupted attempt left behind is removed first, and reported. After a failure the batches before it stay: running the same batch again
 * continues.
 *
 * Law: performing all batches is `define(steps)`, where no other transaction interferes.
 */
import * as E from 'fp-ts/lib/Either.js'
import { int } from '../core/expr/Column.js'
import { type Db, type Program, perform } from '../core/operation/Interpreter.js'
import type { DbError } from '../core/value/DbError.js'
import { raw } from '../program/Program.js'
import type { Batch } from './online.js'

/** A statement that the library made, in the form that `raw` accepts. */
export const made = (sql: string): TemplateStringsArray => Object.assign([sql], { raw: [sql] })

/** Performs a batch. `report` gets a sentence if something of an earlier attempt was removed. */
export const runBatch =
  ({ steps, online, at, remains }: Batch, report: (message: string) => void = () => undefined): Program<Db, DbError, void> =>
  env =>
  async () => {
    if (remains !== null) {
      const found = await raw({ found: int })(made(remains.find))(env)()
      if (E.isLeft(found)) return found
      if (found.right.length > 0) {
        const removed = await raw({})(made(remains.remove))(env)()
        if (E.isLeft(removed)) return removed
        report(remains.message)
      }
    }
    return perform<void>({ tag: 'ddl', steps, batch: { online, at } })(env)()
  }

/** Performs batches, one after the other. */
export const runBatches =
  (batches: readonly Batch[], report?: (message: string) => void): Program<Db, DbError, void> =>
  env =>
  async () => {
    for (const batch of batches) {
      const done = await runBatch(batch, report)(env)()
      if (E.isLeft(done)) return done
    }
    return E.right(undefined)
  }
