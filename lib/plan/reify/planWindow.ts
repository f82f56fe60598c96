/**
 * Window functions, and the first row of each partition.
 *
 * Window functions become columns of a `window` relation over their input. `distinctOn` has no relation of its own: it is
 * `row_number() over (partition by keys order by the order of the query) = 1`, which every engine supports.
 */
import { asWindows } from '../../core/syntax/guards.js'
import type { AnyExpr, AnyWin, RowShape } from '../../core/syntax/Syntax.js'
import { extend } from '../../core/syntax/scope.js'
import { refuse } from '../../core/value/DbError.js'
import { ONE, TRUE } from '../build.js'
import { column } from '../conditions.js'
import { localWindows } from '../decorrelate.js'
import type { Scalar, WindowColumn, WindowScalar } from '../Rel.js'
import type { Built, Planning } from './Planning.js'
import { planAggCall } from './planAggregate.js'
import { rowNamed, sortKey } from './planRow.js'

/** Adds window functions to the row of a query; `wins` is what the callback returned. */
export const planWindow = (p: Planning, input: Built, row: RowShape, wins: unknown): Built => {
  const columns = Object.entries(asWindows(wins)).map(([name, win]) => windowColumn(p, name, win))
  return { ...input, rel: localWindows(p.fresh, input.rel, columns), row: extend(row, rowNamed(p, columns)) }
}

const windowColumn = (p: Planning, name: string, { node, type }: AnyWin): WindowColumn => {
  if (node.tag === 'invalid') return refuse(node.error)
  const { of } = node
  const window: WindowScalar = {
    of: of.tag === 'agg' ? planAggCall(p, of) : { fn: of.fn, arg: of.arg && p.scalar(of.arg), count: of.count },
    partition: node.partition.map(p.scalar),
    order: node.order.map(o => sortKey(p, o)),
    frame: node.frame,
  }
  return { id: p.fresh(), name, type, window }
}

/** Keeps the first row, in the order of the query, of those with equal keys. */
export const planDistinctOn = (p: Planning, input: Built, keys: readonly AnyExpr[]): Built => {
  const partition = keys.map(p.scalar)
  const { type } = ONE
  const position: WindowColumn = {
    id: p.fresh(),
    name: 'position',
    type,
    window: {
      of: { fn: 'rowNumber', arg: null, count: null },
      partition,
      order: input.order.map(o => sortKey(p, o)),
      frame: null,
    },
  }
  const isFirst: Scalar = { node: { tag: 'call', fn: 'eq', args: [column(position.id, type), ONE] }, type: TRUE.type }
  return { ...input, rel: { tag: 'filter', input: localWindows(p.fresh, input.rel, [position]), predicate: isFirst } }
}
