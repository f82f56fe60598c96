/**
 * Checks of expressions: refuses the parts that can't be evaluated.
 *
 * These are invalid expressions, raw SQL, tables that do not exist in sub-queries, and orders by types without a lawful order. Each
 * expression is checked once. The names of parameters are collected; `validateQuery` checks the values that are given for them.
 */
import { asExpr } from '../core/syntax/guards.js'
import type { AggCall, AnyExpr, AnyQuery, Order, RowShape } from '../core/syntax/Syntax.js'
import { comparable, singleColumn } from '../core/syntax/scope.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { COMPARABLE, typeProblem } from '../core/value/typeSets.js'
import type { Database } from './Database.js'

/** What the checks of one query or command share. */
export interface Checks {
  readonly db: Database
  /** The expressions checked so far. */
  readonly seen: Set<AnyExpr>
  /** The names of the parameters found so far. */
  readonly params: Set<string>
  /** Checks a sub-query. */
  readonly query: (q: AnyQuery) => void
}

/** Checks an expression and everything in it. */
export const checkExpr = (c: Checks, e: AnyExpr): void => {
  if (c.seen.has(asExpr(e))) return
  c.seen.add(e)
  const n = e.node
  switch (n.tag) {
    case 'invalid':
      refuse(n.error)
      break
    case 'raw':
      checkExprs(c, n.args)
      refuse(unsupported('raw SQL', 'memory'))
      break
    case 'call':
      checkExprs(c, n.args)
      break
    case 'case':
      checkExprs(c, [...n.branches.flat(), n.otherwise])
      break
    case 'in':
      checkExprs(c, [n.operand, ...n.list])
      break
    case 'cast':
      checkExpr(c, n.operand)
      break
    case 'exists':
    case 'scalar':
      c.query(n.query)
      break
    case 'inQuery':
      if (singleColumn(n.query) === null) break
      checkExpr(c, n.operand)
      c.query(n.query)
      break
    case 'param':
      c.params.add(n.name)
      break
    case 'literal':
    case 'ref':
  }
}

/** Checks several expressions. */
export const checkExprs = (c: Checks, es: Iterable<AnyExpr>): void => {
  for (const e of es) checkExpr(c, e)
}

/** Checks sort keys. */
export const checkOrder = (c: Checks, keys: readonly Order[]): void => {
  for (const { expr: e } of keys) {
    checkExpr(c, e)
    const problem = typeProblem('orderBy', COMPARABLE, e.type.sql)
    if (problem !== null) refuse(problem)
  }
}

/** Checks the columns of a row that the step `what` compares as a whole. */
export const checkComparable = (c: Checks, row: RowShape, what: string): void =>
  checkExprs(
    c,
    comparable(row, what).map(([, e]) => e),
  )

/** Checks the call of an aggregate. */
export const checkAggCall = (c: Checks, call: AggCall): void => {
  if (call.arg !== null) checkExpr(c, call.arg)
  if (call.filter !== null) checkExpr(c, call.filter)
  checkOrder(c, call.order)
}
