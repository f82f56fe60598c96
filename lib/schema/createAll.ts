/**
 * Creating and dropping the tables of a schema.
 *
 * `createAll(s)` takes an empty database to the empty state of `s`: tables in an order in which each
 * comes after those it refers to, foreign keys that close a cycle afterwards, indexes last.
 * `dropAll(s)` removes those tables that are there. Both are lists of steps (`core/schema/Step`) in one operation, whole or not at all where
 * the engine has transactional DDL. A schema that can't be created is refused before anything is sent.
 */

import { type Db, type Program, perform } from '../core/operation/Interpreter.js'
import { createSteps, dropSteps, type Step } from '../core/schema/Step.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'

/** Changes the schema by some steps, together. What they create is validated before anything is sent. */
export const define = (steps: readonly Step[]): Program<Db, DbError, void> => perform({ tag: 'ddl', steps })

/** Creates every table of the schema; `SchemaConflict` when one is there already. */
export const createAll = (schema: AnySchema): Program<Db, DbError, void> => define(createSteps(schema))

/** Drops every table of the schema that is there, with its rows; `SchemaConflict` when a table that stays refers to one of them. */
export const dropAll = (schema: AnySchema): Program<Db, DbError, void> => define(dropSteps(schema))
