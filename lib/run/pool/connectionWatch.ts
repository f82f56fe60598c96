/**
 * The life of a connection: pending statements fail as soon as their connection is lost, and nothing is sent after it.
 *
 * Drivers do not guarantee that: one reconnects silently and would run the rest of a transaction outside of it, another forgets a
 * statement whose connection is gone. A connection is lost by anything but a server's reply: a socket error, a broken TLS
 * record, a driver's own error, a reply that only says that the server or a pooler gave the session up. What was sent before
 * may have been carried out, whatever the error's code is: `NoReply` says whether something was sent, and nothing more.
 *
 * A silent server: with `statementTimeout` the connection is cut 2 seconds after a statement should have ended. Without it,
 * another connection looks every `lookAfter` milliseconds whether the server is still working on the statement.
 */
import { connectionError, type DbError, timeout } from '../../core/value/DbError.js'
import { LONGEST_TIMER } from '../../program/timer.js'
import { socketError } from '../address/socketErrors.js'
import { driverError } from '../driverError.js'

/** Milliseconds that a server has to report that a statement took too long. */
const GRACE = 2_000
/** Milliseconds that an answer may still be on its way after another connection has seen that the server is done. */
const ON_ITS_WAY = 1_000

/** No reply came, or none that says how the statement ended. */
export class NoReply {
  constructor(
    /** `silent`: the server said nothing in time. `lost`: the connection failed. `gone`: it had failed before. */
    readonly reason: 'silent' | 'lost' | 'gone',
    /** Whether bytes were handed to the operating system after the statement was handed to the driver. */
    readonly isSent: boolean,
    readonly cause?: unknown,
  ) {}
}

/** The driver's error behind a failure, or the failure itself. */
export const causeOf = (thrown: unknown): unknown => (thrown instanceof NoReply ? thrown.cause : thrown)

/** A `NoReply` in words, or null for anything else. For a statement whose effect, if any, was undone with its connection. */
export const unanswered = (target: string, thrown: unknown, statementTimeout: number | undefined): DbError | null => {
  if (!(thrown instanceof NoReply)) return null
  if (thrown.reason === 'silent' && statementTimeout !== undefined) {
    return timeout('a statement', statementTimeout, 'the server did not answer: is it running, and is the network up?')
  }
  if (thrown.reason === 'silent') return connectionError(target, 'the server did not answer: is it running, and is the network up?')
  return socketError(target, thrown.cause) ?? connectionError(target, 'the connection was lost', lostBy(thrown.cause))
}

const lostBy = (cause: unknown) => (cause === undefined ? undefined : driverError(cause))

export interface LifelineOptions {
  readonly statementTimeout: number | undefined
  /** Milliseconds of silence after which `look` is asked. */
  readonly lookAfter: number
  /** Whether the server still works on what this connection has sent. Rejects when the server can't be asked. */
  readonly look: () => Promise<boolean>
  /** Whether the driver's error is a reply of the server that says that the statement failed. */
  readonly isReply: (thrown: unknown) => boolean
  /** Bytes that were handed to the operating system so far. */
  readonly written: () => number
  /** Bytes that have arrived so far. */
  readonly received: () => number
  /** Ends the connection at once. */
  readonly cut: () => void
}

export interface Lifeline {
  readonly isLost: () => boolean
  /** Fails what is pending and cuts the connection. */
  readonly lose: (cause?: unknown) => void
  /** Nothing is sent any more; the connection stays for `cut`, or for a polite end. */
  readonly retire: () => void
  /** The answer of what `send` sends. Rejects with `NoReply`, or with the reply that says that it failed. */
  readonly answer: <A>(send: () => PromiseLike<A>) => Promise<A>
}

export const lifeline = (options: LifelineOptions): Lifeline => {
  const { statementTimeout, isReply, written, cut } = options
  const waiting = new Set<(failure: NoReply['reason'], cause: unknown) => void>()
  const patience = Math.min(statementTimeout === undefined ? options.lookAfter : statementTimeout + GRACE, LONGEST_TIMER)
  let isLost = false
  /** When the server last answered, or was first asked after a pause: pending statements wait while those before them are answered. */
  let heard = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Bytes that had arrived at the last look at the clock: while more arrive there is no silence. */
  let received = 0
  let failedLooks = 0

  const end = (reason: NoReply['reason'], cause: unknown): void => {
    if (isLost) return
    isLost = true
    clearTimeout(timer)
    for (const fail of [...waiting]) fail(reason, cause)
  }
  const lose = (cause?: unknown, reason: NoReply['reason'] = 'lost'): void => {
    end(reason, cause)
    cut()
  }

  const arm = (ms: number): void => {
    timer = setTimeout(watch, ms)
    timer.unref()
  }
  const watch = (): void => {
    timer = undefined
    if (isLost || waiting.size === 0) return
    const rest = heard + patience - performance.now()
    const more = options.received() - received
    received += more
    if (rest > 0) arm(rest)
    else if (statementTimeout !== undefined) lose(undefined, 'silent')
    else if (more > 0) arm(patience)
    else void looked()
  }
  /** Two failed looks in a row end the connection: one may be a passing trouble of the network. */
  const looked = async (): Promise<void> => {
    const [before, bytes] = [heard, received]
    const isWorking = await options.look().catch(() => null)
    failedLooks = isWorking === null ? failedLooks + 1 : 0
    if (isWorking === false) await new Promise(resolve => setTimeout(resolve, ON_ITS_WAY).unref())
    if (isLost || waiting.size === 0) return
    if (heard === before && options.received() === bytes && (isWorking === false || failedLooks > 1)) lose(undefined, 'silent')
    else arm(patience)
  }

  const answer = <A>(send: () => PromiseLike<A>): Promise<A> =>
    new Promise((resolve, reject) => {
      if (isLost) {
        reject(new NoReply('gone', false))
        return
      }
      const before = written()
      const fail = (reason: NoReply['reason'], cause: unknown): void => {
        waiting.delete(fail)
        reject(new NoReply(reason, written() > before, cause))
      }
      if (waiting.size === 0) {
        heard = performance.now()
        if (timer === undefined) arm(patience)
      }
      waiting.add(fail)
      const replied = (): void => {
        waiting.delete(fail)
        heard = performance.now()
      }
      const failed = (thrown: unknown): void => {
        if (!waiting.has(fail)) return
        if (isReply(thrown)) {
          replied()
          reject(thrown)
        } else lose(thrown)
      }
      try {
        send().then(a => {
          replied()
          resolve(a)
        }, failed)
      } catch (thrown) {
        failed(thrown)
      }
    })
  return { isLost: () => isLost, lose: cause => lose(cause), retire: () => end('gone', undefined), answer }
}
