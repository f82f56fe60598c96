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

/** A relation: the table at its other end, and whether that has one row, at most one, or any number for a row of this one. */
export interface Rel<out To, out Cardinality> {
  readonly to: To
  readonly cardinality: Cardinality
}

/** What is known of a reference. */
interface Known {
  readonly to: any
  readonly nullable: any
  readonly back: any
  readonly one: any
}

/** References by the names of their tables and relations. */
interface AnyReferences {
  readonly [table: string]: { readonly [relation: string]: Reference<Known> }
}

/** A reference, with the table that has it. */
interface Back<out N, out R extends Known> {
  readonly from: N
  readonly known: R
}
type AnyBack = Back<any, Known>
type BacksIn<N, R extends AnyReferences[string]> = { [X in keyof R]: Back<N, R[X]['_R']> }[keyof R]
type Backs<K extends AnyReferences> = { [N in keyof K]: BacksIn<N, K[N]> }[keyof K]
type BackIndex<P extends AnyBack> = { [X in P as X['known']['to']]: X }

/** A schema as relations see it: its tables, its references, and those that lead back. */
interface Directory<out T, out K, out B> {
  readonly tables: T
  readonly references: K
  readonly backs: B
}

type AnyDirectory = Directory<any, any, any>

/** The directory of a schema with these tables and references. */
export type DirectoryOf<T, K> = K extends AnyReferences ? Directory<T, K, BackIndex<Backs<K>>> : Directory<T, {}, {}>

type Forwards<R> = {
  readonly [X in keyof R]: R[X] extends Reference<infer S extends Known>
    ? Rel<S['to'], S['nullable'] extends true ? 'maybe' : 'one'>
    : never
}

type Backwards<P extends AnyBack> = {
  readonly [X in P as X['known']['back']]: Rel<X['from'], X['known']['one'] extends true ? 'maybe' : 'many'>
}

type ForwardsIn<K, N> = N extends keyof K ? Forwards<K[N]> : {}
type BackwardsIn<B, N extends PropertyKey> = B extends { readonly [X in N]: infer P extends AnyBack } ? Backwards<P> : {}

/** The relations of a table, by their names. */
export type RelationsOf<D, N> = D extends AnyDirectory ? ForwardsIn<D['references'], N> & BackwardsIn<D['backs'], N & PropertyKey> : never

/** The columns of a table. */
type ColumnsOf<D, N> = D extends AnyDirectory ? (D['tables'][N & string] extends Table<infer C> ? C : never) : never

/** The row of a table. */
type RowOf<D, N> = Row<ColumnsOf<D, N>>

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

type Step<D, R> = R extends Rel<infer To, infer Cardinality> ? (Cardinality extends 'many' ? Rows<D, To> : Path<D, To>) : never
type Steps<D, Rels> = { readonly [R in keyof Rels]: Step<D, Rels[R]> }

/** A row whose relations can be followed in expressions. */
export type Paths<D, N> = Exprs<ColumnsOf<D, N>> & Steps<D, RelationsOf<D, N>>

// --- Includes ---------------------------------------------------------------------------------

/** What of a related row is included. */
interface OneOptions<D, N> {
  readonly select?: (row: Paths<D, N>) => Shape
}

/** Which rows of a relation are included, in which order, and what of them. */
interface ManyOptions<D, N> extends OneOptions<D, N> {
  readonly where?: (row: Paths<D, N>) => Pred
  readonly orderBy?: (row: Paths<D, N>) => readonly Order[]
  readonly limit?: number
  readonly offset?: number
}

/** The options of an included relation. */
type OptionsOf<D, N, Cardinality> = Cardinality extends 'many' ? ManyOptions<D, N> : OneOptions<D, N>

type IncludeOf<D, R> =
  R extends Rel<infer N, infer Cardinality> ? true | (OptionsOf<D, N, Cardinality> & Includes<D, RelationsOf<D, N>>) : never
type Includes<D, Rels> = { readonly [R in keyof Rels]?: IncludeOf<D, Rels[R]> }

/** What is included with a row of a table. */
export type Include<D, N> = Includes<D, RelationsOf<D, N>>

type Included<D, N, S> = S extends true
  ? RowOf<D, N>
  : S extends { readonly select: (row: any) => infer A }
    ? Result<A> & Found<D, RelationsOf<D, N>, S>
    : RowOf<D, N> & Found<D, RelationsOf<D, N>, S>
type Wrapped<Cardinality, A> = Cardinality extends 'one' ? A : Cardinality extends 'maybe' ? Option<A> : readonly A[]
type FoundIn<D, R, S> = R extends Rel<infer N, infer Cardinality> ? Wrapped<Cardinality, Included<D, N, S>> : never
type Found<D, Rels, S> = { readonly [R in keyof S & keyof Rels]: FoundIn<D, Rels[R], S[R]> }

/** A row of a table with what is included. */
export type With<D, N, S> = RowOf<D, N> & Found<D, RelationsOf<D, N>, S>

/** The scope of a query with includes: the fields of its row. */
export type ScopeOf<D, N> = Exprs<ColumnsOf<D, N>>
