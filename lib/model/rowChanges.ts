/**
 * Changes of rows, with their consequences: referential actions, then constraints.
 *
 * A `Change` is a row before and after; null where it did not exist, or exists no more. Changes of referenced rows change the rows
 * that reference them (`cascade`, `setNull`), and so on, through cycles and self-references, until nothing follows. Then the
 * constraints of the whole state are checked. `noAction` and `restrict` mean the same here: at the end of a statement no reference may
 * dangle.
 *
 * Law: a state that `applyChanges` returns satisfies every constraint if the state before did.
 */

import type { ForeignKey } from '../core/table/Schema.js'
import { qualifiedName } from '../core/table/Table.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { checkReferences, checkRow, checkUnique, keyOf } from './constraints.js'
import { type Database, type Stored, type StoredRow, withStored } from './Database.js'
import type { Meaning } from './Evaluation.js'

/** A row before and after a change. */
export interface Change {
  readonly before: StoredRow | null
  readonly after: StoredRow | null
}

/** The rows of a table after some changes: updated in place, new ones at the end. */
const withChanges = (rows: readonly StoredRow[], changes: readonly Change[]): readonly StoredRow[] => {
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

/** A referencing row after the row it references was deleted or got another key; the same row where there is no action. */
const consequence = (key: ForeignKey, row: StoredRow, target: StoredRow | null): StoredRow | null => {
  const set = (value: (i: number) => unknown): StoredRow => ({
    ...row,
    ...Object.fromEntries(key.columns.map((field, i) => [field, value(i)])),
  })
  switch (target === null ? key.onDelete : key.onUpdate) {
    case 'cascade':
      return target === null ? null : set(i => target[key.targetColumns[i] as string])
    case 'setNull':
      return set(() => null)
    default:
      return row
  }
}

/** The changes of referencing rows that follow from changes of referenced rows. */
const consequences = (key: ForeignKey, changes: readonly Change[], referencing: readonly StoredRow[]): readonly Change[] => {
  const [from, to] = [keyOf(key.table, key.columns), keyOf(key.target, key.targetColumns)]
  const lost = new Map<unknown, StoredRow | null>()
  for (const { before, after } of changes) {
    const id = before === null ? null : to(before)
    if (id !== null && (after === null || to(after) !== id)) lost.set(id, after)
  }
  if (lost.size === 0) return []
  return referencing.flatMap(row => {
    const target = lost.get(from(row))
    const after = target === undefined ? row : consequence(key, row, target)
    return after === row ? [] : [{ before: row, after }]
  })
}

/** A change of a table. */
export interface ChangeOf extends Change {
  readonly table: string
}

/** A database after changes, and all changes that led to it: one for each row, the given ones first. */
export interface Changed {
  readonly db: Database
  readonly changes: readonly ChangeOf[]
}

/** All changes of rows, each from its first to its last state. */
const history = () => {
  const all: { table: string; before: StoredRow | null; after: StoredRow | null }[] = []
  const at = new Map<StoredRow, number>()
  const add = (table: string, { before, after }: Change): void => {
    const i = (before === null ? undefined : at.get(before)) ?? all.push({ table, before, after }) - 1
    ;(all[i] as (typeof all)[number]).after = after
    if (after !== null) at.set(after, i)
  }
  return { all, add }
}

/** The database after changes of a table and their consequences. Refuses a violated constraint. */
export const applyChanges = (meaning: Meaning, db: Database, table: string, changes: readonly Change[]): Changed => {
  let now = db
  const { all, add } = history()
  const written = new Map<string, Set<StoredRow>>()
  const lostRows = new Set<string>()
  const pending: (readonly [string, readonly Change[]])[] = []
  const at = (name: string): Stored => now.tables.get(name) as Stored

  /** Applies changes, and queues them: their consequences are computed later, on the rows of that time. */
  const apply = (name: string, some: readonly Change[]): void => {
    if (some.length === 0) return
    now = withStored(now, { ...at(name), rows: withChanges(at(name).rows, some) })
    const rows = written.get(name) ?? new Set()
    written.set(name, rows)
    for (const change of some) {
      add(name, change)
      const { before, after } = change
      if (before !== null) lostRows.add(name)
      if (before !== null) rows.delete(before)
      if (after !== null) rows.add(after)
    }
    pending.push([name, some])
  }

  apply(table, changes)
  const limit = maxSteps(db)
  for (let steps = 0; steps < pending.length; steps += 1) {
    const [name, some] = pending[steps] as (typeof pending)[number]
    if (steps > limit) refuse(unsupported('an update that cascades without end', 'memory'))
    for (const key of db.foreignKeys) {
      const child = qualifiedName(key.table)
      if (qualifiedName(key.target) === name) apply(child, consequences(key, some, at(child).rows))
    }
  }

  for (const [name, rows] of written) for (const row of rows) checkRow(meaning, at(name).table, row)
  for (const [name, rows] of written) checkUnique(meaning, at(name), rows)
  for (const key of db.foreignKeys) {
    const [child, parent] = [qualifiedName(key.table), qualifiedName(key.target)]
    const referencing = lostRows.has(parent) ? at(child).rows : (written.get(child) ?? [])
    checkReferences(key, referencing, at(parent).rows, written.get(child) ?? new Set())
  }
  return { db: now, changes: all }
}

/** An upper bound of the steps of a cascade that terminates: each changes or deletes a row. */
const maxSteps = (db: Database): number => {
  const rows = [...db.tables.values()].reduce((n, t) => n + t.rows.length, 0)
  return (rows + 1) * (db.foreignKeys.length + 1)
}
