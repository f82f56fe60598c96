/**
 * The elements of an array as rows: `unnest`, which `Query` exports.
 *
 * An array expression denotes a list or null; `unnest` denotes the rows of that list, each with its position, which counts from 1. The array
 * may belong to an outer row, as in `bind('tag', p => unnest(p.tags))`: then the result has the elements of each row.
 *
 * Laws: `arrayAgg` of its values, ordered by position, is the array, if that is not empty; the number of rows is `arrayLength`, or 0 if that
 * is null.
 */
import type { Type } from 'io-ts'
import { argOfType, INT, TEXT } from '../syntax/operand.js'
import { type AnyExpr, type Expr, type ExprType, exprType, invalid, type Query, query } from '../syntax/Syntax.js'
import { refusal } from '../syntax/volatile.js'
import { validationError } from '../value/DbError.js'
import { ARRAYS } from '../value/typeSets.js'

/** The type of an array's elements. */
export type Element<A> = NonNullable<A> extends readonly (infer E)[] ? E : never

/** The type of the elements; null if a codec decodes the array as a whole. */
const elementType = ({ sql, refine }: ExprType): ExprType | null => {
  if (sql.tag !== 'array') return exprType(TEXT)
  const codec = refine as (Type<unknown> & { readonly _tag?: string; readonly type?: Type<unknown> }) | null
  if (codec !== null && codec._tag !== 'ArrayType') return null
  return { sql: sql.element, nullable: sql.elementNullable, refine: codec?.type ?? null }
}

const taking = (x: unknown): AnyExpr => {
  const array = argOfType('unnest', x, ARRAYS)
  if (array.volatile) return invalid(refusal('unnest'), array.type)
  if (elementType(array.type) !== null) return array
  return invalid(
    validationError(['unnest'], 'a codec of a whole array gives no type to its elements: apply it to the element instead'),
    array.type,
  )
}

/**
 * The elements of an array as rows: their positions, from 1, and their values. An array that is null or empty has no rows. The rows have
 * the order of the array only if ordered by `position`. `meaning(unnest(e)) = e.map((value, i) => ({ position: i + 1, value }))`
 */
export const unnest = <A extends readonly unknown[] | null>(
  array: Expr<A>,
): Query<
  { readonly position: Expr<number>; readonly value: Expr<Element<A>> },
  { readonly position: number; readonly value: Element<A> }
> => {
  const e = taking(array)
  return query({ tag: 'unnest', array: e, types: { position: exprType(INT), value: elementType(e.type) ?? exprType(TEXT) } })
}
