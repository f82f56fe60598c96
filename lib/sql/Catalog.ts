/**
 * Catalogs: how a dialect reads its own schema.
 *
 * A catalog is queries of the engine's system tables, one for each kind of thing and not one for each table, and a pure function from their
 * rows to a `SchemaImage`. All columns of the queries are texts or null. The session sends the queries in order and in one snapshot.
 *
 * Law: what `createAll(s)` creates is read back as `imageOf(s)`; names, types and actions of tables that others created are those that the
 * engine reports.
 */
import type { ExprText, SchemaImage } from '../core/schema/SchemaImage.js'
import type { SqlType } from '../core/value/SqlType.js'

/** Which part of a database is read. */
export interface CatalogScope {
  /** Database schemas (on MySQL databases, on SQLite attached files); null is the default one of the connection. */
  readonly schemas: readonly (string | null)[]
  /** Whether the temporary tables of the session are read in place of those in `schemas`. */
  readonly temporary: boolean
}

/** A query of a catalog: its text, and the number of its columns, which are texts. */
export interface CatalogQuery {
  readonly text: string
  readonly columns: number
}

/** The expressions of a table. */
export interface StoredTexts {
  /** Defaults by column; a column without one is not in it. */
  readonly defaults: { readonly [column: string]: ExprText }
  readonly computed: { readonly [column: string]: ExprText }
  /** Checks in their order; those of a column have no name. */
  readonly checks: readonly { readonly name: string | null; readonly text: ExprText }[]
  /** The keys of each index: an expression, or null for a column. */
  readonly indexes: { readonly [index: string]: readonly ExprText[] }
}

/**
 * How the engine is asked how it would store the expressions of a table, without touching a real one: a table that only the session sees is
 * created, read and dropped. `schema`: it is created in this schema, in a transaction that is rolled back, and read as temporary tables are.
 * `shown`: it is a temporary table, and a statement shows its definition.
 */
export type Scratch =
  | { readonly tag: 'schema'; readonly schema: string }
  | { readonly tag: 'shown'; readonly show: (table: string) => string; readonly read: (shown: string) => StoredTexts }

/** The rows of one query. */
export type CatalogRows = readonly (readonly (string | null)[])[]

/** How a dialect reads its schema. */
export interface Catalog {
  readonly queries: (scope: CatalogScope) => readonly CatalogQuery[]
  /** The image, of the rows of each query in their order. */
  readonly read: (rows: readonly CatalogRows[], scope: CatalogScope) => SchemaImage
  readonly scratch: Scratch
  /** Whether a text that the dialect prints is known to be stored as another one; false where it is not known. */
  readonly isStoredAs: (printed: string, stored: string) => boolean
  /** An image as the engine reports it once it is created: without names that it does not keep, and with one word for what it takes for the same. */
  readonly reported: (image: SchemaImage) => SchemaImage
  /**
   * The canonical type of a column that `ddl.columnType` has defined with this text, where nothing else is known; `custom` if there is none.
   * A column whose type this does not find again gets a note (`core/schema/typeNote`).
   */
  readonly typeOf: (defined: string) => SqlType
}
