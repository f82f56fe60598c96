/**
 * Commands in steps, where the engine has no one statement for them: each step is computed from what the one before found.
 *
 * The steps are data (`Steps` of sql/returning); this is the loop that performs them. Call it in a transaction. A query that locks
 * its rows counts as a write, because it may wait as long as one.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnyCommand, AnyTable } from '../../core/syntax/Syntax.js'
import { attempting } from '../../core/value/DbError.js'
import { type CompiledWrite, printStep } from '../../sql/commands.js'
import { resultColumn } from '../../sql/compile.js'
import { decoder } from '../../sql/decode.js'
import { rowsLost } from '../../sql/returning/readSteps.js'
import type { FoundRow, ReadStep, ReturningStep, Steps } from '../../sql/returning/Steps.js'
import type { Rows } from '../Driver.js'
import { refuseAmbiguous, returnedRows } from './commandResult.js'
import { sendStatement, statementOf } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** The decoded rows of a step; refuses rows that do not decode, and a result that lacks expected rows. */
const foundBy = (
  { engine: { dialect, values } }: SessionContext,
  { answer, values: wanted, from, isExact, sample }: ReadStep,
  rows: Rows['rows'],
): readonly FoundRow[] => {
  if (isExact && rows.length !== sample.length) rowsLost(dialect)
  const whole = answer === null ? () => undefined : decoder(answer, values)
  const each = wanted.map(v => decoder(v, values))
  return rows.map((cells, i) => ({ answer: whole(cells, from + i), values: each.map(value => value(cells, i)) }))
}

/** The decoded rows that a write has returned. */
const returnedBy = ({ engine: { values } }: SessionContext, { write }: ReturningStep, rows: Rows['rows']): readonly FoundRow[] => {
  const whole = write.returning === null ? () => undefined : decoder(write.returning.row, values)
  return rows.map((cells, i) => ({ answer: whole(cells, i), values: [] }))
}

/** Runs the steps of a command and returns its result. `ambiguous` is the check for `refuseAmbiguous`. */
export const executeSteps = async (
  session: SessionContext,
  steps: Steps,
  table: AnyTable,
  ambiguous: CompiledWrite['twice'],
  cardinality: AnyCommand['cardinality'],
  signal: AbortSignal | undefined,
): Answer<unknown> => {
  const checked = await refuseAmbiguous(session, ambiguous, table)
  if (E.isLeft(checked)) return checked
  let next = steps
  while (next.tag !== 'rows') {
    const step = next
    const kind = step.tag === 'read' && step.plan.lock === undefined ? 'read' : 'write'
    const outputs = step.tag === 'read' ? step.plan.outputs : step.tag === 'returning' ? (step.write.returning?.outputs ?? []) : []
    const columns = outputs.map(resultColumn)
    const ready = attempting('a parameter', () =>
      statementOf(session, printStep(session.engine.dialect, step), columns, null, kind, signal),
    )
    if (E.isLeft(ready)) return ready
    const answer = await sendStatement(session, ready.right, table)
    if (E.isLeft(answer)) return answer
    const following = attempting('a function of the command', () => {
      if (step.tag === 'write') return step.then(answer.right.affected)
      return step.then(step.tag === 'read' ? foundBy(session, step, answer.right.rows) : returnedBy(session, step, answer.right.rows))
    })
    if (E.isLeft(following)) return following
    next = following.right
  }
  return E.right(returnedRows(cardinality, next.rows))
}
