/**
 * What a command returns, computed from what its statements returned.
 *
 * Rows in the form that the command's cardinality asks for, and what an upsert did with its row. `refuseAmbiguous` is the check
 * that runs before both kinds of commands: an update from a query whose rows match one row of the table twice is `TooManyRows`,
 * where engines would silently pick one.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Outcome } from '../../core/command/upsert.js'
import type { AnyCommand, AnyTable } from '../../core/syntax/Syntax.js'
import { tooManyRows } from '../../core/value/DbError.js'
import type { CompiledWrite, OutcomeBy } from '../../sql/commands.js'
import { sendStatement, statementOf } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** What a command with `returning` returns of the rows that it has written. */
export const returnedRows = (cardinality: AnyCommand['cardinality'], rows: readonly unknown[]): unknown =>
  cardinality === 'option' ? O.fromNullable(rows[0]) : cardinality === 'one' ? rows[0] : rows

/**
 * What an upsert did with its row. `affected` holds the counts of its statements: of the insert, and before it of the update where there
 * are two. `existed` is whether the row was there before.
 */
export const upsertOutcome = (
  by: OutcomeBy['tag'],
  returned: readonly unknown[],
  affected: readonly number[],
  existed: boolean,
): Outcome => {
  if (by === 'row' ? returned.length === 0 : affected.every(n => n === 0)) return 'unchanged'
  const isInserted = by === 'row' ? returned[0] === true : by === 'query' ? !existed : affected.at(-1) !== 0
  return isInserted ? 'inserted' : 'updated'
}

/** Runs the query that has a row where the command is ambiguous. */
export const refuseAmbiguous = async (session: SessionContext, query: CompiledWrite['twice'], table: AnyTable): Answer<void> => {
  if (query === null) return E.right(undefined)
  const found = await sendStatement(session, statementOf(session, query, [], null, 'read'), table)
  return E.isLeft(found) ? found : found.right.rows.length > 0 ? E.left(tooManyRows) : E.right(undefined)
}
