/**
 * What steps do to a table of SQLite while others use the database.
 *
 * A database has one writer at a time, so what writes much lets other writers wait for long; readers of a file in WAL mode read on. SQLite
 * adds nullable columns and constants, and renames, by the definition alone; what it has no statement for is a table that is created again
 * and filled, which writes every row. Every step is transactional, so no step is taken apart.
 */

import { type Effect, HARMLESS, type Online, type Part } from '../OnlineSteps.js'
import { addsInPlace } from './alter.js'

const REBUILT: Effect = { rewrites: true, blocks: 'writes' }

const effect = (part: Part): Effect => {
  switch (part.tag) {
    case 'command':
      return REBUILT
    case 'step':
      if (part.step.tag === 'createIndex') return { rewrites: false, blocks: 'writes' }
      return part.step.tag === 'addForeignKey' || part.step.tag === 'dropForeignKey' ? REBUILT : HARMLESS
    case 'change': {
      const { change, parts } = part
      if (change.tag === 'renameTable' || change.tag === 'renameColumn') return HARMLESS
      return change.tag === 'addColumn' && addsInPlace(change, parts) ? HARMLESS : REBUILT
    }
    default:
      return HARMLESS
  }
}

/** SQLite. */
export const online: Online = { effect, batches: () => null }
