/**
 * The context in which code is generated: the variables in scope, the choices, and the queries to put inside.
 *
 * A `Writer` belongs to one step of a recipe. `QueryCode` is a query under construction: a source, steps, and what is known of the rows.
 * `row` is the static row of the query (null for `zero`, which has none), `unique` the paths of a unique key of the rows, `total` whether
 * the order is total. This module has the types; `assemble` and `expression` have the functions.
 */

import type { AnyQuery, RowShape } from '../../lib/core/syntax/Syntax.js'
import type { AnySchema } from '../../lib/Schema.js'
import type { AnyFunction, Code, Variable } from './Code.js'
import type { Choices } from './choices.js'
import type { Kind } from './Kind.js'

export type UniqueKey = readonly (readonly string[])[] | null

export interface QueryCode extends Code<AnyQuery> {
  readonly source: Code<AnyQuery>
  readonly steps: readonly Code<AnyFunction>[]
  readonly row: RowShape | null
  readonly unique: UniqueKey
  readonly total: boolean
}

export interface Writer {
  readonly schema: AnySchema
  readonly vars: readonly Variable[]
  readonly choices: Choices
  /** The same writer with other variables in scope. */
  readonly inner: (vars: readonly Variable[]) => Writer
  /** The next query of the recipe, over what is in scope, or that of the first table. */
  readonly query: () => QueryCode
  /** The next query of the recipe, or null if there are no more. */
  readonly rows: () => QueryCode | null
  /** A query of one column of a kind. */
  readonly column: (kind: Kind) => QueryCode | null
  /** The same in a total order, so that the value of `scalar` is determined. */
  readonly single: (kind: Kind) => QueryCode | null
}
