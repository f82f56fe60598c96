/**
 * Reading: all rows of a query (`all`), its rows in chunks (`cursor`), and how the engine runs them (`explain`).
 *
 * A query may write by raw text. Where its reply is lost outside a transaction, this decides whether the outcome is
 * unknown; the query is searched for raw text only then. A query that `explain` runs (`analyze`) counts as a write, because
 * some servers limit the time of SELECT only.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Cursor, Explained, SqlOp } from '../../core/operation/Interpreter.js'
import type { AnyQuery } from '../../core/syntax/Syntax.js'
import { attempting, type DbError } from '../../core/value/DbError.js'
import { mayRunRawText } from '../../plan/contents.js'
import type { RowPlan } from '../../plan/Rel.js'
import { compile, explaining } from '../../sql/compile.js'
import type { Statement } from '../Driver.js'
import { textColumns } from './sendCatalogQuery.js'
import { decodeRows, statementOf } from './sendStatement.js'
import { type Answer, autocommits, type GuardContext, guarded, rememberQuery, type SessionContext } from './sessionContext.js'

const prepared = (
  session: SessionContext,
  query: AnyQuery,
  signal: AbortSignal | undefined,
): E.Either<DbError, { readonly row: RowPlan; readonly statement: Statement }> => {
  const compiled = compile(session.engine.dialect, query, session.options.rewrite)
  if (E.isLeft(compiled)) return compiled
  const { row, columns } = compiled.right
  return attempting('a parameter', () => ({ row, statement: statementOf(session, compiled.right, columns, query, 'read', signal) }))
}

const readContext = (session: SessionContext, query: AnyQuery, { text: sql, params, signal }: Statement): GuardContext => {
  rememberQuery(session, query)
  return {
    sql,
    params,
    table: null,
    signal,
    commits: () => autocommits(session) && mayRunRawText(query),
    containsRaw: () => mayRunRawText(query),
  }
}

/** All rows of a query. */
export const readAll = async (session: SessionContext, { query, signal }: SqlOp & { readonly tag: 'all' }): Answer<readonly unknown[]> => {
  const ready = prepared(session, query, signal)
  if (E.isLeft(ready)) return ready
  const { row, statement } = ready.right
  const rows = await guarded(session, readContext(session, query, statement), () => session.driver.query(statement))
  return E.isLeft(rows) ? rows : decodeRows(session, row, rows.right.rows)
}

/** Opens a cursor; `size` is the number of rows of a chunk. */
export const openCursor = async (
  session: SessionContext,
  { query, size, signal }: SqlOp & { readonly tag: 'cursor' },
): Answer<Cursor<unknown>> => {
  const ready = prepared(session, query, signal)
  if (E.isLeft(ready)) return ready
  const { row, statement } = ready.right
  const context = readContext(session, query, statement)
  const opened = await guarded(session, context, () => session.driver.cursor(statement, size))
  if (E.isLeft(opened)) return opened
  let count = 0
  return E.right({
    next: async () => {
      const rows = await guarded(session, context, opened.right.next)
      if (E.isLeft(rows)) return rows
      count += rows.right.length
      return decodeRows(session, row, rows.right, count - rows.right.length)
    },
    close: () => guarded(session, context, opened.right.close),
  })
}

/** The engine's explanation of a query, which is run if `analyze` is set. */
export const explainQuery = async (
  session: SessionContext,
  { query, analyze, signal }: SqlOp & { readonly tag: 'explain' },
): Answer<Explained> => {
  const { dialect } = session.engine
  const ready = prepared(session, query, signal)
  if (E.isLeft(ready)) return ready
  const { text: sql, params } = ready.right.statement
  const { columns, read } = dialect.explain
  const made = attempting(
    'an explanation',
    (): Statement => ({
      ...ready.right.statement,
      text: explaining(dialect, sql, analyze),
      columns: textColumns(columns),
      kind: analyze ? 'write' : 'read',
    }),
  )
  if (E.isLeft(made)) return made
  const statement = made.right
  const context = readContext(session, query, statement)
  const answer = await guarded(session, analyze ? context : { ...context, commits: false }, () => session.driver.query(statement))
  if (E.isLeft(answer)) return answer
  return attempting('the reading of an explanation', () => ({ engine: dialect.name, sql, params, ...read(answer.right.rows) }))
}
