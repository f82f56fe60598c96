/**
 * Changes of a CREATE TABLE text, part by part: what is not changed stays as it was written.
 *
 * A change is a list of edits, each a place in the text and what stands there afterwards; `edited` applies them at once, so all places are
 * those of the text before. Edits may touch, and an insertion into a part that is removed is kept after it.
 *
 * Law: `edited(sql, []) = sql`, and the parts that no edit mentions are read back unchanged.
 */
import { placesIn } from './createText.js'
import { folded, tokensIn } from './createTokens.js'
import type { ColumnPlace, ConstraintPlace, Span, TablePlaces } from './TablePlaces.js'

/** What stands at a place afterwards. */
export interface Edit extends Span {
  readonly text: string
}

/** A CREATE TABLE text with the places of its parts. */
export interface PlacedText {
  readonly sql: string
  readonly places: TablePlaces
}

/** The text with its places; null for a text without a list of columns. */
export const placed = (sql: string): PlacedText | null => {
  const places = placesIn(sql)
  return places === null ? null : { sql, places }
}

/** The text after some edits. Of two insertions at one place, the first in the list comes first. */
export const edited = (sql: string, edits: readonly Edit[]): string => {
  let result = ''
  let at = 0
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    result += sql.slice(at, Math.max(at, start)) + text
    at = Math.max(at, end)
  }
  return result + sql.slice(at)
}

/** An insertion. */
export const inserting = (at: number, text: string): Edit => ({ start: at, end: at, text })

/** The column of a name, in any case. */
export const columnNamed = ({ places }: PlacedText, name: string): ColumnPlace | undefined =>
  places.columns.find(c => folded(c.name) === folded(name))

/** The constraint of a name, in any case, of some kinds. */
export const constraintNamed = (
  { places }: PlacedText,
  name: string,
  ...kinds: readonly ConstraintPlace['kind'][]
): ConstraintPlace | undefined =>
  places.constraints.find(c => c.name !== null && folded(c.name) === folded(name) && (kinds.length === 0 || kinds.includes(c.kind)))

/** Constraints of a column, which are written with it. */
export const constraintsWith = ({ places }: PlacedText, column: string, kind: ConstraintPlace['kind']): readonly ConstraintPlace[] =>
  places.constraints.filter(c => c.kind === kind && c.column !== null && folded(c.column) === folded(column))

/** Removes columns and constraints, with the commas that would be left over. */
export const removing = (
  { sql, places }: PlacedText,
  columns: readonly ColumnPlace[],
  constraints: readonly ConstraintPlace[],
): readonly Edit[] => {
  const { items } = places
  const isIn = (part: Span, item: Span): boolean => part.start >= item.start && part.end <= item.end
  const ofTable = places.constraints.filter(c => c.column === null)
  const isWhole = (item: Span): boolean => {
    const within = ofTable.filter(c => isIn(c, item))
    return columns.some(c => isIn(c.nameAt, item)) || (within.length > 0 && within.every(c => constraints.includes(c)))
  }
  const gone = items.map(isWhole)
  const kept = gone.indexOf(false)
  const parts = constraints.filter(c => !items.some((item, i) => gone[i] && isIn(c, item)))
  return [
    ...items.flatMap((item, i): readonly Edit[] => {
      if (!gone[i]) return []
      const isFirst = i < kept
      return [
        { start: isFirst ? item.start : (items[i - 1] as Span).end, end: isFirst ? (items[i + 1] as Span).start : item.end, text: '' },
      ]
    }),
    ...parts.map(({ start, end }) => ({ start: sql.slice(0, start).trimEnd().length, end, text: '' })),
  ]
}

/** The end of what the brackets contain. A line comment there ends before the bracket, and what is added comes after it. */
const endOf = ({ sql, places: { lastEnd, body } }: PlacedText): number => (sql.slice(lastEnd, body.end).trim() === '' ? lastEnd : body.end)

/** Adds constraints of the table. */
export const adding = (table: PlacedText, constraints: readonly string[]): readonly Edit[] =>
  constraints.map(text => inserting(endOf(table), `,\n  ${text}`))

/** Adds a column after the last one. */
export const addingColumn = (table: PlacedText, definition: string): readonly Edit[] => {
  const { items, columns } = table.places
  const isLast = items.length === columns.length
  return [inserting(isLast ? endOf(table) : (items[columns.length - 1] as Span).end, `,\n  ${definition}`)]
}

/** Gives a column another comment; null removes it. `written` is the comment with its marks and a blank before it. */
export const commenting = (column: ColumnPlace, written: string | null): readonly Edit[] => {
  const { comment, end } = column
  if (comment === null) return written === null ? [] : [inserting(end, written)]
  return [{ start: comment.start, end: comment.end, text: written?.trimStart() ?? '' }]
}

/** Removes the name of the table before columns: in checks and computed columns it would be that of another table. */
export const unqualifying = ({ sql }: PlacedText, name: string): readonly Edit[] => {
  const { tokens } = tokensIn(sql)
  const isDot = (i: number): boolean => tokens[i]?.tag === 'symbol' && tokens[i]?.text === '.'
  return tokens.flatMap((token, i): readonly Edit[] => {
    const isName = i > 2 && token.tag !== 'number' && token.tag !== 'symbol' && folded(token.text) === folded(name)
    return isName && isDot(i + 1) && !isDot(i - 1) ? [{ start: token.start, end: tokens[i + 2]?.start ?? token.end, text: '' }] : []
  })
}

/** Whether a text contains a name, as a word, in quotes or as a string, from its token `from` on. */
export const mentions = (sql: string, name: string, from = 0): boolean =>
  tokensIn(sql)
    .tokens.slice(from)
    .some(t => t.tag !== 'number' && t.tag !== 'symbol' && folded(t.text) === folded(name))
