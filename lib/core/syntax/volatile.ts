/**
 * Values that are new each time: parts of `Expr`, which exports them.
 *
 * `random` and `randomUuid` denote another value in each evaluation: one for each row of an answer, each row that is updated
 * or takes a default, each row that is sorted by them. SQL copies an expression wherever it is mentioned again, and engines merge queries
 * and evaluate conditions as often as they like; so such a value may stand only where it is evaluated once: in the row that
 * a query answers, in a value that is written, in a default, in `orderBy`. Anywhere else it is `Unsupported`.
 *
 * `now` is the same in a whole statement, and may stand anywhere.
 */
import { type DbError, refuse, unsupported } from '../value/DbError.js'
import { type Expr, expr, exprType, type ScalarFn } from './Syntax.js'

/**
 * The instant at which the statement begins, by the engine's clock and in whole milliseconds. In one statement it is the same
 * everywhere; a command that takes several statements has one for each.
 */
export const now: Expr<Date> = expr({ tag: 'call', fn: 'now', args: [] }, exprType({ tag: 'timestamp' }))

const fresh = <A>(fn: ScalarFn, tag: 'float' | 'uuid'): Expr<A> => ({
  ...expr<A>({ tag: 'call', fn, args: [] }, exprType({ tag })),
  volatile: true,
})

/** A float from 0 on and below 1, new in each row. Not for secrets. `orderBy(() => [asc(random)])` shuffles. */
export const random: Expr<number> = fresh('random', 'float')

/** A uuid of version 4, new in each row. `withDefault(randomUuid)(uuid)` is a key that makes itself. */
export const randomUuid: Expr<string> = fresh('randomUuid', 'uuid')

export const refusal = (where: string): DbError =>
  unsupported(
    `a random value in ${where}`,
    'query-ts',
    'it may be answered, written, a default or a key of orderBy; store it to use it again',
  )

/** An expression that is the same however often it is evaluated. */
export const steady = <E extends { readonly volatile?: boolean }>(e: E, where: string): E => (e.volatile ? refuse(refusal(where)) : e)
