/**
 * Predicates over the columns of one row, outside a query.
 *
 * A store that is not SQL filters by the same predicates as `Q.where`: it evaluates them (`model/evaluatePredicate`) or compiles their plan
 * (`plan/reifyPredicate`). Both first apply the predicate to symbols here, so both refuse the same predicates: those that are more than a
 * function of the row. These contain a query, raw SQL, a volatile expression, a parameter, or a column of another scope. Aggregates and
 * window functions are no conditions.
 *
 * This module evaluates and plans nothing.
 */
import { refuse, unsupported } from '../value/DbError.js'
import { asFilter, outOfScope } from './guards.js'
import type { Columns, Exprs, ExprType, Pred } from './Syntax.js'
import { asksQuery, isBoundElsewhere, symbolsOf, writesRaw } from './scope.js'

/** A condition on the columns of a row. */
export type RowPredicate<C> = (row: Exprs<C>) => Pred

/** The types of columns, by field. */
export const typesOf = (columns: Columns): { readonly [field: string]: ExprType } =>
  Object.fromEntries(Object.entries(columns).map(([field, c]) => [field, c.type]))

/**
 * Refuses a predicate that is not a function of the row: `Unsupported` for a query, raw SQL and a volatile expression, `ValidationError`
 * for what is no condition or is out of scope. Call it inside `attempting`.
 */
export const checkRowPredicate = <C extends Columns>(predicate: RowPredicate<C>, columns: C): void => {
  const p = asFilter(predicate(symbolsOf(typesOf(columns)) as Exprs<C>), 'a predicate')
  if (p.node.tag === 'invalid') refuse(p.node.error)
  if (asksQuery(p)) refuse(unsupported('a query in a predicate on a row', 'query-ts', 'run the query first and compare with its result'))
  if (writesRaw(p)) refuse(unsupported('raw SQL in a predicate on a row', 'query-ts', 'write it with expressions'))
  if (isBoundElsewhere(p)) outOfScope()
}
