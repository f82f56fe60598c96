/**
 * `p and true` becomes `p`, `p or true` becomes `true`, `not true` becomes `false`, in the condition of a filter or join.
 *
 * The logic is three-valued: `p and false` is false also where p is null. A literal null stays, except as the whole condition of a
 * filter, where it is the same as false. Only conditions that select rows are folded: the columns that an argument of an aggregate
 * mentions decide which query the aggregate belongs to.
 *
 * `exists` and `in` over a query without rows are false: MySQL 9.7 refuses a DELETE with such a query over its own table.
 */
import { FUNCTIONS } from '../../core/expr/functions.js'
import { boolean, isLiteral } from '../conditions.js'
import type { Rel, Scalar } from '../Rel.js'
import { mapScalar } from '../walk.js'
import type { Rewrite } from './Rewrite.js'

/** Whether the constants of a condition make it false or null in every row. */
const isNever = (s: Scalar): boolean => {
  if (isLiteral(s, false) || isLiteral(s, null)) return true
  const n = s.node
  if (n.tag !== 'call') return false
  if (n.fn === 'and') return n.args.some(isNever)
  if (n.fn === 'or') return n.args.every(isNever)
  const { gives, nulls } = FUNCTIONS[n.fn]
  return nulls === 'strict' && gives([]).tag === 'boolean' && n.args.some(a => isLiteral(a, null))
}

/** Whether a relation has no rows because a condition is never true. */
const isEmpty = (rel: Rel): boolean => {
  switch (rel.tag) {
    case 'empty':
      return true
    case 'filter':
      return isNever(rel.predicate) || isEmpty(rel.input)
    case 'join':
      return isEmpty(rel.left) || (rel.kind === 'inner' && isEmpty(rel.right))
    case 'derive':
    case 'distinct':
    case 'limit':
    case 'window':
      return isEmpty(rel.input)
    default:
      return false
  }
}

/** The condition of a filter with its constants folded; null selects no rows and becomes false. */
export const foldFilter = (s: Scalar): Scalar => {
  const folded = fold(s)
  return isNever(folded) && !isLiteral(folded, false) ? boolean(false) : folded
}

/** A condition with its constants folded. */
const fold = (s: Scalar): Scalar => {
  const folded = mapScalar(s, { scalar: fold, plan: p => p })
  const n = folded.node
  if ((n.tag === 'exists' || n.tag === 'inQuery') && isEmpty(n.plan.rel)) return boolean(false)
  if (n.tag !== 'call') return folded
  const has = (value: boolean): boolean => n.args.some(a => isLiteral(a, value))
  if (n.fn === 'not') return has(true) ? boolean(false) : has(false) ? boolean(true) : folded
  if (n.fn !== 'and' && n.fn !== 'or') return folded
  const unit = n.fn === 'and'
  if (has(!unit)) return boolean(!unit)
  const args = n.args.filter(a => !isLiteral(a, unit))
  if (args.length === n.args.length) return folded
  const [only] = args
  return args.length > 1 ? { ...folded, node: { ...n, args } } : (only ?? boolean(unit))
}

/** Folds the constants of conditions. */
export const foldConditions: Rewrite = {
  name: 'foldConditions',
  apply: rel => {
    if (rel.tag === 'filter') {
      const predicate = foldFilter(rel.predicate)
      return predicate === rel.predicate ? null : { ...rel, predicate }
    }
    if (rel.tag !== 'join' || rel.on === null) return null
    const on = fold(rel.on)
    return on === rel.on ? null : { ...rel, on: isLiteral(on, true) ? null : on }
  },
}
