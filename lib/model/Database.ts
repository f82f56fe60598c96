/**
 * Databases: the states that commands transform, as immutable values.
 *
 * A `Database` is a set of named tables, each with its rows in insertion order, and the foreign keys between them. A row is a record of
 * canonical values by field. States share what they have in common, so keeping an old one (a savepoint, a failed command) is free.
 *
 * Commands are `execute`, changes of the schema `define`.
 */
import type { AnyTable, Index } from '../core/syntax/Syntax.js'
import type { AnySchema, ForeignKey } from '../core/table/Schema.js'
import { columnName, nameProblem, qualifiedName } from '../core/table/Table.js'
import { refuse, schemaConflict, validationError } from '../core/value/DbError.js'
import { sameColumnType, showSqlType } from '../core/value/SqlType.js'

/** A stored row: canonical values by field. Object identity tells equal rows apart. */
export interface StoredRow {
  readonly [field: string]: unknown
}

/** A table with its content. */
export interface Stored {
  readonly table: AnyTable
  readonly rows: readonly StoredRow[]
  /** The indexes that were created over it. Only the unique ones mean something. */
  readonly indexes: readonly Index[]
  /** The next value of each generated column. */
  readonly next: { readonly [field: string]: bigint }
}

/** A state of a database; `tables` are by qualified name. */
export interface Database {
  readonly tables: ReadonlyMap<string, Stored>
  readonly foreignKeys: readonly ForeignKey[]
}

/** The database without tables. */
export const empty: Database = { tables: new Map(), foreignKeys: [] }

/** The content of a table. Refuses a table that does not exist, or that lacks a described column or has it with another type. */
export const stored = (db: Database, table: AnyTable): Stored => {
  const unnamable = nameProblem(table)
  if (unnamable !== null) refuse(validationError(['name'], unnamable))
  const name = qualifiedName(table)
  const found = db.tables.get(name) ?? refuse(schemaConflict(name, 'there is no such table: create it with createAll'))
  if (found.table === table) return found
  for (const [field, type] of Object.entries(table.types)) {
    const column = `${name}.${columnName(table, field)}`
    const own = found.table.types[fieldIn(found, table, field)]
    if (own === undefined) return refuse(schemaConflict(column, 'there is no such column: migrate the table'))
    if (!sameColumnType(own.sql, type.sql)) {
      return refuse(schemaConflict(column, `it is ${showSqlType(own.sql)} and not ${showSqlType(type.sql)}: change the description`))
    }
  }
  return found
}

/** The field of a stored table for a field of another description of it: columns correspond by their SQL names. */
const fieldIn = ({ table: { names } }: Stored, table: AnyTable, field: string): string =>
  Object.keys(names).find(f => names[f] === columnName(table, field)) ?? ''

/** Reads stored rows with the fields of a description of their table. */
export const rowReader = (s: Stored, table: AnyTable): ((row: StoredRow) => StoredRow) =>
  s.table === table
    ? row => row
    : row => Object.fromEntries(Object.keys(table.columns).map(field => [field, row[fieldIn(s, table, field)]]))

/** Renames the fields of a description of a table to those of the stored table. */
export const storedFields =
  (s: Stored, table: AnyTable) =>
  <A>(given: { readonly [field: string]: A }): { readonly [field: string]: A } =>
    s.table === table ? given : Object.fromEntries(Object.entries(given).map(([field, a]) => [fieldIn(s, table, field), a]))

/** The database with the content of a table replaced. */
export const withStored = (db: Database, s: Stored): Database => ({ ...db, tables: new Map(db.tables).set(qualifiedName(s.table), s) })

/** The described schema of a database: its tables with the indexes that were created, its views and foreign keys. */
export const schemaOf = ({ tables, foreignKeys }: Database): AnySchema => {
  const described = new Map([...tables].map(([name, s]) => [name, s.table.query === null ? { ...s.table, indexes: s.indexes } : s.table]))
  const of = (t: AnyTable): AnyTable => described.get(qualifiedName(t)) ?? t
  return {
    kind: 'schema',
    tables: Object.fromEntries(described),
    foreignKeys: foreignKeys.map(f => ({ ...f, table: of(f.table), target: of(f.target) })),
  }
}
