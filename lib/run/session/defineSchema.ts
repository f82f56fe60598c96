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

import { ddlWork } from '../../sql/ddl.js'
import type { Work } from '../../sql/Work.js'
import { atomically, durably } from './atomically.js'
import { executeCommand } from './executeCommand.js'
import { readAll } from './readQuery.js'
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

/** Does a part of the work of some steps. */
const perform = async (session: SessionContext, work: Work): Answer<unknown> => {
  switch (work.tag) {
    case 'sql':
      return sendDefinition(session, work.sql)
    case 'command':
      return executeCommand(session, { tag: 'execute', command: work.command })
    case 'guard': {
      const found = await readAll(session, { tag: 'all', query: work.query })
      return E.isRight(found) && found.right.length > 0 ? E.left(work.error) : found
    }
  }
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
  const work = attempting('a function of the schema', () => ddlWork(dialect, steps))
  if (E.isLeft(work)) return work
  const run = async (): Answer<void> => {
    const allowed = await refuseIfReferred(session, Object.values(droppedBy(steps).tables))
    if (E.isLeft(allowed)) return allowed
    for (const part of work.right) {
      const done = await perform(session, part)
      if (E.isLeft(done)) return done
    }
    return E.right(undefined)
  }
  return durably(session, () => (dialect.ddl.transactional ? atomically(session, run) : run()))
}
