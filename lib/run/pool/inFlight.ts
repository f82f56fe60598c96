/**
 * Counts what a runner is doing, so that closing it can wait for that.
 *
 * Nothing begins after `stop`. What had begun before is waited for; if that takes too long, its connection is cut, and
 * it fails with `Closed`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { closed, type DbError } from '../../core/value/DbError.js'

/** The operations in progress. */
export interface InFlight {
  /** Runs `f` and counts it until it ends; after `stop` it is `Closed`. */
  readonly run: <X, A>(f: () => Promise<E.Either<X | DbError, A>>) => Promise<E.Either<X | DbError, A>>
  readonly stop: () => void
  readonly isIdle: () => boolean
  /** Settles when nothing is running any more, or after `ms`. Call it after `stop`. */
  readonly settled: (ms: number) => Promise<void>
}

/** A counter with nothing in progress. */
export const inFlight = (): InFlight => {
  let isStopped = false
  let count = 0
  let allEnded = (): void => undefined
  return {
    run: async f => {
      if (isStopped) return E.left(closed('interpreter'))
      count += 1
      try {
        const answer = await f()
        const isCut = isStopped && E.isLeft(answer) && (answer.left as Partial<DbError> | null)?._tag === 'ConnectionError'
        return isCut ? E.left(closed('interpreter')) : answer
      } finally {
        count -= 1
        if (count === 0) allEnded()
      }
    },
    stop: () => {
      isStopped = true
    },
    isIdle: () => count === 0,
    settled: async ms => {
      const ended = new Promise<void>(resolve => {
        allEnded = resolve
        if (count === 0) resolve()
      })
      let timer: ReturnType<typeof setTimeout> | undefined
      const waited = new Promise<void>(resolve => {
        timer = setTimeout(resolve, ms)
      })
      await Promise.race([ended, waited])
      clearTimeout(timer)
    },
  }
}
