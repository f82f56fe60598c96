/**
 * Expressions as the catalogs of MySQL and MariaDB report them, as SQL.
 *
 * Each text can be used in a definition: after DEFAULT, or in the brackets of CHECK, of GENERATED ALWAYS AS, of a key part. MySQL reports a
 * default that is a literal without quotes and an expression with escapes, once more encoded in UTF-8 (9.7); here a literal is quoted, and
 * an expression is in brackets, except for CURRENT_TIMESTAMP. Introducers such as `_utf8mb4` are kept. MariaDB reports SQL (10.11).
 *
 * Characters beyond U+FFFF are lost where the catalogs store utf8mb3: each is `?` in a literal default, a comment and a view of MySQL,
 * `????` in an expression of MariaDB. A binary literal as a default is not known: MySQL ends it at its first zero byte.
 */
import type { ColumnImage } from '../../core/schema/SchemaImage.js'

type Default = ColumnImage['default']

/** A text literal as MariaDB prints it; a backslash is an escape. */
export const literalText = (s: string): string => {
  const escaped: { readonly [c: string]: string } = { '\0': '\\0', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "''" }
  return `'${s.replace(/[\0\n\r\\']/g, c => escaped[c] ?? c)}'`
}

/** A text without its escapes by backslashes. */
const unescaped = (s: string): string => {
  const meant: { readonly [c: string]: string } = { '0': '\0', n: '\n', r: '\r', t: '\t', b: '\b', Z: '\x1a' }
  return s.replace(/\\([\s\S])/g, (_, c: string) => meant[c] ?? c)
}

/** The value of a literal in quotes. */
export const literalValue = (s: string): string => unescaped(s.slice(1, -1).replaceAll("''", "'"))

/** A text whose bytes of UTF-8 were taken for characters; a text that is none of these is returned itself. */
const decoded = (s: string): string => {
  if (!/[\u0080-\uffff]/.test(s) || /[\u0100-\uffff]/.test(s)) return s
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(s, c => c.charCodeAt(0)))
  } catch {
    return s
  }
}

/** An expression of MySQL's catalog: encoded twice, and escaped. */
export const mysqlExpression = (s: string): string => unescaped(decoded(s))

/** Types whose literals are numbers. */
const NUMERIC = /^(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double|year)\b/

/** Types whose literals are bytes. */
const BINARY = /^(?:var)?binary\b/

/** A default of MySQL, of its value: a literal without quotes. */
export const mysqlLiteral = (value: string, type: string): Default => {
  if (BINARY.test(type)) return { text: value === '' ? "''" : null }
  return { text: NUMERIC.test(type) || /^bit\b/.test(type) ? value : literalText(value) }
}

/** The default of a column of MySQL, of COLUMN_DEFAULT, EXTRA and COLUMN_TYPE. */
export const mysqlDefault = (value: string | null, extra: string, type: string): Default => {
  if (value === null) return null
  if (!extra.includes('DEFAULT_GENERATED')) return mysqlLiteral(value, type)
  const text = mysqlExpression(value)
  return { text: /^CURRENT_TIMESTAMP(?:\(\d\))?$/.test(text) ? text : `(${text})` }
}

/** The default of a column of MariaDB. One that is null is like none, which the catalog can't tell apart. */
export const mariadbDefault = (value: string | null, _: string, type: string): Default => {
  if (value === null || value === 'NULL') return null
  return { text: BINARY.test(type) && /[?\ufffd]/.test(value) ? null : value }
}

/** Tokens that may contain or be a qualified name. */
const QUALIFIED = /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|`(?:[^`]|``)*`(\s*\.)?/g

/**
 * A text without the name of the default database, which qualifies all tables of a view, so that views of two databases can be compared.
 * Where the name has another use, as an alias, the text stays as it is.
 */
export const unqualified = (text: string, database: string): string => {
  const name = `\`${database.replaceAll('`', '``')}\``
  const found = [...text.matchAll(QUALIFIED)].map(m => m[0])
  if (found.includes(name)) return text
  return text.replace(QUALIFIED, (token, dot) => (dot !== undefined && token.slice(0, -dot.length) === name ? '' : token))
}
