/**
 * Errors of SQLite, classified by what it says.
 *
 * sql.js has no error codes, only SQLite's own messages; they are stable, and each case here has a
 * test against the engine. A unique key is found by its columns in the table that the statement was
 * about, since SQLite names the columns only.
 */
import {
  checkViolation,
  connectionError,
  type DbError,
  databaseError,
  foreignKeyViolation,
  notNullViolation,
  numericOverflow,
  schemaConflict,
  syntaxError,
  textOf,
  uniqueViolation,
  unsupported,
  validationError,
  valueTooLong,
} from '../core/DbError.js'
import type { AnyTable, Key } from '../core/Syntax.js'
import { columnName, madeByType } from '../core/Table.js'
import type { Context } from './sqlSession.js'

const messageOf = (thrown: unknown): string => String(textOf(thrown))

/** `t.a, t.b` as its columns. */
const columnsIn = (list: string): readonly string[] => list.split(', ').map(c => c.slice(c.lastIndexOf('.') + 1))

const unique = (list: string, { table }: Context, cause: unknown): DbError => {
  const index = /^index '(.*)'$/s.exec(list)
  if (index !== null) return uniqueViolation(table?.name ?? '', index[1] ?? null, [], cause)
  // names may hold dots and commas: a key of the table is recognised by how SQLite would print it
  const printed = (k: Key): string => (table === null ? '' : k.columns.map(f => `${table.name}.${columnName(table, f)}`).join(', '))
  const key = table === null ? undefined : keysOf(table).find(k => printed(k) === list)
  const named = table === null || key === undefined ? columnsIn(list) : key.columns.map(f => columnName(table, f))
  return uniqueViolation(table?.name ?? list.slice(0, list.indexOf('.')), key?.name ?? null, named, cause)
}

const notNull = (qualified: string, { table }: Context, cause: unknown): DbError => {
  const dot = table !== null && qualified.startsWith(`${table.name}.`) ? table.name.length : qualified.lastIndexOf('.')
  return notNullViolation(qualified.slice(0, dot), qualified.slice(dot + 1), cause)
}

const keysOf = (table: AnyTable): readonly Key[] => [...(table.primaryKey ? [table.primaryKey] : []), ...table.uniques]

const check = (name: string, { table }: Context, cause: unknown): DbError => {
  const range = table === null ? (/(.*)__range$/s.exec(name)?.[1] ?? null) : madeByType(table, name, 'range')
  if (range !== null) return numericOverflow(`column ${range}`, cause)
  const long = table === null ? (/(.*)__length$/s.exec(name)?.[1] ?? null) : madeByType(table, name, 'length')
  if (long !== null) return valueTooLong(long, cause)
  return checkViolation(table?.name ?? null, name, cause)
}

const noColumn = (message: string, name: string, { isRaw, sql }: Context, cause: unknown): DbError =>
  isRaw
    ? syntaxError(message, sql, position(sql, name), cause)
    : schemaConflict(name, 'there is no such column: the table in the database is another', cause)

const RULES: readonly (readonly [RegExp, (match: RegExpExecArray, context: Context, cause: unknown) => DbError])[] = [
  [/^UNIQUE constraint failed: (.*)$/s, (m, c, e) => unique(m[1] ?? '', c, e)],
  [/^NOT NULL constraint failed: (.*)$/s, (m, c, e) => notNull(m[1] ?? '', c, e)],
  [/^CHECK constraint failed: (.*)$/s, (m, c, e) => check(m[1] ?? '', c, e)],
  [
    /^datatype mismatch/s,
    (_, c, e) =>
      c.table === null
        ? databaseError(null, 'datatype mismatch', e)
        : notNullViolation(c.table?.name ?? '', c.table === null ? '' : columnName(c.table, c.table.primaryKey?.columns[0] ?? ''), e),
  ],
  [/^FOREIGN KEY constraint failed/s, (_, __, e) => foreignKeyViolation(null, null, [], e)],
  [/^cannot store REAL value in INTEGER column (.*)$/s, (m, _, e) => numericOverflow(m[1] ?? null, e)],
  [/^integer overflow/s, (_, __, e) => numericOverflow(null, e)],
  [/^no such column: (.*)$/s, (m, c, e) => noColumn(m[0], m[1] ?? '', c, e)],
  [/^table .* has no column named (.*)$/s, (m, c, e) => noColumn(m[0], m[1] ?? '', c, e)],
  [/^no such table: (.*)$/s, (m, _, e) => schemaConflict(m[1] ?? '', 'there is no such table: create it with createAll', e)],
  [
    /^(?:table|index|view) (?:"((?:[^"]|"")*)"|(.*?)) already exists/s,
    (m, _, e) =>
      schemaConflict(m[1]?.replaceAll('""', '"') ?? m[2] ?? '', 'it exists already: drop it first, or leave it out of the schema', e),
  ],
  [/^attempt to write a readonly database/s, () => validationError([], 'a read-only transaction takes no writes')],
  [
    /^duplicate column name: (.*)$/s,
    (m, _, e) => schemaConflict(m[1] ?? '', 'SQLite does not tell names apart by case: rename one with named', e),
  ],
  [/^object name reserved for internal use: (.*)$/s, (m, _, e) => schemaConflict(m[1] ?? '', 'SQLite keeps this name for itself', e)],
  [/^unknown database (.*)$/s, (m, _, e) => schemaConflict(m[1] ?? '', 'SQLite has no such schema', e)],
  [/^table (.*) may not be modified$/s, (m, _, e) => schemaConflict(m[1] ?? '', 'SQLite keeps this table for itself', e)],
  [/^string or blob too big/s, (_, __, e) => valueTooLong(null, e)],
  [
    /^(?:at most \d+ tables in a join|too many SQL variables|Expression tree is too large|parser stack overflow|too many terms|too many columns|LIKE or GLOB pattern too complex)/s,
    m => unsupported(`so large a statement (${m[0].replace('LIKE or GLOB ', '')})`, 'sqlite', 'split it'),
  ],
  [
    /^(?:file is not a database|database disk image is malformed|malformed database|disk I\/O error|unable to open)/s,
    (m, _, e) => connectionError('the SQLite file', m[0], e),
  ],
  [
    /^(?:near "(.*)": syntax error|incomplete input|unrecognized token|no such function|ambiguous column|wrong number of arguments|misuse of|table .* has \d+ columns|more than one statement|The supplied SQL string contains|SELECTs to the left|variable number must)/s,
    (m, c, e) => syntaxError(m[0], c.sql, position(c.sql, m[1]), e),
  ],
]

/** The place of the word that SQLite stumbled over, when it stands in the text once. */
const position = (sql: string, word: string | undefined): number | null => {
  if (word === undefined || word === '') return null
  const first = sql.indexOf(word)
  return first >= 0 && sql.indexOf(word, first + 1) < 0 ? first + 1 : null
}

export const classifySqlite = (thrown: unknown, context: Context): DbError => {
  const message = messageOf(thrown)
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(message)
    if (match !== null) return make(match, context, thrown)
  }
  return databaseError(null, message, thrown)
}
