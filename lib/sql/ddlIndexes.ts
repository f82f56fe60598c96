/**
 * Indexes as SQL.
 *
 * A key is a column or an expression. Where the engine has no keys over expressions, an expression is a generated column of the table,
 * which no query sees, and the index is over that: `<index>__1` for its first key. It is made and dropped with the index, by one statement.
 * Where the engine has no indexes of some rows, a unique one has null in place of its first key for all other rows; a null equals no
 * other, so it refuses the same rows. An index of some rows that is not unique would hold all of them, and is refused.
 *
 * What an engine has no index for is refused with the name of the index before anything is sent.
 */

import type { AnyExpr, AnyTable, Index } from '../core/syntax/Syntax.js'
import { type IndexKey, indexCondition, indexFields, indexKeys } from '../core/table/indexes.js'
import { columnName } from '../core/table/Table.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { isInteger, type SqlType } from '../core/value/SqlType.js'
import type { Dialect } from './Dialect.js'

/** Expressions over a row of a table, as definitions contain them: columns without their table, values as literals. */
export interface RowTexts {
  readonly row: { readonly [field: string]: AnyExpr }
  readonly asText: (e: AnyExpr) => string
  /** The text of an expression of `what`, which may not contain a query. */
  readonly expression: (e: AnyExpr, what: string) => string
  /** The text of a condition of `what`, which may not contain a query. */
  readonly condition: (predicate: AnyExpr, what: string) => string
}

/** The most keys over which engines with generated columns have an index. */
const MOST_KEYS = 16

/** The generated column of a key, from 1. Two underscores distinguish it from user-defined names. */
const generated = (dialect: Dialect, name: string, key: number): string => dialect.quote(`${name}__${key}`)

/** A key as it is printed: the column of a field, or an expression. */
interface PrintedKey {
  readonly key: IndexKey
  readonly column: string | null
  readonly expression: string
  readonly order: string
}

/** An index in parts: the generated columns that it needs, and its keys. */
interface PrintedIndex {
  readonly unique: string
  readonly on: string
  readonly columns: readonly string[]
  readonly keys: string
  readonly some: string
}

/** CREATE INDEX. `target` is the table, `texts` its rows. `before` are other clauses of an ALTER TABLE that then makes the index. */
export const createIndex = (
  dialect: Dialect,
  t: AnyTable,
  index: Index,
  target: string,
  texts: RowTexts,
  before: readonly string[] = [],
): string => {
  const { unique, on, columns, keys, some } = printIndex(dialect, t, index, texts)
  if (columns.length === 0 && before.length === 0)
    return `CREATE ${unique}INDEX ${dialect.ddl.index(t, index.name, target)}${on} (${keys})${some}`
  const clauses = [...before, ...columns.map(c => `ADD COLUMN ${c}`)]
  return `ALTER TABLE ${target} ${clauses.join(', ')}, ADD ${unique}INDEX ${dialect.quote(index.name)} (${keys})`
}

/** An index and its generated columns as parts of CREATE TABLE, where the engine takes indexes there. */
export const inlineIndex = (dialect: Dialect, t: AnyTable, index: Index, texts: RowTexts): readonly string[] => {
  const { unique, columns, keys } = printIndex(dialect, t, index, texts)
  return [...columns, `${unique}INDEX ${dialect.quote(index.name)} (${keys})`]
}

const printIndex = (dialect: Dialect, t: AnyTable, index: Index, texts: RowTexts): PrintedIndex => {
  const { indexes } = dialect.ddl
  const { row, expression, condition } = texts
  const lacks = (what: string, instead = 'leave it out of the schema for this engine'): never =>
    refuse(unsupported(`${what} (${index.name})`, dialect.name, instead))
  if (index.method !== null && !indexes.methods) lacks('an index with an access method')
  const filter = indexCondition(index, row)
  const where = filter === null ? null : condition(filter, `a condition of an index (${index.name})`)
  if (where !== null && !indexes.conditions && !index.unique) lacks('an index of some rows', 'leave the condition out')
  const assertOwn = (printed: string): void => {
    if (indexes.callsAdded?.(printed))
      lacks('an index over a function that the library adds', 'compute the value into a column when the row is written, and index that')
  }
  if (where !== null) assertOwn(where)
  // an engine may need no expression for one: a cast of a column to a larger type
  const names = Object.keys(t.columns).map(f => dialect.quote(columnName(t, f)))
  const isColumn = (printed: string): boolean => names.includes(printed)
  const keys = indexKeys(index, row).map((key, i): PrintedKey => {
    if (key.expr.node.tag === 'invalid') return refuse(key.expr.node.error)
    const printed =
      key.field === null ? expression(key.expr, `an expression of an index (${index.name})`) : dialect.quote(columnName(t, key.field))
    assertOwn(printed)
    const isFirstOfSome = i === 0 && where !== null && !indexes.conditions
    return {
      key,
      column: isColumn(printed) && !isFirstOfSome ? printed : null,
      expression: isFirstOfSome ? `CASE WHEN ${where} THEN ${printed} END` : printed,
      order: orderOf(dialect, key, lacks),
    }
  })
  const on = index.method === null ? '' : ` USING ${dialect.quote(index.method)}`
  const some = where === null || !indexes.conditions ? '' : ` WHERE ${where}`
  const unique = index.unique ? 'UNIQUE ' : ''
  const { generatedColumn } = indexes
  if (generatedColumn === null || keys.every(k => k.column !== null)) {
    const list = keys.map(k => `${k.column ?? indexes.expression(k.expression)}${k.order}`).join(', ')
    return { unique, on, columns: [], keys: list, some }
  }
  if (keys.length > MOST_KEYS) lacks(`an index of more than ${MOST_KEYS} keys`)
  const added = keys.flatMap(({ key, column, expression }, i) => {
    if (column !== null) return []
    const type = dialect.ddl.columnType(roomy(key), {
      generated: false,
      key: false,
      primary: false,
      keyColumns: keys.length,
      leadsKey: false,
    })
    return [`${generated(dialect, index.name, i + 1)} ${generatedColumn(type, expression)}`]
  })
  const list = keys.map(({ column, order }, i) => `${column ?? generated(dialect, index.name, i + 1)}${order}`).join(', ')
  return { unique, on, columns: added, keys: list, some }
}

/** A type that holds every value of a key: an expression of numbers computes beyond the type of its operands. */
const roomy = ({ field, expr }: IndexKey): SqlType => {
  const { sql } = expr.type
  if (field !== null) return sql
  return isInteger(sql) ? { tag: 'bigint' } : sql.tag === 'numeric' ? { ...sql, precision: 65, scale: 30 } : sql
}

/** The direction of a key, and where its nulls are, if the engine would place them elsewhere. */
const orderOf = (dialect: Dialect, { direction, nulls }: IndexKey, lacks: (what: string) => never): string => {
  const order = direction === 'desc' ? ' DESC' : ''
  if (nulls === null) return order
  if (dialect.ddl.indexes.nulls) return `${order} NULLS ${nulls.toUpperCase()}`
  const own = dialect.nulls.largest === (direction === 'asc') ? 'last' : 'first'
  return nulls === own ? order : lacks('an index that places nulls')
}

/**
 * DROP INDEX, with the generated columns of its keys. Of an index that the table does not declare, only the name is known: then every column
 * that it may have is dropped.
 */
export const dropIndex = (dialect: Dialect, t: AnyTable, { name }: Pick<Index, 'name'>, target: string): string => {
  const { ddl, quote } = dialect
  const plain = ddl.dropIndex(t, name, target)
  if (ddl.indexes.generatedColumn === null) return plain
  const declared = t.indexes.find(i => i.name === name)
  const fields = declared === undefined ? Array.from({ length: MOST_KEYS }, () => null) : indexFields(t, declared)
  const columns = fields.flatMap((f, i) => (f === null || (i === 0 && declared?.where != null) ? [generated(dialect, name, i + 1)] : []))
  if (columns.length === 0) return plain
  return `ALTER TABLE ${target} DROP INDEX ${quote(name)}, ${columns.map(c => `DROP COLUMN IF EXISTS ${c}`).join(', ')}`
}
