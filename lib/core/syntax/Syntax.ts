/**
 * The abstract syntax of query-ts: what expressions, aggregates, columns, tables and queries *are*.
 *
 * Everything here is data and its type; the combinators live in `Expr`, `Agg`, `Column`, `Table` and
 * `Query`. A query keeps the caller's functions (higher-order abstract syntax): the model applies
 * them to rows of literals, `plan/reify` applies them to column references. That is the whole
 * difference between the two meanings, and the reason that they can be held against each other.
 *
 * The phantom fields (`_A`, `_S`) carry types only; no value ever has them.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { Type } from 'io-ts'
import type { DbError } from '../value/DbError.js'
import type { SqlType } from '../value/SqlType.js'
import type { ScalarFn } from './ScalarFn.js'

export type { OwnFn, ScalarFn } from './ScalarFn.js'

/**
 * The mark of what this library's functions made. Text can't carry it: JSON from a stranger in the form of an expression
 * is JSON. Every copy of the library has the same mark.
 */
export const MADE: unique symbol = Symbol.for('query-ts') as never

/** Whether a value is an expression, a query and so on that this library made. */
export const isMade = (x: unknown): boolean => typeof x === 'object' && x !== null && (x as { [MADE]?: unknown })[MADE] === true

// --- Expressions -----------------------------------------------------------------------------

/** What an expression's value is: its SQL type, whether it can be null, and the io-ts type that refines the canonical value. */
export interface ExprType {
  readonly sql: SqlType
  readonly nullable: boolean
  readonly refine: Type<any, any> | null
}

/** What decodes to an `A` and has no parts that a query can see. */
export interface Leaf<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'expr' | 'nested'
  readonly type: ExprType
}

/** A scalar expression in scope of a query. `A` includes null exactly when its value can be null. */
export interface Expr<out A> extends Leaf<A> {
  readonly kind: 'expr'
  readonly node: ExprNode
  /** How deep operations stand in each other; 0 when left out. */
  readonly depth?: number
  /** How many operations it has when it is written out; 1 when left out. */
  readonly size?: number
  /** Whether it is another value in each evaluation; false when left out. */
  readonly volatile?: boolean
}

/** A condition under SQL's three-valued logic: `where` keeps a row only when it is true. */
export type Pred = Expr<boolean | null>

export type AnyExpr = Expr<any>

export type ExprNode =
  | { readonly tag: 'literal'; readonly value: unknown }
  /** A column. `scope` is the planning that made the reference, null in one that is only looked at for its type. */
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

/** An aggregate of the rows of a group: not an `Expr`, so that it can't stand where a scalar belongs. */
export interface Agg<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'agg'
  readonly node: AggNode
  readonly type: ExprType
}

export type AnyAgg = Agg<any>

/** Those that every engine has. */
export type AggFn = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'boolAnd' | 'boolOr' | 'arrayAgg' | 'stringAgg'

/** Those that are computed of the array of the values. */
export type ArrayAggFn = 'mode' | 'percentileCont'

/** `arg` is null for `count(*)`. */
export interface AggCall {
  readonly tag: 'agg'
  readonly fn: AggFn | ArrayAggFn
  readonly arg: AnyExpr | null
  readonly distinct: boolean
  readonly separator: string
  readonly filter: Pred | null
  readonly order: readonly Order[]
  /** Which percentile, from 0 to 1. */
  readonly fraction: number
}

type AggNode = { readonly tag: 'key'; readonly expr: AnyExpr } | AggCall | { readonly tag: 'invalid'; readonly error: DbError }

/** A sort key. `nulls: null` is the default: null sorts as larger than every value. */
export interface Order {
  readonly expr: AnyExpr
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

/** The functions of the rows around a row that are no aggregates. */
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

/** Rows around the current one by their distance to it; null is the end of the partition. */
export interface Frame {
  readonly from: number | null
  readonly to: number | null
}

export interface WindowCall {
  readonly tag: 'window'
  /** `count` is the number of groups, of rows between, or of the row in its frame. */
  readonly of: AggCall | { readonly tag: 'function'; readonly fn: WindowFn; readonly arg: AnyExpr | null; readonly count: number | null }
  readonly partition: readonly AnyExpr[]
  readonly order: readonly Order[]
  /** null: with an order all rows up to the last one that is alike, else the whole partition. */
  readonly frame: Frame | null
}

/** A value computed from the rows around a row: neither an `Expr` nor an `Agg`, so that it can't stand where one belongs. */
export interface Win<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'win'
  readonly node: WindowCall | { readonly tag: 'invalid'; readonly error: DbError }
  readonly type: ExprType
}

export type AnyWin = Win<any>

// --- Shapes: what `map` may answer ------------------------------------------------------------

/** A nested collection in a row: `many` and `first`. It is decoded; it can't be compared, grouped or made distinct. */
export interface Nested<out A> extends Leaf<A> {
  readonly kind: 'nested'
  readonly cardinality: 'many' | 'first'
  readonly query: AnyQuery
}

/** The side of a left join that may be missing: a scope that can be entered by `maybe` only. */
export interface Maybe<out S> {
  readonly _S?: () => S
  readonly kind: 'maybe'
  readonly present: Expr<boolean>
  /** The present row. Its expressions mean nothing when the row is missing. */
  readonly row: RowShape
}

/** A plain value that can stand as a parameter. */
export type Literal = string | number | boolean | bigint | Date | Uint8Array

/** What a query's scope is made of: expressions, nested collections, and records of these. A constant is `lit(...)`. */
export type Shape = Leaf<unknown> | Maybe<unknown> | { readonly [name: string]: Shape }

/** A shape as rows are decoded by it: with the functions of `mapRow` at their places. */
export type RowShape = Shape | MappedRow | ExtendedRow | { readonly [name: string]: RowShape }

/** A row that a pure function is applied to after decoding. */
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

/** A column: its type, and what the table promises of it. `A` is what is read, `I` what an insert takes. */
export interface Column<out A, out I = A> {
  readonly _A?: () => A
  readonly _I?: () => I
  readonly kind: 'column'
  readonly type: ExprType
  /** The SQL name when it is not the naming strategy's. */
  readonly name: string | null
  readonly generated: boolean
  readonly default: AnyExpr | null
  readonly unique: boolean
  readonly indexed: boolean
  readonly check: ((self: AnyExpr) => Pred) | null
}

export type AnyColumn = Column<any, any>

export interface Columns {
  readonly [name: string]: AnyColumn
}

/** What reading a column answers. */
export type Out<C> = C extends Column<infer A, any> ? A : never
/** What an insert into a column takes; undefined when it may be left out. */
export type In<C> = C extends Column<any, infer I> ? I : never

export type Exprs<C> = { readonly [K in keyof C]: Expr<Out<C[K]>> }
export type Row<C> = { readonly [K in keyof C]: Out<C[K]> }

/** A key or an index, over columns by their field names. */
export interface Key {
  readonly name: string
  readonly columns: readonly string[]
}

export interface Check {
  readonly name: string
  readonly predicate: (row: any) => Pred
}

/** A relation schema: plain data, described once. `columns`, `names` and `types` are keyed by field. */
export interface AnyTable {
  readonly kind: 'table'
  readonly name: string
  readonly schema: string | null
  readonly columns: Columns
  /** field -> SQL name */
  readonly names: { readonly [field: string]: string }
  readonly types: { readonly [field: string]: ExprType }
  readonly primaryKey: Key | null
  readonly uniques: readonly Key[]
  readonly indexes: readonly Key[]
  readonly checks: readonly Check[]
  /** Of a view: what its rows are. */
  readonly query: AnyQuery | null
}

/** A table whose columns are known by their types. */
export interface Table<out C> extends AnyTable {
  readonly columns: C & Columns
}

// --- Queries ----------------------------------------------------------------------------------

/** A bag of rows, with an order when one is asked for. `S` is what later steps see, `A` what a row decodes to. */
export interface Query<out S, out A> {
  readonly _S?: () => S
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'query'
  readonly node: QueryNode
}

export type AnyQuery = Query<any, any>

/** Which rows are locked against others until the transaction ends, and what is done about those that others have locked. */
export interface Lock {
  readonly strength: 'update' | 'share'
  readonly wait: 'wait' | 'skipLocked' | 'noWait'
}

/** Keys by their names, and what is computed of each group. */
export interface Grouping {
  readonly by: { readonly [name: string]: AnyExpr }
  readonly of: { readonly [name: string]: AnyAgg }
}

/** By which keys groups are made: `rollup` is every prefix of the keys, `cube` every choice of them. */
export type GroupingSets = 'rollup' | 'cube' | readonly (readonly string[])[]

export type SetOperator = 'unionAll' | 'union' | 'intersect' | 'except'

/** Scopes inside the syntax tree are untyped: the combinators' signatures are what checks them. */
export type QueryNode =
  | { readonly tag: 'from'; readonly table: AnyTable }
  | { readonly tag: 'of'; readonly shape: Shape }
  | { readonly tag: 'zero' }
  | {
      readonly tag: 'values'
      readonly types: { readonly [field: string]: ExprType }
      readonly rows: readonly { readonly [field: string]: AnyExpr }[]
    }
  /** The elements of an array; `types` are those of their positions and values. */
  | { readonly tag: 'unnest'; readonly array: AnyExpr; readonly types: { readonly [field: string]: ExprType } }
  /** `present` names the fields that are null in none of the rows that are left. */
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

/** A query with holes. `template` is `f` applied to parameters: the one value whose plan is kept. */
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
 * What happens where a row with the values of the target is there: columns of it are set if the condition holds, or nothing.
 * The functions see that row, and the one that was offered.
 */
export interface Conflict {
  readonly target: readonly string[]
  readonly set: ((old: any, offered: any) => Assignments) | null
  readonly where: ((old: any, offered: any) => Pred) | null
}

export type CommandNode =
  | { readonly tag: 'insert'; readonly table: AnyTable; readonly rows: readonly Assignments[]; readonly conflict: Conflict | null }
  /** Plain rows that all give the same columns: their canonical values, row after row. */
  | { readonly tag: 'insertPlain'; readonly table: AnyTable; readonly fields: readonly string[]; readonly values: readonly unknown[] }
  | { readonly tag: 'insertFrom'; readonly table: AnyTable; readonly query: AnyQuery }
  | {
      readonly tag: 'update'
      readonly table: AnyTable
      readonly set: (row: any) => Assignments
      readonly where: ((row: any) => Pred) | null
    }
  /** `key`: the columns by which a row of the table and one of the query match; null where `on` says it by itself. No row matches twice by a key. */
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

/** A state change that answers an `A`. */
export interface Command<out A> {
  readonly _A?: () => A
  readonly [MADE]?: true
  readonly kind: 'command'
  readonly node: CommandNode
  /** Whether the answer is one row, one or none, or a list, where there is `returning`. */
  readonly cardinality: 'one' | 'option' | 'many'
  /** `outcome`: whether an upsert inserted its row, updated one, or wrote nothing. */
  readonly returning: ((row: any) => Shape) | 'outcome' | null
}

export type AnyCommand = Command<any>

// --- Building the tree ------------------------------------------------------------------------

/** Wraps a node. Queries are immutable and compared by identity: a query in a constant is compiled once. */
export const query = <S, A>(node: QueryNode): Query<S, A> => ({ [MADE]: true, kind: 'query', node })

export const expr = <A>(node: ExprNode, type: ExprType): Expr<A> => ({ [MADE]: true, kind: 'expr', node, type })

export const exprType = (sql: SqlType, nullable = false, refine: ExprType['refine'] = null): ExprType => ({ sql, nullable, refine })

/** A column of which only the type matters. */
export const symbol = (type: ExprType): AnyExpr => expr({ tag: 'ref', id: 0, scope: null }, type)

/** An expression that is refused, with its reason, as soon as anything looks at it. */
export const invalid = (error: DbError, type: ExprType): AnyExpr => expr({ tag: 'invalid', error }, type)
