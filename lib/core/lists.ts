/**
 * Functions of arrays: parts of `Expr`, which exports them.
 *
 * Arrays have no equality and no order (decision note 6), but their elements have: an array is asked for its length, and whether a
 * value is among its elements. Which elements it may be asked for is what engines that keep arrays as JSON can tell apart.
 *
 * Laws: `arrayContains(e, x)` is `inList(x, elements)` where no element is null; of an empty array it is false; it is
 * `arrayAny(e, v => eq(v, x))` where neither is null; `arrayEvery(e, p)` is `not(arrayAny(e, v => not(p(v))))` where p is never null.
 */
import { stringAgg } from './Agg.js'
import { isElement, kindOf, textProblem } from './Canonical.js'
import { type DbError, unsupported, validationError } from './DbError.js'
import { type Element, unnest } from './elements.js'
import { BOOLEAN, condition, doubled, INT, literalOf, node, nullable, operand, strict, TEXT, taken, unified } from './operand.js'
import { isInteger, isText, type SqlType, sameColumnType, showSqlType } from './SqlType.js'
import { type AnyExpr, type AnyQuery, type Expr, expr, exprType, invalid, type Pred, query, type ScalarFn } from './Syntax.js'

const listed = (fn: ScalarFn, x: unknown): AnyExpr => taken(fn, x, t => t.tag === 'array', 'it is for arrays')

const MOST_ELEMENTS = 100

const elementsProblem = (given: unknown): DbError | null => {
  if (!Array.isArray(given)) return validationError(['array'], `expected a list of expressions, got ${kindOf(given)}`)
  if (given.length > 0 && given.length <= MOST_ELEMENTS) return null
  const hint = given.length === 0 ? 'litOf(arrayOf(...))([]) is the array of none' : 'a longer one is a value: litOf(arrayOf(...))([...])'
  return validationError(['array'], `array takes 1 to ${MOST_ELEMENTS} expressions: ${hint}`)
}

/** The array of the values of some expressions, up to a hundred. `meaning(array([a, b])) = [a, b]` */
export const array = <A>(elements: readonly Expr<A>[]): Expr<readonly A[]> => {
  const problem = elementsProblem(elements)
  if (problem !== null) return invalid(problem, exprType(TEXTS))
  const [args, { sql, refine }] = unified(elements)
  const type = exprType({ tag: 'array', element: sql, elementNullable: nullable(args) })
  const fits = args.every(a => a.node.tag === 'invalid' || sameColumnType(a.type.sql, sql) || (isInteger(a.type.sql) && isInteger(sql)))
  if (!fits) return invalid(validationError(['array'], 'the elements of an array have one type'), type)
  if (isElement(sql) && args.every(a => a.type.refine === null)) return node({ tag: 'call', fn: 'array', args }, type, args)
  return invalid(unsupported(`an array of ${refine?.name ?? showSqlType(sql)}`, 'query-ts', 'nest a query with many'), type)
}

/** The number of elements, nulls among them. */
export const arrayLength = <A extends readonly unknown[] | null>(e: Expr<A>): Expr<number | Extract<A, null>> =>
  strict('arrayLength', [listed('arrayLength', e)], INT)

const TEXTS: SqlType = { tag: 'array', element: TEXT, elementNullable: false }

const isAsked = (t: SqlType): boolean => isText(t) || t.tag === 'int' || t.tag === 'smallint'

/**
 * Whether a value is an element of an array of texts or ints. Elements that are null are no value: the answer is null only where the
 * array or the value is.
 */
export const arrayContains = <A extends readonly unknown[] | null>(
  e: Expr<A>,
  x: Expr<NoInfer<Element<A>> | null> | NonNullable<NoInfer<Element<A>>>,
): Pred => {
  const list = listed('arrayContains', e)
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

const MOST_SEPARATOR = 100

const separatorProblem = (x: unknown): string | null => {
  if (typeof x !== 'string') return `expected a text, got ${kindOf(x)}`
  if (x === '' || x.length > MOST_SEPARATOR) return `a separator has one character at least, and ${MOST_SEPARATOR} at most`
  return textProblem(x)
}

/** The array of the texts between the separators, from left to right; of a text without one, of the text itself. `split('a,,b', ',') = ['a', '', 'b']` */
export const split = <A extends string | null>(e: Expr<A>, separator: string): Expr<readonly string[] | Extract<A, null>> => {
  const problem = separatorProblem(separator)
  if (problem !== null) return invalid(validationError(['split'], problem), exprType(TEXTS))
  return doubled(strict('split', [taken('split', e, isText, 'it is for texts'), literalOf(exprType(TEXT), separator)], TEXTS))
}

/** The elements of an array of texts as one text, with a separator between them; those that are null are left out. `arrayJoin(split(e, s), s) = e` */
export const arrayJoin = <A extends readonly (string | null)[] | null>(
  array: Expr<A>,
  separator: string,
): Expr<string | Extract<A, null>> => {
  const list = taken('arrayJoin', array, t => t.tag === 'array' && isText(t.element), 'it is for arrays of texts')
  const type = exprType(TEXT, list.type.nullable)
  const problem = typeof separator === 'string' ? textProblem(separator) : `expected a text, got ${kindOf(separator)}`
  if (problem !== null) return invalid(validationError(['arrayJoin'], problem), type)
  if (list.node.tag === 'invalid') return { ...list, type }
  if (!list.type.nullable) return joined(list, separator)
  // the array stands twice: as the column of a row it is said once
  const orNull = (s: { readonly list: AnyExpr }): AnyExpr => {
    const [isNull, texts] = [strict('isNull', [s.list], BOOLEAN, false), joined(s.list, separator)]
    return node({ tag: 'case', branches: [[isNull, expr({ tag: 'literal', value: null }, type)]], otherwise: texts }, type, [isNull, texts])
  }
  return scalarOf(query({ tag: 'map', input: query({ tag: 'of', shape: { list } }), f: orNull }))
}

const scalarOf = (q: AnyQuery): AnyExpr => expr({ tag: 'scalar', query: q }, exprType(TEXT, true))

/** The texts of an array, one after the other; of no array the empty text. */
const joined = (list: AnyExpr, separator: string): Expr<any> => {
  const f = ({ position, value }: { readonly position: AnyExpr; readonly value: AnyExpr }) => ({
    text: stringAgg(value, separator, { orderBy: [{ expr: position, direction: 'asc', nulls: null }] }),
  })
  const text = query({ tag: 'map', input: query({ tag: 'aggregate', input: unnest(list), f }), f: s => s.text })
  return strict('coalesce', [scalarOf(text), literalOf(exprType(TEXT), '')], TEXT, false)
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
