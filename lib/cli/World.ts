/**
 * What a command sees of the world, and what it returns.
 *
 * Only `main` reads the arguments, the environment and the clock, and only `main` writes to the streams of the process. A command gets a `World`
 * and returns an `Outcome`, so that tests run commands without a process.
 *
 * `say` and `progress` are for people (stderr). The text or the JSON of an outcome is the result (stdout).
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../core/value/DbError.js'

/** Colours, or none. */
export interface Paint {
  readonly bold: (s: string) => string
  readonly dim: (s: string) => string
  readonly red: (s: string) => string
  readonly green: (s: string) => string
  readonly yellow: (s: string) => string
}

/** The surroundings of a command. */
export interface World {
  /** The current folder. */
  readonly cwd: string
  readonly now: () => Date
  /** A line for people. */
  readonly say: (line: string) => void
  /** What is being done; null when it is done. */
  readonly progress: (text: string | null) => void
  /** Asks a question and returns the line; null where no one can reply. */
  readonly ask: ((question: string) => Promise<string>) | null
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly paint: Paint
  /** Names this run in the lock of the migrations. */
  readonly who: string
}

/** The command line or the configuration is wrong. */
export interface Misuse {
  readonly _tag: 'Misuse'
  readonly message: string
  readonly cause?: unknown
}

/** Why a command has no outcome. */
export type Failure = DbError | Misuse

/** The result of a command: exit code 1 means that it found differences or problems. */
export interface Outcome {
  readonly code: 0 | 1
  /** The lines of the result. */
  readonly text: string
  /** The result for `--json`. */
  readonly json: unknown
}

/** What a part of a command resolves to. */
export type Answer<A> = Promise<E.Either<Failure, A>>

/** The command line is wrong: what, where, what to do. */
export const misuse = (message: string, cause?: unknown): Misuse => ({ _tag: 'Misuse', message, ...(cause === undefined ? {} : { cause }) })

/** An outcome with exit code 0. */
export const outcome = (text: string, json: unknown, code: 0 | 1 = 0): Outcome => ({ code, text, json })
