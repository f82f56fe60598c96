/**
 * Date patterns: the fields of `formatDate`, and how they format an instant.
 *
 * A pattern consists of fields, which are letters of Unicode's date patterns (UTS 35), and literal text. Literal letters are in single quotes, a
 * quote is doubled. A numeric field is padded with zeros to as many digits as it has letters, one letter is not padded; `SSS` is milliseconds,
 * `DDD` the day of the year, `e` the day of the week (Monday is 1).
 *
 * Law: `formatted` by `yyyy-MM-dd` is the canonical text of a date.
 */
import { PARTS, type Part } from './calendar.js'

/** The date part of a field, and the number of digits to which it is padded. */
export const FIELDS = {
  yyyy: ['year', 4],
  MM: ['month', 2],
  M: ['month', 0],
  dd: ['day', 2],
  d: ['day', 0],
  HH: ['hour', 2],
  H: ['hour', 0],
  mm: ['minute', 2],
  m: ['minute', 0],
  ss: ['second', 2],
  s: ['second', 0],
  SSS: ['millisecond', 3],
  DDD: ['dayOfYear', 3],
  Q: ['quarter', 0],
  e: ['dayOfWeek', 0],
} as const satisfies { readonly [field: string]: readonly [Part, number] }

/** A field of a pattern. */
export type Field = keyof typeof FIELDS

/** A field of a pattern, or text between fields. */
export type Piece = { readonly field: Field } | { readonly text: string }

const isField = (letters: string): letters is Field => Object.hasOwn(FIELDS, letters)

/** The pieces of a pattern, or why it is invalid. */
export const piecesOf = (pattern: string): readonly Piece[] | string => {
  const pieces: Piece[] = []
  for (const [piece, letter, quoted] of pattern.matchAll(/([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']+|'/g)) {
    if (piece === "'") return 'a quote has no end'
    if (letter === undefined) pieces.push({ text: quoted === undefined ? piece : quoted === '' ? "'" : quoted.replaceAll("''", "'") })
    else if (isField(piece)) pieces.push({ field: piece })
    else return `there is no field ${piece}: expected ${Object.keys(FIELDS).join(', ')}; other letters stand in single quotes`
  }
  return pieces.some(p => 'field' in p) ? pieces : 'it has no field'
}

/** Formats an instant by a pattern, in UTC. */
export const formatted = (ms: number, pattern: string): string => {
  const pieces = piecesOf(pattern)
  if (typeof pieces === 'string') return pieces
  return pieces
    .map(p => {
      if ('text' in p) return p.text
      const [part, digits] = FIELDS[p.field]
      return String(PARTS[part](ms)).padStart(digits, '0')
    })
    .join('')
}
