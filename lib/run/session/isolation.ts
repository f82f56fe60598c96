/**
 * Isolation levels: their names in SQL, which every server shares, and all of them in order.
 *
 * Which of them an engine promises is said by its capabilities; one that promises a level may give a stricter one.
 * How a transaction is begun with a level is the runner's own text.
 */
import type { Isolation } from '../../core/operation/Interpreter.js'

export const ISOLATION: { readonly [level in Isolation]: string } = {
  readUncommitted: 'READ UNCOMMITTED',
  readCommitted: 'READ COMMITTED',
  repeatableRead: 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
}

/** From the loosest to the strictest. */
export const LEVELS = Object.keys(ISOLATION) as readonly Isolation[]
