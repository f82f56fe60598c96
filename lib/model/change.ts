/**
 * Changes of rows, with all that follows from them: referential actions, then constraints.
 *
 * A `Change` is a row as it was and as it is, null for a row that was not there or is no more. Changes
 * of referred rows change the rows that refer to them (`cascade`, `setNull`), and so on, through cycles
 * and tables that refer to themselves, until nothing follows. Then the whole state is held against its
 * constraints. `noAction` and `restrict` mean the same here: at the end of the statement no row may
 * refer to nothing.
 *
 * Law: a state that `changed` answers satisfies every constraint, if the one before did.
 */

import type { ForeignKey } from '../core/table/Schema.js'
import { qualifiedName } from '../core/table/Table.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { checkReferences, checkRow, checkUnique, keyOf } from './constraints.js'
import { type Database, type Stored, type StoredRow, withStored } from './Database.js'
import type { Meaning } from './Evaluation.js'

export interface Change {
  readonly before: StoredRow | null
  readonly after: StoredRow | null
}

/** The rows of a table after some changes: in their places, new ones at the end. */
const replaced = (rows: readonly StoredRow[], changes: readonly Change[]): readonly StoredRow[] => {
  const after = new Map<StoredRow, StoredRow | null>()
  const added: StoredRow[] = []
  for (const c of changes) {
    if (c.before !== null) after.set(c.before, c.after)
    else if (c.after !== null) added.push(c.after)
  }
  if (after.size === 0) return [...rows, ...added]
  const kept = rows.map(row => after.get(row) ?? (after.has(row) ? null : row))
  return [...kept.filter(row => row !== null), ...added]
}

/** The row that a referring row becomes when the row it refers to is gone or has another key; itself, if nothing is to be done now. */
const consequence = (key: ForeignKey, row: StoredRow, referred: StoredRow | null): StoredRow | null => {
  const set = (value: (i: number) => unknown): StoredRow => ({
    ...row,
    ...Object.fromEntries(key.columns.map((field, i) => [field, value(i)])),
  })
  switch (referred === null ? key.onDelete : key.onUpdate) {
    case 'cascade':
      return referred === null ? null : set(i => referred[key.targetColumns[i] as string])
    case 'setNull':
      return set(() => null)
    default:
      return row
  }
}

/** The changes of referring rows that follow from changes of the rows they refer to. */
const consequences = (key: ForeignKey, changes: readonly Change[], referring: readonly StoredRow[]): readonly Change[] => {
  const [from, to] = [keyOf(key.table, key.columns), keyOf(key.target, key.targetColumns)]
  const lost = new Map<unknown, StoredRow | null>()
  for (const { before, after } of changes) {
    const id = before === null ? null : to(before)
    if (id !== null && (after === null || to(after) !== id)) lost.set(id, after)
  }
  if (lost.size === 0) return []
  return referring.flatMap(row => {
    const referred = lost.get(from(row))
    const after = referred === undefined ? row : consequence(key, row, referred)
    return after === row ? [] : [{ before: row, after }]
  })
}

/** The database after changes of a table and everything that follows. Refuses when a constraint is violated. */
export const changed = (meaning: Meaning, db: Database, table: string, changes: readonly Change[]): Database => {
  let now = db
  const written = new Map<string, Set<StoredRow>>()
  const bereft = new Set<string>()
  const pending: (readonly [string, readonly Change[]])[] = []
  const at = (name: string): Stored => now.tables.get(name) as Stored

  /** Applies changes; what follows from them is looked for later, among the rows as they are by then. */
  const apply = (name: string, these: readonly Change[]): void => {
    if (these.length === 0) return
    now = withStored(now, { ...at(name), rows: replaced(at(name).rows, these) })
    const rows = written.get(name) ?? new Set()
    written.set(name, rows)
    for (const { before, after } of these) {
      if (before !== null) bereft.add(name)
      if (before !== null) rows.delete(before)
      if (after !== null) rows.add(after)
    }
    pending.push([name, these])
  }

  apply(table, changes)
  const enough = stepsAtMost(db)
  for (let steps = 0; steps < pending.length; steps += 1) {
    const [name, these] = pending[steps] as (typeof pending)[number]
    if (steps > enough) refuse(unsupported('an update that cascades without end', 'memory'))
    for (const key of db.foreignKeys) {
      const child = qualifiedName(key.table)
      if (qualifiedName(key.target) === name) apply(child, consequences(key, these, at(child).rows))
    }
  }

  for (const [name, rows] of written) for (const row of rows) checkRow(meaning, at(name).table, row)
  for (const [name, rows] of written) checkUnique(at(name).table, at(name).rows, rows)
  for (const key of db.foreignKeys) {
    const [child, parent] = [qualifiedName(key.table), qualifiedName(key.target)]
    const referring = bereft.has(parent) ? at(child).rows : (written.get(child) ?? [])
    checkReferences(key, referring, at(parent).rows, written.get(child) ?? new Set())
  }
  return now
}

/** More steps than any change takes that comes to an end: a row is changed or deleted in each. */
const stepsAtMost = (db: Database): number => {
  const rows = [...db.tables.values()].reduce((n, t) => n + t.rows.length, 0)
  return (rows + 1) * (db.foreignKeys.length + 1)
}
