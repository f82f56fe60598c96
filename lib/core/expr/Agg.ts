/**
 * Aggregates: what `aggregate` computes from the rows of a group.
 *
 * An `Agg<A>` denotes a function from the bag of a group's rows to an `A`. It is not an `Expr`, so it can't stand where a scalar belongs; after
 * `aggregate` its value is an `Expr`. `key` makes an expression a group key. Without a key there is exactly one group, which may be empty.
 *
 * Laws: the `count` of an empty group is 0, every other aggregate of an empty group is null; nulls are skipped, except by `arrayAgg`; `sum` of
 * integers and numerics is exact, `avg` is always a float.
 */

import { argOfType, argument, coerce } from '../syntax/operand.js'
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

/** An aggregate with the type that its facts give; `name` is its combinator's name. */
const agg = (fn: AggCall['fn'], given: unknown, how: Partial<AggCall> = {}, name: string = fn): AnyAgg => {
  const { takes, takesDistinct, gives, chooses, nullIfEmpty } = AGGREGATES[fn]
  const arg = argOfType(name, given, how.distinct === true && takesDistinct !== null ? takesDistinct : takes)
  const { sql, nullable, refine } = arg.type
  const type = exprType(gives(sql, nullable), nullIfEmpty, chooses ? refine : null)
  return made(arg.node.tag === 'invalid' ? arg.node : { ...PLAIN, fn, arg, ...how }, type)
}

/** A group key: rows with equal values form a group, and so do the rows where it is null. */
export const key = <A>(given: Expr<A>): Agg<A> => {
  const e = argOfType('key', given, COMPARABLE)
  return made(e.node.tag === 'invalid' ? e.node : { tag: 'key', expr: e }, e.type)
}

/** The number of rows. */
export const countAll: Agg<number> = made({ ...PLAIN, fn: 'count', arg: null }, exprType({ tag: 'int' }))

/** The number of rows in which the value is not null. */
export const count = <A>(e: Expr<A>): Agg<number> => agg('count', e)

/** The number of distinct values that are not null. */
export const countDistinct = <A>(e: Expr<A>): Agg<number> => agg('count', e, { distinct: true }, 'countDistinct')

/** The sum, or null for an empty group. Exact for integers and numerics; integers beyond 64 bits are `NumericOverflow`. */
export const sum = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<A | null> => agg('sum', e)

/** The mean as a float, or null for an empty group. */
export const avg = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<number | null> => agg('avg', e)

/** The smallest value, or null for an empty group. */
export const min = <A>(e: Expr<A> & Extreme<A>): Agg<A | null> => agg('min', e)

/** The largest value, or null for an empty group. */
export const max = <A>(e: Expr<A> & Extreme<A>): Agg<A | null> => agg('max', e)

/** Whether all values are true; nulls are skipped. Null for an empty group. `boolAnd(e) = not(boolOr(not(e)))` */
export const boolAnd = <A extends boolean | null>(e: Expr<A>): Agg<boolean | null> => agg('boolAnd', e)

/** Whether at least one value is true; nulls are skipped. Null for an empty group. `boolOr(e) = not(boolAnd(not(e)))` */
export const boolOr = <A extends boolean | null>(e: Expr<A>): Agg<boolean | null> => agg('boolOr', e)

/** The most frequent value, the smallest of several; null for an empty group. */
export const mode = <A>(e: Expr<A> & Extreme<A>): Agg<A | null> => agg('mode', e)

/**
 * The continuous percentile as a float: the value at a fraction, from 0 to 1, of the sorted values, interpolated linearly between two values.
 * Null for an empty group.
 */
export const percentileCont = <A extends number | bigint | `${number}` | null>(e: Expr<A>, fraction: number): Agg<number | null> => {
  const type = exprType({ tag: 'float' }, true)
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    return refusedAgg(validationError(['percentileCont'], 'expected a fraction from 0 to 1'), type)
  const value = argOfType('percentileCont', e, AGGREGATES.percentileCont.takes)
  return agg('percentileCont', coerce(value, type.sql), { fraction })
}

/** The middle value, or the mean of the two middle values, as a float. `median(e) = percentileCont(e, 0.5)` */
export const median = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<number | null> => percentileCont(e, 0.5)

/** All values, including nulls, in the given order; null for an empty group. */
export const arrayAgg = <A>(given: Expr<A>, options: { readonly orderBy?: readonly Order[] } = {}): Agg<readonly A[] | null> => {
  const e = argument(given)
  const { sql, refine } = e.type
  if (refine === null && AGGREGATES.arrayAgg.takes.has(sql)) return agg('arrayAgg', e, { order: options.orderBy ?? [] })
  const what = refine?.name ?? showSqlType(sql)
  return refusedAgg(validationError(['arrayAgg'], `arrays of ${what} are not supported: nest the query with many`), exprType(sql))
}

/**
 * The texts joined by a separator, in the given order; nulls are skipped. Null for an empty group. With `distinct` each text occurs once, and
 * the texts are sorted by code point.
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
    return refusedAgg(validationError(['stringAgg', 'orderBy'], 'with distinct the texts are sorted by themselves: omit orderBy'), type)
  return agg('stringAgg', e, { separator, order: orderBy, distinct })
}

/** The aggregate of only those rows for which the predicate is true. A key is refused. */
export const filter =
  (predicate: Pred) =>
  <A>(a: Agg<A>): Agg<A> => {
    if (a.node.tag === 'key') return refusedAgg(unsupported('a filter on a group key', 'query-ts', 'use where before aggregate'), a.type)
    if (predicate.node.tag === 'invalid') return refusedAgg(predicate.node.error, a.type)
    return a.node.tag === 'agg' ? { ...a, node: { ...a.node, filter: predicate } } : a
  }
