/**
 * An interpreter whose operations can be given up.
 *
 * When the signal is aborted, what has not been sent is not sent any more, and what a server is working on is cancelled
 * there; both end with `Cancelled`, and a transaction around it is rolled back. What has been answered stays. Embedded
 * engines run a statement in one go: they look at the signal before. Law: without an abort it changes nothing.
 */
import type { Transformer } from './around.js'

export const abortable =
  (signal: AbortSignal): Transformer =>
  db => ({
    ...db,
    perform: op => db.perform({ ...op, signal }),
    transaction: (options, use) => db.transaction(options, tx => use(abortable(signal)(tx))),
  })
