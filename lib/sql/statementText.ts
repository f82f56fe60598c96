/**
 * Lexical analysis of raw statements, to find out what they would do to the session.
 *
 * Servers differ in what is a comment, a string, a blank or a name, and in which comments they execute. A `Lexis` is these differences as
 * data; one lexer splits a text into tokens by it. `statementProblem` returns why a raw statement is refused: it is empty, it has several
 * statements, it begins, ends or nests a transaction, or it takes locks that outlast its transaction.
 *
 * The text is the one that is sent, with placeholders, so that a value is never read as text. What a statement does through a
 * stored procedure, or commits implicitly, is not in its text. LOCK TABLE of Postgres ends with its transaction and is allowed.
 */

/** Executable comments: whether servers of the supported versions run their contents. */
export type Executes = 'always' | 'never' | 'unsure'

/** Statements that are refused, by their first words; an ellipsis stands for any words: `FLUSH ... FOR EXPORT`. */
export interface Refused {
  readonly words: readonly string[]
  readonly why: keyof typeof REASONS
}

/** The lexical rules of an engine, and the statements that are refused. Each pattern is sticky: it matches at one place. */
export interface Lexis {
  /** Everything but block comments, quoted texts and symbols: see `lexemes`. */
  readonly lexeme: RegExp
  /** The start of a block comment, and whether block comments nest. One without an end takes the rest of the text. */
  readonly blockComment: { readonly begin: RegExp; readonly nests: boolean }
  /** Comments that are executed: their start, with the version in its group `version`, and the versions that execute them. */
  readonly executable: { readonly begin: RegExp; readonly executes: (mark: string, version: string) => Executes } | null
  /** Quotes by their first character: their end, and whether a backslash escapes. A doubled end does not end them, except brackets. */
  readonly quotes: { readonly [begin: string]: { readonly end: string; readonly backslash: boolean; readonly isName: boolean } }
  readonly refused: readonly Refused[]
  /** Variables that SET may not assign. */
  readonly settings: ReadonlySet<string>
  /** The tokens between such a variable and its value. */
  readonly assignment: readonly string[]
  /** The objects that CREATE and ALTER define by a body with semicolons. */
  readonly bodies: ReadonlySet<string>
}

/** A token of a statement. */
export interface Token {
  /** A word may be a keyword, a name is quoted. */
  readonly tag: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** A word in upper case, a name without its quotes, else the text. */
  readonly text: string
}

const REASONS = {
  transaction: 'raw text can not begin, end or configure a transaction: use Program.transaction and Program.attempt',
  lock: 'raw text can not take locks that outlast its transaction: use Q.forUpdate, Q.forShare or Program.advisoryLock',
} as const

const SEVERAL = 'raw text has to be one statement: perform the statements one by one'
const NOTHING = 'raw text has no statement: it is empty, or holds comments only'
const UNSURE =
  'raw text has a comment that only some versions of the server execute, so that it is not known what it does: leave the comment out'

/**
 * One pattern for the lexemes that their first character tells: blanks and comments to the end of the line, strings with a prefix, words,
 * numbers.
 */
export const lexemes = (of: {
  readonly skip: readonly RegExp[]
  readonly special: readonly RegExp[]
  readonly word: RegExp
  readonly number: RegExp
}): RegExp => {
  const one = (patterns: readonly RegExp[]): string => (patterns.length === 0 ? '(?!)' : patterns.map(p => p.source).join('|'))
  return new RegExp(
    `(?<skip>${one(of.skip)})|(?<special>${one(of.special)})|(?<word>${of.word.source})|(?<number>${of.number.source})`,
    'y',
  )
}

/** The match of a sticky pattern at a place. */
const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Upper case of ASCII letters only: keywords have no others, and some other letters become ASCII in upper case. */
const upper = (word: string): string => word.replace(/[a-z]+/g, s => s.toUpperCase())

/** The first place after a block comment that begins at `at`. */
const afterComment = (text: string, at: number, begin: string, nests: boolean): number => {
  let depth = 1
  let i = at + begin.length
  while (depth > 0) {
    const end = text.indexOf('*/', i)
    if (end < 0) return text.length
    const inner = nests ? text.indexOf('/*', i) : -1
    depth += inner >= 0 && inner < end ? 1 : -1
    i = (inner >= 0 && inner < end ? inner : end) + 2
  }
  return i
}

/** A comment that is not executed may hold ordinary comments, which do not nest. */
const SKIPPED = /(?:\/\*[\s\S]*?\*\/|(?!\*\/)[\s\S])*(?:\*\/)?/y

/** The first place after a quoted text that begins at `at`. */
const afterQuote = (text: string, at: number, end: string, backslash: boolean): number => {
  for (let i = at + 1; i < text.length; i += 1) {
    if (backslash && text[i] === '\\') i += 1
    else if (text[i] === end) {
      if (end === ']' || text[i + 1] !== end) return i + 1
      i += 1
    }
  }
  return text.length
}

/** The tokens of a text, without blanks and comments; null where a comment makes them ambiguous. */
export const tokensOf = (lexis: Lexis, text: string): readonly Token[] | null => {
  const tokens: Token[] = []
  let isInside = false
  let at = 0
  const take = (tag: Token['tag'], length: number, value = text.slice(at, at + length)): void => {
    tokens.push({ tag, text: value })
    at += length
  }
  while (at < text.length) {
    const lexeme = match(lexis.lexeme, text, at)
    if (lexeme !== null) {
      const { skip, special, word } = lexeme.groups as { readonly [group: string]: string | undefined }
      if (skip !== undefined) at += skip.length
      else if (word !== undefined) take('word', word.length, upper(word))
      else take(special === undefined ? 'number' : 'string', lexeme[0].length)
      continue
    }
    if (isInside && text.startsWith('*/', at)) {
      isInside = false
      at += 2
      continue
    }
    const code = lexis.executable === null ? null : match(lexis.executable.begin, text, at)
    if (lexis.executable !== null && code !== null) {
      const executes = lexis.executable.executes(code[1] ?? '', code[2] ?? '')
      if (executes === 'unsure') return null
      at += code[0].length
      if (executes === 'always') isInside = true
      else at += match(SKIPPED, text, at)?.[0].length ?? 0
      continue
    }
    const comment = match(lexis.blockComment.begin, text, at)
    if (comment !== null) {
      at = afterComment(text, at, comment[0], lexis.blockComment.nests)
      continue
    }
    const quote = lexis.quotes[text.charAt(at)]
    if (quote === undefined) take('symbol', 1)
    else {
      const length = afterQuote(text, at, quote.end, quote.backslash) - at
      if (quote.isName) take('name', length, text.slice(at + 1, at + length - 1))
      else take('string', length)
    }
  }
  return tokens
}

const isWord = (token: Token | undefined, ...words: readonly string[]): boolean => token?.tag === 'word' && words.includes(token.text)
const isSymbol = (token: Token | undefined, ...symbols: readonly string[]): boolean =>
  token?.tag === 'symbol' && symbols.includes(token.text)

/** The statements of a text, separated by semicolons outside brackets; empty ones are left out. */
const statementsIn = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const statements: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1
    else if (isSymbol(token, ')')) depth -= 1
    if (depth <= 0 && isSymbol(token, ';')) statements.push([])
    else statements[statements.length - 1]?.push(token)
  }
  return statements.filter(s => s.length > 0)
}

/** The words that may stand between CREATE and the kind of the object. */
const ADORNMENTS = ['OR', 'REPLACE', 'AGGREGATE', 'TEMP', 'TEMPORARY', 'CONSTRAINT']

/** Whether a statement defines an object by a body, which may contain semicolons. */
const hasBody = (lexis: Lexis, statement: readonly Token[]): boolean => {
  if (!isWord(statement[0], 'CREATE', 'ALTER')) return false
  const rest = statement.slice(1)
  const isKind = (t: Token): boolean => t.tag === 'word' && lexis.bodies.has(t.text)
  const [first] = rest.filter(t => !isWord(t, ...ADORNMENTS))
  if (first === undefined) return false
  // DEFINER = name@host
  return isWord(first, 'DEFINER') ? rest.slice(0, 12).some(isKind) : isKind(first)
}

/** Whether tokens from a place on are these words; after an ellipsis, anywhere later. */
const startsWith = (statement: readonly Token[], words: readonly string[], at = 0): boolean => {
  const gap = words.indexOf('...')
  if (gap < 0) return words.every((w, i) => isWord(statement[at + i], w))
  const tail = words.slice(gap + 1)
  return startsWith(statement, words.slice(0, gap), at) && statement.some((_, i) => i >= at + gap && startsWith(statement, tail, i))
}

/** Whether SET assigns a setting that the session controls. */
const assigns = (lexis: Lexis, statement: readonly Token[]): boolean =>
  isWord(statement[0], 'SET', 'PRAGMA') &&
  statement.some((t, i) => {
    if ((t.tag !== 'word' && t.tag !== 'name') || !lexis.settings.has(upper(t.text))) return false
    const next = statement[i + 1]
    // @name is a variable of the user, @@name one of the server
    const isUsers = isSymbol(statement[i - 1], '@') && !isSymbol(statement[i - 2], '@')
    return !isUsers && next !== undefined && lexis.assignment.includes(next.text)
  })

/** The statement that MariaDB's SET STATEMENT ... FOR runs; any other statement is returned itself. */
const inner = (statement: readonly Token[]): readonly Token[] => {
  if (!startsWith(statement, ['SET', 'STATEMENT'])) return statement
  let depth = 0
  for (const [i, token] of statement.entries()) {
    if (isSymbol(token, '(')) depth += 1
    else if (isSymbol(token, ')')) depth -= 1
    else if (depth === 0 && isWord(token, 'FOR')) return inner(statement.slice(i + 1))
  }
  return statement
}

/** Why a raw statement is refused; null if it is not. */
export const statementProblem = (lexis: Lexis, text: string): string | null => {
  const tokens = tokensOf(lexis, text)
  if (tokens === null) return UNSURE
  const [first, ...others] = statementsIn(tokens)
  if (first === undefined) return NOTHING
  if (assigns(lexis, first)) return REASONS[isWord(first[0], 'PRAGMA') ? 'lock' : 'transaction']
  const run = inner(first)
  const refused = lexis.refused.find(r => startsWith(run, r.words))
  if (refused !== undefined) return REASONS[refused.why]
  return others.length > 0 && !hasBody(lexis, first) ? SEVERAL : null
}
