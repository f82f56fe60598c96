/**
 * evaluate: the result of a query in a state of a database.
 *
 * The query is validated first, as every interpreter does before it sends anything; then the rows of its meaning are decoded. A callback
 * that throws, in the query or in `mapRow`, is `CallbackFailed`.
 *
 * Law: `evaluate` depends only on its arguments, and changes nothing.
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
