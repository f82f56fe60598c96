/**
 * Equalities that allow rows to be found by value.
 *
 * A condition that is an equality, or a conjunction that contains one, is false or null for every row without that value. So rows are
 * looked up by the value, and the whole condition is evaluated for those only: the meaning is the same. The conjuncts before the equality
 * must not be able to fail, since they are not evaluated for the other rows.
 */

import type { AnyExpr, Pred, ScalarFn } from '../core/syntax/Syntax.js'
import type { SqlType } from '../core/value/SqlType.js'
import { identityKind } from './value.js'

const COMPARISONS: readonly ScalarFn[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'isNotDistinctFrom', 'isNull']

const isPlain = (e: AnyExpr): boolean => e.node.tag === 'literal' || e.node.tag === 'ref'

const conjuncts = (p: Pred): readonly Pred[] => (p.node.tag === 'call' && p.node.fn === 'and' ? p.node.args.flatMap(conjuncts) : [p])

const cannotFail = ({ node }: Pred): boolean => node.tag === 'call' && COMPARISONS.includes(node.fn) && node.args.every(isPlain)

const isAlike = (a: SqlType, b: SqlType): boolean => identityKind(a) !== null && identityKind(a) === identityKind(b)

/**
 * The results of `left` and `right` on the sides of the first usable equality of a condition, null if there is none; they return
 * undefined for a side they do not accept.
 */
export const equalityIn = <A, B>(
  condition: Pred,
  left: (e: AnyExpr) => A | undefined,
  right: (e: AnyExpr) => B | undefined,
): readonly [A, B] | null => {
  for (const conjunct of conjuncts(condition)) {
    const { node } = conjunct
    if (node.tag === 'call' && node.fn === 'eq') {
      const [a, b] = node.args as readonly [AnyExpr, AnyExpr]
      const sides = [
        [left(a), right(b)],
        [left(b), right(a)],
      ].find(([l, r]) => l !== undefined && r !== undefined)
      if (sides !== undefined && isAlike(a.type.sql, b.type.sql)) return sides as unknown as readonly [A, B]
    }
    if (!cannotFail(conjunct)) return null
  }
  return null
}

/** The field of a row of symbols that is a given expression. */
export const fieldOf =
  (symbols: object) =>
  (e: AnyExpr): string | undefined =>
    Object.entries(symbols).find(([, symbol]) => symbol === e)?.[0]
