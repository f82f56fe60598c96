/**
 * WITH queries and recursions.
 *
 * Both become a `Definition`, which a plan refers to by its key; each use has columns with ids of its own. A WITH query is planned
 * once and shared by all its uses, with its order as additional columns. It is planned in place where it can't be shared: where it
 * mentions outer columns, or its rows contain nested collections.
 */
import type { AnyExpr, AnyQuery, ExprType, QueryNode, RowShape } from '../../core/syntax/Syntax.js'
import { comparable, joinable, leaves, recursiveRow, scopeOf, unite } from '../../core/syntax/scope.js'
import { join, outputName, withLeaves } from '../build.js'
import { freeIn } from '../ids.js'
import type { Definition, Named, Rel } from '../Rel.js'
import type { Built, Planning } from './Planning.js'
import { computed, ref } from './planRow.js'

/** One use of a definition: its rows under new ids. */
const useOf = (
  p: Planning,
  definition: Definition,
  columns: readonly { readonly name: string; readonly type: ExprType }[],
  shape: RowShape,
) => {
  const own = columns.map(({ name, type }): Named => ({ id: p.fresh(), name, type }))
  const refs = own.map(c => ref(p, c.id, c.type))
  const rel: Rel = { tag: 'cte', definition, columns: own }
  return { rel, row: withLeaves(shape, refs), refs }
}

/** Plans a WITH query, or one more use of one that is planned already. */
export const planCte = (p: Planning, q: AnyQuery, { name, materialized, input }: Extract<QueryNode, { readonly tag: 'cte' }>): Built => {
  const known = p.withQueries.get(q)
  if (known !== undefined) return known()
  const made = p.build(input)
  if (made.row !== null) joinable(made.row, 'a cte')
  if (made.row === null || leaves(made.row).some(([, leaf]) => leaf.kind === 'nested')) return made
  const { row, order } = made
  const columns = [
    ...leaves(row).map(([path, leaf]) => ({ name: outputName(path), type: leaf.type, scalar: p.scalar(leaf as AnyExpr) })),
    ...order.map(o => ({ name: 'sort', type: o.expr.type, scalar: p.scalar(o.expr) })),
  ]
  const first = { rel: made.rel, columns: columns.map(c => c.scalar) }
  const definition: Definition = { key: p.fresh(), name, materialized, first, step: null }
  if (freeIn({ tag: 'cte', definition, columns: [] }).size > 0) return made
  const use = (): Built => {
    const { rel, row: own, refs } = useOf(p, definition, columns, row)
    return { rel, row: own, order: order.map((o, i) => ({ ...o, expr: refs[refs.length - order.length + i] as AnyExpr })) }
  }
  p.withQueries.set(q, use)
  return use()
}

/** Plans a recursion that starts with the rows of `input`. */
export const planRecursive = (p: Planning, node: Extract<QueryNode, { readonly tag: 'recursive' }>, input: Built, row: RowShape): Built => {
  const shape = recursiveRow(row, node.f)
  const columns = leaves(shape).map(([path, leaf]) => ({ name: outputName(path), type: leaf.type }))
  const key = p.fresh()
  const self = columns.map(({ name, type }): Named => ({ id: p.fresh(), name, type }))
  const selfRow = withLeaves(
    shape,
    self.map(c => ref(p, c.id, c.type)),
  )
  const next = p.build(node.f(scopeOf(selfRow)))
  const first = { rel: input.rel, columns: comparable(row, 'recursive').map(([, e]) => p.scalar(e)) }
  const step = next.row && {
    rel: join('inner', { tag: 'self', key, columns: self }, next.rel, null),
    columns: unite('recursive', selfRow, next.row).map(c => p.scalar(c.right)),
    distinct: node.distinct,
  }
  if (step === null && node.distinct) {
    const made = computed(p, row, 'closure')
    return { rel: { tag: 'distinct', input: input.rel, columns: made.columns }, row: made.row, order: [] }
  }
  const made = useOf(p, { key, name: 'following', materialized: null, first, step }, columns, shape)
  return { rel: made.rel, row: made.row, order: [] }
}
