/**
 * JSON documents built from expressions: `jsonObject` and `jsonArray`; parts of `Expr`, which exports them.
 *
 * A document denotes a JSON value: an object with the value of each member under its name, or an array of the values of its elements. A null
 * value becomes JSON's null, a document becomes a part of the new one, and the document itself is never null. Members have types whose values
 * are JSON already: texts, uuids, int and smallint, float, boolean and json. Numbers keep their SQL value: a computed int beyond 2^53 keeps its
 * digits, and reading the document refuses it, as any such number.
 *
 * Laws: `jsonAt(c)(jsonObject({ k: e }), k) = e` and `jsonAt(c)(jsonArray([e]), 0) = e` for e of text, float or boolean, and of int within 2^53;
 * `jsonLength(jsonArray(es))` is the number of elements.
 */
import * as t from 'io-ts'
import { isExpr } from '../syntax/guards.js'
import { argOfType, codecOf, literalOf, node, TEXT } from '../syntax/operand.js'
import { type AnyExpr, type Expr, type ExprType, exprType, invalid, isMade, type ScalarFn } from '../syntax/Syntax.js'
import { kindOf, textProblem } from '../value/Canonical.js'
import { type DbError, unsupported, validationError } from '../value/DbError.js'
import type { SqlType } from '../value/SqlType.js'
import { MEMBERS } from '../value/typeSets.js'

const JSON_TYPE: SqlType = { tag: 'json' }

/** Every engine takes this many in one statement that is not long otherwise. */
const MAX_MEMBERS = 200

/** MariaDB reads 31 levels; a stored document and the enclosing collections have levels of their own. */
const MAX_LEVELS = 8

const levelsOf = ({ node: n }: AnyExpr): number => {
  const deepest = (es: readonly AnyExpr[]): number => es.reduce((most, e) => Math.max(most, levelsOf(e)), 0)
  if (n.tag === 'call') return deepest(n.args) + (n.fn === 'jsonObject' || n.fn === 'jsonArray' ? 1 : 0)
  return n.tag === 'case' ? deepest([...n.branches.map(([, value]) => value), n.otherwise]) : 0
}

const member = (fn: ScalarFn, place: string, x: unknown): AnyExpr => {
  if (!isExpr(x))
    return refusedAs(validationError([fn, place], `expected an expression, got ${kindOf(x)}: a plain value is given as lit(value)`))
  return argOfType(`${fn}.${place}`, x, MEMBERS)
}

/** A document of these members. Its codec is made of theirs, so that the decoded value has the type of the expression. */
const made = (
  fn: 'jsonObject' | 'jsonArray',
  args: readonly AnyExpr[],
  members: readonly AnyExpr[],
  codec: ExprType['refine'],
): AnyExpr => {
  const type = exprType(JSON_TYPE, false, codec)
  const levels = members.reduce((most, e) => Math.max(most, levelsOf(e)), 0) + 1
  return levels > MAX_LEVELS && members.every(e => e.node.tag !== 'invalid')
    ? refusedAs(unsupported(`jsonObject and jsonArray more than ${MAX_LEVELS} levels deep`, 'query-ts', 'MariaDB reads 31 levels'))
    : node({ tag: 'call', fn, args }, type, args)
}

const refusedAs = (error: DbError): AnyExpr => invalid(error, exprType(JSON_TYPE))

const tooMany = (fn: ScalarFn): AnyExpr =>
  refusedAs(unsupported(`${fn} of more than ${MAX_MEMBERS} members`, 'query-ts', 'put some of them into documents of their own'))

const memberCodec = ({ type: { refine, nullable } }: AnyExpr): t.Mixed =>
  refine === null
    ? t.unknown
    : nullable
      ? codecOf(([none, some]: readonly [t.Mixed, t.Mixed]) => t.union([none, some]), [t.null, refine])
      : refine

const hasCodec = (members: readonly AnyExpr[]): boolean => members.some(e => e.type.refine !== null)

/** The value type of an expression. */
type ValueOf<E> = E extends Expr<infer A> ? A : never

/**
 * A JSON object with the value of an expression in each field: `jsonObject({ title: album.title, year: album.year })`. Names are
 * constants; null becomes JSON's null. Types without an exact JSON form (bigint, numeric, bytes, dates, arrays) are `Unsupported`:
 * cast them first. A plain value is given as `lit` or `litOf`.
 *
 * `meaning(jsonObject({ k: e, ... })) = { k: meaning(e), ... }`
 */
export const jsonObject = <const M extends { readonly [name: string]: Expr<unknown> }>(
  members: M,
): Expr<{ readonly [K in keyof M]: ValueOf<M[K]> }> => {
  if (typeof members !== 'object' || members === null || Array.isArray(members) || isMade(members)) {
    const got = isMade(members) ? 'an expression or a query' : kindOf(members)
    return refusedAs(validationError(['jsonObject'], `expected a record of expressions, got ${got}`))
  }
  const names = Object.keys(members)
  if (names.length > MAX_MEMBERS) return tooMany('jsonObject')
  const problem = names.map(textProblem).find(p => p !== null)
  if (problem !== undefined) return refusedAs(validationError(['jsonObject'], problem as string))
  const values = names.map(name => member('jsonObject', name, members[name]))
  const isDecoded = hasCodec(values)
  if (isDecoded && names.includes('__proto__'))
    return refusedAs(unsupported('a field named __proto__ next to one with a codec', 'query-ts', 'io-ts does not decode it'))
  const codec = isDecoded ? codecOf(t.type, Object.fromEntries(names.map((name, i) => [name, memberCodec(values[i] as AnyExpr)]))) : null
  return made('jsonObject', [literalOf(exprType(TEXT), JSON.stringify(names)), ...values], values, codec)
}

/**
 * A JSON array of the values of expressions: `jsonArray([point.x, point.y])`. Elements have the types of members of
 * `jsonObject`.
 *
 * `meaning(jsonArray([e, ...])) = [meaning(e), ...]`
 */
export const jsonArray = <const T extends readonly Expr<unknown>[]>(elements: T): Expr<{ readonly [K in keyof T]: ValueOf<T[K]> }> => {
  if (!Array.isArray(elements))
    return refusedAs(validationError(['jsonArray'], `expected an array of expressions, got ${kindOf(elements)}`))
  if (elements.length > MAX_MEMBERS) return tooMany('jsonArray')
  const values = Array.from(elements, (e, i) => member('jsonArray', String(i), e))
  const codec = hasCodec(values) ? codecOf(types => t.tuple(types as never), values.map(memberCodec)) : null
  return made('jsonArray', values, values, codec)
}
