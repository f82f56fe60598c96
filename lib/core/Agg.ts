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
import { textProblem } from './Canonical.js'
import { type DbError, unsupported, validationError } from './DbError.js'
import { argument, coerce, taken } from './operand.js'
import { type SqlType, showSqlType } from './SqlType.js'
import {
  type Agg,
  type AggCall,
  type AnyAgg,
  type AnyExpr,
  type Expr,
  type ExprType,
  exprType,
  MADE,
  type Order,
  type Pred,
} from './Syntax.js'
import { BOOLEANS, COMPARABLE, EXTREME, NUMBERS, TEXTS } from './typeSets.js'

export type { Agg } from './Syntax.js'

const agg = (call: Partial<AggCall> & Pick<AggCall, 'fn'> & { readonly arg: AnyExpr | null }, type: ExprType): AnyAgg =>
  call.arg?.node.tag === 'invalid'
    ? { [MADE]: true, kind: 'agg', node: call.arg.node, type }
    : {
        [MADE]: true,
        kind: 'agg',
        node: { tag: 'agg', distinct: false, separator: '', filter: null, order: [], fraction: 0, ...call },
        type,
      }

const refusedAgg = (error: DbError, type: ExprType): AnyAgg => ({ [MADE]: true, kind: 'agg', node: { tag: 'invalid', error }, type })

const INT = exprType({ tag: 'int' })

/** Groups by the value of an expression; null is a group of its own. */
export const key = <A>(given: Expr<A>): Agg<A> => {
  const e = taken('key', given, COMPARABLE)
  return { [MADE]: true, kind: 'agg', node: e.node.tag === 'invalid' ? e.node : { tag: 'key', expr: e }, type: e.type }
}

/** The number of rows. */
export const countAll: Agg<number> = agg({ fn: 'count', arg: null }, INT)

/** The number of rows in which the value is not null. */
export const count = <A>(e: Expr<A>): Agg<number> => agg({ fn: 'count', arg: argument(e) }, INT)

/** The number of different values, null not counted. */
export const countDistinct = <A>(given: Expr<A>): Agg<number> =>
  agg({ fn: 'count', arg: taken('countDistinct', given, COMPARABLE), distinct: true }, INT)

const summed = (t: SqlType): SqlType => {
  if (t.tag === 'smallint') return { tag: 'int' }
  return t.tag === 'numeric' ? { ...t, precision: t.precision <= 18 ? 18 : 65 } : t
}

/** The sum; null of nothing. Integers and numerics are exact, beyond 64 bits it is `NumericOverflow`. */
export const sum = <A extends number | bigint | `${number}` | null>(given: Expr<A>): Agg<A | null> => {
  const e = taken('sum', given, NUMBERS)
  return agg({ fn: 'sum', arg: e }, exprType(summed(e.type.sql), true))
}

/** The mean as a float; null of nothing. */
export const avg = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<number | null> =>
  agg({ fn: 'avg', arg: taken('avg', e, NUMBERS) }, exprType({ tag: 'float' }, true))

const extreme = (fn: 'min' | 'max', given: AnyExpr): AnyAgg => {
  const e = taken(fn, given, EXTREME)
  return agg({ fn, arg: e }, { ...e.type, nullable: true })
}

/** The least value; null of nothing. */
export const min = <A>(e: Expr<A>): Agg<A | null> => extreme('min', e)

/** The greatest value; null of nothing. */
export const max = <A>(e: Expr<A>): Agg<A | null> => extreme('max', e)

/** Whether all values are true, nulls skipped; null of nothing. `boolAnd(e) = eq(min(e), true)`, if truth values had an order. */
export const boolAnd = <A extends boolean | null>(e: Expr<A>): Agg<boolean | null> =>
  agg({ fn: 'boolAnd', arg: taken('boolAnd', e, BOOLEANS) }, exprType({ tag: 'boolean' }, true))

/** Whether a value is true, nulls skipped; null of nothing. `boolOr(e) = not(boolAnd(not(e)))` */
export const boolOr = <A extends boolean | null>(e: Expr<A>): Agg<boolean | null> =>
  agg({ fn: 'boolOr', arg: taken('boolOr', e, BOOLEANS) }, exprType({ tag: 'boolean' }, true))

/** The value that is there most often, and of several such values the least; null of nothing. */
export const mode = <A>(given: Expr<A>): Agg<A | null> => {
  const e = taken('mode', given, EXTREME)
  return agg({ fn: 'mode', arg: e }, { ...e.type, nullable: true })
}

/**
 * The value at a fraction, from 0 to 1, of the way through the values in their order, as a float; between two values it is on the straight
 * line from one to the other. Null of nothing.
 */
export const percentileCont = <A extends number | bigint | `${number}` | null>(given: Expr<A>, fraction: number): Agg<number | null> => {
  const type = exprType({ tag: 'float' }, true)
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    return refusedAgg(validationError(['percentileCont'], 'a fraction is a number from 0 to 1'), type)
  return agg({ fn: 'percentileCont', arg: coerce(taken('percentileCont', given, NUMBERS), type.sql), fraction }, type)
}

/** The value in the middle, or the mean of the two there, as a float. `median(e) = percentileCont(e, 0.5)` */
export const median = <A extends number | bigint | `${number}` | null>(e: Expr<A>): Agg<number | null> => percentileCont(e, 0.5)

/** All values, nulls too, in the given order; null of nothing. */
export const arrayAgg = <A>(given: Expr<A>, options: { readonly orderBy?: readonly Order[] } = {}): Agg<readonly A[] | null> => {
  const e = argument(given)
  const { sql, nullable, refine } = e.type
  if (refine !== null || sql.tag === 'array' || sql.tag === 'json' || sql.tag === 'custom' || sql.tag === 'vector') {
    return refusedAgg(
      validationError(['arrayAgg'], `no array of ${refine?.name ?? showSqlType(sql)}: nest the query with many`),
      exprType(sql),
    )
  }
  return agg(
    { fn: 'arrayAgg', arg: e, order: options.orderBy ?? [] },
    exprType({ tag: 'array', element: sql, elementNullable: nullable }, true),
  )
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
  return agg({ fn: 'stringAgg', arg: taken('stringAgg', e, TEXTS), separator, order: orderBy, distinct }, type)
}

/** The same aggregate over those rows only for which the predicate is true. A key is refused. */
export const filter =
  (predicate: Pred) =>
  <A>(a: Agg<A>): Agg<A> => {
    if (a.node.tag === 'key') return refusedAgg(unsupported('a filter on a group key', 'query-ts', 'use where before aggregate'), a.type)
    if (predicate.node.tag === 'invalid') return refusedAgg(predicate.node.error, a.type)
    return a.node.tag === 'agg' ? { ...a, node: { ...a.node, filter: predicate } } : a
  }
