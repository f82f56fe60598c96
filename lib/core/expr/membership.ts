/**
 * Membership in a list of values: `inList` and `notIn`, which `Expr` exports.
 *
 * `inList(e, [v, ...])` denotes `or(eq(e, v), ...)`. The callback of a query that is evaluated for each row passes the same list each time: its
 * converted values are cached as long as the list is unchanged, so that a long list is converted once, not once per row.
 */

import { aligned, argument, BOOLEAN, call, callProblem, literalOf, node, operand, refused } from '../syntax/operand.js'
import { type AnyExpr, type Expr, exprType, invalid, type Pred } from '../syntax/Syntax.js'
import { validationError } from '../value/DbError.js'
import { isNumber, type SqlType, widen } from '../value/SqlType.js'

/** A list, converted for expressions of one type. */
interface Members {
  readonly sql: SqlType
  readonly codec: unknown
  /** A copy of the values, to detect changes. */
  readonly values: readonly unknown[]
  readonly members: readonly AnyExpr[]
  /** A member with the widest type. */
  readonly widest: AnyExpr
}

const known = new WeakMap<readonly unknown[], Members>()

/** Shorter lists are not cached. */
const LONG = 16

const isPlain = (value: unknown): boolean => value !== null && typeof value !== 'object'

const isSame = (m: Members, { type }: AnyExpr, values: readonly unknown[]): boolean =>
  m.sql === type.sql &&
  m.codec === type.refine &&
  m.values.length === values.length &&
  m.values.every((value, i) => Object.is(value, values[i]))

const widestOf = (members: readonly AnyExpr[]): AnyExpr => {
  const [first, ...more] = members as [AnyExpr, ...AnyExpr[]]
  if (!isNumber(first.type.sql)) return first
  const sql = more.reduce((so, m) => (so === m.type.sql ? so : widen(so, m.type.sql)), first.type.sql)
  return members.find(m => m.type.sql.tag === sql.tag) ?? first
}

/** Whether the value is in a list without nulls. `inList(e, [])` is false. */
export const inList = <A>(given: Expr<A>, values: readonly NonNullable<NoInfer<A>>[]): Pred => {
  const e = argument(given)
  if (!Array.isArray(values)) return invalid(validationError(['inList'], 'expected an array of values'), exprType(BOOLEAN))
  if (values.length === 0) return literalOf(exprType(BOOLEAN), false)
  const before = known.get(values)
  if (before !== undefined && e.node.tag !== 'invalid' && isSame(before, e, values)) {
    const [first, widest] = aligned([e, before.widest]) as [AnyExpr, AnyExpr]
    return node({ tag: 'in', operand: first, list: before.members }, exprType(BOOLEAN, e.type.nullable), [first, widest])
  }
  const all = aligned([e, ...values.map(v => operand(e.type, v))])
  const isRight = refused(all) === undefined
  const problem = isRight ? callProblem('eq', all, 'inList') : null
  if (problem !== null) return invalid(problem, exprType(BOOLEAN))
  const [first, ...members] = all as [AnyExpr, ...AnyExpr[]]
  const arePlain = isRight && values.length >= LONG && values.every(isPlain)
  if (arePlain) known.set(values, { sql: e.type.sql, codec: e.type.refine, values: [...values], members, widest: widestOf(members) })
  return node({ tag: 'in', operand: first, list: members }, exprType(BOOLEAN, e.type.nullable), arePlain ? [first] : all)
}

/** `not(inList(e, values))`; `notIn(e, [])` is true. */
export const notIn = <A>(e: Expr<A>, values: readonly NonNullable<NoInfer<A>>[]): Pred => call('not', [inList(e, values)])
