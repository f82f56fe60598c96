/**
 * Sets of SQL types: the types that functions accept, and the error for any other type.
 *
 * Dates, decimals and uuids are strings in TypeScript, so the compiler accepts them where texts are meant, but engines compare and convert them
 * differently. So each function declares the set of types of each argument (`functions`), and an argument of another type is refused when the
 * expression is built, with a hint.
 */
import { isElement } from './Canonical.js'
import { type DbError, validationError } from './DbError.js'
import { hasEquality, isInteger, isNumber, isText, type SqlType, showSqlType } from './SqlType.js'

/** A set of types, and its description for messages. */
export interface Types {
  readonly words: string
  readonly has: (t: SqlType) => boolean
}

type Tag = SqlType['tag']

const tagged = (...tags: readonly Tag[]): Types => ({ words: tags.join(' or '), has: t => tags.includes(t.tag) })

/** Every type. */
export const ANY: Types = { words: 'any type', has: () => true }
/** Types with a lawful equality and order. */
export const COMPARABLE: Types = { words: 'a type with an equality', has: hasEquality }
/** Types for which engines agree on the smallest value. */
export const EXTREME: Types = {
  words: 'a number, text, date or instant',
  has: t => hasEquality(t) && t.tag !== 'boolean' && t.tag !== 'uuid' && t.tag !== 'bytes',
}
/** Texts, lengths and enums included. */
export const TEXTS: Types = { words: 'text', has: isText }
/** Integers, floats and decimals. */
export const NUMBERS: Types = { words: 'a number', has: isNumber }
/** Integers of any size. */
export const INTEGERS: Types = { words: 'an integer', has: isInteger }
/** Numbers that are computed as floats; decimals have to be cast first. */
export const FLOATS: Types = { words: 'an integer or a float', has: t => isInteger(t) || t.tag === 'float' }
/** Conditions. */
export const BOOLEANS: Types = { words: 'a condition', has: t => t.tag === 'boolean' }
/** Days. */
export const DATES: Types = tagged('date')
/** Instants. */
export const INSTANTS: Types = tagged('timestamp')
/** What has a day. */
export const DAYS: Types = tagged('timestamp', 'date')
/** What has a day or a time of day. */
export const TIMES: Types = tagged('timestamp', 'date', 'time')
/** Byte strings. */
export const BYTES: Types = tagged('bytes')
/** Byte strings, and texts as their UTF-8. */
export const BYTES_OR_TEXTS: Types = { words: 'bytes or text', has: t => t.tag === 'bytes' || isText(t) }
/** JSON documents. */
export const DOCUMENTS: Types = tagged('json')
/** Arrays of any element. */
export const ARRAYS: Types = { words: 'an array', has: t => t.tag === 'array' }
/** Types of array elements. */
export const ELEMENTS: Types = { words: 'what arrays hold', has: isElement }
/** Arrays of texts. */
export const ARRAYS_OF_TEXTS: Types = { words: 'an array of texts', has: t => t.tag === 'array' && isText(t.element) }
/** Types that `arrayContains` can search for. */
export const ASKED: Types = { words: 'text or int', has: t => isText(t) || t.tag === 'int' || t.tag === 'smallint' }
/** Types whose values are JSON already. */
export const MEMBERS: Types = {
  words: 'text, uuid, int, float, boolean or json',
  has: t => isText(t) || ['uuid', 'int', 'smallint', 'float', 'boolean', 'json'].includes(t.tag),
}

/** A hint for a value of a type that is not in the set. */
const wayOut = (types: Types, t: SqlType): string => {
  const { tag } = t
  const wantsText = types.has({ tag: 'text' })
  const wantsNumber = types.has({ tag: 'float' })
  if (tag === 'json') return 'read a part of it with jsonAt'
  if (tag === 'array') return types === DOCUMENTS ? 'build a document with jsonArray' : 'use unnest, arrayContains or arrayLength'
  if (tag === 'custom' || tag === 'vector') return `there are no functions of ${showSqlType(t)}: use raw`
  if (types === BOOLEANS) return 'compare it with a value, as eq does'
  if (types === DOCUMENTS) return 'build a document with jsonObject or jsonArray'
  if (types === ARRAYS || types === ARRAYS_OF_TEXTS) return 'build an array with array'
  if (wantsText && tag === 'bytes') return 'convert it to text with hex'
  if (wantsText) return `cast it to text: cast(text)(...)`
  if (wantsNumber && tag === 'numeric') return 'cast it to float: cast(float)(...)'
  if (wantsNumber && isText(t)) return 'cast it to a number: cast(int)(...), cast(float)(...)'
  if (wantsNumber && tag === 'boolean') return 'cast it to int: cast(int)(...)'
  if (wantsNumber && (tag === 'date' || tag === 'timestamp' || tag === 'time'))
    return 'extract a part with datePart, or compute a difference'
  if (types === INTEGERS && isNumber(t)) return 'use div, or cast it to int: cast(int)(...)'
  if (types.has({ tag: 'timestamp' }) && (isText(t) || tag === 'timestampMicros')) return 'cast it to timestamp: cast(timestamp)(...)'
  if (types.has({ tag: 'date' }) && (isText(t) || tag === 'timestamp')) return 'cast it to date: cast(date)(...)'
  if (tag === 'boolean') return 'use caseWhen'
  return 'cast it, or use caseWhen'
}

/** Why a value of this type is not accepted; null if it is. */
export const typeProblem = (name: string, types: Types, t: SqlType): DbError | null =>
  types.has(t) ? null : validationError([name], `expected ${types.words}, got ${showSqlType(t)}: ${wayOut(types, t)}`)

/** Whether two types have a common type: two numeric types, two text types, or the same type. */
const isAlike = (a: SqlType, b: SqlType): boolean => {
  if (isNumber(a) && isNumber(b)) return true
  if (isText(a) && isText(b)) return true
  if (a.tag === 'array' && b.tag === 'array') return a.element.tag === b.element.tag || (isText(a.element) && isText(b.element))
  if (a.tag === 'vector' && b.tag === 'vector') return a.dimension === b.dimension
  if (a.tag === 'custom' && b.tag === 'custom') return showSqlType(a) === showSqlType(b)
  return a.tag === b.tag
}

/** Why values of these types can't be combined; null if they can. */
export const mixProblem = (name: string, all: readonly SqlType[]): DbError | null => {
  const [first] = all
  const other = first === undefined ? undefined : all.find(t => !isAlike(first, t))
  if (first === undefined || other === undefined) return null
  const how = isText(first) || isText(other) ? 'cast one of them: a plain value takes the type of the column' : 'cast one of them'
  return validationError([name], `expected values of one type, got ${showSqlType(first)} and ${showSqlType(other)}: ${how}`)
}
