/**
 * Values and columns as TypeScript: a part of `show`.
 *
 * A value is shown as the expression that evaluates to it: `'it''s'` is `'it\'s'`, an instant `new Date('...')`, bytes
 * `Uint8Array.from([...])`. A type is shown as the column that has it: `nullable(numeric(10, 2))`; a codec by its name. Texts, byte strings
 * and lists of more than `most` parts are cut, with a remark. Default: 1,000.
 *
 * Law: a value that is not cut and has no user-defined codec evaluates to itself.
 */
import * as Column from '../core/expr/Column.js'
import type { AnyTable, ExprType } from '../core/syntax/Syntax.js'
import { qualifiedName } from '../core/table/Table.js'
import type { SqlType } from '../core/value/SqlType.js'
import { combinators as Expr } from './combinators.js'
import { bracketed, type Doc, joined, text } from './pretty.js'

/** Longer texts, byte strings and lists are cut. */
export const MAX_LENGTH = 1000

const HEX = 16

const escaped = (c: string): string => {
  if (c === '\n') return '\\n'
  if (c === '\r') return '\\r'
  if (c === '\t') return '\\t'
  if (c === "'" || c === '\\') return `\\${c}`
  return `\\u${c.charCodeAt(0).toString(HEX).padStart(4, '0')}`
}

/** Characters that would end the literal or its line, or are invisible: control characters, line separators, lone surrogates, a byte order mark. */
const ODD = /['\\\p{Cc}\u2028\u2029\ufeff]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu

const quoted = (s: string): string => `'${s.replace(ODD, escaped)}'`

/** A comment with this text. */
export const remark = (s: string): string => `/* ${s.replace(/\s+/g, ' ').replaceAll('*/', '* /')} */`

const cut = (what: string, length: number, most: number): string =>
  length > most ? ` ${remark(`the first ${most} of ${length} ${what}`)}` : ''

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

/** Keywords, and names with a meaning of their own in the text. */
const RESERVED: ReadonlySet<string> = new Set([
  ...`await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements
    import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var
    void while with yield arguments eval undefined Date Uint8Array pipe Q C Agg Window tables codecs`.split(/\s+/),
  ...Object.keys(Expr),
  ...Object.keys(Column),
])

/** Whether a name can be a variable of the text. A letter with a number is the variable of a lambda. */
export const isFree = (name: string): boolean => IDENTIFIER.test(name) && !RESERVED.has(name) && !/^[a-z]\d*$/.test(name)

/** A property access in TypeScript. */
export const member = (of: string, name: string): string => (IDENTIFIER.test(name) ? `${of}.${name}` : `${of}[${quoted(name)}]`)

/** A record literal. The key `__proto__` is computed, since as a plain key it would set the prototype. */
export const recordDoc = (fields: readonly (readonly [string, Doc])[], before: readonly Doc[] = []): Doc => {
  const label = (name: string): string => (name === '__proto__' ? `['__proto__']` : IDENTIFIER.test(name) ? name : quoted(name))
  const field = ([name, doc]: readonly [string, Doc]): Doc => (doc.flat === name ? doc : joined(text(`${label(name)}: `), doc))
  return bracketed('{ ', [...before, ...fields.map(field)], ' }')
}

const listDoc = (items: readonly unknown[], most: number): Doc => {
  const docs = items.slice(0, most).map(item => valueDoc(item, most))
  return joined(bracketed('[', docs, ']'), text(cut('elements', items.length, most)))
}

/** A canonical value as a TypeScript expression. Of long ones the first `most` parts are shown. */
export const valueDoc = (value: unknown, most = MAX_LENGTH): Doc => {
  switch (typeof value) {
    case 'string':
      return text(`${quoted(value.slice(0, most))}${cut('characters', value.length, most)}`)
    case 'bigint':
      return text(`${value}n`)
    case 'number':
      return text(Object.is(value, -0) ? '-0' : String(value))
    case 'object':
      break
    default:
      return text(String(value))
  }
  if (value === null) return text('null')
  if (value instanceof Date) return text(`new Date(${Number.isNaN(value.getTime()) ? 'NaN' : quoted(value.toISOString())})`)
  if (value instanceof Uint8Array) return text(`Uint8Array.from([${value.slice(0, most).join(', ')}])${cut('bytes', value.length, most)}`)
  if (Array.isArray(value)) return listDoc(value, most)
  return recordDoc(Object.entries(value).map(([name, v]) => [name, valueDoc(v, most)]))
}

const codecName = (name: string): string => (isFree(name) ? name : member('codecs', name))

const call = (f: string, ...args: readonly Doc[]): Doc => bracketed(`${f}(`, args, ')')

const baseDoc = (sql: SqlType, codec: Doc | null): Doc => {
  switch (sql.tag) {
    case 'numeric':
      return call(
        'numeric',
        ...[sql.precision, sql.scale].map(n => valueDoc(n)),
        ...(sql.sqlite === undefined ? [] : [valueDoc({ sqlite: sql.sqlite })]),
      )
    case 'varchar':
    case 'char':
      return call(sql.tag, valueDoc(sql.length))
    case 'enum':
      return call('enumOf', ...sql.values.map(v => valueDoc(v, Number.POSITIVE_INFINITY)))
    case 'text':
      return text(sql.collation === undefined ? 'text' : 'storedText')
    case 'json':
      return codec === null ? text('anyJson') : call('json', codec)
    case 'array': {
      const element = baseDoc(sql.element, null)
      return call('arrayOf', sql.elementNullable ? call('nullable', element) : element)
    }
    case 'vector':
      return call('vector', valueDoc(sql.dimension))
    case 'custom':
      return call('sqlType', valueDoc(sql.names), codec ?? text('t.unknown'))
    default:
      return text(sql.tag)
  }
}

/** The column that has this type. One of an engine's own type has a codec: without one, that of io-ts for anything. */
export const columnDoc = ({ sql, nullable, refine }: ExprType): Doc => {
  const codec = refine === null ? null : text(codecName(refine.name))
  const base = baseDoc(sql, codec)
  const refined = codec === null || sql.tag === 'json' || sql.tag === 'custom' ? base : joined(call('codec', codec), call('', base))
  return nullable ? call('nullable', refined) : refined
}

/** Names that a written module imports or declares, other than those of expressions and columns. */
const MODULE_WORDS: ReadonlySet<string> = new Set(
  'Migrate K t table view schema fk asIs row self integer bigInteger Number BigInt String Symbol Object'.split(' '),
)

/** Whether a name can be a constant of a module that is written. A record with a name of `Object.prototype` has a type of its own. */
export const isConstant = (name: string): boolean => isFree(name) && !MODULE_WORDS.has(name) && !(name in {})

/** The variable of a table: the name given in `tables`, or else its SQL name. */
export const tableText = (table: AnyTable, named: { readonly [name: string]: AnyTable }): string => {
  const name = Object.keys(named).find(n => named[n] === table) ?? qualifiedName(table)
  return name.split('.').every(isFree) ? name : member('tables', name)
}
