/**
 * Run-time checks of what user callbacks return, for untyped callers.
 *
 * The types of the combinators determine what a callback may return. An untyped caller can return anything; the error should then name the
 * callback and what it returned, instead of a property of undefined that can't be read. Each check returns the value or refuses it.
 */
import { kindOf } from '../value/Canonical.js'
import { refuse, validationError } from '../value/DbError.js'
import { type AggCall, type AnyAgg, type AnyExpr, type AnyQuery, type AnyWin, type Grouping, isMade, type Order } from './Syntax.js'
import { stable } from './volatile.js'

const isKind = (x: unknown, kind: 'expr' | 'query' | 'agg' | 'win' | 'command'): boolean =>
  isMade(x) && (x as { kind?: unknown }).kind === kind

const wrong = (what: string, expected: string, x: unknown): never => {
  const got =
    x === undefined ? 'undefined (is there such a column?)' : isKind(x, 'query') ? 'a query' : isKind(x, 'agg') ? 'an aggregate' : kindOf(x)
  return refuse(validationError([what], `expected ${expected}, got ${got}`))
}

/** Refuses a column that is used outside its query, through a variable or a closure. */
export const outOfScope = (): never => refuse(validationError([], 'a column is used outside the scope of its query'))

/** Whether a value is an expression. */
export const isExpr = (x: unknown): x is AnyExpr => isKind(x, 'expr')

/** Whether a value is a plain record: not a list, and not made by this library. */
export const isRecord = (x: unknown): x is { readonly [name: string]: unknown } =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !isMade(x)

/** Whether a value is a query. */
export const isQuery = (x: unknown): x is AnyQuery => isKind(x, 'query')

/** An expression, checked. */
export const asExpr = (x: unknown, what = 'an expression'): AnyExpr => (isExpr(x) ? x : wrong(what, 'an expression', x))

/** A condition, checked: an expression of boolean or null. */
export const asCondition = (x: unknown, what: string): AnyExpr => {
  const e = asExpr(x, what)
  if (e.node.tag === 'invalid' || e.type.sql.tag === 'boolean') return e
  return refuse(validationError([what], `expected a condition, got an expression of ${e.type.sql.tag}`))
}

/** A condition that selects rows, which must not be volatile. */
export const asFilter = (x: unknown, what: string): AnyExpr => stable(asCondition(x, what), what)

/** A query, checked. */
export const asQuery = (x: unknown, what = 'a query'): AnyQuery => (isQuery(x) ? x : wrong(what, 'a query', x))

/** Whether a value is a sort key, whatever it sorts by. */
export const isOrder = (x: unknown): x is Order => {
  const o = x as Order
  if (typeof x !== 'object' || x === null) return false
  return (o.direction === 'asc' || o.direction === 'desc') && (o.nulls === null || o.nulls === 'first' || o.nulls === 'last')
}

/** Sort keys, checked. */
export const asOrders = (x: unknown): readonly Order[] => {
  if (!Array.isArray(x)) return wrong('orderBy', 'a list of asc(...) and desc(...)', x)
  for (const key of x) {
    if (!isOrder(key)) return wrong('orderBy', 'asc(...) or desc(...)', key)
    asExpr(key.expr, 'orderBy')
  }
  return x
}

/** A list of expressions, checked; they must not be volatile. */
export const asExprs = (x: unknown, what: string): readonly AnyExpr[] => {
  if (!Array.isArray(x)) return wrong(what, 'a list of expressions', x)
  return x.map(e => stable(asExpr(e, what), what))
}

const ofCall = ({ arg, filter, order }: AggCall): readonly (AnyExpr | null)[] => [arg, filter, ...order.map(o => o.expr)]

/** The expressions in an aggregate or window function. */
const expressionsOf = (part: AnyAgg | AnyWin | AnyExpr): readonly AnyExpr[] => {
  if (part.kind === 'expr') return [part]
  const { node } = part
  if (node.tag === 'invalid') return []
  if (node.tag === 'key') return [node.expr]
  if (node.tag === 'agg') return ofCall(node).filter(isExpr)
  const of = node.of.tag === 'agg' ? ofCall(node.of) : [node.of.arg]
  return [...of, ...node.partition, ...node.order.map(o => o.expr)].filter(isExpr)
}

/** A check for a record of values of one kind. */
const asRecordOf =
  <A>(kind: 'expr' | 'agg' | 'win', what: string, all: string, one: string) =>
  (x: unknown): { readonly [name: string]: A } => {
    if (typeof x !== 'object' || x === null || isMade(x)) return wrong(what, `a record of ${all}`, x)
    for (const [name, part] of Object.entries(x)) {
      if (!isKind(part, kind)) return wrong(`${what}.${name}`, one, part)
      for (const e of expressionsOf(part)) stable(e, what)
    }
    return x as { readonly [name: string]: A }
  }

/** A record of aggregates, checked. */
export const asAggregates = asRecordOf<AnyAgg>('agg', 'aggregate', 'aggregates', 'an aggregate, or key(...)')

/** A record of window functions, checked. */
export const asWindows = asRecordOf<AnyWin>('win', 'window', 'window functions', 'a window function, or over(...)')

const asKeys = asRecordOf<AnyExpr>('expr', 'by', 'expressions', 'an expression')

/** The keys and aggregates of grouping sets, checked. */
export const asGrouping = (x: unknown): Grouping => {
  if (!isRecord(x)) return wrong('groupingSets', 'a record of by and of', x)
  return { by: asKeys(x['by']), of: asAggregates(x['of']) }
}
