/**
 * Steps: changes of a schema, as data.
 *
 * A step denotes a function from database states to database states, rows included (`model/define`); a dialect prints a list of them
 * (`sql/ddl`). A list is applied in order, whole or not at all where the engine has transactional DDL. Tables that are dropped one after the
 * other are dropped together, so that they may refer to each other; a table to which another one refers is not dropped.
 *
 * `createTable` and `createView` are refused where something of the name is there; `dropTable` and `dropView` of what is not there change
 * nothing; a foreign key or index that is dropped must be there. An index changes no row and no result.
 *
 * Laws: `[createTable(t), dropTable(t)]` changes nothing; `createSteps(s)` after `dropSteps(s)` is the empty state of s.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyTable, Index } from '../syntax/Syntax.js'
import { indexProblem } from '../table/indexes.js'
import { type AnySchema, creationOrder, type ForeignKey, validate } from '../table/Schema.js'
import { attempting, type DbError } from '../value/DbError.js'
import { type Change, changed, refuseMisuse } from './Change.js'

/** A change of the schema. */
export type Step =
  /** A table without rows; `foreignKeys` are those of the table that reference an existing table, or the table itself. */
  | { readonly tag: 'createTable'; readonly table: AnyTable; readonly foreignKeys: readonly ForeignKey[] }
  /** `foreignKeys` are those of the table: of tables that are dropped together, some engines have to drop them first. */
  | { readonly tag: 'dropTable'; readonly table: AnyTable; readonly foreignKeys: readonly ForeignKey[] }
  | { readonly tag: 'createView'; readonly view: AnyTable }
  | { readonly tag: 'dropView'; readonly view: AnyTable }
  | { readonly tag: 'createIndex'; readonly table: AnyTable; readonly index: Index }
  | { readonly tag: 'dropIndex'; readonly table: AnyTable; readonly index: Pick<Index, 'name'> }
  /** Refused with `ForeignKeyViolation` where a row refers to nothing. */
  | { readonly tag: 'addForeignKey'; readonly foreignKey: ForeignKey }
  | { readonly tag: 'dropForeignKey'; readonly foreignKey: ForeignKey }
  /** `table` is as it is before the change. */
  | { readonly tag: 'alterTable'; readonly table: AnyTable; readonly change: Change }

const schemaOf = (tables: readonly AnyTable[], foreignKeys: readonly ForeignKey[]): AnySchema => ({
  kind: 'schema',
  tables: Object.fromEntries(tables.map((t, i) => [`${i}`, t])),
  foreignKeys,
})

/** The tables and views that a list creates, and the foreign keys that it adds, as a schema. */
export const createdBy = (steps: readonly Step[]): AnySchema =>
  schemaOf(
    steps.flatMap(s => (s.tag === 'createTable' ? [s.table] : s.tag === 'createView' ? [s.view] : [])),
    steps.flatMap(s => (s.tag === 'createTable' ? s.foreignKeys : s.tag === 'addForeignKey' ? [s.foreignKey] : [])),
  )

/** The tables and views that a list drops. */
const droppedBy = (steps: readonly Step[]): AnySchema =>
  schemaOf(
    steps.flatMap(s => (s.tag === 'dropTable' ? [s.table] : s.tag === 'dropView' ? [s.view] : [])),
    [],
  )

/** Why the tables, keys and indexes of some steps are none that an engine could have, if they are not: see `validate`. */
export const validateSteps = (steps: readonly Step[]): E.Either<DbError, readonly Step[]> =>
  pipe(
    validate(createdBy(steps)),
    E.flatMap(() => validate(droppedBy(steps))),
    E.flatMap(() => {
      const problem = steps.map(s => (s.tag === 'createIndex' ? indexProblem(s.table, s.index) : null)).find(p => p !== null)
      return problem == null ? E.right(undefined) : E.left(problem)
    }),
    E.flatMap(() =>
      attempting('a function of the schema', () => {
        const altered = steps.flatMap(s => (s.tag === 'alterTable' ? [s] : []))
        for (const { table, change } of altered) refuseMisuse(table, change)
        return altered.map(({ table, change }) => changed(table, change))
      }),
    ),
    E.flatMap(tables => E.traverseArray((t: AnyTable) => validate(schemaOf([t], [])))(tables)),
    E.map(() => steps),
  )

/** Lists of steps in runs: tables that are dropped one after the other, and every other step by itself. */
export const runs = (steps: readonly Step[]): readonly (readonly Step[])[] => {
  const result: Step[][] = []
  for (const step of steps) {
    const last = result.at(-1)
    if (step.tag === 'dropTable' && last?.[0]?.tag === 'dropTable') last.push(step)
    else result.push([step])
  }
  return result
}

/** The tables and views that a step is about, those that its foreign keys refer to included. */
export const tablesOfStep = (step: Step): readonly AnyTable[] => {
  switch (step.tag) {
    case 'createTable':
    case 'dropTable':
      return [step.table, ...step.foreignKeys.map(f => f.target)]
    case 'createIndex':
    case 'dropIndex':
    case 'alterTable':
      return [step.table]
    case 'createView':
    case 'dropView':
      return [step.view]
    case 'addForeignKey':
    case 'dropForeignKey':
      return [step.foreignKey.table, step.foreignKey.target]
  }
}

const viewsIn = (schema: AnySchema): readonly AnyTable[] => Object.values(schema.tables).filter(t => t.query !== null)

const storedIn = (schema: AnySchema): AnySchema => ({
  ...schema,
  tables: Object.fromEntries(Object.entries(schema.tables).filter(([, t]) => t.query === null)),
})

/** What creates a schema: tables after those that they refer to, foreign keys that close a cycle, indexes, views. */
export const createSteps = (schema: AnySchema): readonly Step[] => {
  const { tables, late } = creationOrder(storedIn(schema))
  const own = (table: AnyTable): readonly ForeignKey[] => schema.foreignKeys.filter(f => f.table === table && !late.includes(f))
  return [
    ...tables.map((table): Step => ({ tag: 'createTable', table, foreignKeys: own(table) })),
    ...late.map((foreignKey): Step => ({ tag: 'addForeignKey', foreignKey })),
    ...tables.flatMap(table => table.indexes.map((index): Step => ({ tag: 'createIndex', table, index }))),
    ...viewsIn(schema).map((view): Step => ({ tag: 'createView', view })),
  ]
}

/** What drops a schema: `createSteps` the other way round; indexes go with their tables. */
export const dropSteps = (schema: AnySchema): readonly Step[] => {
  const { tables } = creationOrder(storedIn(schema))
  const own = (table: AnyTable): readonly ForeignKey[] => schema.foreignKeys.filter(f => f.table === table)
  return [
    ...viewsIn(schema).map((view): Step => ({ tag: 'dropView', view })),
    ...[...tables].reverse().map((table): Step => ({ tag: 'dropTable', table, foreignKeys: own(table) })),
  ]
}
