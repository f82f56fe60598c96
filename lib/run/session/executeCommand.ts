/**
 * Executing a command: planned, made a chain of steps by the dialect, and performed.
 *
 * More than one statement runs atomically. A command outside a transaction that the server has rolled back because of a conflict is
 * run again. An overflow that the engine reports without its column gets the names of the computed columns.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { SqlOp } from '../../core/operation/Interpreter.js'
import { declaredReferences } from '../../core/schema/references.js'
import { attempting, numericOverflow } from '../../core/value/DbError.js'
import { reifyWrite, type Write } from '../../plan/writePlan.js'
import type { ImageOptions } from '../../sql/changes/imageSteps.js'
import { commandSteps } from '../../sql/commands.js'
import { isSingleStatement, type Steps } from '../../sql/returning/Steps.js'
import { atomically, durably, repeatingConflicts } from './atomically.js'
import { computedColumns } from './computedColumns.js'
import { performSteps } from './performSteps.js'
import { readyStep } from './readyStep.js'
import { cascadesToItself, databaseReferences } from './references.js'
import type { Answer, SessionContext } from './sessionContext.js'

type Execute = SqlOp & { readonly tag: 'execute' }

/** Runs a command and returns its result. */
export const executeCommand = async (session: SessionContext, op: Execute): Answer<unknown> => {
  const { node, returning } = op.command
  if (node.tag !== 'delete' || returning !== null || node.table.primaryKey === null) return executePlain(session, op)
  const { table } = node
  const isCyclic = await cascadesToItself(session, table)
  if (E.isLeft(isCyclic)) return isCyclic
  if (!isCyclic.right) return executePlain(session, op)
  // the engine does not count rows that a cascade deletes before their turn, so the deleted rows are returned and counted here
  const key = (row: any) => Object.fromEntries((table.primaryKey?.columns ?? []).map(f => [f, row[f]]))
  const deleted = await executePlain(session, { ...op, command: { ...op.command, returning: key } })
  return E.isLeft(deleted) ? deleted : E.right((deleted.right as readonly unknown[]).length)
}

/** What a command that returns its changes has to know: the foreign keys, where rows may follow. */
const imagesOf = async (session: SessionContext, { command: { node, returning } }: Execute): Answer<ImageOptions | null> => {
  if (typeof returning !== 'object' || returning === null) return E.right(null)
  const isInsert = (node.tag === 'insert' && node.conflict === null) || node.tag === 'insertFrom'
  const references = isInsert || node.tag === 'invalid' ? E.right(declaredReferences([])) : await databaseReferences(session)
  return E.isLeft(references) ? references : E.right({ tables: returning.tables, references: references.right })
}

const executePlain = async (session: SessionContext, op: Execute): Answer<unknown> => {
  const { dialect } = session.engine
  const images = await imagesOf(session, op)
  if (E.isLeft(images)) return images
  const planned = attempting('a function of the command', () => {
    const write = reifyWrite(op.command, dialect)
    return { write, steps: commandSteps(dialect, write, images.right) }
  })
  if (E.isLeft(planned)) return planned
  const answer = await executeSteps(session, op, planned.right)
  if (E.isRight(answer) || answer.left._tag !== 'NumericOverflow') return answer
  const { where, cause } = answer.left
  const computed = computedColumns(planned.right.write)
  return computed.length === 0 || where?.startsWith('column ') === true || computed.some(c => where?.includes(c))
    ? answer
    : E.left(numericOverflow(`${where === null ? '' : `${where}, `}in ${computed.join(' or ')}`, cause))
}

const executeSteps = async (
  session: SessionContext,
  { command: { cardinality }, signal }: Execute,
  { write: { table }, steps }: { readonly write: Write; readonly steps: Steps },
): Answer<unknown> => {
  // before anything is sent: a refused parameter of the first step changes nothing
  const first = readyStep(session, steps, signal)
  if (E.isLeft(first)) return first
  const perform = (): Answer<unknown> => performSteps(session, first.right, table, cardinality, signal)
  const whole = isSingleStatement(steps) ? perform : () => atomically(session, perform)
  return repeatingConflicts(session, signal, () => durably(session, whole))
}
