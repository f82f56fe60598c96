/**
 * Type notes: canonical types in the comments of columns.
 *
 * The catalog of an engine can't tell all canonical types apart: SQLite stores a date, a json and a text as TEXT, MySQL an array as json.
 * Where that is so, the definition of a column carries its type in the column's comment, after the user's own: `price per unit
 * [query-ts numeric(8,2)]`. SQLite, which has no comments, has the same text as a comment in the text of CREATE TABLE, which it keeps.
 *
 * Laws: `readComment(writeComment(c, t)) = { comment: c, type: t }`, and no comment contains the end of an SQL comment, a line break or a
 * backtick that the type has put there.
 */
import { type SqlType, showSqlType } from '../value/SqlType.js'

/** A string in JSON, all in visible ASCII, without the end of an SQL comment. */
const quoted = (s: string): string =>
  JSON.stringify(s)
    .replaceAll('*/', '*\\/')
    .replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A type as text that `readType` reads. Types of an engine's own have none. */
export const typeText = (t: SqlType): string => {
  switch (t.tag) {
    case 'enum':
      return `enum(${t.values.map(quoted).join(',')})`
    case 'array':
      return `array(${typeText(t.element)}${t.elementNullable ? '?' : ''})`
    case 'numeric':
      return `${showSqlType(t)}${t.sqlite === 'real' ? ' real' : ''}`
    case 'text':
      return t.collation === 'stored' ? 'text stored' : 'text'
    case 'json':
      return t.read === 'text' ? 'json text' : 'json'
    default:
      return showSqlType(t)
  }
}

const PLAIN = new Set(['smallint', 'int', 'bigint', 'float', 'uuid', 'boolean', 'timestamp', 'timestampMicros', 'date', 'time', 'bytes'])

/** Reads what `typeText` wrote; null if it is something else. */
const readType = (s: string): SqlType | null => {
  if (PLAIN.has(s)) return { tag: s as 'int' }
  if (s === 'text') return { tag: 'text' }
  if (s === 'text stored') return { tag: 'text', collation: 'stored' }
  if (s === 'json') return { tag: 'json' }
  if (s === 'json text') return { tag: 'json', read: 'text' }
  const [, tag, inside = '', real] = /^(\w+)\((.*)\)( real)?$/s.exec(s) ?? []
  const [a, b] = /^(\d+)(?:,(\d+))?$/.exec(inside)?.slice(1).map(Number) ?? []
  switch (tag) {
    case 'numeric':
      return a === undefined || b === undefined || Number.isNaN(b)
        ? null
        : { tag, precision: a, scale: b, ...(real === undefined ? {} : { sqlite: 'real' as const }) }
    case 'varchar':
    case 'char':
      return a === undefined ? null : { tag, length: a }
    case 'vector':
      return a === undefined ? null : { tag, dimension: a }
    case 'array': {
      const elementNullable = inside.endsWith('?')
      const element = readType(elementNullable ? inside.slice(0, -1) : inside)
      return element === null ? null : { tag, element, elementNullable }
    }
    case 'enum':
      try {
        return { tag, values: JSON.parse(`[${inside}]`) as string[] }
      } catch {
        return null
      }
    default:
      return null
  }
}

/** The comment of a column with the note of a type after it. */
export const writeComment = (comment: string | null, type: SqlType | null): string | null =>
  type === null ? comment : `${comment === null || comment === '' ? '' : `${comment} `}[query-ts ${typeText(type)}]`

/** A comment of a column, taken apart. The type is null without a note. */
export const readComment = (text: string | null): { readonly comment: string | null; readonly type: SqlType | null } => {
  const found = text === null ? null : /^(?:(.*) )?\[query-ts (.*)\]$/s.exec(text)
  const type = found === null ? null : readType(found[2] ?? '')
  return type === null || found === null ? { comment: text === '' ? null : text, type: null } : { comment: found[1] ?? null, type }
}
