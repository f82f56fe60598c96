/**
 * Relations: queries that follow the foreign keys of a schema by name.
 *
 * `of(schema)` has an entry for each table. `include({...})` is a query of its rows with related rows nested in them, to any depth, in one
 * statement. `by(f)` makes a function of a plain row of one whose relations can be followed. What they make are ordinary queries and expressions,
 * which compose with everything else; nothing is read that a query does not mention.
 */
import type { AnyTable, Query } from '../core/syntax/Syntax.js'
import type { AnySchema, Schema } from '../core/table/Schema.js'
import { nested, type Spec } from './include.js'
import { pathsFrom } from './paths.js'
import type { DirectoryOf, Include, Paths, ScopeOf, With } from './Related.js'
import { type AnyRow, directory, type Look, rowsOf } from './sides.js'

/** The relations of a table: queries and conditions that follow them. `D` is the directory of the schema, `N` its name for the table. */
export interface Relation<D, N> {
  /** The rows of the table, each with its related rows under the names of the relations. */
  readonly include: <const S extends Include<D, N>>(spec: S) => Query<ScopeOf<D, N>, With<D, N, S>>
  /** A function of a plain row, by one of a row whose relations can be followed: for `where`, `orderBy`, `map`. */
  readonly by: <A>(f: (row: Paths<D, N>) => A) => (row: ScopeOf<D, N>) => A
}

/** The relations of each table of a schema, by its names for them. */
export type Relations<T, D> = { readonly [N in keyof T]: Relation<D, N> }

const relationOf = (look: Look, t: AnyTable): Relation<any, any> => ({
  include: (spec: object) => nested(look, t, spec as Spec, rowsOf(t)) as never,
  by: f => row => f(pathsFrom(look, t, row as AnyRow) as never),
})

/** The relations of the tables of a schema. */
export const of = <T, K>(schema: Schema<T, K>): Relations<T, DirectoryOf<T, K>> => {
  const look = directory(schema)
  return Object.fromEntries(Object.entries(schema.tables as AnySchema['tables']).map(([name, t]) => [name, relationOf(look, t)])) as never
}
