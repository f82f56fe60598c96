/**
 * Pretty printing: texts that break into lines where they would be too wide.
 *
 * A `Doc` denotes a text in two forms: on one line, and over several. `printed` takes the first one wherever it fits into the
 * width, the outermost parts first. There are no other choices: brackets with one thing in them stay around it, others have
 * each thing on a line of its own. Only what `show` needs is here.
 *
 * Law: without regard to blanks and to the comma before a closing bracket, both forms are the same text.
 */

/** The most characters of a line, where there is a place to break it. */
const WIDTH = 100

/** Where a text stands: how far its lines are indented, what is before it on its line, and how much comes after it. */
interface Place {
  readonly indent: number
  readonly column: number
  readonly after: number
}

export interface Doc {
  /** The text on one line; null where that is wider than any line. */
  readonly flat: string | null
  readonly broken: (place: Place) => string
  /** Whether it is between braces. */
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

/** A text that has no place to break it. */
export const text = (s: string): Doc => ({ flat: s, broken: () => s })

/** Texts one after the other. */
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

/** Things between brackets: `f(`, `{ `, `[`. */
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

/** Definitions, and what is answered with them: the body of a function. */
export const block = (definitions: readonly Doc[], answer: Doc): Doc => ({
  flat: null,
  broken: ({ indent }) => {
    const inner = indent + 2
    const lines = [...definitions, joined(text('return '), answer)].map(
      d => `${' '.repeat(inner)}${laid(d, { indent: inner, column: inner, after: 0 })}\n`,
    )
    return `{\n${lines.join('')}${' '.repeat(indent)}}`
  },
})

export const printed = (doc: Doc): string => laid(doc, { indent: 0, column: 0, after: 0 })
