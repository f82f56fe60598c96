/**
 * The life of a connection: what waits for an answer on it is told when there will be none.
 *
 * Drivers do not always say so: one reconnects by itself and would carry out the rest of a transaction outside of it,
 * another forgets a statement whose connection has gone. Here a connection is lost once and for all; what is under way
 * then fails at once, and nothing is sent after it. A server gives up a statement that takes longer than
 * `statementTimeout` by itself; one that is stopped can't, and is given up here some time later.
 */

import { type DbError, timeout } from '../core/DbError.js'

/** Milliseconds that a server has for saying that a statement took too long. */
const GRACE = 2_000

const error = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/** Nothing was sent. */
const GONE = error('CONNECTION_ENDED', 'the connection was lost')
/** Something was sent, and whether it was carried out is not known. */
const LOST = error('CONNECTION_CLOSED', 'the connection was lost')
/** The same, of a server that says nothing. */
const NO_ANSWER = error('NO_ANSWER', 'the server did not answer')

/** The error of a server that said nothing, or null for any other. */
export const unanswered = (thrown: unknown, statementTimeout: number | undefined): DbError | null =>
  thrown === NO_ANSWER
    ? timeout('a statement', statementTimeout ?? 0, 'the server did not answer: is it running, and is the network up?')
    : null

/** The answer of a statement that the server is told to give up when the signal is aborted. A server that can't be told goes on. */
export const cancelledBy = async <A>(signal: AbortSignal, tell: () => Promise<void> | void, pending: PromiseLike<A>): Promise<A> => {
  let telling: Promise<void> | undefined
  const cancel = (): void => {
    telling = Promise.resolve(tell()).catch(() => undefined)
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await pending
  } finally {
    signal.removeEventListener('abort', cancel)
    await telling
  }
}

export interface Lifeline {
  readonly isLost: () => boolean
  readonly lose: () => void
  /** The answer of what `send` sends. Rejects with `GONE`, `LOST` or `NO_ANSWER`, or with what the driver says. */
  readonly answer: <A>(send: () => PromiseLike<A>) => Promise<A>
}

/** `cut` ends the connection at the driver. */
export const lifeline = (statementTimeout: number | undefined, cut: () => void): Lifeline => {
  const waiting = new Set<(thrown: unknown) => void>()
  let isLost = false
  /** When the server last answered: what waits behind others waits for as long as they are answered. */
  let heard = 0

  const lose = (): void => {
    if (isLost) return
    isLost = true
    for (const fail of [...waiting]) fail(LOST)
    cut()
  }
  const answer = <A>(send: () => PromiseLike<A>): Promise<A> =>
    new Promise((resolve, reject) => {
      if (isLost) {
        reject(GONE)
        return
      }
      let timer: ReturnType<typeof setTimeout> | undefined
      const ended = (): void => {
        waiting.delete(fail)
        clearTimeout(timer)
      }
      const fail = (thrown: unknown): void => {
        ended()
        reject(thrown)
      }
      waiting.add(fail)
      if (statementTimeout !== undefined) {
        const most = statementTimeout + GRACE
        const check = (): void => {
          const rest = heard + most - performance.now()
          if (rest > 0) {
            timer = setTimeout(check, rest)
            return
          }
          fail(NO_ANSWER)
          lose()
        }
        timer = setTimeout(check, most)
      }
      send().then(a => {
        heard = performance.now()
        ended()
        resolve(a)
      }, fail)
    })
  return { isLost: () => isLost, lose, answer }
}
