/**
 * Types that the compiler refuses where a function would refuse them when the expression is built.
 *
 * SQL types are visible here as far as TypeScript can distinguish them: documents and arrays have no order, truth values and bytes no minimum.
 * Dates, times and uuids are strings; `typeSets` checks what only the SQL type shows. A parameter is `Expr<A> & Orderable<A>`, which is `Expr<A>`
 * if the type is accepted, or else the reason, which the compiler shows.
 *
 * Each check ends in a test for `never`, which the compiler does not resolve for a type parameter, so `<A>(e: Expr<A>) => asc(e)` compiles. A
 * value made by a codec is distinguished from a document if it is not plain JSON: an instance of a class, for example. To order by a column of plain
 * objects that are no documents, order by `cast(text)(e)`, the stored form. Equality is not refused here: values of codecs are compared in
 * their stored form, and documents are refused when the expression is built.
 */
import type { Json } from '../value/SqlType.js'

/** Documents and arrays, as `json`, `arrayOf` and `vector` read them. */
type Structured = readonly unknown[] | { readonly [key: string]: Json | undefined }

/** `A` without documents and arrays; `{}` may be either. */
type Plain<A> = A extends string | number | bigint | boolean | null ? A : A extends Structured ? (keyof A extends never ? A : never) : A

type Ranked<A> = A extends boolean | Uint8Array ? never : Plain<A>

/** `unknown` if `A` is among the accepted types, or else the reason. */
type Among<A, Taken, Why> = [[A] extends [Taken] ? 1 : never] extends [never] ? Why : unknown

/** A type with an order. */
export type Orderable<A> = Among<A, Plain<A>, 'documents and arrays have no order: read a part with jsonAt, or use unnest'>

/** A type for which engines agree on the smallest value. */
export type Extreme<A> = Among<A, Ranked<A>, 'expected a number, text, date or instant: for booleans use boolAnd and boolOr'>

/** The known fields of a row type. */
type Fields<S> = string extends keyof S ? never : keyof S

/** A name that the rows do not use yet. */
export type Unused<N, S> = Among<N, Exclude<N, Fields<S>>, 'the rows already have a field of this name: choose another'>
