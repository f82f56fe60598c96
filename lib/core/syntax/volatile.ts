/**
 * Volatile expressions: random and randomUuid; and now. Parts of `Expr`, which exports them.
 *
 * `random` and `randomUuid` denote a new value in each evaluation: one for each row of a result, each row that is updated or takes a default,
 * each row that is sorted by them. SQL copies an expression wherever it is referenced, and engines merge queries and evaluate conditions as often
 * as they like, so a volatile expression may stand only where it is evaluated once: in the row that a query returns, in a value that is written,
 * in a default, in `orderBy`. Anywhere else it is `Unsupported`.
 *
 * `now` is the same throughout a statement and may stand anywhere.
 */
import { type DbError, refuse, unsupported } from '../value/DbError.js'
import { type Expr, expr, exprType, type ScalarFn } from './Syntax.js'

/**
 * The instant at which the statement starts, by the engine's clock, in whole milliseconds. It is the same throughout a statement;
 * a command that takes several statements has one for each.
 */
export const now: Expr<Date> = expr({ tag: 'call', fn: 'now', args: [] }, exprType({ tag: 'timestamp' }))

const fresh = <A>(fn: ScalarFn, tag: 'float' | 'uuid'): Expr<A> => ({
  ...expr<A>({ tag: 'call', fn, args: [] }, exprType({ tag })),
  volatile: true,
})

/** A random float, at least 0 and less than 1, new in each row. Not for secrets. `orderBy(() => [asc(random)])` shuffles. */
export const random: Expr<number> = fresh('random', 'float')

/** A random uuid (version 4), new in each row. `withDefault(randomUuid)(uuid)` is a key that is generated. */
export const randomUuid: Expr<string> = fresh('randomUuid', 'uuid')

/** The error for a volatile expression in a place where it may be evaluated several times. */
export const refusal = (where: string): DbError =>
  unsupported(
    `a random value in ${where}`,
    'query-ts',
    'use it in a result, a written value, a default or a key of orderBy; store it to use it again',
  )

/** Refuses a volatile expression. */
export const stable = <E extends { readonly volatile?: boolean }>(e: E, where: string): E => (e.volatile ? refuse(refusal(where)) : e)
