/**
 * A mutex: one operation at a time, first come first served, with a limit on waiting.
 *
 * A session (one connection, one database in memory) can do one thing at a time. An operation that comes while
 * another is in progress waits; one that waits too long is a `Timeout`, so that a program that waits for
 * itself (by using the outer `db` inside a transaction's body) ends with an error and does not hang.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type DbError, timeout } from '../../core/value/DbError.js'
import { LONGEST_TIMER } from '../../program/timer.js'

/** Runs one function at a time. */
export interface Mutex {
  /** Runs `f` when the mutex is free. It is released afterwards, also if `f` fails or rejects. */
  readonly run: <E1, A>(f: () => Promise<E.Either<E1, A>>) => Promise<E.Either<E1 | DbError, A>>
}

const WAITED = 'an operation waited for the transaction before it to end: inside a transaction use the db passed to its body'

/** `limit`: milliseconds that an operation waits at most. */
export const mutex = (limit: number): Mutex => {
  let busy = false
  const waiting: (() => void)[] = []

  const enter = (): Promise<boolean> => {
    if (!busy) {
      busy = true
      return Promise.resolve(true)
    }
    return new Promise(resolve => {
      const timer = setTimeout(
        () => {
          waiting.splice(waiting.indexOf(go), 1)
          resolve(false)
        },
        Math.min(limit, LONGEST_TIMER),
      )
      const go = (): void => {
        clearTimeout(timer)
        resolve(true)
      }
      waiting.push(go)
    })
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) busy = false
    else next()
  }
  return {
    run: async f => {
      if (!(await enter())) return E.left(timeout('waiting for the database', limit, WAITED))
      try {
        return await f()
      } finally {
        leave()
      }
    },
  }
}
