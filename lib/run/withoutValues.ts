/**
 * Removes values from the text of an error message.
 *
 * Servers and drivers show values in many ways: in quotes, without, escaped, truncated, in another notation. So the rule is not to
 * remove what looks like a value, but to keep only what can't be one:
 * - a quoted part is kept if the statement contains it, or if it is a name that the error has in a field of its own;
 * - a word without quotes is kept if the statement contains it, or if it consists of letters;
 * - no word is kept that is the value of a parameter, a part of a JSON parameter, or a piece of a long one.
 *
 * A statement contains placeholders and never a value; its own string literals do not count. What is removed is shown as `…`.
 * Not recognized: a stored value of letters only that a trigger's author put into a message without quotes.
 */
import { toHex } from '../sql/hex.js'

/** A statement that failed. */
export interface Sent {
  readonly sql: string
  readonly params?: readonly unknown[]
}

const GAP = '…'
const MAX_LENGTH = 500

const isWordChar = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}_]/u.test(c)

/** Lower case, character by character, so that positions stay the same. */
const lowered = (text: string): string => {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : Array.from({ length: text.length }, (_, i) => lowerUnit(text.charAt(i))).join('')
}
const lowerUnit = (c: string): string => {
  const lower = c.toLowerCase()
  return lower.length === 1 ? lower : c
}

/** A name in quotes, or a string literal. */
const QUOTED = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\$([A-Za-z_]*)\$[\s\S]*?\$\1\$/g

/** A statement with blanked string literals of the same length; `rest` is applied to what is not in quotes. */
const withoutLiterals = (sql: string, rest: (code: string) => string = code => code): string => {
  let shown = ''
  let from = 0
  for (const match of sql.matchAll(QUOTED)) {
    const [part] = match
    const isName = part.startsWith('"') || part.startsWith('`')
    shown += rest(sql.slice(from, match.index)) + (isName ? part : `'${GAP.repeat(part.length - 2)}'`)
    from = match.index + part.length
  }
  return shown + rest(sql.slice(from))
}

/** A statement as an error shows it: literals are kept only in raw text, which the program wrote itself. */
export const shownSql = ({ sql, isRaw }: { readonly sql: string; readonly isRaw: boolean }): string => (isRaw ? sql : withoutLiterals(sql))

/** A statement without literals and the numbers of placeholders. */
const codeOf = (sql: string): string => withoutLiterals(sql, code => code.replace(/[$?]\d+/g, '?'))

/** Tests whether the statement contains a text as a whole word or name, also escaped. */
const containedIn = (sql: string): ((text: string) => boolean) => {
  const code = lowered(codeOf(sql))
  const versions = [code, code.replaceAll('""', '"').replaceAll('``', '`'), code.replace(/["`]/g, '')]
  return text => {
    const wanted = lowered(text)
    if (wanted === '') return true
    return versions.some(whole => {
      for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
        const before = isWordChar(wanted[0]) && isWordChar(whole[at - 1])
        const after = isWordChar(wanted.at(-1)) && isWordChar(whole[at + wanted.length])
        if (!before && !after) return true
      }
      return false
    })
  }
}

/** A name from a message, or `…` if it may be a value: the statement must contain it. A definition contains no values. */
export const nameIn = ({ sql }: Sent, name: string): string => (/^(?:CREATE|DROP|ALTER) /.test(sql) || containedIn(sql)(name) ? name : GAP)

/** The ways in which a value may be written. */
const formsOf = (value: unknown, depth = 0): readonly string[] => {
  if (value === null || value === undefined || typeof value === 'boolean' || depth > 8) return []
  if (typeof value === 'string') return [value, JSON.stringify(value).slice(1, -1), ...partsOf(value, depth), hexOf(value)]
  if (value instanceof Uint8Array) return [toHex(value), ...formsOf(new TextDecoder('utf-8').decode(value), depth + 1)]
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [] : [value.toISOString(), String(value)]
  if (typeof value !== 'object') return [String(value)]
  return Object.values(value).flatMap(v => formsOf(v, depth + 1))
}

const hexOf = (text: string): string => (text.length > 200 ? '' : toHex(new TextEncoder().encode(text)))

/** The values in a JSON document or an array of Postgres. */
const partsOf = (text: string, depth: number): readonly string[] => {
  if (!/^\s*[[{]/.test(text)) return []
  try {
    return formsOf(JSON.parse(text), depth + 1)
  } catch {
    return text.split(/[{}[\],":]/).filter(part => part.length > 1)
  }
}

/** The length of a piece of a longer value that is recognized anywhere. */
const PIECE = 12

/** Marks values of parameters, and pieces of them. */
const markParameters = (message: string, params: readonly unknown[], gone: boolean[]): void => {
  const text = lowered(message)
  const mark = (from: number, length: number): void => {
    for (let i = from; i < from + length; i += 1) gone[i] = true
  }
  for (const form of new Set(params.flatMap(p => formsOf(p)))) {
    const value = lowered(form.trim())
    if (value === '') continue
    if (value.length <= text.length) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        const before = isWordChar(value[0]) && isWordChar(text[at - 1])
        const after = isWordChar(value.at(-1)) && isWordChar(text[at + value.length])
        if (value.length >= PIECE || !(before || after)) mark(at, value.length)
      }
    }
    if (value.length <= PIECE) continue
    for (let at = 0; at + PIECE <= text.length; at += 1) {
      if (value.includes(text.slice(at, at + PIECE))) mark(at, PIECE)
    }
  }
}

/** Marks quoted parts that are not names: from the opening quote of the first to the last quote of its kind. */
const markQuotes = (message: string, isKnown: (text: string) => boolean, gone: boolean[], kept: boolean[]): void => {
  let i = 0
  while (i < message.length) {
    const quote = message.charAt(i)
    if (!`'"\``.includes(quote) || (quote === "'" && isWordChar(message[i - 1]))) {
      i += 1
      continue
    }
    const end = closing(message, i)
    if (end !== null && isKnown(message.slice(i + 1, end))) {
      for (let k = i; k <= end; k += 1) kept[k] = true
      i = end + 1
      continue
    }
    const last = lastClosing(message, i) ?? message.length - 1
    for (let k = i; k <= last; k += 1) gone[k] = true
    i = last + 1
  }
}

const closes = (message: string, at: number, quote: string): boolean => message[at] === quote && !isWordChar(message[at + 1])

const closing = (message: string, from: number): number | null => {
  const quote = message.charAt(from)
  for (let at = from + 1; at < message.length; at += 1) if (closes(message, at, quote)) return at
  return null
}

const lastClosing = (message: string, from: number): number | null => {
  const quote = message.charAt(from)
  for (let at = message.length - 1; at > from; at -= 1) if (closes(message, at, quote)) return at
  return null
}

const PLAIN = /^\p{L}+(?:['’-]\p{L}+)*$/u

/** Marks words that are neither plain words nor in the statement. */
const markWords = (message: string, isKnown: (text: string) => boolean, gone: boolean[], kept: readonly boolean[]): void => {
  for (const match of message.matchAll(/[^\s"'`]+(?:'[^\s"'`]+)*/g)) {
    const [word] = match
    const core = word.replace(/^[([{<]+|[)\]}>.,;:!?]+$/g, '')
    const from = match.index + word.indexOf(core)
    if (core === '' || kept[from] === true || (core.length <= 30 && PLAIN.test(core)) || isKnown(core)) continue
    for (let i = from; i < from + core.length; i += 1) gone[i] = true
  }
}

/** A message without what may be a value. `names` are the names in other fields of the error. */
export const withoutValues = (text: string, sent: Sent, names: readonly string[] = []): string => {
  const message = text.slice(0, MAX_LENGTH)
  const isInStatement = containedIn(sent.sql)
  const isKnown = (part: string): boolean => names.includes(part) || isInStatement(part)
  const [gone, kept, ofParameters]: [boolean[], boolean[], boolean[]] = [[], [], []]
  markQuotes(message, isKnown, gone, kept)
  markWords(message, isKnown, gone, kept)
  markParameters(message, sent.params ?? [], ofParameters)
  let shown = ''
  let inGap = false
  for (let i = 0; i < message.length; i += 1) {
    const isGone = gone[i] === true || (ofParameters[i] === true && kept[i] !== true)
    if (!isGone) shown += message.charAt(i)
    else if (!inGap) shown += GAP
    inGap = isGone
  }
  return shown.replaceAll(/…(?:[\s,.:;()-]*…)+/g, GAP)
}
