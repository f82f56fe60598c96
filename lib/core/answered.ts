/**
 * What a caller's function answered: checked, for callers whom no compiler has checked.
 *
 * The combinators' types say what a function may answer. An untyped caller can answer anything; then
 * what is refused should say which function it was and what came, and not that some property of
 * undefined could not be read. Each check here gives the value back or refuses it.
 */
import { kindOf } from './Canonical.js'
import { refuse, validationError } from './DbError.js'
import { type AnyAgg, type AnyExpr, type AnyQuery, type AnyWin, isMade, type Order } from './Syntax.js'

const isKind = (x: unknown, kind: 'expr' | 'query' | 'agg' | 'win' | 'command'): boolean =>
  isMade(x) && (x as { kind?: unknown }).kind === kind

const wrong = (what: string, expected: string, x: unknown): never => {
  const got =
    x === undefined ? 'undefined (is there such a column?)' : isKind(x, 'query') ? 'a query' : isKind(x, 'agg') ? 'an aggregate' : kindOf(x)
  return refuse(validationError([what], `expected ${expected}, got ${got}`))
}

/** What a column is told that was carried out of its query: by a variable, or by a function that kept it. */
export const outOfScope = (): never =>
  refuse(validationError([], 'a column is used outside of the scope of its query: an expression means something only there'))

export const isExpr = (x: unknown): x is AnyExpr => isKind(x, 'expr')

/** A record of values from a caller: no list, and nothing that this library made. */
export const isRecord = (x: unknown): x is { readonly [name: string]: unknown } =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !isMade(x)

const isQuery = (x: unknown): x is AnyQuery => isKind(x, 'query')

export const asExpr = (x: unknown, what = 'an expression'): AnyExpr => (isExpr(x) ? x : wrong(what, 'an expression', x))

/** A condition: an expression of booleans, null included. */
export const asCondition = (x: unknown, what: string): AnyExpr => {
  const e = asExpr(x, what)
  if (e.node.tag === 'invalid' || e.type.sql.tag === 'boolean') return e
  return refuse(validationError([what], `expected a condition, got an expression of ${e.type.sql.tag}`))
}

export const asQuery = (x: unknown, what = 'a query'): AnyQuery => (isQuery(x) ? x : wrong(what, 'a query', x))

const isOrder = (x: unknown): x is Order => {
  const o = x as Order
  if (typeof x !== 'object' || x === null) return false
  return (o.direction === 'asc' || o.direction === 'desc') && (o.nulls === null || o.nulls === 'first' || o.nulls === 'last')
}

export const asOrders = (x: unknown): readonly Order[] => {
  if (!Array.isArray(x)) return wrong('orderBy', 'a list of asc(...) and desc(...)', x)
  for (const key of x) {
    if (!isOrder(key)) return wrong('orderBy', 'asc(...) or desc(...)', key)
    asExpr(key.expr, 'orderBy')
  }
  return x
}

export const asAggregates = (x: unknown): { readonly [name: string]: AnyAgg } => {
  if (typeof x !== 'object' || x === null || 'kind' in x) return wrong('aggregate', 'a record of aggregates', x)
  for (const [name, agg] of Object.entries(x)) if (!isKind(agg, 'agg')) return wrong(`aggregate.${name}`, 'an aggregate, or key(...)', agg)
  return x as { readonly [name: string]: AnyAgg }
}

export const asWindows = (x: unknown): { readonly [name: string]: AnyWin } => {
  if (typeof x !== 'object' || x === null || 'kind' in x) return wrong('window', 'a record of window functions', x)
  for (const [name, win] of Object.entries(x))
    if (!isKind(win, 'win')) return wrong(`window.${name}`, 'a window function, or over(...)', win)
  return x as { readonly [name: string]: AnyWin }
}
