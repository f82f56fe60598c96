/**
 * Foreign keys whose tables change: a key carries descriptions of its two tables, which follow what happens to these.
 *
 * A table may be described in several ways, with other names for its fields; columns correspond by their SQL names. `keysAfter` is what becomes of
 * the keys of a database when a table changes, `keyFor` is a key over other descriptions of its tables.
 *
 * Laws: `keyFor(f, f.table, f.target) = f`; a change of a table that no key mentions leaves all keys as they are.
 */
import type { AnyTable } from '../syntax/Syntax.js'
import type { ForeignKey } from '../table/Schema.js'
import { type Change, changed, changeFor, fieldFor } from './Change.js'
import { idOf } from './SchemaImage.js'

/** Whether a key is this one: of the same table and name. */
export const sameKey =
  (key: ForeignKey) =>
  (f: ForeignKey): boolean =>
    f.name === key.name && idOf(f.table) === idOf(key.table)

/** The keys after a change of a table: their descriptions of it change alike. */
export const keysAfter = (keys: readonly ForeignKey[], table: AnyTable, change: Change): readonly ForeignKey[] => {
  const id = idOf(table)
  const follow = (t: AnyTable): AnyTable => (idOf(t) === id ? changed(t, changeFor(table, t, change)) : t)
  return keys.map(f =>
    change.tag === 'renameConstraint' && idOf(f.table) === id && f.name === change.from
      ? { ...f, name: change.to }
      : { ...f, table: follow(f.table), target: follow(f.target) },
  )
}

/** A key over other descriptions of its tables. */
export const keyFor = (f: ForeignKey, table: AnyTable, target: AnyTable): ForeignKey => ({
  ...f,
  table,
  columns: f.columns.map(c => fieldFor(f.table, table, c) ?? c),
  target,
  targetColumns: f.targetColumns.map(c => fieldFor(f.target, target, c) ?? c),
})
