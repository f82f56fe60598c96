/**
 * What a dialect prints a change of a table with.
 *
 * A record of names, definitions and conditions, before and after the change, made by `alter` for one change. Names are quoted; the
 * dialect puts them into its ALTER TABLE.
 */
import type { OfRow } from '../core/schema/Change.js'
import type { AnyTable } from '../core/syntax/Syntax.js'

/** The alias of the rows before a change. Its blank distinguishes it from the aliases of queries. */
export const OLD_ROW = 'old row'

/** The parts of a column's definition. */
export interface ColumnParts {
  readonly type: string
  readonly notNull: boolean
  /** The text after DEFAULT. */
  readonly default: string | null
  /** The user's comment, with the note of a type that the engine can't tell. */
  readonly comment: string | null
}

/** What a dialect prints a change with. Names are quoted. */
export interface AlterParts {
  readonly before: AnyTable
  readonly after: AnyTable
  /** The table before and after the change. */
  readonly target: string
  readonly targetAfter: string
  readonly quote: (name: string) => string
  /** The name of a field, before and after. */
  readonly column: (field: string) => string
  readonly columnAfter: (field: string) => string
  /** The definition of a column after the change. */
  readonly parts: (field: string) => ColumnParts
  /** The checks that the type of a column needs, before and after: their names and conditions. */
  readonly typeChecks: (field: string) => readonly TypeCheckText[]
  readonly typeChecksAfter: (field: string) => readonly TypeCheckText[]
  /** How a comment is written in the definition of a column. */
  readonly comment: (comment: string) => string
  /** The statements that set the comments of a column after the change, or of the table (null), where the engine has such. */
  readonly comments: (field: string | null) => readonly string[]
  /** Columns of a key that is added, as clauses that define them again where the key needs another type (`keyedColumns`). */
  readonly keyed: readonly string[]
  /** The columns of a key after the change. */
  readonly columns: (fields: readonly string[]) => string
  /** The names of the user's checks that read a column. */
  readonly checksOver: (field: string) => readonly string[]
  /** The statements that create the indexes over a field that have expressions or a condition, as they are after the change. */
  readonly indexesOver: (field: string) => readonly { readonly name: string; readonly sql: string }[]
  /** The condition of a check after the change. */
  readonly check: (name: string) => string
  /** A value over the row before the change, whose table has the alias `OLD_ROW`. */
  readonly oldValue: (f: OfRow) => string
  /** The new value of the column whose type changes, over the row before. */
  readonly using: () => string
}

/** A column's definition after its name. `written` is how a comment is written there. */
export const definitionOf = ({ type, notNull, default: byDefault, comment }: ColumnParts, written: (comment: string) => string): string =>
  `${type}${notNull ? ' NOT NULL' : ''}${byDefault === null ? '' : ` DEFAULT ${byDefault}`}${comment === null ? '' : written(comment)}`

/** A check: its quoted name and its condition. */
export interface TypeCheckText {
  readonly name: string
  readonly condition: string
}
