/**
 * What a step does to a table while others use it, and how an engine does it with less harm.
 *
 * A dialect has one record of these (`ddl.online`): the effect of each part of a step on rows and locks, and the statements of a step that
 * run while others read and write. The effects are facts of a version, found by trying; the tests repeat the trials.
 *
 * Locks that are held for a moment are no effect here: every change of a definition waits for the transactions that use the table, so
 * statements have a lock time-out. Data and errors are the subject of `schema/hazards`.
 */

import type { Change } from '../core/schema/Change.js'
import type { Step } from '../core/schema/Step.js'
import type { AlterParts } from './AlterParts.js'
import type { Work } from './Work.js'

/** A part of a change of a table: work, or a change that writes no rows, with what the dialect prints it with. */
export type Element = Work | { readonly tag: 'change'; readonly change: Change; readonly parts: AlterParts }

/** A step that changes no table, or a part of one that does. */
export type Part = Element | { readonly tag: 'step'; readonly step: Exclude<Step, { readonly tag: 'alterTable' }> }

/** What happens to a table while a part of a step runs. */
export interface Effect {
  /** Whether the engine writes every row, or the whole table again. */
  readonly rewrites: boolean
  /** What other transactions wait for until it is done: nothing, their writes, or also their reads. */
  readonly blocks: 'nothing' | 'writes' | 'reads'
}

/** What an interrupted run may leave behind: a query that finds it, and the statement that removes it. */
export interface Remains {
  /** A query that has a row if something is left. */
  readonly find: string
  readonly remove: string
  /** What to report when it is removed. */
  readonly message: string
}

/** A part of a step that is performed by itself. */
export interface WorkBatch {
  readonly work: readonly Work[]
  /** Whether it is one transaction; if not, it must be performed outside of transactions. */
  readonly transactional: boolean
  /** What an earlier run may have left, which is removed first. */
  readonly remains: Remains | null
  /** The statement that completes the batch whatever an interrupted run has done of it; null where the definitions tell whether it is done. */
  readonly again: string | null
}

/** How an engine changes a schema while others use it. */
export interface Online {
  /** The effect of a part, as `ddl` performs it or, with `online`, as `batches` does. */
  readonly effect: (part: Part, online: boolean) => Effect
  /**
   * The batches of a part that is performed with less harm; null where its statements, as `ddl` prints them, are right. A statement that
   * must not be in a transaction is the only one of its batch.
   */
  readonly batches: (part: Part, statements: readonly string[]) => readonly WorkBatch[] | null
}

/** No effect. */
export const HARMLESS: Effect = { rewrites: false, blocks: 'nothing' }
