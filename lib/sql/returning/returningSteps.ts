/**
 * Commands that return rows, where the engine's own can't: steps in one transaction.
 *
 * `returningSteps` decides whether a command needs a chain of steps, and makes it (`returning/`). A row is identified by its key: what is
 * deleted or updated is locked and read before it is written, what is inserted is read back afterwards.
 *
 * Law: the result is the bag of rows that `returning` means: as they are after the write, or as they were before a delete.
 */
import { type By, type Write, withExpressions } from '../../plan/writePlan.js'
import type { Dialect } from '../Dialect.js'
import { isUpsert, updateThenInsert } from '../updateThenInsert.js'
import { deleting, updating } from './changeSteps.js'
import { inserting, insertingFrom } from './insertSteps.js'
import { done, forEach, type Steps } from './Steps.js'
import { keyIn } from './stepKeys.js'
import { upserting } from './upsertReturning.js'

/** Whether the engine's own command can't return the rows. */
const needsSteps = (dialect: Dialect, write: Write): boolean => {
  const { returning } = dialect.writes
  if (write.returning === null) return false
  if (write.tag === 'delete') return !returning.delete || (returning.delete === 'unlessReferring' && keyIn(write.table) !== undefined)
  if (write.tag === 'update' || write.tag === 'updateFrom') return !returning.update
  if (!returning.insert) return true
  // an upsert of several statements can't tell which of them wrote the row
  return (
    isUpsert(write) &&
    write.conflict.set !== null &&
    !dialect.writes.conflictOnTarget &&
    updateThenInsert({ ...write, returning: null }) !== null
  )
}

/** The steps of a command; null where its own statements return the rows. `chunked` splits an update by given rows. */
export const returningSteps = (
  dialect: Dialect,
  write: Write,
  chunked: (write: By<'updateFrom'>) => readonly By<'updateFrom'>[],
): Steps | null => {
  if (!needsSteps(dialect, write)) return null
  switch (write.tag) {
    case 'delete':
      return deleting(dialect, write)
    case 'update':
      return updating(dialect, write, done)([])
    case 'updateFrom':
      return forEach(chunked(write), (part, rows, on) => updating(dialect, part, on)(rows), done)([])
    case 'insertFrom':
      return insertingFrom(dialect, write, w => inserting(dialect, w, done)([]))
    case 'insert':
      return isUpsert(write) ? upserting(dialect, write) : inserting(dialect, withExpressions(write), done)([])
  }
}
