/**
 * What a runner refuses, and how much of a law was compared.
 *
 * A runner may answer `Unsupported` to what its capabilities declare, and to what the library itself refuses on every engine. A law fails
 * when a runner refuses more, or when too few of its cases could be compared: a runner that refuses everything keeps no law.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DbError, Unsupported } from '../lib/DbError.js'
import type { Interpreter } from '../lib/Interpreter.js'
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

type Answer<A> = E.Either<DbError, A>

/** Whether an answer is `Unsupported`, so that there is nothing to compare, which is counted. */
export const isRefused = <A>(cover: Cover, answer: Answer<A>): answer is E.Left<Unsupported> => {
  const refused = E.isLeft(answer) && answer.left._tag === 'Unsupported'
  coverCompared(cover, !refused)
  return refused
}

/** What is wrong about the refusals among some answers; null where nothing is. */
export const undeclaredAmong = (runner: Parameters<typeof undeclared>[0], ...answers: readonly Answer<unknown>[]): string | null =>
  answers.flatMap(a => (E.isLeft(a) ? [undeclared(runner, a.left)] : [])).find(why => why !== null) ?? null

/** The same, where one that is an error leaves nothing to compare, which is counted. */
export const refusalAmong = (
  runner: Parameters<typeof undeclared>[0],
  cover: Cover,
  ...answers: readonly Answer<unknown>[]
): string | null => {
  coverCompared(cover, answers.every(E.isRight))
  return undeclaredAmong(runner, ...answers)
}
