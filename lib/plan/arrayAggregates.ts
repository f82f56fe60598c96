/**
 * Aggregates that few engines have, computed from the array of the values of a group.
 *
 * `mode` is the most frequent value, the least of several. `percentileCont` interpolates between the two values nearest to its
 * fraction of the sorted values. The array is made by `arrayAgg`, which every engine has; the rest is queries over its elements.
 */

import { countAll, key } from '../core/expr/Agg.js'
import { AGGREGATES } from '../core/expr/aggregates.js'
import { arrayLength } from '../core/expr/arrays.js'
import { and, asc, desc, eq, isNotNull, minus, plus, times } from '../core/expr/Expr.js'
import { ceil, floor } from '../core/expr/numbers.js'
import { unnest } from '../core/query/unnest.js'
import type { AggCall, AnyExpr, AnyQuery, ArrayAggFn, ExprType } from '../core/syntax/Syntax.js'
import { expr, exprType, query } from '../core/syntax/Syntax.js'

type ByArray = AggCall & { readonly fn: ArrayAggFn }

/** Whether an aggregate is computed from the array of its values. */
export const isArrayAggregate = (call: AggCall): call is ByArray => AGGREGATES[call.fn].byArray

/** The aggregate of the array of the values that are not null, sorted. */
export const valueArray = (call: ByArray): { readonly call: AggCall; readonly type: ExprType } => {
  const arg = call.arg as AnyExpr
  const filter = call.filter === null ? isNotNull(arg) : and(call.filter, isNotNull(arg))
  return {
    call: { ...call, fn: 'arrayAgg', filter, order: [asc(arg)] },
    type: exprType({ tag: 'array', element: arg.type.sql, elementNullable: false }, true),
  }
}

/** The aggregate as an expression over the array of its values. */
export const fromValueArray = (call: ByArray, array: AnyExpr, type: ExprType): AnyExpr =>
  call.fn === 'mode' ? mostFrequent(array, type) : percentile(array, call.fraction)

interface Element {
  readonly position: AnyExpr
  readonly value: AnyExpr
}

/** The value of the first row, as a sub-query. */
const first = (q: AnyQuery, type: ExprType): AnyExpr => expr({ tag: 'scalar', query: q }, { ...type, nullable: true })

const mostFrequent = (array: AnyExpr, type: ExprType): AnyExpr => {
  const groups = query<any, any>({ tag: 'aggregate', input: unnest(array), f: (s: Element) => ({ value: key(s.value), rows: countAll }) })
  const order = (s: { readonly value: AnyExpr; readonly rows: AnyExpr }) => [desc(s.rows), asc(s.value)]
  const sorted = query<any, any>({ tag: 'orderBy', input: groups, f: order })
  return first(query({ tag: 'map', input: sorted, f: (s: Element) => s.value }), type)
}

const percentile = (array: AnyExpr, fraction: number): AnyExpr => {
  const float = exprType({ tag: 'float' })
  const at = times(expr({ tag: 'literal', value: fraction }, float), minus(arrayLength(array), 1)) as AnyExpr
  const elementAt = (position: AnyExpr): AnyExpr => {
    const atPosition = query<any, any>({ tag: 'where', input: unnest(array), f: (s: Element) => eq(s.position, position) })
    return first(query({ tag: 'map', input: atPosition, f: (s: Element) => s.value }), float)
  }
  const [below, above] = [elementAt(plus(floor(at), 1)), elementAt(plus(ceil(at), 1))]
  return plus(below, times(minus(at, floor(at)), minus(above, below)))
}
