/**
 * A schema image as lines that a person can read, for tests of catalogs: one line for each column, key, index, check and view.
 *
 * A line names its table. What is usual is left out: an action that is `noAction`, a default method, a valid constraint.
 */
import type { IndexKeyImage, QualifiedName, SchemaImage, TableImage } from '../../lib/core/schema/SchemaImage.js'
import { typeText } from '../../lib/core/schema/typeNote.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'

/** A schema as others define it, and its image. */
export interface ForeignSchema {
  readonly title: string
  readonly ddl: readonly string[]
  readonly image: readonly string[]
}

const nameOf = (n: QualifiedName): string => (n.schema === null ? n.name : `${n.schema}.${n.name}`)

const type = (t: SqlType): string => (t.tag === 'custom' ? `<${Object.values(t.names)[0]}>` : typeText(t))

const known = (text: string | null): string => text ?? '(unknown)'

const key = (k: IndexKeyImage): string => {
  const of = k.of.tag === 'column' ? k.of.name : `[${known(k.of.text)}]`
  return `${of}${k.direction === 'desc' ? ' desc' : ''}${k.nulls === null ? '' : ` nulls ${k.nulls}`}`
}

const list = (names: readonly string[]): string => `(${names.join(', ')})`

const words = (...parts: readonly (string | false | null)[]): string => parts.filter(p => p !== false && p !== null && p !== '').join(' ')

const tableLines = (t: TableImage): readonly string[] => [
  ...t.columns.map(c =>
    words(
      c.name,
      type(c.type),
      !c.nullable && 'not null',
      c.generated && 'generated',
      c.default !== null && `default ${known(c.default.text)}`,
      c.computed !== null && `as ${known(c.computed.text)} ${c.computed.stored ? 'stored' : 'virtual'}`,
      c.comment !== null && `-- ${c.comment}`,
    ),
  ),
  ...(t.primaryKey === null ? [] : [words('primary key', t.primaryKey.name, list(t.primaryKey.columns))]),
  ...t.uniques.map(u => words('unique', u.name, list(u.columns))),
  ...t.indexes.map(i =>
    words(
      i.unique && 'unique',
      'index',
      i.name,
      list(i.keys.map(key)),
      i.method !== null && `by ${i.method}`,
      i.options !== '' && `with ${i.options}`,
      i.where !== null && `where ${known(i.where.text)}`,
      !i.valid && 'invalid',
    ),
  ),
  ...t.checks.map(c => words('check', c.name ?? '(no name)', known(c.text), !c.valid && 'invalid')),
  ...t.foreignKeys.map(f =>
    words(
      'foreign key',
      f.name,
      list(f.columns),
      'to',
      nameOf(f.target),
      list(f.targetColumns),
      f.onDelete !== 'noAction' && `on delete ${f.onDelete}`,
      f.onUpdate !== 'noAction' && `on update ${f.onUpdate}`,
      f.deferrable && 'deferrable',
      !f.valid && 'invalid',
    ),
  ),
  ...(t.comment === null ? [] : [`-- ${t.comment}`]),
  ...t.others.map(o => `other: ${o}`),
]

/** The lines of an image: each begins with the name of its table or view. */
export const imageLines = (image: SchemaImage): readonly string[] => [
  ...image.tables.flatMap(t => tableLines(t).map(line => `${nameOf(t)}: ${line}`)),
  ...image.views.map(v => `${nameOf(v)}: view ${list(v.columns.map(c => `${c.name} ${type(c.type)}`))} as ${known(v.text)}`),
]
