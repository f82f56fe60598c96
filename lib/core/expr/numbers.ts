/**
 * Functions of numbers: abs, sign, floor, ceil, power, sqrt, atan2; and greatest and least, which also take texts.
 *
 * Numbers round half away from zero. A function of null is null. Where a real result does not exist (`sqrt(-1)`), the value is null;
 * where it does not fit its type, the statement fails with `NumericOverflow`. The operators are in `Expr`, `round` in `casts`.
 *
 * Laws: `floor(e) = neg(ceil(neg(e)))`; `e = times(sign(e), abs(e))`; `greatest(a, b) = greatest(b, a)`.
 */
import { argOfType, argument, call, coerce, FLOAT, node, nullable, operand, unified, withExtraDepth } from '../syntax/operand.js'
import type { AnyExpr, Expr, ScalarFn } from '../syntax/Syntax.js'
import { type Decimal, isInteger } from '../value/SqlType.js'
import { FLOATS } from '../value/typeSets.js'

type Numeric = number | bigint | Decimal

/** The null in an expression's type, if it has one. */
type NullOf<E> = E extends Expr<infer A> ? Extract<A, null> : never

/** The absolute value; `NumericOverflow` for -2^63. */
export const abs = <A extends Numeric | null>(e: Expr<A>): Expr<A> => call('abs', [e])

/** The sign of the number: -1, 0 or 1. */
export const sign = <A extends Numeric | null>(e: Expr<A>): Expr<number | Extract<A, null>> => call('sign', [e])

const rounding =
  (fn: 'floor' | 'ceil') =>
  <A extends Numeric | null>(e: Expr<A>): Expr<A> => {
    const value = argument(e)
    return isInteger(value.type.sql) ? value : withExtraDepth(call(fn, [value]))
  }

/** The largest integer that is not larger: a float for a float, a numeric of the same scale for a numeric. */
export const floor = rounding('floor')

/** The smallest integer that is not smaller, with the type of `floor`. */
export const ceil = rounding('ceil')

/** A number as a float; decimals are refused. */
const floating = (fn: ScalarFn, x: unknown): AnyExpr => coerce(argOfType(fn, x, FLOATS), FLOAT)

/**
 * A number to the power of another, as a float. Null where the result is not a real number: a negative base with a fractional exponent, and
 * zero with a negative exponent. `power(0, 0)` is 1. A result out of range is `NumericOverflow`. Results that are not exact floats
 * may differ between engines in their last digit, as their C libraries differ.
 */
export const power = <A extends number | null>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<number | null> => {
  const base = argument(a)
  return withExtraDepth(call('power', [floating('power', base), floating('power', operand(base.type, b))]))
}

/** The square root, as a float; null for a negative number. */
export const sqrt = <A extends number | null>(e: Expr<A>): Expr<number | null> => withExtraDepth(call('sqrt', [floating('sqrt', e)]))

/**
 * The angle of the point (x, y) from the positive x-axis, in radians, more than -π and at most π; 0 for the origin. The sign of a zero does
 * not matter. Results may differ between engines in their last digit, as their C libraries differ.
 */
export const atan2 = <A extends number | null, B extends number | null>(
  y: Expr<A>,
  x: Expr<B> | NonNullable<B>,
): Expr<number | Extract<A | B, null>> => {
  const first = argument(y)
  return call('atan2', [floating('atan2', first), floating('atan2', operand(first.type, x))])
}

type Extreme = <A extends string | number | bigint | null, R extends readonly (Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>)[]>(
  first: Expr<A>,
  ...rest: R
) => Expr<A | NullOf<R[number]>>

/** The extreme of several values. Nested calls of the same function are flattened, so that a fold is not deep. */
const extreme =
  (fn: 'greatest' | 'least'): Extreme =>
  (first, ...rest) => {
    const a = argument(first)
    const given = [a, ...rest.map(x => operand(a.type, x))].flatMap(e => (e.node.tag === 'call' && e.node.fn === fn ? e.node.args : [e]))
    if (given.length === 1) return a
    const [args, type] = unified(fn, given)
    return withExtraDepth(node({ tag: 'call', fn, args }, { ...type, nullable: nullable(args) }, args))
  }

/** The largest of numbers or texts; null if one of them is null. */
export const greatest = extreme('greatest')

/** The smallest of numbers or texts; null if one of them is null. */
export const least = extreme('least')
