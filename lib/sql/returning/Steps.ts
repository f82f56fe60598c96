/**
 * Steps: the statements of a command as data, from the first one to the result.
 *
 * Most commands are one `batch`: statements that are known before the first of them is sent, and a function from what they return to the
 * result of the command. Where an engine has no such statements, a command is a chain of queries and writes: each step gives the next one
 * what it found, a query its rows, a write its number of rows. A `check` is a query that must have no row.
 *
 * `printStep` prints any step, and one loop of the session performs all of them. `commandToSql` shows the statements of a chain with
 * sample rows in place of those that a query would find.
 */
import type { Outcome } from '../../core/command/upsert.js'
import type { DbError } from '../../core/value/DbError.js'
import type { Plan, RowPlan } from '../../plan/Rel.js'
import type { Insert, PrintedWrite, Write } from '../../plan/writePlan.js'
import type { BulkStatement } from '../bulk.js'
import type { Dialect } from '../Dialect.js'

/** A row that was found: its result in the rows of the command, and the values for later steps. */
export interface FoundRow {
  readonly answer: unknown
  readonly values: readonly unknown[]
}

/** A query. Its outputs are those of `answer`, where there is one, and then those of `values`. */
export interface ReadStep {
  readonly tag: 'read'
  readonly plan: Plan
  readonly answer: RowPlan | null
  readonly values: readonly RowPlan[]
  /** The number of result rows before these. */
  readonly from: number
  /** Rows in place of those that the query would find, where the steps are only shown. */
  readonly sample: readonly FoundRow[]
  /** Whether the query finds as many rows as the sample has, unless something other than this command changed them. */
  readonly isExact: boolean
  readonly then: (found: readonly FoundRow[]) => Steps
}

/** A write of a chain; `then` takes the number of rows that it has written. */
interface WriteStep {
  readonly tag: 'write'
  readonly write: PrintedWrite
  readonly then: (affected: number) => Steps
}

/** A write of a chain whose engine returns what `write.returning` reads of the written rows; `sample` is as that of a query. */
export interface ReturningStep {
  readonly tag: 'returning'
  readonly write: PrintedWrite
  readonly sample: readonly FoundRow[]
  readonly then: (found: readonly FoundRow[]) => Steps
}

/** A query that has a row where the command must not run: then it fails with `error`. It is not shown. */
interface CheckStep {
  readonly tag: 'check'
  readonly plan: Plan
  readonly error: DbError
  readonly next: Steps
}

/** A statement of a batch. */
export type BatchStatement =
  /** A query of which only the number of rows counts. It is not shown. */
  | { readonly tag: 'query'; readonly plan: Plan }
  /** A write in normal form. */
  | { readonly tag: 'write'; readonly write: PrintedWrite }
  | ({ readonly tag: 'bulk' } & BulkStatement)
  /** Moves a sequence behind a key that was given. */
  | { readonly tag: 'sequence'; readonly text: string }

/** What the statements of a batch have returned. */
export interface BatchResults {
  /** The number of rows that its queries have found. */
  readonly found: number
  /** The number of rows that each write has written. */
  readonly written: readonly number[]
  /** The rows that the writes have returned. */
  readonly rows: readonly unknown[]
}

/** Statements that are known before the first of them is sent, and run in order. They end the command. */
export interface BatchStep {
  readonly tag: 'batch'
  readonly statements: readonly BatchStatement[]
  /** What each write returns; null is no rows. */
  readonly returning: Write['returning']
  readonly end: (results: BatchResults) => End
}

/** The result of a command: its rows, the number of rows that it has written, or what an upsert did with its row. */
export type End =
  | { readonly tag: 'rows'; readonly rows: readonly unknown[] }
  | { readonly tag: 'count'; readonly count: number }
  | { readonly tag: 'outcome'; readonly outcome: Outcome }

/** A step that has statements. */
export type Step = CheckStep | ReadStep | WriteStep | ReturningStep | BatchStep

/** The next step, or the result of the command. */
export type Steps = Step | End

/** Whether no step is left. */
export const isEnd = (steps: Steps): steps is End => steps.tag === 'rows' || steps.tag === 'count' || steps.tag === 'outcome'

/** Whether the steps are one statement without rows: it is atomic by itself. Rows may not decode, which has to undo the write. */
export const isSingleStatement = (steps: Steps): boolean =>
  steps.tag === 'batch' && steps.statements.length === 1 && steps.returning === null

/** A row of an insert; null is the default of a column. */
export type Row = Insert['rows']['rows'][number]

/** Continues with the rows that the command returns so far. */
export type Next = (rows: readonly unknown[]) => Steps

/** Ends the steps. */
export const done: Next = rows => ({ tag: 'rows', rows })

/** Steps for each of several things, one after the other. */
export const forEach = <A>(all: readonly A[], steps: (a: A, rows: readonly unknown[], next: Next) => Steps, next: Next): Next => {
  const at =
    (i: number): Next =>
    rows =>
      i === all.length ? next(rows) : steps(all[i] as A, rows, at(i + 1))
  return at(0)
}

/** The number of rows that one statement writes, or reads by their keys. */
export const rowsPerStatement = ({ writes }: Dialect, columns: number): number =>
  Math.max(1, Math.min(writes.rowsAtOnce, Math.floor(writes.parameters / Math.max(1, columns))))
