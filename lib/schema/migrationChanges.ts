/**
 * What separates migrations from a described schema, and a database from its migrations.
 *
 * `changes(list, schema)` has the steps from the schema after a list of migrations to the one that the application describes: what the next
 * migration has to do. Unlike a difference with a database it drops tables that the application no longer describes, since a migration has created
 * them. `check(list, schema)` refuses a list that is wrong, or that does not lead to the schema. `drift(list)` compares a database with what its
 * applied migrations have made of it.
 *
 * Laws: with a migration of the steps of `changes`, there are no changes; after `up(list)` there is no drift.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { idOf } from '../core/schema/SchemaImage.js'
import { dropSteps } from '../core/schema/Step.js'
import { type AnySchema, partOf } from '../core/table/Schema.js'
import { attempting, type DbError, migrationError } from '../core/value/DbError.js'
import { imageOf } from '../show/imageOf.js'
import { type Difference, diff } from './diff.js'
import { difference } from './difference.js'
import type { NameFilter } from './introspection.js'
import type { Migration } from './Migration.js'
import { describeUnit } from './MigrationStep.js'
import { graphOf } from './migrationGraph.js'
import { history, journal, lock } from './migrationTables.js'
import { describedIn, descriptionProblem, schemaAfter } from './schemaAfter.js'
import { status } from './settleMigrations.js'

/** The part of a schema whose tables and views are not in another one. */
const without = (from: AnySchema, kept: AnySchema): AnySchema => {
  const there = new Set(Object.values(kept.tables).map(idOf))
  const renamed = new Set(
    Object.values(kept.tables).flatMap(t => (t.renamedFrom === null ? [] : [idOf({ schema: t.schema, name: t.renamedFrom })])),
  )
  return partOf(from, t => !there.has(idOf(t)) && !renamed.has(idOf(t)))
}

/** The steps from the schema after some migrations to a described one. */
export const changes = (list: readonly Migration[], schema: AnySchema): E.Either<DbError, Difference> => {
  const before = schemaAfter(list)
  if (E.isLeft(before)) return before
  const found = attempting('a function of the schema', () => {
    const gone = dropSteps(without(before.right, schema))
    const { steps, undecided } = diff(imageOf(before.right), schema, imageOf(schema))
    const [views, tables] = [gone.filter(s => s.tag === 'dropView'), gone.filter(s => s.tag !== 'dropView')]
    return { steps: [...views, ...steps, ...tables], undecided, ignored: [] }
  })
  return E.flatMap(found, f => E.map((steps: Difference['steps']) => ({ ...f, steps }))(describedIn(list, f.steps)))
}

/**
 * Refuses a list of migrations that is wrong: names, parents, heads that do not commute, steps that describe other tables than are there; with
 * a schema, also one that the migrations do not lead to.
 */
export const check = (list: readonly Migration[], schema?: AnySchema): E.Either<DbError, void> => {
  const graph = graphOf(list)
  if (E.isLeft(graph)) return graph
  const problem = descriptionProblem(graph.right)
  if (problem !== null) return E.left(problem)
  if (schema === undefined) return E.right(undefined)
  return E.flatMap(changes(list, schema), ({ steps, undecided }) => {
    if (steps.length === 0 && undecided.length === 0) return E.right(undefined)
    const texts = [...steps.map(s => describeUnit([s])), ...undecided.map(f => `${f.object}: ${f.reason}`)]
    const reason = `the schema has changes that no migration makes (${texts.join('; ')}): add a migration for them`
    return E.left(migrationError('differs', [], reason))
  })
}

/** What separates the database from the schema after its applied migrations. Tables that no migration has created are left out. */
export const drift =
  (list: readonly Migration[], filter: NameFilter = {}): Program<Db, DbError, Difference> =>
  env =>
  async () => {
    const now = await status(list)(env)()
    if (E.isLeft(now)) return now
    const names = now.right.applied.map(m => m.name)
    const expected = schemaAfter(list, names)
    if (E.isLeft(expected)) return expected
    const ignore = [...(filter.ignore ?? []), ...[history, journal, lock].map(t => t.name)]
    return difference(expected.right, { ...filter, ignore })(env)()
  }
