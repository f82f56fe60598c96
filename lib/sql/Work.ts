/**
 * Work: the parts of what steps of a schema do, in order.
 *
 * Text, commands of the algebra, and what depends on the database: a query, whose rows are the parts that follow it. The session performs
 * them (`run/session/defineSchema`), in one transaction where the engine has transactional DDL.
 *
 * `outside` is what has no effect inside a transaction: it is done before the transaction of all steps, and undone after it.
 */
import type { AnyCommand, AnyQuery, AnyTable } from '../core/syntax/Syntax.js'
import type { DbError } from '../core/value/DbError.js'
import type { CatalogRows } from './Catalog.js'

/** A part of what a step does. */
export type Work =
  /** `table` is the one whose constraints an error of the statement is about. */
  | { readonly tag: 'sql'; readonly sql: string; readonly table?: AnyTable }
  /** `undo`: the statements that undo the work before it, if the command fails outside of a transaction. */
  | { readonly tag: 'command'; readonly command: AnyCommand; readonly undo?: readonly string[] }
  /** Fails with the error if the query has a row. */
  | { readonly tag: 'guard'; readonly query: AnyQuery; readonly error: DbError }
  /**
   * A query of the catalog, and what is done next, by its rows: texts and null. `then` may refuse. `isShown`: where statements are only
   * printed, those that follow no row are.
   */
  | {
      readonly tag: 'query'
      readonly sql: string
      readonly columns: number
      readonly isShown?: true
      readonly then: (rows: CatalogRows) => readonly Work[]
    }
  /** Refused inside a transaction of the program, with this description. `after` is done whatever happens. */
  | { readonly tag: 'outside'; readonly before: readonly string[]; readonly after: readonly string[]; readonly what: string }
