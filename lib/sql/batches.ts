/**
 * Steps taken apart into batches: what one transaction, or one statement that commits, does of them.
 *
 * Where definitions are transactional, some steps are one batch; elsewhere each statement commits and is a batch of its own, so that its runner
 * can record it. With `online` a step is performed in the forms of `ddl.online`, which block less. What can't be in a transaction is alone in a
 * batch that is not `transactional`. A batch that only queries, and does what the rows ask for, may be performed twice.
 *
 * Law: performing all batches in order is performing the steps, where no other transaction interferes.
 */
import type { Step } from '../core/schema/Step.js'
import { elementsOf, knowing, workOfElement } from './alter.js'
import type { Dialect } from './Dialect.js'
import { ddlWork } from './ddl.js'
import type { Part, WorkBatch } from './OnlineSteps.js'
import type { Work } from './Work.js'

/** The parts of a step, each with its statements. */
export const partsOf = (dialect: Dialect, step: Step): readonly { readonly part: Part; readonly work: readonly Work[] }[] => {
  if (step.tag !== 'alterTable') return [{ part: { tag: 'step', step }, work: ddlWork(dialect, [step]) }]
  return elementsOf(dialect, step.table, step.change).map(part => ({
    part,
    work: knowing(dialect, part, known => workOfElement(dialect, known)),
  }))
}

const textsOf = (work: readonly Work[]): readonly string[] => work.flatMap(w => (w.tag === 'sql' ? [w.sql] : []))

/** Each statement that commits by itself. */
const apart = (work: readonly Work[]): readonly WorkBatch[] =>
  work.map(w => ({ work: [w], transactional: w.tag === 'command' || w.tag === 'guard', remains: null, again: null }))

const together = (work: readonly Work[]): readonly WorkBatch[] =>
  work.length === 0 ? [] : [{ work, transactional: !work.some(w => w.tag === 'outside'), remains: null, again: null }]

const plain = (dialect: Dialect, work: readonly Work[]): readonly WorkBatch[] => (dialect.ddl.transactional ? together(work) : apart(work))

/** The batches of a part; null where it is performed as it is. A part that depends on the columns of the database is one batch. */
const batchesOfPart = (dialect: Dialect, part: Part, work: readonly Work[]): readonly WorkBatch[] | null => {
  const { online } = dialect.ddl
  const [query] = work
  if (part.tag !== 'change' || query?.tag !== 'query' || query.isShown !== true) return online.batches(part, textsOf(work))
  const later = knowing(dialect, part, known => {
    const own = workOfElement(dialect, known)
    return online.batches(known, textsOf(own))?.flatMap(b => b.work) ?? own
  })
  return plain(dialect, later)
}

/** The batches of a step in the forms that block less; null where it is performed as it is. */
const onlineBatches = (dialect: Dialect, step: Step): readonly WorkBatch[] | null => {
  const { rebuild } = dialect.ddl
  if (rebuild !== null) return null
  const parts = partsOf(dialect, step).map(({ part, work }) => ({ part, work, batches: batchesOfPart(dialect, part, work) }))
  if (parts.every(p => p.batches === null)) return null
  return parts.flatMap(({ part, work, batches }) => {
    if (batches === null) return plain(dialect, work)
    if (part.tag === 'change' && !work.some(w => w.tag === 'sql')) return batches
    // what depends on the database is before the statements or after them
    const [first, last] = [work.findIndex(w => w.tag === 'sql'), work.findLastIndex(w => w.tag === 'sql')]
    return [...plain(dialect, work.slice(0, Math.max(0, first))), ...batches, ...plain(dialect, work.slice(last + 1))]
  })
}

/** The batches of some steps, in order. */
export const batchesOf = (dialect: Dialect, steps: readonly Step[], online: boolean): readonly WorkBatch[] => {
  const [step] = steps
  const milder = online && steps.length === 1 && step !== undefined ? onlineBatches(dialect, step) : null
  return milder ?? plain(dialect, ddlWork(dialect, steps))
}
