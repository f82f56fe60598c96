/**
 * Tries again what a passing trouble has ended.
 *
 * A serialization failure, a deadlock, a lock that was waited for too long, a connection that could not be had: the
 * same program may succeed when it is run again. Inside a transaction nothing is tried again but the transaction as a
 * whole, by running its body again. A write is tried again only when the engine has certainly not applied it: after
 * `OutcomeUnknown` nothing is. Law: on an interpreter that does not fail, retrying changes nothing.
 */
import { type DbError, isRetryable } from '../core/value/DbError.js'
import { type RetryPolicy, retried } from '../program/retry.js'
import type { Transformer } from './around.js'

export type { RetryPolicy } from '../program/retry.js'

/** A failed connection is one before anything was sent: one that is lost with a write under way is `OutcomeUnknown`. */
const isPassing = (e: unknown): boolean => {
  const error = e as Partial<DbError> | null
  return error?._tag === 'ConnectionError' || (typeof error?._tag === 'string' && isRetryable(error as DbError))
}

export const retrying =
  (policy: RetryPolicy = {}): Transformer =>
  db => ({
    ...db,
    perform: op => retried(policy, isPassing)(db.perform(op)),
    transaction: (options, use) => retried(policy, isPassing)(db.transaction(options, use)),
  })
