/**
 * Breaks a one-line statement into several lines, for the reader of the snapshot: only blanks between tokens change.
 *
 * A statement that fits on a line stays on one. Otherwise a SELECT has a line for each of its clauses, and text in parentheses is laid
 * out in the same way one level deeper.
 */
import type { DialectName } from '../../../lib/core/value/DialectName.js'
import { type Token, tokensOf } from './lexer.js'

const WIDTH = 110

/** Words with which a line begins. */
const CLAUSE = /^(?:SELECT|FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|UNION|INTERSECT|EXCEPT|RETURNING|VALUES|SET)$/
const JOIN = /^(?:JOIN|LEFT|CROSS)$/

type Piece = string | { readonly inside: readonly Piece[]; readonly words: readonly string[] }

interface Parts {
  readonly pieces: Piece[]
  readonly words: string[]
}

/** Brackets as a tree, and each other token with the blank before it. */
const tree = (tokens: readonly Token[]): Parts => {
  const stack: Parts[] = [{ pieces: [], words: [] }]
  let end = 0
  for (const { source, at } of tokens) {
    const here = stack[stack.length - 1] as Parts
    const spaced = `${at > end ? ' ' : ''}${source}`
    end = at + source.length
    if (source === ')' && stack.length > 1) {
      const { pieces, words } = stack.pop() as Parts
      ;(stack[stack.length - 1] as Parts).pieces.push({ inside: pieces, words }, ')')
      continue
    }
    here.pieces.push(spaced)
    here.words.push(source)
    if (source === '(') stack.push({ pieces: [], words: [] })
  }
  return stack[0] as Parts
}

const flat = (pieces: readonly Piece[]): string => pieces.map(p => (typeof p === 'string' ? p : flat(p.inside))).join('')

const isQuery = (words: readonly string[]): boolean => words[0] === 'SELECT' || words[0] === 'WITH'

/** How much stands before the next comma, or the next clause. */
const item = (pieces: readonly Piece[]): number => {
  const end = pieces.findIndex((p, i) => p === ',' || (i > 0 && typeof p === 'string' && CLAUSE.test(p.trimStart())))
  return flat(end < 0 ? pieces : pieces.slice(0, end + 1)).length
}

const print = (pieces: readonly Piece[], words: readonly string[], margin: string, statement: boolean): string => {
  const whole = flat(pieces).trimStart()
  if (margin.length + whole.length <= WIDTH) return whole
  let text = ''
  /** How far the line is indented that is being written. */
  const indent = (): string => (text.includes('\n') ? (/\n( *)[^\n]*$/.exec(text)?.[1] ?? '') : margin)
  const isBreak = (word: string, i: number): boolean => {
    const [before, after] = [pieces[i - 1], pieces[i + 1]]
    if (word === 'FROM') return before !== ' DISTINCT' && before !== 'DELETE'
    if (word === 'VALUES') return words[0] === 'INSERT' && after === ' ('
    if (word === 'SET') return before !== ' UPDATE'
    return CLAUSE.test(word) || (JOIN.test(word) && before !== ' LEFT' && before !== ' CROSS')
  }
  let between = false
  pieces.forEach((piece, i) => {
    const lastLine = text.length - text.lastIndexOf('\n')
    if (typeof piece !== 'string') {
      const query = isQuery(piece.words)
      const at = indent()
      const inside = print(piece.inside, piece.words, `${at}  `, query)
      text += query && lastLine + flat(piece.inside).length > WIDTH ? `\n${at}  ${inside}\n${at}` : inside
      return
    }
    const word = piece.trimStart()
    const clause = statement && isBreak(word, i)
    const long = pieces[i - 1] === ',' && lastLine + item(pieces.slice(i)) > WIDTH + 10
    const condition = (word === 'AND' && !between) || word === 'OR'
    if (word === 'BETWEEN' || word === 'AND') between = word === 'BETWEEN'
    const further = long || (condition && lastLine > WIDTH / 2)
    text += i > 0 && piece !== word && (clause || further) ? `\n${margin}${clause ? '' : '  '}${word}` : piece
  })
  return text.trimStart()
}

export const layout = (dialect: DialectName, sql: string): string => {
  // definitions have lines of their own
  if (!/^(?:WITH|SELECT|INSERT|UPDATE|DELETE)\b/.test(sql)) return sql
  const { pieces, words } = tree(tokensOf(dialect, sql))
  return print(pieces, words, '', true)
}
