/**
 * Databases: the states that commands take one to another, as immutable values.
 *
 * A `Database` is a set of named tables, each with its rows in the order in which they came, and the
 * foreign keys between them. A row is a record of canonical values by field. Two states share what
 * they have in common, so that keeping an old one (a savepoint, a failed command) costs nothing.
 *
 * Commands are `execute`, changes of the schema `define`.
 */
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { columnName, nameProblem, qualifiedName } from '../core/table/Table.js'
import { refuse, schemaConflict, validationError } from '../core/value/DbError.js'
import { sameColumnType, showSqlType } from '../core/value/SqlType.js'

/** A row as it is stored: canonical values by field. Compared by identity where it matters which row it is. */
export interface StoredRow {
  readonly [field: string]: unknown
}

/** A table and what is in it. */
export interface Stored {
  readonly table: AnyTable
  readonly rows: readonly StoredRow[]
  /** The next value of each generated column. */
  readonly next: { readonly [field: string]: bigint }
}

export interface Database {
  readonly tables: ReadonlyMap<string, Stored>
  readonly foreignKeys: readonly ForeignKey[]
}

/** The database without tables. */
export const empty: Database = { tables: new Map(), foreignKeys: [] }

/** The content of a table. Refuses one that is not there, or that has not the columns it is said to have. */
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
      return refuse(schemaConflict(column, `it is ${showSqlType(own.sql)} and not ${showSqlType(type.sql)}: describe it as it is`))
    }
  }
  return found
}

/** The field under which a table in the database has what another description of it calls so: columns go by their SQL names. */
const fieldIn = ({ table: { names } }: Stored, table: AnyTable, field: string): string =>
  Object.keys(names).find(f => names[f] === columnName(table, field)) ?? ''

/** A row as a description of its table sees it. */
export const seenAs = (s: Stored, table: AnyTable): ((row: StoredRow) => StoredRow) =>
  s.table === table
    ? row => row
    : row => Object.fromEntries(Object.keys(table.columns).map(field => [field, row[fieldIn(s, table, field)]]))

/** What a description of a table gives by its own fields, by the fields of the table in the database. */
export const givenTo =
  (s: Stored, table: AnyTable) =>
  <A>(given: { readonly [field: string]: A }): { readonly [field: string]: A } =>
    s.table === table ? given : Object.fromEntries(Object.entries(given).map(([field, a]) => [fieldIn(s, table, field), a]))

/** The database with other content in a table. */
export const withStored = (db: Database, s: Stored): Database => ({ ...db, tables: new Map(db.tables).set(qualifiedName(s.table), s) })
