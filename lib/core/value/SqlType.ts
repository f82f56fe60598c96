/**
 * The canonical SQL types, as plain data.
 *
 * A `SqlType` names a set of *canonical values*: the JavaScript values in which query-ts stores,
 * compares and reads that type, the same on every engine. The SQL name of a type is in the dialect
 * record; refinements are io-ts types on a column.
 *
 * - smallint, int, float: number; bigint: bigint; numeric(p, s): decimal text with exactly s fraction digits
 * - text, varchar, char, uuid, enum: string; boolean: boolean; bytes: Uint8Array
 * - timestamp: Date (an instant in UTC, milliseconds); timestampMicros, date, time: ISO text
 * - json: the JSON value, or (`read: 'text'`) its text with all digits; array: an array; vector: number[] of 32-bit floats
 */
import type { DialectName } from './DialectName.js'

/** A decimal number as text: `'12.50'`. The compiler checks literals, the codec checks computed texts. */
export type Decimal = `${number}`

/** A JSON document. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The canonical types. */
export type SqlType =
  | { readonly tag: 'smallint' | 'int' | 'bigint' | 'float' | 'uuid' | 'boolean' }
  | { readonly tag: 'timestamp' | 'timestampMicros' | 'date' | 'time' | 'bytes' }
  | { readonly tag: 'json'; readonly read?: 'text' }
  | { readonly tag: 'numeric'; readonly precision: number; readonly scale: number; readonly sqlite?: 'real' }
  | { readonly tag: 'text'; readonly collation?: 'stored' }
  | { readonly tag: 'varchar' | 'char'; readonly length: number }
  | { readonly tag: 'enum'; readonly values: readonly string[] }
  | { readonly tag: 'array'; readonly element: SqlType; readonly elementNullable: boolean }
  | { readonly tag: 'vector'; readonly dimension: number }
  | { readonly tag: 'custom'; readonly names: { readonly [D in DialectName]?: string } }

/** Whether the values of a type are integers. */
export const isInteger = (t: SqlType): boolean => t.tag === 'int' || t.tag === 'bigint' || t.tag === 'smallint'

/** Whether the values of a type are numbers. */
export const isNumber = (t: SqlType): boolean => isInteger(t) || t.tag === 'float' || t.tag === 'numeric'

/** Whether the values of a type are texts. */
export const isText = (t: SqlType): boolean => t.tag === 'text' || t.tag === 'varchar' || t.tag === 'char' || t.tag === 'enum'

/** Types with a lawful equality. The others can't be compared, grouped, or used in a set operation. */
export const hasEquality = (t: SqlType): boolean => t.tag !== 'json' && t.tag !== 'custom' && t.tag !== 'vector' && t.tag !== 'array'

/** Types with a lawful order: the same. A numeric that SQLite stores as text is refused by that dialect, not here. */
export const hasOrder = (t: SqlType): boolean => hasEquality(t)

/** A type in an error message: `numeric(10,2)`. */
export const showSqlType = (t: SqlType): string => {
  switch (t.tag) {
    case 'numeric':
      return `numeric(${t.precision},${t.scale})`
    case 'varchar':
    case 'char':
      return `${t.tag}(${t.length})`
    case 'enum':
      return `enum(${t.values.join(', ')})`
    case 'array':
      return `array of ${showSqlType(t.element)}`
    case 'vector':
      return `vector(${t.dimension})`
    case 'custom':
      return Object.values(t.names)[0] ?? 'custom type'
    default:
      return t.tag
  }
}

/**
 * Whether two types can share a column of a set operation: the same type, except for lengths of texts
 * and values of enums. Numbers of different types have to be cast explicitly.
 */
export const sameColumnType = (a: SqlType, b: SqlType): boolean => {
  if (isText(a) && isText(b)) return true
  if (a.tag !== b.tag) return false
  if (a.tag === 'numeric' && b.tag === 'numeric') return a.scale === b.scale
  if (a.tag === 'array' && b.tag === 'array') return sameColumnType(a.element, b.element)
  return true
}

/** The type of a column for values of both types: text for two kinds of text, the wider precision for numerics. */
export const unifyColumnType = (a: SqlType, b: SqlType): SqlType => {
  if (isText(a) && isText(b)) return showSqlType(a) === showSqlType(b) ? a : { tag: 'text' }
  if (a.tag === 'numeric' && b.tag === 'numeric') return a.precision >= b.precision ? a : b
  return a
}

/** The number of digits of each integer type. */
const DIGITS: { readonly [tag in SqlType['tag']]?: number } = { smallint: 5, int: 10, bigint: 19 }

/** An integer as a decimal of the kind of another: up to 18 digits, or up to 65. */
const asDecimal = (t: SqlType, like: SqlType): SqlType =>
  isInteger(t) && like.tag === 'numeric'
    ? { ...like, precision: like.precision <= 18 ? Math.min(18, DIGITS[t.tag] ?? 18) : (DIGITS[t.tag] ?? 19), scale: 0 }
    : t

/** The type that holds the values of both numeric types. */
export const widen = (one: SqlType, other: SqlType): SqlType => {
  const [a, b] = [asDecimal(one, other), asDecimal(other, one)]
  if (a.tag === 'numeric' && b.tag === 'numeric') {
    const scale = Math.max(a.scale, b.scale)
    const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
    const bound = a.precision <= 18 && b.precision <= 18 ? 18 : 65
    return {
      tag: 'numeric',
      precision: Math.min(bound, Math.max(whole + scale, scale)),
      scale,
      ...((a.sqlite ?? b.sqlite) ? { sqlite: 'real' as const } : {}),
    }
  }
  if (a.tag === 'float' || b.tag === 'float') return { tag: 'float' }
  if (isInteger(a) && isInteger(b)) return a.tag === 'bigint' || b.tag === 'bigint' ? { tag: 'bigint' } : { tag: 'int' }
  return unifyColumnType(a, b)
}
