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
import { isNull } from '../core/expr/Expr.js'
import { from, limit, where } from '../core/query/Query.js'
import { type Change, changed, checksOver, isIndexOver, type OfRow } from '../core/schema/Change.js'
import { converted } from '../core/schema/conversion.js'
import { asColumn } from '../core/syntax/operand.js'
import type { AnyColumn, AnyCommand, AnyExpr, AnyQuery, AnyTable } from '../core/syntax/Syntax.js'
import { symbolsOf } from '../core/syntax/scope.js'
import { columnName, typeConstraint, uniqueKeys } from '../core/table/Table.js'
import { type DbError, notNullViolation } from '../core/value/DbError.js'
import type { AlterParts, TypeCheckText } from './AlterParts.js'
import type { Dialect } from './Dialect.js'
import { createIndex, dropIndex } from './ddlIndexes.js'
import {
  checkText,
  columnParts,
  columns,
  commentStatements,
  oldValueText,
  tableComment,
  textsOf,
  typeChecksOf,
  valueText,
} from './definitions.js'
import { target } from './identifier.js'
import type { Element } from './OnlineSteps.js'
import type { Work } from './Work.js'

/** Statements as work. */
export const sqlWork = (statements: readonly string[]): readonly Work[] => statements.map(sql => ({ tag: 'sql', sql }))

const guard = (query: AnyQuery, error: DbError): Work => ({ tag: 'guard', query: limit(1)(query), error })

const command = (c: unknown): Work => ({ tag: 'command', command: c as AnyCommand })

const plain = (c: AnyColumn): AnyColumn => ({ ...c, type: { ...c.type, nullable: true }, default: null })

/** A column that is added and then filled. */
const addFilled = (table: AnyTable, change: Change & { readonly tag: 'addColumn' }, value: OfRow): readonly (Change | Work)[] => {
  const { field, column } = change
  const added = changed(table, { ...change, column: plain(column), fill: null })
  return [
    { ...change, column: plain(column), fill: null },
    command(update(added as any)((row: any) => ({ [field]: value(row) }), everywhere)),
    ...(column.type.nullable ? [] : [{ tag: 'setNotNull', field, fill: null } as const]),
    ...(column.default === null ? [] : [{ tag: 'setDefault', field, default: column.default } as const]),
  ]
}

/**
 * A column of another type in place of one: added, filled, and renamed when the old one is dropped. Keys, checks and indexes over it would go
 * with the old one, or keep it from being dropped, so they are dropped before and added afterwards.
 */
const replaced = (dialect: Dialect, table: AnyTable, change: Change & { readonly tag: 'changeType' }): readonly (Change | Work)[] => {
  const { field, type } = change
  const column = table.columns[field] as AnyColumn
  const name = columnName(table, field)
  const temporary = `${name}__new`
  const next = { ...column, type: { ...column.type, sql: type } }
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
    ...(column.default === null ? [] : [{ tag: 'setDefault', field: temporary, default: column.default } as const]),
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
  return [
    added,
    command(update(changed(table, added) as any)((r: any) => ({ [temporary]: converted(table, change, r) }), everywhere)),
    ...before,
    ...sqlWork(indexes.map(i => dropIndex(dialect, table, i, target(dialect, table)))),
    ...after,
    ...sqlWork(indexed.map(i => createIndex(dialect, made, i, target(dialect, made), textsOf(dialect, made)))),
  ]
}

/** A change as changes without row writes, and commands. */
const elementary = (dialect: Dialect, table: AnyTable, change: Change): readonly (Change | Work)[] => {
  switch (change.tag) {
    case 'renameTable':
      return change.name === table.name ? [] : [change]
    case 'addColumn': {
      const { fill, column } = change
      if (fill !== null) return addFilled(table, change, fill)
      const { default: byDefault } = column
      if (dialect.ddl.guardsNotNull && byDefault === null && !column.type.nullable && !column.generated)
        return [guard(from(table as any), notNullViolation(table.name, change.name)), change]
      return byDefault === null || byDefault.node.tag === 'literal' ? [change] : addFilled(table, change, () => byDefault)
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
      return [command(fills), { ...change, fill: null }]
    }
    case 'changeType': {
      const row = symbolsOf(table.types)
      const old = row[change.field] as AnyExpr
      const isAsIs = change.using === null && asColumn(old, change.type) === old && converted(table, change, row) === old
      return dialect.ddl.convertsInPlace || isAsIs ? [change] : replaced(dialect, table, change)
    }
    default:
      return [change]
  }
}

const partsOf = (dialect: Dialect, before: AnyTable, change: Change): AlterParts => {
  const after = changed(before, change)
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
    parts: field => columnParts(dialect, after, field),
    typeChecks: field => checks(before, field),
    typeChecksAfter: field => checks(after, field),
    comment: dialect.ddl.comments.column,
    comments: field => (field === null ? tableComment(dialect, after) : commentStatements(dialect, after, [field], true)),
    columns: fields => columns(dialect, after, fields),
    checksOver: field => checksOver(before, field).map(c => c.name),
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

/** The work of an element. */
export const workOfElement = ({ ddl }: Dialect, e: Element): readonly Work[] => {
  if (e.tag !== 'change') return [e]
  return ddl.rebuild === null ? sqlWork(ddl.alter(e.change, e.parts)) : ddl.rebuild.change(e.change, e.parts)
}

/** What changes a table, in order. */
export const workOf = (dialect: Dialect, table: AnyTable, change: Change): readonly Work[] =>
  elementsOf(dialect, table, change).flatMap(e => workOfElement(dialect, e))
