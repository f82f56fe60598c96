/**
 * Aggregates, with and without grouping sets.
 *
 * Keys and aggregates become columns of an `aggregate` relation. An aggregate that no engine shares (`arrayAggregates`) is planned
 * as the array of its values, and computed from that array above the aggregation. Arguments that mention outer columns only
 * are moved below it (`decorrelate`).
 *
 * Grouping sets are planned natively where the engine supports them, and as a union of aggregations elsewhere (`expanded`). A key
 * comes with a column that is null in the groups that are not made by it.
 */
import { expanded, keyedBy, setsIn, totalled } from '../../core/query/groupingSets.js'
import { asAggregates, asGrouping } from '../../core/syntax/guards.js'
import type { AggCall, AggFn, AnyAgg, QueryNode, RowShape } from '../../core/syntax/Syntax.js'
import { aggregateType, isGrouped, rowOf, scopeOf, scopeOrNothing } from '../../core/syntax/scope.js'
import { refuse } from '../../core/value/DbError.js'
import { fromValueArray, isArrayAggregate, valueArray } from '../arrayAggregates.js'
import { outputName, TRUE } from '../build.js'
import { localAggregates } from '../decorrelate.js'
import type { AggColumn, AggScalar, Computed, Named, Rel } from '../Rel.js'
import type { Built, Planning } from './Planning.js'
import { ref, sortKey } from './planRow.js'

/** The call of an aggregate, planned. */
export const planAggCall = (p: Planning, call: AggCall): AggScalar => ({
  fn: call.fn as AggFn,
  arg: call.arg === null ? null : p.scalar(call.arg),
  distinct: call.distinct,
  separator: call.separator,
  filter: call.filter === null ? null : p.scalar(call.filter),
  order: call.order.map(o => sortKey(p, o)),
})

/** Plans grouping sets over a query. */
export const planGroupingSets = (p: Planning, node: Extract<QueryNode, { readonly tag: 'groupingSets' }>): Built => {
  const row = rowOf(node.input)
  const portable = (): Built => p.build(expanded(node, scopeOrNothing(row)))
  if (!p.forms.groupingSets || row === null) return portable()
  const { grouping, sets } = setsIn(node, scopeOf(row))
  const used = Object.keys(grouping.by).filter(name => sets.some(set => set.includes(name)))
  if (used.length === 0) return portable()
  const made = planAggregate(p, p.build(node.input), s => keyedBy(asGrouping(node.f(s)), used), sets)
  const keys = Object.fromEntries(Object.entries(grouping.by).map(([name, e]) => [name, totalled(e)]))
  return { ...made, row: { ...keys, ...(made.row as object) } }
}

/** Plans an aggregation of a query; `sets` are the names of the keys of each grouping set, null where all keys group. */
export const planAggregate = (
  p: Planning,
  input: Built,
  f: (s: any) => { readonly [name: string]: AnyAgg },
  sets: readonly (readonly string[])[] | null = null,
): Built => {
  const keys: Computed[] = []
  const aggs: AggColumn[] = []
  const present: Named[] = []
  const fromArrays: Computed[] = []
  const fields: (readonly [string, RowShape])[] = []
  const found = asAggregates(f(scopeOrNothing(input.row)))
  const grouped = sets === null ? isGrouped(found) : sets.every(set => set.length > 0)
  for (const [name, agg] of Object.entries(found)) {
    const id = p.fresh()
    const type = aggregateType(agg, grouped)
    if (agg.node.tag === 'invalid') return refuse(agg.node.error)
    if (agg.node.tag === 'key') keys.push({ id, name, scalar: p.scalar(agg.node.expr) })
    else if (isArrayAggregate(agg.node)) {
      const { call, type: arrayType } = valueArray(agg.node)
      const array = p.fresh()
      aggs.push({ id: array, name, type: arrayType, agg: planAggCall(p, call) })
      fromArrays.push({ id, name, scalar: p.scalar(fromValueArray(agg.node, ref(p, array, arrayType), type)) })
    } else aggs.push({ id, name, type, agg: planAggCall(p, agg.node) })
    if (sets !== null && agg.node.tag === 'key') {
      const presence = { id: p.fresh(), name: outputName([name, '?']), type: TRUE.type }
      present.push(presence)
      fields.push([name, { kind: 'maybe', present: ref(p, presence.id, presence.type), row: ref(p, id, { ...type, nullable: true }) }])
    } else fields.push([name, ref(p, id, type)])
  }
  const local = localAggregates(p.fresh, input.rel, aggs)
  const ids = sets?.map(set => keys.filter(k => set.includes(k.name)).map(k => k.id))
  const rel: Rel = {
    tag: 'aggregate',
    input: local.rel,
    keys,
    aggs: local.aggs,
    sets: ids === undefined ? null : { keys: ids, present },
  }
  const whole: Rel = fromArrays.length === 0 ? rel : { tag: 'derive', input: rel, columns: fromArrays }
  return { rel: whole, row: Object.fromEntries(fields), order: [] }
}
