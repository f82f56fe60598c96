/**
 * Steps: the statements of a command that has to return rows on an engine whose own command can't.
 *
 * `Steps` is a chain of queries and writes that ends in the rows that the command returns. Each step gives the next one what it found:
 * a query its rows, a write its number of rows. The session runs all of them in one transaction; `commandToSql` shows them with
 * sample rows in place of those that a query would find.
 */
import type { Plan, RowPlan } from '../../plan/Rel.js'
import type { PrintedWrite, Write } from '../../plan/writePlan.js'
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

/** A write; `then` takes the number of rows that it has written. */
interface WriteStep {
  readonly tag: 'write'
  readonly write: PrintedWrite
  readonly then: (affected: number) => Steps
}

/** A write whose engine returns what `write.returning` reads of the written rows; `sample` is as that of a query. */
export interface ReturningStep {
  readonly tag: 'returning'
  readonly write: PrintedWrite
  readonly sample: readonly FoundRow[]
  readonly then: (found: readonly FoundRow[]) => Steps
}

/** The next step, or the rows that the command returns. */
export type Steps = ReadStep | WriteStep | ReturningStep | { readonly tag: 'rows'; readonly rows: readonly unknown[] }

/** An insert of rows of expressions. */
export type Insert = Write & { readonly tag: 'insert' }
/** A row of an insert; null is the default of a column. */
export type Row = Insert['rows'][number]
/** The write of a tag. */
export type By<T extends Write['tag']> = Write & { readonly tag: T }

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
