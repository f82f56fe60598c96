/**
 * Retrying: runs a program again until it succeeds, fails permanently, or the attempts are exhausted.
 *
 * The pauses between the attempts grow exponentially and are random, so that conflicting programs do not collide again.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** How often and how fast to retry. */
export interface RetryPolicy {
  /** The maximal number of retries. Default: 3. */
  readonly times?: number
  /** The maximal pause before the first retry, in milliseconds; it doubles with each retry up to 2 seconds. Default: 20. */
  readonly delay?: number
}

const MAX_DELAY = 2_000

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Runs a program again while its error is transient. */
export const retried =
  ({ times = 3, delay = 20 }: RetryPolicy, isTransient: (error: unknown) => boolean) =>
  <X, A>(program: TaskEither<X, A>): TaskEither<X, A> =>
  async () => {
    let result = await program()
    for (let n = 0; n < times && E.isLeft(result) && isTransient(result.left); n += 1) {
      await pause(Math.min(MAX_DELAY, delay * 2 ** n) * Math.random())
      result = await program()
    }
    return result
  }
