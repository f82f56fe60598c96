/**
 * Statements of MySQL and MariaDB with more parameters than the protocol counts: their values stand in the text.
 *
 * A placeholder is what is neither in a quoted text or name nor in a comment. ANSI_QUOTES and NO_BACKSLASH_ESCAPES are off (`mysqlSession`)
 * and the session speaks utf8mb4, so that a text in single quotes means itself once quotes and backslashes in it are escaped.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import { toHex } from '../../sql/hex.js'
import type { Statement } from '../Driver.js'

/** The protocol counts parameters in two bytes. */
const MOST_PARAMETERS = 65_535

const PLACES =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|(?:#|--(?![!-~\u0080-\uffff]))[^\n]*|\/\*[\s\S]*?\*\/|\?/g

/** A parameter as the driver binds it. */
const said = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL'
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'boolean':
      return value ? '1' : '0'
    // a number is bound as a double, which a literal is by its exponent
    case 'number':
      return value.toExponential()
    case 'string':
      return `'${value.replace(/['\\]/g, c => `\\${c}`)}'`
    default:
      if (value instanceof Uint8Array) return `x'${toHex(value)}'`
      return refuse(unsupported(`a statement of more than ${MOST_PARAMETERS} parameters`, 'the protocol', 'split the list'))
  }
}

/** A statement of as many parameters as can be sent, with the values of others in its text. */
export const withParameters = ({ text, params }: Pick<Statement, 'text' | 'params'>): Pick<Statement, 'text' | 'params'> => {
  if (params.length <= MOST_PARAMETERS) return { text, params }
  let at = 0
  const whole = text.replace(PLACES, place => (place === '?' ? said(params[at++]) : place))
  if (at !== params.length) refuse(unsupported(`a statement of ${params.length} parameters`, 'the protocol', 'split the list'))
  return { text: whole, params: [] }
}
