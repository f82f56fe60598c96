/**
 * The schema after some migrations, as a description.
 *
 * `schemaAfter(list)` folds the steps of a history, oldest first, from the empty schema: it knows each table with its functions, as `table` would
 * describe it, without a database. It is what `Migrate.changes` compares the application's schema with, and what a migration starts from:
 * `descriptionProblem` says where a step describes its table as it is not at that point of its own branch.
 *
 * Commands and SQL text change nothing here; give SQL text that changes the schema its meaning by `steps`. A table that no migration creates
 * counts from the first step that alters it, as that step describes it.
 *
 * Law: after `up(list)` on an empty database `difference(schemaAfter(list))` is empty.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Change, changed, changeFor, indexFor } from '../core/schema/Change.js'
import { keyFor, keysAfter, sameKey } from '../core/schema/foreignKeys.js'
import { idOf, type KeyImage } from '../core/schema/SchemaImage.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { AnySchema, ForeignKey } from '../core/table/Schema.js'
import { qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError, migrationError, refuse, schemaConflict } from '../core/value/DbError.js'
import { showSqlType } from '../core/value/SqlType.js'
import { imageOf } from '../show/imageOf.js'
import type { Migration } from './Migration.js'
import { describeUnit, type MigrationStep } from './MigrationStep.js'
import { ancestry, type Graph, graphOf } from './migrationGraph.js'

/** The tables and views by identity, in the order of their creation, and the foreign keys. */
interface State {
  readonly tables: ReadonlyMap<string, AnyTable>
  readonly keys: readonly ForeignKey[]
}

const EMPTY: State = { tables: new Map(), keys: [] }

const withTable = (state: State, t: AnyTable): State => ({ ...state, tables: new Map(state.tables).set(idOf(t), t) })

/** The table that is there; the given description of it if no step has created it. */
const known = ({ tables }: State, t: AnyTable): AnyTable => tables.get(idOf(t)) ?? t

/** The state after a change of a table; the descriptions of the table in foreign keys change alike. */
const altered = (state: State, table: AnyTable, change: Change): State => {
  const now = known(state, table)
  const id = idOf(now)
  const after = changed(now, changeFor(table, now, change))
  return {
    // in the place of the old one
    tables: new Map([...new Map(state.tables).set(id, now)].map(([other, t]) => (other === id ? [idOf(after), after] : [other, t]))),
    keys: keysAfter(state.keys, table, change),
  }
}

const created = (state: State, table: AnyTable, keys: readonly ForeignKey[]): State =>
  state.tables.has(idOf(table))
    ? refuse(schemaConflict(qualifiedName(table), 'it exists already: drop it first'))
    : { ...withTable(state, { ...table, indexes: [] }), keys: [...state.keys, ...keys] }

const dropped = ({ tables, keys }: State, t: AnyTable): State => ({
  tables: new Map([...tables].filter(([id]) => id !== idOf(t))),
  keys: keys.filter(f => idOf(f.table) !== idOf(t)),
})

const stepped = (state: State, step: Step): State => {
  switch (step.tag) {
    case 'createTable':
      return created(state, step.table, step.foreignKeys)
    case 'createView':
      return created(state, step.view, [])
    case 'dropTable':
      return dropped(state, step.table)
    case 'dropView':
      return dropped(state, step.view)
    case 'createIndex': {
      const now = known(state, step.table)
      return withTable(state, { ...now, indexes: [...now.indexes, indexFor(step.table, now, step.index)] })
    }
    case 'dropIndex': {
      const now = known(state, step.table)
      return withTable(state, { ...now, indexes: now.indexes.filter(i => i.name !== step.index.name) })
    }
    case 'addForeignKey':
      return state.keys.some(sameKey(step.foreignKey))
        ? refuse(schemaConflict(step.foreignKey.name, 'it exists already: drop it first'))
        : { ...state, keys: [...state.keys, step.foreignKey] }
    case 'dropForeignKey': {
      const isIt = sameKey(step.foreignKey)
      return { ...state, keys: state.keys.filter(f => !isIt(f)) }
    }
    case 'alterTable':
      return altered(state, step.table, step.change)
  }
}

/** The steps that a step of a migration has in this fold. */
const meaningOf = (step: MigrationStep): readonly Step[] => (step.tag === 'data' ? [] : step.tag === 'sql' ? step.steps : [step])

const schemaOf = ({ tables, keys }: State): AnySchema => {
  const now = (t: AnyTable): AnyTable => tables.get(idOf(t)) ?? t
  return {
    kind: 'schema',
    tables: Object.fromEntries([...tables.values()].map(t => [qualifiedName(t), t])),
    foreignKeys: keys.map(f => keyFor(f, now(f.table), now(f.target))),
  }
}

/** The columns of a table in words; with `isWhole` also its keys and checks. */
const objectsOf = (own: AnyTable, isWhole: boolean): { readonly [name: string]: string } => {
  const [image] = imageOf({ kind: 'schema', tables: { own }, foreignKeys: [] }).tables
  if (image === undefined) return {}
  const column = ({ name, type, nullable, generated, default: value }: (typeof image.columns)[number]): readonly [string, string] => {
    const more = [nullable ? 'null' : 'not null', ...(generated ? ['generated'] : []), ...(value === null ? [] : [`default ${value.text}`])]
    return [name, [showSqlType(type), ...(isWhole ? more : [])].join(' ')]
  }
  const key = ({ name, columns }: KeyImage): readonly [string, string] => [`${name}`, `a key of (${columns.join(', ')})`]
  const keys = [...(image.primaryKey === null ? [] : [image.primaryKey]), ...image.uniques]
  return Object.fromEntries([
    ...image.columns.map(column),
    ...(isWhole ? [...keys.map(key), ...image.checks.map(c => [`${c.name}`, `a check of ${c.text}`] as const)] : []),
  ])
}

/**
 * Where a description of a table differs from the table; null if it does not. Some of its columns, with their types, are enough where the table is
 * read or written; where it is altered the description has to be whole.
 */
const mismatch = (state: State, t: AnyTable, isWhole: boolean): string | null => {
  const there = state.tables.get(idOf(t))
  if (t.query !== null || there === undefined) return null
  const [described, actual] = [objectsOf(t, isWhole), objectsOf(there, isWhole)]
  const name = qualifiedName(t)
  for (const [object, words] of Object.entries(described)) {
    if (actual[object] === undefined) return `${name} has no ${object} at this point`
    if (actual[object] !== words) return `${name}.${object} is ${actual[object]} at this point, and not ${words}`
  }
  const missing = isWhole ? Object.keys(actual).find(object => described[object] === undefined) : undefined
  return missing === undefined ? null : `${name}.${missing} (${actual[missing]}) is there at this point, and the description lacks it`
}

/** Steps with the descriptions that their tables have in a schema, one step after the other. */
export const describedIn = (list: readonly Migration[], steps: readonly Step[]): E.Either<DbError, readonly Step[]> =>
  E.flatMap(graphOf(list), ({ order }) =>
    attempting('a function of the schema', () => {
      let state = order.flatMap(m => m.up.flatMap(meaningOf)).reduce(stepped, EMPTY)
      return steps.map(step => {
        const own = ofState(state, step)
        state = stepped(state, own)
        return own
      })
    }),
  )

/** A step about the tables of a state, by their own descriptions. */
const ofState = (state: State, step: Step): Step => {
  switch (step.tag) {
    case 'alterTable': {
      const table = known(state, step.table)
      return { ...step, table, change: changeFor(step.table, table, step.change) }
    }
    case 'createIndex': {
      const table = known(state, step.table)
      return { ...step, table, index: indexFor(step.table, table, step.index) }
    }
    case 'dropIndex':
      return { ...step, table: known(state, step.table) }
    case 'addForeignKey':
    case 'dropForeignKey': {
      const { foreignKey: f } = step
      return { ...step, foreignKey: keyFor(f, known(state, f.table), known(state, f.target)) }
    }
    default:
      return step
  }
}

/** The tables that a step describes, and whether it needs the whole description. */
const describedBy = (step: MigrationStep): readonly (readonly [AnyTable, isWhole: boolean])[] => {
  switch (step.tag) {
    case 'alterTable':
      return [[step.table, true]]
    case 'createIndex':
    case 'dropIndex':
      return [[step.table, false]]
    case 'addForeignKey':
    case 'dropForeignKey':
      return [
        [step.foreignKey.table, false],
        [step.foreignKey.target, false],
      ]
    case 'data':
      return step.command.node.tag === 'invalid' ? [] : [[step.command.node.table, false]]
    default:
      return []
  }
}

const problemOfStep = (state: State, migration: Migration, step: MigrationStep, at: number): DbError | null => {
  for (const [table, isWhole] of describedBy(step)) {
    const difference = mismatch(state, table, isWhole)
    if (difference !== null)
      return migrationError(
        'malformed',
        [migration.name],
        `migration "${migration.name}", step ${at + 1} (${describeUnit([step])}) describes another table than is there: ${difference}; describe it as the migrations before this one leave it`,
        at,
      )
  }
  return null
}

/** The state after a migration, each step with a description that holds where it is. */
const afterMigration = (state: State, migration: Migration): E.Either<DbError, State> => {
  let now = state
  for (const [at, step] of migration.up.entries()) {
    const problem = attempting('a function of the schema', () => problemOfStep(now, migration, step, at))
    if (E.isLeft(problem)) return problem
    if (problem.right !== null) return E.left(problem.right)
    const next = attempting('a function of the schema', () => meaningOf(step).reduce(stepped, now))
    if (E.isLeft(next)) {
      const place = `migration "${migration.name}", step ${at + 1} (${describeUnit([step])})`
      return E.left(migrationError('malformed', [migration.name], `${place}: ${next.left.message}`, at, next.left))
    }
    now = next.right
  }
  return E.right(now)
}

const folded = (migrations: readonly Migration[]): E.Either<DbError, State> =>
  attempting('a function of the schema', () => migrations.flatMap(m => m.up.flatMap(meaningOf)).reduce(stepped, EMPTY))

/** Checks what the steps of each migration describe, each on top of what it builds on. */
export const descriptionProblem = (graph: Graph): DbError | null => {
  const states = new Map<string, State>()
  for (const m of graph.order) {
    const [parent, ...others] = m.parents
    const before = (): E.Either<DbError, State> => {
      if (parent === undefined) return E.right(EMPTY)
      const own = states.get(parent)
      if (others.length === 0 && own !== undefined) return E.right(own)
      const names = ancestry(graph, m.name)
      return folded(graph.order.filter(o => o.name !== m.name && names.has(o.name)))
    }
    const after = E.flatMap(before(), state => afterMigration(state, m))
    if (E.isLeft(after)) return after.left
    states.set(m.name, after.right)
  }
  return null
}

/** The schema after the migrations of a list, or of the given names among them. */
export const schemaAfter = (list: readonly Migration[], names?: readonly string[]): E.Either<DbError, AnySchema> =>
  E.flatMap(graphOf(list), ({ order }) => E.map(schemaOf)(folded(names === undefined ? order : order.filter(m => names.includes(m.name)))))
