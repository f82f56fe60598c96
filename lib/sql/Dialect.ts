/**
 * Dialects: what differs between engines in the SQL of the same plan, as one record.
 *
 * A dialect is data and a few small functions; the printer is the same for all. Where an engine's own function means something else
 * than the decisions require, its dialect prints an expression with the decided meaning; where it can't, it refuses with
 * `Unsupported` before anything is sent. Nothing outside these records compares the name of a dialect.
 *
 * Workarounds for single engines are in `Quirks`, INSERT, UPDATE and DELETE in `Writes`, definitions in `Ddl`.
 */

import type { Explained } from '../core/operation/Interpreter.js'
import type { Change } from '../core/schema/Change.js'
import type { AggFn, AnyTable, Lock } from '../core/syntax/Syntax.js'
import type { ForeignKey } from '../core/table/Schema.js'
import type { DialectName } from '../core/value/DialectName.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Scalar } from '../plan/Rel.js'
import type { AlterParts } from './AlterParts.js'
import type { CallPrinter, Printed } from './CallPrinter.js'
import type { Catalog } from './Catalog.js'
import type { ColumnUsers } from './ColumnUsers.js'
import type { Fragment, Slot } from './Fragment.js'
import type { Labelling } from './identifier.js'
import type { Online } from './OnlineSteps.js'
import type { Quirks } from './Quirks.js'
import type { OwnFn, StandardFn } from './standard.js'
import type { Lexis } from './statementText.js'
import type { Values } from './Values.js'
import type { Work } from './Work.js'
import type { Naming, Writes } from './Writes.js'

/** The parts of an aggregate call. */
export interface AggParts {
  readonly fn: AggFn
  /** Null for `count(*)`. */
  readonly arg: Fragment | null
  readonly argType: SqlType | null
  /** Whether the argument may be null in a row of the group, or a filter may leave no row. */
  readonly nullable: boolean
  readonly distinct: boolean
  /** Whether the argument is the same in every row. */
  readonly constant: boolean
  readonly separator: Fragment
  /** The sort keys; may be empty. */
  readonly order: readonly Fragment[]
  readonly filter: Fragment | null
  /** The OVER clause with a leading blank, or empty; it follows each aggregate call. */
  readonly over: Fragment
}

/** The parts of a nested collection. */
interface CollectionParts {
  readonly cells: readonly Fragment[]
  /** A column of the query itself, where the cells mention outer columns only and the dialect has `anchorToOuterRow`. */
  readonly own: Fragment | null
  /** FROM, WHERE and the clauses after them, of a block that has neither order nor limit. */
  readonly body: Fragment
  readonly order: readonly Fragment[]
  /** DISTINCT and LIMIT, where `inCollection` takes them; otherwise they are in a derived table. */
  readonly distinct: boolean
  readonly count: Fragment | null
  readonly offset: Fragment | null
  /** Makes a name that no source has. */
  readonly alias: (hint: string) => string
}

/** An array whose elements are rows; it may mention the sources before it. */
interface ElementsParts {
  readonly array: Fragment
  readonly element: SqlType
  readonly alias: string
  /** Whether the array contains a query, or stands in an aggregate. */
  readonly apart: boolean
  readonly name: Naming
}

/**
 * Where a parameter stands: `stored`, as the value of a column that is written; `operand`, next to another operand that tells its type;
 * `inside`, the same in an expression whose value it may become; `alone`, where the context does not tell its type.
 */
export type Place = 'stored' | 'operand' | 'inside' | 'alone'

/** What differs between engines. Each dialect names every field. */
export interface Dialect extends Quirks {
  readonly name: DialectName

  // --- Names, parameters and literals ---
  readonly quote: (name: string) => string
  /** A name that only labels a result, with characters that the engine takes. */
  readonly label: Labelling
  readonly placeholder: (n: number, slot: Slot) => string
  /** A canonical value in the form in which the driver takes it as a parameter. */
  readonly write: Values['write']
  /** Whether a slot that occurs twice has one placeholder number. */
  readonly reusesPlaceholders: boolean
  /** A parameter at its place, cast where its placeholder does not tell its type. */
  readonly parameter: (placeholder: Fragment, type: SqlType, place: Place) => Fragment
  /** A text as a literal, for the few places that take no parameter. */
  readonly text: (value: string) => string
  /** NULL, cast where the engine needs its type. */
  readonly nullOf: (type: SqlType, place: Place) => Fragment
  /** How the engine reads the text of a statement. */
  readonly lexis: Lexis

  // --- Expressions ---
  /** Functions whose SQL differs from the standard one. */
  readonly calls: { readonly [fn in StandardFn]?: CallPrinter } & { readonly [fn in OwnFn]: CallPrinter }
  readonly cast: (value: Printed, from: SqlType, to: SqlType, operand: Scalar) => Printed
  readonly aggregate: (parts: AggParts) => Printed
  /** Refuses a type that the engine can't compute with or sort by. */
  readonly assertComputable: (type: SqlType) => void
  /** IN and NOT IN over the elements of an array, by which many values are one parameter; null: each value is a parameter. */
  readonly amongMany: ((word: 'IN' | 'NOT IN', value: Fragment, array: Fragment, element: SqlType) => Fragment) | null

  // --- Clauses ---
  /** LIMIT and OFFSET, with a leading blank. */
  readonly limit: (count: Fragment | null, offset: Fragment | null) => Fragment
  /**
   * `clause`: whether NULLS FIRST and NULLS LAST exist. `largest`: whether nulls sort as the largest value by default; `apart`: in an
   * aggregate, too (else they sort among the values there).
   */
  readonly nulls: { readonly clause: boolean; readonly largest: boolean; readonly apart: boolean }
  /** Whether GROUP BY takes GROUPING SETS. */
  readonly groupingSets: boolean
  /** Whether WITH takes MATERIALIZED and NOT MATERIALIZED. */
  readonly materialized: boolean
  /** A list of values as a derived table with these columns. */
  readonly values: (columns: readonly string[], rows: readonly (readonly Fragment[])[], alias: string) => Fragment
  /** A derived table that mentions columns of sources before it. */
  readonly lateral: Lateral
  /** The clause that locks the rows of these sources, with a leading blank; empty where a transaction locks all that it reads. */
  readonly locking: (lock: Lock, sources: readonly string[]) => string
  /**
   * Locks by name. `take`: a SELECT that returns 1 when the lock is taken. `giveBack`: releases it, where it outlives the transaction.
   * Null where only one transaction runs at a time.
   */
  readonly advisory: {
    readonly take: (name: Fragment, wait: 'wait' | 'noWait') => Fragment
    readonly giveBack: ((name: Fragment) => Fragment) | null
  } | null

  // --- Results, JSON and arrays ---
  /** An output column, in the form that the driver needs. */
  readonly output: (value: Fragment, type: SqlType) => Fragment
  /** A cell of a nested collection: JSON that decodes without loss. A computed value may have another type in the engine. */
  readonly toJson: (value: Fragment, type: SqlType, computed: boolean) => Fragment
  /** A nested collection as one JSON array of arrays. */
  readonly collection: (parts: CollectionParts) => Fragment
  /** What `collection` takes without a derived table. */
  readonly inCollection: { readonly limit: boolean; readonly distinct: boolean }
  /** A collection as a cell of another one. */
  readonly embedJson: (collection: Fragment) => Fragment
  /** The elements of an array as a source of rows, with the position (from 1) and the value of each. */
  readonly elements: {
    readonly source: (parts: ElementsParts) => Fragment
    readonly position: (alias: string) => string
    readonly value: (alias: string, element: SqlType) => string
  }

  // --- Statements ---
  readonly writes: Writes
  readonly ddl: Ddl
  readonly explain: Explaining
  readonly catalog: Catalog
}

/** How an engine explains a query. */
export interface Explaining {
  /** What stands before the query. */
  readonly prefix: string
  /** The same where the query is run; null where the engine has no such statement. */
  readonly analyze: string | null
  /** The number of columns in the reply. */
  readonly columns: number
  /** The reply as a tree, and as the engine's own document. */
  readonly read: (rows: readonly (readonly unknown[])[]) => Pick<Explained, 'root' | 'raw'>
}

/** A check that a type needs: its kind and its condition. */
export type TypeCheck = readonly ['range' | 'length' | 'values', string]

/** The uses of a column that its type depends on. */
export interface ColumnUse {
  readonly generated: boolean
  /** Whether it is the whole primary key, and generated. */
  readonly key: boolean
  /** Whether it is part of the primary key. */
  readonly primary: boolean
  /** The number of columns of the longest key or index that this column is part of; 0 without any. */
  readonly keyColumns: number
  /** Whether it is the first column of a key. */
  readonly leadsKey: boolean
}

/** The maximum length of the entries of an index. */
interface KeyLimit {
  readonly bytes: number
  /** The most bytes of a value of a column. */
  readonly of: (type: SqlType, use: ColumnUse) => number
  /** Whether the limit holds for unique keys, too. */
  readonly unique: boolean
}

/** How an engine keeps comments of columns and tables. */
interface Comments {
  /** After the definition of a column, with a leading blank; empty where a statement of its own sets it. */
  readonly column: (comment: string) => string
  /** Before and after the columns of CREATE TABLE, with a leading blank each. */
  readonly table: { readonly before: (comment: string) => string; readonly after: (comment: string) => string }
  /** The statements that set a comment, null being none, of a table or of a column of it; null where a definition contains it. */
  readonly statement: ((table: string, column: string | null, comment: string | null) => string) | null
  /** The most characters of a comment of a column; the note of a type that is longer is left out. */
  readonly longest: number
}

/** What differs between dialects in definitions. */
export interface Ddl {
  readonly comments: Comments
  readonly keyLimit: KeyLimit | null
  /** Whether definitions are part of a transaction; if not, each commits it. */
  readonly transactional: boolean
  readonly columnType: (type: SqlType, use: ColumnUse) => string
  /** Checks of what the type alone does not ensure, by the suffix of their names. */
  readonly typeChecks: (type: SqlType, column: string) => readonly TypeCheck[]
  /** A boolean value, for example a column, as the condition of a check. */
  readonly asCondition: (value: string) => string
  /** Whether a generated key is declared with its column. */
  readonly inlinePrimaryKey: boolean
  /** Whether a foreign key may refer to a table that does not exist yet: it is defined with its table. */
  readonly forwardReferences: boolean
  /** The statement that drops a foreign key of a table, both quoted. Not called where there is `rebuild`. */
  readonly dropForeignKey: (table: string, name: string) => string
  /**
   * A query that has a row if the index of this name, made by the engine for the foreign key, is there; null where engines make none. It stays
   * when the foreign key is dropped.
   */
  readonly indexOfForeignKey: ((table: AnyTable, name: string) => string) | null
  /**
   * A query of the columns and indexes of a table, where the type of a column depends on the keys that contain it (`keyedColumns`); null
   * where it does not.
   */
  readonly keyedColumns: ((table: AnyTable) => string) | null
  /**
   * A query of the columns of the foreign keys and indexes of a table, in order: 'foreignKey' or 'index', its name, a column (null for an
   * expression), and its place; null where a foreign key needs no index of its columns.
   */
  readonly foreignKeyIndexes: ((table: AnyTable) => string) | null
  /** The query of what uses a column of this name; null where `rebuild` finds it. */
  readonly columnUsers: ((table: AnyTable, column: string) => ColumnUsers) | null
  /** An index and its table, as CREATE INDEX names them. */
  readonly index: (table: AnyTable, name: string, target: string) => string
  /** What indexes may have in addition to columns. */
  readonly indexes: {
    /** An expression as a key. */
    readonly expression: (printed: string) => string
    /** A generated column that no query sees, of a type and an expression; null where keys are expressions. */
    readonly generatedColumn: ((type: string, printed: string) => string) | null
    /** Whether an expression calls a function that not every connection to the database has; null where every connection has all. */
    readonly callsAdded: ((printed: string) => boolean) | null
    /** Whether an index may be of some rows. */
    readonly conditions: boolean
    /** Whether an index may name its access method. */
    readonly methods: boolean
    /** Whether a key may place nulls other than the engine does. */
    readonly nulls: boolean
  }
  /** DROP INDEX, with the table where the engine wants it. */
  readonly dropIndex: (table: AnyTable, name: string, target: string) => string
  /** The name by which a foreign key refers to a table (`target` is its full name); null where the engine can't refer to that table. */
  readonly referred: (table: AnyTable, referred: AnyTable, target: string) => string | null
  readonly tableSuffix: string
  /** What CREATE DATABASE states after the name, with a leading blank: the encoding that the dialect requires. */
  readonly databaseSuffix: string
  /** Whether one DROP TABLE takes all tables, so that they may refer to each other. */
  readonly dropTogether: boolean
  /** Statements before tables with columns of these types are created. */
  readonly beforeCreate: (types: readonly SqlType[]) => readonly string[]
  /** Statements before tables are dropped. */
  readonly beforeDrop: readonly string[]
  /** A query of the other tables that refer to these: (referring, referred). Null where the engine's own error names them. */
  readonly referring: ((tables: readonly AnyTable[]) => string) | null
  /**
   * A query whose rows, of so many texts, are others after each statement of a step about the table or view that is not in a transaction, and
   * the same until then, but for what matches `ignored`. It may fail where there is no such table.
   */
  readonly definitionOf: (table: AnyTable) => { readonly sql: string; readonly columns: number; readonly ignored: RegExp | null }
  /** A query of all foreign keys that the catalog of the engine lists: see `sql/references`. */
  readonly references: string
  /** Whether names of tables that differ only in case are the same, or may be. */
  readonly foldsNames: boolean
  /**
   * Whether the number of deleted rows that the engine reports includes those of the same table that a cascade of the same delete has
   * deleted first.
   */
  readonly countsCascaded: boolean
  /** Names that the engine reserves for its own tables. */
  readonly reserved: RegExp | null
  /** The words of ON DELETE RESTRICT; empty where the default is the same and its error can be told apart. */
  readonly restrict: string
  readonly dropConstraint: ((table: string, constraint: string) => string) | null
  readonly wrapDefault: (value: string, type: SqlType) => string
  /**
   * Whether nulls of old rows are looked for before a column is NOT NULL. MySQL and MariaDB fill a new one with the zero of its type, and
   * MariaDB (10.11) reports a null in an old one as truncated data. test/live/alter.test.ts
   */
  readonly guardsNotNull: boolean
  /**
   * Whether rows that refer to no row are looked for before a foreign key is added: MySQL (9.7) does not look for them where an index begins
   * with the columns of the key and has others.
   */
  readonly guardsForeignKeys: boolean
  /** Whether a column can be given another type by an expression, in one statement. Else a new column takes its place. */
  readonly convertsInPlace: boolean
  /** The statements of a change that writes no rows. Not called where there is `rebuild`. */
  readonly alter: (change: Change, parts: AlterParts) => readonly string[]
  /** The work of changes and foreign keys where the engine has no ALTER TABLE for most of them, so that tables are created again. */
  readonly rebuild: Rebuild | null
  /** What steps do to tables that others use, and the statements that do less. */
  readonly online: Online
  /** A value as an SQL literal. */
  readonly literal: (slot: Slot) => string
}

/** How tables that exist are changed by creating them again. */
export interface Rebuild {
  readonly change: (change: Change, parts: AlterParts) => readonly Work[]
  /** `text` is the constraint. */
  readonly addForeignKey: (f: ForeignKey, text: string) => readonly Work[]
  readonly dropForeignKey: (f: ForeignKey) => readonly Work[]
}

/** Either SQL's LATERAL, or rows as JSON that a table function takes apart: its argument may be correlated. */
export type Lateral =
  | { readonly tag: 'native' }
  | {
      readonly tag: 'array'
      /** The table function over a JSON array of arrays. */
      readonly source: (array: Fragment, columns: readonly string[], types: readonly SqlType[], alias: string) => Fragment
      readonly read: (alias: string, column: string, type: SqlType) => Fragment
      /** The array of the one row of aggregates without keys, or an empty one if a condition on them fails. */
      readonly single: (cells: readonly Fragment[], body: Fragment, condition: Fragment | null) => Fragment
      readonly concat: (left: Fragment, right: Fragment) => Fragment
    }
  | {
      readonly tag: 'json'
      /** The table function over a SELECT of these columns. */
      readonly source: (select: Fragment, columns: readonly string[], types: readonly SqlType[], alias: string) => Fragment
      /** Column i of it. */
      readonly read: (alias: string, i: number, type: SqlType) => Fragment
    }
