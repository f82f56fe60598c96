/**
 * Evaluation: what the functions that evaluate queries and expressions in one state of a database share.
 *
 * A `Meaning` is what the rest of the model sees of it. Everything in an evaluation is immutable in effect: the maps only remember
 * what was computed, and a state never changes. `meaning` makes the record and closes the circle of mutual recursion: the
 * modules that evaluate call each other through `value` and `rows`.
 */
import type { AnyExpr, AnyQuery, AnyTable, Pred, RowShape } from '../core/syntax/Syntax.js'
import type { Database } from './Database.js'
import type { Value } from './value.js'

/** What expressions and queries mean in one state of a database. */
export interface Meaning {
  /** The value of a closed expression. */
  readonly value: (e: AnyExpr) => Value
  /** Whether a predicate is true: not false, and not null. */
  readonly holds: (p: Pred) => boolean
  /** The rows of a query, each a row of closed expressions. */
  readonly rows: (q: AnyQuery) => readonly RowShape[]
}

/** The columns of a row by field. */
export interface Fields {
  readonly [field: string]: AnyExpr
}

/** The rows of a table as literals, and by field the rows with each value of it. */
export interface TableRows {
  readonly rows: readonly Fields[]
  readonly by: Map<string, ReadonlyMap<unknown, readonly Fields[]>>
}

/** The functions that evaluate queries and expressions of one state, each by the others. */
export interface Evaluation extends Meaning {
  readonly db: Database
  /** The value of `now`, in milliseconds. */
  readonly startedAt: number
  /** The values of closed expressions, which fields of a row may share. */
  readonly values: WeakMap<AnyExpr, { readonly value: Value }>
  /** The rows of sub-queries. */
  readonly subqueries: WeakMap<AnyQuery, readonly RowShape[]>
  readonly tables: Map<AnyTable, TableRows>
}
