/**
 * Isolation levels: their names in SQL, which every server shares, and all of them in order.
 *
 * The levels of an engine are among its capabilities; an engine may give a stricter level than the one requested.
 * How a transaction is begun with a level is up to the runner.
 */
import type { Isolation } from '../../core/operation/Interpreter.js'

/** Isolation level -> its name in SQL. */
export const ISOLATION: { readonly [level in Isolation]: string } = {
  readUncommitted: 'READ UNCOMMITTED',
  readCommitted: 'READ COMMITTED',
  repeatableRead: 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
}

/** From the loosest to the strictest. */
export const LEVELS = Object.keys(ISOLATION) as readonly Isolation[]
