/**
 * Running a program again: until it succeeds, fails for good, or has been run often enough.
 *
 * The pauses between grow and are random, so that programs that were in each other's way do not meet again.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

export interface RetryPolicy {
  /** How often a failed program is run again; 3 unless told. */
  readonly times?: number
  /** Milliseconds before the first of these; each later one waits up to twice as long, by chance. 20 unless told. */
  readonly delay?: number
}

const LONGEST_DELAY = 2_000

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

export const retried =
  ({ times = 3, delay = 20 }: RetryPolicy, isPassing: (error: unknown) => boolean) =>
  <X, A>(program: TaskEither<X, A>): TaskEither<X, A> =>
  async () => {
    let answer = await program()
    for (let n = 0; n < times && E.isLeft(answer) && isPassing(answer.left); n += 1) {
      await pause(Math.min(LONGEST_DELAY, delay * 2 ** n) * Math.random())
      answer = await program()
    }
    return answer
  }
