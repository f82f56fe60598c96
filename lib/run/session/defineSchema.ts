/**
 * Changing the schema by steps.
 *
 * Where the engine can, all steps happen in one transaction; elsewhere a definition commits, so it is refused inside a
 * transaction. A drop is refused while tables outside the schema refer to it, where the engine would drop their foreign keys.
 */
import * as E from 'fp-ts/lib/Either.js'
import { keyNamed, referenceOf } from '../../core/schema/references.js'
import { createdBy, droppedBy, type Step, validateSteps } from '../../core/schema/Step.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { attempting, stillReferred, unsupported } from '../../core/value/DbError.js'
import { ddlStatements } from '../../sql/ddl.js'
import { atomically, durably } from './atomically.js'
import { sendInternal, TEXT } from './sendStatement.js'
import { type Answer, autocommits, guarded, type SessionContext } from './sessionContext.js'

/** A definition is a write: outside a transaction it is committed when it is done. */
const sendDefinition = (session: SessionContext, sql: string): Answer<void> => {
  session.state.hasWritten = true
  return guarded(session, { sql, table: null, commits: autocommits(session) }, () => session.driver.script(sql))
}

/** Fails if a table that stays refers to one of these. */
const refuseIfReferred = async (session: SessionContext, tables: readonly AnyTable[]): Answer<void> => {
  const { referring } = session.engine.dialect.ddl
  if (referring === null || tables.length === 0) return E.right(undefined)
  const found = await sendInternal(session, { text: referring(tables), params: [], columns: [TEXT, TEXT], kind: 'read' })
  if (E.isLeft(found)) return found
  const [first] = found.right.rows
  return first === undefined ? E.right(undefined) : E.left(stillReferred(String(first[1]), String(first[0])))
}

/** Applies steps to the schema. */
export const defineSchema = async (session: SessionContext, steps: readonly Step[]): Answer<void> => {
  const { engine, known, state } = session
  const { dialect } = engine
  const valid = validateSteps(steps)
  if (E.isLeft(valid)) return valid
  if (state.inTransaction && !dialect.ddl.transactional) {
    const what = 'changing the schema in a transaction, which it would commit'
    return E.left(unsupported(what, dialect.name, 'change the schema outside of transactions'))
  }
  const added = createdBy(steps).foreignKeys.map(referenceOf)
  known.created = [...known.created.filter(k => keyNamed(added, k.table.name, k.name) === undefined), ...added]
  const statements = attempting('a function of the schema', () => ddlStatements(dialect, steps))
  if (E.isLeft(statements)) return statements
  const run = async (): Answer<void> => {
    const allowed = await refuseIfReferred(session, Object.values(droppedBy(steps).tables))
    if (E.isLeft(allowed)) return allowed
    for (const sql of statements.right) {
      const done = await sendDefinition(session, sql)
      if (E.isLeft(done)) return done
    }
    return E.right(undefined)
  }
  return durably(session, () => (dialect.ddl.transactional ? atomically(session, run) : run()))
}
