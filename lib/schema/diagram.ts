/**
 * Diagrams of schemas, as Mermaid text.
 *
 * `diagram(image)` is an `erDiagram`: an entity for each table with its columns, their types and their marks (PK, FK, UK), and a line for each
 * foreign key. A row refers to exactly one row if no column of the key is nullable, and to at most one otherwise; at most one row refers
 * to it if the columns are unique, and any number otherwise.
 *
 * Mermaid has no escapes: characters that it does not allow in a name are `_`, and the SQL name is then the comment of the column. Entities
 * whose names would be equal get a number. Views, checks and indexes that are not unique are not drawn.
 */
import { type ColumnImage, idOf, type QualifiedName, type SchemaImage, type TableImage } from '../core/schema/SchemaImage.js'
import { showSqlType } from '../core/value/SqlType.js'
import { chooser } from './module/names.js'

/** A text between double quotes, in one line. */
const quoted = (s: string): string => `"${s.replace(/["%\\\p{C}\u2028\u2029]/gu, '_') || '_'}"`

/** A word of an attribute. A mark is no word. */
const word = (s: string): string => {
  const allowed = s.replace(/[^A-Za-z0-9_()[\]\u00c0-\u02af]+/g, '_')
  return /^[A-Za-z_\u00c0-\u02af]/.test(allowed) && !/^[pfu]k\b/i.test(allowed) ? allowed : `_${allowed}`
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every(x => b.includes(x))

/** Whether at most one row has the same values of these columns. */
const isUnique = (t: TableImage, columns: readonly string[]): boolean =>
  [...(t.primaryKey === null ? [] : [t.primaryKey]), ...t.uniques].some(k => sameSet(k.columns, columns)) ||
  t.indexes.some(
    i =>
      i.unique &&
      i.where === null &&
      sameSet(
        i.keys.flatMap(k => (k.of.tag === 'column' ? [k.of.name] : [])),
        columns,
      ) &&
      i.keys.length === columns.length,
  )

const typeName = (c: ColumnImage): string => word(c.type.tag === 'enum' ? 'enum' : showSqlType(c.type).replace(/, */g, '_'))

const columnLine = (t: TableImage, c: ColumnImage): string => {
  const marks = [
    ...(t.primaryKey?.columns.includes(c.name) ? ['PK'] : []),
    ...(t.foreignKeys.some(f => f.columns.includes(c.name)) ? ['FK'] : []),
    ...(!t.primaryKey?.columns.includes(c.name) && isUnique(t, [c.name]) ? ['UK'] : []),
  ]
  const name = word(c.name)
  return [typeName(c), name, ...(marks.length === 0 ? [] : [marks.join(', ')]), ...(name === c.name ? [] : [quoted(c.name)])].join(' ')
}

/** The Mermaid text of the tables of an image and of the references between them. */
export const diagram = (image: SchemaImage): string => {
  const choose = chooser()
  const text = ({ schema, name }: QualifiedName): string => quoted(schema === null ? name : `${schema}.${name}`)
  const names = new Map(image.tables.map(t => [idOf(t), `"${choose(text(t).slice(1, -1))}"`]))
  const entities = image.tables.flatMap(t => {
    const name = names.get(idOf(t)) ?? ''
    return t.columns.length === 0 ? [`  ${name}`] : [`  ${name} {`, ...t.columns.map(c => `    ${columnLine(t, c)}`), '  }']
  })
  const relations = image.tables.flatMap(t =>
    t.foreignKeys.flatMap(f => {
      const target = names.get(idOf(f.target))
      if (target === undefined) return []
      const isNullable = t.columns.some(c => c.nullable && f.columns.includes(c.name))
      return [
        `  ${target} ${isNullable ? '|o' : '||'}--${isUnique(t, f.columns) ? 'o|' : 'o{'} ${names.get(idOf(t))} : ${quoted(f.columns.join(', '))}`,
      ]
    }),
  )
  return `${['erDiagram', ...entities, ...relations].join('\n')}\n`
}
