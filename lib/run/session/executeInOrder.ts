/**
 * Commands that are a list of statements known beforehand: run in order, their counts and rows put together.
 *
 * A large insert has many statements. The parameters of each are encoded while the server works on the one before, so that only
 * two are in memory at a time. Call it in a transaction, unless the command is a single statement.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnyCommand, AnyTable } from '../../core/syntax/Syntax.js'
import { attempting, type DbError } from '../../core/value/DbError.js'
import type { BulkStatement } from '../../sql/bulk.js'
import type { CompiledWrite } from '../../sql/commands.js'
import type { ResultColumn } from '../../sql/compile.js'
import type { Statement } from '../Driver.js'
import { refuseAmbiguous, returnedRows, upsertOutcome } from './commandResult.js'
import { decodeRows, sendStatement, statementOf } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** A statement that is made when it is needed. */
export type LazyStatement = () => E.Either<DbError, Statement>

/** The statements of a command: plain ones are made here, so that errors are found before anything is sent; later bulk ones on demand. */
export const lazyStatements = (
  session: SessionContext,
  { statements }: CompiledWrite,
  columns: readonly ResultColumn[],
  signal: AbortSignal | undefined,
): E.Either<DbError, readonly LazyStatement[]> => {
  const bulk = (s: BulkStatement): Statement => ({ text: s.text, params: s.params(), columns, kind: 'write', isBulk: true, signal })
  return attempting('a parameter', () =>
    statements.map((s, i): LazyStatement => {
      if (!('slots' in s) && i > 0) return () => attempting('a parameter', () => bulk(s))
      const statement = E.right('slots' in s ? statementOf(session, s, columns, null, 'write', signal) : bulk(s))
      return () => statement
    }),
  )
}

const nextTick = (): Promise<void> => new Promise(done => setImmediate(done))

/** Sends the statements after the others. */
export const sendAfter = async (session: SessionContext, { after }: CompiledWrite, table: AnyTable): Answer<void> => {
  for (const flat of after) {
    const done = await sendStatement(session, statementOf(session, flat, [], null, 'write'), table)
    if (E.isLeft(done)) return done
  }
  return E.right(undefined)
}

/** Runs the statements of a command and returns its result. */
export const executeInOrder = async (
  session: SessionContext,
  statements: readonly LazyStatement[],
  table: AnyTable,
  printed: CompiledWrite,
  cardinality: AnyCommand['cardinality'],
): Answer<unknown> => {
  const returned: unknown[] = []
  const affected: number[] = []
  let existed = false
  if (printed.outcome?.tag === 'query') {
    const found = await sendStatement(session, statementOf(session, printed.outcome.query, [], null, 'read'), table)
    if (E.isLeft(found)) return found
    existed = found.right.rows.length > 0
  }
  const checked = await refuseAmbiguous(session, printed.twice, table)
  if (E.isLeft(checked)) return checked
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
    affected.push(done.right.affected)
    if (printed.row === null) continue
    const decoded = decodeRows(session, printed.row, done.right.rows, returned.length)
    if (E.isLeft(decoded)) return decoded
    for (const row of decoded.right) returned.push(row)
  }
  const ended = await sendAfter(session, printed, table)
  if (E.isLeft(ended)) return ended
  if (printed.outcome !== null) return E.right(upsertOutcome(printed.outcome.tag, returned, affected, existed))
  if (printed.row === null) return E.right(printed.count ?? affected.reduce((a, b) => a + b, 0))
  return E.right(returnedRows(cardinality, returned))
}
