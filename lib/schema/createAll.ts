/**
 * Creating and dropping the tables of a schema.
 *
 * `createAll(s)` takes an empty database to the empty state of `s`: it creates each table after the tables that it references, then the foreign
 * keys that close a cycle, and indexes last. `dropAll(s)` drops those of its tables that exist. Both are lists of steps in one operation, which
 * is atomic on engines with transactional DDL. An invalid schema is refused before anything is sent.
 */

import { type Db, type Program, perform } from '../core/operation/Interpreter.js'
import { createSteps, dropSteps, type Step } from '../core/schema/Step.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'

export { createSteps, dropSteps, type Step, tablesOfStep } from '../core/schema/Step.js'

/** Applies steps to the schema, in order. What they create is validated before anything is sent. */
export const define = (steps: readonly Step[]): Program<Db, DbError, void> => perform({ tag: 'ddl', steps })

/** Creates every table of the schema; fails with `SchemaConflict` if one already exists. */
export const createAll = (schema: AnySchema): Program<Db, DbError, void> => define(createSteps(schema))

/** Drops every existing table of the schema, with its rows; fails with `SchemaConflict` if a table that stays references one of them. */
export const dropAll = (schema: AnySchema): Program<Db, DbError, void> => define(dropSteps(schema))
