/**
 * The relational plan: a query as first-order data, before any SQL.
 *
 * A `Rel` denotes a bag of rows, each an assignment of values to column ids. Ids are unique in a whole plan, so a rewrite never has
 * to rename and can never capture. A `Scalar` is an expression over ids, with the plans of its sub-queries inside. A `Plan` adds
 * what is read: an order, the output columns, and how a row of cells becomes a result.
 *
 * A `join` may be dependent: its right side may mention columns of its left side (SQL's LATERAL). Names of columns and relations are
 * suggestions; aliases and texts are made in `sql/`.
 */
import type { AggFn, AnyTable, ExprType, Frame, Lock, ScalarFn, SetOperator, WindowFn } from '../core/syntax/Syntax.js'

/** An expression over column ids, with its type. */
export interface Scalar {
  readonly node: ScalarNode
  readonly type: ExprType
}

type ScalarNode =
  | { readonly tag: 'literal'; readonly value: unknown }
  | { readonly tag: 'column'; readonly id: number }
  | { readonly tag: 'param'; readonly name: string }
  | { readonly tag: 'call'; readonly fn: ScalarFn; readonly args: readonly Scalar[] }
  | { readonly tag: 'case'; readonly branches: readonly (readonly [Scalar, Scalar])[]; readonly otherwise: Scalar }
  | { readonly tag: 'in'; readonly operand: Scalar; readonly list: readonly Scalar[] }
  | { readonly tag: 'cast'; readonly operand: Scalar }
  /** Raw text of a user. */
  | { readonly tag: 'raw'; readonly text: readonly string[]; readonly args: readonly Scalar[] }
  /** Text that a printer adds to a plan, for what only SQL can express; no plan of a query contains it. */
  | { readonly tag: 'printed'; readonly text: readonly string[]; readonly args: readonly Scalar[] }
  | { readonly tag: 'exists'; readonly plan: Plan }
  | { readonly tag: 'inQuery'; readonly operand: Scalar; readonly plan: Plan }
  | { readonly tag: 'scalar'; readonly plan: Plan }
  | { readonly tag: 'nested'; readonly plan: Plan }

/** A sort key; `nulls` is null where the default of its direction holds: nulls are larger than every value. */
export interface SortKey {
  readonly scalar: Scalar
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

/** A column that a relation computes, with the name suggested for it. */
export interface Computed {
  readonly id: number
  readonly name: string
  readonly scalar: Scalar
}

/** A column of a relation, with the name suggested for it. */
export interface Named {
  readonly id: number
  readonly name: string
  readonly type: ExprType
}

/** The call of an aggregate; `arg` is null for `count(*)`. */
export interface AggScalar {
  readonly fn: AggFn
  readonly arg: Scalar | null
  readonly distinct: boolean
  readonly separator: string
  readonly filter: Scalar | null
  readonly order: readonly SortKey[]
}

/** A column that is an aggregate of the rows of a group. */
export interface AggColumn extends Named {
  readonly agg: AggScalar
}

/** The call of a window function, or of an aggregate over a window; `count` is its offset or number of groups. */
export interface WindowScalar {
  readonly of: AggScalar | { readonly fn: WindowFn; readonly arg: Scalar | null; readonly count: number | null }
  readonly partition: readonly Scalar[]
  readonly order: readonly SortKey[]
  readonly frame: Frame | null
}

/** A column that is a window function of the rows of a partition. */
export interface WindowColumn extends Named {
  readonly window: WindowScalar
}

/** One side of a set operation: a relation, and the columns read from it. */
export interface Operand {
  readonly rel: Rel
  readonly columns: readonly Scalar[]
}

/** A WITH query, recursive where it has a `step`. */
export interface Definition {
  /** Identifies the definition in its plan: uses with the same key are uses of one definition. */
  readonly key: number
  readonly name: string
  readonly materialized: boolean | null
  readonly first: Operand
  /** The recursive part, which reads the rows of the previous step as `self`. */
  readonly step: (Operand & { readonly distinct: boolean }) | null
}

/** A relation. */
export type Rel =
  | { readonly tag: 'unit' }
  | { readonly tag: 'empty' }
  | { readonly tag: 'scan'; readonly table: AnyTable; readonly columns: readonly Named[] }
  | { readonly tag: 'values'; readonly columns: readonly Named[]; readonly rows: readonly (readonly Scalar[])[] }
  /** The positions and values of the elements of an array, which may mention outer columns. */
  | { readonly tag: 'elements'; readonly array: Scalar; readonly columns: readonly Named[] }
  | { readonly tag: 'filter'; readonly input: Rel; readonly predicate: Scalar }
  | {
      readonly tag: 'join'
      readonly kind: 'inner' | 'left'
      readonly left: Rel
      readonly right: Rel
      readonly on: Scalar | null
      /** The name that the right side is bound to, if any. */
      readonly name: string | null
    }
  | {
      readonly tag: 'aggregate'
      readonly input: Rel
      readonly keys: readonly Computed[]
      readonly aggs: readonly AggColumn[]
      /** The keys of each grouping set, and for each key a column that is null in groups not made by it; null where all keys group. */
      readonly sets: { readonly keys: readonly (readonly number[])[]; readonly present: readonly Named[] } | null
    }
  | { readonly tag: 'window'; readonly input: Rel; readonly columns: readonly WindowColumn[] }
  | { readonly tag: 'distinct'; readonly input: Rel; readonly columns: readonly Computed[] }
  | {
      readonly tag: 'set'
      readonly operator: SetOperator
      readonly left: Operand
      readonly right: Operand
      readonly columns: readonly Named[]
    }
  | {
      readonly tag: 'limit'
      readonly input: Rel
      readonly order: readonly SortKey[]
      readonly count: Scalar | null
      readonly offset: Scalar | null
    }
  | { readonly tag: 'derive'; readonly input: Rel; readonly columns: readonly Computed[] }
  | { readonly tag: 'cte'; readonly definition: Definition; readonly columns: readonly Named[] }
  /** In the step of a definition: the rows of the previous step. */
  | { readonly tag: 'self'; readonly key: number; readonly columns: readonly Named[] }

/** How the cells of a row become a result; `index` is the position among the outputs. */
export type RowPlan =
  | { readonly tag: 'cell'; readonly index: number; readonly path: readonly string[]; readonly type: ExprType }
  | {
      readonly tag: 'nested'
      readonly index: number
      readonly path: readonly string[]
      readonly cardinality: 'many' | 'first'
      readonly row: RowPlan
    }
  | { readonly tag: 'maybe'; readonly index: number; readonly row: RowPlan }
  | { readonly tag: 'mapped'; readonly row: RowPlan; readonly f: (a: any) => unknown }
  | { readonly tag: 'extended'; readonly row: RowPlan; readonly fields: readonly (readonly [string, RowPlan])[] }
  | { readonly tag: 'record'; readonly fields: readonly (readonly [string, RowPlan])[] }

/** An output column. The presence of the optional side of a left join has a path that ends in `?`. */
export interface Output {
  readonly path: readonly string[]
  readonly scalar: Scalar
}

/** A whole query. */
export interface Plan {
  readonly rel: Rel
  readonly order: readonly SortKey[]
  readonly outputs: readonly Output[]
  readonly row: RowPlan
  /** The row lock of a whole query. `of` is a column of the table whose rows are locked, where the query joins several. */
  readonly lock?: Lock & { readonly of?: number }
}
