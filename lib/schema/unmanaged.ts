/**
 * The part of a table that its description manages.
 *
 * A description may leave things to the database: constraints and indexes by name (`unmanaged` of a table), and the defaults and expressions of
 * columns (`filledByDatabase`). `managed` removes both from the images that `diff` compares. It also gives a default of the database the text
 * of the description's, where both are literals of the same value: engines write literals in more than one way.
 *
 * Law: `diff` of images without what is unmanaged has no step and no finding that is about it.
 */
import type { CheckImage, ForeignKeyImage, IndexImage, KeyImage, SchemaImage, TableImage } from '../core/schema/SchemaImage.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { columnName } from '../core/table/Table.js'
import { valueOfText } from './literalText.js'

/** A constraint or index of a table. */
export type Unmanageable =
  | { readonly kind: 'primaryKey' | 'unique'; readonly of: KeyImage }
  | { readonly kind: 'check'; readonly of: CheckImage }
  | { readonly kind: 'foreignKey'; readonly of: ForeignKeyImage }
  | { readonly kind: 'index'; readonly of: IndexImage }

/** The name by which `unmanaged` lists something: its own, or what it is where the engine gives it none. */
export const unmanagedName = (x: Unmanageable): string => {
  if (x.of.name !== null) return x.of.name
  switch (x.kind) {
    case 'primaryKey':
      return 'PRIMARY KEY'
    case 'unique':
      return `UNIQUE (${x.of.columns.join(', ')})`
    case 'check':
      return `CHECK (${x.of.text ?? ''})`
    case 'foreignKey':
      return `FOREIGN KEY (${x.of.columns.join(', ')})`
    case 'index':
      return ''
  }
}

const without = (t: TableImage, names: readonly string[]): TableImage => {
  const stays = (x: Unmanageable): boolean => !names.includes(unmanagedName(x))
  return {
    ...t,
    primaryKey: t.primaryKey !== null && stays({ kind: 'primaryKey', of: t.primaryKey }) ? t.primaryKey : null,
    uniques: t.uniques.filter(of => stays({ kind: 'unique', of })),
    checks: t.checks.filter(of => stays({ kind: 'check', of })),
    foreignKeys: t.foreignKeys.filter(of => stays({ kind: 'foreignKey', of })),
    indexes: t.indexes.filter(of => stays({ kind: 'index', of })),
  }
}

/** The images of a table in the database and in its description, without what the description leaves to the database. */
export const managed = (
  live: TableImage,
  own: TableImage,
  table: AnyTable,
  language: SchemaImage['language'],
): { readonly live: TableImage; readonly own: TableImage } => {
  const columns = new Map(Object.entries(table.columns).flatMap(([f, c]) => [columnName(table, f), c.renamedFrom ?? ''].map(n => [n, c])))
  const images = new Map(own.columns.map(c => [c.name, c]))
  const equal = new Set<string>()
  const liveColumns = live.columns.map(c => {
    const described = columns.get(c.name)
    if (described?.filledByDatabase) return { ...c, default: images.get(c.name)?.default ?? null, computed: null }
    const node = described?.default?.node
    if (c.default === null || node?.tag !== 'literal' || node.value === null) return c
    if (!Object.is(valueOfText(c.default.text, c.type, language), node.value)) return c
    equal.add(c.name)
    return { ...c, default: { text: '' } }
  })
  const ownColumns = own.columns.map(c => (equal.has(c.name) && c.default !== null ? { ...c, default: { text: '' } } : c))
  return {
    live: without({ ...live, columns: liveColumns }, table.unmanaged),
    own: without({ ...own, columns: ownColumns }, table.unmanaged),
  }
}
