/**
 * Errors of MySQL and MariaDB, classified by error number.
 *
 * The numbers are the servers' own; MariaDB shares those below 1,900 and has others above. What a number means is
 * one table, `CLASSIFIERS`. Names come from messages (`messageParts`); columns of a key come from the table that the statement was
 * about. A number that is not in the table is a `DatabaseError`.
 */

import type { AnyTable } from '../../core/syntax/Syntax.js'
import { columnName, madeByType, uniqueConstraints } from '../../core/table/Table.js'
import {
  beyondLimit,
  checkViolation,
  connectionError,
  type DbError,
  type DriverError,
  databaseError,
  deadlock,
  foreignKeyViolation,
  lockTimeout,
  notNullViolation,
  numericOverflow,
  schemaConflict,
  serializationFailure,
  stillReferred,
  syntaxError,
  timeout,
  uniqueViolation,
  unsupported,
  validationError,
  valueTooLong,
} from '../../core/value/DbError.js'
import { failureIn, NO_YEAR, NO_ZONE } from '../../sql/mysql/failures.js'
import type { Context } from '../Driver.js'
import { driverError } from '../driverError.js'
import { createdIndex, refusedIndex } from '../indexErrors.js'
import { nameIn, shownSql } from '../withoutValues.js'
import { columnIn, foreignKeyIn, objectIn, positionIn, quotedIn, unescaped, unquoted } from './messageParts.js'

/** The fields of a driver's error that are classified. */
export interface MysqlError {
  /** The server's error number; absent where the error is the driver's own. */
  readonly errno?: number | undefined
  readonly message: string
}

/** The fields of a driver's error. */
export const mysqlErrorOf = (thrown: unknown): MysqlError => {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const { errno, sqlMessage } = thrown as Error & { readonly errno?: unknown; readonly sqlMessage?: string }
  return { errno: typeof errno === 'number' && errno > 0 ? errno : undefined, message: sqlMessage ?? thrown.message }
}

type Server = 'mysql' | 'mariadb'

/** How the messages of the two servers differ. */
interface MessageStyle {
  /** Whether a key is named with its table before it. */
  readonly namesTables: boolean
  /** Whether control characters are written as escapes. */
  readonly escapes: boolean
}

const STYLES: { readonly [name in Server]: MessageStyle } = {
  mysql: { namesTables: true, escapes: false },
  mariadb: { namesTables: false, escapes: true },
}

interface Failure {
  readonly errno: number
  readonly message: string
  readonly server: Server
  readonly context: Context
  readonly cause: DriverError
}

type Classifier = (failure: Failure) => DbError

const unclassified: Classifier = ({ errno, cause }) => databaseError(String(errno), cause.message, cause)

/** `for key 'table.name'` on MySQL, `for key 'name'` on MariaDB. The value before it may be any text. */
const unique: Classifier = ({ message, server, context, cause }) => {
  const { table } = context
  const created = createdIndex(context)
  if (created !== null) return uniqueViolation(created.table, created.index, [], cause)
  const { namesTables } = STYLES[server]
  const label = /.* for key '([\s\S]*)'$/s.exec(message)?.[1] ?? ''
  const known = table !== null && (!namesTables || label.startsWith(`${table.name}.`)) ? table : null
  const dot = !namesTables ? -1 : known === null ? label.indexOf('.') : known.name.length
  const name = label.slice(dot + 1)
  const key = name === 'PRIMARY' ? known?.primaryKey : known === null ? undefined : uniqueConstraints(known).find(k => k.name === name)
  const columns = known === null || key == null ? [] : key.columns.map(f => columnName(known, f))
  return uniqueViolation(known?.name ?? label.slice(0, Math.max(dot, 0)), key?.name ?? name, columns, cause)
}

const foreignKey: Classifier = ({ errno, message, context: { sql }, cause }) => {
  const [table, constraint, columns] = foreignKeyIn(message)
  if (table === undefined || constraint === undefined) {
    // MariaDB gives no names when a table is dropped that others refer to
    const dropped = /^DROP TABLE (?:IF EXISTS )?(?:`(?:[^`]|``)*`\.)?`((?:[^`]|``)*)`/.exec(sql)?.[1]
    return dropped === undefined ? foreignKeyViolation(null, null, [], cause) : stillReferred(unquoted(dropped), 'another table', cause)
  }
  const names = [...(columns ?? '').matchAll(/`((?:[^`]|``)*)`/g)].map(m => unquoted(m[1] ?? ''))
  const fault = errno === 1452 ? 'written' : errno === 1451 ? 'gone' : 'unknown'
  // a table that is copied has another name meanwhile
  const altered = /^#sql/.test(table) ? /^ALTER TABLE (?:`(?:[^`]|``)*`\.)?`((?:[^`]|``)*)`/.exec(sql)?.[1] : undefined
  return foreignKeyViolation(unquoted(altered ?? table), unquoted(constraint), names, cause, fault)
}

const referredTable: Classifier = ({ message, cause }) => {
  const [, referred, by] = /^Cannot drop table '(.*?)' referenced by .* on table '(.*?)'/s.exec(message) ?? []
  return stillReferred(referred ?? '', by ?? 'another table', cause)
}

/** MySQL: `Check constraint 'n' is violated.` MariaDB: ``CONSTRAINT `n` failed for `db`.`t` ``, where a column's own check is `t.column`. */
const check: Classifier = ({ message, context: { table }, cause }) => {
  const plain = /^Check constraint '(.*)' is violated/s.exec(message)?.[1]
  const name = plain ?? unquoted(/^CONSTRAINT `(.*)` failed for /s.exec(message)?.[1] ?? '')
  const range = table === null ? null : madeByType(table, name, 'range')
  if (range !== null) return numericOverflow(`column ${range}`, cause)
  const long = table === null ? null : madeByType(table, name, 'length')
  if (long !== null) return valueTooLong(long, cause)
  const owner = / failed for `(?:[^`]|``)*`\.`((?:[^`]|``)*)`$/s.exec(message)?.[1]
  return checkViolation(owner === undefined ? (table?.name ?? null) : unquoted(owner), name, cause)
}

const notNull: Classifier = ({ message, context: { table }, cause }) => notNullViolation(table?.name ?? '', columnIn(message), cause)

const missingDefault: Classifier = ({ message, context: { table }, cause }) =>
  notNullViolation(table?.name ?? '', /^Field '(.*)' doesn't/s.exec(message)?.[1] ?? '', cause)

const isNotNull = (table: AnyTable, column: string): boolean =>
  Object.keys(table.columns).some(f => columnName(table, f) === column && table.types[f]?.nullable === false)

const isLimited = (table: AnyTable, column: string): boolean =>
  Object.keys(table.columns).some(
    f => columnName(table, f) === column && ['varchar', 'char', 'enum'].includes(table.types[f]?.sql.tag ?? ''),
  )

/**
 * MariaDB (10.11) reports so a null that a query returns for a NOT NULL column; a value of ours always fits its type. Both report so a text
 * of another column, or of a row that ALTER TABLE copies, that is too long. Nulls are looked for before ALTER TABLE (`guardsNotNull`).
 */
const truncated: Classifier = failure => {
  const { table, isRaw, sql } = failure.context
  const column = columnIn(failure.message)
  if (isRaw) return unclassified(failure)
  if (table === null) return /^ALTER TABLE /.test(sql) ? valueTooLong(column, failure.cause) : unclassified(failure)
  // the value of a nullable expression in a column of limited length may be either
  if (failure.server === 'mysql' && isLimited(table, column)) return valueTooLong(column, failure.cause)
  return isNotNull(table, column) ? notNull(failure) : unclassified(failure)
}

/** A local time that the servers do not know comes from an expression that was made to fail. */
const outOfRange: Classifier = ({ message, server, cause }) => {
  switch (failureIn(message)) {
    case NO_YEAR:
      return unsupported('the local time of an instant before 1970 or after 2037', server, 'read the instant and compute in the program')
    case NO_ZONE:
      return unsupported(
        'the time zone of a server without tables of time zones, or without this one',
        server,
        'load them with mysql_tzinfo_to_sql',
      )
    default:
      return numericOverflow(null, cause)
  }
}

const conflict =
  (nameOf: (message: string) => string, advice: (server: Server) => string): Classifier =>
  ({ message, server, context, cause }) =>
    schemaConflict(nameIn(context, nameOf(message)), advice(server), cause)

const INVALID_KEY = 'one of its foreign keys refers to a table that does not exist, or to columns that are not a key or have other types'

/** Why MariaDB could not create a table: the number of an error within the error. */
const notCreated: Classifier = failure => {
  const { message, server, cause } = failure
  const [, name, inner] = /^Can't create table `(?:[^`]|``)*`\.`((?:[^`]|``)*)` \(errno: (\d+)/s.exec(message) ?? []
  const object = unquoted(name ?? '')
  switch (inner) {
    case '121':
      return schemaConflict(
        object,
        'one of its constraints has the name of an existing constraint: rename it, or drop the existing one first',
        cause,
      )
    case '150':
      return schemaConflict(object, INVALID_KEY, cause)
    case '139':
    case '185':
      return unsupported('this many columns in a table', server, 'split it')
    default:
      return unclassified(failure)
  }
}

const invalidForeignKey: Classifier = ({ message, cause }) =>
  schemaConflict((/ table '([^']*)'$/.exec(message) ?? / constraint '([^']*)'/.exec(message))?.[1] ?? '', INVALID_KEY, cause)

const deniedDatabase: Classifier = failure =>
  /'information_schema'$/.test(failure.message)
    ? schemaConflict('information_schema', `it is a system schema of ${failure.server}: use another schema`, failure.cause)
    : unclassified(failure)

const unknownColumn: Classifier = ({ message, context, cause }) =>
  context.isRaw
    ? syntaxError(cause.message, shownSql(context), null, context.hasRaw, cause)
    : schemaConflict(
        nameIn(context, objectIn(message)),
        'there is no such column: the table in the database differs from its definition here',
        cause,
      )

const parseError: Classifier = ({ message, server, context, cause }) =>
  message.startsWith('memory exhausted')
    ? unsupported('a statement nested this deeply', server, 'split it')
    : syntaxError(cause.message.slice(0, 200), shownSql(context), positionIn(context.sql, message), context.hasRaw, cause)

const invalidStatement: Classifier = ({ context, cause }) =>
  syntaxError(cause.message.slice(0, 200), shownSql(context), null, context.hasRaw, cause)

/** Texts of two character sets or collations that have no common one. */
const mixedCharacterSets: Classifier = failure =>
  failure.context.isRaw
    ? unclassified(failure)
    : schemaConflict(
        failure.context.table?.name ?? 'a table',
        'a column has a character set other than utf8mb4, which cannot represent this text: convert the column',
        failure.cause,
      )

const hardPattern: Classifier = ({ server }) =>
  unsupported('a pattern that takes this many steps on a text', server, 'use fewer repetitions, or match shorter texts')

/** 1139 is MariaDB's limit of steps, or an invalid pattern. */
const pattern: Classifier = failure => (/match limit/.test(failure.message) ? hardPattern(failure) : unclassified(failure))

/** MySQL (9.7) cannot read an array of a joined query from a set operation nested inside it. */
const outerArray: Classifier = failure =>
  /JSON_TABLE/.test(failure.message)
    ? unsupported('the elements of an array of an outer query, nested this deeply', failure.server, 'bind the elements next to the array')
    : unclassified(failure)

const deepCascade: Classifier = ({ server }) =>
  unsupported('a delete or update that cascades this deep', server, 'delete the referring rows first')

/** MariaDB reports InnoDB's error 193 only by its number. */
const storageEngine: Classifier = failure => (/^Got error 193 /.test(failure.message) ? deepCascade(failure) : unclassified(failure))

const cancelled: Classifier = () => timeout('a statement', 0, 'it was cancelled; make it smaller, or allow it more time')

const windowsInView: Classifier = ({ server }) =>
  unsupported('a view with window functions in a set operation', server, 'read its query instead of the view')

const tooLargeStatement: Classifier = ({ server, cause }) => unsupported(`this (${cause.message.slice(0, 200)})`, server, 'split it')

/** An index that the server can't have; other statements have this error for another reason. */
const ofIndex =
  (problem: Parameters<typeof refusedIndex>[2], otherwise: Classifier = unclassified): Classifier =>
  failure => {
    const created = createdIndex(failure.context)
    return created === null ? otherwise(failure) : refusedIndex(failure.server, created, problem, failure.cause.message.slice(0, 200))
  }

/**
 * What the engines do not check: a column that a foreign key sets, on delete or on update (MySQL 3823, MariaDB (10.11) 1901), and on MySQL
 * a column that it numbers (3818).
 */
const unchecked: Classifier = ({ server, message }) =>
  / auto-increment /.test(message)
    ? unsupported('a check over a generated column', server, 'check the other columns only')
    : unsupported('a check over a column that a foreign key sets', server, 'let the foreign key restrict, or leave the check out')

/** MariaDB (10.11) names the column instead of a function where a generated column is over an AUTO_INCREMENT column. */
const generatedColumn: Classifier = failure =>
  / cannot be used in the CHECK clause /.test(failure.message)
    ? unchecked(failure)
    : ofIndex(/^Function or expression 'AUTO_INCREMENT'/.test(failure.message) ? 'generated' : 'changing')(failure)

/**
 * MariaDB (10.11) reports so rows of a referenced table that a new index over an expression finds to be equal: it copies the table, and
 * can't undo that. Other errors of the copy are reported as themselves.
 */
const duplicateInCopy: Classifier = failure => (createdIndex(failure.context) === null ? unclassified(failure) : unique(failure))

/** A row that a foreign key changes, and that another one is then equal to. */
const duplicateByForeignKey: Classifier = failure => {
  const [, table, name] = / in table '(.*)', key '(.*)'$/s.exec(failure.message) ?? []
  return table === undefined || name === undefined ? unclassified(failure) : uniqueViolation(table, name, [], failure.cause)
}

/** The index that a statement of ours drops. */
const droppedIndex = (sql: string): string =>
  unquoted(/^(?:DROP INDEX|ALTER TABLE (?:`(?:[^`]|``)*`\.)?`(?:[^`]|``)*` DROP INDEX) `((?:[^`]|``)*)`/.exec(sql)?.[1] ?? '')

const neededIndex: Classifier = ({ context, cause }) =>
  schemaConflict(
    droppedIndex(context.sql),
    'a foreign key needs it: drop that first, or create another index that begins with its columns',
    cause,
  )

/** MariaDB (10.11) reports so an index that is dropped with a column, or a primary key, and that a foreign key needs. */
const notRenamed: Classifier = failure =>
  (droppedIndex(failure.context.sql) !== '' || / DROP PRIMARY KEY/.test(failure.context.sql)) && /errno: 150\b/.test(failure.message)
    ? neededIndex(failure)
    : unclassified(failure)

/** A column whose type can't change while a foreign key has it. */
const heldByForeignKey: Classifier = ({ server, message }) =>
  unsupported(
    `another type for a column that a foreign key has (${/column '(.*?)'/s.exec(message)?.[1] ?? ''})`,
    server,
    'drop the foreign key first, and add it afterwards',
  )

/** What the engines can't do in one statement; it has changed nothing. 1846 has other reasons, too. */
const heldRename: Classifier = failure =>
  failure.errno === 3837 || / in a foreign key are renamed|participating in a foreign key/.test(failure.message)
    ? unsupported(
        `renaming a column that ${failure.errno === 3837 ? 'an expression of an index' : 'a foreign key and a check'} has`,
        failure.server,
        `drop the ${failure.errno === 3837 ? 'index' : 'check'} first, and create it again afterwards`,
      )
    : unclassified(failure)

const setToNull: Classifier = ({ server, message }) =>
  unsupported(
    `NOT NULL for a column that a foreign key sets to null (${/^Column '(.*?)'/s.exec(message)?.[1] ?? ''})`,
    server,
    'drop the foreign key first, and add it with another action',
  )

const unkeyedGenerated: Classifier = ({ server }) =>
  unsupported('a generated column without a key that begins with it', server, 'add another key that begins with it first')

const UNLIMITED = 'a key over a text or document without a limit'

const indexedTooLong: Classifier = ({ message, cause }) => valueTooLong(/functional index '(.*)'/s.exec(message)?.[1] ?? null, cause)

const CLASSIFIERS: ReadonlyMap<number, Classifier> = new Map(
  (
    [
      [[1062, 1586], unique],
      [[1451, 1452, 1216, 1217], foreignKey],
      [[3730], referredTable],
      [[3819, 4025], check],
      [[1048, 1263], notNull],
      [[1265], truncated],
      [[1364], missingDefault],
      [[1690], outOfRange],
      // 167: the generated values of a column of MariaDB are used up
      [[167, 1264], ({ message, cause }) => numericOverflow(columnIn(message), cause)],
      [[1416, 1916], ({ cause }) => numericOverflow(null, cause)],
      [[1406], ({ message, cause }) => valueTooLong(/^Data too long for column '(.*)' at row/s.exec(message)?.[1] ?? null, cause)],
      [[1071], ({ cause }) => valueTooLong(null, cause)],
      [[1153], ({ cause }) => beyondLimit('a statement with its values', 'max_allowed_packet', cause)],
      [[1260, 1301], ({ cause }) => beyondLimit('a computed value', 'max_allowed_packet', cause)],
      [[1146, 1051], conflict(objectIn, () => 'there is no such table: create it with createAll')],
      [[1091, 3940], conflict(quotedIn, () => 'there is no such constraint or index')],
      [[1050, 1061, 1826, 3822], conflict(quotedIn, () => 'it exists already: drop it first, or leave it out of the schema')],
      [[1060], conflict(quotedIn, server => `${server} does not distinguish names by case: rename one with named`)],
      [[1049], conflict(quotedIn, () => 'there is no such schema: create it first')],
      [[1059, 1102, 1103, 1166], conflict(quotedIn, server => `${server} does not allow this name`)],
      [[1005], notCreated],
      [[1822, 1824, 3780, 6125], invalidForeignKey],
      [[1044], deniedDatabase],
      [[1054], unknownColumn],
      [[1064], parseError],
      [[1052, 1066, 1109, 1111, 1136, 1140, 1149, 1222, 1241, 1248, 1305, 1582, 1583], invalidStatement],
      [[1253, 1267, 1270, 1271, 3854, 3988], mixedCharacterSets],
      // 1467: the next generated value could not be read. On MariaDB because of InnoDB's locks (10.11, 50 upserts of one key at once);
      // used up are then only the values of an unsigned bigint, those of other types are 167
      [[1213, 1467, 3058], ({ cause }) => deadlock(cause)],
      [[1020], ({ cause }) => serializationFailure(cause)],
      [[1205, 3572], () => lockTimeout],
      [[1317, 1969, 3024], cancelled],
      [[1792], () => validationError([], 'writes are not allowed in a read-only transaction')],
      // the stack or the time limit of a pattern
      [[3698, 3699], hardPattern],
      // MySQL (9.7) takes window functions of a set operation in a view for QUALIFY when the view is read
      [[6037], windowsInView],
      [[1139], pattern],
      [[1210], outerArray],
      [[3008, 6575], deepCascade],
      [[1296], storageEngine],
      [[3753, 3152], ofIndex('type')],
      [[3754], ofIndex('generated')],
      [[3757], ofIndex('long')],
      [[1170], ofIndex('long', ({ server, message }) => unsupported(`${UNLIMITED} (${quotedIn(message)})`, server, 'declare varchar(n)'))],
      [[1832, 1833], heldByForeignKey],
      [[1846, 3837], heldRename],
      [[1830], setToNull],
      [[1075], unkeyedGenerated],
      [[3758], ofIndex('changing')],
      [[3762], ofIndex('kind')],
      [[1834], duplicateInCopy],
      [[1761], duplicateByForeignKey],
      [[1553], neededIndex],
      [[1025], notRenamed],
      [[3818, 3823], unchecked],
      [[1901], generatedColumn],
      [[3751, 3907], indexedTooLong],
      [[1116, 1117, 1118, 1235, 1390, 1436, 1473, 3157, 3950, 4045], tooLargeStatement],
      [[1053, 1080, 1152, 1184, 1927, 4031], ({ server, cause }) => connectionError(server, 'the server ended the connection', cause)],
    ] as const satisfies readonly (readonly [readonly number[], Classifier])[]
  ).flatMap(([numbers, classifier]) => numbers.map((n): readonly [number, Classifier] => [n, classifier])),
)

/** `thrown` is what the driver threw, `error` its fields. */
export const classifyMysql = (server: Server, { errno, message }: MysqlError, context: Context, thrown: unknown): DbError => {
  const cause = driverError(thrown, context)
  const plain = STYLES[server].escapes ? unescaped(message) : message
  if (errno === undefined)
    return /in closed state|connection (?:is|was) (?:closed|lost)/i.test(plain)
      ? connectionError(server, 'the connection was closed', cause)
      : databaseError(null, cause.message, cause)
  return (CLASSIFIERS.get(errno) ?? unclassified)({ errno, message: plain, server, context, cause })
}
