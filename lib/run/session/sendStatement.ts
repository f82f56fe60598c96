/**
 * Statements of a session: made of SQL text and parameters, sent, and their rows decoded.
 *
 * `sendStatement` is for statements of an operation: it records writes and lets the engine find out more about
 * an error. `sendInternal` is for queries that the session itself needs. Parameters are encoded by the dialect, and rows
 * decoded by the engine's `Values`; user functions called on the way (codecs, `mapRow`) that throw become a `DbError`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type AnyExpr, type AnyQuery, type AnyTable, exprType } from '../../core/syntax/Syntax.js'
import { attempting, type DbError, refuse, unsupported } from '../../core/value/DbError.js'
import type { RowPlan } from '../../plan/Rel.js'
import { parameters, type ResultColumn } from '../../sql/compile.js'
import type { Dialect } from '../../sql/Dialect.js'
import { decoder } from '../../sql/decode.js'
import { type Flat, type Fragment, flatten, type Slot } from '../../sql/Fragment.js'
import type { Rows, Statement } from '../Driver.js'
import { withColumnsOfKey } from './references.js'
import { type Answer, autocommits, guarded, type SessionContext } from './sessionContext.js'

const INT = exprType({ tag: 'int' })
/** Engines limit the number of parameters; beyond the limit some of them drop the connection. */
const checkParameterCount = (dialect: Dialect, slots: readonly Slot[]): readonly Slot[] =>
  slots.length <= dialect.writes.parameters || dialect.writes.inlinesExcess
    ? slots
    : refuse(unsupported(`a statement of ${slots.length} parameters`, dialect.name, 'split the list'))

/** Throws refusals of parameters: call it inside `attempting`. */
export const statementOf = (
  { engine: { dialect } }: SessionContext,
  flat: Flat,
  columns: readonly ResultColumn[],
  query: AnyQuery | null,
  kind: Statement['kind'],
  signal?: AbortSignal,
): Statement => ({
  text: flat.text,
  params: parameters(dialect, checkParameterCount(dialect, flat.slots), query),
  columns,
  kind,
  signal,
})

/** A query of the session's own that returns one integer. */
export const scalarStatement = (session: SessionContext, text: Fragment): Statement => {
  const { dialect } = session.engine
  return statementOf(session, flatten(text, dialect.placeholder, dialect.reusesPlaceholders), [{ type: INT, computed: true }], null, 'read')
}

/** The slot of a literal; throws the refusal of an invalid value. */
export const slotOf = (e: AnyExpr): Slot => {
  if (e.node.tag === 'invalid') return refuse(e.node.error)
  return { tag: 'value', value: e.node.tag === 'literal' ? e.node.value : null, type: e.type }
}

/** `from` is the number of rows of the same result that were decoded before: errors count rows from the first. */
export const decodeRows = (
  { engine: { values } }: SessionContext,
  row: RowPlan,
  rows: Rows['rows'],
  from = 0,
): E.Either<DbError, readonly unknown[]> =>
  attempting('a function of mapRow', () => {
    const decode = decoder(row, values)
    return rows.map((cells, i) => decode(cells, from + i))
  })

/** Sends a statement of an operation. `table` is the one that a command writes. */
export const sendStatement = async (session: SessionContext, statement: Statement, table: AnyTable | null): Answer<Rows> => {
  const { engine, driver, state } = session
  const context = {
    sql: statement.text,
    params: statement.params,
    table,
    isRaw: statement.kind === 'raw',
    commits: statement.kind !== 'read' && autocommits(session),
    signal: statement.signal,
  }
  if (statement.kind !== 'read') state.hasWritten = true
  const answer = await guarded(session, context, () => driver.query(statement))
  return E.isLeft(answer) ? E.left(await withColumnsOfKey(session, await engine.diagnose(answer.left, statement, driver))) : answer
}

/** Sends a query of the session itself. */
export const sendInternal = (session: SessionContext, statement: Statement): Answer<Rows> =>
  guarded(session, { sql: statement.text, params: statement.params, table: null, signal: statement.signal }, () =>
    session.driver.query(statement),
  )
