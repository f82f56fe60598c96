/**
 * Changing the schema by steps.
 *
 * Where the engine can, all steps happen in one transaction; elsewhere a definition commits, so it is refused inside a
 * transaction, and so is what the engine can only do outside of one. What depends on the database is queried on the way, as the work of
 * the dialect says (`sql/Work`).
 *
 * Where existing rows keep a step from being performed, its error names them (`namingSteps`).
 *
 * Law: after a `Left` the schema is unchanged, on engines with transactional DDL.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Ddl, DdlBatch } from '../../core/operation/Interpreter.js'
import { keyNamed, referenceOf } from '../../core/schema/references.js'
import { createdBy, type Step, validateSteps } from '../../core/schema/Step.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { attempting, unsupported } from '../../core/value/DbError.js'
import { batchesOf } from '../../sql/batches.js'
import type { Dialect } from '../../sql/Dialect.js'
import { type StepWork, statementsOfWork, stepsWork } from '../../sql/ddl.js'
import type { Work } from '../../sql/Work.js'
import { atomically, durably, sendControl } from './atomically.js'
import { executeCommand } from './executeCommand.js'
import { namingSteps } from './namingSteps.js'
import { readAll } from './readQuery.js'
import { sendCatalogQuery } from './sendCatalogQuery.js'
import { type Answer, autocommits, guarded, type SessionContext } from './sessionContext.js'

/** A definition is a write: outside a transaction it is committed when it is done. */
const sendDefinition = (session: SessionContext, sql: string, table: AnyTable | null): Answer<void> => {
  session.state.hasWritten = true
  return guarded(session, { sql, table, commits: autocommits(session) }, () => session.driver.script(sql))
}

/** Sends a query of the catalog, and does what its rows ask for. */
const performQuery = async (session: SessionContext, { sql, columns, then }: Work & { readonly tag: 'query' }): Answer<unknown> => {
  const found = await sendCatalogQuery(session, sql, columns)
  if (E.isLeft(found)) return found
  const next = attempting('a function of the schema', () => then(found.right))
  return E.isLeft(next) ? next : performAll(session, next.right)
}

const performAll = async (session: SessionContext, work: readonly Work[]): Answer<void> => {
  for (const part of work) {
    const done = await perform(session, part)
    if (E.isLeft(done)) return done
  }
  return E.right(undefined)
}

/** Does a part of the work of some steps. */
const perform = async (session: SessionContext, work: Work): Answer<unknown> => {
  switch (work.tag) {
    case 'sql':
      return sendDefinition(session, work.sql, work.table ?? null)
    case 'query':
      return performQuery(session, work)
    // the caller has done it
    case 'outside':
      return E.right(undefined)
    case 'command': {
      const done = await executeCommand(session, { tag: 'execute', command: work.command })
      if (E.isLeft(done) && work.undo !== undefined) for (const sql of work.undo) await sendDefinition(session, sql, null)
      return done
    }
    case 'guard': {
      const found = await readAll(session, { tag: 'all', query: work.query })
      return E.isRight(found) && found.right.length > 0 ? E.left(work.error) : found
    }
  }
}

/** What a runner of batches has recorded as done is not undone: it continues there. */
const withoutUndo = (work: readonly Work[]): readonly Work[] => work.map(w => (w.tag === 'command' ? { ...w, undo: [] } : w))

/** Work, and whether it is done in one transaction. */
interface Transactional {
  readonly work: readonly StepWork[]
  readonly transactional: boolean
}

/** The work of some steps or of one batch of them; `outside` is around its transaction. */
const workOf = (dialect: Dialect, steps: readonly Step[], batch: DdlBatch | undefined): Transactional => {
  const { transactional } = dialect.ddl
  if (batch === undefined) return { work: stepsWork(dialect, steps), transactional }
  const found = batchesOf(dialect, steps, batch.online)[batch.at]
  if (found === undefined) return { work: [], transactional: true }
  const [step = null, another] = steps
  return {
    work: [{ step: another === undefined ? step : null, work: withoutUndo(found.work) }],
    transactional: found.transactional || found.work.some(w => w.tag === 'outside'),
  }
}

/** Does what has no effect in a transaction before `run`, and the opposite after it, even if one of them fails. */
const surrounded = async (
  session: SessionContext,
  outside: readonly (Work & { readonly tag: 'outside' })[],
  run: () => Answer<void>,
): Answer<void> => {
  const send = async (statements: readonly string[]): Answer<void> => {
    for (const sql of statements) {
      const sent = await sendControl(session, sql)
      if (E.isLeft(sent)) return sent
    }
    return E.right(undefined)
  }
  try {
    const begun = await send(outside.flatMap(o => o.before))
    return E.isLeft(begun) ? begun : await run()
  } finally {
    await send(outside.flatMap(o => o.after))
  }
}

/** Applies steps to the schema, or one batch of them. */
export const defineSchema = async (session: SessionContext, { steps, batch }: Ddl): Answer<void> => {
  const { engine, known, state } = session
  const { dialect } = engine
  const valid = validateSteps(steps)
  if (E.isLeft(valid)) return valid
  const added = createdBy(steps).foreignKeys.map(referenceOf)
  known.created = [...known.created.filter(k => keyNamed(added, k.table.name, k.name) === undefined), ...added]
  const made = attempting('a function of the schema', () => workOf(dialect, steps, batch))
  if (E.isLeft(made)) return made
  const { work, transactional } = made.right
  if (state.inTransaction && !transactional) {
    const what = 'changing the schema in a transaction, which it would commit'
    return E.left(unsupported(what, dialect.name, 'change the schema outside of transactions'))
  }
  // a command that the engine has no statement for is refused before a definition that is committed
  const whole = work.flatMap(w => w.work)
  const printed = transactional ? null : attempting('a function of the schema', () => statementsOfWork(dialect, whole))
  if (printed !== null && E.isLeft(printed)) return printed
  const outside = [...new Set(whole.flatMap(w => (w.tag === 'outside' ? [w] : [])))]
  const [first] = outside
  if (state.inTransaction && first !== undefined)
    return E.left(unsupported(`${first.what} in a transaction`, dialect.name, 'change the schema outside of transactions'))
  const all = (run: () => Answer<void>): Answer<void> => surrounded(session, outside, transactional ? () => atomically(session, run) : run)
  return durably(session, () => namingSteps(session, work, transactional, part => performAll(session, part), all))
}
