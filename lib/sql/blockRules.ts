/**
 * What a block can't take into one SELECT, so that it has to be closed into a derived table first.
 *
 * SQL's own rules: a sub-query can't mention an aggregate or window function of the enclosing query, DISTINCT is ordered only by what
 * it selects, a SELECT is one group only if it selects an aggregate. Rules of single engines are fields of the dialect
 * (`BlockOptions`): where a group key may be repeated, and what may be mixed in one SELECT.
 */

import { isColumn } from '../plan/conditions.js'
import { columnsOf, hasQuery } from '../plan/mentions.js'
import type { Scalar, SortKey } from '../plan/Rel.js'
import { type Block, isConstant } from './Block.js'
import type { Dialect } from './Dialect.js'

/** The fields of a dialect that limit what one block may hold. */
export type BlockOptions = Pick<
  Dialect,
  'computedSetKeys' | 'groupByParameters' | 'groupKeyInExpression' | 'mixedWindows' | 'outerRefInHaving'
>

/** Whether a sub-query would mention an aggregate or window function of its enclosing query: that has to be a column first. */
export const needsGroupColumns = (b: Block, some: readonly Scalar[], options: BlockOptions): boolean =>
  (b.group !== null && some.some(s => hasQuery(s) || (s.node.tag !== 'column' && mentionsKey(b, s, options)))) ||
  (b.windowed && some.some(hasQuery))

/** Whether an expression mentions a group key that is an expression, where the dialect can't repeat that. */
export const mentionsKey = (b: Block, s: Scalar, options: BlockOptions): boolean =>
  !options.groupKeyInExpression &&
  b.group !== null &&
  [...columnsOf(s)].some(id => {
    const def = b.defs.get(id)
    return def?.tag === 'scalar' && isExpression(b, def.scalar)
  })

/** Whether a key is printed as more than the name of a column, as are bytes from JSON, which are digits there. */
const isExpression = (b: Block, key: Scalar): boolean => {
  if (key.node.tag !== 'column') return !isConstant(key)
  const def = b.defs.get(key.node.id)
  return def?.tag === 'column' && def.type.sql.tag === 'bytes' && def.source.tag !== 'table' && def.source.tag !== 'values'
}

/** The same of a key that a derived table computes: MySQL merges the table, and HAVING does not find a key that is not selected. */
export const mentionsComputedKey = (b: Block, s: Scalar, options: BlockOptions): boolean =>
  !options.groupKeyInExpression &&
  [...columnsOf(s)].some(id => {
    const def = b.defs.get(id)
    return def?.tag === 'column' && def.source.tag === 'block' && b.group?.some(g => isColumn(g, id)) === true
  })

/** The same of sort keys: `k IS NULL`, which places the nulls, is another expression. */
export const sortsKey = (b: Block, order: readonly SortKey[], options: BlockOptions): boolean =>
  order.some(k => k.scalar.type.nullable && mentionsKey(b, k.scalar, options))

/** Whether a column is or comes from an aggregate of the block. */
const aggregates = (b: Block, s: Scalar): boolean =>
  [...columnsOf(s)].some(id => {
    const def = b.defs.get(id)
    return def?.tag === 'agg' || (def?.tag === 'scalar' && aggregates(b, def.scalar))
  })

/** Whether a block of one group selects no aggregate: as a SELECT it would have a row for each row. */
export const hidesGroup = (b: Block, outputs: readonly Scalar[]): boolean =>
  b.group?.length === 0 && outputs.length > 0 && !outputs.some(s => aggregates(b, s))

/** Whether a DISTINCT block, if it is one, is ordered only by what it selects. */
export const ordersSelected = (b: Block, order: readonly SortKey[]): boolean =>
  b.distinct === null ||
  order.every(k => {
    if (k.scalar.node.tag !== 'column' || !b.distinct?.includes(k.scalar.node.id)) return false
    const def = b.defs.get(k.scalar.node.id)
    return def?.tag !== 'scalar' || !hasQuery(def.scalar)
  })

/** Whether a DISTINCT block selects exactly its distinct columns. */
export const selectsDistinct = (b: Block, columns: readonly Scalar[]): boolean =>
  b.distinct !== null &&
  columns.length === b.distinct.length &&
  columns.every(s => s.node.tag === 'column' && b.distinct?.includes(s.node.id))
