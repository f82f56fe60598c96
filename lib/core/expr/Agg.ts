/**
 * Aggregates: what `aggregate` computes of the rows of a group.
 *
 * An `Agg<A>` denotes a function from the bag of a group's rows to an `A`. It is not an `Expr`, so
 * that an aggregate can't stand where a scalar belongs; after `aggregate` its value is an `Expr`.
 * `key` makes an expression a group key. Without a key there is exactly one group, also of no rows.
 *
 * Laws: `count` of nothing is 0 and every other aggregate of nothing is null; nulls are skipped,
 * except by `arrayAgg`; `sum` of integers and numerics is exact, `avg` is always float.
 */

import { argument, coerce, taken } from '../syntax/operand.js'
import { type Agg, type AggCall, type AnyAgg, type Expr, type ExprType, exprType, MADE, type Order, type Pred } from '../syntax/Syntax.js'
import { textProblem } from '../value/Canonical.js'
import { type DbError, unsupported, validationError } from '../value/DbError.js'
import { showSqlType } from '../value/SqlType.js'
import { COMPARABLE } from '../value/typeSets.js'
import { AGGREGATES } from './aggregates.js'
import type { Extreme } from './refusedTypes.js'

export type { Agg } from '../syntax/Syntax.js'

const made = (node: AnyAgg['node'], type: ExprType): AnyAgg => ({ [MADE]: true, kind: 'agg', node, type })

const refusedAgg = (error: DbError, type: ExprType): AnyAgg => made({ tag: 'invalid', error }, type)

const PLAIN = { tag: 'agg', distinct: false, separator: '', filter: null, order: [], fraction: 0 } as const

/** An aggregate of the type that its facts say; `name` is what the caller calls it. */
const agg = (fn: AggCall['fn'], given: unknown, how: Partial<AggCall> = {}, name: string = fn): AnyAgg => {
  const { takes, takesDistinct, gives, chooses, nullOfNothing } = AGGREGATES[fn]
  const arg = taken(name, given, how.distinct === true && takesDistinct !== null ? takesDistinct : takes)
  const { sql, nullable, refine } = arg.type
  const type = exprType(gives(sql, nullable), nullOfNothing, chooses ? refine : null)
  return made(arg.node.tag === 'invalid' ? arg.node : { ...PLAIN, fn, arg, ...how }, type)
}

/** Groups by the value of an expression; null is a group of its own. */
export const key = <A>(given: Expr<A>): Agg<A> => {
  const e = taken('key', given, COMPARABLE)
  return made(e.node.tag === 'invalid' ? e.node : { tag: 'key', expr: e }, e.type)
}

/** The number of rows. */
export const countAll: Agg<number> = made({ ...PLAIN, fn: 'count', arg: null }, exprType({ tag: 'int' }))

/** The number of rows in which the value is not null. */
export const count = <A>(e: Expr<A>): Agg<number> => agg('count', e)

/** The number of different values, null not counted. */
export const countDistinct = <A>(e: Expr<A>): Agg<number> => agg('count', e, { distinct: true }, 'countDistinct')

/** The sum; null of nothing. Integers and numerics are exact, beyond 64 bits it is `NumericOverflow`. */
export const sum = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<A | null> => agg('sum', e)

/** The mean as a float; null of nothing. */
export const avg = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<number | null> => agg('avg', e)

/** The least value; null of nothing. */
export const min = <A>(e: Expr<A> & Extreme<A>): Agg<A | null> => agg('min', e)

/** The greatest value; null of nothing. */
export const max = <A>(e: Expr<A> & Extreme<A>): Agg<A | null> => agg('max', e)

/** Whether all values are true, nulls skipped; null of nothing. `boolAnd(e) = eq(min(e), true)`, if truth values had an order. */
export const boolAnd = <A extends boolean | null>(e: Expr<A>): Agg<boolean | null> => agg('boolAnd', e)

/** Whether a value is true, nulls skipped; null of nothing. `boolOr(e) = not(boolAnd(not(e)))` */
export const boolOr = <A extends boolean | null>(e: Expr<A>): Agg<boolean | null> => agg('boolOr', e)

/** The value that is there most often, and of several such values the least; null of nothing. */
export const mode = <A>(e: Expr<A> & Extreme<A>): Agg<A | null> => agg('mode', e)

/**
 * The value at a fraction, from 0 to 1, of the way through the values in their order, as a float; between two values it is on the straight
 * line from one to the other. Null of nothing.
 */
export const percentileCont = <A extends number | bigint | `${number}` | null>(e: Expr<A>, fraction: number): Agg<number | null> => {
  const type = exprType({ tag: 'float' }, true)
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    return refusedAgg(validationError(['percentileCont'], 'a fraction is a number from 0 to 1'), type)
  const value = taken('percentileCont', e, AGGREGATES.percentileCont.takes)
  return agg('percentileCont', coerce(value, type.sql), { fraction })
}

/** The value in the middle, or the mean of the two there, as a float. `median(e) = percentileCont(e, 0.5)` */
export const median = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<number | null> => percentileCont(e, 0.5)

/** All values, nulls too, in the given order; null of nothing. */
export const arrayAgg = <A>(given: Expr<A>, options: { readonly orderBy?: readonly Order[] } = {}): Agg<readonly A[] | null> => {
  const e = argument(given)
  const { sql, refine } = e.type
  if (refine === null && AGGREGATES.arrayAgg.takes.has(sql)) return agg('arrayAgg', e, { order: options.orderBy ?? [] })
  const what = refine?.name ?? showSqlType(sql)
  return refusedAgg(validationError(['arrayAgg'], `no array of ${what}: nest the query with many`), exprType(sql))
}

/**
 * The texts joined by a separator, nulls skipped, in the given order; null of nothing. With `distinct` each text is there once, and they
 * are in their own order, by code point.
 */
export const stringAgg = <A extends string | null>(
  e: Expr<A>,
  separator: string,
  options: { readonly orderBy?: readonly Order[]; readonly distinct?: false } | { readonly distinct: true } = {},
): Agg<string | null> => {
  const type = exprType({ tag: 'text' }, true)
  const { orderBy = [], distinct = false } = options as { readonly orderBy?: readonly Order[]; readonly distinct?: boolean }
  const problem = textProblem(separator)
  if (problem !== null) return refusedAgg(validationError(['separator'], problem), type)
  if (distinct && orderBy.length > 0)
    return refusedAgg(validationError(['stringAgg', 'orderBy'], 'different texts are in their own order: leave orderBy out'), type)
  return agg('stringAgg', e, { separator, order: orderBy, distinct })
}

/** The same aggregate over those rows only for which the predicate is true. A key is refused. */
export const filter =
  (predicate: Pred) =>
  <A>(a: Agg<A>): Agg<A> => {
    if (a.node.tag === 'key') return refusedAgg(unsupported('a filter on a group key', 'query-ts', 'use where before aggregate'), a.type)
    if (predicate.node.tag === 'invalid') return refusedAgg(predicate.node.error, a.type)
    return a.node.tag === 'agg' ? { ...a, node: { ...a.node, filter: predicate } } : a
  }
