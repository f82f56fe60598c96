/**
 * Cancelling a statement on a server, without cancelling another one.
 *
 * A request to cancel names a connection, not a statement: it cancels whatever that connection runs when it arrives. So the
 * connection is not used again before the request is done. If the request fails, or the statement goes on for 2 seconds
 * after it, the connection is cut, and never used again. A statement that ends by itself meanwhile keeps its result.
 */

import { onAbort } from './onAbort.js'

/** Milliseconds that a statement may take to end after the request. */
const GRACE = 2_000

/** When and how a statement is cancelled. */
export interface Cancelling {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which the statement is cancelled without a signal. */
  readonly after?: number | undefined
  /** Sends the request; resolves when the server has carried it out, and rejects if it can't be sent. */
  readonly cancel: () => Promise<void>
  /** Sends something harmless, which a request that came too late may cancel. */
  readonly absorb: () => Promise<void>
  /** Cuts the connection. */
  readonly lose: () => void
}

/** Sends a statement that may be cancelled. When its result is there, the connection may be used again. */
export const cancelling = async <A>({ signal, after, cancel, absorb, lose }: Cancelling, send: () => Promise<A>): Promise<A> => {
  let request: Promise<boolean> | undefined
  let isDone = false
  let deadline: ReturnType<typeof setTimeout> | undefined
  const requestCancel = (): void => {
    request ??= cancel().then(
      () => {
        if (!isDone) deadline = setTimeout(lose, GRACE)
        return true
      },
      () => {
        lose()
        return false
      },
    )
  }
  const ignore = signal === undefined ? () => undefined : onAbort(signal, requestCancel)
  const timer = after === undefined ? undefined : setTimeout(requestCancel, after)
  try {
    const pending = send()
    if (signal?.aborted === true) requestCancel()
    return await pending
  } finally {
    isDone = true
    ignore()
    clearTimeout(timer)
    clearTimeout(deadline)
    if (request !== undefined && (await request)) await absorb()
  }
}
