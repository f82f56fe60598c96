/**
 * Schema images: what a database or a described schema consists of, as plain data that can be compared, hashed and stored as JSON.
 *
 * An image uses SQL names, canonical types and texts; it has no functions. `introspect` makes one of a live database, `imageOf` one of a
 * schema described in TypeScript, and `diff` compares the two. Expressions (defaults, checks, index keys, views) are texts in the `language`
 * of the image: an engine's own text for a live database, or the form of `show` for a schema that no engine has stored.
 *
 * Lists that have no order in the database are sorted by name; columns, and the columns of keys, are in their order.
 */
import type { DialectName } from '../value/DialectName.js'
import type { SqlType } from '../value/SqlType.js'

/** The name of a table or view. `schema` is null in the default schema of the connection (on MySQL its database). */
export interface QualifiedName {
  readonly schema: string | null
  readonly name: string
}

/** A name as one text, to compare and look up by: a name without a schema may contain a dot. */
export const idOf = ({ schema, name }: QualifiedName): string => JSON.stringify([schema, name])

/** The text of an expression in the language of the image; null if it is not known, and so equal to no text. */
export type ExprText = string | null

/** A column. */
export interface ColumnImage {
  readonly name: string
  /** The canonical type; `custom`, with the engine's own text, where there is none. */
  readonly type: SqlType
  readonly nullable: boolean
  /** Whether the engine numbers it: identity, serial, AUTO_INCREMENT, INTEGER PRIMARY KEY. Its default is then null. */
  readonly generated: boolean
  readonly default: { readonly text: ExprText } | null
  /** The expression of a column that the engine computes (GENERATED ALWAYS AS). */
  readonly computed: { readonly text: ExprText; readonly stored: boolean } | null
  readonly comment: string | null
}

/** A primary or unique key. The name is null where the engine gives it none. */
export interface KeyImage {
  readonly name: string | null
  readonly columns: readonly string[]
}

/** A part of an index: a column or an expression, with its place in the order. `nulls` is null for the engine's default. */
export interface IndexKeyImage {
  readonly of: { readonly tag: 'column'; readonly name: string } | { readonly tag: 'expression'; readonly text: ExprText }
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

/** An index that is not a key. */
export interface IndexImage {
  readonly name: string
  readonly keys: readonly IndexKeyImage[]
  readonly unique: boolean
  readonly where: { readonly text: ExprText } | null
  /** The access method; null for the engine's default. */
  readonly method: string | null
  /** What the library has no word for (INCLUDE columns, operator classes, prefix lengths), in the engine's own text; empty without. */
  readonly options: string
  /** False for an index that the engine does not use, such as one left behind by a failed CREATE INDEX CONCURRENTLY. */
  readonly valid: boolean
}

/** A check constraint. The name is null where the engine gives it none. */
export interface CheckImage {
  readonly name: string | null
  readonly text: ExprText
  /** False for a constraint that old rows may violate (NOT VALID, NOT ENFORCED). */
  readonly valid: boolean
}

/** What happens to referring rows. */
export type ActionImage = 'noAction' | 'restrict' | 'cascade' | 'setNull' | 'setDefault'

/** A foreign key of a table. The name is null where the engine gives it none. */
export interface ForeignKeyImage {
  readonly name: string | null
  readonly columns: readonly string[]
  readonly target: QualifiedName
  readonly targetColumns: readonly string[]
  readonly onDelete: ActionImage
  readonly onUpdate: ActionImage
  /** Whether it can be checked at the end of a transaction. */
  readonly deferrable: boolean
  readonly valid: boolean
}

/** A table. */
export interface TableImage extends QualifiedName {
  readonly columns: readonly ColumnImage[]
  readonly primaryKey: KeyImage | null
  readonly uniques: readonly KeyImage[]
  readonly indexes: readonly IndexImage[]
  readonly checks: readonly CheckImage[]
  readonly foreignKeys: readonly ForeignKeyImage[]
  readonly comment: string | null
  /** What an image has no word for, one sentence each: triggers, partitions, policies, exclusion constraints, inheritance. */
  readonly others: readonly string[]
}

/** A view. */
export interface ViewImage extends QualifiedName {
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[]
  readonly text: ExprText
  readonly materialized: boolean
  readonly comment: string | null
}

/** A schema, or a part of it. */
export interface SchemaImage {
  /** The language of its expressions: that of a dialect as the engine stores it, or `query-ts` for the form of `show`. */
  readonly language: DialectName | 'query-ts'
  readonly tables: readonly TableImage[]
  readonly views: readonly ViewImage[]
}

/** The image without tables. */
export const emptyImage = (language: SchemaImage['language']): SchemaImage => ({ language, tables: [], views: [] })

const byName = <A extends { readonly name: string | null }>(xs: readonly A[]): readonly A[] =>
  [...xs].sort((a, b) => (`${a.name}` < `${b.name}` ? -1 : `${a.name}` > `${b.name}` ? 1 : 0))

const byQualifiedName = <A extends QualifiedName>(xs: readonly A[]): readonly A[] => {
  const id = ({ schema, name }: A): string => `${schema ?? ''}\0${name}`
  return [...xs].sort((a, b) => (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0))
}

/** The image with its unordered lists sorted by name. Makers of images end with it. `sorted(sorted(i)) = sorted(i)` */
export const sorted = (image: SchemaImage): SchemaImage => ({
  ...image,
  tables: byQualifiedName(image.tables).map(t => ({
    ...t,
    uniques: byName(t.uniques),
    indexes: byName(t.indexes),
    checks: byName(t.checks),
    foreignKeys: byName(t.foreignKeys),
    others: [...t.others].sort(),
  })),
  views: byQualifiedName(image.views),
})

/** The image with each of its tables changed. */
export const mapTables = (image: SchemaImage, f: (t: TableImage) => TableImage): SchemaImage => ({ ...image, tables: image.tables.map(f) })

/** A foreign key of an engine for which RESTRICT and NO ACTION are the same. */
export const withoutRestrict = (f: ForeignKeyImage): ForeignKeyImage => {
  const told = (a: ActionImage): ActionImage => (a === 'restrict' ? 'noAction' : a)
  return { ...f, onDelete: told(f.onDelete), onUpdate: told(f.onUpdate) }
}
