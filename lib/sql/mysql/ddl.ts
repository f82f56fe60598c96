/**
 * Types, definitions and writes in MySQL and MariaDB; where they differ, there is a parameter.
 *
 * Tables state their collation, so that texts compare by code point whatever the default of the database.
 * A text is a longtext, which no key takes: as part of a key or index it is a varchar, as long as
 * InnoDB's 3,072 bytes allow. Enums are varchars with a check, `char(n)` a varchar of exactly n
 * characters (the engine's char loses trailing blanks), arrays and vectors are JSON.
 *
 * An explicit NULL generates a key where DEFAULT would be 0: sessions run with NO_AUTO_VALUE_ON_ZERO,
 * so that 0 is an ordinary key. Definitions commit implicitly.
 */

import type { AnyTable } from '../../core/syntax/Syntax.js'
import { refuse, unsupported, validationError } from '../../core/value/DbError.js'
import type { DialectName } from '../../core/value/DialectName.js'
import { type SqlType, showSqlType } from '../../core/value/SqlType.js'
import type { ColumnUse, Ddl } from '../Dialect.js'
import type { Slot } from '../Fragment.js'
import { toHex } from '../hex.js'
import { quoting, target } from '../identifier.js'
import type { Values } from '../Values.js'
import type { Algorithms } from './algorithms.js'
import { alter } from './alter.js'
import { references } from './catalogReferences.js'
import { columnUsers } from './catalogUsers.js'
import { onlineBy } from './online.js'

/** Names have up to 64 characters of Unicode's first plane, and no blank at the end. */
export const quoteFor = (dialect: DialectName): ((name: string) => string) => {
  const quote = quoting(dialect, '`', 192)
  return name => {
    if (/[\u{10000}-\u{10FFFF}]/u.test(name))
      return refuse(validationError(['identifier'], `${dialect} allows no characters beyond U+FFFF in names`))
    if (/[\t-\r ]$/.test(name))
      return refuse(validationError(['identifier', name.trimEnd()], `${dialect} allows no blank at the end of a name`))
    if (name.length > 64)
      return refuse(validationError(['identifier', `${name.slice(0, 20)}...`], `${dialect} allows names of at most 64 characters`))
    return quote(name)
  }
}

/** A text literal, independent of how the session treats backslashes. */
export const quoted = (s: string): string =>
  s.includes('\\') ? `x'${toHex(new TextEncoder().encode(s))}'` : `'${s.replaceAll("'", "''")}'`

/**
 * A text literal where its type matters: a hexadecimal literal is bytes. MariaDB stores `_utf8mb4 x'5c'` in a definition as a text
 * with a single backslash, and reads another text, or an error, the next time.
 */
export const quotedText = (s: string): string => (s.includes('\\') ? `convert(${quoted(s)} using utf8mb4)` : quoted(s))

/** A comment as a literal: no expression is allowed there, and sessions treat a backslash as an escape. */
const commentText = (comment: string): string => `'${comment.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** From this length on, a varchar would exceed the size of a row: it is a longtext with a check. */
const LONG = 4_000

/** The number of utf8mb4 characters in a column of a key, which its columns share. */
const keyLength = ({ keyColumns }: ColumnUse): number => Math.floor(768 / keyColumns)

/** The most bytes of a value in a key: four for each utf8mb4 character. */
const keyBytes = (t: SqlType, use: ColumnUse): number => {
  switch (t.tag) {
    case 'text':
    case 'bytes':
      return 4 * keyLength(use)
    case 'varchar':
    case 'char':
      return 4 * t.length
    case 'enum':
      return 4 * Math.max(1, ...t.values.map(v => v.length))
    case 'uuid':
      return 4 * 36
    default:
      return 8
  }
}

const columnType = (t: SqlType, use: ColumnUse, json: string): string => {
  switch (t.tag) {
    case 'float':
      return 'double'
    case 'numeric':
      return `decimal(${t.precision}, ${t.scale})`
    case 'text':
      return use.keyColumns > 0 ? `varchar(${keyLength(use)})` : 'longtext'
    case 'varchar':
      return t.length > LONG ? 'longtext' : `varchar(${t.length})`
    case 'char':
      return `varchar(${t.length})`
    case 'enum':
      return `varchar(${Math.max(1, ...t.values.map(v => v.length))})`
    case 'uuid':
      return 'char(36)'
    case 'timestamp':
      return 'datetime(3)'
    case 'timestampMicros':
      return 'datetime(6)'
    case 'time':
      return 'time(3)'
    case 'bytes':
      return use.keyColumns > 0 ? `varbinary(${4 * keyLength(use)})` : 'longblob'
    case 'json':
    case 'array':
    case 'vector':
      return json
    case 'custom':
      return 'longtext'
    default:
      return t.tag
  }
}

/** The condition that a row of the catalog is about a table. */
const isTable = (t: AnyTable): string =>
  `TABLE_SCHEMA = ${t.schema === null ? 'database()' : quoted(t.schema)} AND TABLE_NAME = ${quoted(t.name)}`

/** Refuses decimals with more digits than the engines have. */
export const assertComputable =
  (dialect: DialectName) =>
  (t: SqlType): void => {
    if (t.tag === 'numeric' && (t.precision > 65 || t.scale > 30))
      refuse(unsupported(showSqlType(t), dialect, 'it has decimals of up to 65 digits, 30 of them after the point'))
  }

const literal = (write: Values['write'], slot: Slot): string => {
  const value = slot.tag === 'value' ? slot.value : null
  const stored = write(slot.type.sql)(value)
  if (stored instanceof Uint8Array) return `x'${toHex(stored)}'`
  if (typeof stored === 'bigint' || typeof stored === 'number' || slot.type.sql.tag === 'numeric') return String(stored)
  return quotedText(String(stored))
}

/** A default is put in brackets unless it is a plain number, or a short text in a column that is not a blob. */
const wrapDefault = (value: string, type: SqlType): string => {
  const plain = /^-?\d+(\.\d+)?$/.test(value) || value === 'TRUE' || value === 'FALSE'
  const short =
    type.tag === 'varchar' ||
    type.tag === 'enum' ||
    type.tag === 'char' ||
    type.tag === 'uuid' ||
    type.tag === 'date' ||
    type.tag === 'time'
  return plain || (short && /^'[^']*'$/.test(value)) ? value : `(${value})`
}

/** What differs between the definitions of MySQL and MariaDB. */
interface Definitions {
  readonly dialect: 'mysql' | 'mariadb'
  readonly quote: (name: string) => string
  readonly write: Values['write']
  readonly collation: string
  readonly json: string
  readonly dropTogether: boolean
  readonly referring: Ddl['referring']
  readonly dropConstraint: Ddl['dropConstraint']
  /** Whether the limit of an index holds for unique keys: MariaDB makes a longer one by hashes. */
  readonly limitsUniqueKeys: boolean
  /** Whether an index may be over expressions: MySQL's (9.7), not MariaDB's (10.11), where a generated column is in its place. */
  readonly functionalIndexes: boolean
  readonly algorithms: Algorithms
}

/** The definitions of a dialect of the family. */
export const definitions = ({
  dialect,
  quote,
  write,
  collation,
  json,
  dropTogether,
  referring,
  dropConstraint,
  limitsUniqueKeys,
  functionalIndexes,
  algorithms,
}: Definitions): Ddl => ({
  transactional: false,
  references,
  // depends on lower_case_table_names
  foldsNames: true,
  countsCascaded: false,
  keyLimit: { bytes: 3072, of: keyBytes, unique: limitsUniqueKeys },
  columnType: (type, use) => {
    assertComputable(dialect)(type)
    if (type.tag === 'custom') return type.names[dialect] ?? 'longtext'
    if (use.generated && !use.leadsKey)
      refuse(unsupported('a generated column that is not the first of a key', dialect, 'make it the primary key, or unique'))
    return `${columnType(type, use, json)}${use.generated ? ' AUTO_INCREMENT' : ''}`
  },
  typeChecks: (type, column) => {
    if (type.tag === 'enum') return [['values', `${column} IN (${type.values.map(quotedText).join(', ')})`]]
    if (type.tag === 'char') return [['length', `char_length(${column}) = ${type.length}`]]
    return type.tag === 'varchar' && type.length > LONG ? [['length', `char_length(${column}) <= ${type.length}`]] : []
  },
  // a boolean column is a number, which is not a condition
  asCondition: value => `${value} <> 0`,
  inlinePrimaryKey: false,
  forwardReferences: false,
  dropForeignKey: (table, name) => `ALTER TABLE ${table} DROP CONSTRAINT ${name}`,
  indexOfForeignKey: (t, name) =>
    `SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE ${isTable(t)} AND INDEX_NAME = ${quoted(name)} AND SEQ_IN_INDEX = 1`,
  foreignKeyIndexes: t =>
    `SELECT 'foreignKey', CONSTRAINT_NAME, COLUMN_NAME, ORDINAL_POSITION FROM information_schema.KEY_COLUMN_USAGE WHERE ${isTable(t)} AND REFERENCED_TABLE_NAME IS NOT NULL UNION ALL SELECT 'index', INDEX_NAME, CASE WHEN SUB_PART IS NULL THEN COLUMN_NAME END, SEQ_IN_INDEX FROM information_schema.STATISTICS WHERE ${isTable(t)} AND INDEX_TYPE = 'BTREE' ORDER BY 1, 2, 4`,
  columnUsers: (t, column) => columnUsers(functionalIndexes, quoted, t, column),
  // an index over the beginnings of values (SUB_PART), or of words, is no key
  keyedColumns: t =>
    [
      `SELECT 'column', COLUMN_NAME, CASE WHEN DATA_TYPE IN ('varchar', 'varbinary') THEN CAST(CHARACTER_MAXIMUM_LENGTH AS CHAR) END FROM information_schema.COLUMNS WHERE ${isTable(t)}`,
      `SELECT 'index', INDEX_NAME, CASE WHEN SUB_PART IS NULL THEN COLUMN_NAME END FROM information_schema.STATISTICS WHERE ${isTable(t)} AND INDEX_TYPE = 'BTREE'`,
    ].join(' UNION ALL '),
  index: (_, name, target) => `${quote(name)} ON ${target}`,
  indexes: {
    expression: e => `((${e}))`,
    generatedColumn: functionalIndexes ? null : (type, e) => `${type} GENERATED ALWAYS AS (${e}) VIRTUAL INVISIBLE`,
    callsAdded: null,
    conditions: false,
    methods: false,
    nulls: false,
  },
  dropIndex: (_, name, target) => `DROP INDEX ${quote(name)} ON ${target}`,
  // a name without a database is looked up in that of the referring table
  referred: (t, other, target) => (t.schema !== null && other.schema === null ? null : target),
  tableSuffix: ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`,
  databaseSuffix: ` CHARACTER SET utf8mb4 COLLATE ${collation}`,
  dropTogether,
  beforeCreate: () => [],
  beforeDrop: [],
  definitionOf: t => ({
    sql: `SHOW CREATE ${t.query === null ? 'TABLE' : 'VIEW'} ${target({ quote }, t)}`,
    columns: t.query === null ? 2 : 4,
    ignored: / AUTO_INCREMENT=\d+/,
  }),
  referring,
  reserved: null,
  restrict: 'RESTRICT',
  dropConstraint,
  wrapDefault,
  comments: {
    column: comment => ` COMMENT ${commentText(comment)}`,
    table: { before: () => '', after: comment => ` COMMENT=${commentText(comment)}` },
    statement: null,
    longest: 1024,
  },
  guardsNotNull: true,
  guardsForeignKeys: functionalIndexes,
  convertsInPlace: false,
  alter,
  rebuild: null,
  online: onlineBy(algorithms),
  literal: slot => literal(write, slot),
})

/** The fields of `Writes` that MySQL and MariaDB share. */
export const writes = {
  forColumns: null,
  rowsAtOnce: 1_000,
  arrays: null,
  parameters: 60_000,
  inlinesExcess: true,
  // a statement is one packet, and few servers take less than a megabyte: max_allowed_packet is 64 MiB on MySQL, 16 on MariaDB
  bytes: 900_000,
  defaultWord: 'NULL',
  allDefaults: '() VALUES ()',
  nullMakesKey: true,
  keysFollow: true,
  afterGivenKey: () => '',
  conflictOnTarget: false,
  wasInserted: null,
  // the first of them; the others follow, because the number of rows is known in advance
  generatedKey: (i: number) => (i === 0 ? 'last_insert_id()' : `last_insert_id() + ${i} * @@auto_increment_increment`),
}
