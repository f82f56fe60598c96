/**
 * Decorrelation of the arguments of aggregates and window functions.
 *
 * SQL takes an aggregate whose argument mentions outer columns only for one of the enclosing query, and engines refuse outer columns in a
 * partition or an order. Such scalars are computed by a `derive` below, and the argument becomes a column of that relation.
 */

import { TRUE } from './build.js'
import { column } from './conditions.js'
import { freeIn, isForeignTo, madeIn } from './ids.js'
import type { AggColumn, Computed, Rel, Scalar, WindowColumn } from './Rel.js'

/** Returns a column id that is not used yet. */
type Fresh = () => number

/**
 * Makes aggregates belong to their own query. SQL takes an aggregate whose argument and filter mention outer columns only for one of
 * the outer query, MariaDB whatever its order mentions; so these are computed in a derived table.
 */
export const localAggregates = (
  fresh: Fresh,
  rel: Rel,
  aggs: readonly AggColumn[],
): { readonly rel: Rel; readonly aggs: readonly AggColumn[] } => {
  const moved: Computed[] = []
  const move = (s: Scalar): Scalar => {
    const id = fresh()
    moved.push({ id, name: 'value', scalar: s })
    return column(id, s.type)
  }
  const own = aggs.map(a => {
    const { arg, filter, order } = a.agg
    const parts = [arg, filter].flatMap(s => (s === null ? [] : [s]))
    const keys = order.map(k => k.scalar)
    if (!isForeignTo(rel, parts, keys)) return a
    const agg = {
      ...a.agg,
      arg: arg && move(arg),
      filter: filter && move(filter),
      order: order.map(k => ({ ...k, scalar: move(k.scalar) })),
    }
    return { ...a, agg }
  })
  return moved.length === 0 ? { rel, aggs } : { rel: { tag: 'derive', input: rel, columns: moved }, aggs: own }
}

/**
 * Window functions over a relation, without outer columns in a partition or an order, which MySQL 9.7 refuses. A scalar that mentions
 * only outer columns is the same in all rows and dropped; one that mentions others too is computed in a derived table.
 */
export const localWindows = (fresh: Fresh, input: Rel, columns: readonly WindowColumn[]): Rel => {
  const own = madeIn(input)
  const moved: Computed[] = []
  const local = (s: Scalar): Scalar => {
    const mentioned = [...freeIn([s])]
    if (mentioned.every(id => own.has(id))) return s
    if (!mentioned.some(id => own.has(id))) return TRUE
    const id = fresh()
    moved.push({ id, name: 'value', scalar: s })
    return column(id, s.type)
  }
  const localized = columns.map(({ window, ...c }) => ({
    ...c,
    window: { ...window, partition: window.partition.map(local), order: window.order.map(k => ({ ...k, scalar: local(k.scalar) })) },
  }))
  const rel: Rel = moved.length === 0 ? input : { tag: 'derive', input, columns: moved }
  return { tag: 'window', input: rel, columns: localized }
}
