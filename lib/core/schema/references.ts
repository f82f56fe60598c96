/**
 * What follows from the foreign keys of a database: functions of `References`, without rows.
 *
 * `declaredReferences` makes them of a schema, as its catalog would list them. `tablesOnCycles` are the tables from which cascading deletes
 * lead back to the table itself.
 *
 * Laws: `declaredReferences` of a schema are the references that a database lists after `createAll`, up to the names of keys; an engine
 * may list none.
 */
import type { ForeignKey } from '../table/Schema.js'
import { columnName } from '../table/Table.js'
import type { ReferenceImage, References } from './ReferenceImage.js'
import { idOf, type QualifiedName } from './SchemaImage.js'

/** The name of a table as data. */
export const nameOf = ({ schema, name }: QualifiedName): QualifiedName => ({ schema, name })

/** A declared foreign key by SQL names. */
export const referenceOf = (key: ForeignKey): ReferenceImage => ({
  name: key.name,
  table: nameOf(key.table),
  columns: key.columns.map(f => columnName(key.table, f)),
  target: nameOf(key.target),
  targetColumns: key.targetColumns.map(f => columnName(key.target, f)),
  onDelete: key.onDelete,
  onUpdate: key.onUpdate,
})

/** Declared foreign keys as references, where a table has one name. */
export const declaredReferences = (keys: readonly ForeignKey[]): References => ({
  keys: keys.map(referenceOf),
  idOf,
})

/** The key of a constraint's name. Engines report the table that has it without its schema. */
export const keyNamed = (
  keys: readonly ReferenceImage[],
  table: string | null | undefined,
  name: string | null,
): ReferenceImage | undefined => keys.find(k => k.name !== null && k.name === name && k.table.name === table)

/** The identities of the tables from which cascading deletes lead back to the same table. */
export const tablesOnCycles = ({ keys, idOf }: References): ReadonlySet<string> => {
  const referringTo = new Map<string, Set<string>>()
  for (const { table, target, onDelete } of keys) {
    if (onDelete !== 'cascade') continue
    const id = idOf(target)
    referringTo.set(id, (referringTo.get(id) ?? new Set()).add(idOf(table)))
  }
  const reachable = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>()
    const next = [from]
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      for (const other of referringTo.get(id) ?? []) {
        if (!seen.has(other)) next.push(other)
        seen.add(other)
      }
    }
    return seen
  }
  return new Set([...referringTo.keys()].filter(id => reachable(id).has(id)))
}
