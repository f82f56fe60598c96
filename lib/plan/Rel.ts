/**
 * The relational plan: a query as first-order data, before any SQL.
 *
 * A `Rel` denotes a bag of rows, each an assignment of values to column ids. Ids are unique in a
 * whole plan, so that a rewrite never has to rename and can never capture. A `Scalar` is an
 * expression over ids, with the plans of its sub-queries inside. A `Plan` adds what is read: an
 * order, the output columns, and how a row of cells becomes a result.
 *
 * A `join` may be dependent: its right side may mention columns of its left (SQL's LATERAL).
 * Aliases and texts come later, in `sql/`; this module only knows ids and the names they wish for.
 */
import type { AggFn, AnyTable, ExprType, Frame, Lock, ScalarFn, SetOperator, WindowFn } from '../core/syntax/Syntax.js'

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
  | { readonly tag: 'raw'; readonly text: readonly string[]; readonly args: readonly Scalar[] }
  | { readonly tag: 'exists'; readonly plan: Plan }
  | { readonly tag: 'inQuery'; readonly operand: Scalar; readonly plan: Plan }
  | { readonly tag: 'scalar'; readonly plan: Plan }
  | { readonly tag: 'nested'; readonly plan: Plan }

export interface SortKey {
  readonly scalar: Scalar
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

/** A column that a relation computes, under the name it wishes for. */
export interface Computed {
  readonly id: number
  readonly name: string
  readonly scalar: Scalar
}

/** A column that a relation brings. */
export interface Named {
  readonly id: number
  readonly name: string
  readonly type: ExprType
}

export interface AggScalar {
  readonly fn: AggFn
  readonly arg: Scalar | null
  readonly distinct: boolean
  readonly separator: string
  readonly filter: Scalar | null
  readonly order: readonly SortKey[]
}

export interface AggColumn extends Named {
  readonly agg: AggScalar
}

export interface WindowScalar {
  readonly of: AggScalar | { readonly fn: WindowFn; readonly arg: Scalar | null; readonly count: number | null }
  readonly partition: readonly Scalar[]
  readonly order: readonly SortKey[]
  readonly frame: Frame | null
}

export interface WindowColumn extends Named {
  readonly window: WindowScalar
}

/** One side of a set operation: what it reads, column by column. */
export interface Operand {
  readonly rel: Rel
  readonly columns: readonly Scalar[]
}

/** A query that has a name, or goes on from its own rows: what it reads, column by column. */
export interface Definition {
  /** What tells it from others in its plan: uses with the same key are uses of one definition. */
  readonly key: number
  readonly name: string
  readonly materialized: boolean | null
  readonly first: Operand
  /** What follows from a row, which it reads as `self`. */
  readonly step: (Operand & { readonly distinct: boolean }) | null
}

export type Rel =
  | { readonly tag: 'unit' }
  | { readonly tag: 'empty' }
  | { readonly tag: 'scan'; readonly table: AnyTable; readonly columns: readonly Named[] }
  | { readonly tag: 'values'; readonly columns: readonly Named[]; readonly rows: readonly (readonly Scalar[])[] }
  /** The elements of an array, which may mention relations around: their positions and their values. */
  | { readonly tag: 'elements'; readonly array: Scalar; readonly columns: readonly Named[] }
  | { readonly tag: 'filter'; readonly input: Rel; readonly predicate: Scalar }
  | {
      readonly tag: 'join'
      readonly kind: 'inner' | 'left'
      readonly left: Rel
      readonly right: Rel
      readonly on: Scalar | null
      /** What the right side is bound to, where it has a name. */
      readonly name: string | null
    }
  | {
      readonly tag: 'aggregate'
      readonly input: Rel
      readonly keys: readonly Computed[]
      readonly aggs: readonly AggColumn[]
      /** By which keys groups are made, and what tells for each key whether a group is made by it; null: by all. */
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
  /** In the step of a definition: the rows that it goes on from. */
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

/** An output column; a left join's tag is the last step `?` of its path. */
export interface Output {
  readonly path: readonly string[]
  readonly scalar: Scalar
}

export interface Plan {
  readonly rel: Rel
  readonly order: readonly SortKey[]
  readonly outputs: readonly Output[]
  readonly row: RowPlan
  /** Of a whole query only. `of` is a column of the table whose rows are locked, where it is one of several. */
  readonly lock?: Lock & { readonly of?: number }
}
