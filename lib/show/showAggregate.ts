/**
 * Aggregates, window functions and sort keys as TypeScript: a part of `show`.
 *
 * Each denotes the call that makes it: `Agg.sum(a.n)`, with `Agg.filter` and `Window.over` after it in a `pipe`, `Window.rank({ orderBy: [...] })`,
 * `nullsFirst(asc(a.n))`. Options are shown only where they differ from the defaults.
 *
 * Law: the text, evaluated with the names in scope, makes an aggregate or window function that prints the same SQL.
 */
import type { AnyAgg, AnyWin, Order, WindowCall } from '../core/syntax/Syntax.js'
import { type Doc, text } from './pretty.js'
import { because, call, exprDoc, list } from './showExpr.js'
import type { Context } from './showScope.js'
import { recordDoc, valueDoc } from './showValue.js'

/** A sort key as the call that makes it. */
export const orderDoc = ({ expr, direction, nulls }: Order, context: Context): Doc => {
  const key = call(direction, exprDoc(expr, context))
  return nulls === null ? key : call(nulls === 'first' ? 'nullsFirst' : 'nullsLast', key)
}

const orders = (given: readonly Order[], context: Context): readonly (readonly [string, Doc])[] =>
  given.length === 0 ? [] : [['orderBy', list(given.map(o => orderDoc(o, context)))]]

const aggCall = (node: Extract<AnyAgg['node'], { readonly tag: 'agg' }>, context: Context): Doc => {
  const name = node.fn === 'count' && node.distinct ? 'countDistinct' : node.fn
  if (node.arg === null) return text('Agg.countAll')
  if (node.fn === 'percentileCont') return call('Agg.percentileCont', exprDoc(node.arg, context), valueDoc(node.fraction))
  const different = node.fn === 'stringAgg' && node.distinct ? [recordDoc([['distinct', text('true')]])] : []
  const options = [...different, ...orders(node.order, context).map(o => recordDoc([o]))]
  const separator = node.fn === 'stringAgg' ? [valueDoc(node.separator)] : []
  return call(`Agg.${name}`, exprDoc(node.arg, context), ...separator, ...options)
}

/** An aggregate as the call that makes it. */
export const aggDoc = ({ node }: AnyAgg, context: Context): Doc => {
  if (node.tag === 'invalid') return because(node.error.message)
  if (node.tag === 'key') return call('Agg.key', exprDoc(node.expr, context))
  const made = aggCall(node, context)
  return node.filter === null ? made : call('pipe', made, call('Agg.filter', exprDoc(node.filter, context)))
}

const windowOptions = ({ partition, order: by, frame }: WindowCall, context: Context, more: readonly (readonly [string, Doc])[]): Doc =>
  recordDoc([
    ...(partition.length === 0 ? [] : [['partitionBy', list(partition.map(p => exprDoc(p, context)))] as const]),
    ...orders(by, context),
    ...more,
    ...(frame === null
      ? []
      : [['rows', valueDoc(Object.fromEntries(Object.entries(frame).filter(([, distance]) => distance !== null)))] as const]),
  ])

/** A window function as the call that makes it. */
export const winDoc = ({ node }: AnyWin, context: Context): Doc => {
  if (node.tag === 'invalid') return because(node.error.message)
  const { of } = node
  if (of.tag === 'agg')
    return call(
      'pipe',
      aggDoc({ kind: 'agg', node: of, type: { sql: { tag: 'int' }, nullable: true, refine: null } }, context),
      call('Window.over', windowOptions(node, context, [])),
    )
  const count = of.count === null ? null : valueDoc(of.count)
  const apart = of.fn === 'lag' || of.fn === 'lead'
  const options = windowOptions(node, context, apart && count !== null && of.count !== 1 ? [['by', count]] : [])
  return call(
    `Window.${of.fn}`,
    ...(of.arg === null ? [] : [exprDoc(of.arg, context)]),
    ...(apart || count === null ? [] : [count]),
    options,
  )
}
