/**
 * What the compiler refuses, of what a function would refuse when the expression is built.
 *
 * SQL types are seen here as far as TypeScript tells them apart: documents and arrays have no order, truth values and bytes no least one.
 * Dates, times and uuids are strings; what only the SQL type says is refused by `typeSets`. A parameter is `Expr<A> & Orderable<A>`: that
 * is `Expr<A>` where the type is taken, else the reason, which the compiler then shows.
 *
 * Each asks in the end whether something is `never`, which the compiler does not hold to be so of a type that is not known yet: so
 * `<A>(e: Expr<A>) => asc(e)` compiles. What a codec makes of a column is told from a document where it is no plain JSON: a value of a
 * class, say. To order by a column of plain objects that are no documents, order by `cast(text)(e)`, which is what is stored. Equality is not
 * refused here: values of codecs are compared as they are stored, and documents are refused when the expression is built.
 */
import type { Json } from '../value/SqlType.js'

/** Documents and arrays, as `json`, `arrayOf` and `vector` read them. */
type Structured = readonly unknown[] | { readonly [key: string]: Json | undefined }

/** Those of which none is a document or array; `{}` says nothing of them. */
type Plain<A> = A extends string | number | bigint | boolean | null ? A : A extends Structured ? (keyof A extends never ? A : never) : A

type Ranked<A> = A extends boolean | Uint8Array ? never : Plain<A>

/** Why a type is refused that is not all among those that are taken. */
type Among<A, Taken, Why> = [[A] extends [Taken] ? 1 : never] extends [never] ? Why : unknown

/** A type with an order. */
export type Orderable<A> = Among<A, Plain<A>, 'no order of documents and arrays: read a part with jsonAt, or use unnest'>

/** A type of which engines agree on the least. */
export type Extreme<A> = Among<A, Ranked<A>, 'expected a number, text, date or instant: for truth values there are boolAnd and boolOr'>

/** The fields of rows that are known. */
type Fields<S> = string extends keyof S ? never : keyof S

/** Names of fields that the rows do not have yet. */
export type Unused<N, S> = Among<N, Exclude<N, Fields<S>>, 'the rows have a field of this name: choose another'>
