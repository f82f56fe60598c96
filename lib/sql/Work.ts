/**
 * Work: the parts of what steps of a schema do, in order.
 *
 * Text, commands of the algebra, and what depends on rows. The session performs them (`run/session/defineSchema`), in one transaction where
 * the engine has transactional DDL.
 */
import type { AnyCommand, AnyQuery } from '../core/syntax/Syntax.js'
import type { DbError } from '../core/value/DbError.js'

/** A part of what a step does. */
export type Work =
  | { readonly tag: 'sql'; readonly sql: string }
  | { readonly tag: 'command'; readonly command: AnyCommand }
  /** Fails with the error if the query has a row. */
  | { readonly tag: 'guard'; readonly query: AnyQuery; readonly error: DbError }
