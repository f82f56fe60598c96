/**
 * Creates the tables of a schema when they are first needed, and looks at those that are there.
 *
 * Before its first operation the interpreter reads no row of each table. A table that is not there is created, with the
 * others that are missing; one that lacks a column is a `SchemaConflict`, or is dropped and created again when told so.
 * That types and constraints are those of the schema is not looked at. A failed look is repeated by the next operation.
 */
import * as E from 'fp-ts/lib/Either.js'
import { all, type Interpreter, type SqlOp } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { createSteps, dropSteps } from '../core/schema/Step.js'
import type { AnyTable, Table } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'
import type { Transformer } from './around.js'

export interface EnsuringOptions {
  /** What happens when a table lacks a column: `raise` (unless told) is `SchemaConflict`; `recreate` drops its rows. */
  readonly onConflict?: 'raise' | 'recreate'
}

type Answer<A> = Promise<E.Either<DbError, A>>

/** `missing`, `there`, or the conflict where it lacks something. */
const look = async (db: Interpreter<SqlOp>, table: AnyTable): Answer<'missing' | 'there' | DbError> => {
  const found = await db.perform(all(Q.limit(0)(Q.from(table as Table<any>))))()
  if (E.isRight(found)) return E.right('there')
  if (found.left._tag !== 'SchemaConflict') return found
  return /there is no such table/.test(found.left.message) ? E.right('missing') : E.right(found.left)
}

/** The schema of some of its tables. */
const part = (schema: AnySchema, isIn: (t: AnyTable) => boolean): AnySchema => ({
  ...schema,
  tables: Object.fromEntries(Object.entries(schema.tables).filter(([, t]) => isIn(t))),
  foreignKeys: schema.foreignKeys.filter(f => isIn(f.table)),
})

const ensure = async (db: Interpreter<SqlOp>, schema: AnySchema, recreates: boolean): Answer<void> => {
  const missing = new Set<AnyTable>()
  const other = new Map<AnyTable, DbError>()
  for (const table of Object.values(schema.tables)) {
    const state = await look(db, table)
    if (E.isLeft(state)) return state
    if (state.right === 'missing') missing.add(table)
    else if (state.right !== 'there') other.set(table, state.right)
  }
  if (other.size > 0 && recreates) {
    const dropped = await db.perform({ tag: 'ddl', steps: dropSteps(part(schema, t => other.has(t))) })()
    if (E.isLeft(dropped)) return dropped
  }
  const wanted = part(schema, t => missing.has(t) || (recreates && other.has(t)))
  if (Object.keys(wanted.tables).length > 0) {
    const made = await db.perform({ tag: 'ddl', steps: createSteps(wanted) })()
    if (E.isLeft(made)) return made
  }
  const [conflict] = recreates ? [] : other.values()
  return conflict === undefined ? E.right(undefined) : E.left(conflict)
}

export const ensuringSchema =
  (schema: AnySchema, options: EnsuringOptions = {}): Transformer =>
  db => {
    let ensured: Answer<void> | undefined
    const ready = async (): Answer<void> => {
      ensured ??= ensure(db, schema, options.onConflict === 'recreate')
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
