/**
 * Watches a connection: pending statements fail as soon as it is lost, and nothing is sent afterwards.
 *
 * Drivers do not guarantee that: one reconnects silently and would run the rest of a transaction outside it, another forgets a
 * statement whose connection is gone. A connection is lost by anything but a reply of the server: a socket error, a broken TLS
 * record, a driver's own error, a reply by which the server or a pooler ends the session. What was sent before
 * may have been carried out, whatever the error's code is: `NoReply` only tells whether something was sent.
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
/** Milliseconds that a reply may still be in transit after another connection has seen that the server is done. */
const IN_TRANSIT = 1_000

/** No reply came, or none that tells how the statement ended. */
export class NoReply {
  constructor(
    /** `silent`: the server did not reply in time. `lost`: the connection failed. `gone`: it had failed before. */
    readonly reason: 'silent' | 'lost' | 'gone',
    /** Whether bytes were passed to the operating system after the statement was passed to the driver. */
    readonly isSent: boolean,
    readonly cause?: unknown,
  ) {}
}

/** The driver's error behind a failure, or the failure itself. */
export const causeOf = (thrown: unknown): unknown => (thrown instanceof NoReply ? thrown.cause : thrown)

/** A `NoReply` as an error, or null for anything else. For statements whose effect, if any, was undone with their connection. */
export const noReplyError = (target: string, thrown: unknown, statementTimeout: number | undefined): DbError | null => {
  if (!(thrown instanceof NoReply)) return null
  if (thrown.reason === 'silent' && statementTimeout !== undefined) {
    return timeout('a statement', statementTimeout, 'the server did not reply: is it running, and is the network up?')
  }
  if (thrown.reason === 'silent') return connectionError(target, 'the server did not reply: is it running, and is the network up?')
  const cause = thrown.cause === undefined ? undefined : driverError(thrown.cause)
  return socketError(target, thrown.cause) ?? connectionError(target, 'the connection was lost', cause)
}

/** What a watch needs of a connection. */
export interface WatchOptions {
  readonly statementTimeout: number | undefined
  /** Milliseconds of silence after which `look` is called. */
  readonly lookAfter: number
  /** Whether the server still works on what this connection has sent. Rejects when the server cannot be reached. */
  readonly look: () => Promise<boolean>
  /** Whether the driver's error is a reply of the server: the statement failed. */
  readonly isReply: (thrown: unknown) => boolean
  /** Bytes passed to the operating system so far. */
  readonly written: () => number
  /** Bytes received so far. */
  readonly received: () => number
  /** Ends the connection at once. */
  readonly cut: () => void
}

/** A watched connection. */
export interface ConnectionWatch {
  readonly isLost: () => boolean
  /** Fails pending statements and cuts the connection. */
  readonly lose: (cause?: unknown) => void
  /** From now on nothing is sent; the connection stays open for a regular end. */
  readonly retire: () => void
  /** The reply to what `send` sends. Rejects with `NoReply`, or with the server's error reply. */
  readonly reply: <A>(send: () => PromiseLike<A>) => Promise<A>
}

/** Watches a connection that was just opened. */
export const watchConnection = (options: WatchOptions): ConnectionWatch => {
  const { statementTimeout, isReply, written, cut } = options
  const pending = new Set<(failure: NoReply['reason'], cause: unknown) => void>()
  const patience = Math.min(statementTimeout === undefined ? options.lookAfter : statementTimeout + GRACE, LONGEST_TIMER)
  let isLost = false
  /** When the last reply came, or the first statement after a pause was sent: statements wait for the replies to those before them. */
  let lastHeard = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Bytes received when the timer last fired: while more arrive, there is no silence. */
  let received = 0
  let failedLooks = 0

  const end = (reason: NoReply['reason'], cause: unknown): void => {
    if (isLost) return
    isLost = true
    clearTimeout(timer)
    for (const fail of [...pending]) fail(reason, cause)
  }
  const lose = (cause?: unknown, reason: NoReply['reason'] = 'lost'): void => {
    end(reason, cause)
    cut()
  }

  const arm = (ms: number): void => {
    timer = setTimeout(onTimer, ms)
    timer.unref()
  }
  const onTimer = (): void => {
    timer = undefined
    if (isLost || pending.size === 0) return
    const rest = lastHeard + patience - performance.now()
    const more = options.received() - received
    received += more
    if (rest > 0) arm(rest)
    else if (statementTimeout !== undefined) lose(undefined, 'silent')
    else if (more > 0) arm(patience)
    else void look()
  }
  /** Two failed looks in a row end the connection: one may be a transient failure of the network. */
  const look = async (): Promise<void> => {
    const [before, bytes] = [lastHeard, received]
    const isWorking = await options.look().catch(() => null)
    failedLooks = isWorking === null ? failedLooks + 1 : 0
    if (isWorking === false) await new Promise(resolve => setTimeout(resolve, IN_TRANSIT).unref())
    if (isLost || pending.size === 0) return
    if (lastHeard === before && options.received() === bytes && (isWorking === false || failedLooks > 1)) lose(undefined, 'silent')
    else arm(patience)
  }

  const reply = <A>(send: () => PromiseLike<A>): Promise<A> =>
    new Promise((resolve, reject) => {
      if (isLost) {
        reject(new NoReply('gone', false))
        return
      }
      const before = written()
      const fail = (reason: NoReply['reason'], cause: unknown): void => {
        pending.delete(fail)
        reject(new NoReply(reason, written() > before, cause))
      }
      if (pending.size === 0) {
        lastHeard = performance.now()
        if (timer === undefined) arm(patience)
      }
      pending.add(fail)
      const replied = (): void => {
        pending.delete(fail)
        lastHeard = performance.now()
      }
      const failed = (thrown: unknown): void => {
        if (!pending.has(fail)) return
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
  return { isLost: () => isLost, lose: cause => lose(cause), retire: () => end('gone', undefined), reply }
}
