/**
 * The pace of connecting: after a failed attempt the next ones are made one by one, with pauses that double.
 *
 * Pauses begin at 20 milliseconds and grow to 1 second; each is shortened at random by up to half, so that clients which
 * lost their server at the same time do not return at the same time ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 * Attempts that were in progress at the same time count as one failure.
 */
import { onAbort } from './onAbort.js'

const FIRST = 20
const LONGEST = 1_000

/** When the next attempt to connect may begin. */
export interface Pace {
  /** Resolves when an attempt may begin, at once if there was no failure; rejects when the signal is aborted. */
  readonly turn: (signal: AbortSignal) => Promise<void>
  /** Reports a failed attempt; `began` is when it began, by `performance.now()`. */
  readonly failed: (began: number) => void
  /** Reports an attempt that succeeded: the next ones begin at once. */
  readonly succeeded: () => void
}

/** A pace without failures. */
export const pace = (): Pace => {
  let failures = 0
  /** When the first of these failures was reported: attempts that had begun before belong to it. */
  let since = 0
  let next = Number.NEGATIVE_INFINITY

  const pause = (): number => Math.min(LONGEST, FIRST * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
  return {
    turn: signal =>
      new Promise((resolve, reject) => {
        const now = performance.now()
        const at = Math.max(now, next)
        if (failures > 0) next = at + pause()
        if (at === now) return resolve()
        const aborted = (): void => {
          ignore()
          clearTimeout(timer)
          reject(signal.reason)
        }
        const timer = setTimeout(() => {
          ignore()
          resolve()
        }, at - now)
        const ignore = onAbort(signal, aborted)
        if (signal.aborted) aborted()
      }),
    failed: began => {
      const now = performance.now()
      if (failures === 0) since = now
      if (failures === 0 || began >= since) failures += 1
      next = Math.max(next, now + pause())
    },
    succeeded: () => {
      failures = 0
      next = Number.NEGATIVE_INFINITY
    },
  }
}
