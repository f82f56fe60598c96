/**
 * Literals: values as expressions.
 *
 * The functions of a query are applied to rows of literals, so what they return is closed: it has a value without any environment. The
 * sides of a left join are rows of literals too, with the literal true or false for whether the side is present.
 */
import type { AnyExpr, ExprType, RowShape } from '../core/syntax/Syntax.js'
import { expr, exprType } from '../core/syntax/Syntax.js'
import { mapLeaves } from '../core/syntax/scope.js'

const BOOLEAN = exprType({ tag: 'boolean' })

/** A value as an expression. */
export const literal = (value: unknown, type: ExprType): AnyExpr => expr({ tag: 'literal', value }, type)

/** A row of values as expressions of these types. */
export const literals = (
  types: { readonly [field: string]: ExprType },
  row: { readonly [field: string]: unknown },
): { readonly [field: string]: AnyExpr } =>
  Object.fromEntries(Object.entries(types).map(([field, type]) => [field, literal(row[field], type)]))

/** The missing side of a left join: nulls of the types that a present row would have. `row` is null where it has no columns. */
export const missing = (row: RowShape | null): RowShape => ({
  kind: 'maybe',
  present: literal(false, BOOLEAN),
  row: row === null ? {} : mapLeaves(row, leaf => literal(null, leaf.type)),
})

/** The side of a left join that has a row. */
export const present = (row: RowShape): RowShape => ({ kind: 'maybe', present: literal(true, BOOLEAN), row })
