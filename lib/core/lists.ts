/**
 * Functions of arrays: parts of `Expr`, which exports them.
 *
 * Arrays have no equality and no order (decision note 6), but their elements have: an array is asked for its length, and whether a
 * value is among its elements. Which elements it may be asked for is what engines that keep arrays as JSON can tell apart.
 *
 * Laws: `arrayContains(e, x)` is `inList(x, elements)` where no element is null; of an empty array it is false.
 */
import { unsupported } from './DbError.js'
import { BOOLEAN, doubled, INT, operand, strict, taken } from './operand.js'
import { isText, type SqlType, showSqlType } from './SqlType.js'
import { type AnyExpr, type Expr, exprType, invalid, type Pred, type ScalarFn } from './Syntax.js'

const array = (fn: ScalarFn, x: unknown): AnyExpr => taken(fn, x, t => t.tag === 'array', 'it is for arrays')

/** The number of elements, nulls among them. */
export const arrayLength = <A extends readonly unknown[] | null>(e: Expr<A>): Expr<number | Extract<A, null>> =>
  strict('arrayLength', [array('arrayLength', e)], INT)

type Element<A> = NonNullable<A> extends readonly (infer E)[] ? E : never

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
