/**
 * Statements of MySQL and MariaDB with more parameters than the protocol allows: their values are written into the text.
 *
 * A placeholder is a question mark outside quoted texts, quoted names and comments. ANSI_QUOTES and NO_BACKSLASH_ESCAPES are off
 * (`mysqlSession`) and the session uses utf8mb4, so a text in single quotes means itself once its quotes and backslashes are escaped.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import { toHex } from '../../sql/hex.js'
import type { Statement } from '../Driver.js'

/** The protocol has two bytes for the number of parameters. */
const MAX_PARAMETERS = 65_535

const PLACEHOLDERS_AND_QUOTED =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|(?:#|--(?![!-~\u0080-\uffff]))[^\n]*|\/\*[\s\S]*?\*\/|\?/g

/** A parameter as a literal of the type as which the driver would bind it. */
const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL'
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'boolean':
      return value ? '1' : '0'
    // a number is bound as a double: a literal with an exponent is one
    case 'number':
      return value.toExponential()
    case 'string':
      return `'${value.replace(/['\\]/g, c => `\\${c}`)}'`
    default:
      if (value instanceof Uint8Array) return `x'${toHex(value)}'`
      return refuse(unsupported(`a statement of more than ${MAX_PARAMETERS} parameters`, 'the protocol', 'split the list'))
  }
}

/** The statement itself, or with too many parameters one without, with their values in its text. */
export const withParameters = ({ text, params }: Pick<Statement, 'text' | 'params'>): Pick<Statement, 'text' | 'params'> => {
  if (params.length <= MAX_PARAMETERS) return { text, params }
  let at = 0
  const whole = text.replace(PLACEHOLDERS_AND_QUOTED, part => (part === '?' ? literal(params[at++]) : part))
  if (at !== params.length) refuse(unsupported(`a statement of ${params.length} parameters`, 'the protocol', 'split the list'))
  return { text: whole, params: [] }
}
