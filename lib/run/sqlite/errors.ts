/**
 * Errors of SQLite, classified by message.
 *
 * sql.js has no error codes, only SQLite's own messages; they are stable, and each case here has a
 * test against the engine. Errors of the file (locks, the disk, permissions) are recognized by the code of better-sqlite3,
 * or by the message if there is no code. A unique key is found by its columns in the table that the statement was
 * about, since SQLite reports only the columns.
 */

import type { Key } from '../../core/syntax/Syntax.js'
import { columnName, madeByType, uniqueConstraints } from '../../core/table/Table.js'
import {
  checkViolation,
  connectionError,
  type DbError,
  type DriverError,
  databaseError,
  foreignKeyViolation,
  locked,
  notNullViolation,
  numericOverflow,
  schemaConflict,
  syntaxError,
  textOf,
  uniqueViolation,
  unsupported,
  validationError,
  valueTooLong,
} from '../../core/value/DbError.js'
import { temporaryName } from '../../sql/sqlite/names.js'
import type { Context } from '../Driver.js'
import { driverError } from '../driverError.js'
import { createdIndex, refusedIndex } from '../indexErrors.js'
import { nameIn, shownSql } from '../withoutValues.js'

const messageOf = (thrown: unknown): string => String(textOf(thrown))

/** `t.a, t.b` as its columns. */
const columnsIn = (list: string): readonly string[] => list.split(', ').map(c => c.slice(c.lastIndexOf('.') + 1))

/** Columns with the name of their table, also where that is being created again. */
const ofTable = (list: string, { table }: Context): string =>
  table === null ? list : list.replaceAll(`${temporaryName(table.name)}.`, `${table.name}.`)

const unique = (given: string, context: Context, cause: DriverError): DbError => {
  const { table } = context
  const list = ofTable(given, context)
  const created = createdIndex(context)
  if (created !== null) return uniqueViolation(created.table, created.index, [], cause)
  const index = /^index '(.*)'$/s.exec(list)
  if (index !== null) return uniqueViolation(table?.name ?? '', index[1] ?? null, [], cause)
  // names may contain dots and commas: a key of the table is recognized by how SQLite would print it
  const printed = (k: Key): string => (table === null ? '' : k.columns.map(f => `${table.name}.${columnName(table, f)}`).join(', '))
  const constraints = table === null ? [] : uniqueConstraints(table)
  const exact = constraints.filter(k => printed(k) === list)
  // an expression that SQLite prints as its column: a cast to a larger type
  const keys = exact.length > 0 ? exact : constraints.filter(k => k.columns.length === 0)
  const [key] = keys
  const named =
    table === null || key === undefined || key.columns.length === 0 ? columnsIn(list) : key.columns.map(f => columnName(table, f))
  return uniqueViolation(table?.name ?? list.slice(0, list.indexOf('.')), keys.length > 1 ? null : (key?.name ?? null), named, cause)
}

const notNull = (given: string, context: Context, cause: DriverError): DbError => {
  const { table } = context
  const qualified = ofTable(given, context)
  const dot = table !== null && qualified.startsWith(`${table.name}.`) ? table.name.length : qualified.lastIndexOf('.')
  return notNullViolation(qualified.slice(0, dot), qualified.slice(dot + 1), cause)
}

const check = (name: string, { table }: Context, cause: DriverError): DbError => {
  const range = table === null ? (/(.*)__range$/s.exec(name)?.[1] ?? null) : madeByType(table, name, 'range')
  if (range !== null) return numericOverflow(`column ${range}`, cause)
  const long = table === null ? (/(.*)__length$/s.exec(name)?.[1] ?? null) : madeByType(table, name, 'length')
  if (long !== null) return valueTooLong(long, cause)
  return checkViolation(table?.name ?? null, name, cause)
}

const noColumn = (name: string, context: Context, cause: DriverError): DbError =>
  context.isRaw
    ? syntaxError(cause.message, shownSql(context), position(context.sql, name), context.hasRaw, cause)
    : schemaConflict(nameIn(context, name), 'there is no such column: the table in the database differs from its definition here', cause)

/** The database that an error is about. */
export interface SqliteTarget {
  readonly target: string
  /** Whether the session accepts writes now: if it does, a refused write is due to the file. */
  readonly mayWrite: () => boolean
}

const LATER = 'another connection has locked the database: run it again, or raise busyTimeout'

const FILE_RULES: readonly (readonly [RegExp, (target: SqliteTarget, cause: DriverError) => DbError | null])[] = [
  [/^SQLITE_(?:BUSY|LOCKED)/, ({ target }, e) => locked(target, null, LATER, e)],
  [
    /^SQLITE_READONLY_DBMOVED/,
    ({ target }, e) =>
      connectionError(target, 'the file was moved, removed or replaced since it was opened: close this runner and open it again', e),
  ],
  [
    /^SQLITE_READONLY/,
    ({ target, mayWrite }, e) =>
      mayWrite()
        ? connectionError(target, 'the file or its folder is read-only: check the permissions, and how the disk is mounted', e)
        : null,
  ],
  [
    /^SQLITE_CANTOPEN/,
    ({ target }, e) =>
      connectionError(
        target,
        `the file, or a file of SQLite next to it, can't be opened (${e.message}): check the path and the permissions`,
        e,
      ),
  ],
  [
    /^SQLITE_FULL/,
    ({ target }, e) =>
      connectionError(target, `there is no space left (${e.message}): the change was not saved; free some space and run it again`, e),
  ],
  [
    /^SQLITE_IOERR/,
    ({ target }, e) =>
      connectionError(target, `the file can't be read or written (${e.message}, ${codeOf(e)}): check the disk and its quotas`, e),
  ],
  [
    /^SQLITE_(?:CORRUPT|NOTADB)/,
    ({ target }, e) =>
      connectionError(
        target,
        `the file is not a readable SQLite database (${e.message}): restore it from a backup, or open another file`,
        e,
      ),
  ],
]

/** Message -> code, for the driver without codes. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/^database (?:table |schema )?is locked/, 'SQLITE_BUSY'],
  [/^database or disk is full/, 'SQLITE_FULL'],
  [/^disk I\/O error/, 'SQLITE_IOERR'],
  [/^unable to open/, 'SQLITE_CANTOPEN'],
  [/^(?:database disk image is malformed|malformed database)/, 'SQLITE_CORRUPT'],
  [/^file is not a database/, 'SQLITE_NOTADB'],
]

const codeOf = (thrown: unknown): string => {
  const code = (thrown as { readonly code?: unknown } | null | undefined)?.code
  if (typeof code === 'string') return code
  const message = messageOf(thrown)
  return CODES.find(([pattern]) => pattern.test(message))?.[1] ?? ''
}

/** An error of the file, or null for an error of a statement. */
export const classifyFile = (thrown: unknown, target: SqliteTarget): DbError | null => {
  const code = codeOf(thrown)
  return FILE_RULES.find(([pattern]) => pattern.test(code))?.[1](target, driverError(thrown)) ?? null
}

const RULES: readonly (readonly [RegExp, (match: RegExpExecArray, context: Context, cause: DriverError) => DbError])[] = [
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
  [/^no such column: (.*)$/s, (m, c, e) => noColumn(m[1] ?? '', c, e)],
  [/^table .* has no column named (.*)$/s, (m, c, e) => noColumn(m[1] ?? '', c, e)],
  [
    /^there is already (?:another table or index|a table|an index) (?:with this name: |named )?(.*)$/s,
    (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'it exists already: drop it first, or choose another name', e),
  ],
  [
    /^error in (view|trigger|index|table) (.*?)(?: after .*?)?: /s,
    (m, c, e) => schemaConflict(nameIn(c, m[2] ?? ''), `this ${m[1]} can't be read afterwards: drop it first (${e.message})`, e),
  ],
  [
    /^foreign key mismatch/s,
    (_, c, e) => schemaConflict(c.table?.name ?? 'foreign key', `a foreign key refers to columns that are no key (${e.message})`, e),
  ],
  [/^no such index: (.*)$/s, (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'there is no such constraint or index', e)],
  [/^no such table: (.*)$/s, (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'there is no such table: create it with createAll', e)],
  [
    /^(?:table|index|view) (?:"((?:[^"]|"")*)"|(.*?)) already exists/s,
    (m, c, e) =>
      schemaConflict(
        nameIn(c, m[1]?.replaceAll('""', '"') ?? m[2] ?? ''),
        'it exists already: drop it first, or leave it out of the schema',
        e,
      ),
  ],
  [/^attempt to write a readonly database/s, () => validationError([], 'writes are not allowed in a read-only transaction')],
  [
    /^duplicate column name: (.*)$/s,
    (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'SQLite does not distinguish names by case: rename one with named', e),
  ],
  [/^object name reserved for internal use: (.*)$/s, (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'SQLite reserves this name', e)],
  [/^unknown database (.*)$/s, (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'SQLite has no such schema', e)],
  [/^table (.*) may not be modified$/s, (m, c, e) => schemaConflict(nameIn(c, m[1] ?? ''), 'SQLite reserves this table', e)],
  [/^string or blob too big/s, (_, __, e) => valueTooLong(null, e)],
  [
    /^(?:at most \d+ tables in a join|Recursion limit|too many FROM clause terms|too many SQL variables|Expression tree is too large|parser stack overflow|too many terms|too many arguments on function|too many columns|LIKE or GLOB pattern too complex)/s,
    m => unsupported(`a statement this large (${m[0].replace('LIKE or GLOB ', '')})`, 'sqlite', 'split it'),
  ],
  [
    /^(?:near "(.*)": syntax error|incomplete input|unrecognized token|no such function|ambiguous column|wrong number of arguments|misuse of|table .* has \d+ columns|more than one statement|The supplied SQL string contains|SELECTs to the left|variable number must)/s,
    (m, c, e) => syntaxError(e.message, shownSql(c), position(c.sql, m[1]), c.hasRaw, e),
  ],
]

/** The 1-based position of the word that SQLite reports, if the text contains it once. */
const position = (sql: string, word: string | undefined): number | null => {
  if (word === undefined || word === '') return null
  const first = sql.indexOf(word)
  return first >= 0 && sql.indexOf(word, first + 1) < 0 ? first + 1 : null
}

/** `target` is the database that the statement was for. */
export const classifySqlite = (thrown: unknown, context: Context, target: SqliteTarget): DbError => {
  const ofFile = classifyFile(thrown, target)
  if (ofFile !== null) return ofFile
  const message = messageOf(thrown)
  const cause = driverError(thrown, context)
  const created = createdIndex(context)
  if (created !== null && /^(?:non-deterministic|.*prohibited in)/.test(message))
    return refusedIndex('sqlite', created, 'changing', cause.message)
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(message)
    if (match !== null) return make(match, context, cause)
  }
  return databaseError(null, cause.message, cause)
}
