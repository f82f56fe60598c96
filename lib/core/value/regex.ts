/**
 * Regular expressions with the same meaning on every engine: their syntax, and how engines write them.
 *
 * The language: characters; `.` for any character, including line breaks; `[abc]`, `[a-z]`, `[^a-z]`; `\d`, `\w`, `\s` and `\D`, `\W`, `\S`
 * (ASCII); `\` escapes any other sign, `\n`, `\r`, `\t`; groups `( )` and `(?: )`, `|`; `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`; `^` and `$` for the
 * start and the end of the whole text. Characters are code points; matching is case-sensitive. Unbounded repetitions inside repetitions are
 * refused, because backtracking engines could take years.
 *
 * The module `automaton` defines what they match.
 */
import { refuse, validationError } from './DbError.js'

/** A range of code points. */
export type Range = readonly [number, number]

/** The syntax tree of a pattern. */
export type Regex =
  | { readonly tag: 'set'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly tag: 'any' | 'start' | 'end' }
  | { readonly tag: 'all' | 'one'; readonly parts: readonly Regex[] }
  | { readonly tag: 'repeat'; readonly part: Regex; readonly least: number; readonly most: number | null }

const MAX_LENGTH = 1000
const MAX_TIMES = 255
const MAX_STEPS = 5000

const bad = (reason: string): never => refuse(validationError(['matches'], reason))

const code = (c: string): number => c.codePointAt(0) as number

/** Whether a code point is in one of the ranges. */
export const within = (ranges: readonly Range[], point: number): boolean => ranges.some(([low, high]) => point >= low && point <= high)

const CLASSES: { readonly [letter: string]: readonly Range[] } = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
  ],
}

const CONTROLS: { readonly [letter: string]: number } = { n: 10, r: 13, t: 9 }

const single = (point: number): Regex => ({ tag: 'set', ranges: [[point, point]], negated: false })

/** Whether it has an unbounded repetition. */
const isEndless = (r: Regex): boolean => {
  if (r.tag === 'repeat') return r.most === null || isEndless(r.part)
  return (r.tag === 'all' || r.tag === 'one') && r.parts.some(isEndless)
}

/** The number of its steps, with repetitions expanded. */
const sizeOf = (r: Regex): number => {
  if (r.tag === 'repeat') return 2 + sizeOf(r.part) * Math.max(r.most ?? r.least + 1, 1)
  return r.tag === 'all' || r.tag === 'one' ? r.parts.reduce((n, p) => n + sizeOf(p) + 2, 0) : 1
}

/** Parses a pattern. Refuses invalid ones; call inside `attempting`. */
export const parsed = (source: string): Regex => {
  const points = Array.from(source)
  if (points.length > MAX_LENGTH) return bad(`longer than ${MAX_LENGTH} characters`)
  let at = 0
  const next = (): string => points[at] ?? ''
  const take = (): string => {
    at += 1
    return points[at - 1] ?? bad('ends too early')
  }

  const escape = (inSet: boolean): readonly Range[] | Regex => {
    const c = take()
    if (CONTROLS[c] !== undefined) return [[CONTROLS[c], CONTROLS[c]]]
    if (CLASSES[c] !== undefined) return CLASSES[c]
    const negated = CLASSES[c.toLowerCase()]
    if (negated !== undefined && !inSet) return { tag: 'set', ranges: negated, negated: true }
    return /[A-Za-z0-9]/.test(c)
      ? bad(`the escape that ends at character ${at} is not known${inSet ? ' in brackets' : ''}`)
      : [[code(c), code(c)]]
  }

  const set = (): Regex => {
    const negated = next() === '^'
    if (negated) at += 1
    const ranges: Range[] = []
    for (let c = take(); c !== ']'; c = take()) {
      if (c === '[') return bad('[ in brackets has to be \\[')
      const from = c === '\\' ? (escape(true) as readonly Range[]) : [[code(c), code(c)] as const]
      if (next() !== '-' || points[at + 1] === ']') {
        ranges.push(...from)
        continue
      }
      at += 1
      const end = take()
      const to = end === '\\' ? (escape(true) as readonly Range[]) : [[code(end), code(end)] as const]
      const [[low, top] = [0, 0], [bottom, high] = [0, 0]] = [from[0], to[0]]
      if (from.length > 1 || to.length > 1 || low !== top || bottom !== high || low > high)
        return bad('a range must go from one character to a later one')
      ranges.push([low, high])
    }
    return ranges.length === 0 ? bad('empty brackets') : { tag: 'set', ranges, negated }
  }

  const atom = (): Regex => {
    const c = take()
    switch (c) {
      case '(': {
        if (next() === '?') {
          if (points[at + 1] !== ':') return bad('(? is not known, but for (?:')
          at += 2
        }
        const inner = either()
        return take() === ')' ? inner : bad('a ( without its )')
      }
      case '[':
        return set()
      case '.':
        return { tag: 'any' }
      case '^':
        return { tag: 'start' }
      case '$':
        return { tag: 'end' }
      case '\\': {
        const escaped = escape(false)
        return 'tag' in escaped ? escaped : { tag: 'set', ranges: escaped, negated: false }
      }
      default:
        return /[*+?{}\])]/.test(c) ? bad(`character ${at} has a meaning of its own: write \\ before it`) : single(code(c))
    }
  }

  const times = (): readonly [number, number | null] | null => {
    const c = next()
    if (c !== '*' && c !== '+' && c !== '?' && c !== '{') return null
    at += 1
    if (c !== '{') return [c === '+' ? 1 : 0, c === '?' ? 1 : null]
    let text = ''
    for (let d = take(); d !== '}'; d = take()) text += d
    const [, low = '', comma, high = ''] = /^(\d{1,3})(,)?(\d{0,3})$/.exec(text) ?? bad('{ has to be \\{, or {n}, {n,}, {n,m}')
    const [least, most] = [Number(low), comma === undefined ? Number(low) : high === '' ? null : Number(high)]
    return least > MAX_TIMES || (most !== null && (most > MAX_TIMES || most < least))
      ? bad(`repetitions go up to ${MAX_TIMES}`)
      : [least, most]
  }

  const repeated = (): Regex => {
    const part = atom()
    const range = times()
    if (range === null) return part
    if (part.tag === 'start' || part.tag === 'end') return bad('^ and $ can not be repeated')
    if (isEndless(part)) return bad('an unbounded repetition in another repetition')
    return times() === null ? { tag: 'repeat', part, least: range[0], most: range[1] } : bad('a repetition right after another one')
  }

  const sequence = (): Regex => {
    const parts: Regex[] = []
    while (at < points.length && next() !== '|' && next() !== ')') parts.push(repeated())
    return parts.length === 0 ? bad('expected a character') : { tag: 'all', parts }
  }

  const either = (): Regex => {
    const parts = [sequence()]
    while (next() === '|') {
      at += 1
      parts.push(sequence())
    }
    return parts.length === 1 ? (parts[0] as Regex) : { tag: 'one', parts }
  }

  const whole = either()
  if (at < points.length) return bad('a ) without its (')
  return sizeOf(whole) > MAX_STEPS ? bad('too many nested repetitions') : whole
}

// --- How engines write it ---------------------------------------------------------------------

const isWord = (point: number): boolean => within(CLASSES['w'] as readonly Range[], point) && point !== 95

/** A literal character: ASCII signs are escaped with a backslash. */
const escaped = (point: number): string => {
  const c = String.fromCodePoint(point)
  return point < 33 || point > 126 || isWord(point) ? c : `\\${c}`
}

/** An engine's syntax for the end of a text, and for any character. */
export interface Words {
  readonly end: string
  readonly any: string
}

/** The expression in an engine's syntax. */
export const written = (regex: Regex, words: Words): string => {
  switch (regex.tag) {
    case 'any':
      return words.any
    case 'start':
      return '^'
    case 'end':
      return words.end
    case 'set': {
      const [[low, high] = [0, 0]] = regex.ranges
      if (!regex.negated && regex.ranges.length === 1 && low === high) return escaped(low)
      const ranges = regex.ranges.map(([a, b]) => (a === b ? escaped(a) : `${escaped(a)}-${escaped(b)}`))
      return `[${regex.negated ? '^' : ''}${ranges.join('')}]`
    }
    case 'all':
      return regex.parts.map(part => (part.tag === 'one' ? `(?:${written(part, words)})` : written(part, words))).join('')
    case 'one':
      return regex.parts.map(part => written(part, words)).join('|')
    case 'repeat': {
      const part = written(regex.part, words)
      const one = regex.part.tag === 'set' || regex.part.tag === 'any' ? part : `(?:${part})`
      return `${one}{${regex.least},${regex.most ?? ''}}`
    }
  }
}
