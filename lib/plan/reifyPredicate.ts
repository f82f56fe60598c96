/**
 * reifyPredicate: from a predicate on a row (a function) to a plan of it (data).
 *
 * The door for stores that are not SQL and compile conditions to a language of their own: the result is a scalar of literals, columns, calls,
 * `case`, `in` and casts, without queries, parameters and raw text. The columns have the names of their fields. A store refuses the
 * functions that it can't compile and evaluates these by `evaluatePredicate`.
 *
 * Laws: the columns are those that the predicate mentions; the same predicates are refused as by `evaluatePredicate`. Nothing is
 * rewritten: see `normalize` for plans of queries.
 */
import { checkRowPredicate, type RowPredicate, typesOf } from '../core/syntax/rowPredicate.js'
import type { Columns, Exprs } from '../core/syntax/Syntax.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import { columnsOf } from './mentions.js'
import type { Named, Scalar } from './Rel.js'
import { reifier } from './reify.js'

/** A condition on a row as data. */
export interface ReifiedPredicate {
  /** The condition; it refers to `columns` by their ids. */
  readonly condition: Scalar
  /** The columns that it mentions, named by their fields, in the order of the fields. */
  readonly columns: readonly Named[]
}

/**
 * The plan of a predicate on these columns; for a row of a table, pass `table.columns`. Fails with `Unsupported` for a query, raw SQL or
 * a volatile expression in it, and with `ValidationError` for what is no condition of the row.
 */
export const reifyPredicate = <C extends Columns>(
  predicate: RowPredicate<C>,
  columns: C,
): { readonly _tag: 'Left'; readonly left: DbError } | { readonly _tag: 'Right'; readonly right: ReifiedPredicate } =>
  attempting('a predicate', () => {
    checkRowPredicate(predicate, columns)
    const planning = reifier()
    const named = planning.columnsNamed(typesOf(columns))
    const condition = planning.scalar(predicate(planning.rowNamed(named) as Exprs<C>))
    const mentioned = columnsOf(condition)
    return { condition, columns: named.filter(c => mentioned.has(c.id)) }
  })
