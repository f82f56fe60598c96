/**
 * Steps taken apart into batches that run while others use the tables.
 *
 * `online(steps, engine)` is what `define(steps)` does, in forms that block less: on Postgres indexes are built concurrently and constraints
 * validated after they are added; on MySQL and MariaDB each ALTER demands its algorithm. The batches are performed one after the other; each is
 * one transaction where it is `transactional`, and must not be in a transaction where it is not. The list as a whole is not atomic, so its
 * runner records which batches are done.
 *
 * Law: after the batches, tables and rows are those after `define(steps)`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Step, validateSteps } from '../core/schema/Step.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { EngineName } from '../core/value/DialectName.js'
import { elementsOf, knowing, workOfElement } from '../sql/alter.js'
import type { Dialect } from '../sql/Dialect.js'
import { ddlWork, statementsOfWork } from '../sql/ddl.js'
import { dialects } from '../sql/dialects.js'
import type { Part, Remains, WorkBatch } from '../sql/OnlineSteps.js'
import type { Work } from '../sql/Work.js'

export type { Work } from '../sql/Work.js'

/** What is performed together. */
export type Batch =
  /** Steps, performed by `define`. */
  | { readonly tag: 'steps'; readonly steps: readonly Step[]; readonly transactional: boolean }
  /** A part of one step: statements, commands, and queries that must have no row. `remains` is what an earlier attempt may have left. */
  | {
      readonly tag: 'work'
      readonly step: Step
      readonly work: readonly Work[]
      readonly transactional: boolean
      readonly remains: Remains | null
    }

/** The parts of a step, each with its statements. */
export const partsOf = (dialect: Dialect, step: Step): readonly { readonly part: Part; readonly work: readonly Work[] }[] => {
  if (step.tag !== 'alterTable') return [{ part: { tag: 'step', step }, work: ddlWork(dialect, [step]) }]
  return elementsOf(dialect, step.table, step.change).map(part => ({
    part,
    work: knowing(dialect, part, known => workOfElement(dialect, known)),
  }))
}

const textsOf = (work: readonly Work[]): readonly string[] => work.flatMap(w => (w.tag === 'sql' ? [w.sql] : []))

/** The batches of a part; null where it is performed as it is. A part that depends on the columns of the database is one batch. */
const batchesOfPart = (dialect: Dialect, part: Part, work: readonly Work[]): readonly WorkBatch[] | null => {
  const { online, transactional } = dialect.ddl
  const [query] = work
  if (part.tag !== 'change' || query?.tag !== 'query' || query.isShown !== true) return online.batches(part, textsOf(work))
  const later = knowing(dialect, part, known => {
    const own = workOfElement(dialect, known)
    return online.batches(known, textsOf(own))?.flatMap(b => b.work) ?? own
  })
  return [{ work: later, transactional, remains: null }]
}

/** The batches of a step; null where it is performed as it is. */
const batchesOf = (dialect: Dialect, step: Step): readonly WorkBatch[] | null => {
  const { transactional } = dialect.ddl
  const parts = partsOf(dialect, step).map(({ part, work }) => ({ part, work, batches: batchesOfPart(dialect, part, work) }))
  if (parts.every(p => p.batches === null)) return null
  const plain = (work: readonly Work[]): readonly WorkBatch[] => (work.length === 0 ? [] : [{ work, transactional, remains: null }])
  return parts.flatMap(({ part, work, batches }) => {
    if (batches === null) return plain(work)
    if (part.tag === 'change' && !work.some(w => w.tag === 'sql')) return batches
    // what depends on the database is before the statements or after them
    const [first, last] = [work.findIndex(w => w.tag === 'sql'), work.findLastIndex(w => w.tag === 'sql')]
    return [...plain(work.slice(0, Math.max(0, first))), ...batches, ...plain(work.slice(last + 1))]
  })
}

/** The batches of some steps, in order. Fails with the errors of `define`, before anything is sent. */
export const online = (steps: readonly Step[], engine: EngineName): E.Either<DbError, readonly Batch[]> => {
  const valid = validateSteps(steps)
  if (E.isLeft(valid)) return valid
  if (engine === 'memory') return E.right(steps.length === 0 ? [] : [{ tag: 'steps', steps, transactional: true }])
  const dialect = dialects[engine]
  const { transactional } = dialect.ddl
  return attempting('a function of the schema', () => {
    const batches: Batch[] = []
    for (const step of steps) {
      const made = dialect.ddl.rebuild === null ? batchesOf(dialect, step) : null
      const last = batches.at(-1)
      if (made !== null) batches.push(...made.map((b): Batch => ({ tag: 'work', step, ...b })))
      else if (last?.tag === 'steps') batches[batches.length - 1] = { ...last, steps: [...last.steps, step] }
      else batches.push({ tag: 'steps', steps: [step], transactional })
    }
    return batches
  })
}

/** The statements of a batch, with the values of commands as literals: to show, and for the script of an administrator. */
export const statementsOfBatch = (batch: Batch, engine: Exclude<EngineName, 'memory'>): readonly string[] => {
  const dialect = dialects[engine]
  return statementsOfWork(dialect, batch.tag === 'steps' ? ddlWork(dialect, batch.steps) : batch.work)
}
