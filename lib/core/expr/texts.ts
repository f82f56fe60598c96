/**
 * Functions of texts: trim, replace, left, right, repeat, pad, reverse. The basic ones (concat, lower, length, substring) are in `Expr`.
 *
 * A text is a sequence of code points, as in `length` and `substring`. Only the space U+0020 counts as a blank. A function of null is null.
 * Character counts are plain numbers that are checked when the expression is built, because engines differ for negative and for very large ones.
 *
 * Laws: `concat(left(e, n), substring(e, n + 1)) = e`; `reverse(reverse(e)) = e`.
 */
import { call, INT, literalOf, TEXT, textArg, withExtraDepth } from '../syntax/operand.js'
import { type AnyExpr, type Expr, exprType, invalid, type ScalarFn } from '../syntax/Syntax.js'
import { type DbError, validationError } from '../value/DbError.js'

type OfText = <A extends string | null>(e: Expr<A>) => Expr<string | Extract<A, null>>

const ofText =
  (fn: ScalarFn): OfText =>
  e =>
    call(fn, [e])

/** The text without leading and trailing spaces (U+0020); other blanks stay. */
export const trim = ofText('trim')

/** The text without leading spaces (U+0020). */
export const trimStart = ofText('trimStart')

/** The text without trailing spaces (U+0020). */
export const trimEnd = ofText('trimEnd')

/** The code points in reverse order: `reverse('ab')` is `'ba'`. Combining marks then precede their letters. */
export const reverse = ofText('reverse')

/** The text with each occurrence of `from` replaced by `to`, from left to right. An empty `from` changes nothing. */
export const replace = <A extends string | null, B extends string | null = never, C extends string | null = never>(
  e: Expr<A>,
  from: Expr<B> | string,
  to: Expr<C> | string,
): Expr<string | Extract<A | NoInfer<B> | NoInfer<C>, null>> => call('replace', [e, textArg(from), textArg(to)])

/** A longer text would silently be null on some engines. */
const MOST = 1_000_000

const badCount = (fn: ScalarFn, count: number, most: number): DbError | null =>
  Number.isSafeInteger(count) && count >= 0 && count <= most
    ? null
    : validationError([fn], `${fn} takes a non-negative integer${most === MOST ? ' up to a million' : ''}`)

const counted = (fn: ScalarFn, args: readonly AnyExpr[], count: number, most = Number.MAX_SAFE_INTEGER): AnyExpr => {
  const bad = badCount(fn, count, most)
  return bad === null ? call(fn, [...args, literalOf(exprType(INT), count)]) : invalid(bad, exprType(TEXT))
}

/** The first `count` code points, or all if there are fewer. */
export const left = <A extends string | null>(e: Expr<A>, count: number): Expr<string | Extract<A, null>> => counted('left', [e], count)

/** The last `count` code points, or all if there are fewer. */
export const right = <A extends string | null>(e: Expr<A>, count: number): Expr<string | Extract<A, null>> => counted('right', [e], count)

/** The text repeated `count` times, at most a million; 0 times is the empty text. */
export const repeat = <A extends string | null>(e: Expr<A>, count: number): Expr<string | Extract<A, null>> =>
  counted('repeat', [e], count, MOST)

const padded = (fn: 'padStart' | 'padEnd', e: AnyExpr, count: number, fill: string): AnyExpr =>
  fill === ''
    ? invalid(validationError([fn], `${fn} needs a text to fill with`), exprType(TEXT))
    : withExtraDepth(counted(fn, [e, literalOf(exprType(TEXT), fill)], count, MOST))

/** The text padded on the left to `count` code points (at most a million) with copies of `fill`. A longer text is unchanged. */
export const padStart = <A extends string | null>(e: Expr<A>, count: number, fill = ' '): Expr<string | Extract<A, null>> =>
  padded('padStart', e, count, fill)

/** The text padded on the right to `count` code points (at most a million) with copies of `fill`. A longer text is unchanged. */
export const padEnd = <A extends string | null>(e: Expr<A>, count: number, fill = ' '): Expr<string | Extract<A, null>> =>
  padded('padEnd', e, count, fill)
