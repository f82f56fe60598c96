/**
 * Foreign keys as the catalog of an engine lists them: the columns of the one query of each dialect, and how its rows are read.
 *
 * The query (`ddl.references`) has a row for each column of each key, the rows of a key one after the other in the order of its columns.
 * All its columns are texts or null. It lists the keys of all tables that the user sees, in every database schema: a cascade crosses
 * schemas. The engine reports the full name of a table and whether it is the one that the name alone means; such a table has no schema in
 * the result, as in the declarations of this library.
 *
 * Law: after `createAll(s)` the references are `declaredReferences(s.foreignKeys)`, without names where the engine keeps none.
 */
import type { ReferenceImage, References } from '../core/schema/ReferenceImage.js'
import type { ActionImage, QualifiedName } from '../core/schema/SchemaImage.js'
import type { CatalogRows } from './Catalog.js'

/** The columns of the query, in order. */
export const REFERENCE_COLUMNS = [
  'key',
  'name',
  'schema',
  'table',
  'isDefault',
  'column',
  'targetSchema',
  'target',
  'targetIsDefault',
  'targetColumn',
  'onDelete',
  'onUpdate',
] as const

type Cell = Readonly<Record<(typeof REFERENCE_COLUMNS)[number], string>>

/** The actions, as SQL names them. */
const ACTIONS: { readonly [name: string]: ActionImage } = {
  'NO ACTION': 'noAction',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'setNull',
  'SET DEFAULT': 'setDefault',
}

const action = (name: string): ActionImage => ACTIONS[name] ?? 'noAction'

/** The references in the rows of the query. `foldsNames`: names of tables that differ only in case are the same. */
export const referencesIn = (rows: CatalogRows, foldsNames: boolean): References => {
  const keys = new Map<string, ReferenceImage & { readonly columns: string[]; readonly targetColumns: string[] }>()
  const defaults = new Set<string>()
  const folded = (text: string): string => (foldsNames ? text.toLowerCase() : text)
  const fullName = (schema: string | null, name: string): string => folded(JSON.stringify([schema, name]))
  const named = (schema: string, name: string, isDefault: string): QualifiedName => {
    if (isDefault !== '1') return { schema, name }
    defaults.add(fullName(schema, name))
    return { schema: null, name }
  }
  for (const row of rows) {
    const c = Object.fromEntries(REFERENCE_COLUMNS.map((column, i) => [column, row[i] ?? ''])) as Cell
    const known = keys.get(c.key)
    if (known !== undefined) {
      known.columns.push(c.column)
      known.targetColumns.push(c.targetColumn)
      continue
    }
    keys.set(c.key, {
      name: c.name === '' ? null : c.name,
      table: named(c.schema, c.table, c.isDefault),
      columns: [c.column],
      target: named(c.targetSchema, c.target, c.targetIsDefault),
      targetColumns: [c.targetColumn],
      onDelete: action(c.onDelete),
      onUpdate: action(c.onUpdate),
    })
  }
  return {
    keys: [...keys.values()],
    idOf: ({ schema, name }) => {
      const full = fullName(schema, name)
      return schema === null || defaults.has(full) ? fullName(null, name) : full
    },
  }
}
