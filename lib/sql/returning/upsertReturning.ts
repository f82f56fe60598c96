/**
 * Upserts that return rows, as steps.
 *
 * A row that was written is read back by its target; one with null in the target conflicts with no other, and is inserted like a row
 * of an insert. Which rows were written is known from the numbers of rows that their statements report: an upsert with a condition, or that does
 * nothing where the row exists, may leave a row as it was.
 */
import { expressionRows, type PrintedWrite } from '../../plan/writePlan.js'
import { rowsIn } from '../chunks.js'
import type { Dialect } from '../Dialect.js'
import { stepsOf, type Upsert, updateThenInsert } from '../updateThenInsert.js'
import { inserting, precompute, runs } from './insertSteps.js'
import { readBack } from './readSteps.js'
import { done, forEach, type Next, type Row, rowsPerStatement, type Steps } from './Steps.js'
import { named } from './stepKeys.js'

/** An upsert: rows with null in the target are inserted; the others are read back by the target, if they were written. */
export const upserting = (dialect: Dialect, given: Upsert, next: Next = done): Steps => {
  const target = named(given.columns, given.conflict.target)
  return precompute(
    given,
    (_, f) => given.conflict.target.includes(f),
    computed => {
      const write: Upsert = { ...computed, conflict: given.conflict }
      const values = (row: Row): readonly unknown[] =>
        target.map(c => {
          const s = row[write.fields.indexOf(c.name)]
          return s?.node.tag === 'literal' ? s.node.value : null
        })
      const meets = (row: Row): boolean => values(row).every(v => v !== null)
      const one = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps =>
        meets(rows[0] as Row)
          ? upsertingRows(dialect, { ...write, rows: expressionRows(rows) }, written =>
              readBack(dialect, write, target, written.map(values), { isOrdered: true, isLocked: true }, on)(before),
            )
          : inserting(dialect, { ...write, conflict: null, rows: expressionRows(rows) }, on)(before)
      return forEach(runs(write.rows.rows, meets), one, next)([])
    },
  )
}

/** Upserts rows, and continues with those that were written. */
const upsertingRows = (dialect: Dialect, write: Upsert, next: (written: readonly Row[]) => Steps): Steps => {
  const bare: Upsert = { ...write, returning: null }
  const { rows: all } = write.rows
  if (updateThenInsert(bare) === null) {
    const some = rowsIn(dialect, all, rowsPerStatement(dialect, write.fields.length))
    const whole = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps => ({
      tag: 'write',
      write: { ...bare, rows: expressionRows(rows) },
      then: () => on(before),
    })
    return forEach(some, whole, () => next(all))([])
  }
  const one = (row: Row, written: readonly unknown[], on: Next): Steps => {
    const step = (print: PrintedWrite, affected: readonly unknown[], after: Next): Steps => ({
      tag: 'write',
      write: print,
      then: n => after([...affected, n]),
    })
    return forEach(stepsOf(bare, row), step, affected => on(affected.some(n => n !== 0) ? [...written, row] : written))([])
  }
  return forEach(all, one, written => next(written as readonly Row[]))([])
}
