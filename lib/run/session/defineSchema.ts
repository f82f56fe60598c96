/**
 * Creating and dropping the tables of a schema.
 *
 * Where the engine can, the whole schema is defined in one transaction; elsewhere a definition commits, so it is refused inside a
 * transaction. A drop is refused while tables outside the schema refer to it, where the engine would drop their foreign keys.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type AnySchema, validate } from '../../core/table/Schema.js'
import { attempting, stillReferred, unsupported } from '../../core/value/DbError.js'
import { createStatements, dropStatements } from '../../sql/ddl.js'
import { atomically, durably } from './atomically.js'
import { sendInternal, TEXT } from './sendStatement.js'
import { type Answer, autocommits, guarded, type SessionContext } from './sessionContext.js'

/** A definition is a write: outside a transaction it is committed when it is done. */
const sendDefinition = (session: SessionContext, sql: string): Answer<void> => {
  session.state.hasWritten = true
  return guarded(session, { sql, table: null, commits: autocommits(session) }, () => session.driver.script(sql))
}

/** Fails if a table outside the schema refers to one of its tables. */
const refuseIfReferred = async (session: SessionContext, schema: AnySchema): Answer<void> => {
  const { referring } = session.engine.dialect.ddl
  const tables = Object.values(schema.tables)
  if (referring === null || tables.length === 0) return E.right(undefined)
  const found = await sendInternal(session, { text: referring(tables), params: [], columns: [TEXT, TEXT], kind: 'read' })
  if (E.isLeft(found)) return found
  const [first] = found.right.rows
  return first === undefined ? E.right(undefined) : E.left(stillReferred(String(first[1]), String(first[0])))
}

/** Creates or drops the tables of a schema. */
export const defineSchema = async (session: SessionContext, action: 'createAll' | 'dropAll', schema: AnySchema): Answer<void> => {
  const { engine, known, state } = session
  const { dialect } = engine
  const valid = validate(schema)
  if (E.isLeft(valid)) return valid
  if (state.inTransaction && !dialect.ddl.transactional) {
    return E.left(unsupported(`${action} in a transaction, which it would commit`, dialect.name, 'define tables outside of transactions'))
  }
  known.foreignKeys = [
    ...known.foreignKeys.filter(f => !schema.foreignKeys.some(g => g.name === f.name && g.table.name === f.table.name)),
    ...schema.foreignKeys,
  ]
  const statements = attempting('a function of the schema', () =>
    action === 'createAll' ? createStatements(dialect, schema) : dropStatements(dialect, schema),
  )
  if (E.isLeft(statements)) return statements
  const run = async (): Answer<void> => {
    const allowed = action === 'dropAll' ? await refuseIfReferred(session, schema) : E.right(undefined)
    if (E.isLeft(allowed)) return allowed
    for (const sql of action === 'dropAll' ? [...dialect.ddl.beforeDrop, ...statements.right] : statements.right) {
      const done = await sendDefinition(session, sql)
      if (E.isLeft(done)) return done
    }
    return E.right(undefined)
  }
  return durably(session, () => (dialect.ddl.transactional ? atomically(session, run) : run()))
}
