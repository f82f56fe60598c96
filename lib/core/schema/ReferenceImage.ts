/**
 * References: the foreign keys of a database with the table that has each, as plain data by SQL names.
 *
 * `ForeignKeyImage` is the key as a part of its table; a `ReferenceImage` stands alone, without what only a comparison of schemas needs.
 * `References` are all keys of a database, as its catalog lists them: those of tables that this program has not declared are among them.
 * One table may have two names, with its schema and without, and some engines do not distinguish names by case: `idOf` is the same for
 * all names of a table. What follows from references is in `references.ts`.
 */
import type { ForeignKeyImage, QualifiedName } from './SchemaImage.js'

/** A foreign key with the table that has it. */
export interface ReferenceImage extends Omit<ForeignKeyImage, 'deferrable' | 'valid'> {
  readonly table: QualifiedName
}

/** The foreign keys of a database. */
export interface References {
  readonly keys: readonly ReferenceImage[]
  /** The identity of a table, from any of its names. */
  readonly idOf: (name: QualifiedName) => string
}
