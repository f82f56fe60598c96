/**
 * Queries that are named, and queries that go on from their own rows: parts of `Query`, which exports them.
 *
 * `recursive(f)(q)` denotes the rows of q, then those of `f` of each of them, then those of `f` of each of these, until there are
 * none: a tree from its roots, a chain, a calendar. `f` sees one row, so that it can say nothing that engines can't do.
 *
 * Laws: `cte(name)(q) = q`; `recursive(f)(q) = unionAll(recursive(f)(flatMap(f)(q)))(q)`; `closure(f)(q)` is
 * `distinct(recursive(f)(q))` where that ends, and ends wherever there are finitely many different rows.
 */
import { type Query, query } from '../syntax/Syntax.js'

export interface CteOptions {
  /** Whether an engine computes it once and keeps the rows, or looks through it; left to the engine where nothing is said. */
  readonly materialized?: boolean
}

/**
 * The same query under a name: where it is used more than once in a query it is said once (`WITH name AS (...)`). A query that
 * mentions columns of a query around it is said where it stands. Whether rows are kept is a hint that some engines take.
 */
export const cte =
  (name: string, options: CteOptions = {}) =>
  <S, A>(q: Query<S, A>): Query<S, A> =>
    query({ tag: 'cte', input: q, name, materialized: options.materialized ?? null })

/**
 * The rows of a query, and all that follow from them: with each row those that `f` makes of it, as often as it does. Fields and types
 * of what follows are those of the query. Without an end in the data, or a condition in `f`, it has none: engines run until
 * they are stopped, the model refuses.
 */
export const recursive =
  <S, A>(f: (s: S) => Query<NoInfer<S>, NoInfer<A>>) =>
  (q: Query<S, A>): Query<S, A> =>
    query({ tag: 'recursive', input: q, f, distinct: false })

/** The different rows among the rows of a query and all that follow from them: what can be reached, also in circles. */
export const closure =
  <S, A>(f: (s: S) => Query<NoInfer<S>, NoInfer<A>>) =>
  (q: Query<S, A>): Query<S, A> =>
    query({ tag: 'recursive', input: q, f, distinct: true })
