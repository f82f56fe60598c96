/**
 * Planning: what the functions that turn one query or command into a plan share.
 *
 * A planning has a supply of column ids, the scalars planned so far, and the WITH queries planned so far. Expressions of one planning
 * are used in no other: a reference names the map of its scalars, by identity, as its scope.
 *
 * Scalars contain plans of sub-queries and plans contain scalars. `reify.ts` closes that circle: the modules of this folder call
 * each other through `scalar`, `build` and `plan`.
 */
import type { AnyExpr, AnyQuery, Order, RowShape } from '../../core/syntax/Syntax.js'
import type { Plan, Rel, Scalar } from '../Rel.js'

/** What an engine supports natively and is planned as such. */
export interface Forms {
  readonly groupingSets: boolean
}

/** A query that is being planned: its relation, its row over the columns of that relation, its order. `row` is null for `zero`. */
export interface Built {
  readonly rel: Rel
  readonly row: RowShape | null
  readonly order: readonly Order[]
}

/** A query that has no rows, of no known shape. */
export const EMPTY: Built = { rel: { tag: 'empty' }, row: null, order: [] }

/** What the parts of planning share: fresh ids, and each other's functions. */
export interface Planning {
  readonly forms: Forms
  /** A column id that is not used yet. */
  readonly fresh: () => number
  /** The scalars planned so far. */
  readonly scalars: Map<AnyExpr, Scalar>
  /** The WITH queries planned so far: each entry makes one more use of its query. */
  readonly withQueries: Map<AnyQuery, () => Built>
  /** The plan of an expression. */
  readonly scalar: (e: AnyExpr) => Scalar
  /** The relation and row of a query. */
  readonly build: (q: AnyQuery) => Built
  /** The plan of a query whose rows are at path `at` of the result; `isNested` in a nested collection. */
  readonly plan: (q: AnyQuery, at?: readonly string[], isNested?: boolean) => Plan
}
