/**
 * Steps taken apart into batches that run while others use the tables.
 *
 * `online(steps, engine)` is what `define(steps)` does, in forms that block less: on Postgres indexes are built concurrently and constraints
 * validated after they are added; on MySQL and MariaDB each ALTER demands its algorithm. The batches are performed one after the other
 * (`runBatches`); each is one transaction where it is `transactional`, and must not be in a transaction where it is not. The list as a whole
 * is not atomic, so its runner records which batches are done.
 *
 * Law: after the batches, tables and rows are those after `define(steps)`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { runs, type Step, validateSteps } from '../core/schema/Step.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { EngineName } from '../core/value/DialectName.js'
import { batchesOf } from '../sql/batches.js'
import { statementsOfWork } from '../sql/ddl.js'
import { dialects } from '../sql/dialects.js'
import type { Remains } from '../sql/OnlineSteps.js'
import type { Work } from '../sql/Work.js'

/** What is performed together: a batch of some steps. */
export interface Batch {
  readonly steps: readonly Step[]
  readonly online: boolean
  /** Its number among the batches of the steps, from 0. */
  readonly at: number
  /** Its statements, commands and queries; empty in memory. */
  readonly work: readonly Work[]
  readonly transactional: boolean
  /** What an earlier attempt may have left, which is removed first. */
  readonly remains: Remains | null
  /** The statement that completes it whatever an interrupted attempt has done; null where the definitions tell. */
  readonly again: string | null
}

/** The batches of steps that are performed as one unit, in order. Fails with the errors of `define`, before anything is sent. */
export const unitBatches = (steps: readonly Step[], engine: EngineName, isOnline: boolean): E.Either<DbError, readonly Batch[]> => {
  const valid = validateSteps(steps)
  if (E.isLeft(valid)) return valid
  if (engine === 'memory') return E.right([{ steps, online: false, at: 0, work: [], transactional: true, remains: null, again: null }])
  return attempting('a function of the schema', () =>
    batchesOf(dialects[engine], steps, isOnline).map((batch, at): Batch => ({ steps, online: isOnline, at, ...batch })),
  )
}

/** The batches of some steps, in order. Fails with the errors of `define`, before anything is sent. */
export const online = (steps: readonly Step[], engine: EngineName): E.Either<DbError, readonly Batch[]> =>
  E.map((batches: readonly (readonly Batch[])[]) => batches.flat())(
    E.traverseArray((unit: readonly Step[]) => unitBatches(unit, engine, true))(runs(steps)),
  )

/** The statements of a batch, with the values of commands as literals: to show, and for the script of an administrator. */
export const statementsOfBatch = ({ work }: Batch, engine: Exclude<EngineName, 'memory'>): readonly string[] =>
  statementsOfWork(dialects[engine], work)
