/**
 * Conversions between types on MySQL and MariaDB: the names of types in CAST and JSON_TABLE, casts, and cells of JSON.
 *
 * A cast has the same text on both engines. A text is converted only where it has the form of such a value (`scalars` ensures that).
 * Values whose text differs from the canonical one, floats with an exponent and instants, are rewritten.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import { isInteger, isText, type SqlType, showSqlType } from '../../core/value/SqlType.js'
import { atom, level, type Printed } from '../CallPrinter.js'
import type { Dialect } from '../Dialect.js'
import { type Fragment, sql } from '../Fragment.js'

/** The type of a cast. */
export const castName = (t: SqlType): string => {
  switch (t.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'boolean':
      return 'SIGNED'
    case 'float':
      return 'DOUBLE'
    case 'numeric':
      return `DECIMAL(${t.precision}, ${t.scale})`
    case 'timestamp':
      return 'DATETIME(3)'
    case 'timestampMicros':
      return 'DATETIME(6)'
    case 'date':
      return 'DATE'
    case 'time':
      return 'TIME(3)'
    case 'bytes':
      return 'BINARY'
    default:
      return 'CHAR'
  }
}

/**
 * The type of a column that JSON_TABLE reads. Integers are decimals, because MySQL turns one that is too large into another integer, and
 * MariaDB into the largest.
 */
export const pathType = (t: SqlType, collation: string): string => {
  switch (t.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
      return 'DECIMAL(65)'
    case 'boolean':
      return 'TINYINT'
    case 'numeric':
      return `DECIMAL(65, ${t.scale})`
    case 'float':
    case 'timestamp':
    case 'timestampMicros':
    case 'date':
    case 'time':
      return castName(t)
    case 'json':
    case 'array':
    case 'vector':
      return 'JSON'
    default:
      return `LONGTEXT COLLATE ${collation}`
  }
}

/** A column of a recursion: the longest text; bytes as hexadecimal digits and back, since a cast to BINARY(n) would pad them. */
export const recursiveColumnBy =
  (collation: string): Dialect['recursiveColumn'] =>
  (value, type) => {
    const name = castName(type)
    if (name === 'CHAR') return sql`CAST(${value} AS CHAR(16777216)) COLLATE ${collation}`
    return name === 'BINARY' ? sql`unhex(CAST(hex(${value}) AS CHAR(16777216)))` : sql`CAST(${value} AS ${name})`
  }

/** A cast of a text that has the form of a value of the type. */
const ofText = (value: Fragment, to: SqlType): Printed => {
  switch (to.tag) {
    case 'int':
    case 'bigint':
      return atom(sql`CAST(${value} AS SIGNED)`)
    case 'float':
      return atom(sql`CAST(${value} AS DOUBLE)`)
    case 'numeric':
      return atom(sql`CAST(${value} AS DECIMAL(65, ${String(to.scale)}))`)
    case 'boolean':
      return { level: level.comparison, fragment: sql`(${value}) = 'true'` }
    case 'date':
      return atom(sql`CAST(${value} AS DATE)`)
    case 'time':
      return atom(sql`CAST(${value} AS TIME(3))`)
    case 'timestamp':
      return atom(sql`CAST(replace(replace(${value}, 'T', ' '), 'Z', '') AS DATETIME(3))`)
    case 'timestampMicros':
      return atom(sql`CAST(replace(replace(${value}, 'T', ' '), 'Z', '') AS DATETIME(6))`)
    case 'uuid':
      return atom(sql`lower(${value})`)
    default:
      return atom(value)
  }
}

/** The engine writes the shortest digits, with an exponent for large and small floats: that is replaced by moving the point. */
const floatText = (x: Fragment): Fragment => {
  const written = sql`CAST(abs(${x}) AS CHAR)`
  const digits = sql`replace(substring_index(${written}, 'e', 1), '.', '')`
  const point = sql`(locate('.', concat(substring_index(${written}, 'e', 1), '.')) - 1 + CAST(substring_index(${written}, 'e', -1) AS SIGNED))`
  const small = sql`concat('0.', repeat('0', -${point}), ${digits})`
  const large = sql`concat(${digits}, repeat('0', ${point} - length(${digits})))`
  const between = sql`insert(${digits}, ${point} + 1, 0, '.')`
  const moved = sql`CASE WHEN ${point} <= 0 THEN ${small} WHEN ${point} >= length(${digits}) THEN ${large} ELSE ${between} END`
  return sql`concat(CASE WHEN ${x} < 0 THEN '-' ELSE '' END, CASE WHEN locate('e', ${written}) = 0 THEN ${written} ELSE ${moved} END)`
}

/** Casts between types; a pair without one is refused in the name of the dialect. */
export const castOf =
  (dialect: 'mysql' | 'mariadb'): Dialect['cast'] =>
  (printed, from, to, operand) => {
    const value = printed.fragment
    if (isText(from)) return ofText(value, to)
    if (from.tag === 'boolean') {
      return to.tag === 'text'
        ? atom(sql`CASE ${value} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END`)
        : atom(sql`CAST(${value} AS SIGNED)`)
    }
    if (from.tag === 'float' && to.tag === 'text') return atom(floatText(value))
    // DIV is an error beyond 64 bits, where a cast is the largest integer
    if (isInteger(to) && (from.tag === 'float' || from.tag === 'numeric'))
      return { level: level.product, fragment: sql`CAST(${value} AS DECIMAL(65)) DIV 1` }
    if (from.tag === 'numeric' && to.tag === 'text') return atom(sql`CAST(CAST(${value} AS DECIMAL(65, ${String(from.scale)})) AS CHAR)`)
    if (from.tag === 'time') return atom(sql`left(time_format(${value}, '%H:%i:%s.%f'), 12)`)
    if (from.tag === 'timestampMicros') return atom(sql`date_format(${value}, '%Y-%m-%dT%T.%fZ')`)
    if (from.tag === 'timestamp' && to.tag === 'date') return atom(sql`date(${value})`)
    if (from.tag === 'timestamp' && to.tag === 'time') return atom(sql`CAST(${value} AS TIME(3))`)
    if (from.tag === 'date' && to.tag === 'timestamp') return atom(sql`CAST(${value} AS DATETIME(3))`)
    if (from.tag === 'timestamp') return atom(sql`concat(left(date_format(${value}, '%Y-%m-%dT%T.%f'), 23), 'Z')`)
    if (to.tag === 'float') return atom(sql`CAST(${value} AS DOUBLE)`)
    if (to.tag === 'numeric') return atom(sql`CAST(${value} AS DECIMAL(65, ${String(to.scale)}))`)
    if (to.tag === 'text' && (isInteger(from) || from.tag === 'date')) return atom(sql`CAST(${value} AS CHAR)`)
    if (to.tag === 'text' || isInteger(to)) return printed
    return refuse(unsupported(`a cast from ${showSqlType(operand.type.sql)} to ${showSqlType(to)}`, dialect))
  }

/** JSON that JSON.parse reads without loss: 64-bit integers and decimals as text, bytes as hex digits. */
export const toJsonCell: Dialect['toJson'] = (value, type, computed) => {
  switch (type.tag) {
    case 'bigint':
    case 'numeric':
    case 'custom':
      return sql`CAST(${value} AS CHAR)`
    case 'bytes':
      return sql`hex(${value})`
    case 'json':
    case 'array':
    case 'vector':
      return sql`CAST(${value} AS JSON)`
    // a stored text may have another character set, or be bytes, which JSON functions convert wrongly (9.7)
    case 'text':
    case 'varchar':
    case 'char':
      return computed ? value : sql`CONVERT(${value} USING utf8mb4)`
    default:
      return value
  }
}
