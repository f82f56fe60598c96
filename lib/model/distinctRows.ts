/**
 * Equality of rows: the first of each set of equal rows, and rows in a common form.
 *
 * Rows are equal when their columns are, null being equal to null. Rows of different queries are compared after `fitted` has brought
 * them to the same paths and types.
 */
import type { AnyExpr, ExprType, RowShape } from '../core/syntax/Syntax.js'
import { leaves, mapLeaves } from '../core/syntax/scope.js'
import type { Evaluation } from './Evaluation.js'
import { exprValue } from './exprValue.js'
import { literal } from './literals.js'
import { grouped } from './order.js'
import { identities } from './value.js'

/** The row with its columns evaluated. */
export const evaluatedRow = (ev: Evaluation, row: RowShape): RowShape =>
  mapLeaves(row, leaf => literal(exprValue(ev, leaf as AnyExpr), leaf.type))

/** A text that is the same for equal rows only. */
export const rowIdentity = (ev: Evaluation, row: RowShape): string =>
  identities(leaves(row).map(([, leaf]) => [leaf.type.sql, exprValue(ev, leaf as AnyExpr)]))

/** The first of each set of equal rows. */
export const distinctRows = (ev: Evaluation, input: readonly RowShape[]): readonly RowShape[] =>
  grouped(
    input.map(row => evaluatedRow(ev, row)),
    row => rowIdentity(ev, row),
  ).map(([first]) => first as RowShape)

const typesByPath = (shape: RowShape): ReadonlyMap<string, ExprType> =>
  new Map(leaves(shape).map(([path, leaf]) => [path.join('.'), leaf.type]))

/** Brings rows to the form and the types of `shape`, matching columns by their paths. */
export const fitted = (ev: Evaluation, shape: RowShape): ((row: RowShape) => RowShape) => {
  const types = typesByPath(shape)
  return row => {
    const at = new Map(leaves(row).map(([path, leaf]) => [path.join('.'), leaf as AnyExpr]))
    return mapLeaves(shape, (_, path) => literal(exprValue(ev, at.get(path.join('.')) as AnyExpr), types.get(path.join('.')) as ExprType))
  }
}
