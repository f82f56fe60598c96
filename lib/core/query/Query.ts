/**
 * Queries: bags of rows as values.
 *
 * A `Query<S, A>` denotes a bag of rows, with an order if there is an `orderBy`. `S` is the scope: what the next step's function sees, made of
 * expressions; `A` is what a row decodes to. Nothing runs until an interpreter performs the query.
 *
 * `Query` is a *restricted* monad: functions see scopes of expressions, not values, so no fp-ts instance is claimed and its laws are stated on
 * meanings:
 *
 * - left identity: `pipe(of(s), flatMap(f)) = f(s)`; right identity: `flatMap(of) = identity`
 * - associativity of `flatMap`; `zero` absorbs; `flatMap` distributes over `unionAll` on the left
 * - `where(p) = flatMap(s => p ? of(s) : zero)`; `unionAll` is a monoid with `zero`
 *
 * Order: `orderBy` is a stable sort, which `limit`, `offset`, `first` and the result observe. `map`, `where`, `let`, `window`, `distinctOn`,
 * `cte`, `limit`, `offset` keep it; joins, set operations, `distinct`, `aggregate` and `recursive` forget it. The face `Query` also exports the
 * programs that run a query (`program/fetch`, `program/page`, `program/lookups`) and `show`.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import { and, isNotNull } from '../expr/Expr.js'
import type { Unused } from '../expr/refusedTypes.js'
import { isExpr, isRecord } from '../syntax/guards.js'
import { literalOf } from '../syntax/operand.js'
import type {
  Agg,
  AnyAgg,
  AnyExpr,
  AnyQuery,
  AnyWin,
  Columns,
  Expr,
  Exprs,
  ExprType,
  GroupingSets,
  In,
  Leaf,
  Lock,
  Maybe,
  Nested,
  Order,
  Out,
  Pred,
  PreparedQuery,
  Query,
  Result,
  Row,
  SetOperator,
  Shape,
  Table,
  Win,
} from '../syntax/Syntax.js'
import { expr, exprType, invalid, MADE, query } from '../syntax/Syntax.js'
import { random } from '../syntax/volatile.js'
import { kindOf } from '../value/Canonical.js'
import { refuse, validationError } from '../value/DbError.js'
import { isInteger } from '../value/SqlType.js'

// --- Constructors -----------------------------------------------------------------------------

/** The rows of a table. `meaning(from(t)) = rows(t)` */
export const from = <C>(table: Table<C>): Query<Exprs<C>, Row<C>> => query({ tag: 'from', table })

/** One row. `meaning(of(s)) = [s]` */
export const of = <S extends Shape>(shape: S): Query<S, Result<S>> => query({ tag: 'of', shape })

/** No rows, of any shape: the neutral element of `unionAll`. `meaning(zero) = []` */
export const zero: Query<never, never> = query({ tag: 'zero' })

/** One row without fields: the start of a chain of `bind`. */
export const Do: Query<{}, {}> = query({ tag: 'of', shape: {} })

type ValueOf<C> = { readonly [K in keyof C]: Exclude<In<C[K]>, undefined> }

/** Literal rows. `meaning(values(c)(rows)) = rows` */
export const values =
  <C extends Columns>(columns: C) =>
  (rows: readonly ValueOf<C>[]): Query<Exprs<C>, Row<C>> => {
    const types = Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, c.type]))
    return query({ tag: 'values', types, rows: (Array.isArray(rows) ? rows : [null]).map(row => literals(types, row)) })
  }

const literals = (types: { readonly [name: string]: ExprType }, row: unknown): { readonly [name: string]: AnyExpr } =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [
      name,
      isRecord(row)
        ? literalOf(type, Object.hasOwn(row, name) ? row[name] : undefined)
        : invalid(validationError([name], `expected a record of values, got ${kindOf(row)}`), type),
    ]),
  )

// --- Combinators ------------------------------------------------------------------------------

/** A query whose scope has at least the fields of `S`, so that a condition can be written once and used in many queries. */
interface Sees<out S> {
  readonly _S?: () => S
}

/** Checks that a callback is a function, for untyped callers. */
const ofRow = <F>(name: string, f: F): F =>
  typeof f === 'function' ? f : ((() => refuse(validationError([name], `takes a function of the row, got ${kindOf(f)}`))) as F)

/** The rows for which a predicate is true. `meaning(where(p)(q)) = meaning(q).filter(p)` */
export const where =
  <S>(f: (s: S) => Pred) =>
  <S1, A>(q: Query<S1, A> & Sees<S>): Query<S1, A> =>
    query({ tag: 'where', input: q, f: ofRow('where', f) })

type Present<S, N> = { readonly [K in keyof S]: K extends N ? (S[K] extends Expr<infer A> ? Expr<NonNullable<A>> : S[K]) : S[K] }
type PresentRow<A, N> = { readonly [K in keyof A]: K extends N ? NonNullable<A[K]> : A[K] }

/**
 * The rows in which these fields are not null; their types change accordingly.
 * `meaning(whereNotNull('x')(q)) = meaning(where(s => isNotNull(s.x))(q))`
 */
export const whereNotNull =
  <N extends string>(...names: readonly N[]) =>
  <S extends { readonly [K in N]: Expr<any> }, A>(q: Query<S, A>): Query<Present<S, N>, PresentRow<A, N>> =>
    query({ tag: 'where', input: q, f: s => and(...names.map(name => isNotNull(s[name]))), present: names })

/** A step that is applied only if the condition holds, for optional filters. `when(true, f) = f`, `when(false, f) = identity` */
export const when =
  <S, A>(condition: boolean, step: (q: Query<S, A>) => Query<S, A>) =>
  (q: Query<S, A>): Query<S, A> =>
    condition ? step(q) : q

/** Maps each row to another. `meaning(map(f)(q)) = meaning(q).map(f)` */
export const map =
  <S, B extends Shape>(f: (s: S) => B) =>
  (q: Query<S, unknown>): Query<B, Result<B>> =>
    query({ tag: 'map', input: q, f })

/** Applies a pure function to each decoded row, after the query has run; also inside `many`. The functor on `A`. */
export const mapRow =
  <A, B>(f: (a: A) => B) =>
  <S>(q: Query<S, A>): Query<S, B> =>
    query({ tag: 'mapRow', input: q, f })

/** The rows of a query for each row, without an order. `meaning(flatMap(f)(q)) = meaning(q).flatMap(s => meaning(f(s)))` */
export const flatMap =
  <S, S2, B>(f: (s: S) => Query<S2, B>) =>
  <A>(q: Query<S, A>): Query<S2, B> =>
    query({ tag: 'flatMap', input: q, f })

// the types of rows with one more field are written out, because a named type would be slower to check

/** Joins each row with each row of a query, as a field of this name: an inner join. */
export const bind =
  <N extends string, S, S2, B>(name: N, f: (s: S) => Query<S2, B>) =>
  <A>(q: Query<S, A>): Query<S & { readonly [K in N]: S2 }, A & { readonly [K in N]: B }> =>
    query({ tag: 'bind', input: q, name, f })

/** Like `bind`, but a row for which the query has no rows stays, with `none` in the field: a left join. */
export const bindLeft =
  <N extends string, S, S2, B>(name: N, f: (s: S) => Query<S2, B>) =>
  <A>(q: Query<S, A>): Query<S & { readonly [K in N]: Maybe<S2> }, A & { readonly [K in N]: Option<B> }> =>
    query({ tag: 'bindLeft', input: q, name, f })

/** Adds a computed field to each row. `meaning(let(n, f)(q)) = meaning(q).map(s => ({ ...s, [n]: f(s) }))` */
const let_ =
  <N extends string, S, B extends Shape>(name: N, f: (s: S) => B) =>
  <A>(q: Query<S, A> & Unused<N, S>): Query<S & { readonly [K in N]: B }, A & { readonly [K in N]: Result<B> }> =>
    query({ tag: 'let', input: q, name, f })

export { let_ as let }

/** `bind(name, s => where(t => on(s, t))(from(table)))`: an inner join with a table. */
export const innerJoin =
  <N extends string, S, C>(name: N, table: Table<C>, on: (s: S, t: Exprs<C>) => Pred) =>
  <A>(q: Query<S, A>): Query<S & { readonly [K in N]: Exprs<C> }, A & { readonly [K in N]: Row<C> }> =>
    bind(name, (s: S) => where((t: Exprs<C>) => on(s, t))(from(table)))(q)

/** `bindLeft(name, s => where(t => on(s, t))(from(table)))`: a left join with a table. */
export const leftJoin =
  <N extends string, S, C>(name: N, table: Table<C>, on: (s: S, t: Exprs<C>) => Pred) =>
  <A>(q: Query<S, A>): Query<S & { readonly [K in N]: Maybe<Exprs<C>> }, A & { readonly [K in N]: Option<Row<C>> }> =>
    bindLeft(name, (s: S) => where((t: Exprs<C>) => on(s, t))(from(table)))(q)

type Full<S, T> = { readonly left: Maybe<S>; readonly right: Maybe<T> }
type FullRow<A, B> = { readonly left: Option<A>; readonly right: Option<B> }

/** The pairs that match, and the rows of either side that match no row of the other, with `none` in its place. */
export const fullJoin =
  <S, T, B>(right: Query<T, B>, on: (left: S, right: T) => Pred) =>
  <A>(left: Query<S, A>): Query<Full<S, T>, FullRow<A, B>> =>
    query({ tag: 'fullJoin', left, right, on })

type AggExprs<R> = { readonly [K in keyof R]: R[K] extends Agg<infer A> ? Expr<A> : never }
type AggRow<R> = { readonly [K in keyof R]: R[K] extends Agg<infer A> ? A : never }

/** One row for each group of rows with equal `key`s; without a key there is one group, which may be empty. */
export const aggregate =
  <S, R extends { readonly [name: string]: AnyAgg }>(f: (s: S) => R) =>
  <A>(q: Query<S, A>): Query<AggExprs<R>, AggRow<R>> =>
    query({ tag: 'aggregate', input: q, f })

type KeyMaybes<B> = { readonly [K in keyof B]: Maybe<B[K]> }
type KeyOptions<B> = { readonly [K in keyof B]: Option<Result<B[K]>> }
type Keys = { readonly [name: string]: Expr<any> }
type Aggs = { readonly [name: string]: AnyAgg }

const grouping =
  (sets: GroupingSets) =>
  <S, B extends Keys, R extends Aggs>(f: (s: S) => { readonly by: B; readonly of: R }) =>
  <A>(q: Query<S, A>): Query<KeyMaybes<B> & AggExprs<R>, KeyOptions<B> & AggRow<R>> =>
    query({ tag: 'groupingSets', input: q, f, sets })

/**
 * Groups by all keys, then by all but the last, and so on, down to one group of all rows: aggregates with their subtotals. In a subtotal,
 * the keys that it does not group by are `none`. `rollup(f) = groupingSets([[a, b], [a], []])(f)` for keys a and b
 */
export const rollup = grouping('rollup')

/** Groups by every subset of the keys: all subtotals. `cube(f) = groupingSets([[a, b], [a], [b], []])(f)` for keys a and b */
export const cube = grouping('cube')

/** Groups by each of these lists of keys. `groupingSets([a, b])(f) = unionAll(groupingSets([b])(f)(q))(groupingSets([a])(f)(q))` */
export const groupingSets =
  <N extends string>(sets: readonly (readonly N[])[]) =>
  <S, B extends { readonly [K in N]: Expr<any> }, R extends Aggs>(f: (s: S) => { readonly by: B; readonly of: R }) =>
  <A>(q: Query<S, A>): Query<KeyMaybes<B> & AggExprs<R>, KeyOptions<B> & AggRow<R>> =>
    query({ tag: 'groupingSets', input: q, f, sets: sets as GroupingSets })

type WinExprs<W> = { readonly [K in keyof W]: W[K] extends Win<infer A> ? Expr<A> : never }
type WinRow<W> = { readonly [K in keyof W]: W[K] extends Win<infer A> ? A : never }

/** Adds window functions to each row: row numbers, ranks, running totals (see `Window`). The rows and their order stay the same. */
export const window =
  <S, W extends { readonly [name: string]: AnyWin }>(f: (s: S) => W) =>
  <A>(q: Query<S, A>): Query<S & WinExprs<W>, A & WinRow<W>> =>
    query({ tag: 'window', input: q, f })

/** Removes duplicate rows, by null-safe equality of all columns. */
export const distinct = <S, A>(q: Query<S, A>): Query<S, A> => query({ tag: 'distinct', input: q })

/** The first row, in the query's order, of each group of rows with equal values of these expressions; any row of the group if there is no order. */
export const distinctOn =
  <S>(f: (s: S) => readonly AnyExpr[]) =>
  <S1, A>(q: Query<S1, A> & Sees<S>): Query<S1, A> =>
    query({ tag: 'distinctOn', input: q, f })

/** The shape with null added to each type: what the other side of a set operation may have. */
type OrNull<S> =
  S extends Expr<infer A>
    ? Expr<A | null>
    : S extends Maybe<infer P>
      ? Maybe<OrNull<P>>
      : S extends Leaf<any>
        ? S
        : { readonly [K in keyof S]: OrNull<S[K]> }
/** The shape for the rows of both sides: each type includes null if one side's type does. */
type Either<S, T> = [T] extends [S]
  ? S
  : [S] extends [T]
    ? T
    : S extends Expr<infer A>
      ? Expr<A | (T extends Expr<infer B> ? B : never)>
      : S extends Maybe<infer P>
        ? Maybe<Either<P, T extends Maybe<infer Q> ? Q : never>>
        : { readonly [K in keyof S]: Either<S[K], K extends keyof T ? T[K] : never> }

const setOperation =
  (operator: SetOperator) =>
  <S, A>(right: Query<S, A>) =>
  <T extends OrNull<S>, B>(left: Query<T, B>): Query<Either<S, T>, A | B> =>
    query({ tag: 'set', operator, left, right })

/** The rows of both queries, with duplicates: the bag sum. */
export const unionAll = setOperation('unionAll')

/** The distinct rows of both queries. `union(r)(l) = distinct(unionAll(r)(l))` */
export const union = setOperation('union')

/** The distinct rows that are in both queries. */
export const intersect = setOperation('intersect')

/** The distinct rows of the first query that are not in the second. */
export const except = setOperation('except')

/** A stable sort: by these keys first, then by those of an earlier `orderBy`. */
export const orderBy =
  <S>(f: (s: S) => readonly Order[]) =>
  <S1, A>(q: Query<S1, A> & Sees<S>): Query<S1, A> =>
    query({ tag: 'orderBy', input: q, f: ofRow('orderBy', f) })

const BIGINT = exprType({ tag: 'bigint' })

const rowCount = (what: string, n: number | Expr<number | bigint>): AnyExpr => {
  if (isExpr(n)) {
    const { node, type } = n
    if (node.tag === 'invalid' || node.tag === 'param')
      return isInteger(type.sql) ? n : invalid(validationError([what], 'limit and offset must be integers'), BIGINT)
    if (node.tag !== 'literal')
      return invalid(validationError([what], 'limit and offset must be a number or a parameter, not a computed expression'), BIGINT)
    return isInteger(type.sql)
      ? rowCount(what, Number(node.value ?? Number.NaN))
      : invalid(validationError([what], 'limit and offset must be integers'), BIGINT)
  }
  return Number.isSafeInteger(n) && n >= 0
    ? expr({ tag: 'literal', value: BigInt(n) }, BIGINT)
    : invalid(validationError([what], 'limit and offset must be non-negative integers'), BIGINT)
}

/** At most the first `n` rows, in the query's order; any `n` rows if there is no order. */
export const limit =
  (n: number | Expr<number | bigint>) =>
  <S, A>(q: Query<S, A>): Query<S, A> =>
    query({ tag: 'limit', input: q, count: rowCount('limit', n) })

/** All but the first `n` rows. `offset(n)(limit(m)(q))` skips n of the m rows. */
export const offset =
  (n: number | Expr<number | bigint>) =>
  <S, A>(q: Query<S, A>): Query<S, A> =>
    query({ tag: 'offset', input: q, count: rowCount('offset', n) })

/** At most `n` rows, chosen at random: a new choice in each run, all equally likely. Reads all rows. */
export const sample =
  (n: number | Expr<number | bigint>) =>
  <S, A>(q: Query<S, A>): Query<S, A> =>
    limit(n)(query<S, A>({ tag: 'orderBy', input: q, f: () => [{ expr: random, direction: 'asc', nulls: null }] }))

/** The options of `forUpdate` and `forShare`. */
export interface LockOptions {
  /** What to do about rows that other transactions have locked: skip them, or fail with `Timeout` at once. Default: wait. */
  readonly wait?: 'skipLocked' | 'noWait'
}

const locked =
  (strength: Lock['strength']) =>
  (options: LockOptions = {}) =>
  <S, A>(q: Query<S, A>): Query<S, A> =>
    query({ tag: 'lock', input: q, lock: { strength, wait: options.wait ?? 'wait' } })

/**
 * Locks the rows of the query's tables until the transaction ends: other transactions can't write or lock them meanwhile. It must be the
 * last step of a query over tables and joins of tables. Rows of the optional side of a left join are not locked.
 */
export const forUpdate = locked('update')

/** Locks the rows of the query's tables against writes until the transaction ends; other transactions may read them and share the lock. */
export const forShare = locked('share')

// --- Queries inside rows ----------------------------------------------------------------------

const JSON_TYPE = exprType({ tag: 'json' })

/** The rows of a query as a list inside each row, in the query's order, fetched in the same statement. */
export const many = <S, A>(q: Query<S, A>): Nested<readonly A[]> => ({
  [MADE]: true,
  kind: 'nested',
  cardinality: 'many',
  query: q,
  type: JSON_TYPE,
})

/** The first row of a query as an option inside each row, fetched in the same statement. */
export const first = <S, A>(q: Query<S, A>): Nested<Option<A>> => ({
  [MADE]: true,
  kind: 'nested',
  cardinality: 'first',
  query: q,
  type: JSON_TYPE,
})

// --- Prepared queries -------------------------------------------------------------------------

type ParamExprs<C> = { readonly [K in keyof C]: Expr<Out<C[K]>> }

/**
 * A query with typed parameters, planned and printed once for each dialect. Running it costs only binding and
 * the driver's work. `meaning(prepare(c, f)(v)) = meaning(f(v))`
 */
export const prepare = <C extends Columns, S, A>(
  columns: C,
  f: (params: ParamExprs<C>) => Query<S, A>,
): ((values: ValueOf<C>) => Query<S, A>) => {
  const types = Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, c.type]))
  let template: AnyQuery | undefined
  const prepared: PreparedQuery = {
    types,
    f,
    get template() {
      const params = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, expr({ tag: 'param', name }, type)]))
      template ??= f(params as ParamExprs<C>)
      return template
    },
  }
  return values => query({ tag: 'prepared', prepared, values: literals(types, values) })
}
