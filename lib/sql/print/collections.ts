/**
 * Queries as one JSON array of arrays: nested collections, and derived tables on engines without LATERAL.
 *
 * `arrayOf` prints the rows of a block in an order. What the dialect's array aggregate can't take (groups, windows, DISTINCT, a limit)
 * goes into a derived table first. An engine whose derived tables see no outer columns can't do that for a correlated query: what
 * then remains is refused with `Unsupported`.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import { isLiteral } from '../../plan/conditions.js'
import type { Operand, Plan, Scalar, SortKey } from '../../plan/Rel.js'
import { sameOrder } from '../../plan/sameScalar.js'
import { type Block, type Def, deciding, over, wrap } from '../Block.js'
import { hidesGroup, ordersSelected, selectsDistinct } from '../blockRules.js'
import type { Dialect } from '../Dialect.js'
import { type Fragment, join, text } from '../Fragment.js'
import { openBlock } from '../openBlock.js'
import { isOuter, withOwnColumn } from '../outerReferences.js'
import { clausesOf, conjunctsOf, rowCount } from './clauses.js'
import { cell, fragment } from './operands.js'
import { type Derived, type Env, inBlock, type LateralArray } from './Printer.js'
import { sortKey } from './sortKeys.js'

/** A nested collection. */
export const collection = (env: Env, plan: Plan): Fragment => {
  const { dialect } = env.printer
  const { rel } = plan
  const outputs = plan.outputs.map(o => o.scalar)
  // one row is in every order
  const order = rel.tag === 'limit' && rel.count !== null && isLiteral(rel.count, 1n) ? [] : plan.order
  const opened = openBlock(rel, dialect)
  return arrayOf(env, isCollectable(dialect, opened, outputs, order) ? opened : wrap(opened, rel), outputs, order)
}

/** Whether the dialect makes an array of a block without a derived table. */
const isCollectable = ({ inCollection }: Dialect, b: Block, outputs: readonly Scalar[], order: readonly SortKey[]): boolean => {
  const { limit, distinct } = inCollection
  const free = b.distinct === null || (distinct && selectsDistinct(b, outputs) && ordersSelected(b, order))
  return b.group === null && !b.windowed && free && (!b.limited || (limit && (order.length === 0 || sameOrder(order, b.order))))
}

/** The rows of a block, in an order, as one JSON array of arrays. */
const arrayOf = (env: Env, b: Block, outputs: readonly Scalar[], order: readonly SortKey[]): Fragment => {
  const { dialect, alias } = env.printer
  // an aggregate of outer columns only would belong to the outer query; a derived table, as elsewhere, could not see them
  const keys = b.limited ? b.order : order
  const { block, own } = dialect.anchorToOuterRow !== null && isOuter(b, outputs, keys) ? withOwnColumn(b) : { block: b, own: null }
  const within = inBlock(block, { ...env, inAggregate: true })
  const clauses = clausesOf(within, block, [...outputs, ...keys.map(k => k.scalar), ...(own === null ? [] : [own])])
  return dialect.collection({
    cells: outputs.map(s => cell(within, s)),
    own: own && fragment(within, own),
    body: clauses,
    order: deciding(keys, b).map(k => sortKey(within, k)),
    distinct: b.distinct !== null,
    count: rowCount(within, b.count),
    offset: rowCount(within, b.offset),
    alias: hint => dialect.quote(alias(hint)),
  })
}

/** The columns of a source, and then others that it needs, as one JSON array of arrays. */
export const sourceArray = (env: Env, from: Derived, ids: readonly number[], lateral: LateralArray): Fragment => {
  const { dialect } = env.printer
  if (from.tag === 'cte') return refuseDependent(dialect)
  if (from.tag === 'set') {
    if (from.rel.operator !== 'unionAll') return refuseDependent(dialect)
    const side = ({ rel, columns }: Operand): Fragment => {
      const opened = openBlock(rel, dialect)
      const cells = ids.map(id => columns[from.rel.columns.findIndex(c => c.id === id)] as Scalar)
      return arrayOf(env, isCollectable(dialect, opened, cells, []) ? opened : wrap(opened, rel), cells, [])
    }
    return lateral.concat(side(from.rel.left), side(from.rel.right))
  }
  const { block } = from
  const bound = [...ids, ...(block.distinct ?? []).filter(id => !ids.includes(id))]
  const outputs = bound.map((id): Scalar => ({ node: { tag: 'column', id }, type: (block.defs.get(id) as Def).type }))
  if (isCollectable(dialect, block, outputs, block.order)) return arrayOf(env, block, outputs, block.order)
  if (block.windowed) {
    const whole = over({ tag: 'block', block, free: from.free }, 'windowed', block.defs)
    return dialect.correlatedDerived ? arrayOf(env, whole, outputs, []) : refuseDependent(dialect)
  }
  if (block.group === null || block.group.length > 0 || block.distinct !== null || block.limited) return refuseDependent(dialect)
  return oneGroup(env, block, outputs, lateral)
}

/** The one row of aggregates without keys. */
const oneGroup = (env: Env, block: Block, outputs: readonly Scalar[], lateral: LateralArray): Fragment => {
  const within = inBlock(block, env)
  const { having } = block
  const clauses = clausesOf(within, { ...block, having: [] }, [...outputs, ...having])
  const cells = outputs.map(s => cell(within, s))
  // one more cell that nothing reads, where no other is an aggregate
  const counted = cells.length === 0 || hidesGroup(block, outputs)
  const conditions = conjunctsOf(within, having)
  return lateral.single(counted ? [...cells, text('count(*)')] : cells, clauses, having.length === 0 ? null : join(conditions, ' AND '))
}

const refuseDependent = (dialect: Dialect): never =>
  refuse(
    unsupported(
      'a dependent sub-query with groups, windows, a set operation or a recursion',
      dialect.name,
      'make it independent and join it on its key',
    ),
  )
