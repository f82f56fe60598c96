/**
 * Functions of arrays; parts of `Expr`, which exports them.
 *
 * Arrays have no equality and no order (decision note 6), but their elements do: the functions give an array's length, and whether a value is
 * among its elements. The element types of `arrayContains` are those that engines which store arrays as JSON can tell apart.
 *
 * Laws: `arrayContains(e, x)` is `inList(x, elements)` if no element is null; for an empty array it is false; it is `arrayAny(e, v => eq(v, x))`
 * if neither is null; `arrayEvery(e, p)` is `not(arrayAny(e, v => not(p(v))))` if p is never null.
 */

import { type Element, unnest } from '../query/unnest.js'
import {
  argOfType,
  BOOLEAN,
  call,
  condition,
  literalOf,
  node,
  nullable,
  operand,
  TEXT,
  unified,
  withExtraDepth,
} from '../syntax/operand.js'
import { type AnyExpr, type AnyQuery, type Expr, expr, exprType, invalid, type Pred, query } from '../syntax/Syntax.js'
import { isElement, kindOf, textProblem } from '../value/Canonical.js'
import { type DbError, validationError } from '../value/DbError.js'
import { isText, type SqlType, showSqlType } from '../value/SqlType.js'
import { ARRAYS, ARRAYS_OF_TEXTS, ASKED } from '../value/typeSets.js'
import { stringAgg } from './Agg.js'

const MAX_ELEMENTS = 100

const elementsProblem = (given: unknown): DbError | null => {
  if (!Array.isArray(given)) return validationError(['array'], `expected a list of expressions, got ${kindOf(given)}`)
  if (given.length > 0 && given.length <= MAX_ELEMENTS) return null
  const hint = given.length === 0 ? 'for an empty array use litOf(arrayOf(...))([])' : 'for a longer one use litOf(arrayOf(...))([...])'
  return validationError(['array'], `array takes 1 to ${MAX_ELEMENTS} expressions: ${hint}`)
}

/** The array of the values of 1 to 100 expressions. `meaning(array([a, b])) = [a, b]` */
export const array = <A>(elements: readonly Expr<A>[]): Expr<readonly A[]> => {
  const problem = elementsProblem(elements)
  if (problem !== null) return invalid(problem, exprType(TEXTS))
  const [args, { sql, refine }] = unified('array', elements)
  const type = exprType({ tag: 'array', element: sql, elementNullable: nullable(args) })
  if (isElement(sql) && args.every(a => a.type.refine === null)) return node({ tag: 'call', fn: 'array', args }, type, args)
  return invalid(
    validationError(['array'], `arrays of ${refine?.name ?? showSqlType(sql)} are not supported: nest a query with many`),
    type,
  )
}

/** The number of elements, including nulls. */
export const arrayLength = <A extends readonly unknown[] | null>(e: Expr<A>): Expr<number | Extract<A, null>> => call('arrayLength', [e])

const TEXTS: SqlType = { tag: 'array', element: TEXT, elementNullable: false }

/**
 * Whether a value is an element of an array of texts or ints. Null elements are ignored: the result is null only if the
 * array or the value is null.
 */
export const arrayContains = <A extends readonly unknown[] | null>(
  e: Expr<A>,
  x: Expr<NoInfer<Element<A>> | null> | NonNullable<NoInfer<Element<A>>>,
): Pred => {
  const list = argOfType('arrayContains', e, ARRAYS)
  const { sql } = list.type
  if (list.node.tag === 'invalid' || sql.tag !== 'array') return { ...list, type: exprType(BOOLEAN) }
  const value = operand(exprType(sql.element), x)
  const fits = ASKED.has(sql.element) && ASKED.has(value.type.sql) && isText(sql.element) === isText(value.type.sql)
  if (value.node.tag !== 'invalid' && !fits) {
    const got = `${showSqlType(value.type.sql)} in ${showSqlType(sql)}`
    return invalid(
      validationError(['arrayContains'], `expected a text in texts or an int in ints, got ${got}: use arrayAny`),
      exprType(BOOLEAN),
    )
  }
  return withExtraDepth(call('arrayContains', [list, value]))
}

const MAX_SEPARATOR = 100

const separatorProblem = (x: unknown): string | null => {
  if (typeof x !== 'string') return `expected a text, got ${kindOf(x)}`
  if (x === '' || x.length > MAX_SEPARATOR) return `a separator must have 1 to ${MAX_SEPARATOR} characters`
  return textProblem(x)
}

/** The array of the texts between the separators, from left to right; for a text without a separator, of the text itself. `split('a,,b', ',') = ['a', '', 'b']` */
export const split = <A extends string | null>(e: Expr<A>, separator: string): Expr<readonly string[] | Extract<A, null>> => {
  const problem = separatorProblem(separator)
  if (problem !== null) return invalid(validationError(['split'], problem), exprType(TEXTS))
  return withExtraDepth(call('split', [e, literalOf(exprType(TEXT), separator)]))
}

/** The elements of an array of texts joined by a separator; nulls are skipped. `arrayJoin(split(e, s), s) = e` */
export const arrayJoin = <A extends readonly (string | null)[] | null>(
  array: Expr<A>,
  separator: string,
): Expr<string | Extract<A, null>> => {
  const list = argOfType('arrayJoin', array, ARRAYS_OF_TEXTS)
  const type = exprType(TEXT, list.type.nullable)
  const problem = typeof separator === 'string' ? textProblem(separator) : `expected a text, got ${kindOf(separator)}`
  if (problem !== null) return invalid(validationError(['arrayJoin'], problem), type)
  if (list.node.tag === 'invalid') return { ...list, type }
  if (!list.type.nullable) return joined(list, separator)
  // the array is used twice: as the column of a row it is written once
  const orNull = (s: { readonly list: AnyExpr }): AnyExpr => {
    const [isNull, texts] = [call('isNull', [s.list]), joined(s.list, separator)]
    return node({ tag: 'case', branches: [[isNull, expr({ tag: 'literal', value: null }, type)]], otherwise: texts }, type, [isNull, texts])
  }
  return scalarOf(query({ tag: 'map', input: query({ tag: 'of', shape: { list } }), f: orNull }))
}

const scalarOf = (q: AnyQuery): AnyExpr => expr({ tag: 'scalar', query: q }, exprType(TEXT, true))

/** The texts of an array joined; the empty text for null. */
const joined = (list: AnyExpr, separator: string): Expr<any> => {
  const f = ({ position, value }: { readonly position: AnyExpr; readonly value: AnyExpr }) => ({
    text: stringAgg(value, separator, { orderBy: [{ expr: position, direction: 'asc', nulls: null }] }),
  })
  const text = query({ tag: 'map', input: query({ tag: 'aggregate', input: unnest(list), f }), f: s => s.text })
  return call('coalesce', [scalarOf(text), literalOf(exprType(TEXT), '')])
}

const some = (array: AnyExpr, f: (value: AnyExpr) => Pred): Expr<boolean> => {
  const elements = query({ tag: 'where', input: unnest(array), f: (s: { readonly value: AnyExpr }) => f(s.value) })
  return expr({ tag: 'exists', query: elements }, exprType(BOOLEAN))
}

/**
 * Whether a condition is true (not false, not null) for at least one element. False for an array that is null or empty.
 * `arrayAny(e, p) = exists(pipe(unnest(e), where(s => p(s.value))))`
 */
export const arrayAny = <A extends readonly unknown[] | null>(array: Expr<A>, p: (value: Expr<Element<A>>) => Pred): Expr<boolean> =>
  some(array, p)

/** Whether a condition is true (not false, not null) for each element. True for an array that is null or empty. */
export const arrayEvery = <A extends readonly unknown[] | null>(array: Expr<A>, p: (value: Expr<Element<A>>) => Pred): Expr<boolean> => {
  const fails = (value: AnyExpr): Pred => {
    const found = condition(p(value))
    return call('not', [found.type.nullable ? call('coalesce', [found, literalOf(exprType(BOOLEAN), false)]) : found])
  }
  return call('not', [some(array, fails)])
}
