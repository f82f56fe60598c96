/**
 * Turns: one thing at a time, first come first served, with a limit on waiting.
 *
 * A session (one connection, one database in memory) can do one thing at a time. Who comes while
 * something is under way waits; who waits too long gets `Timeout`, so that a program that waits for
 * itself (using the outer `db` inside a transaction's body) ends with an error and not with a hang.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type DbError, timeout } from '../../core/value/DbError.js'
import { LONGEST_TIMER } from '../../program/timer.js'

export interface Turns {
  /** Runs `f` when its turn comes. `f` may fail or reject; the next one gets its turn all the same. */
  readonly take: <E1, A>(f: () => Promise<E.Either<E1, A>>) => Promise<E.Either<E1 | DbError, A>>
}

const WAITED = 'an operation waits for the transaction before it to end; inside a transaction use the db that its body is given'

export const turns = (limit: number): Turns => {
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
    take: async f => {
      if (!(await enter())) return E.left(timeout('waiting for the database', limit, WAITED))
      try {
        return await f()
      } finally {
        leave()
      }
    },
  }
}
