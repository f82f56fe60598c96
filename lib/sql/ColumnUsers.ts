/**
 * What uses a column, as the catalog of a dialect reports it.
 *
 * `columnUses` refuses changes by it; each dialect has a query for it (`catalogUsers.ts`). Users are keys, checks and indexes of the table, and
 * foreign keys from the column and to it, under the names that the database has. What a type needs is among them.
 *
 * Law: a user that is listed keeps memory from dropping the column.
 */
import type { CatalogRows } from './Catalog.js'

/** Something that uses a column. */
export interface ColumnUser {
  readonly isForeignKey: boolean
  readonly name: string
}

/** A query of the catalog, and how its rows are read. */
export interface ColumnUsers {
  readonly sql: string
  readonly columns: number
  readonly read: (rows: CatalogRows) => readonly ColumnUser[]
}
