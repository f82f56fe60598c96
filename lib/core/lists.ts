/**
 * Functions of arrays: parts of `Expr`, which exports them.
 *
 * Arrays have no equality and no order (decision note 6), but their elements have: an array is asked for its length, and whether a
 * value is among its elements. Which elements it may be asked for is what engines that keep arrays as JSON can tell apart.
 *
 * Laws: `arrayContains(e, x)` is `inList(x, elements)` where no element is null; of an empty array it is false; it is
 * `arrayAny(e, v => eq(v, x))` where neither is null; `arrayEvery(e, p)` is `not(arrayAny(e, v => not(p(v))))` where p is never null.
 */
import { unsupported } from './DbError.js'
import { type Element, unnest } from './elements.js'
import { BOOLEAN, condition, doubled, INT, literalOf, operand, strict, taken } from './operand.js'
import { isText, type SqlType, showSqlType } from './SqlType.js'
import { type AnyExpr, type Expr, expr, exprType, invalid, type Pred, query, type ScalarFn } from './Syntax.js'

const array = (fn: ScalarFn, x: unknown): AnyExpr => taken(fn, x, t => t.tag === 'array', 'it is for arrays')

/** The number of elements, nulls among them. */
export const arrayLength = <A extends readonly unknown[] | null>(e: Expr<A>): Expr<number | Extract<A, null>> =>
  strict('arrayLength', [array('arrayLength', e)], INT)

const isAsked = (t: SqlType): boolean => isText(t) || t.tag === 'int' || t.tag === 'smallint'

/**
 * Whether a value is an element of an array of texts or ints. Elements that are null are no value: the answer is null only where the
 * array or the value is.
 */
export const arrayContains = <A extends readonly unknown[] | null>(
  e: Expr<A>,
  x: Expr<NoInfer<Element<A>> | null> | NonNullable<NoInfer<Element<A>>>,
): Pred => {
  const list = array('arrayContains', e)
  const { sql } = list.type
  if (list.node.tag === 'invalid' || sql.tag !== 'array') return { ...list, type: exprType(BOOLEAN) }
  const value = operand(exprType(sql.element), x)
  const fits = isText(sql.element) ? isText(value.type.sql) : isAsked(value.type.sql) && !isText(value.type.sql)
  if (value.node.tag !== 'invalid' && !(isAsked(sql.element) && fits)) {
    const hint = 'it is for texts in arrays of texts, ints in arrays of ints'
    return invalid(
      unsupported(`arrayContains of ${showSqlType(value.type.sql)} in ${showSqlType(sql)}`, 'query-ts', hint),
      exprType(BOOLEAN),
    )
  }
  return doubled(strict('arrayContains', [list, value], BOOLEAN))
}

const some = (array: AnyExpr, f: (value: AnyExpr) => Pred): Expr<boolean> => {
  const elements = query({ tag: 'where', input: unnest(array), f: (s: { readonly value: AnyExpr }) => f(s.value) })
  return expr({ tag: 'exists', query: elements }, exprType(BOOLEAN))
}

/**
 * Whether a condition is true of some element: not false, and not null. Of an array that is null or empty it is false.
 * `arrayAny(e, p) = exists(pipe(unnest(e), where(s => p(s.value))))`
 */
export const arrayAny = <A extends readonly unknown[] | null>(array: Expr<A>, p: (value: Expr<Element<A>>) => Pred): Expr<boolean> =>
  some(array, p)

/** Whether a condition is true of each element: not false, and not null. Of an array that is null or empty it is true. */
export const arrayEvery = <A extends readonly unknown[] | null>(array: Expr<A>, p: (value: Expr<Element<A>>) => Pred): Expr<boolean> => {
  const fails = (value: AnyExpr): Pred => {
    const found = condition(p(value))
    return strict(
      'not',
      [found.type.nullable ? strict('coalesce', [found, literalOf(exprType(BOOLEAN), false)], BOOLEAN, false) : found],
      BOOLEAN,
    )
  }
  return strict('not', [some(array, fails)], BOOLEAN, false)
}
