/**
 * Tables of images: a description of a table that a database has, for the steps that change it.
 *
 * The description has the columns, keys, checks and indexes of the image under their names. Its fields are those of a wanted description
 * where columns correspond by SQL name, and SQL names otherwise. What an image has as text (defaults, checks, index conditions) can't be
 * evaluated: such a description is for steps and for reading and writing rows, not for creating the table again.
 */
import { lit } from '../core/expr/Expr.js'
import type { ColumnImage, IndexImage, TableImage } from '../core/schema/SchemaImage.js'
import { type AnyColumn, type AnyExpr, type AnyTable, exprType, type Index, type Key } from '../core/syntax/Syntax.js'
import { shortName } from '../core/table/Table.js'

const columnOf = (c: ColumnImage): AnyColumn => ({
  kind: 'column',
  type: exprType(c.type, c.nullable, null),
  name: c.name,
  generated: c.generated,
  default: null,
  unique: false,
  indexed: false,
  check: null,
  comment: c.comment,
  renamedFrom: null,
  filledByDatabase: false,
})

/** In place of an expression that is known as text only. It reads no column, so no change takes it along. */
const unknown = (): AnyExpr => lit(true)

/** An index of an image. Its expressions are not known: it can be dropped, not created. */
export const indexOfImage = (i: IndexImage, fieldOf: (name: string) => string): Index => ({
  name: i.name,
  columns: i.keys.flatMap(k => (k.of.tag === 'column' ? [fieldOf(k.of.name)] : [])),
  on: i.keys.every(k => k.of.tag === 'column') ? null : () => i.keys.map(unknown),
  unique: i.unique,
  where: i.where === null ? null : unknown,
  method: i.method,
})

/** The description of a table of an image. `fields` gives the field of an SQL name; undefined is the name itself. */
export const tableOfImage = (t: TableImage, fields: (name: string) => string | undefined = () => undefined): AnyTable => {
  const fieldOf = (name: string): string => fields(name) ?? name
  const keyOf = (k: { readonly name: string | null; readonly columns: readonly string[] }, suffix: string): Key => ({
    name: k.name ?? shortName(`${t.name}_${suffix}`),
    columns: k.columns.map(fieldOf),
  })
  const columns = Object.fromEntries(t.columns.map(c => [fieldOf(c.name), columnOf(c)]))
  return {
    kind: 'table',
    name: t.name,
    schema: t.schema,
    columns,
    names: Object.fromEntries(t.columns.map(c => [fieldOf(c.name), c.name])),
    types: Object.fromEntries(Object.entries(columns).map(([f, c]) => [f, c.type])),
    primaryKey: t.primaryKey === null ? null : keyOf(t.primaryKey, 'pkey'),
    uniques: t.uniques.map(u => keyOf(u, `${u.columns.join('_')}_key`)),
    indexes: t.indexes.map(i => indexOfImage(i, fieldOf)),
    checks: t.checks.flatMap(c => (c.name === null ? [] : [{ name: c.name, predicate: unknown }])),
    query: null,
    comment: t.comment,
    renamedFrom: null,
    unmanaged: [],
  }
}
