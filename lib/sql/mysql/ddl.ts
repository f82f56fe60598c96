/**
 * Types, definitions and writes in MySQL; MariaDB's differ in what is said here as a parameter.
 *
 * Tables say their collation, so that texts compare by code point whatever the database's own is.
 * A text is a longtext, which no key takes: as part of a key or index it is a varchar, as long as
 * InnoDB's 3,072 bytes allow. Enums are varchars with a check, `char(n)` a varchar of exactly n
 * characters (the engine's own loses trailing blanks), arrays and vectors are JSON.
 *
 * An explicit NULL makes a generated key where DEFAULT would be 0: a session here runs with
 * NO_AUTO_VALUE_ON_ZERO, so that 0 is a key like others. Definitions commit by themselves.
 */

import { refuse, unsupported, validationError } from '../../core/value/DbError.js'
import type { DialectName } from '../../core/value/DialectName.js'
import { type SqlType, showSqlType } from '../../core/value/SqlType.js'
import type { ColumnUse, Ddl } from '../Dialect.js'
import type { Slot } from '../Fragment.js'
import { toHex } from '../hex.js'
import { quoting } from '../identifier.js'
import type { Values } from '../Values.js'

/** Names have 64 characters of Unicode's first plane, and no blank at the end. */
export const quoteFor = (dialect: DialectName): ((name: string) => string) => {
  const quote = quoting(dialect, '`', 192)
  return name => {
    if (/[\u{10000}-\u{10FFFF}]/u.test(name))
      return refuse(validationError(['identifier'], `a name has no characters beyond U+FFFF on ${dialect}`))
    if (/[\t-\r ]$/.test(name))
      return refuse(validationError(['identifier', name.trimEnd()], `a name does not end in a blank on ${dialect}`))
    if (name.length > 64)
      return refuse(validationError(['identifier', `${name.slice(0, 20)}...`], `a name has at most 64 characters on ${dialect}`))
    return quote(name)
  }
}

/** A text as SQL, whatever the session says of backslashes. */
export const quoted = (s: string): string =>
  s.includes('\\') ? `x'${toHex(new TextEncoder().encode(s))}'` : `'${s.replaceAll("'", "''")}'`

/**
 * A text that stands where it has to be known as text: a hexadecimal literal is bytes otherwise. MariaDB keeps `_utf8mb4 x'5c'`
 * in a definition as a text with a single backslash, and reads another one, or an error, the next time.
 */
export const quotedText = (s: string): string => (s.includes('\\') ? `convert(${quoted(s)} using utf8mb4)` : quoted(s))

/** A check of the length is needed where the type has no room for one: beyond what a row holds. */
const LONG = 4_000

/** How many characters of utf8mb4 a key takes, shared by its columns. */
const keyLength = ({ keyColumns }: ColumnUse): number => Math.floor(768 / keyColumns)

/** The most bytes of a value in a key: four a character of utf8mb4. */
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

/** Refuses decimals that the engines do not have. */
export const assertComputable =
  (dialect: DialectName) =>
  (t: SqlType): void => {
    if (t.tag === 'numeric' && (t.precision > 65 || t.scale > 30))
      refuse(unsupported(showSqlType(t), dialect, 'decimals have up to 65 digits there, 30 of them after the point'))
  }

const literal = (write: Values['write'], slot: Slot): string => {
  const value = slot.tag === 'value' ? slot.value : null
  const stored = write(slot.type.sql)(value)
  if (stored instanceof Uint8Array) return `x'${toHex(stored)}'`
  if (typeof stored === 'bigint' || typeof stored === 'number' || slot.type.sql.tag === 'numeric') return String(stored)
  return quotedText(String(stored))
}

/** A default that is no plain number stands in brackets; a text's always does, where the column is a blob. */
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

/** What the definitions of MySQL and MariaDB have different. */
interface Definitions {
  readonly dialect: 'mysql' | 'mariadb'
  readonly quote: (name: string) => string
  readonly write: Values['write']
  readonly collation: string
  readonly json: string
  readonly dropTogether: boolean
  readonly referring: Ddl['referring']
  readonly dropConstraint: Ddl['dropConstraint']
  /** Whether a unique key has to be as short as an index: a longer one of MariaDB is one of hashes. */
  readonly limitsUniqueKeys: boolean
}

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
}: Definitions): Ddl => ({
  transactional: false,
  cascades: `SELECT TABLE_NAME, REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = database() AND DELETE_RULE = 'CASCADE'`,
  keyLimit: { bytes: 3072, of: keyBytes, unique: limitsUniqueKeys },
  columnType: (type, use) => {
    assertComputable(dialect)(type)
    if (type.tag === 'custom') return type.names[dialect] ?? 'longtext'
    if (use.generated && !use.leadsKey)
      refuse(unsupported('a generated column that no key begins with', dialect, 'make it the primary key, or unique'))
    return `${columnType(type, use, json)}${use.generated ? ' AUTO_INCREMENT' : ''}`
  },
  typeChecks: (type, column) => {
    if (type.tag === 'enum') return [['values', `${column} IN (${type.values.map(quotedText).join(', ')})`]]
    if (type.tag === 'char') return [['length', `char_length(${column}) = ${type.length}`]]
    return type.tag === 'varchar' && type.length > LONG ? [['length', `char_length(${column}) <= ${type.length}`]] : []
  },
  // a column of truth values is one of numbers, which is no condition
  asCondition: value => `${value} <> 0`,
  inlinePrimaryKey: false,
  forwardReferences: false,
  index: (_, name, target) => `${quote(name)} ON ${target}`,
  // a name without a database is one of the referring table's own
  referred: (t, other, target) => (t.schema !== null && other.schema === null ? null : target),
  tableSuffix: ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`,
  dropTogether,
  beforeCreate: () => [],
  beforeDrop: [],
  referring,
  reserved: null,
  restrict: 'RESTRICT',
  dropConstraint,
  wrapDefault,
  literal: slot => literal(write, slot),
})

/** What the writes of both have in common. */
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
  // the first of them; the others follow, because their number is known before
  generatedKey: (i: number) => (i === 0 ? 'last_insert_id()' : `last_insert_id() + ${i} * @@auto_increment_increment`),
}
