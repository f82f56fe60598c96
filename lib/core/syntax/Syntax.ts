/**
 * The abstract syntax of query-ts: what expressions, aggregates, columns, tables and queries *are*.
 *
 * Everything here is data and its type; the combinators are in `Expr`, `Agg`, `Column`, `Table` and `Query`. A query keeps the user's callbacks
 * (higher-order abstract syntax): the model applies them to rows of literals, `plan/reify` to column references. That is the only difference
 * between the two meanings, so they can be compared.
 *
 * The phantom fields (`_A`, `_S`) carry types only; no value has them.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { Type } from 'io-ts'
import type { ScalarFn } from '../expr/functions.js'
import type { DbError } from '../value/DbError.js'
import type { SqlType } from '../value/SqlType.js'

export type { ScalarFn } from '../expr/functions.js'

/**
 * The mark of values that this library made. JSON can't carry it, so untrusted JSON in the form of an expression stays
 * JSON. All copies of the library share the mark.
 */
export const MADE: unique symbol = Symbol.for('query-ts') as never

/** Whether this library made a value (an expression, a query and so on). */
export const isMade = (x: unknown): boolean => typeof x === 'object' && x !== null && (x as { [MADE]?: unknown })[MADE] === true

// --- Expressions -----------------------------------------------------------------------------

/** The type of an expression: its SQL type, whether it can be null, and the io-ts type that refines the canonical value. */
export interface ExprType {
  readonly sql: SqlType
  readonly nullable: boolean
  readonly refine: Type<any, any> | null
}

/** A value that decodes to an `A` and is atomic in a query. */
export interface Leaf<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'expr' | 'nested'
  readonly type: ExprType
}

/** A scalar expression in the scope of a query. `A` includes null exactly when its value can be null. */
export interface Expr<out A> extends Leaf<A> {
  readonly kind: 'expr'
  readonly node: ExprNode
  /** The depth of nested operations. Default: 0. */
  readonly depth?: number
  /** The number of its operations, written out. Default: 1. */
  readonly size?: number
  /** Whether each evaluation gives a new value. Default: false. */
  readonly volatile?: boolean
}

/** A condition in SQL's three-valued logic: `where` keeps a row only if it is true. */
export type Pred = Expr<boolean | null>

/** An expression of any type. */
export type AnyExpr = Expr<any>

/** The forms of expressions. */
export type ExprNode =
  | { readonly tag: 'literal'; readonly value: unknown }
  /** A column. `scope` identifies the planning that made the reference; null if only its type matters. */
  | { readonly tag: 'ref'; readonly id: number; readonly scope: object | null }
  | { readonly tag: 'param'; readonly name: string }
  | { readonly tag: 'call'; readonly fn: ScalarFn; readonly args: readonly AnyExpr[] }
  | { readonly tag: 'case'; readonly branches: readonly (readonly [Pred, AnyExpr])[]; readonly otherwise: AnyExpr }
  | { readonly tag: 'in'; readonly operand: AnyExpr; readonly list: readonly AnyExpr[] }
  | { readonly tag: 'cast'; readonly operand: AnyExpr }
  | { readonly tag: 'exists'; readonly query: AnyQuery }
  | { readonly tag: 'inQuery'; readonly operand: AnyExpr; readonly query: AnyQuery }
  | { readonly tag: 'scalar'; readonly query: AnyQuery }
  | { readonly tag: 'raw'; readonly text: readonly string[]; readonly args: readonly AnyExpr[] }
  | { readonly tag: 'invalid'; readonly error: DbError }

/** An aggregate of the rows of a group. It is not an `Expr`, so it can't stand where a scalar belongs. */
export interface Agg<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'agg'
  readonly node: AggNode
  readonly type: ExprType
}

/** An aggregate of any type. */
export type AnyAgg = Agg<any>

/** The aggregates that every engine has. */
export type AggFn = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'boolAnd' | 'boolOr' | 'arrayAgg' | 'stringAgg'

/** The aggregates that are computed from the array of the values. */
export type ArrayAggFn = 'mode' | 'percentileCont'

/** A call of an aggregate. `arg` is null for `count(*)`. */
export interface AggCall {
  readonly tag: 'agg'
  readonly fn: AggFn | ArrayAggFn
  readonly arg: AnyExpr | null
  readonly distinct: boolean
  readonly separator: string
  readonly filter: Pred | null
  readonly order: readonly Order[]
  /** The fraction of a percentile, from 0 to 1. */
  readonly fraction: number
}

type AggNode = { readonly tag: 'key'; readonly expr: AnyExpr } | AggCall | { readonly tag: 'invalid'; readonly error: DbError }

/** A sort key. `nulls: null` is the default: null sorts as larger than every value. */
export interface Order {
  readonly expr: AnyExpr
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

/** The window functions that are not aggregates. */
export type WindowFn =
  | 'rowNumber'
  | 'rank'
  | 'denseRank'
  | 'percentRank'
  | 'cumeDist'
  | 'ntile'
  | 'lag'
  | 'lead'
  | 'firstValue'
  | 'lastValue'
  | 'nthValue'

/** A window frame, by distances to the current row; null is the end of the partition. */
export interface Frame {
  readonly from: number | null
  readonly to: number | null
}

/** A call of a window function, or of an aggregate over a window. */
export interface WindowCall {
  readonly tag: 'window'
  /** `count`: the number of groups (`ntile`), the distance (`lag`, `lead`), or the position in the frame (`nthValue`). */
  readonly of: AggCall | { readonly tag: 'function'; readonly fn: WindowFn; readonly arg: AnyExpr | null; readonly count: number | null }
  readonly partition: readonly AnyExpr[]
  readonly order: readonly Order[]
  /** null: with an order, the rows up to the last peer; otherwise the whole partition. */
  readonly frame: Frame | null
}

/** A window function of each row. It is neither an `Expr` nor an `Agg`, so it can't stand where one of these belongs. */
export interface Win<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'win'
  readonly node: WindowCall | { readonly tag: 'invalid'; readonly error: DbError }
  readonly type: ExprType
}

/** A window function of any type. */
export type AnyWin = Win<any>

// --- Shapes: what `map` may return ------------------------------------------------------------

/** A nested collection in a row: `many` and `first`. It is decoded; it can't be compared, grouped or made distinct. */
export interface Nested<out A> extends Leaf<A> {
  readonly kind: 'nested'
  readonly cardinality: 'many' | 'first'
  readonly query: AnyQuery
}

/** The optional side of a left join: a scope that only `maybe` can enter. */
export interface Maybe<out S> {
  readonly _S?: () => S
  readonly kind: 'maybe'
  readonly present: Expr<boolean>
  /** The row, whose expressions have no meaning if it is missing. */
  readonly row: RowShape
}

/** A plain value that can be a parameter. */
export type Literal = string | number | boolean | bigint | Date | Uint8Array

/** The scope of a query: an expression, a nested collection, or a record of these. A constant is `lit(...)`. */
export type Shape = Leaf<unknown> | Maybe<unknown> | { readonly [name: string]: Shape }

/** A shape with the functions of `mapRow`, by which rows are decoded. */
export type RowShape = Shape | MappedRow | ExtendedRow | { readonly [name: string]: RowShape }

/** A row with a pure function that is applied after decoding. */
interface MappedRow {
  readonly kind: 'mapped'
  readonly row: RowShape
  readonly f: (a: any) => unknown
}

/** A mapped row to which `bind` or `let` adds fields. */
interface ExtendedRow {
  readonly kind: 'extended'
  readonly row: RowShape
  readonly fields: { readonly [name: string]: RowShape }
}

/** The row that a shape decodes to. */
export type Result<S> =
  S extends Leaf<infer A> ? A : S extends Maybe<infer T> ? Option<Result<T>> : { readonly [K in keyof S]: Result<S[K]> }

// --- Columns and tables -----------------------------------------------------------------------

/** A column: its type and constraints. `A` is the type that is read, `I` the type that an insert takes. */
export interface Column<out A, out I = A> {
  readonly _A?: () => A
  readonly _I?: () => I
  readonly kind: 'column'
  readonly type: ExprType
  /** The SQL name if it is not the one of the naming strategy. */
  readonly name: string | null
  readonly generated: boolean
  readonly default: AnyExpr | null
  readonly unique: boolean
  readonly indexed: boolean
  readonly check: ((self: AnyExpr) => Pred) | null
  /** The comment that the database keeps for readers of its schema. */
  readonly comment: string | null
  /** The SQL name that it had before: a difference of schemas is then a rename, and not a new column. */
  readonly renamedFrom: string | null
  /** Whether the database has a default or an expression of its own for it, which the description does not have. */
  readonly filledByDatabase: boolean
}

/** A column of any type. */
export type AnyColumn = Column<any, any>

/** The columns of a table, by field. */
export interface Columns {
  readonly [name: string]: AnyColumn
}

/** The type of a column's value when it is read. */
export type Out<C> = C extends Column<infer A, any> ? A : never
/** The type of a column's value in an insert; undefined if it may be omitted. */
export type In<C> = C extends Column<any, infer I> ? I : never

/** The scope of a table: an expression for each column. */
export type Exprs<C> = { readonly [K in keyof C]: Expr<Out<C[K]>> }
/** The row of a table. */
export type Row<C> = { readonly [K in keyof C]: Out<C[K]> }

/** A key or an index, over columns by their field names. */
export interface Key {
  readonly name: string
  readonly columns: readonly string[]
}

/** An index: what it sorts, of which rows, and how. */
export interface Index extends Key {
  /** The expressions and sort keys that it sorts by, over a row; null where it sorts by `columns`, which are empty otherwise. */
  readonly on: ((row: any) => readonly (AnyExpr | Order)[]) | null
  /** Whether no two of its rows may have the same values; a null equals no other. */
  readonly unique: boolean
  /** The rows that it holds; null for all. */
  readonly where: ((row: any) => Pred) | null
  /** The access method of the engine, such as `gin`; null for its default. */
  readonly method: string | null
}

/** A check constraint. */
export interface Check {
  readonly name: string
  readonly predicate: (row: any) => Pred
}

/** A table as plain data. `columns`, `names` and `types` are keyed by field. */
export interface AnyTable {
  readonly kind: 'table'
  readonly name: string
  readonly schema: string | null
  readonly columns: Columns
  /** The SQL name of each field. */
  readonly names: { readonly [field: string]: string }
  readonly types: { readonly [field: string]: ExprType }
  readonly primaryKey: Key | null
  readonly uniques: readonly Key[]
  readonly indexes: readonly Index[]
  readonly checks: readonly Check[]
  /** The query of a view; null for a table. */
  readonly query: AnyQuery | null
  /** The comment that the database keeps for readers of its schema. */
  readonly comment: string | null
  /** The SQL name that it had before, and names of constraints and indexes that a difference of schemas leaves alone. */
  readonly renamedFrom: string | null
  readonly unmanaged: readonly string[]
}

/** A table with statically known columns. */
export interface Table<out C> extends AnyTable {
  readonly columns: C & Columns
}

// --- Queries ----------------------------------------------------------------------------------

/** A bag of rows, with an order if there is an `orderBy`. `S` is the scope of the next step, `A` what a row decodes to. */
export interface Query<out S, out A> {
  readonly _S?: () => S
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'query'
  readonly node: QueryNode
}

/** A query of any type. */
export type AnyQuery = Query<any, any>

/** A row lock until the end of the transaction: its strength, and what to do about rows that other transactions have locked. */
export interface Lock {
  readonly strength: 'update' | 'share'
  readonly wait: 'wait' | 'skipLocked' | 'noWait'
}

/** The keys of grouping sets, and the aggregates of each group. */
export interface Grouping {
  readonly by: { readonly [name: string]: AnyExpr }
  readonly of: { readonly [name: string]: AnyAgg }
}

/** The sets of keys to group by: `rollup` is every prefix of the keys, `cube` every subset. */
export type GroupingSets = 'rollup' | 'cube' | readonly (readonly string[])[]

/** The set operations. */
export type SetOperator = 'unionAll' | 'union' | 'intersect' | 'except'

/** The forms of queries. Scopes in the syntax tree are untyped; the signatures of the combinators check them. */
export type QueryNode =
  | { readonly tag: 'from'; readonly table: AnyTable }
  | { readonly tag: 'of'; readonly shape: Shape }
  | { readonly tag: 'zero' }
  | {
      readonly tag: 'values'
      readonly types: { readonly [field: string]: ExprType }
      readonly rows: readonly { readonly [field: string]: AnyExpr }[]
    }
  /** The elements of an array; `types` are the types of `position` and `value`. */
  | { readonly tag: 'unnest'; readonly array: AnyExpr; readonly types: { readonly [field: string]: ExprType } }
  /** `present` names the fields that are not null in the remaining rows. */
  | { readonly tag: 'where'; readonly input: AnyQuery; readonly f: (s: any) => Pred; readonly present?: readonly string[] }
  | { readonly tag: 'map'; readonly input: AnyQuery; readonly f: (s: any) => Shape }
  | { readonly tag: 'mapRow'; readonly input: AnyQuery; readonly f: (a: any) => unknown }
  | { readonly tag: 'flatMap'; readonly input: AnyQuery; readonly f: (s: any) => AnyQuery }
  | { readonly tag: 'bind' | 'bindLeft'; readonly input: AnyQuery; readonly name: string; readonly f: (s: any) => AnyQuery }
  | { readonly tag: 'let'; readonly input: AnyQuery; readonly name: string; readonly f: (s: any) => Shape }
  | { readonly tag: 'aggregate'; readonly input: AnyQuery; readonly f: (s: any) => { readonly [name: string]: AnyAgg } }
  | { readonly tag: 'groupingSets'; readonly input: AnyQuery; readonly f: (s: any) => Grouping; readonly sets: GroupingSets }
  | { readonly tag: 'window'; readonly input: AnyQuery; readonly f: (s: any) => { readonly [name: string]: AnyWin } }
  | { readonly tag: 'distinct'; readonly input: AnyQuery }
  | { readonly tag: 'distinctOn'; readonly input: AnyQuery; readonly f: (s: any) => readonly AnyExpr[] }
  | { readonly tag: 'cte'; readonly input: AnyQuery; readonly name: string; readonly materialized: boolean | null }
  | { readonly tag: 'recursive'; readonly input: AnyQuery; readonly f: (s: any) => AnyQuery; readonly distinct: boolean }
  | { readonly tag: 'lock'; readonly input: AnyQuery; readonly lock: Lock }
  | { readonly tag: 'fullJoin'; readonly left: AnyQuery; readonly right: AnyQuery; readonly on: (l: any, r: any) => Pred }
  | { readonly tag: 'set'; readonly operator: SetOperator; readonly left: AnyQuery; readonly right: AnyQuery }
  | { readonly tag: 'orderBy'; readonly input: AnyQuery; readonly f: (s: any) => readonly Order[] }
  | { readonly tag: 'limit' | 'offset'; readonly input: AnyQuery; readonly count: AnyExpr }
  | { readonly tag: 'prepared'; readonly prepared: PreparedQuery; readonly values: { readonly [name: string]: AnyExpr } }

/** A query with parameters. `template` is `f` applied to parameters; its plan is cached. */
export interface PreparedQuery {
  readonly types: { readonly [name: string]: ExprType }
  readonly f: (params: any) => AnyQuery
  readonly template: AnyQuery
}

// --- Commands ---------------------------------------------------------------------------------

/** Field to value, for one row. */
export interface Assignments {
  readonly [field: string]: AnyExpr
}

/**
 * What an upsert does if a row with the values of the target exists: it sets columns if the condition is true, or nothing.
 * The functions see the existing row and the offered row.
 */
export interface Conflict {
  readonly target: readonly string[]
  readonly set: ((old: any, offered: any) => Assignments) | null
  readonly where: ((old: any, offered: any) => Pred) | null
}

/** The rows of an insert. Plain ones all set the same columns; `values` are their canonical values, row after row. */
export type InsertedRows =
  | { readonly tag: 'expressions'; readonly rows: readonly Assignments[] }
  | { readonly tag: 'plain'; readonly fields: readonly string[]; readonly values: readonly unknown[] }

/** The forms of commands. */
export type CommandNode =
  | { readonly tag: 'insert'; readonly table: AnyTable; readonly rows: InsertedRows; readonly conflict: Conflict | null }
  | { readonly tag: 'insertFrom'; readonly table: AnyTable; readonly query: AnyQuery }
  | {
      readonly tag: 'update'
      readonly table: AnyTable
      readonly set: (row: any) => Assignments
      readonly where: ((row: any) => Pred) | null
    }
  /** `key`: the columns by which a row of the table matches a row of the query, at most once; null if `on` is a user's condition. */
  | {
      readonly tag: 'updateFrom'
      readonly table: AnyTable
      readonly query: AnyQuery
      readonly on: (row: any, matched: any) => Pred
      readonly set: (row: any, matched: any) => Assignments
      readonly key: readonly string[] | null
    }
  | { readonly tag: 'delete'; readonly table: AnyTable; readonly where: ((row: any) => Pred) | null }
  | { readonly tag: 'invalid'; readonly error: DbError }

/** A command returns the rows that it changed; `tables` declare those that foreign keys may change. */
export interface Changes {
  readonly tag: 'changes'
  readonly tables: readonly AnyTable[]
}

/** A state change that returns an `A`. */
export interface Command<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'command'
  readonly node: CommandNode
  /** Whether `returning` gives one row, at most one, or a list. */
  readonly cardinality: 'one' | 'option' | 'many'
  /** `outcome`: whether an upsert inserted its row, updated one, or wrote nothing. */
  readonly returning: ((row: any) => Shape) | 'outcome' | Changes | null
}

/** A command of any type. */
export type AnyCommand = Command<any>

// --- Building the tree ------------------------------------------------------------------------

/** A query from its node. Queries are immutable and cached by identity: a query in a constant is compiled once. */
export const query = <S, A>(node: QueryNode): Query<S, A> => ({ [MADE]: true, kind: 'query', node })

/** An expression from its node. */
export const expr = <A>(node: ExprNode, type: ExprType): Expr<A> => ({ [MADE]: true, kind: 'expr', node, type })

/** The type of an expression. */
export const exprType = (sql: SqlType, nullable = false, refine: ExprType['refine'] = null): ExprType => ({ sql, nullable, refine })

/** A reference that stands for any expression of this type. */
export const symbol = (type: ExprType): AnyExpr => expr({ tag: 'ref', id: 0, scope: null }, type)

/** An expression that is refused with this error wherever it is used. */
export const invalid = (error: DbError, type: ExprType): AnyExpr => expr({ tag: 'invalid', error }, type)
