/**
 * Queries of the engine's catalog, which the session sends for itself.
 *
 * All their columns are texts or null, whatever the engine has there: the text of such a query casts what is none. They are not part of
 * an operation of the program, so they record no write, and their errors name no table of a schema.
 */
import * as E from 'fp-ts/lib/Either.js'
import { exprType } from '../../core/syntax/Syntax.js'
import type { CatalogRows } from '../../sql/Catalog.js'
import type { ResultColumn } from '../../sql/compile.js'
import type { Rows } from '../Driver.js'
import { type Answer, guarded, type SessionContext } from './sessionContext.js'

const TEXT: ResultColumn = { type: exprType({ tag: 'text' }), computed: false }

/** So many columns of texts. */
export const textColumns = (count: number): readonly ResultColumn[] => Array.from({ length: count }, () => TEXT)

/** Sends a query with so many columns, and returns its rows as texts and null. */
export const sendCatalogQuery = async (session: SessionContext, text: string, columns: number): Answer<CatalogRows> => {
  const statement = { text, params: [], columns: textColumns(columns), kind: 'read' } as const
  const found = await guarded(session, { sql: text, table: null }, () => session.driver.query(statement))
  return E.map(({ rows }: Rows) => rows.map(row => row.map(cell => (cell === null ? null : String(cell)))))(found)
}
