/**
 * Text forms: the texts that a cast from text accepts. Any other text is null.
 *
 * The form of a type is that of its canonical values: digits for numbers, ISO for days and instants, without blanks, separators or words. It is
 * given as a pattern of `regex`, so that every engine checks a text before its native cast: `1_000`, `0x1f`, `infinity` and `today` are valid for
 * some engines. A pattern matches only values that the type can represent, so that no cast fails.
 */

import { matching } from './automaton.js'
import { codePointLength } from './Canonical.js'
import type { SqlType } from './SqlType.js'

/** A pattern for unsigned numbers up to the given one, without leading zeros. */
const upTo = (most: string): string => {
  const shorter = `[0-9]{1,${most.length - 1}}`
  const lower = [...most].flatMap((c, i) => {
    const rest = most.length - i - 1
    const digit = i === 0 ? '1' : '0'
    if (c <= digit && !(i > 0 && c > '0')) return []
    const below = String(Number(c) - 1)
    return [`${most.slice(0, i)}${digit === below ? digit : `[${digit}-${below}]`}${rest === 0 ? '' : `[0-9]{${rest}}`}`]
  })
  return [shorter, ...lower, most].join('|')
}

const DIGITS = '[0-9]'

/** Floats that every engine reads: without an exponent, with one of two digits, or with a larger one after a single digit. */
const FLOAT = [
  `(${DIGITS}{1,255}(\\.${DIGITS}{0,255})?|\\.${DIGITS}{1,255})`,
  `(${DIGITS}{1,20}(\\.${DIGITS}{0,20})?|\\.${DIGITS}{1,20})[eE][+-]?0*${DIGITS}{1,2}`,
  `${DIGITS}(\\.${DIGITS}{0,20})?[eE][+-]?0*([12]${DIGITS}{2}|30[0-7])`,
  `1(\\.[0-6]${DIGITS}{0,20})?[eE]\\+?0*308`,
  '1\\.7976931348623157[eE]\\+?308',
].join('|')

/** The maximal number of fraction digits. */
const MOST_FRACTION = 40

const YEAR = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])'
const LEAP = '([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)'
const DAY = [
  `${YEAR}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])`,
  `${YEAR}-(0[13-9]|1[0-2])-(29|30)`,
  `${YEAR}-(0[13578]|1[02])-31`,
  `${LEAP}-02-29`,
].join('|')
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'

const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'

/** The pattern of the texts that are values of a type; null if every text is. */
export const patternOf = (type: SqlType): string | null => {
  switch (type.tag) {
    case 'smallint':
    case 'int':
      return `^[+-]?0*(${upTo('9007199254740991')})$`
    case 'bigint':
      return `^([+-]?0*(${upTo('9223372036854775807')})|-0*9223372036854775808)$`
    case 'float':
      return `^[+-]?(${FLOAT})$`
    case 'numeric': {
      // rounding may add a digit to the 65 that engines compute with
      const whole = Math.min(type.precision, 64) - type.scale
      const before = whole > 0 ? `0*${DIGITS}{1,${whole}}` : '0+'
      return `^[+-]?(${before}(\\.${DIGITS}{0,${MOST_FRACTION}})?|\\.${DIGITS}{1,${MOST_FRACTION}})$`
    }
    case 'date':
      return `^(${DAY})$`
    case 'time':
      return `^${TIME}(\\.[0-9]{3})?$`
    case 'timestamp':
      return `^(${DAY})T${TIME}(\\.[0-9]{3})?Z$`
    case 'timestampMicros':
      return `^(${DAY})T${TIME}(\\.[0-9]{6})?Z$`
    case 'uuid':
      return `^${UUID}$`
    case 'boolean':
      return '^(true|false)$'
    default:
      return null
  }
}

/** Whether a text is a value of a type. */
export const isTextOf = (type: SqlType, text: string): boolean => {
  if (type.tag === 'enum') return type.values.includes(text)
  if (type.tag === 'varchar') return codePointLength(text) <= type.length
  if (type.tag === 'char') return codePointLength(text) === type.length
  const pattern = patternOf(type)
  return pattern === null || matching(pattern)(text)
}
