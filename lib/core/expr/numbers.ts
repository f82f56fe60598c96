/**
 * Functions of numbers: abs, sign, floor, ceil, power, sqrt; and greatest and least, which also take texts.
 *
 * Numbers round half away from zero. A function of null is null. Where a real result does not exist (`sqrt(-1)`), the value is null;
 * where it does not fit its type, the statement fails with `NumericOverflow`. The operators are in `Expr`, `round` in `casts`.
 *
 * Laws: `floor(e) = neg(ceil(neg(e)))`; `e = times(sign(e), abs(e))`; `greatest(a, b) = greatest(b, a)`.
 */
import { argument, call, coerce, doubled, FLOAT, node, nullable, operand, taken, unified } from '../syntax/operand.js'
import type { AnyExpr, Expr, ScalarFn } from '../syntax/Syntax.js'
import { type Decimal, isInteger } from '../value/SqlType.js'
import { FLOATS } from '../value/typeSets.js'

type Numeric = number | bigint | Decimal

/** The null of an expression's type, when it has one. */
type NullOf<E> = E extends Expr<infer A> ? Extract<A, null> : never

/** The number without its sign. Of -2^63 it is `NumericOverflow`. */
export const abs = <A extends Numeric | null>(e: Expr<A>): Expr<A> => call('abs', [e])

/** -1, 0 or 1: whether the number is negative, zero or positive. */
export const sign = <A extends Numeric | null>(e: Expr<A>): Expr<number | Extract<A, null>> => call('sign', [e])

const rounding =
  (fn: 'floor' | 'ceil') =>
  <A extends Numeric | null>(e: Expr<A>): Expr<A> => {
    const value = argument(e)
    return isInteger(value.type.sql) ? value : doubled(call(fn, [value]))
  }

/** The largest whole number that is not larger. Of a float it is a float, of a numeric a numeric of the same scale. */
export const floor = rounding('floor')

/** The smallest whole number that is not smaller, in the type of `floor`. */
export const ceil = rounding('ceil')

/** A number as a float, where decimals have to be cast first. */
const floating = (fn: ScalarFn, x: unknown): AnyExpr => coerce(taken(fn, x, FLOATS), FLOAT)

/**
 * A number to the power of another, as a float. Null where there is no such number: of a negative one to a fraction, and of
 * zero to what is below zero. `power(0, 0)` is 1. Beyond the floats it is `NumericOverflow`. Powers that no float is exactly
 * may differ between engines in their last digit, as their C libraries do.
 */
export const power = <A extends number | null>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<number | null> => {
  const base = argument(a)
  return doubled(call('power', [floating('power', base), floating('power', operand(base.type, b))]))
}

/** The square root, as a float; null of a negative number. */
export const sqrt = <A extends number | null>(e: Expr<A>): Expr<number | null> => doubled(call('sqrt', [floating('sqrt', e)]))

type Extreme = <A extends string | number | bigint | null, R extends readonly (Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>)[]>(
  first: Expr<A>,
  ...rest: R
) => Expr<A | NullOf<R[number]>>

/** One in another of the same kind is taken out of it, so that a fold is not deep. */
const extreme =
  (fn: 'greatest' | 'least'): Extreme =>
  (first, ...rest) => {
    const a = argument(first)
    const given = [a, ...rest.map(x => operand(a.type, x))].flatMap(e => (e.node.tag === 'call' && e.node.fn === fn ? e.node.args : [e]))
    if (given.length === 1) return a
    const [args, type] = unified(fn, given)
    return doubled(node({ tag: 'call', fn, args }, { ...type, nullable: nullable(args) }, args))
  }

/** The largest of numbers or texts; null when one of them is null. */
export const greatest = extreme('greatest')

/** The smallest of numbers or texts; null when one of them is null. */
export const least = extreme('least')
