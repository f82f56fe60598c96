/**
 * Errors of MySQL and MariaDB, classified by error number.
 *
 * The numbers are the servers' own; MariaDB shares those below 1,900 and has others above. Names in messages are
 * found by the words around them; a message is read from its beginning, so that a value in it is not mistaken for
 * words of the server. Columns of a key come from the table that the statement was about.
 */

import type { AnyTable } from '../../core/syntax/Syntax.js'
import { columnName, madeByType } from '../../core/table/Table.js'
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
import { nameIn, shownSql } from '../withoutValues.js'

export interface MysqlError {
  readonly errno?: number | undefined
  readonly message: string
}

type Server = 'mysql' | 'mariadb'

const unquoted = (name: string): string => name.replaceAll('``', '`')

/** How the two say the same. */
interface Manner {
  /** Whether a key is named with its table before it. */
  readonly namesTables: boolean
  /** Whether what can not be shown is written as an escape. */
  readonly escapes: boolean
}

const MANNERS: { readonly [name in Server]: Manner } = {
  mysql: { namesTables: true, escapes: false },
  mariadb: { namesTables: false, escapes: true },
}

/** `for key 'table.name'` on MySQL, `for key 'name'` on MariaDB. The value before it may hold anything. */
const unique = ({ namesTables }: Manner, e: MysqlError, { table }: Context, cause: DriverError): DbError => {
  const said = /.* for key '([\s\S]*)'$/s.exec(e.message)?.[1] ?? ''
  const known = table !== null && (!namesTables || said.startsWith(`${table.name}.`)) ? table : null
  const dot = !namesTables ? -1 : known === null ? said.indexOf('.') : known.name.length
  const name = said.slice(dot + 1)
  const key = name === 'PRIMARY' ? known?.primaryKey : known?.uniques.find(k => k.name === name)
  const columns = known === null || key == null ? [] : key.columns.map(f => columnName(known, f))
  return uniqueViolation(known?.name ?? said.slice(0, Math.max(dot, 0)), key?.name ?? name, columns, cause)
}

const NAMES = /\(`(?:[^`]|``)*`\.`((?:[^`]|``)*)`, CONSTRAINT `((?:[^`]|``)*)` FOREIGN KEY \((.*?)\) REFERENCES/s

const foreignKey = (e: MysqlError, { sql }: Context, cause: DriverError): DbError => {
  const [, table, constraint, columns] = NAMES.exec(e.message) ?? []
  if (table === undefined || constraint === undefined) {
    // MariaDB says no more when a table is dropped that others refer to
    const dropped = /^DROP TABLE (?:IF EXISTS )?(?:`(?:[^`]|``)*`\.)?`((?:[^`]|``)*)`/.exec(sql)?.[1]
    return dropped === undefined ? foreignKeyViolation(null, null, [], cause) : stillReferred(unquoted(dropped), 'another table', cause)
  }
  const names = [...(columns ?? '').matchAll(/`((?:[^`]|``)*)`/g)].map(m => unquoted(m[1] ?? ''))
  const fault = e.errno === 1452 ? 'written' : e.errno === 1451 ? 'gone' : 'unknown'
  return foreignKeyViolation(unquoted(table), unquoted(constraint), names, cause, fault)
}

/** MySQL: `Check constraint 'n' is violated.` MariaDB: ``CONSTRAINT `n` failed for `db`.`t` ``, where a column's own check is `t.column`. */
const check = (e: MysqlError, { table }: Context, cause: DriverError): DbError => {
  const plain = /^Check constraint '(.*)' is violated/s.exec(e.message)?.[1]
  const name = plain ?? unquoted(/^CONSTRAINT `(.*)` failed for /s.exec(e.message)?.[1] ?? '')
  const range = table === null ? null : madeByType(table, name, 'range')
  if (range !== null) return numericOverflow(`column ${range}`, cause)
  const long = table === null ? null : madeByType(table, name, 'length')
  if (long !== null) return valueTooLong(long, cause)
  const said = / failed for `(?:[^`]|``)*`\.`((?:[^`]|``)*)`$/s.exec(e.message)?.[1]
  return checkViolation(said === undefined ? (table?.name ?? null) : unquoted(said), name, cause)
}

/** `Column 'x' cannot be null`, `Out of range value for column 'x' at row 1`. */
const columnIn = (message: string): string => / ?column '(.*)' (?:cannot be null$|at row \d+$)/is.exec(message)?.[1] ?? ''

const hasNoNull = (table: AnyTable, column: string): boolean =>
  Object.keys(table.columns).some(f => columnName(table, f) === column && table.types[f]?.nullable === false)

/** What a message quotes; a name may hold quotes itself. */
const quotedIn = (message: string): string => /'(.*)'/s.exec(message)?.[1] ?? message

/** The last part of `'db.table'`. */
const objectIn = (message: string): string => {
  const said =
    (/^Unknown column '(.*)' in '[^']*'$/s.exec(message) ?? /^Table '(.*)' doesn't exist/s.exec(message))?.[1] ?? quotedIn(message)
  return said.slice(said.indexOf('.') + 1)
}

/** The servers quote what they could not read, up to its 80th byte: mostly the rest of the statement. */
const positionIn = (sql: string, message: string): number | null => {
  const near = / near '(.*)' at line \d+$/s.exec(message)?.[1]
  if (near === undefined || near === '') return null
  if (sql.endsWith(near)) return sql.length - near.length + 1
  const at = sql.indexOf(near)
  return at < 0 || sql.indexOf(near, at + 1) >= 0 ? null : at + 1
}

/** Why MariaDB could not create a table: the number of an error within the error. */
const notCreated = (dialect: Server, e: MysqlError, cause: DriverError): DbError => {
  const [, name, inner] = /^Can't create table `(?:[^`]|``)*`\.`((?:[^`]|``)*)` \(errno: (\d+)/s.exec(e.message) ?? []
  const object = unquoted(name ?? '')
  switch (inner) {
    case '121':
      return schemaConflict(
        object,
        'a constraint of it has the name of one that exists already: give it another, or drop that first',
        cause,
      )
    case '150':
      return schemaConflict(object, WRONG_KEY, cause)
    case '139':
    case '185':
      return unsupported('so many columns in a table', dialect, 'split it')
    default:
      return databaseError(String(e.errno), cause.message, cause)
  }
}

const WRONG_KEY = 'a foreign key of it refers to a table that is not there, or to columns that are no key or of other types'

/** MariaDB writes control characters in messages as `\\001B`. */
const unescaped = (message: string): string =>
  message.replace(/\\00([01][0-9A-F]|7F|[89][0-9A-F])/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

/** A local time that the servers do not know: an expression that was made to fail. */
const noLocalTime = (message: string, dialect: Server): DbError | null => {
  switch (failureIn(message)) {
    case NO_YEAR:
      return unsupported('the local time of an instant before 1970 or after 2037', dialect, 'read the instant and compute in the program')
    case NO_ZONE:
      return unsupported(
        'the time zone of a server without tables of time zones, or without this one',
        dialect,
        'load them with mysql_tzinfo_to_sql',
      )
    default:
      return null
  }
}

export const classifyMysql = (dialect: Server, said: MysqlError, context: Context, thrown: unknown): DbError => {
  const cause = driverError(thrown, context)
  const { table } = context
  const e = MANNERS[dialect].escapes ? { ...said, message: unescaped(said.message) } : said
  switch (e.errno) {
    case 1062:
    case 1586:
      return unique(MANNERS[dialect], e, context, cause)
    case 1451:
    case 1452:
    case 1216:
    case 1217:
      return foreignKey(e, context, cause)
    case 3730: {
      const [, referred, by] = /^Cannot drop table '(.*?)' referenced by .* on table '(.*?)'/s.exec(e.message) ?? []
      return stillReferred(referred ?? '', by ?? 'another table', cause)
    }
    case 3819:
    case 4025:
      return check(e, context, cause)
    case 1048:
    case 1263:
      return notNullViolation(table?.name ?? '', columnIn(e.message), cause)
    // so MariaDB calls a null that a query answers for a column without null (10.11); a value of ours fits its type otherwise
    case 1265:
      return !context.isRaw && table !== null && hasNoNull(table, columnIn(e.message))
        ? notNullViolation(table.name, columnIn(e.message), cause)
        : databaseError(String(e.errno), cause.message, cause)
    case 1364:
      return notNullViolation(table?.name ?? '', /^Field '(.*)' doesn't/s.exec(e.message)?.[1] ?? '', cause)
    // 167: so MariaDB says that the generated values of a column are used up
    case 1690:
      return noLocalTime(e.message, dialect) ?? numericOverflow(null, cause)
    case 167:
    case 1264:
    case 1416:
    case 1916:
      return numericOverflow(e.errno === 1264 || e.errno === 167 ? columnIn(e.message) : null, cause)
    case 1406:
      return valueTooLong(/^Data too long for column '(.*)' at row/s.exec(e.message)?.[1] ?? null, cause)
    case 1153:
      return beyondLimit('a statement with its values', 'max_allowed_packet', cause)
    case 1260:
    case 1301:
      return beyondLimit('a computed value', 'max_allowed_packet', cause)
    case 1071:
      return valueTooLong(null, cause)
    case 1146:
    case 1051:
      return schemaConflict(nameIn(context, objectIn(e.message)), 'there is no such table: create it with createAll', cause)
    case 1050:
    case 1061:
    case 1826:
    case 3822:
      return schemaConflict(nameIn(context, quotedIn(e.message)), 'it exists already: drop it first, or leave it out of the schema', cause)
    case 1060:
      return schemaConflict(
        nameIn(context, quotedIn(e.message)),
        `${dialect} does not tell names apart by case: rename one with named`,
        cause,
      )
    case 1049:
      return schemaConflict(nameIn(context, quotedIn(e.message)), 'there is no such schema: create it first', cause)
    case 1005:
      return notCreated(dialect, e, cause)
    case 1822:
    case 1824:
    case 3780:
    case 6125:
      return schemaConflict((/ table '([^']*)'$/.exec(e.message) ?? / constraint '([^']*)'/.exec(e.message))?.[1] ?? '', WRONG_KEY, cause)
    case 1044:
      return /'information_schema'$/.test(e.message)
        ? schemaConflict('information_schema', `it belongs to ${dialect}: take another schema`, cause)
        : databaseError(String(e.errno), cause.message, cause)
    case 1142:
    case 1143:
    case 1227:
      return databaseError(String(e.errno), cause.message, cause)
    case 1054:
      return context.isRaw
        ? syntaxError(cause.message, shownSql(context), null, context.hasRaw, cause)
        : schemaConflict(nameIn(context, objectIn(e.message)), 'there is no such column: the table in the database is another', cause)
    case 1064:
      if (e.message.startsWith('memory exhausted')) return unsupported('so deep a statement', dialect, 'split it')
      return syntaxError(cause.message.slice(0, 200), shownSql(context), positionIn(context.sql, e.message), context.hasRaw, cause)
    case 1052:
    case 1066:
    case 1109:
    case 1111:
    case 1136:
    case 1140:
    case 1149:
    case 1222:
    case 1241:
    case 1248:
    case 1305:
    case 1582:
    case 1583:
      return syntaxError(cause.message.slice(0, 200), shownSql(context), null, context.hasRaw, cause)
    // texts of two character sets or collations that have no common one
    case 1253:
    case 1267:
    case 1270:
    case 1271:
    case 3854:
    case 3988:
      return context.isRaw
        ? databaseError(String(e.errno), cause.message, cause)
        : schemaConflict(
            table?.name ?? 'a table',
            'a column has another character set than utf8mb4, which has no place for such a text: convert it',
            cause,
          )
    // 1467: the next generated value could not be read. On MariaDB InnoDB's locks are the reason (10.11, 50 upserts of one key at once);
    // used up are only the values of an unsigned bigint then, of other types that is 167
    case 1467:
    case 1213:
    case 3058:
      return deadlock(cause)
    case 1020:
      return serializationFailure(cause)
    case 1205:
    case 3572:
      return lockTimeout
    case 1317:
    case 1969:
    case 3024:
      return timeout('a statement', 0, 'it was cancelled; make it smaller, or allow it more time')
    case 1792:
      return validationError([], 'a read-only transaction takes no writes')
    case 1059:
    case 1102:
    case 1103:
    case 1166:
      return schemaConflict(nameIn(context, quotedIn(e.message)), `${dialect} takes no such name`, cause)
    // 3698, 3699: the stack or the time of a pattern; 1139 is MariaDB's bound of steps, and a pattern that is none
    case 3698:
    case 3699:
      return hardPattern(dialect)
    case 1139:
      return /match limit/.test(e.message) ? hardPattern(dialect) : databaseError('1139', cause.message, cause)
    // MySQL can't read an array of a joined query from a set operation further in (9.7)
    case 1210:
      return /JSON_TABLE/.test(e.message)
        ? unsupported('the elements of an array of a query around, so far in', dialect, 'bind the elements beside the array')
        : databaseError('1210', cause.message, cause)
    case 3008:
    case 6575:
      return tooDeepCascade(dialect)
    case 1296:
      // MariaDB says no more of InnoDB's error 193
      return /^Got error 193 /.test(e.message) ? tooDeepCascade(dialect) : databaseError('1296', cause.message, cause)
    case 1116:
    case 1117:
    case 1118:
    case 1170:
    case 1235:
    case 1390:
    case 1436:
    case 1473:
    case 3157:
    case 3950:
    case 4045:
      return unsupported(`this (${cause.message.slice(0, 200)})`, dialect, 'split it')
    case 1053:
    case 1080:
    case 1152:
    case 1184:
    case 1927:
    case 4031:
      return connectionError(dialect, 'the server ended the connection', cause)
    case undefined:
      // words of the driver
      if (/in closed state|connection (?:is|was) (?:closed|lost)/i.test(e.message))
        return connectionError(dialect, 'the connection was closed', cause)
      return databaseError(null, cause.message, cause)
    default:
      return databaseError(String(e.errno), cause.message, cause)
  }
}

const hardPattern = (dialect: Server): DbError =>
  unsupported('a pattern that takes so many steps on a text', dialect, 'say it with fewer repetitions, or match shorter texts')

const tooDeepCascade = (dialect: Server): DbError =>
  unsupported('a delete or update that foreign keys carry on so far', dialect, 'delete the rows that refer first')

/**
 * Replies that say nothing about the statement: the server, or a proxy in front of it, has given the session up. 1053 shutdown,
 * 1080 and 1184 forced end, 1152 to 1161 network (their SQLSTATE is 08S01), 1927 and 3169 killed, 4031 idle for too long; 2000 to
 * 2999 are errors of clients, which proxies pass on; 9000 to 9999 are ProxySQL's.
 */
const gaveUp = (errno: number): boolean =>
  [1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031].includes(errno) ||
  (errno >= 2000 && errno < 3000) ||
  (errno >= 9000 && errno < 10_000)

/** After these the server closes the connection, though it says that the statement failed: a packet that is too large. */
const CLOSES: readonly number[] = [1153]

/** Whether a driver's error is a reply that says that the statement failed. One that ends the session as well is none. */
export const isMysqlReply = (thrown: unknown): boolean => {
  const { errno, sqlState, sqlMessage } = (thrown ?? {}) as { readonly [field: string]: unknown }
  const isReply = typeof errno === 'number' && errno > 0 && typeof sqlMessage === 'string'
  return isReply && !gaveUp(errno) && !(typeof sqlState === 'string' && sqlState.startsWith('08') && !CLOSES.includes(errno))
}

/** Whether the server closes the connection after this reply. */
export const closesConnection = (thrown: unknown): boolean =>
  CLOSES.includes(Number((thrown as { readonly errno?: unknown } | null)?.errno))
