/**
 * A database and a described schema, side by side: what `diff` compares.
 *
 * `compared(schema, filter)` reads, by one operation, the database schemas in which the tables of the description are. `wanted` is the part of
 * the description that the filter means, and `image` is what the engine would make of it, in the language of `live`. `live` is not
 * filtered: it also has the tables that are left out, which may refer to others.
 *
 * Nothing is changed or locked.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Db, type Introspected, type Program, perform } from '../core/operation/Interpreter.js'
import { emptyImage, type SchemaImage } from '../core/schema/SchemaImage.js'
import { type AnySchema, partOf } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'
import { isMeant, type NameFilter } from './introspection.js'

/** The image of a database, with a described schema and its image. */
export interface Compared {
  readonly live: SchemaImage
  readonly wanted: AnySchema
  readonly image: SchemaImage
}

/** The part of a schema that a filter means, with the foreign keys of its tables. */
export const meantPart = (schema: AnySchema, filter: NameFilter): AnySchema => partOf(schema, isMeant(filter))

/** Reads the database, and the image of the part of a schema that a filter means. */
export const compared = (schema: AnySchema, filter: NameFilter): Program<Db, DbError, Compared> => {
  const wanted = meantPart(schema, filter)
  const schemas = [...new Set(Object.values(wanted.tables).map(t => t.schema))]
  return pipe(
    perform<Introspected>({ tag: 'introspect', schemas, wanted }),
    RTE.map(({ live, wanted: image }) => ({ live, wanted, image: image ?? emptyImage(live.language) })),
  )
}
