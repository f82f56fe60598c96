/**
 * The foreign keys of the database, as a session knows them: read from the catalog when a command or an error needs them, and kept.
 *
 * They are kept for all sessions of a runner until one of them changes the schema or runs raw text, which may. A transaction that has done
 * so reads them for itself, since its changes are not committed, and so does one that began before a change was: it may see the
 * catalog as it was. `changedSchema` is called after each such operation, and `endedTransaction` at the end of each transaction. Changes by
 * other programs are not noticed.
 *
 * Some engines refuse every query between an error and the end of its transaction. There an error is classified by the keys that are kept,
 * or else by those that this runner has created (`Known.created`).
 */
import * as E from 'fp-ts/lib/Either.js'
import type { References } from '../../core/schema/ReferenceImage.js'
import { keyNamed, tablesOnCycles } from '../../core/schema/references.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import type { DbError } from '../../core/value/DbError.js'
import { REFERENCE_COLUMNS, referencesIn } from '../../sql/references.js'
import { sendCatalogQuery } from './sendCatalogQuery.js'
import { type Answer, autocommits, keptReferences, type SessionContext } from './sessionContext.js'

/** All foreign keys of the database. */
export const databaseReferences = async (session: SessionContext): Answer<References> => {
  const { engine, known, state } = session
  const found = keptReferences(session)
  if (found !== null) return E.right(found)
  const { ddl } = engine.dialect
  const version = state.inTransaction ? state.schemaVersion : known.schemaVersion
  const rows = await sendCatalogQuery(session, ddl.references, REFERENCE_COLUMNS.length)
  if (E.isLeft(rows)) return rows
  const references = referencesIn(rows.right, ddl.foldsNames)
  if (!state.hasDefined && known.schemaVersion === version) known.references = references
  else if (state.inTransaction) state.references = references
  return E.right(references)
}

/** Forgets the foreign keys after an operation that may have changed them. */
export const changedSchema = ({ known, state }: SessionContext): void => {
  state.references = null
  state.hasDefined = state.inTransaction
  known.references = null
  known.schemaVersion += 1
}

/** A transaction begins: it sees the schema of this time, or of a later one. */
export const beganTransaction = ({ known, state }: SessionContext): void => {
  state.references = null
  state.hasDefined = false
  state.schemaVersion = known.schemaVersion
}

/** A transaction has ended: what it changed in the schema is now seen by all, or by none. */
export const endedTransaction = (session: SessionContext): void => {
  const { state } = session
  state.references = null
  if (state.hasDefined) changedSchema(session)
  state.hasDefined = false
}

/** Whether a delete from the table may delete further rows of it by cascades that the engine does not count. */
export const cascadesToItself = async (session: SessionContext, table: AnyTable): Answer<boolean> => {
  if (session.engine.dialect.ddl.countsCascaded) return E.right(false)
  const references = await databaseReferences(session)
  return E.isLeft(references) ? references : E.right(tablesOnCycles(references.right).has(references.right.idOf(table)))
}

/** A foreign key violation with its columns from the catalog, where the engine names only the constraint. */
export const withColumnsOfKey = async (session: SessionContext, error: DbError): Promise<DbError> => {
  if (error._tag !== 'ForeignKeyViolation' || error.columns.length > 0 || error.constraint === null || !autocommits(session)) return error
  const references = await databaseReferences(session)
  const key = E.isLeft(references) ? undefined : keyNamed(references.right.keys, error.table, error.constraint)
  if (key === undefined) return error
  const of = `of "${error.table}"`
  return { ...error, columns: key.columns, message: error.message.replace(of, () => `${of} (${key.columns.join(', ')})`) }
}
