/**
 * The types of relations: what a table is related to, by the foreign keys of its schema.
 *
 * A relation has a name on each side of its key: the referencing table sees the row that it references, the referenced table sees the rows that
 * reference it. All types are looked up by the names that a program mentions; a schema of 500 tables is never expanded. The relations that
 * lead back to a table are found in one index that is made once for a schema (`BackIndex`).
 *
 * `keyof` of that index is not asked for: TypeScript computes it anew each time (test/budget.test.ts).
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { Expr, Exprs, Order, Out, Pred, Result, Row, Shape, Table } from '../core/syntax/Syntax.js'
import type { Reference } from '../core/table/Schema.js'

/** A relation to one row: of a key that is not null. */
export interface ToOne<out To> {
  readonly cardinality: 'one'
  readonly to: To
}

/** A relation to at most one row. */
export interface ToMaybe<out To> {
  readonly cardinality: 'maybe'
  readonly to: To
}

/** A relation to any number of rows. */
export interface ToMany<out To> {
  readonly cardinality: 'many'
  readonly to: To
}

type BackOf<N, Ref> =
  Ref extends Reference<infer To, any, infer B, infer One>
    ? { readonly to: To; readonly name: B; readonly from: N; readonly one: One }
    : never
type Backs<K> = { [N in keyof K]: { [R in keyof K[N]]: BackOf<N, K[N][R]> }[keyof K[N]] }[keyof K]
type BackIndex<P extends { readonly to: any }> = { [X in P as X['to']]: X }

/** A schema as relations see it: its tables, its references, and those that lead back. */
export interface Directory<out T, out K, out B> {
  readonly tables: T
  readonly references: K
  readonly backs: B
}

/** The directory of a schema with these tables and references. */
export type DirectoryOf<T, K> = Directory<T, K, BackIndex<Backs<K>>>

type Forward<Ref> = Ref extends Reference<infer To, infer Nullable, any, any> ? (Nullable extends true ? ToMaybe<To> : ToOne<To>) : never
type Forwards<R> = { readonly [X in keyof R]: Forward<R[X]> }

interface AnyBack {
  readonly name: any
  readonly from: any
  readonly one: any
}
type Backward<B extends AnyBack> = B['one'] extends true ? ToMaybe<B['from']> : ToMany<B['from']>
type Backwards<P extends AnyBack> = { readonly [X in P as X['name']]: Backward<X> }

type ForwardsIn<K, N extends PropertyKey> = K extends { readonly [X in N]: infer R } ? Forwards<R> : {}
type BackwardsIn<B, N extends PropertyKey> = B extends { readonly [X in N]: infer P extends AnyBack } ? Backwards<P> : {}

/** The relations of a table, by their names. */
export type RelationsOf<D, N> =
  D extends Directory<any, infer K, infer B> ? (N extends PropertyKey ? ForwardsIn<K, N> & BackwardsIn<B, N> : never) : never

/** The columns of a table. */
type ColumnsOf<D, N> =
  D extends Directory<infer T, any, any> ? (N extends keyof T ? (T[N] extends Table<infer C> ? C : never) : never) : never

/** The row of a table. */
export type RowOf<D, N> = Row<ColumnsOf<D, N>>

type OfRelation<R> = R extends { readonly to: infer To } ? To : never

// --- Paths ------------------------------------------------------------------------------------

/** Rows at the end of a path of which one is to-many. */
export interface Rows<D, N> {
  /** Whether a row satisfies the condition; without one, whether there is a row. */
  readonly some: (condition?: (row: Paths<D, N>) => Pred) => Pred
  /** Whether every row satisfies the condition. */
  readonly every: (condition: (row: Paths<D, N>) => Pred) => Pred
  /** Whether no row satisfies the condition; without one, whether there is none. */
  readonly none: (condition?: (row: Paths<D, N>) => Pred) => Pred
  /** The number of rows that satisfy the condition; without one, of all rows. */
  readonly count: (condition?: (row: Paths<D, N>) => Pred) => Expr<number>
  /** The sum over the rows; null if there is none. */
  readonly sum: <A extends number | bigint | `${number}` | null>(value: (row: Paths<D, N>) => Expr<A>) => Expr<A | null>
  /** The least value; null if there is none. */
  readonly min: <A>(value: (row: Paths<D, N>) => Expr<A>) => Expr<A | null>
  /** The greatest value; null if there is none. */
  readonly max: <A>(value: (row: Paths<D, N>) => Expr<A>) => Expr<A | null>
  /** The average; null if there is none. */
  readonly avg: <A extends number | bigint | `${number}` | null>(value: (row: Paths<D, N>) => Expr<A>) => Expr<number | null>
}

type Far<C> = { readonly [F in keyof C]: Expr<Out<C[F]> | null> }

/** A related row in an expression: its fields are null where there is no such row. */
type Path<D, N> = Far<ColumnsOf<D, N>> & Steps<D, RelationsOf<D, N>>

type Step<D, R> = R extends ToMany<infer To> ? Rows<D, To> : R extends { readonly to: infer To } ? Path<D, To> : never
type Steps<D, Rels> = { readonly [R in keyof Rels]: Step<D, Rels[R]> }

/** A row whose relations can be followed in expressions. */
export type Paths<D, N> = Exprs<ColumnsOf<D, N>> & Steps<D, RelationsOf<D, N>>

// --- Includes ---------------------------------------------------------------------------------

/** Which rows of a relation are included, in which order, and what of them. */
interface Options<D, N> {
  readonly where?: (row: Paths<D, N>) => Pred
  readonly orderBy?: (row: Paths<D, N>) => readonly Order[]
  readonly limit?: number
  readonly offset?: number
  readonly select?: (row: Paths<D, N>) => Shape
}

/** The options of an included relation. A relation to one row has `select` alone. */
type OptionsOf<D, R> = R extends ToMany<infer N> ? Options<D, N> : R extends { readonly to: infer N } ? Pick<Options<D, N>, 'select'> : {}

type IncludeOf<D, R> = true | (OptionsOf<D, R> & Includes<D, RelationsOf<D, OfRelation<R>>>)
type Includes<D, Rels> = { readonly [R in keyof Rels]?: IncludeOf<D, Rels[R]> }

/** What is included with a row of a table. */
export type Include<D, N> = Includes<D, RelationsOf<D, N>>

type Included<D, N, S> = S extends { readonly select: (row: any) => infer A }
  ? Result<A> & Found<D, RelationsOf<D, N>, S>
  : RowOf<D, N> & Found<D, RelationsOf<D, N>, S>
type Wrapped<D, R, S> =
  R extends ToOne<infer N>
    ? Included<D, N, S>
    : R extends ToMaybe<infer N>
      ? Option<Included<D, N, S>>
      : R extends ToMany<infer N>
        ? readonly Included<D, N, S>[]
        : never
type Found<D, Rels, S> = { readonly [R in keyof S & keyof Rels]: Wrapped<D, Rels[R], S[R]> }

/** A row of a table with what is included. */
export type With<D, N, S> = RowOf<D, N> & Found<D, RelationsOf<D, N>, S>

/** The scope of a query with includes: the fields of its row. */
export type ScopeOf<D, N> = Exprs<ColumnsOf<D, N>>
