/**
 * Values inside JSON documents, by path; parts of `Expr`, which exports them.
 *
 * A path is a list of steps: a text is a field of an object, a number an element of an array, counted from 0. A step that does not fit the value
 * at its place leads nowhere. The value at the end is read as the type of a column; it is null if there is no value, JSON's null, or a value of
 * another JSON type: nothing is converted.
 *
 * Laws: `jsonAt(c)(e, ...p, ...r) = jsonAt(c)(jsonAt(anyJson)(e, ...p), ...r)`; at most one of `jsonAt(text)`, `jsonAt(float)`, `jsonAt(boolean)`
 * at one place is not null; where `jsonAt(int)` is not null, `jsonAt(float)` and `jsonAt(bigint)` are the same number. `JSON.parse(jsonText(e))`
 * is `e` if doubles represent its numbers.
 */

import { argOfType, call, literalOf, TEXT, withExtraDepth } from '../syntax/operand.js'
import { type Column, type Expr, type ExprType, exprType, invalid } from '../syntax/Syntax.js'
import { kindOf, textProblem } from '../value/Canonical.js'
import { type DbError, unsupported, validationError } from '../value/DbError.js'
import { type SqlType, showSqlType } from '../value/SqlType.js'
import { DOCUMENTS } from '../value/typeSets.js'

/** The types as which JSON values can be read. A number can be read as each numeric type that represents it. */
const READ: readonly SqlType['tag'][] = ['text', 'int', 'bigint', 'numeric', 'float', 'boolean', 'json']

const MAX_STEPS = 20

const stepProblem = (step: unknown): string | null => {
  if (typeof step === 'number')
    return Number.isInteger(step) && step >= 0 && step <= 2_147_483_647 ? null : 'an array index must be a non-negative integer below 2^31'
  if (typeof step !== 'string') return `a step must be a text or a number, got ${kindOf(step)}`
  return textProblem(step)
}

const pathProblem = (path: readonly unknown[]): DbError | null => {
  if (path.length === 0 || path.length > MAX_STEPS) return validationError(['jsonAt'], `a path must have 1 to ${MAX_STEPS} steps`)
  const problem = path.map(stepProblem).find(p => p !== null)
  if (problem !== undefined) return validationError(['jsonAt'], problem as string)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return path.some(step => typeof step === 'string' && /["\\\u0000-\u001f\u007f]/.test(step))
    ? unsupported('jsonAt of a field whose name has a quote, backslash or control character', 'query-ts', 'MariaDB does not find it')
    : null
}

/**
 * The value at a path of a document, as a column's type: `text`, `int`, `bigint`, `numeric`, `float`, `boolean`, `json(type)` or one
 * of these with a `codec`. Null if there is no value, JSON's null, or a value of another JSON type. A number is null in a type that does not
 * represent it: an int or bigint has no fraction (below 2^53 and 2^63), a numeric no digits beyond its scale, and an
 * integer from 2^53 to 9e18 is a float if a double represents it.
 *
 *     jsonAt(text)(order.details, 'items', 0, 'name')
 */
export const jsonAt =
  <A, I>(column: Column<A, I>) =>
  <B>(e: Expr<B>, ...path: readonly (string | number)[]): Expr<A | null> => {
    const type: ExprType = { ...column.type, nullable: true }
    const value = argOfType('jsonAt', e, DOCUMENTS)
    if (value.node.tag === 'invalid') return value
    if (!READ.includes(type.sql.tag)) {
      const hint = `it reads ${READ.join(', ')}`
      return invalid(validationError(['jsonAt'], `can't read ${showSqlType(type.sql)}: ${hint}`), type)
    }
    const problem = pathProblem(path)
    if (problem !== null) return invalid(problem, type)
    const found = call('jsonAt', [value, literalOf(exprType(TEXT), JSON.stringify(path))], type.sql)
    return withExtraDepth({ ...found, type }, 14)
  }

/**
 * The text of a document, with all digits of its numbers: for documents of other programs, whose numbers a double may not represent.
 * Without spaces, with sorted keys. It is made when the result is read; in the query it stays a document.
 */
export const jsonText = <A>(e: Expr<A>): Expr<string | Extract<A, null>> => call('jsonText', [e])

/** The number of elements of an array; null for any other value. */
export const jsonLength = <A>(e: Expr<A>): Expr<number | null> => withExtraDepth(call('jsonLength', [e]))

/** The kinds of JSON values. `'null'` occurs only for a whole document that is JSON's null, stored by another tool: by path it is null. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

/**
 * The kind of a document: `eq(jsonType(jsonAt(anyJson)(row.data, 'tags')), 'array')`. Null if the document is null.
 *
 * `jsonType(d)` is `'string'` exactly where `jsonAt(text)` of the same place is not null; for `'number'` it is `jsonAt(float)`.
 */
export const jsonType = <A>(e: Expr<A>): Expr<JsonType | Extract<A, null>> => call('jsonType', [e])
