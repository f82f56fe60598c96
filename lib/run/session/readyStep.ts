/**
 * Steps made ready to be sent: printed, and their parameters encoded.
 *
 * All statements of a batch, and those of the step after a check, are made before the first of them is sent, so that what can't be
 * printed or encoded is refused before anything happens. Only bulk statements after the first are made on demand: a large insert has
 * many, and their parameters are not in memory at once.
 */
import * as E from 'fp-ts/lib/Either.js'
import { attempting, type DbError } from '../../core/value/DbError.js'
import { type PrintedStatement, printStep } from '../../sql/printSteps.js'
import { type End, isEnd, type Step, type Steps } from '../../sql/returning/Steps.js'
import type { Statement } from '../Driver.js'
import { statementOf } from './sendStatement.js'
import type { SessionContext } from './sessionContext.js'

/** A statement that is made when it is needed. */
export type LazyStatement = () => E.Either<DbError, Statement>

/** A step with its statements. */
export interface ReadyStep {
  readonly tag: 'ready'
  readonly step: Step
  readonly statements: readonly LazyStatement[]
  /** The step after a check; null where the next step depends on what this one returns. */
  readonly next: Ready | null
}

/** A step with its statements, or the result of the command. */
export type Ready = ReadyStep | End

/** Makes the statements of one step. Throws refusals of parameters: call it inside `attempting`. */
const lazyStatements = (
  session: SessionContext,
  printed: readonly PrintedStatement[],
  signal: AbortSignal | undefined,
): readonly LazyStatement[] =>
  printed.map(({ statement: s, columns, kind }, i): LazyStatement => {
    const make = (): Statement =>
      'slots' in s
        ? statementOf(session, s, columns, null, kind, signal)
        : { text: s.text, params: s.params(), columns, kind, isBulk: true, signal }
    if (!('slots' in s) && i > 0) return () => attempting('a parameter', make)
    const made = E.right(make())
    return () => made
  })

/** Makes a step ready; an error is one of printing it, or of its parameters. */
export const readyStep = (session: SessionContext, steps: Steps, signal: AbortSignal | undefined): E.Either<DbError, Ready> => {
  if (isEnd(steps)) return E.right(steps)
  const printed = attempting('a function of the command', () => printStep(session.engine.dialect, steps))
  if (E.isLeft(printed)) return printed
  const statements = attempting('a parameter', () => lazyStatements(session, printed.right, signal))
  if (E.isLeft(statements)) return statements
  const next = steps.tag === 'check' ? readyStep(session, steps.next, signal) : E.right(null)
  return E.isLeft(next) ? next : E.right({ tag: 'ready', step: steps, statements: statements.right, next: next.right })
}
