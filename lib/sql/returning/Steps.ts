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

/** A row that was found: what is answered of it, and the values that later steps are made of. */
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
  /** How many rows of the answer come before these. */
  readonly from: number
  /** What stands for the rows where nobody is asked, and the steps are only shown. */
  readonly sample: readonly FoundRow[]
  /** Whether there are as many rows as in the sample, unless something else than this command has changed them. */
  readonly isExact: boolean
  readonly then: (found: readonly FoundRow[]) => Steps
}

/** A write that answers how many rows it has written. */
interface WriteStep {
  readonly tag: 'write'
  readonly write: PrintedWrite
  readonly then: (affected: number) => Steps
}

/** What is done next, up to the rows that are answered. */
export type Steps = ReadStep | WriteStep | { readonly tag: 'rows'; readonly rows: readonly unknown[] }

export type Insert = Write & { readonly tag: 'insert' }
export type Row = Insert['rows'][number]
export type By<T extends Write['tag']> = Write & { readonly tag: T }

/** Goes on with the rows that are answered so far. */
export type Next = (rows: readonly unknown[]) => Steps

export const done: Next = rows => ({ tag: 'rows', rows })

/** Some steps for each of several things, one after the other. */
export const forEach = <A>(all: readonly A[], steps: (a: A, rows: readonly unknown[], next: Next) => Steps, next: Next): Next => {
  const at =
    (i: number): Next =>
    rows =>
      i === all.length ? next(rows) : steps(all[i] as A, rows, at(i + 1))
  return at(0)
}

/** How many rows are written, or read by their keys, in one statement. */
export const rowsPerStatement = ({ writes }: Dialect, columns: number): number =>
  Math.max(1, Math.min(writes.rowsAtOnce, Math.floor(writes.parameters / Math.max(1, columns))))
