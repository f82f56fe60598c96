/**
 * Minimal lexers of the four dialects: just enough to find where an identifier or a text begins and ends.
 *
 * They are written from the manuals of the engines and independent of lib/, so that quoting is checked by other code than that which
 * quotes. MySQL and MariaDB are read as in their default mode: a backslash escapes in a text, double quotes delimit a text, `#` begins a
 * comment. SQLite takes all four kinds of quotes for identifiers.
 */
import type { DialectName } from '../../../lib/core/value/DialectName.js'

export interface Token {
  readonly kind: 'word' | 'identifier' | 'text' | 'bytes' | 'number' | 'parameter' | 'symbol' | 'comment'
  /** As it stands in the statement. */
  readonly source: string
  /** The meaning of the token: an identifier or a text without its quotes. */
  readonly value: string
  /** The position of its first character. */
  readonly at: number
}

interface Rule {
  readonly kind: Token['kind']
  readonly pattern: RegExp
  readonly value?: (source: string) => string
}

const inside = (mark: string) => (source: string) => source.slice(1, -1).replaceAll(mark + mark, mark)

const quoted = (kind: Token['kind'], mark: string): Rule => ({
  kind,
  pattern: new RegExp(`${mark}(?:[^${mark}]|${mark}${mark})*${mark}`, 'uy'),
  value: inside(mark),
})

const escapes: { readonly [letter: string]: string } = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001a' }

/** A text in which a backslash takes the next character's own meaning away, or gives it one. */
const escaped = (mark: string): Rule => ({
  kind: 'text',
  pattern: new RegExp(`${mark}(?:[^${mark}\\\\]|\\\\[\\s\\S]|${mark}${mark})*${mark}`, 'uy'),
  value: source =>
    source
      .slice(1, -1)
      .replace(new RegExp(`\\\\([\\s\\S])|${mark}${mark}`, 'gu'), (_, letter: string | undefined) =>
        letter === undefined ? mark : (escapes[letter] ?? letter),
      ),
})

const common: readonly Rule[] = [
  { kind: 'comment', pattern: /\/\*[\s\S]*?\*\//uy },
  { kind: 'number', pattern: /\d+(?:\.\d+)?(?:e[+-]?\d+)?/iuy },
  { kind: 'word', pattern: /[\p{L}_][\p{L}\p{N}_$]*/uy },
  { kind: 'symbol', pattern: /<=>|<>|<=|>=|->>|->|::|\|\||[-+*/%=<>(),.;:@~&|^!]/uy },
]

const dashes: Rule = { kind: 'comment', pattern: /--[^\n]*/uy }

const mysql: readonly Rule[] = [
  { kind: 'bytes', pattern: /[xX]'[0-9a-fA-F]*'/uy, value: source => source.slice(2, -1) },
  quoted('identifier', '`'),
  escaped("'"),
  escaped('"'),
  { kind: 'comment', pattern: /--(?=[\s\p{Cc}]|$)[^\n]*|#[^\n]*/uy },
  { kind: 'parameter', pattern: /\?/uy },
  ...common,
]

const rules: { readonly [name in DialectName]: readonly Rule[] } = {
  postgres: [
    { kind: 'text', pattern: /[eE]'(?:[^'\\]|\\[\s\S]|'')*'/uy, value: source => `escaped ${source}` },
    { kind: 'text', pattern: /\$(\w*)\$[\s\S]*?\$\1\$/uy },
    quoted('identifier', '"'),
    quoted('text', "'"),
    dashes,
    { kind: 'parameter', pattern: /\$\d+/uy },
    { kind: 'symbol', pattern: /\[\]|#>>|[[\]]/uy },
    ...common,
  ],
  mysql,
  mariadb: mysql,
  sqlite: [
    { kind: 'bytes', pattern: /[xX]'[0-9a-fA-F]*'/uy, value: source => source.slice(2, -1) },
    quoted('identifier', '"'),
    quoted('identifier', '`'),
    { kind: 'identifier', pattern: /\[[^\]]*\]/uy, value: source => source.slice(1, -1) },
    quoted('text', "'"),
    dashes,
    { kind: 'parameter', pattern: /\?\d*|[:@$][\p{L}_]\w*/uy },
    ...common,
  ],
}

/** The tokens of a statement; throws where nothing fits, as at a quote without an end. */
export const tokensOf = (dialect: DialectName, sql: string): readonly Token[] => {
  const tokens: Token[] = []
  for (let at = 0; at < sql.length; ) {
    const blank = /[ \t\r\n\f]+/uy
    blank.lastIndex = at
    if (blank.test(sql)) {
      at = blank.lastIndex
      continue
    }
    const found = rules[dialect].find(({ pattern }) => {
      pattern.lastIndex = at
      return pattern.test(sql)
    })
    if (found === undefined) throw new Error(`no token of ${dialect} at ${at}: ${sql.slice(at, at + 40)}`)
    const source = sql.slice(at, found.pattern.lastIndex)
    tokens.push({ kind: found.kind, source, value: found.value?.(source) ?? source, at })
    at += source.length
  }
  return tokens
}
