/**
 * Kinds: which expressions can be combined.
 *
 * Two expressions of one kind can be compared, united, and be branches of one CASE: their SQL types agree up to widening that every
 * engine does, and their TypeScript types agree too. Expressions without a kind (JSON, arrays, columns with a codec) are passed along and
 * tested for null, but not combined.
 */

import { type ExprType, exprType } from '../../lib/core/syntax/Syntax.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'

export type Kind =
  | 'int'
  | 'bigint'
  | 'float'
  | 'numeric'
  | 'text'
  | 'boolean'
  | 'uuid'
  | 'timestamp'
  | 'timestampMicros'
  | 'date'
  | 'time'
  | 'bytes'
  | `enum ${string}`

export const kindOf = (type: ExprType): Kind | null => {
  const { sql, refine } = type
  if (refine !== null) return null
  switch (sql.tag) {
    case 'smallint':
    case 'int':
      return 'int'
    case 'varchar':
    case 'char':
      return 'text'
    case 'text':
      return sql.collation === undefined ? 'text' : null
    case 'numeric':
      return sql.precision <= 18 && sql.sqlite === undefined ? 'numeric' : null
    case 'enum':
      return `enum ${JSON.stringify(sql.values)}`
    case 'json':
    case 'array':
    case 'vector':
    case 'custom':
      return null
    default:
      return sql.tag
  }
}

/** The type of literals of a kind. */
export const typeOfKind = (kind: Kind): ExprType => exprType(sqlOfKind(kind))

const sqlOfKind = (kind: Kind): SqlType => {
  if (kind === 'numeric') return { tag: 'numeric', precision: 10, scale: 2 }
  if (kind.startsWith('enum ')) return { tag: 'enum', values: JSON.parse(kind.slice(5)) as readonly string[] }
  return { tag: kind as 'int' }
}

export const numberKinds: readonly Kind[] = ['int', 'float', 'bigint', 'numeric']

export const isNumber = (kind: Kind | null): boolean => kind !== null && numberKinds.includes(kind)

/** Whether `min` and `max` accept a kind. */
export const hasExtremes = (kind: Kind): boolean => kind !== 'boolean' && kind !== 'uuid' && kind !== 'bytes'
