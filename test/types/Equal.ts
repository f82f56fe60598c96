/**
 * Comparing types: `is<Equal<A, B>>()` compiles if A and B are the same type, and not only assignable.
 *
 * The build checks the files of this folder; `types.test.ts` makes sure that it did.
 */

/** `true` when both types are the same, with properties of an intersection taken together. */
export type Equal<A, B> = (<T>() => T extends Flat<A> ? 1 : 2) extends <T>() => T extends Flat<B> ? 1 : 2 ? true : false

type Flat<A> = A extends readonly (infer T)[]
  ? readonly Flat<T>[]
  : A extends object
    ? A extends Date | Uint8Array
      ? A
      : { [K in keyof A]: Flat<A[K]> }
    : A

export const is = <_T extends true>(): void => undefined

import type { Query } from 'query-ts/Query'

/** The row of a query. */
export type RowOf<Q> = Q extends Query<any, infer A> ? A : never
