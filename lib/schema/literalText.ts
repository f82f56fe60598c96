/**
 * Defaults that are plain literals, in the text of any engine.
 *
 * `valueOfText(text, type, language)` is the value that a default has if its text is a literal that all engines read alike: a number, `true`,
 * a quoted text, each also under a cast of Postgres. It is undefined for everything else, so also for expressions, and for texts with a
 * backslash, which engines read differently.
 *
 * Law: a default of this value is the default that the text defines. Nothing is evaluated here.
 */
import type { SchemaImage } from '../core/schema/SchemaImage.js'
import { literalOf } from '../core/syntax/operand.js'
import { exprType } from '../core/syntax/Syntax.js'
import { fitsColumn } from '../core/value/Canonical.js'
import type { SqlType } from '../core/value/SqlType.js'

const CAST = /^(.*?)::(?:"?[a-z_ ]+"?)(?:\(\d+(?:, ?\d+)?\))?(?: without time zone)?$/s

/** The content of a quoted text, or the text of a number or a word; null if it is neither. */
const plain = (given: string): { readonly quoted: boolean; readonly text: string } | null => {
  const text = CAST.exec(given)?.[1] ?? given
  const quoted = /^'((?:[^'\\]|'')*)'$/s.exec(text)?.[1]
  if (quoted !== undefined) return { quoted: true, text: quoted.replaceAll("''", "'") }
  const bare = /^\(?(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)\)?$/i.exec(text)?.[1]
  return bare === undefined ? null : { quoted: false, text: bare.toLowerCase() }
}

const INTEGER = /^-?\d{1,19}$/

/** A decimal with as many digits after the point as its type has; undefined if it has more. */
const decimal = (text: string, scale: number): string | undefined => {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === '' || /[1-9]/.test(fraction.slice(scale))) return undefined
  const digits = fraction.slice(0, scale).padEnd(scale, '0')
  const isZero = !/[1-9]/.test(`${whole}${digits}`)
  return `${isZero ? '' : sign}${whole}${scale === 0 ? '' : `.${digits}`}`
}

/** SQLite has decimals of up to 18 digits as integers, without the point. */
const scaled = (text: string, type: SqlType & { readonly tag: 'numeric' }): string | undefined => {
  if (type.sqlite === 'real' || type.precision > 18 || !INTEGER.test(text)) return undefined
  if (type.scale === 0) return text
  const digits = text.replace('-', '').padStart(type.scale + 1, '0')
  return `${text.startsWith('-') ? '-' : ''}${digits.slice(0, -type.scale)}.${digits.slice(-type.scale)}`
}

const candidate = (given: string, type: SqlType, language: SchemaImage['language']): unknown => {
  const found = plain(given)
  if (found === null) return undefined
  const { quoted, text } = found
  switch (type.tag) {
    case 'smallint':
    case 'int':
      return INTEGER.test(text) ? Number(text) : undefined
    case 'bigint':
      return INTEGER.test(text) ? BigInt(text) : undefined
    case 'float':
      return /^-?\d/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'numeric': {
      const number = language === 'sqlite' ? scaled(text, type) : text
      return number === undefined ? undefined : decimal(number, type.scale)
    }
    case 'boolean':
      return ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined
    case 'text':
    case 'varchar':
    case 'char':
    case 'enum':
    case 'uuid':
    case 'date':
      return quoted ? text : undefined
    default:
      return undefined
  }
}

/** The canonical value of a default with this text; undefined if it is no plain literal of the type. */
export const valueOfText = (text: string | null, type: SqlType, language: SchemaImage['language']): unknown => {
  const value = text === null ? undefined : candidate(text, type, language)
  if (value === undefined) return undefined
  const { node } = literalOf(exprType(type), value)
  return node.tag === 'literal' && Object.is(node.value, value) && fitsColumn(type, value) ? value : undefined
}
