/**
 * UNION, INTERSECT and EXCEPT as text.
 *
 * A chain of the same operation is printed without brackets, which would be levels that engines have few of. Each side is one SELECT.
 * A block that is nothing but a set operation, sorted and limited at most, is printed without a SELECT of its own; its order is then
 * by position.
 */
import { isColumn } from '../../plan/conditions.js'
import type { Operand, Rel, Scalar } from '../../plan/Rel.js'
import { type Block, wrap } from '../Block.js'
import { hidesGroup, needsGroupColumns, selectsDistinct } from '../blockRules.js'
import { type Fragment, sql } from '../Fragment.js'
import { openBlock } from '../openBlock.js'
import type { Env, Printer, Use } from './Printer.js'
import { isReadUnchanged, selectBlock } from './selectBlock.js'
import { explicitNulls } from './sortKeys.js'

/** A set operation. */
export type SetRel = Rel & { readonly tag: 'set' }

const WORDS = { unionAll: 'UNION ALL', union: 'UNION', intersect: 'INTERSECT', except: 'EXCEPT' } as const

/** A set operation whose columns have these labels. */
export const compound = (env: Env, rel: SetRel, labels: readonly string[]): Fragment => {
  const same = sameOperation(rel.left, rel)
  const left = same === null ? operand(env, rel.left, labels, 'operand') : compound(env, same, labels)
  // all but except are associative
  const alike = rel.operator === 'except' ? null : sameOperation(rel.right, rel)
  const right = alike === null ? operand(env, rel.right, labels, 'operand') : compound(env, alike, labels)
  return sql`${left} ${WORDS[rel.operator]} ${right}`
}

/** An operand's operand, when it is the same operation with nothing between: `a UNION b UNION c` needs no brackets. */
const sameOperation = (operand: Operand, rel: SetRel): SetRel | null => {
  const inner = operand.rel
  if (inner.tag !== 'set' || inner.operator !== rel.operator) return null
  const straight =
    operand.columns.length === inner.columns.length &&
    operand.columns.every((s, i) => s.node.tag === 'column' && s.node.id === inner.columns[i]?.id)
  return straight ? inner : null
}

/** One side of a set operation or recursion. */
export const operand = (env: Env, { rel, columns }: Operand, labels: readonly string[], use: Use): Fragment => {
  const { dialect } = env.printer
  const opened = openBlock(rel, dialect)
  const closed =
    opened.limited ||
    // without columns, a group would be selected as its number of rows
    (opened.group?.length === 0 && columns.length === 0) ||
    hidesGroup(opened, columns) ||
    needsGroupColumns(opened, columns, dialect) ||
    (opened.distinct !== null && !selectsDistinct(opened, columns))
  return selectBlock(env, closed ? wrap(opened, rel) : opened, { outputs: columns, labels, use })
}

/** The set operation that a block is, where it is only sorted and limited, and its columns are selected unchanged. */
export const bareSet = ({ dialect }: Printer, b: Block, outputs: readonly Scalar[], use: Use): SetRel | null => {
  const from = b.sources[0]?.from
  const plain = b.sources.length === 1 && b.group === null && b.distinct === null && b.where.length === 0
  if (!plain || from?.tag !== 'set') return null
  const { columns } = from.rel
  const straight = outputs.length === columns.length && outputs.every((s, i) => isColumn(s, columns[i]?.id))
  const sorts = b.order.every(
    k => columns.some(c => isColumn(k.scalar, c.id)) && (dialect.nulls.clause || explicitNulls(dialect.nulls, k) === null),
  )
  return straight && sorts && (use !== 'result' || columns.every(c => isReadUnchanged(dialect, c.type.sql))) ? from.rel : null
}
