/**
 * Steps of a schema as SQL.
 *
 * A column's definition ensures what the decisions promise: text compares by code point, instants keep
 * milliseconds, lengths, ranges and enums are checked where the type alone does not ensure them.
 * Foreign keys that close a cycle are added when both tables exist, except where the engine accepts
 * forward references and can add none later.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import { createdBy, runs, type Step } from '../core/schema/Step.js'
import { outOfScope } from '../core/syntax/guards.js'
import { type AnyColumn, type AnyExpr, type AnyTable, type Index, type Order, query } from '../core/syntax/Syntax.js'
import type { ForeignKey, ReferentialAction } from '../core/table/Schema.js'
import { checksOf, columnName, qualifiedName, typeConstraint } from '../core/table/Table.js'
import { queryOfView } from '../core/table/views.js'
import { refuse, schemaConflict, unsupported } from '../core/value/DbError.js'
import { hasQuery } from '../plan/mentions.js'
import { normalize } from '../plan/normalize/normalize.js'
import { reifier, reify } from '../plan/reify.js'
import { tablesOfPlan } from '../plan/tables.js'
import type { ColumnUse, Dialect } from './Dialect.js'
import { type Fragment, flatten, type Slot, text } from './Fragment.js'
import { renderer } from './render.js'

/** A key that refers to itself: each row is the row that it refers to, so it means nothing, and InnoDB can't have it. */
const isVacuous = (f: ForeignKey): boolean => f.table === f.target && f.columns.every((c, i) => c === f.targetColumns[i])

/**
 * The statements of some steps, in their order, but for what they are together: tables are dropped by one statement where those may refer to
 * each other, views come after those that they read, and foreign keys that an engine can only define with their table are put there.
 */
export const ddlStatements = (dialect: Dialect, given: readonly Step[]): readonly string[] => {
  const { ddl } = dialect
  const steps = inOrder(ddl.forwardReferences ? withTheirTables(dialect, given) : given)
  const { tables, foreignKeys } = createdBy(steps)
  const types = Object.values(tables).flatMap(t => (t.query === null ? Object.values(t.columns).map(c => c.type.sql) : []))
  return [
    ...(steps.some(s => s.tag === 'dropTable' || s.tag === 'dropView') ? ddl.beforeDrop : []),
    ...(Object.keys(tables).length > 0 ? ddl.beforeCreate(types) : []),
    ...runs(steps).flatMap(run => statementsOf(dialect, run, foreignKeys)),
  ]
}

/** The statements of a run of steps; `foreignKeys` are all that its list makes. */
const statementsOf = (dialect: Dialect, run: readonly Step[], foreignKeys: readonly ForeignKey[]): readonly string[] => {
  const { ddl } = dialect
  const [step] = run
  switch (step?.tag) {
    case undefined:
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
      ]
    }
    case 'createView':
      return [createView(dialect, step.view)]
    case 'createIndex':
      return [createIndex(dialect, step.table, step.index)]
    case 'dropIndex':
      return [ddl.dropIndex(step.table, step.index.name, target(dialect, step.table))]
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

const dropForeignKey = (dialect: Dialect, f: ForeignKey): readonly string[] => {
  const drop = dialect.ddl.dropForeignKey
  if (drop === null) return refuse(unsupported(`dropping a foreign key (${f.name})`, dialect.name, 'create the table again without it'))
  return isVacuous(f) ? [] : [drop(target(dialect, f.table), dialect.quote(f.name))]
}

/** Tables that are dropped together; where the engine drops one at a time, the keys that refer to an earlier one of them go first. */
const dropTables = (dialect: Dialect, run: readonly Step[]): readonly string[] => {
  const { dropTogether, dropConstraint } = dialect.ddl
  const dropped = run.flatMap(s => (s.tag === 'dropTable' ? [s] : []))
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

/** Foreign keys with the tables that the list creates; the engine can't add one later. */
const withTheirTables = (dialect: Dialect, steps: readonly Step[]): readonly Step[] => {
  const added = steps.flatMap(s => (s.tag === 'addForeignKey' ? [s.foreignKey] : []))
  const made = steps.flatMap(s => (s.tag === 'createTable' ? [s.table] : []))
  const late = added.find(f => !made.includes(f.table))
  if (late !== undefined)
    refuse(unsupported(`adding a foreign key (${late.name}) to a table that is there`, dialect.name, 'create the table again with it'))
  return steps.flatMap((s): readonly Step[] =>
    s.tag === 'addForeignKey'
      ? []
      : s.tag === 'createTable'
        ? [{ ...s, foreignKeys: [...s.foreignKeys, ...added.filter(f => f.table === s.table)] }]
        : [s],
  )
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

const createView = (dialect: Dialect, t: AnyTable): string => {
  const plan = normalize(reify(queryOfView(t) ?? query({ tag: 'zero' }), dialect))
  const select = ddlText(dialect, renderer(literally(dialect)).view({ ...plan, order: [] }))
  return `CREATE VIEW ${target(dialect, t)} (${columns(dialect, t, Object.keys(t.columns))}) AS ${select}`
}

const target = (dialect: Dialect, t: AnyTable): string =>
  t.schema === null ? dialect.quote(t.name) : `${dialect.quote(t.schema)}.${dialect.quote(t.name)}`

const columns = (dialect: Dialect, t: AnyTable, fields: readonly string[]): string =>
  fields.map(f => dialect.quote(columnName(t, f))).join(', ')

const ACTIONS = { noAction: '', cascade: 'CASCADE', setNull: 'SET NULL' } as const

const foreignKey = (dialect: Dialect, f: ForeignKey): string => {
  const on = (event: string, action: ReferentialAction): string => {
    const words = action === 'restrict' ? dialect.ddl.restrict : ACTIONS[action]
    return words === '' ? '' : ` ON ${event} ${words}`
  }
  const referred = dialect.ddl.referred(f.table, f.target, target(dialect, f.target))
  if (referred === null) {
    const from = `a foreign key from ${qualifiedName(f.table)} to ${qualifiedName(f.target)}`
    return refuse(
      unsupported(from, dialect.name, 'the engine looks it up in the schema of the referring table: put both tables into one schema'),
    )
  }
  const reference = `REFERENCES ${referred} (${columns(dialect, f.target, f.targetColumns)})`
  return `CONSTRAINT ${dialect.quote(f.name)} FOREIGN KEY (${columns(dialect, f.table, f.columns)}) ${reference}${on('DELETE', f.onDelete)}${on('UPDATE', f.onUpdate)}`
}

/** Expressions over a row of a table, as definitions contain them: columns without their table, values as literals. */
interface RowTexts {
  readonly row: { readonly [field: string]: AnyExpr }
  readonly asText: (e: AnyExpr) => string
  /** The text of a condition of `what`, which may not contain a query. */
  readonly condition: (predicate: AnyExpr, what: string) => string
}

const textsOf = (dialect: Dialect, t: AnyTable): RowTexts => {
  const planning = reifier()
  const named = planning.columnsNamed(t.types)
  const nameOf = new Map(named.map(c => [c.id, dialect.quote(columnName(t, c.name))]))
  const asText = (e: AnyExpr): string =>
    ddlText(
      dialect,
      renderer(literally(dialect)).scalar(planning.scalar(e), id => text(nameOf.get(id) ?? outOfScope())),
    )
  const condition = (predicate: AnyExpr, what: string): string => {
    const scalar = planning.scalar(predicate)
    const { node } = scalar
    const isValue = node.tag === 'column' || node.tag === 'case' || (node.tag === 'call' && FUNCTIONS[node.fn].isValue)
    const printed = isValue ? dialect.ddl.asCondition(asText(predicate)) : asText(predicate)
    return hasQuery(scalar) && printed.includes('(SELECT ') ? refuse(unsupported(`${what} that contains a query`, dialect.name)) : printed
  }
  return { row: planning.rowNamed(named), asText, condition }
}

const createIndex = (dialect: Dialect, t: AnyTable, index: Index): string => {
  const { ddl } = dialect
  const { row, asText, condition } = textsOf(dialect, t)
  const lacks = (what: string): never =>
    refuse(unsupported(`${what} (${index.name})`, dialect.name, 'leave it out of the schema for this engine'))
  const sortKey = (given: AnyExpr | Order): string => {
    const { expr, direction, nulls } = 'expr' in given ? given : { expr: given, direction: 'asc', nulls: null }
    if (expr.node.tag === 'invalid') return refuse(expr.node.error)
    if (nulls !== null && !ddl.indexes.nulls) lacks('an index with the place of nulls')
    const order = `${direction === 'desc' ? ' DESC' : ''}${nulls === null ? '' : ` NULLS ${nulls.toUpperCase()}`}`
    const printed = asText(expr)
    if (expr.node.tag === 'ref') return `${printed}${order}`
    return ddl.indexes.expressions ? `${ddl.indexes.expression(printed)}${order}` : lacks('an index over an expression')
  }
  const keys = index.on === null ? columns(dialect, t, index.columns) : index.on(row).map(sortKey).join(', ')
  if (index.method !== null && !ddl.indexes.methods) lacks('an index with an access method')
  if (index.where !== null && !ddl.indexes.conditions) lacks('an index of some rows')
  const using = index.method === null ? '' : ` USING ${dialect.quote(index.method)}`
  const where = index.where === null ? '' : ` WHERE ${condition(index.where(row), 'the condition of an index')}`
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${ddl.index(t, index.name, target(dialect, t))}${using} (${keys})${where}`
}

/** `keys` are the foreign keys that are defined with the table; `own` are all that it will have. */
const createTable = (dialect: Dialect, t: AnyTable, keys: readonly ForeignKey[], own: readonly ForeignKey[]): string => {
  const { quote } = dialect
  if (t.schema === null && dialect.ddl.reserved?.test(t.name)) {
    refuse(schemaConflict(t.name, `${dialect.name} reserves this name for its own tables: choose another, or name a schema`))
  }
  keysFit(dialect, t, own)
  const constraint = (name: string, rest: string): string => `CONSTRAINT ${quote(name)} ${rest}`
  const fields = Object.keys(t.columns)
  const inlineKey = fields.find(
    f => dialect.ddl.inlinePrimaryKey && t.columns[f]?.generated && t.primaryKey?.columns.length === 1 && t.primaryKey.columns[0] === f,
  )
  const { row, asText, condition } = textsOf(dialect, t)
  const lines = [
    ...fields.map(f => `${quote(columnName(t, f))} ${columnType(dialect, t, f, f === inlineKey, own, asText)}`),
    ...(t.primaryKey === null || inlineKey !== undefined
      ? []
      : [constraint(t.primaryKey.name, `PRIMARY KEY (${columns(dialect, t, t.primaryKey.columns)})`)]),
    ...t.uniques.map(u => constraint(u.name, `UNIQUE (${columns(dialect, t, u.columns)})`)),
    ...fields.flatMap(f =>
      dialect.ddl
        .typeChecks((t.columns[f] as AnyColumn).type.sql, quote(columnName(t, f)))
        .map(([suffix, check]) => constraint(typeConstraint(t, f, suffix), `CHECK (${check})`)),
    ),
    ...checksOf(t, row).map(([name, predicate]) => constraint(name, `CHECK (${condition(predicate, 'a check')})`)),
    ...keys.map(f => foreignKey(dialect, f)),
  ]
  return `CREATE TABLE ${target(dialect, t)} (\n  ${lines.join(',\n  ')}\n)${dialect.ddl.tableSuffix}`
}

const useOf = (t: AnyTable, field: string, isInlineKey: boolean, own: readonly ForeignKey[]): ColumnUse => {
  const keys = [...(t.primaryKey ? [t.primaryKey] : []), ...t.uniques]
  const having = [...keys, ...t.indexes, ...own].filter(k => k.columns.includes(field))
  return {
    generated: t.columns[field]?.generated === true,
    key: isInlineKey,
    primary: t.primaryKey?.columns.includes(field) === true,
    keyColumns: Math.max(0, ...having.map(k => k.columns.length)),
    leadsKey: keys.some(k => k.columns[0] === field),
  }
}

/** Refuses keys and indexes that are too long for the engine, before any table is created. */
const keysFit = (dialect: Dialect, t: AnyTable, own: readonly ForeignKey[]): void => {
  const limit = dialect.ddl.keyLimit
  if (limit === null) return
  const keys = [...(t.primaryKey ? [t.primaryKey] : []), ...(limit.unique ? t.uniques : []), ...t.indexes]
  for (const { name, columns } of keys) {
    const bytes = columns.reduce((sum, f) => sum + limit.of((t.columns[f] as AnyColumn).type.sql, useOf(t, f, false, own)), 0)
    if (bytes <= limit.bytes) continue
    const what = `a key or index of ${bytes} bytes ("${name}": ${columns.join(', ')} of ${qualifiedName(t)})`
    refuse(unsupported(what, dialect.name, `it has at most ${limit.bytes}: take shorter or fewer columns`))
  }
}

const columnType = (
  dialect: Dialect,
  t: AnyTable,
  field: string,
  isInlineKey: boolean,
  own: readonly ForeignKey[],
  asText: (e: AnyExpr) => string,
): string => {
  const c = t.columns[field] as AnyColumn
  const type = dialect.ddl.columnType(c.type.sql, useOf(t, field, isInlineKey, own))
  const notNull = c.type.nullable || isInlineKey ? '' : ' NOT NULL'
  const byDefault = c.default === null ? '' : ` DEFAULT ${dialect.ddl.wrapDefault(asText(c.default), c.type.sql)}`
  return `${type}${notNull}${byDefault}`
}

/** A literal has its type already, which a parameter may have to be told. */
const literally = (dialect: Dialect): Dialect => ({ ...dialect, parameter: literal => literal })

/** Statements that define things take no parameters: values are written as literals, by the dialect. */
const ddlText = (dialect: Dialect, f: Fragment): string =>
  flatten(f, (_, s: Slot) => dialect.ddl.literal(s), dialect.reusesPlaceholders).text
