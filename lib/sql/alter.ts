/**
 * Changes of a table as SQL statements and commands.
 *
 * A change of rows is a command of the algebra, so that it means the same on every engine; a change of the definition is text of the dialect
 * (`ddl.alter`). `workOf` takes a change apart into those: a column that is filled is added without a value, written, and then restricted.
 * Where the engine can't convert a column in place, a new column takes its place. An engine without ALTER TABLE creates the table again
 * (`sqlite/rebuild`).
 *
 * Law: rows and definition after the work are those of `model/alterTable`.
 */

import { everywhere, update } from '../core/command/Command.js'
import { and, isNull } from '../core/expr/Expr.js'
import { from, limit, where } from '../core/query/Query.js'
import { type Change, changed, checksOver, isIndexOver, type OfRow, withNulls } from '../core/schema/Change.js'
import { converted } from '../core/schema/conversion.js'
import { asColumn } from '../core/syntax/operand.js'
import type { AnyColumn, AnyCommand, AnyExpr, AnyQuery, AnyTable, Index } from '../core/syntax/Syntax.js'
import { symbolsOf } from '../core/syntax/scope.js'
import { indexFields } from '../core/table/indexes.js'
import { columnName, typeConstraint, uniqueKeys } from '../core/table/Table.js'
import { type DbError, notNullViolation } from '../core/value/DbError.js'
import type { AlterParts, TypeCheckText } from './AlterParts.js'
import { refusingUsed } from './columnUses.js'
import type { Dialect } from './Dialect.js'
import { createIndex, dropIndex } from './ddlIndexes.js'
import {
  checkText,
  columnParts,
  columns,
  commentStatements,
  keyedClauses,
  keysFit,
  oldValueText,
  tableComment,
  textsOf,
  typeChecksOf,
  valueText,
} from './definitions.js'
import { keepingForeignKeys } from './foreignKeyIndexes.js'
import { target } from './identifier.js'
import { KEYED_COLUMNS, keyedFields, keyedQuery, type LiveColumns, liveColumns, NOTHING_LIVE } from './keyedColumns.js'
import type { Element } from './OnlineSteps.js'
import type { Work } from './Work.js'

/** Statements as work. */
export const sqlWork = (statements: readonly string[]): readonly Work[] => statements.map(sql => ({ tag: 'sql', sql }))

const guard = (query: AnyQuery, error: DbError): Work => ({ tag: 'guard', query: limit(1)(query), error })

const command = (c: unknown, undo: readonly string[] = []): Work => ({ tag: 'command', command: c as AnyCommand, undo })

/** Where nulls have to be looked for: fails before anything is done if a value of a column that is not nullable would be null. */
const guardValues = (
  dialect: Dialect,
  t: AnyTable,
  column: string,
  isNullable: boolean,
  value: OfRow,
  among: (row: any) => AnyExpr = () => and(),
): readonly Work[] => {
  if (!dialect.ddl.guardsNotNull || isNullable) return []
  const nulls = where((row: any) => and(among(row), isNull(value(row))))(from(t as any))
  return [guard(nulls as AnyQuery, notNullViolation(t.name, column))]
}

/** The statements that drop a column that a change has added, where they are needed. */
const droppingAdded = (dialect: Dialect, t: AnyTable, change: Change & { readonly tag: 'addColumn' }): readonly string[] => {
  const { ddl } = dialect
  if (ddl.transactional) return []
  const drop: Change = { tag: 'dropColumn', field: change.field }
  return ddl.alter(drop, partsOf(dialect, changed(t, change), drop))
}

const plain = (c: AnyColumn): AnyColumn => ({ ...c, type: { ...c.type, nullable: true }, default: null })

/** A column that is added and then filled. */
const addFilled = (
  dialect: Dialect,
  table: AnyTable,
  change: Change & { readonly tag: 'addColumn' },
  value: OfRow,
): readonly (Change | Work)[] => {
  const { field, column } = change
  const add = { ...change, column: plain(column), fill: null }
  const fills = update(changed(table, add) as any)((row: any) => ({ [field]: value(row) }), everywhere)
  return [
    ...guardValues(dialect, table, change.name, column.type.nullable, value),
    add,
    command(fills, droppingAdded(dialect, table, add)),
    ...(column.type.nullable ? [] : [{ tag: 'setNotNull', field, fill: null } as const]),
    ...(column.default === null ? [] : [{ tag: 'setDefault', field, default: column.default } as const]),
  ]
}

/**
 * A column of another type in place of one: added, filled, and renamed when the old one is dropped. Keys, checks and indexes over it would go
 * with the old one, or keep it from being dropped, so they are dropped before and added afterwards.
 */
const replaced = (dialect: Dialect, table: AnyTable, change: Change & { readonly tag: 'changeType' }): readonly (Change | Work)[] => {
  const { field } = change
  const column = table.columns[field] as AnyColumn
  const name = columnName(table, field)
  const temporary = `${name}__new`
  const next = changed(table, change).columns[field] as AnyColumn
  const added = { tag: 'addColumn', field: temporary, name: temporary, column: plain(next), fill: null } as const
  const keys = uniqueKeys(table).filter(k => k.columns.includes(field))
  const checks = checksOver(table, field)
  const indexes = table.indexes.filter(i => isIndexOver(table, field, i))
  const columns = (fields: readonly string[]): readonly string[] => fields.map(f => (f === field ? temporary : f))
  const over =
    <A>(f: (row: any) => A) =>
    (r: any): A =>
      f({ ...r, [field]: r[temporary] })
  const before: readonly Change[] = [
    ...keys.map((k): Change => ({ tag: 'dropKey', name: k.name })),
    ...checks.map((c): Change => ({ tag: 'dropCheck', name: c.name })),
  ]
  const after: readonly Change[] = [
    { tag: 'dropColumn', field },
    { tag: 'renameColumn', field: temporary, name },
    ...(column.type.nullable ? [] : [{ tag: 'setNotNull', field: temporary, fill: null } as const]),
    ...(next.default === null ? [] : [{ tag: 'setDefault', field: temporary, default: next.default } as const]),
    ...keys.map((k): Change => ({ tag: 'addKey', key: { ...k, columns: columns(k.columns) }, primary: k === table.primaryKey })),
    ...checks.map((c): Change => ({ tag: 'addCheck', check: { ...c, predicate: over(c.predicate) } })),
  ]
  const made = [added, ...before, ...after].reduce(changed, table)
  const indexed = indexes.map(i => ({
    ...i,
    columns: columns(i.columns),
    on: i.on === null ? null : over(i.on),
    where: i.where === null ? null : over(i.where),
  }))
  const copied = update(changed(table, added) as any)((r: any) => ({ [temporary]: converted(table, change, r) }), everywhere)
  return [
    ...guardValues(dialect, table, name, column.type.nullable, row => converted(table, change, row)),
    added,
    command(copied, droppingAdded(dialect, table, added)),
    ...before,
    ...sqlWork(indexes.map(i => dropIndex(dialect, table, i, target(dialect, table)))),
    ...after,
    ...indexed.flatMap(i => indexWork(dialect, made, i)),
  ]
}

/** A change as changes without row writes, and commands. */
const elementary = (dialect: Dialect, table: AnyTable, change: Change): readonly (Change | Work)[] => {
  switch (change.tag) {
    case 'renameTable':
      return change.name === table.name ? [] : [change]
    case 'addColumn': {
      const { fill, column } = change
      if (fill !== null) return addFilled(dialect, table, change, fill)
      const { default: byDefault } = column
      if (dialect.ddl.guardsNotNull && byDefault === null && !column.type.nullable && !column.generated)
        return [guard(from(table as any), notNullViolation(table.name, change.name)), change]
      return byDefault === null || byDefault.node.tag === 'literal' ? [change] : addFilled(dialect, table, change, () => byDefault)
    }
    case 'setNotNull': {
      const { field, fill } = change
      if (fill === null) {
        if (!dialect.ddl.guardsNotNull) return [change]
        const nulls = where((row: any) => isNull(row[field]))(from(table as any))
        return [guard(nulls as AnyQuery, notNullViolation(table.name, columnName(table, field))), change]
      }
      const fills = update(table as any)(
        (row: any) => ({ [field]: fill(row) }),
        (row: any) => isNull(row[field]),
      )
      const guards = guardValues(dialect, table, columnName(table, field), false, fill, row => isNull(row[field]))
      return [...guards, command(fills), { ...change, fill: null }]
    }
    case 'addKey': {
      // the columns are described as not null
      if (!change.primary || !dialect.ddl.guardsNotNull) return [change]
      const { columns: fields } = change.key
      const all = from(withNulls(table, fields) as any)
      const nullIn = (field: string): AnyQuery => where((row: any) => isNull(row[field]))(all) as AnyQuery
      return [...fields.map(f => guard(nullIn(f), notNullViolation(table.name, columnName(table, f)))), change]
    }
    case 'dropColumn':
      return [...refusingUsed(dialect, table, change), change]
    case 'changeType': {
      const row = symbolsOf(table.types)
      const old = row[change.field] as AnyExpr
      const isAsIs = change.using === null && asColumn(old, change.type) === old && converted(table, change, row) === old
      const changes = dialect.ddl.convertsInPlace || isAsIs ? [change] : replaced(dialect, table, change)
      return [...refusingUsed(dialect, table, change), ...changes]
    }
    case 'dropKey':
      // the index of a primary key has this name
      return [...keepingForeignKeys(dialect, table, change.name === table.primaryKey?.name ? 'PRIMARY' : change.name), change]
    default:
      return [change]
  }
}

/** The fields of a change whose columns it puts into a key, or defines again, and whose type depends on keys. */
const keyedBy = (dialect: Dialect, before: AnyTable, change: Change): readonly string[] => {
  switch (change.tag) {
    case 'addKey':
      return keyedFields(dialect, before, change.key.columns)
    case 'changeType':
    case 'setNullable':
    case 'setNotNull':
    case 'setDefault':
      return keyedFields(dialect, changed(before, change), [change.field])
    case 'setComment':
      return change.field === null ? [] : keyedFields(dialect, before, [change.field])
    default:
      return []
  }
}

/** The keys and indexes whose length a change determines. */
const keysBy = (t: AnyTable, change: Change): readonly string[] => {
  if (change.tag === 'addKey') return [change.key.name]
  if (change.tag !== 'changeType') return []
  const { field } = change
  return [...uniqueKeys(t).filter(k => k.columns.includes(field)), ...t.indexes.filter(i => isIndexOver(t, field, i))].map(k => k.name)
}

/** What a change is printed with; `live` is what the database has of the columns, as far as it is known. */
const partsOf = (dialect: Dialect, before: AnyTable, change: Change, live: LiveColumns = NOTHING_LIVE): AlterParts => {
  const after = changed(before, change)
  keysFit(dialect, after, [], keysBy(before, change))
  const checks = (t: AnyTable, field: string): readonly TypeCheckText[] =>
    typeChecksOf(dialect, t, field).map(([suffix, condition]) => ({ name: dialect.quote(typeConstraint(t, field, suffix)), condition }))
  return {
    before,
    after,
    target: target(dialect, before),
    targetAfter: target(dialect, after),
    quote: dialect.quote,
    column: field => dialect.quote(columnName(before, field)),
    columnAfter: field => dialect.quote(columnName(after, field)),
    parts: field => columnParts(dialect, after, field, live),
    typeChecks: field => checks(before, field),
    typeChecksAfter: field => checks(after, field),
    comment: dialect.ddl.comments.column,
    comments: field => (field === null ? tableComment(dialect, after) : commentStatements(dialect, after, [field], true)),
    keyed: change.tag === 'addKey' ? keyedClauses(dialect, after, change.key.columns, live) : [],
    columns: fields => columns(dialect, after, fields),
    checksOver: field => checksOver(before, field).map(c => c.name),
    indexesOver: field =>
      after.indexes
        .filter(i => (i.on !== null || i.where !== null) && isIndexOver(before, field, i))
        .map(i => ({ name: i.name, sql: createIndex(dialect, after, i, target(dialect, after), textsOf(dialect, after), []) })),
    check: name => checkText(dialect, after, name),
    oldValue: f => oldValueText(dialect, before, f),
    using: () => (change.tag === 'changeType' ? valueText(dialect, before, row => converted(before, change, row)) : ''),
  }
}

const WORK: readonly string[] = ['sql', 'command', 'guard', 'query', 'outside'] satisfies readonly Work['tag'][]

const isWork = (part: Change | Work): part is Work => WORK.includes(part.tag)

/** A change taken apart, in order; whole where the table is created again. */
export const elementsOf = (dialect: Dialect, table: AnyTable, change: Change): readonly Element[] => {
  if (dialect.ddl.rebuild !== null) return [{ tag: 'change', change, parts: partsOf(dialect, table, change) }]
  let now = table
  return elementary(dialect, table, change).map((part): Element => {
    if (isWork(part)) return part
    const parts = partsOf(dialect, now, part)
    now = parts.after
    return { tag: 'change', change: part, parts }
  })
}

/** The work of an element, by what is known of the database. */
export const workOfElement = ({ ddl }: Dialect, e: Element): readonly Work[] => {
  if (e.tag !== 'change') return [e]
  return ddl.rebuild === null ? sqlWork(ddl.alter(e.change, e.parts)) : ddl.rebuild.change(e.change, e.parts)
}

/** Work that needs to know what the database has of the columns of a table. */
export const knowingColumns = (dialect: Dialect, t: AnyTable, work: (live: LiveColumns) => readonly Work[]): readonly Work[] => [
  { tag: 'query', sql: keyedQuery(dialect, t), columns: KEYED_COLUMNS, isShown: true, then: rows => work(liveColumns(rows)) },
]

/** An element as it is when the columns of the database are known; `work` is what is then done with it. */
export const knowing = (dialect: Dialect, e: Element, work: (e: Element) => readonly Work[]): readonly Work[] => {
  if (e.tag !== 'change' || keyedBy(dialect, e.parts.before, e.change).length === 0) return work(e)
  const { change, parts } = e
  return knowingColumns(dialect, parts.before, live => work({ ...e, parts: partsOf(dialect, parts.before, change, live) }))
}

/** The work that makes an index of a table that exists. */
export const indexWork = (dialect: Dialect, t: AnyTable, index: Index): readonly Work[] => {
  const fields = keyedFields(
    dialect,
    t,
    indexFields(t, index).flatMap(f => f ?? []),
  )
  const having = { ...t, indexes: [...t.indexes.filter(i => i.name !== index.name), index] }
  const make = (clauses: readonly string[]): readonly Work[] =>
    sqlWork([createIndex(dialect, having, index, target(dialect, t), textsOf(dialect, t), clauses)])
  keysFit(dialect, having, [], [index.name])
  return fields.length === 0 ? make([]) : knowingColumns(dialect, t, live => make(keyedClauses(dialect, having, fields, live)))
}

/** What changes a table, in order. */
export const workOf = (dialect: Dialect, table: AnyTable, change: Change): readonly Work[] =>
  elementsOf(dialect, table, change).flatMap(e => knowing(dialect, e, known => workOfElement(dialect, known)))
