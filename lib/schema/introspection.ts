/**
 * Programs that read the schema of a database.
 *
 * `introspect()` yields the image of the tables and views of some database schemas. `only` and `ignore` choose among them by name: a text is
 * the name of a table, or its qualified name with a dot; a regular expression is tried on the qualified name, which is the name alone in the
 * default schema. `ignore` wins. Nothing is changed or locked.
 *
 * Law: `introspect()` after `createAll(s)` in an empty database has the tables of `s`. An interpreter that is `restrictedTo` a schema shows the
 * tables of that schema only.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Db, type Introspected, type Program, perform } from '../core/operation/Interpreter.js'
import type { QualifiedName, SchemaImage } from '../core/schema/SchemaImage.js'
import type { DbError } from '../core/value/DbError.js'

export type {
  CheckImage,
  ColumnImage,
  ForeignKeyImage,
  IndexImage,
  KeyImage,
  QualifiedName,
  SchemaImage,
  TableImage,
  ViewImage,
} from '../core/schema/SchemaImage.js'

/** Which tables and views are meant, by name. Default: all of them. */
export interface NameFilter {
  readonly only?: readonly (string | RegExp)[]
  readonly ignore?: readonly (string | RegExp)[]
}

/** The options of `introspect`. */
export interface IntrospectOptions extends NameFilter {
  /** Database schemas (on MySQL databases, on SQLite attached files); null is the default one. Default: `[null]`. */
  readonly schemas?: readonly (string | null)[]
}

const matches = ({ schema, name }: QualifiedName, pattern: string | RegExp): boolean => {
  const qualified = schema === null ? name : `${schema}.${name}`
  // a regular expression with the flag g or y remembers where it ended
  if (typeof pattern !== 'string') return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(qualified)
  return pattern === name || pattern === qualified
}

/** Whether a name is among those that a filter means. */
export const isMeant =
  ({ only, ignore = [] }: NameFilter) =>
  (name: QualifiedName): boolean =>
    (only === undefined || only.some(p => matches(name, p))) && !ignore.some(p => matches(name, p))

/** The image with the tables and views that a filter means. */
export const filtered = (image: SchemaImage, filter: NameFilter): SchemaImage => ({
  ...image,
  tables: image.tables.filter(isMeant(filter)),
  views: image.views.filter(isMeant(filter)),
})

/** Reads the schema of the database. */
export const introspect = (options: IntrospectOptions = {}): Program<Db, DbError, SchemaImage> =>
  pipe(
    perform<Introspected>({ tag: 'introspect', schemas: options.schemas ?? [null], wanted: null }),
    RTE.map(({ live }) => filtered(live, options)),
  )
