/**
 * The tokens of a CREATE statement, with their places and the comments between them.
 *
 * SQLite keeps the text of CREATE statements. What no pragma returns (names of constraints, checks, comments) is read from it, and slices of
 * it are the texts of expressions. The lexical rules are those of `sqliteLexis`; a text that SQLite has stored is one valid statement, so
 * quotes, brackets and comments have an end, except a last comment.
 *
 * Block comments may be comments of columns and tables (`core/schema/typeNote`); comments to the end of the line are blanks.
 *
 * Law: `readBlockComment(writeBlockComment(s)) = s`, and the written comment ends at its last two characters.
 */
import { sqliteLexis } from '../lexis.js'

/** A token; `start` and `end` are its place in the text. */
export interface Token {
  /** A word may be a keyword; a name is quoted, or is a string, which SQLite accepts as a name. */
  readonly tag: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** A word, number or symbol as written; a name or string without its quotes. */
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A block comment; `depth` is the number of brackets that enclose it. */
interface Comment {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly depth: number
}

/** A text, and what it consists of. */
export interface Tokens {
  readonly sql: string
  readonly tokens: readonly Token[]
  readonly comments: readonly Comment[]
}

/** ASCII lower case: SQLite compares names so, and no other letters. */
export const folded = (name: string): string => name.replace(/[A-Z]+/g, s => s.toLowerCase())

/** A text as a block comment. The end of a comment inside it gets a backslash. */
export const writeBlockComment = (text: string): string => `/* ${text.replace(/\*(\\*)\//g, '*\\$1/')} */`

/** The text of a block comment: without its marks, one blank on either side, and the backslash of `writeBlockComment`. */
export const readBlockComment = (comment: string): string =>
  comment
    .slice(2, comment.endsWith('*/') ? -2 : undefined)
    .replace(/^ /, '')
    .replace(/ $/, '')
    .replace(/\*\\(\\*)\//g, '*$1/')

/** The first place after a quoted text. A doubled end does not end it, except a bracket. */
const afterQuote = (sql: string, start: number, end: string): number => {
  let at = sql.indexOf(end, start + 1)
  while (end !== ']' && at >= 0 && sql[at + 1] === end) at = sql.indexOf(end, at + 2)
  return at < 0 ? sql.length : at + 1
}

const matchAt = (pattern: RegExp, sql: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(sql)
}

/** The token at a place that is neither blank nor comment. */
const tokenAt = (sql: string, start: number, lexeme: RegExpExecArray | null): Token => {
  if (lexeme !== null) {
    const [text] = lexeme
    const tag = lexeme.groups?.['word'] !== undefined ? 'word' : lexeme.groups?.['number'] !== undefined ? 'number' : 'symbol'
    return { tag, text, start, end: start + text.length }
  }
  const mark = sql.charAt(start)
  const quote = sqliteLexis.quotes[mark]
  if (quote === undefined) return { tag: 'symbol', text: mark, start, end: start + 1 }
  const end = afterQuote(sql, start, quote.end)
  const inside = sql.slice(start + 1, end - 1)
  const text = mark === '[' ? inside : inside.replaceAll(mark + mark, mark)
  return { tag: quote.isName ? 'name' : 'string', text, start, end }
}

/** Splits a text into tokens and comments. */
export const tokensIn = (sql: string): Tokens => {
  const tokens: Token[] = []
  const comments: Comment[] = []
  let depth = 0
  let at = 0
  while (at < sql.length) {
    const lexeme = matchAt(sqliteLexis.lexeme, sql, at)
    if (lexeme?.groups?.['skip'] !== undefined) {
      at += lexeme[0].length
    } else if (lexeme === null && matchAt(sqliteLexis.blockComment.begin, sql, at) !== null) {
      const close = sql.indexOf('*/', at + 2)
      const end = close < 0 ? sql.length : close + 2
      comments.push({ text: readBlockComment(sql.slice(at, end)), start: at, end, depth })
      at = end
    } else {
      const token = tokenAt(sql, at, lexeme)
      if (token.tag === 'symbol') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0
      tokens.push(token)
      at = token.end
    }
  }
  return { sql, tokens, comments }
}
