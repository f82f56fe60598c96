/**
 * Makes sure, before the first operation, that the database has the tables of a schema.
 *
 * The first operation or transaction runs `ensureSchema`, and those that are started meanwhile wait for it: missing tables are created, and a
 * database that differs otherwise is a `SchemaConflict` that lists what differs. After a success nothing is checked again; after a failure the
 * next operation checks again. `ddl` does not wait, so that a program can mend the database. To check at the start of a program, run
 * `ensureSchema` there.
 *
 * Law: on a database that has the tables as described it changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'
import { type EnsuringOptions, ensureSchema } from '../schema/ensureSchema.js'
import type { Transformer } from './around.js'

export { type EnsuringOptions, ensureSchema } from '../schema/ensureSchema.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** Creates missing tables of `schema` before the first operation; fails with `SchemaConflict` if the database differs otherwise. */
export const ensuringSchema =
  (schema: AnySchema, options: EnsuringOptions = {}): Transformer =>
  db => {
    const ensure = ensureSchema(schema, options)({ db })
    let ensured: Answer<void> | undefined
    const ready = async (): Answer<void> => {
      ensured ??= ensure()
      const answer = await ensured
      if (E.isLeft(answer)) ensured = undefined
      return answer
    }
    return {
      ...db,
      perform: op => async () => {
        const first = op.tag === 'ddl' ? E.right(undefined) : await ready()
        return E.isLeft(first) ? first : db.perform(op)()
      },
      transaction: (o, use) => async () => {
        const first = await ready()
        return E.isLeft(first) ? first : db.transaction(o, use)()
      },
    }
  }
