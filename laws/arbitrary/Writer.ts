/**
 * What generated code is written with: the variables in scope, the choices, and queries to put inside.
 *
 * A `Writer` stands for one step of a recipe. `QueryCode` is a query under construction: a source,
 * steps, and what is known of the rows. `row` is the query's static row (null for `zero`, which has
 * none), `unique` the paths of columns that no two rows share, `total` says that the order leaves
 * nothing open. This module has the types; `assemble` and `expression` the functions.
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
  /** A query over what is in scope: the next one of the recipe, or that of the first table. */
  readonly query: () => QueryCode
  /** A query over what is in scope, as long as the recipe has some. */
  readonly rows: () => QueryCode | null
  /** A query of one column of a kind. */
  readonly column: (kind: Kind) => QueryCode | null
  /** The same, with one answer that `scalar` may give. */
  readonly single: (kind: Kind) => QueryCode | null
}
