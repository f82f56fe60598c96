/**
 * Performing the steps of a command: one loop for every command, from the first step to the result.
 *
 * The statements of a step are sent in order. While the server works on one, the parameters of the next are encoded, so that of a large
 * insert only two statements are in memory at a time. What a step returns determines the next one. Call it in a transaction, unless the
 * steps are a single statement (`isSingleStatement`).
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { AnyCommand, AnyTable } from '../../core/syntax/Syntax.js'
import { attempting, type DbError, refuse } from '../../core/value/DbError.js'
import { decoder } from '../../sql/decode.js'
import { rowsLost } from '../../sql/returning/readSteps.js'
import type { BatchStep, End, FoundRow, ReadStep, ReturningStep, Step, Steps } from '../../sql/returning/Steps.js'
import type { Rows } from '../Driver.js'
import { type LazyStatement, type Ready, type ReadyStep, readyStep } from './readyStep.js'
import { decodeRows, sendStatement } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

const nextTick = (): Promise<void> => new Promise(done => setImmediate(done))

/** Sends statements in order, until one fails or its result is refused. */
const sendInOrder = async (
  session: SessionContext,
  statements: readonly LazyStatement[],
  table: AnyTable,
  receive: (result: Rows, index: number) => E.Either<DbError, unknown>,
): Answer<void> => {
  let next = statements[0]?.()
  for (let i = 0; next !== undefined; i += 1) {
    if (E.isLeft(next)) return next
    const answer = sendStatement(session, next.right, table)
    const following = statements[i + 1]
    // while the server works, the parameters of the next statement are encoded
    if (following !== undefined) await nextTick()
    next = following?.()
    const done = await answer
    if (E.isLeft(done)) return done
    const received = receive(done.right, i)
    if (E.isLeft(received)) return received
  }
  return E.right(undefined)
}

/** The decoded rows of a query; refuses rows that do not decode, and a result that lacks expected rows. */
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

/** What follows a step of one statement. Throws refusals: call it inside `attempting`. */
const stepAfter = (session: SessionContext, step: Exclude<Step, BatchStep>, { rows, affected }: Rows): Steps => {
  switch (step.tag) {
    case 'check':
      return rows.length > 0 ? refuse(step.error) : step.next
    case 'read':
      return step.then(foundBy(session, step, rows))
    case 'returning':
      return step.then(returnedBy(session, step, rows))
    case 'write':
      return step.then(affected)
  }
}

const performBatch = async (
  session: SessionContext,
  { statements: kinds, returning, end }: BatchStep,
  statements: readonly LazyStatement[],
  table: AnyTable,
): Answer<Steps> => {
  const [written, returned]: readonly [number[], unknown[]] = [[], []]
  let found = 0
  const sent = await sendInOrder(session, statements, table, ({ rows, affected }, i) => {
    const tag = kinds[i]?.tag
    if (tag === 'query') found += rows.length
    if (tag === 'query' || tag === 'sequence') return E.right(undefined)
    written.push(affected)
    if (returning === null) return E.right(undefined)
    const decoded = decodeRows(session, returning.row, rows, returned.length)
    if (E.isRight(decoded)) for (const row of decoded.right) returned.push(row)
    return decoded
  })
  return E.isLeft(sent) ? sent : E.right(end({ found, written, rows: returned }))
}

/** Performs one step; the result is what follows it. */
const performStep = async (session: SessionContext, { step, statements }: ReadyStep, table: AnyTable): Answer<Steps> => {
  if (step.tag === 'batch') return performBatch(session, step, statements, table)
  const statement = (statements[0] as LazyStatement)()
  if (E.isLeft(statement)) return statement
  const result = await sendStatement(session, statement.right, table)
  return E.isLeft(result) ? result : attempting('a function of the command', () => stepAfter(session, step, result.right))
}

/** The result of a command; rows in the form that its cardinality asks for. */
const resultOf = (end: End, cardinality: AnyCommand['cardinality']): unknown => {
  if (end.tag === 'count') return end.count
  if (end.tag === 'outcome') return end.outcome
  const { rows } = end
  return cardinality === 'option' ? O.fromNullable(rows[0]) : cardinality === 'one' ? rows[0] : rows
}

/** Performs the steps of a command that writes `table`, from the first one that is ready, and returns the command's result. */
export const performSteps = async (
  session: SessionContext,
  first: Ready,
  table: AnyTable,
  cardinality: AnyCommand['cardinality'],
  signal: AbortSignal | undefined,
): Answer<unknown> => {
  let ready = first
  while (ready.tag === 'ready') {
    const following = await performStep(session, ready, table)
    if (E.isLeft(following)) return following
    const next: E.Either<DbError, Ready> = ready.next === null ? readyStep(session, following.right, signal) : E.right(ready.next)
    if (E.isLeft(next)) return next
    ready = next.right
  }
  return E.right(resultOf(ready, cardinality))
}
