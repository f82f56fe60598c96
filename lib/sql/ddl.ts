/**
 * Steps of a schema as SQL.
 *
 * A column's definition ensures what the decisions promise: text compares by code point, instants keep
 * milliseconds, lengths, ranges and enums are checked where the type alone does not ensure them.
 * Foreign keys that close a cycle are added when both tables exist, except where the engine accepts
 * forward references: there they are defined with their table.
 */

import { assignmentsOf } from '../core/command/plainRows.js'
import type { Change } from '../core/schema/Change.js'
import { offendingRows } from '../core/schema/offendingRows.js'
import { createdBy, runs, type Step } from '../core/schema/Step.js'
import { type AnyCommand, type AnyTable, query } from '../core/syntax/Syntax.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { columnName, qualifiedName } from '../core/table/Table.js'
import { queryOfView } from '../core/table/views.js'
import { foreignKeyViolation, refuse, stillReferred } from '../core/value/DbError.js'
import type { SqlType } from '../core/value/SqlType.js'
import { normalize } from '../plan/normalize/normalize.js'
import { reify } from '../plan/reify.js'
import { tablesOfPlan } from '../plan/tables.js'
import { reifyWrite } from '../plan/writePlan.js'
import { indexWork, knowingColumns, sqlWork, workOf } from './alter.js'
import type { CatalogRows } from './Catalog.js'
import { commandSteps } from './commands.js'
import type { Dialect } from './Dialect.js'
import { createIndex, dropIndex } from './ddlIndexes.js'
import {
  columns,
  commentStatements,
  createTable,
  ddlText,
  foreignKey,
  isVacuous,
  keyedClauses,
  literally,
  tableComment,
  textsOf,
} from './definitions.js'
import { keepingForeignKeys } from './foreignKeyIndexes.js'
import { target } from './identifier.js'
import { keyedFields } from './keyedColumns.js'
import { printedSteps } from './printSteps.js'
import { renderer } from './render.js'
import type { Work } from './Work.js'

/** The work of a step; without one, work for all of them. */
export interface StepWork {
  readonly step: Step | null
  readonly work: readonly Work[]
}

/** The statements of some steps: see `stepsWork`. */
export const ddlWork = (dialect: Dialect, given: readonly Step[]): readonly Work[] => stepsWork(dialect, given).flatMap(w => w.work)

/**
 * The work of some steps, in their order, but for what they are together: tables are dropped by one statement where those may refer to
 * each other, views come after those that they read, and foreign keys that an engine can only define with their table are put there.
 */
export const stepsWork = (dialect: Dialect, given: readonly Step[]): readonly StepWork[] => {
  const { ddl } = dialect
  const steps = inOrder(ddl.forwardReferences ? withTheirTables(given) : given)
  const { tables, foreignKeys } = createdBy(steps)
  const types = [
    ...Object.values(tables).flatMap(t => (t.query === null ? Object.values(t.columns).map(c => c.type.sql) : [])),
    ...steps.flatMap(s => (s.tag === 'alterTable' ? typesOf(s.change) : [])),
  ]
  const before = [
    // what is not part of a transaction is refused before anything is done
    ...(ddl.transactional ? [] : refusingReferred(dialect, steps)),
    ...sqlWork(steps.some(s => s.tag === 'dropTable' || s.tag === 'dropView') ? ddl.beforeDrop : []),
    ...sqlWork(types.length > 0 ? ddl.beforeCreate(types) : []),
  ]
  const later = runs(steps).map(run => ({
    step: run[0] ?? null,
    work: [...(ddl.transactional ? refusingReferred(dialect, run) : []), ...workOfRun(dialect, run, foreignKeys, Object.values(tables))],
  }))
  return [{ step: null, work: before }, ...later]
}

/** Fails if a row refers to no row, where the engine would not notice. */
const guardingForeignKey = (dialect: Dialect, f: ForeignKey): readonly Work[] => {
  if (!dialect.ddl.guardsForeignKeys) return []
  const columns = f.columns.map(c => columnName(f.table, c))
  const error = foreignKeyViolation(qualifiedName(f.table), f.name, columns)
  const query = offendingRows({ tag: 'addForeignKey', foreignKey: f }, error)
  return query === null ? [] : [{ tag: 'guard', query, error }]
}

/** The work that adds a foreign key to a table that exists. */
const foreignKeyWork = (dialect: Dialect, f: ForeignKey): readonly Work[] => {
  const { table, columns: fields } = f
  if (isVacuous(f)) return []
  const add = (clauses: readonly string[]): readonly Work[] =>
    sqlWork([`ALTER TABLE ${target(dialect, table)} ${[...clauses, `ADD ${foreignKey(dialect, f)}`].join(', ')}`])
  const added =
    keyedFields(dialect, table, fields).length === 0
      ? add([])
      : knowingColumns(dialect, table, live => add(keyedClauses(dialect, table, fields, live, [f])))
  return [...guardingForeignKey(dialect, f), ...added]
}

const workOfRun = (
  dialect: Dialect,
  run: readonly Step[],
  foreignKeys: readonly ForeignKey[],
  created: readonly AnyTable[],
): readonly Work[] => {
  const [step] = run
  const { rebuild } = dialect.ddl
  if (step?.tag === 'alterTable') return workOf(dialect, step.table, step.change)
  if (step?.tag === 'addForeignKey' && rebuild !== null)
    return isVacuous(step.foreignKey) ? [] : rebuild.addForeignKey(step.foreignKey, foreignKey(dialect, step.foreignKey))
  if (step?.tag === 'dropForeignKey' && rebuild !== null) return isVacuous(step.foreignKey) ? [] : rebuild.dropForeignKey(step.foreignKey)
  // what is created with all its keys has columns that they take
  const isNew = (t: AnyTable): boolean => created.includes(t)
  if (step?.tag === 'createIndex' && !(isNew(step.table) && step.table.indexes.includes(step.index)))
    return indexWork(dialect, step.table, step.index)
  if (step?.tag === 'addForeignKey' && !isNew(step.foreignKey.table)) return foreignKeyWork(dialect, step.foreignKey)
  const statements = sqlWork(statementsOf(dialect, run, foreignKeys))
  if (step?.tag === 'dropIndex') return [...keepingForeignKeys(dialect, step.table, step.index.name), ...statements]
  return step?.tag === 'dropForeignKey' && !isVacuous(step.foreignKey)
    ? [...statements, ...droppingIndexOf(dialect, step.foreignKey)]
    : statements
}

/** Drops the index that the engine has made for a foreign key, if there is one: it stays when the key is dropped. */
const droppingIndexOf = (dialect: Dialect, { name, table }: ForeignKey): readonly Work[] => {
  const { indexOfForeignKey, dropIndex: drop } = dialect.ddl
  if (indexOfForeignKey === null) return []
  const then = (rows: CatalogRows): readonly Work[] => (rows.length === 0 ? [] : sqlWork([drop(table, name, target(dialect, table))]))
  return [{ tag: 'query', sql: indexOfForeignKey(table, name), columns: 1, then }]
}

/** Fails if a table that stays refers to one that is dropped, where the engine would drop its foreign key, or leave it dangling. */
const refusingReferred = (dialect: Dialect, run: readonly Step[]): readonly Work[] => {
  const { referring } = dialect.ddl
  const tables = run.flatMap(s => (s.tag === 'dropTable' ? [s.table] : []))
  if (referring === null || tables.length === 0) return []
  const then = ([first]: readonly (readonly (string | null)[])[]): readonly Work[] =>
    first === undefined ? [] : refuse(stillReferred(String(first[1]), String(first[0])))
  return [{ tag: 'query', sql: referring(tables), columns: 2, then }]
}

/** The types of columns that a change brings. */
const typesOf = (change: Change): readonly SqlType[] =>
  change.tag === 'addColumn' ? [change.column.type.sql] : change.tag === 'changeType' ? [change.type] : []

/** The statements of a command, with its values as literals. */
const commandScript = (dialect: Dialect, given: AnyCommand): readonly string[] => {
  const { node } = given
  // plain rows are sent as one parameter for all of them, which a text can't have
  const rows = node.tag === 'insert' && node.rows.tag === 'plain' ? assignmentsOf(node.table, node.rows) : null
  const command = rows === null ? given : ({ ...given, node: { ...node, rows: { tag: 'expressions', rows } } } as AnyCommand)
  const literal: Dialect = { ...literally(dialect), placeholder: (_, slot) => dialect.ddl.literal(slot), reusesPlaceholders: false }
  return printedSteps(literal, commandSteps(literal, reifyWrite(command, literal)))
    .filter(s => s.purpose !== 'check')
    .map(s => s.statement.text)
}

/**
 * Work as statements: those of a command have its values as literals. Of work that depends on the database, only what needs no more than
 * the columns of a table is shown, as it is where nothing is known of them.
 */
export const statementsOfWork = (dialect: Dialect, work: readonly Work[]): readonly string[] =>
  work.flatMap(w => {
    if (w.tag === 'query') return w.isShown === true ? statementsOfWork(dialect, w.then([])) : []
    return w.tag === 'sql' ? [w.sql] : w.tag === 'command' ? commandScript(dialect, w.command) : []
  })

/** The statements of a run of steps; `foreignKeys` are all that its list makes. */
const statementsOf = (dialect: Dialect, run: readonly Step[], foreignKeys: readonly ForeignKey[]): readonly string[] => {
  const [step] = run
  switch (step?.tag) {
    case undefined:
    case 'alterTable':
      return []
    case 'createTable': {
      const { table } = step
      const inline = step.foreignKeys.filter(f => !isVacuous(f))
      return [
        createTable(
          dialect,
          table,
          inline,
          foreignKeys.filter(f => f.table === table),
        ),
        ...(table.comment === null ? [] : tableComment(dialect, table)),
        ...commentStatements(dialect, table, Object.keys(table.columns)),
      ]
    }
    case 'createView':
      return [createView(dialect, step.view)]
    case 'createIndex':
      return [createIndex(dialect, step.table, step.index, target(dialect, step.table), textsOf(dialect, step.table))]
    case 'dropIndex':
      return [dropIndex(dialect, step.table, step.index, target(dialect, step.table))]
    case 'addForeignKey': {
      const { foreignKey: key } = step
      return isVacuous(key) ? [] : [`ALTER TABLE ${target(dialect, key.table)} ADD ${foreignKey(dialect, key)}`]
    }
    case 'dropForeignKey':
      return dropForeignKey(dialect, step.foreignKey)
    case 'dropView':
      return [`DROP VIEW IF EXISTS ${target(dialect, step.view)}`]
    case 'dropTable':
      return dropTables(dialect, run)
  }
}

type DropTable = Step & { readonly tag: 'dropTable' }

const dropForeignKey = (dialect: Dialect, f: ForeignKey): readonly string[] =>
  isVacuous(f) ? [] : [dialect.ddl.dropForeignKey(target(dialect, f.table), dialect.quote(f.name))]

/** Tables before those that they refer to, as far as they can be: SQLite deletes the rows of a table first, which follow its foreign keys. */
const referringFirst = (steps: readonly DropTable[]): readonly DropTable[] => {
  const rest = [...steps]
  const order: DropTable[] = []
  while (rest.length > 0) {
    const isReferred = (s: DropTable): boolean =>
      rest.some(other => other !== s && other.foreignKeys.some(f => qualifiedName(f.target) === qualifiedName(s.table)))
    const at = rest.findIndex(s => !isReferred(s))
    order.push(...rest.splice(Math.max(0, at), 1))
  }
  return order
}

/** Tables that are dropped together; where the engine drops one at a time, the keys that refer to an earlier one of them go first. */
const dropTables = (dialect: Dialect, run: readonly Step[]): readonly string[] => {
  const { dropTogether, dropConstraint } = dialect.ddl
  const given = run.flatMap(s => (s.tag === 'dropTable' ? [s] : []))
  const dropped = dropTogether ? given : referringFirst(given)
  const tables = dropped.map(s => s.table)
  const back = dropped
    .flatMap(s => s.foreignKeys)
    .filter(f => tables.includes(f.target) && tables.indexOf(f.target) < tables.indexOf(f.table))
  const targets = tables.map(t => target(dialect, t))
  return [
    ...(dropConstraint === null ? [] : back.map(f => dropConstraint(target(dialect, f.table), dialect.quote(f.name)))),
    ...(dropTogether ? [targets.join(', ')] : targets).map(t => `DROP TABLE IF EXISTS ${t}`),
  ]
}

/** What leaves a table as it was created, so that a foreign key can be defined with it. */
const KEEPS_TABLES: readonly Step['tag'][] = ['createTable', 'addForeignKey', 'createIndex', 'createView']

/** Foreign keys with the tables that the list creates; a table that exists is created again for one. */
const withTheirTables = (steps: readonly Step[]): readonly Step[] => {
  const result: Step[] = []
  for (const step of steps) {
    const at = step.tag === 'addForeignKey' ? result.findLastIndex(s => s.tag === 'createTable' && s.table === step.foreignKey.table) : -1
    const made = result[at]
    const isFree =
      step.tag === 'addForeignKey' &&
      made?.tag === 'createTable' &&
      result.slice(at).every(s => KEEPS_TABLES.includes(s.tag)) &&
      !made.foreignKeys.some(f => f.name === step.foreignKey.name)
    if (isFree) result[at] = { ...made, foreignKeys: [...made.foreignKeys, step.foreignKey] }
    else result.push(step)
  }
  return result
}

/** Views among themselves: each is created after those that it reads, and dropped before them. */
const inOrder = (steps: readonly Step[]): readonly Step[] => {
  const created = viewsInOrder(steps.flatMap(s => (s.tag === 'createView' ? [s.view] : [])))
  const dropped = [...viewsInOrder(steps.flatMap(s => (s.tag === 'dropView' ? [s.view] : [])))].reverse()
  let [made, gone] = [0, 0]
  return steps.map((s): Step => {
    if (s.tag === 'createView') return { ...s, view: created[made++] ?? s.view }
    return s.tag === 'dropView' ? { ...s, view: dropped[gone++] ?? s.view } : s
  })
}

/** Views, each after those that it reads. */
const viewsInOrder = (views: readonly AnyTable[]): readonly AnyTable[] => {
  const rest = new Map<AnyTable, ReadonlySet<AnyTable>>()
  for (const t of views) if (t.query !== null) rest.set(t, tablesOfPlan(reify(t.query)))
  const order: AnyTable[] = []
  while (rest.size > 0) {
    const [next] = [...rest].find(([, reads]) => ![...reads].some(t => rest.has(t))) ?? [...rest][0] ?? []
    if (next === undefined) break
    rest.delete(next)
    order.push(next)
  }
  return order
}

/** The SELECT of a view. */
export const viewText = (dialect: Dialect, t: AnyTable): string => {
  const plan = normalize(reify(queryOfView(t) ?? query({ tag: 'zero' }), dialect))
  return ddlText(dialect, renderer(literally(dialect)).view({ ...plan, order: [] }))
}

const createView = (dialect: Dialect, t: AnyTable): string =>
  `CREATE VIEW ${target(dialect, t)} (${columns(dialect, t, Object.keys(t.columns))}) AS ${viewText(dialect, t)}`
