/**
 * More functions on texts and numbers: parts of `Expr`, which exports them.
 *
 * Texts are sequences of code points, here as in `length` and `substring`; blanks are the space U+0020 and no other character.
 * Numbers round half away from zero. A function of a null is null. Numbers of characters are plain numbers that are checked
 * when the expression is built, because engines differ on what is less than nothing and on what is too much.
 *
 * Laws: `concat(left(e, n), substring(e, n + 1)) = e`; `reverse(reverse(e)) = e`; `floor(e) = neg(ceil(neg(e)))`;
 * `e = times(sign(e), abs(e))`; `greatest(a, b) = greatest(b, a)`.
 */

import {
  argument,
  call,
  coerce,
  doubled,
  FLOAT,
  INT,
  literalOf,
  node,
  nullable,
  operand,
  TEXT,
  taken,
  textArg,
  unified,
} from '../syntax/operand.js'
import { type AnyExpr, type Expr, exprType, invalid, type ScalarFn } from '../syntax/Syntax.js'
import { type DbError, validationError } from '../value/DbError.js'
import { type Decimal, isInteger } from '../value/SqlType.js'
import { FLOATS } from '../value/typeSets.js'

type Numeric = number | bigint | Decimal

/** The null of an expression's type, when it has one. */
type NullOf<E> = E extends Expr<infer A> ? Extract<A, null> : never

// --- Text -------------------------------------------------------------------------------------

type OfText = <A extends string | null>(e: Expr<A>) => Expr<string | Extract<A, null>>

const ofText =
  (fn: ScalarFn): OfText =>
  e =>
    call(fn, [e])

/** The text without the spaces (U+0020) at its beginning and end; other blanks stay. */
export const trim = ofText('trim')

/** The text without the spaces (U+0020) at its beginning. */
export const trimStart = ofText('trimStart')

/** The text without the spaces (U+0020) at its end. */
export const trimEnd = ofText('trimEnd')

/** The code points in the opposite order: `reverse('ab')` is `'ba'`. Marks that combine come before their letters then. */
export const reverse = ofText('reverse')

/** The text with `to` for each `from` in it, from left to right. An empty `from` changes nothing. */
export const replace = <A extends string | null, B extends string | null = never, C extends string | null = never>(
  e: Expr<A>,
  from: Expr<B> | string,
  to: Expr<C> | string,
): Expr<string | Extract<A | NoInfer<B> | NoInfer<C>, null>> => call('replace', [e, textArg(from), textArg(to)])

/** What is longer would be null on some engines, without a word. */
const MOST = 1_000_000

const badCount = (fn: ScalarFn, count: number, most: number): DbError | null =>
  Number.isSafeInteger(count) && count >= 0 && count <= most
    ? null
    : validationError([fn], `${fn} takes a whole number${most === MOST ? ' up to a million' : ''}, and none below 0`)

const counted = (fn: ScalarFn, args: readonly AnyExpr[], count: number, most = Number.MAX_SAFE_INTEGER): AnyExpr => {
  const bad = badCount(fn, count, most)
  return bad === null ? call(fn, [...args, literalOf(exprType(INT), count)]) : invalid(bad, exprType(TEXT))
}

/** The first `count` code points, or all where there are fewer. */
export const left = <A extends string | null>(e: Expr<A>, count: number): Expr<string | Extract<A, null>> => counted('left', [e], count)

/** The last `count` code points, or all where there are fewer. */
export const right = <A extends string | null>(e: Expr<A>, count: number): Expr<string | Extract<A, null>> => counted('right', [e], count)

/** The text `count` times, at most a million; none is the empty text. */
export const repeat = <A extends string | null>(e: Expr<A>, count: number): Expr<string | Extract<A, null>> =>
  counted('repeat', [e], count, MOST)

const padded = (fn: 'padStart' | 'padEnd', e: AnyExpr, count: number, fill: string): AnyExpr =>
  fill === ''
    ? invalid(validationError([fn], `${fn} takes something to fill with`), exprType(TEXT))
    : doubled(counted(fn, [e, literalOf(exprType(TEXT), fill)], count, MOST))

/** The text filled up to `count` code points (at most a million) before it, with `fill` over and over. A longer text stays whole. */
export const padStart = <A extends string | null>(e: Expr<A>, count: number, fill = ' '): Expr<string | Extract<A, null>> =>
  padded('padStart', e, count, fill)

/** The text filled up to `count` code points (at most a million) after it, with `fill` over and over. A longer text stays whole. */
export const padEnd = <A extends string | null>(e: Expr<A>, count: number, fill = ' '): Expr<string | Extract<A, null>> =>
  padded('padEnd', e, count, fill)

// --- Numbers ----------------------------------------------------------------------------------

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
