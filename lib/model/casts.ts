/**
 * The meaning of casts, on exact values: those that `Expr.cast` admits, and the conversions of arithmetic.
 *
 * A text is parsed where it has the form of a value of the type (`textForms`), and is null otherwise. A number is rounded to the
 * digits of the type, halves away from zero.
 */
import { canonical, decimalOf } from '../core/value/Canonical.js'
import { instantOf } from '../core/value/calendar.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { atScale, decimalText, digitsAt } from '../core/value/decimals.js'
import { isInteger, isText, type SqlType, showSqlType } from '../core/value/SqlType.js'
import { isTextOf } from '../core/value/textForms.js'
import type { Operand } from './scalar.js'
import { digitsOf, exact, floatOf, int64, scaleOf, type Value } from './value.js'

/** The digits of a number at a scale. */
const digits = ({ value, type }: Operand, scale: number): bigint =>
  typeof value === 'number' ? digitsAt(decimalText(value), scale) : atScale(value as bigint, scaleOf(type), scale)

const toText = ({ value, type }: Operand): Value => {
  switch (type.tag) {
    case 'float':
      return decimalText(value as number)
    case 'numeric':
      return decimalOf(value as bigint, type.scale)
    case 'timestamp':
      return new Date(value as number).toISOString()
    default:
      return typeof value === 'string' ? value : String(value)
  }
}

/** The value that a text denotes in a type; null where it denotes none. */
const ofText = (text: string, to: SqlType): Value => {
  if (!isTextOf(to, text)) return null
  switch (to.tag) {
    case 'int':
    case 'bigint':
      return BigInt(text.replace(/^\+/, ''))
    case 'float':
      return Number(text) + 0
    case 'numeric':
      return digitsOf(to, digitsAt(text, to.scale))
    case 'boolean':
      return text === 'true'
    case 'timestamp':
      return Date.parse(text)
    case 'date':
    case 'time':
    case 'timestampMicros':
    case 'uuid': {
      const checked = canonical(to, text)
      return checked.ok ? exact(to, checked.value) : null
    }
    default:
      return text
  }
}

/** A value converted to another type. Refuses conversions that have no meaning, and overflows. */
export const convert = (operand: Operand, to: SqlType): Value => {
  const { value, type: from } = operand
  if (value === null) return null
  if (to.tag === 'text' && !isText(from)) return toText(operand)
  if (isText(from)) return ofText(value as string, to)
  if (from.tag === 'boolean' && isInteger(to)) return value === true ? 1n : 0n
  if (to.tag === 'float') return floatOf(from, value)
  if (to.tag === 'numeric') return digitsOf(to, digits(operand, to.scale))
  if (isInteger(to)) return int64(digits(operand, 0))
  if (to.tag === 'date' && from.tag === 'timestamp') return new Date(value as number).toISOString().slice(0, 10)
  if (to.tag === 'time' && from.tag === 'timestamp') return new Date(value as number).toISOString().slice(11, 23)
  if (to.tag === 'timestamp' && from.tag === 'date') return instantOf(value as string)
  return from.tag === to.tag ? exact(to, value) : refuse(unsupported(`a cast from ${showSqlType(from)} to ${showSqlType(to)}`, 'memory'))
}
