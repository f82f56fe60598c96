/**
 * Set operations: union, union all, intersect, except.
 *
 * Both sides are read column by column, in the order and with the field names of the left one; `unite` refuses sides that do not fit.
 * A side that is `zero` has no columns to compare, so the operation is simplified instead.
 */
import type { QueryNode } from '../../core/syntax/Syntax.js'
import { unite } from '../../core/syntax/scope.js'
import { outputName, withLeaves } from '../build.js'
import type { Rel } from '../Rel.js'
import { type Built, EMPTY, type Planning } from './Planning.js'
import { computed, ref } from './planRow.js'

/** Plans a set operation. */
export const planSet = (p: Planning, node: Extract<QueryNode, { readonly tag: 'set' }>): Built => {
  const [left, right] = [p.build(node.left), p.build(node.right)]
  if (left.row === null || right.row === null) {
    if (node.operator === 'intersect' || (node.operator === 'except' && left.row === null)) return EMPTY
    const kept = left.row === null ? right : left
    if (node.operator === 'unionAll' || kept.row === null) return { ...kept, order: [] }
    const made = computed(p, kept.row, node.operator)
    return { rel: { tag: 'distinct', input: kept.rel, columns: made.columns }, row: made.row, order: [] }
  }
  const united = unite(node.operator, left.row, right.row)
  const columns = united.map(c => ({ id: p.fresh(), name: outputName(c.path), type: c.type }))
  const row = withLeaves(
    left.row,
    columns.map(c => ref(p, c.id, c.type)),
  )
  const operand = (rel: Rel, side: 'left' | 'right') => ({ rel, columns: united.map(c => p.scalar(c[side])) })
  return {
    rel: { tag: 'set', operator: node.operator, left: operand(left.rel, 'left'), right: operand(right.rel, 'right'), columns },
    row,
    order: [],
  }
}
