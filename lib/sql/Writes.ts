/**
 * Writes: what differs between dialects in INSERT, UPDATE and DELETE.
 *
 * A record of limits, of what the engine's own commands can do, and of printers for the clauses that differ. `printWrite` prints a
 * statement by it, and `commandSteps` decides by it which statements a command is.
 */
import type { SqlType } from '../core/value/SqlType.js'
import type { Fragment } from './Fragment.js'
import type { Values } from './Values.js'

/** A quoted name that no source of the statement has. */
export type Naming = (hint: string) => string

/** What differs between dialects in INSERT, UPDATE and DELETE. */
export interface Writes {
  /** The most parameters of one statement. */
  readonly parameters: number
  /** Whether the runner takes statements with more, and inlines their values as literals. */
  readonly inlinesExcess: boolean
  /** The most bytes of the values of one statement; a row with more is sent alone. */
  readonly bytes: number
  /** The word in VALUES for a value that is left to its default. */
  readonly defaultWord: string
  /** The clause of a row without any value. */
  readonly allDefaults: string
  /** Whether null for a generated key generates one; other engines refuse it. */
  readonly nullMakesKey: boolean
  /** Whether generated keys continue after keys that were given. */
  readonly keysFollow: boolean
  /** The statement that moves the sequence behind a given key, where they do not. */
  readonly afterGivenKey: (table: string, column: string) => string
  /** The most rows of plain values in one statement; more rows are sent in several statements of the same text. */
  readonly rowsAtOnce: number
  /** Rows of plain values as one array parameter a column, where the engine has arrays of these types; else they are VALUES. */
  readonly arrays: ((types: readonly SqlType[]) => ColumnArrays | null) | null
  /** How values of plain rows are written, where columns take a faster form than `write`. */
  readonly forColumns: Values['write'] | null
  /**
   * Which commands return rows themselves; others take steps. Of rows that refer to others of the same delete, some engines return what
   * foreign keys have made of them by then, or nothing (`unlessReferring`): they are deleted by steps where the table has a key.
   */
  readonly returning: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean | 'unlessReferring' }
  /** The key that the last insert of values generated for its row `i`, as an expression; null where RETURNING tells. */
  readonly generatedKey: ((i: number) => string) | null
  /** Whether only a conflict on the target makes an upsert an update; otherwise a conflict on any unique key does. */
  readonly conflictOnTarget: boolean
  /** The clause that names the row that an upsert offers, with a leading blank, or empty; and how a column of it is read. */
  readonly offered: (name: Naming) => { readonly clause: string; readonly read: (column: string) => string }
  /** The clause that turns an insert into an upsert, with a leading blank. */
  readonly upsert: (parts: UpsertParts) => Fragment
  /** A condition that is true in RETURNING of an upsert if the row was inserted; null where there is none. */
  readonly wasInserted: string | null
  readonly update: (parts: UpdateParts) => Fragment
  /** An update by the rows of a source; `where` is over both tables. */
  readonly updateFrom: (parts: UpdateParts, source: Fragment) => Fragment
  readonly delete: (parts: DeleteParts) => Fragment
}

/** Rows as arrays of column values: the query that makes rows of them, and the parameter of a column. */
interface ColumnArrays {
  readonly source: string
  readonly write: (column: number, values: readonly unknown[]) => unknown
}

/** What an upsert does on a conflict, with its names quoted. `set` is null for DO NOTHING. */
export interface UpsertParts {
  readonly target: readonly string[]
  readonly set: readonly SetPart[] | null
  readonly where: Fragment | null
}

/** An update or delete, with its names quoted and its scalars printed over the columns of `alias`. */
export interface DeleteParts {
  readonly table: string
  readonly alias: string
  /** The columns of the primary key; none where the table has none. */
  readonly key: readonly string[]
  readonly where: Fragment | null
  /** Whether a sub-query reads the table that changes. */
  readonly readsTable: boolean
  /**
   * Whether the actions of foreign keys may change for which other rows the condition holds: it contains a query, or reads a nullable
   * column.
   */
  readonly mayCascade: boolean
  readonly name: Naming
}

/** The parts of an update. */
export interface UpdateParts extends DeleteParts {
  /** Whether a value that is set contains a query of what the same statement may change. */
  readonly setSeesWrites: boolean
  readonly set: readonly SetPart[]
}

/** `column = value`, and the columns of the same row that the value mentions. */
export interface SetPart {
  readonly column: string
  readonly value: Fragment
  readonly reads: ReadonlySet<string>
}
