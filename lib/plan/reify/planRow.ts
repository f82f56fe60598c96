/**
 * Columns with fresh ids, the rows that refer to them, and sort keys.
 *
 * A reference (`ref`) is an expression that stands for a column; planning it again gives that column. Functions of a query are
 * applied to rows of references.
 */
import type { AnyExpr, ExprType, Order, RowShape } from '../../core/syntax/Syntax.js'
import { expr } from '../../core/syntax/Syntax.js'
import { comparable, mapLeaves } from '../../core/syntax/scope.js'
import { outputName } from '../build.js'
import type { Computed, Named, SortKey } from '../Rel.js'
import type { Planning } from './Planning.js'

/** The expression that refers to a column. */
export const ref = (p: Planning, id: number, type: ExprType): AnyExpr => expr({ tag: 'ref', id, scope: p.scalars }, type)

/** Columns with fresh ids, one for each field. */
export const columnsNamed = (p: Planning, types: { readonly [field: string]: ExprType }): readonly Named[] =>
  Object.entries(types).map(([name, type]) => ({ id: p.fresh(), name, type }))

/** The row that has each column under its name. */
export const rowNamed = (p: Planning, columns: readonly Named[]): { readonly [field: string]: AnyExpr } =>
  Object.fromEntries(columns.map(c => [c.name, ref(p, c.id, c.type)]))

/** A row as computed columns with fresh ids, and the row that refers to them. Refuses a row that `what` can't compare. */
export const computed = (p: Planning, row: RowShape, what: string): { readonly row: RowShape; readonly columns: readonly Computed[] } => {
  comparable(row, what)
  const columns: Computed[] = []
  const renamed = mapLeaves(row, (leaf, path) => {
    const id = p.fresh()
    columns.push({ id, name: outputName(path), scalar: p.scalar(leaf as AnyExpr) })
    return ref(p, id, leaf.type)
  })
  return { row: renamed, columns }
}

/** A sort key of a query as one of a plan. */
export const sortKey = (p: Planning, o: Order): SortKey => ({ scalar: p.scalar(o.expr), direction: o.direction, nulls: o.nulls })
