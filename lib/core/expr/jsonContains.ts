/**
 * Containment of JSON documents: `jsonContains`, which `Expr` exports.
 *
 * Containment is structural. An object contains an object if it has each of its fields, with a value that contains the field's value. An array
 * contains an array if each of its elements is contained in some element. Texts, numbers, truth values and JSON's null contain what is equal to
 * them. Nothing else is contained: in particular an array does not contain a bare value, as it does on engines that treat a value as an array of
 * itself.
 *
 * Laws: containment is reflexive and transitive; `jsonContains(d, { k: v })` is `eq(jsonAt(c)(d, k), v)`, and false where that is null, for a
 * text, number or truth value v.
 */
import { isExpr } from '../syntax/guards.js'
import { call, literalOf, withExtraDepth } from '../syntax/operand.js'
import { type AnyExpr, type Expr, exprType, invalid, type Pred } from '../syntax/Syntax.js'
import { validationError } from '../value/DbError.js'
import type { Json, SqlType } from '../value/SqlType.js'

const JSON_TYPE: SqlType = { tag: 'json' }

const partOf = (x: unknown): AnyExpr => {
  if (isExpr(x)) return x
  if (x === null || x === undefined)
    return invalid(validationError(['jsonContains'], `${x} is not a part of a document: use isNull`), exprType(JSON_TYPE))
  return literalOf(exprType(JSON_TYPE), x)
}

/**
 * Whether a document contains this part: `jsonContains(order.details, { kind: 'book', items: [{ title: 'Solaris' }] })` is true where the
 * kind is that text and some item has that title, whatever else it has. Fields and elements may be in any order. Null if the
 * document is null. A part that is not a constant is `Unsupported` on MySQL and MariaDB.
 *
 * `meaning(jsonContains(d, p)) = d is an object, and so is p, and each field of p has a value in d that contains it`, and so on
 */
export const jsonContains = <A>(e: Expr<A>, part: Expr<unknown> | Exclude<Json, null>): Pred => {
  return withExtraDepth(call('jsonContains', [e, partOf(part)]), 14)
}
