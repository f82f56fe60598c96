/**
 * Where the parts of a CREATE TABLE text are, so that one part can be changed and all others stay as their author wrote them.
 *
 * Places are character positions: that of the first character and that of the one after the last. `placesIn` (createText) reads them,
 * `editText` changes texts by them.
 *
 * Law: the slices at the places are the parts that `readTable` returns.
 */

/** A part of a statement, by the places of its first character and of the one after it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The place of a constraint in CREATE TABLE, with its name. */
export interface ConstraintPlace extends Span {
  readonly kind: 'primaryKey' | 'unique' | 'check' | 'notNull' | 'foreignKey' | 'default' | 'computed'
  readonly name: string | null
  readonly nameAt: Span | null
  /** The column that it is written with; null for one of the table. */
  readonly column: string | null
  /** Its columns, for keys and foreign keys. */
  readonly columns: readonly string[]
  /** The table to which a foreign key refers. */
  readonly target: string | null
}

/** The place of a column in CREATE TABLE: its name, its type, the end of its last token, and its comment. */
export interface ColumnPlace {
  readonly name: string
  readonly nameAt: Span
  readonly type: Span
  readonly end: number
  readonly comment: (Span & { readonly text: string }) | null
}

/** Where the parts of CREATE TABLE are. */
export interface TablePlaces {
  readonly name: Span
  readonly comment: Span | null
  /** The brackets that enclose columns and constraints. */
  readonly body: Span
  /** The end of the last token inside them. */
  readonly lastEnd: number
  /** The parts between the commas: columns, and then constraints. Each ends where the comma after it, or the last bracket, begins. */
  readonly items: readonly Span[]
  readonly columns: readonly ColumnPlace[]
  readonly constraints: readonly ConstraintPlace[]
}
