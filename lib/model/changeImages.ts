/**
 * What `changes` returns: the rows that a command changed, with the rows that foreign keys changed.
 *
 * The changes are those that `applyChanges` has made of the state, read through the declarations of their tables: the command's, and those
 * that were passed to `changes`. What may follow is known from the foreign keys alone (`followingOf`), so that a command is refused for a
 * table that is not declared even if it changes none of its rows, as on an engine that has to lock rows before it writes.
 *
 * Law: applied to the rows before the command, the changes give the rows after it.
 */
import { assignmentsOf } from '../core/command/plainRows.js'
import { offeredFields } from '../core/command/upsert.js'
import { childrenFirst } from '../core/schema/childrenFirst.js'
import { type Effect, followingOf } from '../core/schema/following.js'
import { type RowChange, type RowImage, valueIdentity } from '../core/schema/RowChange.js'
import { declaredReferences, nameOf } from '../core/schema/references.js'
import type { AnyExpr, AnyTable, Changes, CommandNode, Shape } from '../core/syntax/Syntax.js'
import { rowOf, scopeOf, symbolsOf } from '../core/syntax/scope.js'
import { columnName, qualifiedName } from '../core/table/Table.js'
import { type Database, rowReader, type StoredRow, stored } from './Database.js'
import { decoder } from './decode.js'
import type { Meaning } from './Evaluation.js'
import { literals } from './literals.js'
import type { ChangeOf } from './rowChanges.js'

/** The fields that a command sets in existing rows, or null where it deletes them. */
const setFields = (node: Exclude<CommandNode, { readonly tag: 'invalid' }>): readonly string[] | null => {
  const { table } = node
  const row = symbolsOf(table.types)
  switch (node.tag) {
    case 'delete':
      return null
    case 'update':
      return Object.keys(node.set(row))
    case 'updateFrom': {
      const matched = rowOf(node.query)
      return matched === null ? [] : Object.keys(node.set(row, scopeOf(matched)))
    }
    case 'insert': {
      const set = node.conflict?.set ?? null
      if (set === null) return []
      return Object.keys(
        set(row, Object.fromEntries(offeredFields(table, assignmentsOf(table, node.rows)).map(f => [f, row[f] as AnyExpr]))),
      )
    }
    default:
      return []
  }
}

/** Reads the rows of a table by a declaration of it. */
const imagesOf = (m: Meaning, db: Database, table: AnyTable): ((row: StoredRow | null) => RowImage | null) => {
  const seen = rowReader(stored(db, table), table)
  const decode = decoder(m)
  return row => {
    if (row === null) return null
    const cells = Object.entries(literals(table.types, seen(row))).map(([f, e]): readonly [string, AnyExpr] => [
      columnName(table, f),
      { ...e, type: { ...e.type, refine: null } },
    ])
    return decode(Object.fromEntries(cells) as Shape, 0) as RowImage
  }
}

/** Refuses a command whose changes can't be known, and returns what makes the result of its changes. */
export const changeImages = (
  m: Meaning,
  db: Database,
  node: Exclude<CommandNode, { readonly tag: 'invalid' }>,
  { tables }: Changes,
): ((changes: readonly ChangeOf[]) => readonly RowChange[]) => {
  const { table } = node
  const fields = setFields(node)
  const effect: Effect = { deletes: fields === null, sets: new Set((fields ?? []).map(f => columnName(table, f))) }
  const references = declaredReferences(db.foreignKeys)
  const following = followingOf(references, table, tables, effect)
  const declared = new Map([...following.tables.values()].map(t => [qualifiedName(t), t]))
  return changes => {
    const readers = new Map([...declared].map(([name, t]) => [name, imagesOf(m, db, t)]))
    const images = changes.flatMap(({ table: name, before, after }): readonly RowChange[] => {
      const [t, read] = [declared.get(name) as AnyTable, readers.get(name) as ReturnType<typeof imagesOf>]
      return changeOf(t, read(before), read(after))
    })
    return childrenFirst(references, images)
  }
}

/** The change of a row, if its columns differ. */
const changeOf = (table: AnyTable, before: RowImage | null, after: RowImage | null): readonly RowChange[] => {
  const found = before ?? after
  if (found === null) return []
  const names = Object.keys(table.columns).map(f => [f, columnName(table, f)] as const)
  const isSame = ([f, c]: (typeof names)[number]): boolean => {
    const type = table.types[f]?.sql ?? { tag: 'text' as const }
    return valueIdentity(type, before?.[c] ?? null) === valueIdentity(type, after?.[c] ?? null)
  }
  if (before !== null && after !== null && names.every(isSame)) return []
  const key = Object.fromEntries((table.primaryKey?.columns ?? []).map(f => [columnName(table, f), found[columnName(table, f)]]))
  return [{ table: nameOf(table), key, before, after }]
}
