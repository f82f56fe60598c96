/**
 * Failures as text for people and as JSON.
 *
 * A message says what is wrong, where, and what to do, and is enough; `--verbose` adds the cause with its stack. Values that must not be repeated, and
 * what may be a password, become `***` in all of it.
 *
 * Everything here is pure.
 */
import { inspect } from 'node:util'
import { hidingValues } from './redacted.js'
import type { Failure, Paint } from './World.js'

/** The exit code of a failure: 2 for a wrong command line or configuration, otherwise 1. */
export const exitCodeOf = ({ _tag }: Failure): 1 | 2 => (_tag === 'Misuse' ? 2 : 1)

/** The lines of a failure. */
export const failureText = (failure: Failure, verbose: boolean, secrets: readonly string[], paint: Paint): string => {
  const kind = failure._tag === 'Misuse' ? 'error' : failure._tag
  const cause = 'cause' in failure ? failure.cause : undefined
  const more = verbose && cause !== undefined ? `\n${hidingValues(inspect(cause, { depth: 6 }), secrets)}` : ''
  return `${paint.red(kind)}: ${hidingValues(failure.message, secrets)}${more}`
}

/** A failure as JSON, without its cause. */
export const failureJson = (failure: Failure, secrets: readonly string[]): unknown => {
  const { _tag, cause: _, ...rest } = failure as Failure & { readonly cause?: unknown }
  return {
    error: JSON.parse(
      hidingValues(
        JSON.stringify({ tag: _tag, ...rest }),
        secrets.map(s => JSON.stringify(s).slice(1, -1)),
      ),
    ),
  }
}
