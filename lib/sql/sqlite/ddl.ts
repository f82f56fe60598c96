/**
 * Definitions and writes in SQLite.
 *
 * Tables are STRICT, so that a column holds only its storage class. Integers have 64 bits and texts any
 * length: ranges, lengths and enums are checks, by whose names the runner tells an overflow (`__range`)
 * and a text that is too long (`__length`) from a failed check.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import type { SqlType } from '../../core/value/SqlType.js'
import type { Ddl, TypeCheck } from '../Dialect.js'
import { type Fragment, list, optional, sql, text } from '../Fragment.js'
import { toHex } from '../hex.js'
import { onConflict, remove, update, updateFrom } from '../standardWrites.js'
import type { UpdateParts, Writes } from '../Writes.js'
import { callsAdded } from './addedFunctions.js'
import { rebuild } from './alter.js'
import { references } from './catalogReferences.js'
import { writeBlockComment } from './createTokens.js'
import { wrapDefault } from './defaults.js'
import { forColumns, isScaled, sqliteValues } from './driverValues.js'
import { quote, quoted } from './names.js'
import { online } from './online.js'

/** The storage class of a type, as STRICT tables name it. */
const storage = (t: SqlType): string => {
  switch (t.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'boolean':
      return 'INTEGER'
    case 'float':
      return 'REAL'
    case 'numeric':
      return isScaled(t) ? 'INTEGER' : t.sqlite === 'real' ? 'REAL' : 'TEXT'
    case 'bytes':
      return 'BLOB'
    case 'custom':
      return t.names.sqlite ?? 'TEXT'
    default:
      return 'TEXT'
  }
}

/** The checks of ranges, lengths and enums. */
const typeChecks = (t: SqlType, column: string): readonly TypeCheck[] => {
  switch (t.tag) {
    case 'smallint':
      return [['range', `${column} BETWEEN -32768 AND 32767`]]
    case 'int':
      return [['range', `${column} BETWEEN -2147483648 AND 2147483647`]]
    case 'numeric':
      return isScaled(t) ? [['range', `${column} BETWEEN -${'9'.repeat(t.precision)} AND ${'9'.repeat(t.precision)}`]] : []
    case 'varchar':
      return [['length', `length(${column}) <= ${t.length}`]]
    case 'char':
      return [['length', `length(${column}) = ${t.length}`]]
    case 'boolean':
      return [['values', `${column} IN (0, 1)`]]
    case 'enum':
      return [['values', `${column} IN (${t.values.map(quoted).join(', ')})`]]
    default:
      return []
  }
}

/** A canonical value as an SQL literal, in its stored form. */
const literal = (value: unknown, type: SqlType): string => {
  const stored = sqliteValues.write(type)(value)
  if (stored instanceof Uint8Array) return `X'${toHex(stored)}'`
  if (type.tag === 'bigint' || isScaled(type) || typeof stored === 'number') return String(stored)
  return quoted(String(stored))
}

/**
 * An update whose SET contains a query. In a plain UPDATE it would see rows that the same statement has changed already; the values of
 * UPDATE FROM are computed before anything is written, so they come from the table itself.
 */
const updateAtOnce = (parts: UpdateParts): Fragment => {
  if (!parts.setSeesWrites) return update(parts)
  const by = parts.name('changed')
  const keys = (parts.key.length > 0 ? parts.key : ['_rowid_']).map((key, i) => ({
    own: `${parts.alias}.${key}`,
    name: quote(`key${i + 1}`),
  }))
  const values = parts.set.map((s, i) => ({ ...s, name: quote(`value${i + 1}`) }))
  const columns = [...keys.map(k => sql`${k.own} AS ${k.name}`), ...values.map(v => sql`${v.value} AS ${v.name}`)]
  const where = optional(parts.where !== null, () => sql` WHERE ${parts.where as Fragment}`)
  return updateFrom(
    {
      ...parts,
      set: values.map(v => ({ ...v, value: text(`${by}.${v.name}`) })),
      where: text(keys.map(k => `${k.own} = ${by}.${k.name}`).join(' AND ')),
    },
    sql`(SELECT ${list(columns)} FROM ${parts.table}${where}) AS ${by}`,
  )
}

/** INSERT, UPDATE and DELETE. */
export const writes: Writes = {
  generatedKey: null,
  rowsAtOnce: 250,
  arrays: null,
  forColumns,
  parameters: 32_000,
  inlinesExcess: false,
  bytes: 2 ** 26,
  defaultWord: 'NULL',
  allDefaults: 'DEFAULT VALUES',
  nullMakesKey: true,
  keysFollow: true,
  afterGivenKey: () => '',
  returning: { insert: true, update: true, delete: 'unlessReferring' },
  ...onConflict,
  wasInserted: null,
  update: updateAtOnce,
  updateFrom,
  delete: remove,
}

/** Definitions. */
export const ddl: Ddl = {
  keyLimit: null,
  transactional: true,
  columnType: (type, { key, primary, generated }) => {
    if (generated && !key)
      refuse(unsupported('a generated column that is not the primary key', 'sqlite', 'make it the key, or number rows yourself'))
    if (key) return 'INTEGER PRIMARY KEY AUTOINCREMENT'
    // a primary key of type INTEGER would be the rowid, which generates a key for null
    return primary && storage(type) === 'INTEGER' ? 'INT' : storage(type)
  },
  typeChecks,
  asCondition: value => value,
  inlinePrimaryKey: true,
  forwardReferences: true,
  // a table is created again: `rebuild`
  dropForeignKey: () => '',
  indexOfForeignKey: null,
  foreignKeyIndexes: null,
  columnUsers: null,
  keyedColumns: null,
  // an index and a foreign key are in the schema of their table, and can't name a schema for the other table
  index: (t, name, target) => (t.schema === null ? `${quote(name)} ON ${target}` : `${quote(t.schema)}.${quote(name)} ON ${quote(t.name)}`),
  indexes: { expression: e => `(${e})`, generatedColumn: null, callsAdded, conditions: true, methods: false, nulls: false },
  dropIndex: (t, name) => `DROP INDEX ${t.schema === null ? '' : `${quote(t.schema)}.`}${quote(name)}`,
  referred: (t, other) => (t.schema === other.schema ? quote(other.name) : null),
  tableSuffix: ' STRICT',
  databaseSuffix: '',
  dropTogether: false,
  beforeCreate: () => [],
  beforeDrop: ['PRAGMA defer_foreign_keys = ON'],
  // SQLite silently drops a table to which no row refers yet, and leaves the foreign keys to it dangling
  definitionOf: t => ({
    sql: `SELECT sql FROM ${t.schema === null ? '' : `${quote(t.schema)}.`}sqlite_schema WHERE tbl_name = ${quoted(t.name)} COLLATE NOCASE ORDER BY type, name`,
    columns: 1,
    ignored: null,
  }),
  referring: tables => {
    const names = tables.map(t => quoted(t.name)).join(', ')
    return `SELECT m.name, f."table" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f."table" COLLATE NOCASE IN (${names}) AND m.name COLLATE NOCASE NOT IN (${names})`
  },
  references,
  foldsNames: true,
  countsCascaded: false,
  reserved: null,
  restrict: '',
  dropConstraint: null,
  wrapDefault,
  comments: {
    column: comment => ` ${writeBlockComment(comment)}`,
    table: { before: comment => ` ${writeBlockComment(comment)}`, after: () => '' },
    statement: null,
    longest: Number.POSITIVE_INFINITY,
  },
  guardsNotNull: false,
  guardsForeignKeys: false,
  convertsInPlace: true,
  alter: () => [],
  rebuild,
  online,
  literal: slot => literal(slot.tag === 'value' ? slot.value : null, slot.type.sql),
}
