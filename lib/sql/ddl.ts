/**
 * Creating and dropping tables as SQL.
 *
 * A column's definition ensures what the decisions promise: text compares by code point, instants keep
 * milliseconds, lengths, ranges and enums are checked where the type alone does not ensure them.
 * Foreign keys that close a cycle are added when both tables exist, except where the engine accepts
 * forward references.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import { outOfScope } from '../core/syntax/guards.js'
import { type AnyColumn, type AnyExpr, type AnyTable, query } from '../core/syntax/Syntax.js'
import { type AnySchema, creationOrder, type ForeignKey, type ReferentialAction } from '../core/table/Schema.js'
import { checksOf, columnName, qualifiedName, typeConstraint } from '../core/table/Table.js'
import { queryOfView } from '../core/table/views.js'
import { refuse, schemaConflict, unsupported } from '../core/value/DbError.js'
import { normalize } from '../plan/normalize/normalize.js'
import { hasQuery } from '../plan/Rel.js'
import { reifier, reify } from '../plan/reify.js'
import { tablesOfPlan } from '../plan/tables.js'
import type { ColumnUse, Dialect } from './Dialect.js'
import { type Fragment, flatten, type Slot, text } from './Fragment.js'
import { renderer } from './render.js'

/** A key that refers to itself: each row refers to itself, so it means nothing, and InnoDB can't have it. */
const isVacuous = (f: ForeignKey): boolean => f.table === f.target && f.columns.every((c, i) => c === f.targetColumns[i])

/** Statements that create the schema's tables, in order. */
export const createStatements = (dialect: Dialect, schema: AnySchema): readonly string[] => {
  const { tables, late } = creationOrder(stored(schema))
  const inline = schema.foreignKeys.filter(f => !isVacuous(f) && (dialect.ddl.forwardReferences || !late.includes(f)))
  const created = tables.map(t =>
    createTable(
      dialect,
      t,
      inline.filter(f => f.table === t),
      schema.foreignKeys.filter(f => f.table === t),
    ),
  )
  const indexes = tables.flatMap(t =>
    t.indexes.map(i => `CREATE INDEX ${dialect.ddl.index(t, i.name, target(dialect, t))} (${columns(dialect, t, i.columns)})`),
  )
  const added = dialect.ddl.forwardReferences ? [] : late.map(f => `ALTER TABLE ${target(dialect, f.table)} ADD ${foreignKey(dialect, f)}`)
  const types = tables.flatMap(t => Object.values(t.columns).map(c => c.type.sql))
  return [...dialect.ddl.beforeCreate(types), ...created, ...added, ...indexes, ...viewsOf(schema).map(v => createView(dialect, v))]
}

/** Statements that drop those tables of the schema that exist. */
export const dropStatements = (dialect: Dialect, schema: AnySchema): readonly string[] => {
  const { tables, late } = creationOrder(stored(schema))
  const views = [...viewsOf(schema)].reverse().map(v => `DROP VIEW IF EXISTS ${target(dialect, v)}`)
  const unlinked =
    dialect.ddl.dropConstraint === null
      ? []
      : late.map(f => (dialect.ddl.dropConstraint as DropConstraint)(target(dialect, f.table), dialect.quote(f.name)))
  const targets = [...tables].reverse().map(t => target(dialect, t))
  const drops = dialect.ddl.dropTogether && targets.length > 0 ? [targets.join(', ')] : targets
  return [...views, ...unlinked, ...drops.map(d => `DROP TABLE IF EXISTS ${d}`)]
}

/** The schema without its views. */
const stored = (schema: AnySchema): AnySchema => ({
  ...schema,
  tables: Object.fromEntries(Object.entries(schema.tables).filter(([, t]) => t.query === null)),
})

/** The views of a schema, each after those that it reads. */
const viewsOf = (schema: AnySchema): readonly AnyTable[] => {
  const rest = new Map<AnyTable, ReadonlySet<AnyTable>>()
  for (const t of Object.values(schema.tables)) if (t.query !== null) rest.set(t, tablesOfPlan(reify(t.query)))
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

type DropConstraint = (table: string, constraint: string) => string

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

/** CREATE TABLE. `keys` are the foreign keys that are defined with the table; `own` are all that it will have. */
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
  const planning = reifier()
  const named = planning.columnsNamed(t.types)
  const nameOf = new Map(named.map(c => [c.id, quote(columnName(t, c.name))]))
  const asText = (e: AnyExpr): string =>
    ddlText(
      dialect,
      renderer(literally(dialect)).scalar(planning.scalar(e), id => text(nameOf.get(id) ?? outOfScope())),
    )
  const condition = (predicate: AnyExpr): string => {
    const scalar = planning.scalar(predicate)
    const { node } = scalar
    const isValue = node.tag === 'column' || node.tag === 'case' || (node.tag === 'call' && FUNCTIONS[node.fn].isValue)
    const condition = isValue ? dialect.ddl.asCondition(asText(predicate)) : asText(predicate)
    return hasQuery(scalar) && condition.includes('(SELECT ')
      ? refuse(unsupported('a check that contains a query', dialect.name))
      : condition
  }
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
    ...checksOf(t, planning.rowNamed(named)).map(([name, predicate]) => constraint(name, `CHECK (${condition(predicate)})`)),
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

/** A dialect for literals, which have a type already: no parameter is cast. */
const literally = (dialect: Dialect): Dialect => ({ ...dialect, parameter: literal => literal })

/** The text of a definition, which takes no parameters: values are literals of the dialect. */
const ddlText = (dialect: Dialect, f: Fragment): string =>
  flatten(f, (_, s: Slot) => dialect.ddl.literal(s), dialect.reusesPlaceholders).text
