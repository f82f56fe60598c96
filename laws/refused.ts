/**
 * What a runner refuses, and how much of a law was compared.
 *
 * A runner may answer `Unsupported` to what its capabilities declare, and to what the library itself refuses on every engine. A law fails
 * when a runner refuses more, or when too few of its cases could be compared: a runner that refuses everything keeps no law.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../lib/core/DbError.js'
import type { Interpreter } from '../lib/core/Interpreter.js'
import { COMPARED, type Cover, REFUSED } from './Law.js'

/** The library's own refusals have its name in place of an engine's. */
const OWN = 'query-ts'

/** What is wrong about a refusal, in words; null where the runner may refuse so, or has not refused. */
export const undeclared = ({ capabilities }: Pick<Interpreter<never>, 'capabilities'>, e: DbError): string | null => {
  if (e._tag !== 'Unsupported' || e.engine === OWN) return null
  return capabilities.refuses.some(clause => e.capability.startsWith(clause))
    ? null
    : `${capabilities.engine} refuses what its capabilities do not declare: ${e.capability}`
}

/** Counts a case, whether there was something to compare. */
export const coverCompared = (cover: Cover, isCompared: boolean): void => cover(isCompared ? COMPARED : REFUSED)

/** Whether one of some answers is an error, so that there is nothing to compare; and what is wrong about it. */
export const refusalAmong = (
  runner: Pick<Interpreter<never>, 'capabilities'>,
  cover: Cover,
  ...answers: readonly E.Either<DbError, unknown>[]
): { readonly isRefused: boolean; readonly problem: string | null } => {
  const errors = answers.flatMap(a => (E.isLeft(a) ? [a.left] : []))
  coverCompared(cover, errors.length === 0)
  return { isRefused: errors.length > 0, problem: errors.map(e => undeclared(runner, e)).find(why => why !== null) ?? null }
}
