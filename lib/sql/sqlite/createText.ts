/**
 * The parts of a CREATE statement as SQLite stores it: what no pragma returns.
 *
 * Tables: names of constraints, checks, computed columns, collations, comments. Indexes: texts of expressions and of the condition. Views: the
 * SELECT. Texts of expressions are slices of the statement, without the brackets that the grammar or `ddl.indexes.expression` puts there.
 *
 * It reads statements that SQLite has accepted and does not check them: words that it does not know are skipped. Facts of its grammar that
 * are tested in `test/pure/createText.test.ts`: constraints of a table need no commas between them, names may be strings, most keywords may
 * be names, and a name of a constraint may be followed by another one or by none.
 */
import { type Token, type Tokens, tokensIn } from './createTokens.js'
import type { ColumnPlace, ConstraintPlace, Span, TablePlaces } from './TablePlaces.js'

/** A column of CREATE TABLE. */
interface ColumnText {
  readonly name: string
  /** The first block comment after the type, outside brackets. */
  readonly comment: string | null
  readonly collation: string | null
  readonly computed: { readonly text: string; readonly stored: boolean } | null
}

/** A primary or unique key. */
interface KeyText {
  readonly name: string | null
  readonly columns: readonly string[]
}

/** A foreign key. Its columns, target and actions are in `pragma_foreign_key_list`, which lists keys from the last to the first. */
interface ForeignKeyText {
  readonly name: string | null
  /** DEFERRABLE INITIALLY DEFERRED. All other forms are checked by each statement. */
  readonly deferrable: boolean
}

/** The parts of CREATE TABLE. */
export interface TableText {
  /** The block comment between the name and the list of columns. */
  readonly comment: string | null
  readonly columns: readonly ColumnText[]
  readonly primaryKey: KeyText | null
  readonly uniques: readonly KeyText[]
  readonly checks: readonly { readonly name: string | null; readonly text: string }[]
  readonly foreignKeys: readonly ForeignKeyText[]
  readonly autoincrement: boolean
  /** Constraints with ON CONFLICT, and keys with DESC or COLLATE: their text, after the name of the column for constraints of one. */
  readonly oddities: readonly string[]
}

/** The parts of CREATE INDEX. */
export interface IndexText {
  /** The expressions of the keys, without ASC and DESC. */
  readonly keys: readonly string[]
  readonly where: string | null
}

/** The parts of CREATE VIEW. */
export interface ViewText {
  readonly comment: string | null
  /** The listed columns with the block comment after each; none if the statement lists no columns. */
  readonly columns: readonly { readonly name: string; readonly comment: string | null }[]
  readonly select: string
}

/** A place among tokens, up to which they have been read; the tokens from `end` on belong to something else. */
interface Cursor extends Tokens {
  at: number
  readonly end: number
  /** The constraints that have been read. */
  readonly places: ConstraintPlace[]
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] extends readonly (infer B)[] ? B[] : A[K] }

const cursorOf = (sql: string): Cursor => {
  const all = tokensIn(sql)
  return { ...all, at: 0, end: all.tokens.length, places: [] }
}

const isSymbol = (token: Token | undefined, symbol: string): boolean => token?.tag === 'symbol' && token.text === symbol

/** Whether a token is one of some keywords, which are in upper case. */
const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.tag === 'word' && words.includes(token.text.toUpperCase())

/** The token that comes next, or one after it; undefined at the end. */
const next = (c: Cursor, offset = 0): Token | undefined => (c.at + offset < c.end ? c.tokens[c.at + offset] : undefined)

/** Reads some keywords, if they come next. */
const take = (c: Cursor, ...words: readonly string[]): boolean => {
  const found = words.every((word, i) => isWord(next(c, i), word))
  if (found) c.at += words.length
  return found
}

/** Reads one of some keywords, if it comes next. */
const takeOne = (c: Cursor, ...words: readonly string[]): boolean => words.some(word => take(c, word))

const takeName = (c: Cursor): string => {
  const token = next(c)
  c.at += 1
  return token?.text ?? ''
}

/** The text between two tokens, with both of them. */
const slice = ({ sql, tokens }: Tokens, from: number, to: number): string =>
  from >= to ? '' : sql.slice(tokens[from]?.start, tokens[to - 1]?.end)

/** The text between the brackets that are at `from` and before `to`, with the comments there. */
const inside = ({ sql, tokens }: Tokens, from: number, to: number): string => sql.slice(tokens[from]?.end, tokens[to - 1]?.start).trim()

/** The first place after the bracket that closes the one at a place. */
const afterGroup = (c: Cursor, from: number): number => {
  let depth = 0
  for (let i = from; i < c.end; i += 1) {
    if (isSymbol(c.tokens[i], '(')) depth += 1
    else if (isSymbol(c.tokens[i], ')')) depth -= 1
    if (depth === 0) return i + 1
  }
  return c.end
}

/** Reads a group in brackets: a cursor of the tokens inside. Null, without reading, if none comes next. */
const takeGroup = (c: Cursor): Cursor | null => {
  if (!isSymbol(next(c), '(')) return null
  const from = c.at
  c.at = afterGroup(c, from)
  return { ...c, at: from + 1, end: c.at - 1 }
}

/** The parts between the commas outside brackets. */
const items = (c: Cursor): readonly Cursor[] => {
  const parts: Cursor[] = []
  let from = c.at
  for (let i = c.at; i < c.end; i += 1) {
    if (isSymbol(c.tokens[i], '(')) i = afterGroup(c, i) - 1
    else if (isSymbol(c.tokens[i], ',')) {
      parts.push({ ...c, at: from, end: i })
      from = i + 1
    }
  }
  return from < c.end ? [...parts, { ...c, at: from, end: c.end }] : parts
}

/** The first block comment after token `after` and before token `before` that as many brackets enclose. */
const commentAt = ({ comments, tokens, sql }: Tokens, after: number, before: number, depth: number): ColumnPlace['comment'] => {
  const from = tokens[after]?.end ?? 0
  const to = tokens[before]?.start ?? sql.length
  return comments.find(c => c.start >= from && c.start < to && c.depth === depth) ?? null
}

const commentBetween = (tokens: Tokens, after: number, before: number, depth: number): string | null =>
  commentAt(tokens, after, before, depth)?.text ?? null

/** The place of some tokens; an empty one is before the first. */
const span = ({ sql, tokens }: Tokens, from: number, to: number): Span => {
  const start = tokens[from]?.start ?? sql.length
  return { start, end: from >= to ? start : (tokens[to - 1]?.end ?? start) }
}

/** Reads CREATE, the words before the kind, the kind, and the name. */
const takeCreate = (c: Cursor, kind: string): void => {
  take(c, 'CREATE')
  takeOne(c, 'TEMP', 'TEMPORARY', 'UNIQUE')
  take(c, kind)
  take(c, 'IF', 'NOT', 'EXISTS')
  c.at += isSymbol(next(c, 1), '.') ? 3 : 1
}

// --- Tables -------------------------------------------------------------------------------------

/** The keywords that begin a constraint of a column, and so end its type. None of them can be a name without quotes. */
const CONSTRAINTS = ['CONSTRAINT', 'DEFAULT', 'NULL', 'NOT', 'PRIMARY', 'UNIQUE', 'CHECK', 'REFERENCES', 'COLLATE', 'AS', 'DEFERRABLE']

const startsConstraint = (c: Cursor): boolean =>
  isWord(next(c), ...CONSTRAINTS) || (isWord(next(c), 'GENERATED') && isWord(next(c, 1), 'ALWAYS'))

/** Reads ON with its action, and returns whether it was ON CONFLICT. */
const takeOn = (c: Cursor): boolean => {
  const isConflict = take(c, 'ON', 'CONFLICT')
  if (!isConflict) c.at += 2
  takeOne(c, 'SET', 'NO')
  c.at += 1
  return isConflict
}

const takeConflict = (c: Cursor): boolean => isWord(next(c), 'ON') && isWord(next(c, 1), 'CONFLICT') && takeOn(c)

/** The column of a part of a key, which may be in brackets, and whether something other than ASC follows it. */
const keyColumn = (part: Cursor): { readonly name: string; readonly isOdd: boolean } => {
  const group = takeGroup(part)
  const name = group === null ? takeName(part) : keyColumn(group).name
  take(part, 'ASC')
  return { name, isOdd: next(part) !== undefined && !isWord(next(part), 'AUTOINCREMENT') }
}

/** Reads a key after its keywords, which are at `from`: the key of a column, or one with a list. */
const takeKey = (c: Cursor, from: number, name: string | null, column: string | null, table: Mutable<TableText>): KeyText => {
  const group = column === null ? takeGroup(c) : null
  const parts = group === null ? [] : items(group).map(keyColumn)
  table.autoincrement ||= group !== null && isWord(c.tokens[group.end - 1], 'AUTOINCREMENT') && group.end - group.at > 1
  take(c, 'ASC')
  const isDescending = take(c, 'DESC')
  const hasAction = takeConflict(c)
  if (isDescending || hasAction || parts.some(p => p.isOdd)) odd(c, from, column, table)
  if (take(c, 'AUTOINCREMENT')) table.autoincrement = true
  return { name, columns: column === null ? parts.map(p => p.name) : [column] }
}

const odd = (c: Cursor, from: number, column: string | null, table: Mutable<TableText>): void => {
  table.oddities.push(`${column === null ? '' : `${column} `}${slice(c, from, c.at)}`)
}

/** Reads a foreign key from REFERENCES on. */
const takeReference = (c: Cursor, name: string | null, table: Mutable<TableText>): void => {
  c.at += 1
  takeGroup(c)
  table.foreignKeys.push({ name, deferrable: false })
}

/** Reads the value of DEFAULT, so that its words are not taken for constraints. */
const takeDefault = (c: Cursor): void => {
  if (takeGroup(c) !== null) return
  if (isSymbol(next(c), '+') || isSymbol(next(c), '-')) c.at += 1
  c.at += 1
}

/** Records the place of a constraint that has been read, from its name on. */
const mark = (c: Cursor, from: number, kind: ConstraintPlace['kind'], owner: string | null, rest: Partial<ConstraintPlace> = {}): void => {
  const isNamed = isWord(c.tokens[from - 2], 'CONSTRAINT') && from >= 2
  const named = { name: isNamed ? (c.tokens[from - 1]?.text ?? null) : null, nameAt: isNamed ? span(c, from - 1, from) : null }
  const columns = owner === null ? [] : [owner]
  c.places.push({ ...span(c, isNamed ? from - 2 : from, c.at), kind, ...named, column: owner, columns, target: null, ...rest })
}

/** Makes the last constraint end here: it is a foreign key, and words that belong to it have been read. */
const extend = (c: Cursor): void => {
  const last = c.places.at(-1)
  if (last?.kind === 'foreignKey') c.places.splice(-1, 1, { ...last, end: span(c, c.at - 1, c.at).end })
}

/** Reads constraints of a column, or those of a table, to the end. */
const takeConstraints = (c: Cursor, table: Mutable<TableText>, column: Mutable<ColumnText> | null): void => {
  let name: string | null = null
  let referring: { readonly from: number; readonly columns: readonly string[] } | null = null
  const owner = column?.name ?? null
  while (c.at < c.end) {
    const from = c.at
    if (take(c, 'CONSTRAINT')) {
      name = takeName(c)
      continue
    }
    if (take(c, 'PRIMARY', 'KEY')) {
      table.primaryKey = takeKey(c, from, name, owner, table)
      mark(c, from, 'primaryKey', owner, { columns: table.primaryKey.columns })
    } else if (take(c, 'UNIQUE')) {
      const key = takeKey(c, from, name, owner, table)
      table.uniques.push(key)
      mark(c, from, 'unique', owner, { columns: key.columns })
    } else if (take(c, 'CHECK')) {
      const group = c.at
      takeGroup(c)
      table.checks.push({ name, text: inside(c, group, c.at) })
      mark(c, from, 'check', owner)
    } else if (take(c, 'NOT', 'NULL')) {
      if (takeConflict(c)) odd(c, from, owner, table)
      mark(c, from, 'notNull', owner)
    } else if (take(c, 'FOREIGN', 'KEY')) {
      const group = takeGroup(c)
      referring = { from, columns: group === null ? [] : items(group).map(takeName) }
      continue
    } else if (take(c, 'REFERENCES')) {
      const target = next(c)?.text ?? null
      takeReference(c, name, table)
      mark(c, referring?.from ?? from, 'foreignKey', owner, { target, ...(referring === null ? {} : { columns: referring.columns }) })
      referring = null
    } else if (take(c, 'NOT', 'DEFERRABLE') || take(c, 'DEFERRABLE')) {
      const last = table.foreignKeys.pop()
      const deferrable = take(c, 'INITIALLY', 'DEFERRED') && !isWord(c.tokens[from], 'NOT')
      if (last !== undefined) table.foreignKeys.push({ ...last, deferrable })
      extend(c)
    } else if (isWord(next(c), 'ON')) {
      takeOn(c)
      extend(c)
    } else if (take(c, 'DEFAULT')) {
      takeDefault(c)
      mark(c, from, 'default', owner)
    } else if (take(c, 'COLLATE')) {
      const collation = takeName(c)
      if (column !== null) column.collation = collation
    } else if (take(c, 'AS')) {
      const group = c.at
      takeGroup(c)
      if (column !== null) column.computed = { text: inside(c, group, c.at), stored: isWord(next(c), 'STORED') }
      mark(c, from, 'computed', owner)
    } else {
      c.at += 1
      extend(c)
    }
    name = null
  }
}

const readColumn = (c: Cursor, table: Mutable<TableText>): ColumnText => {
  const column: Mutable<ColumnText> = { name: takeName(c), comment: null, collation: null, computed: null }
  while (c.at < c.end && !startsConstraint(c)) if (takeGroup(c) === null) c.at += 1
  column.comment = commentBetween(c, c.at - 1, c.end, 1)
  takeConstraints(c, table, column)
  return column
}

const isConstraint = (item: Cursor): boolean => isWord(next(item), 'CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN')

/** The parts of CREATE TABLE; null for a text without a list of columns, which SQLite stores for virtual tables only. */
export const readTable = (sql: string): TableText | null => {
  const c = cursorOf(sql)
  takeCreate(c, 'TABLE')
  const open = c.at
  const body = takeGroup(c)
  return body === null ? null : readBody(body, commentBetween(c, open - 1, open, 0))
}

const readBody = (body: Cursor, comment: string | null): TableText => {
  const table: Mutable<TableText> = {
    comment,
    columns: [],
    primaryKey: null,
    uniques: [],
    checks: [],
    foreignKeys: [],
    autoincrement: false,
    oddities: [],
  }
  for (const item of items(body)) {
    if (isConstraint(item)) takeConstraints(item, table, null)
    else table.columns.push(readColumn(item, table))
  }
  return table
}

/** Where the parts of CREATE TABLE are; null as `readTable` is. */
export const placesIn = (sql: string): TablePlaces | null => {
  const c = cursorOf(sql)
  takeCreate(c, 'TABLE')
  const open = c.at
  const body = takeGroup(c)
  if (body === null) return null
  const parts = items(body)
  const columns = parts.flatMap((part): readonly ColumnPlace[] => {
    if (isConstraint(part)) return []
    const item = { ...part }
    const [name, nameAt] = [takeName(item), span(item, part.at, part.at + 1)]
    const type = item.at
    while (item.at < item.end && !startsConstraint(item)) if (takeGroup(item) === null) item.at += 1
    const { end } = span(item, part.at, part.end)
    const comment = commentAt(item, item.at - 1, item.end, 1)
    return [{ name, nameAt, type: { start: nameAt.end, end: type < item.at ? span(item, type, item.at).end : nameAt.end }, end, comment }]
  })
  const spans = parts.map(({ tokens, at, end }) => ({ start: tokens[at]?.start ?? 0, end: tokens[end]?.start ?? sql.length }))
  readBody(body, null)
  return {
    name: span(c, open - 1, open),
    comment: commentAt(c, open - 1, open, 0),
    body: { start: span(c, open, open + 1).end, end: span(c, c.at - 1, c.at).start },
    lastEnd: span(c, c.at - 2, c.at - 1).end,
    items: spans,
    columns,
    constraints: body.places,
  }
}

/** What follows the name of a column in a definition: its type as written, and its collation. */
export const readDefinition = (defined: string): { readonly type: string; readonly collation: string | null } => {
  const sql = `c ${defined}`
  const c = cursorOf(sql)
  c.at = 1
  while (c.at < c.end && !startsConstraint(c)) c.at += 1
  return { type: slice(c, 1, c.at), collation: readTable(`CREATE TABLE t (${sql})`)?.columns[0]?.collation ?? null }
}

// --- Indexes and views --------------------------------------------------------------------------

/** An expression of an index, without its order and one pair of brackets that encloses all of it. */
const indexKey = (part: Cursor): string => {
  const last = part.tokens[part.end - 1]
  const before = part.tokens[part.end - 2]
  // both words can be names
  const isName = part.end - part.at < 2 || (before?.tag === 'symbol' && before.text !== ')')
  const end = isWord(last, 'ASC', 'DESC') && !isName ? part.end - 1 : part.end
  const isWhole = isSymbol(next(part), '(') && afterGroup(part, part.at) === end
  return isWhole ? inside(part, part.at, end) : slice(part, part.at, end)
}

/** The parts of CREATE INDEX. */
export const readIndex = (sql: string): IndexText => {
  const c = cursorOf(sql)
  takeCreate(c, 'INDEX')
  take(c, 'ON')
  c.at += 1
  const keys = takeGroup(c)
  return { keys: keys === null ? [] : items(keys).map(indexKey), where: take(c, 'WHERE') ? slice(c, c.at, c.end) : null }
}

/** The parts of CREATE VIEW. */
export const readView = (sql: string): ViewText => {
  const c = cursorOf(sql)
  takeCreate(c, 'VIEW')
  const from = c.at
  const list = takeGroup(c)
  take(c, 'AS')
  return {
    comment: commentBetween(c, from - 1, from, 0),
    columns:
      list === null ? [] : items(list).map(item => ({ name: takeName(item), comment: commentBetween(item, item.at - 1, item.end, 1) })),
    select: slice(c, c.at, isSymbol(c.tokens[c.end - 1], ';') ? c.end - 1 : c.end),
  }
}

/** The module of CREATE VIRTUAL TABLE in lower case; null for other statements. */
export const moduleOf = (sql: string): string | null => {
  const c = cursorOf(sql)
  if (!take(c, 'CREATE', 'VIRTUAL', 'TABLE')) return null
  take(c, 'IF', 'NOT', 'EXISTS')
  c.at += isSymbol(next(c, 1), '.') ? 3 : 1
  return take(c, 'USING') ? takeName(c).toLowerCase() : null
}
