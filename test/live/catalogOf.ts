/**
 * A catalog on an open engine, and images as text that is easy to compare with DDL.
 *
 * `imageIn` sends the queries of a catalog as raw statements, in order. `describe` prints an image: one line for each column, key, index, check
 * and foreign key, as the DDL would have it, and one with an asterisk for each sentence of `others`.
 */
import { nullable, text } from '../../lib/Column.js'
import type { IndexKeyImage, QualifiedName, SchemaImage, TableImage } from '../../lib/core/schema/SchemaImage.js'
import { typeText } from '../../lib/core/schema/typeNote.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'
import * as Program from '../../lib/Program.js'
import type { Catalog, CatalogRows, CatalogScope } from '../../lib/sql/Catalog.js'
import type { Session } from './eachEngine.js'
import { template } from './rawText.js'

export const MAIN: CatalogScope = { schemas: [null], temporary: false }

export const imageIn = async (s: Pick<Session, 'right'>, catalog: Catalog, scope: CatalogScope = MAIN): Promise<SchemaImage> => {
  const rows: CatalogRows[] = []
  for (const query of catalog.queries(scope)) {
    const names = Array.from({ length: query.columns }, (_, i) => `c${i}`)
    const columns = Object.fromEntries(names.map(name => [name, nullable(text)]))
    const got = await s.right(Program.raw(columns)(template(query.text)))
    rows.push(got.map(row => names.map(name => (row as Readonly<Record<string, string | null>>)[name] ?? null)))
  }
  return catalog.read(rows, scope)
}

const typeName = (t: SqlType): string => (t.tag === 'custom' ? `<${t.names.sqlite}>` : typeText(t))
const list = (names: readonly string[]): string => `(${names.join(', ')})`
const named = (name: string | null): string => (name === null ? '' : ` ${name}`)
const qualified = ({ schema, name }: QualifiedName): string => (schema === null ? name : `${schema}.${name}`)
const key = ({ of, direction }: IndexKeyImage): string =>
  `${of.tag === 'column' ? of.name : `{${of.text}}`}${direction === 'desc' ? ' desc' : ''}`

const ACTIONS = { noAction: '', restrict: 'restrict', cascade: 'cascade', setNull: 'set null', setDefault: 'set default' }
const on = (event: string, action: keyof typeof ACTIONS): string => (ACTIONS[action] === '' ? '' : ` on ${event} ${ACTIONS[action]}`)

const tableLines = (t: TableImage): readonly string[] => [
  `table ${qualified(t)}${t.comment === null ? '' : ` -- ${t.comment}`}`,
  ...t.columns.map(c => {
    const byDefault = c.default === null ? '' : ` default ${c.default.text}`
    const computed = c.computed === null ? '' : ` as ${c.computed.text}${c.computed.stored ? ' stored' : ''}`
    const rest = `${c.nullable ? '?' : ''}${c.generated ? ' generated' : ''}${byDefault}${computed}`
    return `  ${c.name} ${typeName(c.type)}${rest}${c.comment === null ? '' : ` -- ${c.comment}`}`
  }),
  ...(t.primaryKey === null ? [] : [`  primary key${named(t.primaryKey.name)} ${list(t.primaryKey.columns)}`]),
  ...t.uniques.map(u => `  unique${named(u.name)} ${list(u.columns)}`),
  ...t.indexes.map(i => {
    const where = i.where === null ? '' : ` where ${i.where.text}`
    return `  ${i.unique ? 'unique ' : ''}index ${i.name} ${list(i.keys.map(key))}${where}${i.options === '' ? '' : ` with ${i.options}`}`
  }),
  ...t.checks.map(c => `  check${named(c.name)} ${c.text}`),
  ...t.foreignKeys.map(f => {
    const actions = `${on('delete', f.onDelete)}${on('update', f.onUpdate)}${f.deferrable ? ' deferrable' : ''}`
    return `  key${named(f.name)} ${list(f.columns)} to ${qualified(f.target)} ${list(f.targetColumns)}${actions}`
  }),
  ...t.others.map(other => `  * ${other}`),
]

export const describe = (image: SchemaImage): string =>
  [
    ...image.tables.flatMap(tableLines),
    ...image.views.flatMap(v => [
      `view ${qualified(v)} ${list(v.columns.map(c => `${c.name} ${typeName(c.type)}`))}${v.comment === null ? '' : ` -- ${v.comment}`}`,
      `  ${v.text}`,
    ]),
  ].join('\n')
