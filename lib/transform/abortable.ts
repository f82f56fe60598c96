/**
 * An interpreter whose operations can be cancelled.
 *
 * When the signal is aborted, no further statement is sent, and the one that a server is working on is cancelled
 * there; both are `Cancelled`, and their transaction is rolled back. Operations that have ended are not affected. Embedded
 * engines can't interrupt a statement: they check the signal before it. An interpreter of other operations reads `signal` of the operation.
 * Law: without an abort it changes nothing.
 */
import type { AnyTransformer } from './around.js'

/** Cancels operations when `signal` is aborted. */
export const abortable =
  (signal: AbortSignal): AnyTransformer =>
  db => ({
    ...db,
    perform: op => db.perform({ ...op, signal }),
    transaction: (options, use) => db.transaction(options, tx => use(abortable(signal)(tx))),
  })
