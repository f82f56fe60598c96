/**
 * Text as a sequence of Unicode code points.
 *
 * JavaScript counts UTF-16 units, so that an astral character is two of them and sorts before U+FFFF; SQL counts and compares code points
 * (decisions 17 to 20). Texts contain no lone surrogates, so searching for a substring is the same in units and in code points.
 *
 * Laws: `compareText` is the order of the UTF-8 bytes; `like(s, escaped(s))`; `lower(lower(s)) = lower(s)` for Latin, Greek and Cyrillic
 * letters. Case mapping is simple: one code point to one.
 */

/** The order of the first code points that differ; a prefix of a text sorts before it. */
export const compareText = (a: string, b: string): number => {
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    if (a[i] !== b[i]) return (a.codePointAt(i) as number) - (b.codePointAt(i) as number)
  }
  return a.length - b.length
}

export { lowerCase as lower, upperCase as upper } from '../core/value/simpleCase.js'

/** At most `count` code points from position `from`, which counts from 1. */
export const substring = (text: string, from: number, count: number): string =>
  Array.from(text)
    .slice(from - 1, from - 1 + count)
    .join('')

/** The position of the first occurrence, from 1; 0 when there is none. The empty text occurs at 1. */
export const position = (text: string, part: string): number => {
  const units = text.indexOf(part)
  return units < 0 ? 0 : Array.from(text.slice(0, units)).length + 1
}

/** The text without spaces (U+0020) at its start, its end, or both. */
export const trimmed = (text: string, start: boolean, end: boolean): string => {
  let from = 0
  let to = text.length
  while (start && from < to && text[from] === ' ') from += 1
  while (end && to > from && text[to - 1] === ' ') to -= 1
  return text.slice(from, to)
}

/** The text with each occurrence replaced, from left to right; an empty part changes nothing. */
export const replaced = (text: string, part: string, by: string): string => (part === '' ? text : text.replaceAll(part, () => by))

/** The last `count` code points at most. */
export const lastPoints = (text: string, count: number): string => (count === 0 ? '' : Array.from(text).slice(-count).join(''))

/** The code points in reverse order. */
export const reversed = (text: string): string => Array.from(text).reverse().join('')

/** The padding that extends a text to `count` code points, made of `fill`. */
export const padding = (text: string, fill: string, count: number): string => {
  const missing = Math.max(count - Array.from(text).length, 0)
  const points = Array.from(fill)
  return fill.repeat(Math.floor(missing / points.length)) + points.slice(0, missing % points.length).join('')
}

type Token = { readonly tag: 'any' } | { readonly tag: 'one' } | { readonly tag: 'this'; readonly point: string }

const tokensOf = (pattern: string): readonly Token[] => {
  const tokens: Token[] = []
  let escaped = false
  for (const point of pattern) {
    if (!escaped && point === '!') {
      escaped = true
      continue
    }
    if (escaped) tokens.push({ tag: 'this', point })
    else tokens.push(point === '%' ? { tag: 'any' } : point === '_' ? { tag: 'one' } : { tag: 'this', point })
    escaped = false
  }
  return tokens
}

/** The tokens between the wildcards `%`. */
const piecesOf = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const pieces: Token[][] = [[]]
  for (const token of tokens) {
    if (token.tag === 'any') pieces.push([])
    else pieces.at(-1)?.push(token)
  }
  return pieces
}

/**
 * Whether the whole text matches: `%` is any text, `_` any code point, `!` escapes the next character. Each piece between two `%` is
 * matched at its first possible position, which leaves the most text to the pieces after it.
 */
export const like = (text: string, pattern: string): boolean => {
  const points = Array.from(text)
  const pieces = piecesOf(tokensOf(pattern))
  const fits = (piece: readonly Token[], at: number): boolean =>
    piece.every((token, i) => token.tag === 'one' || (token.tag === 'this' && points[at + i] === token.point))
  const [first = [], ...more] = pieces
  const last = more.pop()
  if (last === undefined) return first.length === points.length && fits(first, 0)
  const end = points.length - last.length
  if (first.length > end || !fits(first, 0) || !fits(last, end)) return false
  let at = first.length
  for (const piece of more) {
    while (at + piece.length <= end && !fits(piece, at)) at += 1
    if (at + piece.length > end) return false
    at += piece.length
  }
  return true
}
