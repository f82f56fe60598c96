/**
 * Cancelling a statement on a server, without hitting another one.
 *
 * A request to cancel names a connection, not a statement: it hits whatever that connection runs when it arrives. So the
 * connection is not used again before the request is settled. Where it can't be settled, or the statement goes on for 2 seconds
 * after it, the connection is cut, and never used again. A statement that ends by itself meanwhile keeps its answer.
 */

import { onAbort } from './onAbort.js'

/** Milliseconds that a statement has to end after the server was asked to cancel it. */
const GRACE = 2_000

export interface Cancelling {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which the statement is cancelled by itself. */
  readonly after?: number | undefined
  /** Asks the server to cancel, and settles when the server has done so; rejects when it can't be had. */
  readonly cancel: () => Promise<void>
  /** Makes sure that a request that came too late hits nothing that matters. */
  readonly absorb: () => Promise<void>
  /** Cuts the connection. */
  readonly lose: () => void
}

/** The answer of a statement that may be cancelled; whoever has it may use the connection again. */
export const cancelling = async <A>({ signal, after, cancel, absorb, lose }: Cancelling, send: () => Promise<A>): Promise<A> => {
  let asked: Promise<boolean> | undefined
  let isDone = false
  let deadline: ReturnType<typeof setTimeout> | undefined
  const ask = (): void => {
    asked ??= cancel().then(
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
  const ignore = signal === undefined ? () => undefined : onAbort(signal, ask)
  const timer = after === undefined ? undefined : setTimeout(ask, after)
  try {
    const pending = send()
    if (signal?.aborted === true) ask()
    return await pending
  } finally {
    isDone = true
    ignore()
    clearTimeout(timer)
    clearTimeout(deadline)
    if (asked !== undefined && (await asked)) await absorb()
  }
}
