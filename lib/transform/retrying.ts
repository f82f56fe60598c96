/**
 * Retries transient failures.
 *
 * After a serialization failure, a deadlock, a lock timeout, or a failure to connect, the same program may succeed when it is
 * run again. A transaction is retried as a whole, by running its body again; operations inside it are
 * not. A write is retried only if it was certainly not applied: `OutcomeUnknown` is never
 * retried. Law: on an interpreter that does not fail, retrying changes nothing.
 */
import { type DbError, isRetryable } from '../core/value/DbError.js'
import { type RetryPolicy, retried } from '../program/retry.js'
import type { AnyTransformer } from './around.js'

export type { RetryPolicy } from '../program/retry.js'

/** A `ConnectionError` comes before anything was written: a connection lost during a write is `OutcomeUnknown`. */
const isTransient = (e: unknown): boolean => {
  const error = e as Partial<DbError> | null
  return error?._tag === 'ConnectionError' || (typeof error?._tag === 'string' && isRetryable(error as DbError))
}

/** Retries operations and transactions according to `policy`. */
export const retrying =
  (policy: RetryPolicy = {}): AnyTransformer =>
  db => ({
    ...db,
    perform: op => retried(policy, isTransient)(db.perform(op)),
    transaction: (options, use) => retried(policy, isTransient)(db.transaction(options, use)),
  })
