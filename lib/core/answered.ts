/**
 * What a caller's function answered: checked, for callers whom no compiler has checked.
 *
 * The combinators' types say what a function may answer. An untyped caller can answer anything; then
 * what is refused should say which function it was and what came, and not that some property of
 * undefined could not be read. Each check here gives the value back or refuses it.
 */
import { kindOf } from './Canonical.js'
import { refuse, validationError } from './DbError.js'
import type { AnyAgg, AnyExpr, AnyQuery, Order } from './Syntax.js'

const isKind = (x: unknown, kind: 'expr' | 'query' | 'agg'): boolean =>
  typeof x === 'object' && x !== null && (x as { kind?: unknown }).kind === kind && typeof (x as { node?: unknown }).node === 'object'

const wrong = (what: string, expected: string, x: unknown): never => {
  const got =
    x === undefined ? 'undefined (is there such a column?)' : isKind(x, 'query') ? 'a query' : isKind(x, 'agg') ? 'an aggregate' : kindOf(x)
  return refuse(validationError([what], `expected ${expected}, got ${got}`))
}

export const isExpr = (x: unknown): x is AnyExpr => isKind(x, 'expr')

const isQuery = (x: unknown): x is AnyQuery => isKind(x, 'query')

export const asExpr = (x: unknown, what = 'an expression'): AnyExpr => (isExpr(x) ? x : wrong(what, 'an expression', x))

/** A condition: an expression of booleans, null included. */
export const asCondition = (x: unknown, what: string): AnyExpr => {
  const e = asExpr(x, what)
  if (e.node.tag === 'invalid' || e.type.sql.tag === 'boolean') return e
  return refuse(validationError([what], `expected a condition, got an expression of ${e.type.sql.tag}`))
}

export const asQuery = (x: unknown, what = 'a query'): AnyQuery => (isQuery(x) ? x : wrong(what, 'a query', x))

export const asOrders = (x: unknown): readonly Order[] => {
  if (!Array.isArray(x)) return wrong('orderBy', 'a list of asc(...) and desc(...)', x)
  for (const key of x) {
    if (typeof key !== 'object' || key === null || !('direction' in key)) return wrong('orderBy', 'asc(...) or desc(...)', key)
    asExpr((key as Order).expr, 'orderBy')
  }
  return x
}

export const asAggregates = (x: unknown): { readonly [name: string]: AnyAgg } => {
  if (typeof x !== 'object' || x === null || 'kind' in x) return wrong('aggregate', 'a record of aggregates', x)
  for (const [name, agg] of Object.entries(x)) if (!isKind(agg, 'agg')) return wrong(`aggregate.${name}`, 'an aggregate, or key(...)', agg)
  return x as { readonly [name: string]: AnyAgg }
}
