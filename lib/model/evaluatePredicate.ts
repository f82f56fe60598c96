/**
 * evaluatePredicate: whether a row satisfies a predicate, without a database.
 *
 * The one door of the model for stores that filter in process: the meaning is that of `Q.where` in memory, in three-valued logic. A row is a
 * record of canonical values by field, as a table stores it; a field that is missing is null. `now` is the instant of the call of
 * `evaluatePredicate`, the same for every row.
 *
 * Laws: the result is true exactly for the rows that `Q.where(predicate)` keeps; the same predicates are refused as by `reifyPredicate`.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { checkRowPredicate, type RowPredicate, typesOf } from '../core/syntax/rowPredicate.js'
import type { Columns, Exprs } from '../core/syntax/Syntax.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import { empty, type StoredRow } from './Database.js'
import { literals } from './literals.js'
import { meaning } from './meaning.js'
import type { Truth } from './scalar.js'

/**
 * The truth value of a predicate for rows of these columns: true, false, or null for unknown; for a row of a table, pass `table.columns`.
 * Fails with `Unsupported` for a query, raw SQL or a volatile expression in it, and with `ValidationError` for what is no condition of the
 * row. A row fails with `NumericOverflow` where a number in it does not fit its type.
 */
export const evaluatePredicate = <C extends Columns>(
  predicate: RowPredicate<C>,
  columns: C,
): E.Either<DbError, (row: StoredRow) => E.Either<DbError, Truth>> =>
  attempting('a predicate', () => {
    checkRowPredicate(predicate, columns)
    const types = typesOf(columns)
    const { value } = meaning(empty)
    return row => attempting('a predicate', () => value(predicate(literals(types, row) as Exprs<C>)) as Truth)
  })
