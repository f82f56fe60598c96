/**
 * Dialects: what differs between engines in the spelling of the same plan, as one record.
 *
 * A dialect is data and a few small functions; `render` is the same for all. Where an engine's own
 * function means something else than the decisions say, its dialect spells the decided meaning; where
 * it can't, it refuses with `Unsupported` before anything is sent. Nothing outside these records asks
 * which dialect it is.
 */

import type { Explained } from '../core/operation/Interpreter.js'
import type { AggFn, AnyTable, Lock, OwnFn, ScalarFn } from '../core/syntax/Syntax.js'
import type { DialectName } from '../core/value/DialectName.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Rel, Scalar } from '../plan/Rel.js'
import { type Fragment, list, type Slot, sql } from './Fragment.js'
import type { Labelling } from './identifier.js'
import type { Lexis } from './statementText.js'
import type { Values } from './Values.js'

/** How tightly a printed expression binds: from OR to what never needs brackets. */
export const level = { or: 0, and: 1, not: 2, comparison: 3, sum: 4, product: 5, unary: 6, atom: 9 } as const

export interface Printed {
  readonly fragment: Fragment
  readonly level: number
}

export const atom = (fragment: Fragment): Printed => ({ fragment, level: level.atom })

/** The arguments of a function call, printed on demand, in brackets where they bind less tightly than `at`. */
export interface Args {
  readonly arg: (i: number, at?: number) => Fragment
  readonly all: (at?: number) => readonly Fragment[]
  /** As `arg`, where nothing around a parameter tells its type. */
  readonly alone: (i: number) => Fragment
  readonly scalars: readonly Scalar[]
}

/** What is printed as a call; `differ` is the negation of `same`. */
export type PrintedFn = ScalarFn | 'differ'

export type CallPrinter = (args: Args, call: Scalar) => Printed

/** The pieces of an aggregate call. `order` is empty or a list of sort keys; `over` follows each call, and is empty where no window is. */
export interface AggParts {
  readonly fn: AggFn
  /** null for `count(*)` */
  readonly arg: Fragment | null
  readonly argType: SqlType | null
  /** Whether the argument may be null in a row of the group, or a filter leave none. */
  readonly nullable: boolean
  readonly distinct: boolean
  /** Whether the argument is the same in every row. */
  readonly constant: boolean
  readonly separator: Fragment
  readonly order: readonly Fragment[]
  readonly filter: Fragment | null
  readonly over: Fragment
}

/** The rows of a nested collection: what it reads, and how its order and limit are said. */
interface CollectionParts {
  readonly cells: readonly Fragment[]
  /** A column of the query's own, where the cells mention outer columns only and the dialect minds. */
  readonly own: Fragment | null
  /** FROM, WHERE and what follows, of a block that has neither order nor limit. */
  readonly body: Fragment
  readonly order: readonly Fragment[]
  /** DISTINCT and LIMIT come here only where the dialect's collections take them; elsewhere a derived table has them. */
  readonly distinct: boolean
  readonly count: Fragment | null
  readonly offset: Fragment | null
  /** A name that no source has. */
  readonly alias: (hint: string) => string
}

/** An array whose elements are rows; it may mention the sources before it; `apart` says that it has a query inside, or stands in an aggregate. */
interface ElementsParts {
  readonly array: Fragment
  readonly element: SqlType
  readonly alias: string
  readonly apart: boolean
  readonly name: Naming
}

/**
 * Where a parameter stands: as the value of a column that is written; beside an operand that tells
 * its type; so inside an expression whose value it may become; or alone, where nothing tells its type.
 */
export type Place = 'stored' | 'beside' | 'inside' | 'alone'

export interface Dialect {
  readonly name: DialectName
  readonly quote: (name: string) => string
  /** A name that only labels a result, as the engine can have it. */
  readonly label: Labelling
  readonly placeholder: (n: number, slot: Slot) => string
  /** A canonical value as a driver is given it for a placeholder. */
  readonly write: Values['write']
  /** Whether a slot that stands twice has one number. */
  readonly reusesPlaceholders: boolean
  /** A parameter at its place, where its placeholder does not say its type already. */
  readonly parameter: (placeholder: Fragment, type: SqlType, place: Place) => Fragment
  /** A text as SQL, for the few places that take no parameter. */
  readonly text: (value: string) => string
  /** Whether GROUP BY may hold an expression with parameters that SELECT repeats. */
  readonly groupByParameters: boolean
  /** Whether an expression of GROUP BY may be repeated inside other expressions and in HAVING, and not only by itself. */
  readonly groupKeyInExpression: boolean
  /** Whether GROUP BY takes GROUPING SETS. */
  readonly groupingSets: boolean
  /** Whether window functions of different partitions or orders may stand side by side. */
  readonly mixedWindows: boolean
  /** Whether HAVING may mention columns of the queries around. */
  readonly outerRefInHaving: boolean
  /** Whether an EXCEPT may be a derived table as it is, also on the far side of a left join. */
  readonly exceptInJoin: boolean
  /** Whether a frame that leaves the row itself out has no rows where the row is alone. */
  readonly frameCanBeEmpty: boolean
  /** A number or rank of a row as an integer like any other. */
  readonly castRank: (value: Fragment) => Fragment
  /** Whether the sub-query of IN may have a LIMIT. */
  readonly limitInSubquery: boolean
  /**
   * Whether the members of IN are made as wide as the number that is looked for. MariaDB (10.11) answers false for one that the members'
   * type does not hold, where null is among them.
   */
  readonly widensMembers: boolean
  /** IN and NOT IN over the elements of an array, as which many values are one parameter; null where each stays its own. */
  readonly amongMany: ((word: 'IN' | 'NOT IN', value: Fragment, array: Fragment, element: SqlType) => Fragment) | null
  /** Whether NULLS FIRST and NULLS LAST exist; how nulls sort when nothing is said; and whether so in an aggregate too, or among the values. */
  readonly nulls: { readonly clause: boolean; readonly largest: boolean; readonly apart: boolean }
  /** The spelling of functions that differ from the standard one. */
  readonly calls: { readonly [fn in Exclude<PrintedFn, OwnFn>]?: CallPrinter } & { readonly [fn in OwnFn]: CallPrinter }
  readonly cast: (value: Printed, from: SqlType, to: SqlType, operand: Scalar) => Printed
  /** Whether decimals of different scales are compared, added and subtracted as they are. */
  readonly mixesScales: boolean
  readonly aggregate: (parts: AggParts) => Printed
  /** Refuses a type that the dialect can't compute with. */
  readonly assertComputable: (type: SqlType) => void
  /** LIMIT and OFFSET, with a leading blank. */
  readonly limit: (count: Fragment | null, offset: Fragment | null) => Fragment
  /** A value list as a derived table with these columns. */
  readonly values: (columns: readonly string[], rows: readonly (readonly Fragment[])[], alias: string) => Fragment
  /** A cell of a nested collection: JSON that can be decoded without loss. A computed one may have left its type. */
  readonly toJson: (value: Fragment, type: SqlType, computed: boolean) => Fragment
  /** The elements of an array as a source of rows, and what is read of each: its position from 1, its value. */
  readonly elements: {
    readonly source: (parts: ElementsParts) => Fragment
    readonly position: (alias: string) => string
    readonly value: (alias: string, element: SqlType) => string
  }
  /** Whether EXISTS and IN over the elements of an array of a row around may be made joins by the engine. */
  readonly joinsElements: boolean
  /** A nested collection as one JSON array of arrays. */
  readonly collection: (parts: CollectionParts) => Fragment
  /** What `collection` does by itself, without a derived table. */
  readonly inCollection: { readonly limit: boolean; readonly distinct: boolean }
  /** How a collection is embedded as a cell of another. */
  readonly embedJson: (collection: Fragment) => Fragment
  /** A column of a recursion, with its type said where the engine would take it from the first rows, and cut or refuse what follows. */
  readonly recursiveColumn: (value: Fragment, type: SqlType) => Fragment
  /** Whether a definition is said once for all its uses; else it is said at this one, which may stand in an aggregate. */
  readonly canShareCte: (definition: Rel, inAggregate: boolean) => boolean
  /** Whether MATERIALIZED may be said of a query that has a name. */
  readonly materialized: boolean
  /** The clause that locks the rows of these sources, with a leading blank; empty where a transaction locks all it reads. */
  readonly locking: (lock: Lock, sources: readonly string[]) => string
  /**
   * How the lock of a name is taken: a SELECT that answers 1 when it is; and given back, where it outlives the transaction. Null where
   * there is one transaction at a time.
   */
  readonly advisory: {
    readonly take: (name: Fragment, wait: 'wait' | 'noWait') => Fragment
    readonly giveBack: ((name: Fragment) => Fragment) | null
  } | null
  /** An output column, where the driver needs it in another form. */
  readonly output: (value: Fragment, type: SqlType) => Fragment
  /** The null of a type, where an engine wants to know which. */
  readonly nullOf: (type: SqlType, place: Place) => Fragment
  /** A derived table that mentions columns of tables before it. */
  readonly lateral: Lateral
  /**
   * Where a value that mentions outer columns only is taken for the outer query's: the text around (a column, the same, the
   * value), an expression that is the value.
   */
  readonly anchorToOuterRow: readonly string[] | null
  /** A condition of a left join that asks a query, kept from being made a join of its own. */
  readonly guardJoinSubquery: (condition: Fragment) => Fragment
  /** Whether a recursion inside a derived table may mention queries around that. */
  readonly nestedCorrelatedRecursion: boolean
  /** Whether a derived table inside a sub-query may mention columns of the queries around it. */
  readonly correlatedDerived: boolean
  readonly writes: Writes
  readonly ddl: Ddl
  readonly explain: Explaining
  /** How the engine reads the text of a statement. */
  readonly lexis: Lexis
}

/** How a dialect says how it would run a query. */
export interface Explaining {
  /** What stands before a query. */
  readonly prefix: string
  /** The same for one that is run; null where that can't be asked for. */
  readonly analyze: string | null
  /** How many columns are answered. */
  readonly columns: number
  /** What is answered, as a tree, and as a document of the engine's own. */
  readonly read: (rows: readonly (readonly unknown[])[]) => Pick<Explained, 'root' | 'raw'>
}

/** A quoted name that no source of the statement has. */
export type Naming = (hint: string) => string

/** What differs between dialects in INSERT, UPDATE and DELETE. */
export interface Writes {
  /** The most parameters of one statement; and whether its runner takes more, and says them in the text. */
  readonly parameters: number
  readonly saysMore: boolean
  /** The most bytes of the values of one statement; a row that has more by itself is sent alone. */
  readonly bytes: number
  /** What stands in VALUES for a value that is left to its default. */
  readonly missing: string
  /** What stands for a row that gives no value at all. */
  readonly allDefaults: string
  /** Whether null given for a generated key makes a new one, where other engines refuse it. */
  readonly nullMakesKey: boolean
  /** Whether generated keys go on after those that were given; else what makes them. */
  readonly keysFollow: boolean
  readonly afterGivenKey: (table: string, column: string) => string
  /** The most rows of plain values in one statement: more of them are sent in several of the same text. */
  readonly rowsAtOnce: number
  /** Rows of plain values by one parameter a column, where the engine has that for columns of these types; else they are VALUES. */
  readonly arrays: ((types: readonly SqlType[]) => ColumnArrays | null) | null
  /** How values of plain rows are written, where columns take them in a form that is faster. */
  readonly forColumns?: Values['write']
  /**
   * Which commands answer rows by themselves; others take steps. Of rows that refer to others of the same delete, some engines answer what
   * its foreign keys have made of them meanwhile, or nothing: they are deleted by steps where the table has a key.
   */
  readonly returning: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean | 'unlessReferring' }
  /** The key that the last insert of values has generated for its row `i`, where that has to be asked. */
  readonly generatedKey?: (i: number) => string
  /** Whether an upsert is about its target alone; otherwise any unique key that the row violates makes it an update. */
  readonly conflictOnTarget: boolean
  /** What names the row that an upsert offers, with a leading blank where it is said; and how a column of it is read. */
  readonly offered: (name: Naming) => { readonly clause: string; readonly read: (column: string) => string }
  /** The clause that turns an insert into an upsert, with a leading blank. */
  readonly upsert: (parts: UpsertParts) => Fragment
  /** What is true in RETURNING of an upsert where the row was inserted; null where a row does not tell. */
  readonly wasInserted: string | null
  readonly update: (parts: UpdateParts) => Fragment
  /** An update by the rows of a source; `where` is over both. */
  readonly updateFrom: (parts: UpdateParts, source: Fragment) => Fragment
  readonly delete: (parts: DeleteParts) => Fragment
}

/** Rows as columns: the query that makes rows of them, and the parameter that a column's values are. */
interface ColumnArrays {
  readonly source: string
  readonly write: (column: number, values: readonly unknown[]) => unknown
}

/** What an upsert does where the row is there, with its names quoted. `set` is null where that is nothing. */
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
   * Whether what foreign keys do with a row's removal or new key may change for which other rows the condition holds: it asks a query, or
   * reads a column that may be null.
   */
  readonly mayCascade: boolean
  readonly name: Naming
}

export interface UpdateParts extends DeleteParts {
  /** Whether a value that is set asks a query for what the same statement may change. */
  readonly setSeesWrites: boolean
  readonly set: readonly SetPart[]
}

/** `column = value`, and the columns of the same row that the value mentions. */
export interface SetPart {
  readonly column: string
  readonly value: Fragment
  readonly reads: ReadonlySet<string>
}

/** A check that a type needs: what it is about, and its condition. */
export type TypeCheck = readonly ['range' | 'length' | 'values', string]

/** What a column is there for, as far as it decides on its type. */
export interface ColumnUse {
  readonly generated: boolean
  /** Whether it is the whole primary key, and generated. */
  readonly key: boolean
  /** Whether it is part of the primary key. */
  readonly primary: boolean
  /** How many columns the longest key or index has that this one is part of; 0 without any. */
  readonly keyColumns: number
  /** Whether a key begins with it. */
  readonly leadsKey: boolean
}

/** How long the entries of an index may be. */
interface KeyLimit {
  readonly bytes: number
  /** The most bytes of a value of a column. */
  readonly of: (type: SqlType, use: ColumnUse) => number
  /** Whether unique keys have the limit, too. */
  readonly unique: boolean
}

/** What differs between dialects in definitions. */
export interface Ddl {
  readonly keyLimit: KeyLimit | null
  /** Whether definitions are part of a transaction; if not, each commits it. */
  readonly transactional: boolean
  readonly columnType: (type: SqlType, use: ColumnUse) => string
  /** Checks of what the type alone does not check, by the suffix of their names. */
  readonly typeChecks: (type: SqlType, column: string) => readonly TypeCheck[]
  /** The condition of a check that is no operator's answer, but a value. */
  readonly asCondition: (value: string) => string
  /** Whether a generated key is declared with its column. */
  readonly inlinePrimaryKey: boolean
  /** Whether a foreign key may refer to a table that is not there yet. */
  readonly forwardReferences: boolean
  /** An index and its table, as CREATE INDEX names them. */
  readonly index: (table: AnyTable, name: string, target: string) => string
  /** How a foreign key names the table that it refers to: as elsewhere, or null where the engine can't mean that table. */
  readonly referred: (table: AnyTable, referred: AnyTable, target: string) => string | null
  readonly tableSuffix: string
  /** Whether one DROP TABLE takes all tables, so that those may refer to each other. */
  readonly dropTogether: boolean
  /** What is said before tables with columns of these types are created. */
  readonly beforeCreate: (types: readonly SqlType[]) => readonly string[]
  /** What is said before tables are dropped. */
  readonly beforeDrop: readonly string[]
  /** A query of the tables, other than these, that refer to these: (referring, referred). Where the engine refuses by itself and says who, null. */
  readonly referring: ((tables: readonly AnyTable[]) => string) | null
  /**
   * A query of the tables whose rows go with those that they refer to: (referring, referred). Null where the engine counts rows of a delete
   * that others have taken along before their turn.
   */
  readonly cascades: string | null
  /** Names that the engine takes for its own tables. */
  readonly reserved: RegExp | null
  /** How ON DELETE RESTRICT is said; empty where the default is the same and can be diagnosed. */
  readonly restrict: string
  readonly dropConstraint: ((table: string, constraint: string) => string) | null
  readonly wrapDefault: (value: string, type: SqlType) => string
  /** A value written as SQL text. */
  readonly literal: (slot: Slot) => string
}

/** Either SQL's LATERAL, or rows carried as JSON through a table function, which may be correlated. */
export type Lateral =
  | { readonly tag: 'native' }
  | {
      readonly tag: 'array'
      /** The table function over a JSON array of arrays, which may be correlated where a derived table may not. */
      readonly source: (array: Fragment, columns: readonly string[], types: readonly SqlType[], alias: string) => Fragment
      readonly read: (alias: string, column: string, type: SqlType) => Fragment
      /** The array of the one row that aggregates without keys answer, if a condition on them holds. */
      readonly single: (cells: readonly Fragment[], body: Fragment, condition: Fragment | null) => Fragment
      readonly concat: (left: Fragment, right: Fragment) => Fragment
    }
  | {
      readonly tag: 'json'
      /** The table function over a SELECT of these columns. */
      readonly source: (select: Fragment, columns: readonly string[], types: readonly SqlType[], alias: string) => Fragment
      /** Reading column i of it. */
      readonly read: (alias: string, i: number, type: SqlType) => Fragment
    }

/** An operator between two arguments; `a + b + c` needs no brackets, `a = (b = c)` does. */
export const infix =
  (operator: string, at: number): CallPrinter =>
  args => ({
    level: at,
    fragment: sql`${args.arg(0, at === level.comparison ? at + 1 : at)} ${operator} ${args.arg(1, at + 1)}`,
  })

/** A function of all arguments. */
export const named =
  (name: string): CallPrinter =>
  args =>
    atom(sql`${name}(${list(args.all())})`)
