/**
 * The options of runners with a pool of connections, and their defaults.
 *
 * Every server's runner has them. They limit how many connections there are, how long one lives, how long an operation waits
 * for one, and how long a statement may take; `transactionGuard` determines what happens when a raw statement leaves a transaction open.
 */
import { type DbError, validationError } from '../../core/value/DbError.js'
import { LONGEST_TIMER } from '../../program/timer.js'
import type { SqlOptions } from '../Driver.js'

/**
 * What happens when a connection is returned with an open transaction, which only a raw statement can begin. `rollback`: the transaction
 * is rolled back, and the operation returns its result. `raise`: it is rolled back, and the operation fails. `discard`: the
 * connection is closed. `ignore`: nothing is checked.
 */
type TransactionGuard = 'rollback' | 'raise' | 'ignore' | 'discard'

/** Options of runners with a pool. */
export interface PoolOptions extends SqlOptions {
  /** The maximum number of open connections. Default: 10. */
  readonly max?: number
  /** Sends a query to a connection before each use, to see whether it is alive. Default: false, since a lost one is mostly known. */
  readonly prePing?: boolean
  /** Seconds after which a connection is replaced by a new one. Default: never. */
  readonly recycle?: number
  /** Milliseconds after which an unused connection is closed. Default: 30,000. */
  readonly idleTimeout?: number
  /**
   * Milliseconds that an operation waits for a connection, and that opening one may take up to its first statement.
   * Default: 10,000.
   */
  readonly acquireTimeout?: number
  /**
   * Milliseconds after which the server cancels a statement. Default: no limit. If the server does not reply, the connection is
   * cut 2 seconds later.
   */
  readonly statementTimeout?: number
  /**
   * Without `statementTimeout`: milliseconds of silence after which another connection checks whether the server still works on
   * the statement. The silent connection is cut if it does not, or if two checks in a row fail. Default: 30,000.
   */
  readonly lookAfter?: number
  /** What happens to a transaction that a raw statement left open. Default: `rollback`. */
  readonly transactionGuard?: TransactionGuard
}

/** The default of `acquireTimeout`. */
export const ACQUIRE_TIMEOUT = 10_000
/** The default of `lookAfter`. */
export const LOOK_AFTER = 30_000
const MAX = 10
const IDLE_TIMEOUT = 30_000

const timerMs = (ms: number): number => Math.max(1, Math.min(ms, LONGEST_TIMER))

/** The limits of a pool, with defaults and within what a timer can do. */
export interface PoolLimits {
  readonly max: number
  readonly acquireTimeout: number
  readonly idleTimeout: number
  readonly transactionGuard: TransactionGuard
}

/** Options with their defaults. */
export const poolLimits = (options: PoolOptions): PoolLimits => ({
  max: options.max ?? MAX,
  acquireTimeout: timerMs(options.acquireTimeout ?? ACQUIRE_TIMEOUT),
  idleTimeout: timerMs(options.idleTimeout ?? IDLE_TIMEOUT),
  transactionGuard: options.transactionGuard ?? 'rollback',
})

/** The error of an impossible `max`, or null. */
export const poolProblem = ({ max = MAX }: PoolOptions): DbError | null =>
  Number.isSafeInteger(max) && max > 0 ? null : validationError(['max'], 'max must be a positive integer')
