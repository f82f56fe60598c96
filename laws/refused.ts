/**
 * What a runner refuses, and how many cases of a law were compared.
 *
 * A runner may refuse with `Unsupported` what its capabilities declare and what the library itself refuses on every engine. A law fails
 * if a runner refuses more, or if too few of its cases were compared: a runner that refuses everything keeps no law.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DbError, Unsupported } from '../lib/DbError.js'
import type { Interpreter } from '../lib/Interpreter.js'
import { COMPARED, type Cover, REFUSED } from './Law.js'

/** Refusals by the library itself carry its name in place of an engine's. */
const OWN = 'query-ts'

/** A complaint about a refusal that the capabilities do not declare; null for other errors and declared refusals. */
export const undeclared = ({ capabilities }: Pick<Interpreter<never>, 'capabilities'>, e: DbError): string | null => {
  if (e._tag !== 'Unsupported' || e.engine === OWN) return null
  return capabilities.refuses.some(clause => e.capability.startsWith(clause))
    ? null
    : `${capabilities.engine} refuses something its capabilities do not declare: ${e.capability}`
}

/** Counts a case as compared or not. */
export const coverCompared = (cover: Cover, isCompared: boolean): void => cover(isCompared ? COMPARED : REFUSED)

type Answer<A> = E.Either<DbError, A>

/** Whether a result is `Unsupported`; counts the case as not compared if it is. */
export const isRefused = <A>(cover: Cover, answer: Answer<A>): answer is E.Left<Unsupported> => {
  const refused = E.isLeft(answer) && answer.left._tag === 'Unsupported'
  coverCompared(cover, !refused)
  return refused
}

/** A complaint about the first undeclared refusal among some results, or null. */
export const undeclaredAmong = (runner: Parameters<typeof undeclared>[0], ...answers: readonly Answer<unknown>[]): string | null =>
  answers.flatMap(a => (E.isLeft(a) ? [undeclared(runner, a.left)] : [])).find(why => why !== null) ?? null

/** The same; counts the case as compared only if none of the results is an error. */
export const refusalAmong = (
  runner: Parameters<typeof undeclared>[0],
  cover: Cover,
  ...answers: readonly Answer<unknown>[]
): string | null => {
  coverCompared(cover, answers.every(E.isRight))
  return undeclaredAmong(runner, ...answers)
}
