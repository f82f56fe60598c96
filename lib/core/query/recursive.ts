/**
 * The WITH clause: named queries and recursive queries; parts of `Query`, which exports them.
 *
 * `recursive(f)(q)` denotes the rows of q, then the rows of `f` for each of them, then the rows of `f` for each of these, until there are no
 * more: a tree from its roots, a chain, a calendar. `f` sees one row at a time, so it can express nothing that engines can't do.
 *
 * Laws: `cte(name)(q) = q`; `recursive(f)(q) = unionAll(recursive(f)(flatMap(f)(q)))(q)`; `closure(f)(q)` is `distinct(recursive(f)(q))` where
 * that ends, and ends whenever the number of distinct rows is finite.
 */
import { type Query, query } from '../syntax/Syntax.js'

/** The options of `cte`. */
export interface CteOptions {
  /** Whether the engine computes it once and stores the rows, or inlines it. Default: the engine decides. */
  readonly materialized?: boolean
}

/**
 * Names a query: used several times in a statement, it is written once (`WITH name AS (...)`). A query that
 * is correlated with an enclosing query is inlined. `materialized` is a hint that some engines follow.
 */
export const cte =
  (name: string, options: CteOptions = {}) =>
  <S, A>(q: Query<S, A>): Query<S, A> =>
    query({ tag: 'cte', input: q, name, materialized: options.materialized ?? null })

/**
 * The rows of a query and all rows that follow from them: for each row those of `f`, with duplicates. The rows of `f` have the fields and
 * types of the query. If neither the data nor a condition in `f` ends it, it is infinite: engines run until
 * they are stopped, the model refuses it.
 */
export const recursive =
  <S, A>(f: (s: S) => Query<NoInfer<S>, NoInfer<A>>) =>
  (q: Query<S, A>): Query<S, A> =>
    query({ tag: 'recursive', input: q, f, distinct: false })

/** The distinct rows among the rows of a query and all that follow from them: what is reachable, also in graphs with cycles. */
export const closure =
  <S, A>(f: (s: S) => Query<NoInfer<S>, NoInfer<A>>) =>
  (q: Query<S, A>): Query<S, A> =>
    query({ tag: 'recursive', input: q, f, distinct: true })
