/**
 * What separates a database from a described schema.
 *
 * `difference(schema)` reads the database schemas in which the tables of the description are, and compares them: its steps, applied by
 * `define`, make the database agree with the description. It changes nothing itself. `only` and `ignore` choose tables and views by name, as for
 * `introspect`, on both sides.
 *
 * Law: after `createAll(s)` in an empty database `difference(s)` has no steps, and so it has after its steps are applied.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'
import { compared } from './compared.js'
import { type Difference, diff } from './diff.js'
import { filtered, type NameFilter } from './introspection.js'

export { type Difference, diff } from './diff.js'
export type { NameFilter } from './introspection.js'
export type { Finding } from './tableDiff.js'
export { unmanagedName } from './unmanaged.js'

/** Compares the database with a described schema. */
export const difference = (schema: AnySchema, filter: NameFilter = {}): Program<Db, DbError, Difference> =>
  pipe(
    compared(schema, filter),
    RTE.map(({ live, wanted, image }) => diff(filtered(live, filter), wanted, image)),
  )
