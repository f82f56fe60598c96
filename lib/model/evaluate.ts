/**
 * evaluate: what a query answers in a state of the database.
 *
 * First what can't be right is refused, as every interpreter does before it sends anything; then the
 * rows of the query's meaning are decoded. A function of the caller's that throws, in a query or in
 * `mapRow`, makes the answer `CallbackFailed`.
 *
 * Law: `evaluate` depends on nothing but its arguments, and changes nothing.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { unlocked } from '../core/query/locking.js'
import type { AnyQuery } from '../core/syntax/Syntax.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { Database } from './Database.js'
import { decoder } from './decode.js'
import { meaning } from './meaning.js'
import { validateQuery } from './validate.js'

/** The rows of a query, decoded, in an order that it admits. */
export const evaluate = (db: Database, query: AnyQuery): E.Either<DbError, readonly unknown[]> =>
  attempting('a function of the query', () => {
    const { query: bare } = unlocked(query)
    validateQuery(db, bare)
    const m = meaning(db)
    return m.rows(bare).map(decoder(m))
  })
