/**
 * Pretty printing: text that breaks into lines where it would be too wide.
 *
 * A `Doc` denotes a text in two forms: on one line, and over several lines. `printed` chooses the first form wherever it fits into the width,
 * the outermost parts first. Brackets with a single item keep it on their line; others put each item on a line of its own. Only what `show`
 * needs is here.
 *
 * Law: both forms are the same text, up to blanks and the comma before a closing bracket.
 */

/** The maximal length of a line that can be broken. */
const WIDTH = 100

/** The place of a text: the indentation, the column where it starts, and the number of characters after it on its line. */
interface Place {
  readonly indent: number
  readonly column: number
  readonly after: number
}

/** A text that can be laid out on one line or on several. */
export interface Doc {
  /** The text on one line; null if that exceeds the width. */
  readonly flat: string | null
  readonly broken: (place: Place) => string
  /** Whether it is enclosed in braces. */
  readonly isBraced?: boolean
}

const narrow = (s: string): string | null => (s.length > WIDTH ? null : s)

const flatOf = (docs: readonly Doc[], between: string): string | null => {
  let flat = ''
  for (const [i, d] of docs.entries()) {
    if (d.flat === null || flat.length > WIDTH) return null
    flat += `${i === 0 ? '' : between}${d.flat}`
  }
  return flat
}

const laid = (doc: Doc, place: Place): string =>
  doc.flat !== null && place.column + doc.flat.length + place.after <= WIDTH ? doc.flat : doc.broken(place)

/** A text that can't be broken. */
export const text = (s: string): Doc => ({ flat: s, broken: () => s })

/** Concatenation. */
export const joined = (...docs: readonly Doc[]): Doc => {
  const flat = flatOf(docs, '')
  return {
    flat: flat === null ? null : narrow(flat),
    broken: place => {
      let made = ''
      let column = place.column
      docs.forEach((d, i) => {
        const part = laid(d, { ...place, column, after: i === docs.length - 1 ? place.after : 0 })
        const line = part.lastIndexOf('\n')
        column = line < 0 ? column + part.length : part.length - line - 1
        made += part
      })
      return made
    },
  }
}

/** Items between brackets: `f(`, `{ `, `[`. */
export const bracketed = (open: string, items: readonly Doc[], close: string): Doc => {
  const inside = flatOf(items, ', ')
  return {
    isBraced: open.startsWith('{'),
    flat: items.length === 0 ? `${open.trimEnd()}${close.trimStart()}` : inside === null ? null : narrow(`${open}${inside}${close}`),
    broken: ({ indent, column, after }) => {
      const [only] = items
      if (items.length === 1 && only !== undefined && !open.endsWith(' '))
        return `${open}${laid(only, { indent, column: column + open.length, after: after + close.length })}${close}`
      const inner = indent + 2
      const lines = items.map(item => `${' '.repeat(inner)}${laid(item, { indent: inner, column: inner, after: 1 })},\n`)
      return `${open.trimEnd()}\n${lines.join('')}${' '.repeat(indent)}${close.trimStart()}`
    },
  }
}

/** A call whose last argument is broken over several lines where that is enough: `f(a, {` ... `})`. */
export const hugging = (open: string, items: readonly Doc[], close: string): Doc => {
  const plain = bracketed(open, items, close)
  const head = flatOf(items.slice(0, -1), ', ')
  const last = items.at(-1)
  if (head === null || last === undefined) return plain
  return {
    ...plain,
    broken: place => {
      const start = `${open}${head}${head === '' ? '' : ', '}`
      const column = place.column + start.length
      const made = last.broken({ indent: place.indent, column, after: place.after + close.length })
      const [line = ''] = made.split('\n')
      return made.includes('\n') && column + line.length <= WIDTH ? `${start}${made}${close}` : plain.broken(place)
    },
  }
}

/** A text of several lines. */
export const lines = (s: string): Doc => ({ flat: null, broken: () => s })

/** Items between brackets, each on a line of its own. */
export const stacked = (open: string, items: readonly Doc[], close: string): Doc =>
  items.length === 0
    ? text(`${open.trimEnd()}${close.trimStart()}`)
    : {
        isBraced: open.startsWith('{'),
        flat: null,
        broken: ({ indent }) => {
          const inner = indent + 2
          const lines = items.map(item => `${' '.repeat(inner)}${laid(item, { indent: inner, column: inner, after: 1 })},\n`)
          return `${open.trimEnd()}\n${lines.join('')}${' '.repeat(indent)}${close.trimStart()}`
        },
      }

/** A part with lines above it. */
export const below = (lines: readonly string[], doc: Doc): Doc =>
  lines.length === 0
    ? doc
    : {
        ...doc,
        flat: null,
        broken: place =>
          `${lines.map(line => `${line}\n${' '.repeat(place.indent)}`).join('')}${laid(doc, { ...place, column: place.indent })}`,
      }

/** The body of a function: definitions and a returned text. */
export const block = (definitions: readonly Doc[], result: Doc): Doc => ({
  flat: null,
  broken: ({ indent }) => {
    const inner = indent + 2
    const lines = [...definitions, joined(text('return '), result)].map(
      d => `${' '.repeat(inner)}${laid(d, { indent: inner, column: inner, after: 0 })}\n`,
    )
    return `{\n${lines.join('')}${' '.repeat(indent)}}`
  },
})

/** The text of a document, at most as wide as a line where it can be broken. */
export const printed = (doc: Doc): string => laid(doc, { indent: 0, column: 0, after: 0 })
