/**
 * Expressions in the text of SHOW CREATE TABLE, in the form in which the catalog reports those of a table in information_schema.
 *
 * They show how the engine stores a wanted default, check, computed column or key over an expression, without touching a real table: a
 * temporary table with them is created and shown. CREATE and DROP TEMPORARY TABLE do not commit; ALTER TABLE and CREATE INDEX do, also
 * of a temporary table (MySQL 9.7, MariaDB 10.11). The text is taken apart by quotes and brackets only, and no expression is understood.
 *
 * Law: `mysqlStored(SHOW CREATE TABLE t)` has the texts of `t` in the image of the catalog, byte by byte. On MySQL, the session has
 * to have `character_set_results = binary`, or the engine replaces each byte of a character beyond U+FFFF by `?`; the driver then returns
 * bytes. On MariaDB it is the catalog that replaces them, and these texts have the same.
 */
import type { ExprText } from '../../core/schema/SchemaImage.js'
import type { StoredTexts } from '../Catalog.js'
import { literalText, literalValue, mysqlLiteral } from './catalogTexts.js'

/** A part of a definition: a quoted name, a string, everything between brackets, a word or number, or a symbol. */
interface Part {
  readonly tag: 'name' | 'string' | 'group' | 'word' | 'symbol'
  readonly text: string
  readonly at: number
}

/** The first place after a quoted text or brackets that begin at `at`; the end of the text where they do not end. */
const after = (s: string, at: number): number => {
  const open = s[at]
  let i = at + 1
  if (open === '(') {
    while (i < s.length && s[i] !== ')') i = /['"`(]/.test(s.charAt(i)) ? after(s, i) : i + 1
    return i + 1
  }
  for (; i < s.length; i += 1) {
    if (s[i] === '\\' && open !== '`') i += 1
    else if (s[i] === open) {
      if (s[i + 1] !== open) return i + 1
      i += 1
    }
  }
  return i
}

const TAGS: { readonly [c: string]: Part['tag'] } = { '`': 'name', "'": 'string', '"': 'string', '(': 'group' }

const partsOf = (s: string): readonly Part[] => {
  const words = /[\w$.\u0080-\uffff]+/y
  const parts: Part[] = []
  for (let at = 0; at < s.length; ) {
    words.lastIndex = at
    const word = words.exec(s)?.[0]
    const tag = TAGS[s.charAt(at)]
    const end = tag !== undefined ? after(s, at) : word !== undefined ? at + word.length : at + 1
    if (!/\s/.test(s.charAt(at))) parts.push({ tag: tag ?? (word === undefined ? 'symbol' : 'word'), text: s.slice(at, end), at })
    at = end
  }
  return parts
}

/** The text between the brackets of a group. */
const inside = (group: Part): string => group.text.slice(1, -1)

/** The parts of a list between commas, each with the text that it is part of. */
const separated = (s: string): readonly (readonly Part[])[] => {
  const lists: Part[][] = [[]]
  for (const part of partsOf(s)) {
    if (part.tag === 'symbol' && part.text === ',') lists.push([])
    else lists[lists.length - 1]?.push(part)
  }
  return lists
}

const nameOf = (part: Part): string => part.text.slice(1, -1).replaceAll('``', '`')

const isWord = (part: Part | undefined, ...words: readonly string[]): boolean =>
  part?.tag === 'word' && words.includes(part.text.toUpperCase())

/** The bracket that follows a word. */
const groupAfter = (parts: readonly Part[], word: string): Part | null => {
  const i = parts.findIndex(p => isWord(p, word))
  const next = parts[i + 1]
  return i >= 0 && next?.tag === 'group' ? next : null
}

/** What differs between MySQL and MariaDB. */
interface Forms {
  /** An expression as the catalog reports it. */
  readonly expression: (text: string) => string
  /** The default of a column of a type, from the parts after DEFAULT, of which `text` is the text; undefined where it is null. */
  readonly default: (text: string, value: readonly Part[], type: string) => ExprText | undefined
}

/** The words that may follow a default. */
const ENDS = ['ON', 'AUTO_INCREMENT', 'COMMENT', 'CHECK', 'INVISIBLE', 'COMPRESSED', 'WITHOUT', 'REF_SYSTEM_ID', 'COLUMN_FORMAT', 'STORAGE']

const endsDefault = (part: Part): boolean => isWord(part, ...ENDS) || part.text === '/'

const defaultOf = (forms: Forms, body: string, parts: readonly Part[]): ExprText | undefined => {
  const start = parts.findIndex(p => isWord(p, 'DEFAULT'))
  const rest = start < 0 ? [] : parts.slice(start + 1)
  const end = rest.findIndex(endsDefault)
  const value = end < 0 ? rest : rest.slice(0, end)
  const [first, last] = [value[0], value[value.length - 1]]
  if (first === undefined || last === undefined) return undefined
  const type = partsOf(body).filter(p => p.at > (parts[0]?.at ?? 0) && p.at < (rest[0]?.at ?? 0))
  return forms.default(body.slice(first.at, last.at + last.text.length), value, type.map(p => p.text).join(' '))
}

const storedBy =
  (forms: Forms) =>
  (shown: string): StoredTexts => {
    const group = partsOf(shown).find(p => p.tag === 'group')
    const body = group === undefined ? '' : inside(group)
    const defaults: { [column: string]: ExprText } = {}
    const computed: { [column: string]: ExprText } = {}
    const checks: { name: string | null; text: ExprText }[] = []
    const indexes: { [index: string]: readonly ExprText[] } = {}
    for (const parts of separated(body)) {
      const [first, second] = parts
      const check = groupAfter(parts, 'CHECK')
      if (check !== null) {
        const name = isWord(first, 'CONSTRAINT') && second?.tag === 'name' ? nameOf(second) : null
        checks.push({ name, text: forms.expression(inside(check)) })
      }
      if (first?.tag === 'name') {
        const name = nameOf(first)
        const expression = groupAfter(parts, 'AS')
        if (expression !== null) computed[name] = forms.expression(inside(expression))
        const value = defaultOf(forms, body, parts)
        if (value !== undefined) defaults[name] = value
      } else if (isWord(first, 'KEY', 'UNIQUE', 'FULLTEXT', 'SPATIAL')) {
        const name = parts.find(p => p.tag === 'name')
        const keys = parts.find(p => p.tag === 'group')
        if (name === undefined || keys === undefined) continue
        indexes[nameOf(name)] = separated(inside(keys)).map(([key]) => (key?.tag === 'group' ? forms.expression(inside(key)) : null))
      }
    }
    return { defaults, computed, checks, indexes }
  }

/** A text without characters beyond U+FFFF. */
const basic = (s: string, replacement: string): string => s.replace(/[\u{10000}-\u{10FFFF}]/gu, replacement)

/** The text that bytes in hexadecimal digits are in UTF-8; null if they are none. */
const textOfHex = (hex: string): string | null => {
  try {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], digits => Number.parseInt(digits, 16))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** A default of MySQL. A literal that has characters beyond U+FFFF is shown as bytes, and has question marks in the catalog. */
const mysqlShown: Forms['default'] = (text, value, type) => {
  const [first] = value
  if (first?.tag === 'group') return text
  if (first?.tag === 'string') return mysqlLiteral(literalValue(first.text), type)?.text
  if (isWord(first, 'NULL')) return undefined
  if (first !== undefined && /^0x/.test(first.text)) {
    const read = /\bcharacter set (?!utf8)/i.test(type) ? null : textOfHex(first.text.slice(2))
    return /^(?:var)?binary\b/.test(type) || read === null ? null : literalText(basic(read, '?'))
  }
  return text
}

/** The expressions of a table of MySQL, from the text of SHOW CREATE TABLE. */
export const mysqlStored: (shown: string) => StoredTexts = storedBy({ expression: text => text, default: mysqlShown })

/** The expressions of a table of MariaDB, from the text of SHOW CREATE TABLE. */
export const mariadbStored: (shown: string) => StoredTexts = storedBy({
  expression: text => basic(text, '????'),
  default: (text, [first], type) => {
    if (isWord(first, 'NULL')) return undefined
    return /^(?:var)?binary\b/.test(type) && /[?\ufffd]/.test(text) ? null : basic(text, '????')
  },
})
