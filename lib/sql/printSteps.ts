/**
 * Steps as SQL: the statements of one step, and those of a whole command to be shown.
 *
 * The session prints a step when the one before has been performed, and a batch, with the checks before it, before anything is sent.
 * `printedSteps` goes through a chain as if each query had found its sample rows. Parameters are slots, encoded elsewhere; those of bulk
 * statements are made on demand.
 */
import { normalize } from '../plan/normalize/normalize.js'
import { normalizeWrite } from '../plan/normalizeWrite.js'
import type { Plan } from '../plan/Rel.js'
import type { PrintedWrite } from '../plan/writePlan.js'
import type { BulkStatement } from './bulk.js'
import { type ResultColumn, resultColumn } from './compile.js'
import type { Dialect } from './Dialect.js'
import { type Flat, type Fragment, flatten } from './Fragment.js'
import { printWrite } from './printWrite.js'
import { renderer } from './render.js'
import { type BatchStatement, isEnd, type Step, type Steps } from './returning/Steps.js'

/** A statement of a step. */
export interface PrintedStatement {
  /** Whether it does what the command means, only checks something before, or moves a sequence after a given key. */
  readonly purpose: 'command' | 'check' | 'sequence'
  /** A query that locks its rows counts as a write, because it may wait as long as one. */
  readonly kind: 'read' | 'write'
  readonly statement: Flat | BulkStatement
  /** The columns of its rows; none where only their number counts. */
  readonly columns: readonly ResultColumn[]
}

/** The statements of a step, in order. Refuses what the dialect can not express; call inside `attempting`. */
export const printStep = (dialect: Dialect, step: Step): readonly PrintedStatement[] => {
  const flat = (f: Fragment): Flat => flatten(f, dialect.placeholder, dialect.reusesPlaceholders)
  const select = (plan: Plan): Flat => flat(renderer(dialect).select(normalize(plan)))
  const check = (plan: Plan): PrintedStatement => ({ purpose: 'check', kind: 'read', statement: select(plan), columns: [] })
  const write = (statement: PrintedStatement['statement'], columns: readonly ResultColumn[]): PrintedStatement => ({
    purpose: 'command',
    kind: 'write',
    statement,
    columns,
  })
  const inBatch = (s: BatchStatement, columns: readonly ResultColumn[]): PrintedStatement => {
    switch (s.tag) {
      case 'query':
        return check(s.plan)
      case 'write':
        return write(flat(printWrite(dialect, s.write)), columns)
      case 'bulk':
        return write(s, columns)
      case 'sequence':
        return { purpose: 'sequence', kind: 'write', statement: { text: s.text, slots: [] }, columns: [] }
    }
  }
  switch (step.tag) {
    case 'check':
      return [check(step.plan)]
    case 'read': {
      const { plan } = step
      const kind = plan.lock === undefined ? 'read' : 'write'
      return [{ purpose: 'command', kind, statement: select(plan), columns: plan.outputs.map(resultColumn) }]
    }
    case 'write':
      return [write(flat(printWrite(dialect, normalizeWrite(step.write) as PrintedWrite)), [])]
    case 'returning': {
      const columns = step.write.returning?.outputs.map(resultColumn) ?? []
      return [write(flat(printWrite(dialect, normalizeWrite(step.write) as PrintedWrite)), columns)]
    }
    case 'batch': {
      const columns = step.returning?.outputs.map(resultColumn) ?? []
      return step.statements.map(s => inBatch(s, columns))
    }
  }
}

/** The statements of a command, as if each query found its sample rows and each write wrote one. */
export const printedSteps = (dialect: Dialect, steps: Steps): readonly PrintedStatement[] => {
  const all: PrintedStatement[] = []
  for (let next: Steps | null = steps; next !== null && !isEnd(next); next = following(next)) all.push(...printStep(dialect, next))
  return all
}

/** The step after one that is only shown; null after a batch, which ends the command. */
const following = (step: Step): Steps | null => {
  switch (step.tag) {
    case 'check':
      return step.next
    case 'read':
    case 'returning':
      return step.then(step.sample)
    case 'write':
      return step.then(1)
    case 'batch':
      return null
  }
}
