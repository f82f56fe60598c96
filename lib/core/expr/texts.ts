/**
 * Functions of texts: trim, replace, left, right, repeat, pad, reverse. The basic ones (concat, lower, length, substring) are in `Expr`.
 *
 * A text is a sequence of code points, as in `length` and `substring`. Only the space U+0020 counts as a blank. A function of null is null.
 * Character counts are plain numbers that are checked when the expression is built, because engines differ for negative and for very large ones.
 *
 * Laws: `concat(left(e, n), substring(e, n + 1)) = e`; `reverse(reverse(e)) = e`.
 */
import { call, doubled, INT, literalOf, TEXT, textArg } from '../syntax/operand.js'
import { type AnyExpr, type Expr, exprType, invalid, type ScalarFn } from '../syntax/Syntax.js'
import { type DbError, validationError } from '../value/DbError.js'

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
