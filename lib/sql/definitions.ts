/**
 * Definitions of tables as SQL: CREATE TABLE, and the parts of it that other statements repeat.
 *
 * A column's definition ensures what the decisions promise: text compares by code point, instants keep milliseconds, lengths, ranges and
 * enums are checked where the type alone does not ensure them. Expressions in definitions are over a row of the table, with literals,
 * since definitions take no parameters.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import { changed } from '../core/schema/Change.js'
import type { KeyLengths } from '../core/schema/offendingRows.js'
import type { Step } from '../core/schema/Step.js'
import { typeText, writeComment } from '../core/schema/typeNote.js'
import { outOfScope } from '../core/syntax/guards.js'
import type { AnyColumn, AnyExpr, AnyTable } from '../core/syntax/Syntax.js'
import { indexFields } from '../core/table/indexes.js'
import type { ForeignKey, ReferentialAction } from '../core/table/Schema.js'
import { checksOf, columnName, qualifiedName, typeConstraint, uniqueKeys } from '../core/table/Table.js'
import { refuse, schemaConflict, unsupported } from '../core/value/DbError.js'
import { hasQuery } from '../plan/mentions.js'
import { reifier } from '../plan/reify.js'
import { type ColumnParts, definitionOf, OLD_ROW } from './AlterParts.js'
import type { ColumnUse, Dialect, TypeCheck } from './Dialect.js'
import type { RowTexts } from './ddlIndexes.js'
import { type Fragment, flatten, type Slot, text } from './Fragment.js'
import { target } from './identifier.js'
import { isKeyed, keyedFields, type LiveColumns, lengthOf, NOTHING_LIVE } from './keyedColumns.js'
import { renderer } from './render.js'

/** A key that refers to itself: each row is the row that it refers to, so it means nothing, and InnoDB can't have it. */
export const isVacuous = (f: ForeignKey): boolean => f.table === f.target && f.columns.every((c, i) => c === f.targetColumns[i])

/** A list of columns by fields. */
export const columns = (dialect: Dialect, t: AnyTable, fields: readonly string[]): string =>
  fields.map(f => dialect.quote(columnName(t, f))).join(', ')

const ACTIONS = { noAction: '', cascade: 'CASCADE', setNull: 'SET NULL' } as const

/** The constraint of a foreign key. Refuses a reference that the engine can't make. */
export const foreignKey = (dialect: Dialect, f: ForeignKey): string => {
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

/** The expressions of a table's definition. `prefix` is put before each column. */
export const textsOf = (dialect: Dialect, t: AnyTable, prefix = ''): RowTexts => {
  const planning = reifier()
  const named = planning.columnsNamed(t.types)
  const nameOf = new Map(named.map(c => [c.id, `${prefix}${dialect.quote(columnName(t, c.name))}`]))
  const asText = (e: AnyExpr): string =>
    ddlText(
      dialect,
      renderer(literally(dialect)).scalar(planning.scalar(e), id => text(nameOf.get(id) ?? outOfScope())),
    )
  const withoutQuery = (e: AnyExpr, what: string, printed: string): string =>
    hasQuery(planning.scalar(e)) && printed.includes('(SELECT ')
      ? refuse(unsupported(`${what} that contains a query`, dialect.name))
      : printed
  const condition = (predicate: AnyExpr, what: string): string => {
    const { node } = planning.scalar(predicate)
    const isValue = node.tag === 'column' || node.tag === 'case' || (node.tag === 'call' && FUNCTIONS[node.fn].isValue)
    return withoutQuery(predicate, what, isValue ? dialect.ddl.asCondition(asText(predicate)) : asText(predicate))
  }
  return { row: planning.rowNamed(named), asText, expression: (e, what) => withoutQuery(e, what, asText(e)), condition }
}

/** Whether a column is declared with the primary key, which the engine generates. */
const isInlineKey = ({ ddl }: Dialect, t: AnyTable, field: string): boolean =>
  ddl.inlinePrimaryKey && t.columns[field]?.generated === true && t.primaryKey?.columns.length === 1 && t.primaryKey.columns[0] === field

/** CREATE TABLE. `keys` are the foreign keys that are defined with the table; `own` are all that it will have; `indexes` are those that
 * are defined with the table. */
export const createTable = (
  dialect: Dialect,
  t: AnyTable,
  keys: readonly ForeignKey[],
  own: readonly ForeignKey[],
  indexes: readonly string[] = [],
): string => {
  const { quote } = dialect
  if (t.schema === null && dialect.ddl.reserved?.test(t.name)) {
    refuse(schemaConflict(t.name, `${dialect.name} reserves this name for its own tables: choose another, or name a schema`))
  }
  keysFit(dialect, t, own)
  const constraint = (name: string, rest: string): string => `CONSTRAINT ${quote(name)} ${rest}`
  const fields = Object.keys(t.columns)
  const inlineKey = fields.find(f => isInlineKey(dialect, t, f))
  const { row, asText, condition } = textsOf(dialect, t)
  const lines = [
    ...fields.map(
      f =>
        `${quote(columnName(t, f))} ${definitionOf(partsOfColumn(dialect, t, f, f === inlineKey, { own, live: NOTHING_LIVE }, asText), dialect.ddl.comments.column)}`,
    ),
    ...(t.primaryKey === null || inlineKey !== undefined
      ? []
      : [constraint(t.primaryKey.name, `PRIMARY KEY (${columns(dialect, t, t.primaryKey.columns)})`)]),
    ...t.uniques.map(u => constraint(u.name, `UNIQUE (${columns(dialect, t, u.columns)})`)),
    ...fields.flatMap(f =>
      typeChecksOf(dialect, t, f).map(([suffix, check]) => constraint(typeConstraint(t, f, suffix), `CHECK (${check})`)),
    ),
    ...checksOf(t, row).map(([name, predicate]) => constraint(name, `CHECK (${condition(predicate, 'a check')})`)),
    ...keys.map(f => foreignKey(dialect, f)),
    ...indexes,
  ]
  const { before, after } = dialect.ddl.comments.table
  const [head, tail] = t.comment === null ? ['', ''] : [before(t.comment), after(t.comment)]
  return `CREATE TABLE ${target(dialect, t)}${head} (\n  ${lines.join(',\n  ')}\n)${dialect.ddl.tableSuffix}${tail}`
}

/** The keys of indexes by their fields; null in place of an expression. */
const indexesOf = (t: AnyTable): readonly { readonly name: string; readonly columns: readonly (string | null)[] }[] =>
  t.indexes.map(i => ({ name: i.name, columns: indexFields(t, i) }))

/** The foreign keys of a table as far as they are known, and what the database has of its columns. */
interface Uses {
  readonly own: readonly ForeignKey[]
  readonly live: LiveColumns
}

const useOf = (t: AnyTable, field: string, key: boolean, { own, live }: Uses): ColumnUse => {
  const keys = uniqueKeys(t)
  const having = [...keys, ...indexesOf(t), ...own].filter(k => k.columns.includes(field))
  return {
    generated: t.columns[field]?.generated === true,
    key,
    primary: t.primaryKey?.columns.includes(field) === true,
    keyColumns: Math.max(live.get(columnName(t, field))?.keyColumns ?? 0, ...having.map(k => k.columns.length)),
    leadsKey: keys.some(k => k.columns[0] === field),
  }
}

/** Refuses keys and indexes that are too long for the engine, before anything is changed; with names, only those. */
export const keysFit = (dialect: Dialect, t: AnyTable, own: readonly ForeignKey[], names: readonly string[] | null = null): void => {
  const limit = dialect.ddl.keyLimit
  if (limit === null) return
  const keys = [...(t.primaryKey ? [t.primaryKey] : []), ...(limit.unique ? t.uniques : []), ...indexesOf(t)]
  for (const { name, columns } of keys) {
    if (names?.includes(name) === false) continue
    const bytes = columns.reduce(
      (sum, f) =>
        f === null ? sum : sum + limit.of((t.columns[f] as AnyColumn).type.sql, useOf(t, f, false, { own, live: NOTHING_LIVE })),
      0,
    )
    if (bytes <= limit.bytes) continue
    const what = `a key or index of ${bytes} bytes ("${name}": ${columns.join(', ')} of ${qualifiedName(t)})`
    refuse(unsupported(what, dialect.name, `it has at most ${limit.bytes}: take shorter or fewer columns`))
  }
}

/** The comment of a column, with its type where the engine would not tell it. */
const commentOf = ({ ddl, catalog }: Dialect, t: AnyTable, field: string, uses: Uses): string | null => {
  const { comment, type } = t.columns[field] as AnyColumn
  if (type.sql.tag === 'custom') return comment
  const defined = ddl.columnType(type.sql, { ...useOf(t, field, false, uses), generated: false, key: false })
  const told = catalog.typeOf(defined)
  if (told.tag !== 'custom' && typeText(told) === typeText(type.sql)) return comment
  const noted = writeComment(comment, type.sql)
  return noted !== null && noted.length > ddl.comments.longest ? comment : noted
}

/** The uses of columns that are not in the description of a table, where a column's type does not depend on them. */
const UNKNOWN: Uses = { own: [], live: NOTHING_LIVE }

/** The statements that set the comments of some columns, where the engine has such statements. With `always`, also those without one. */
export const commentStatements = (dialect: Dialect, t: AnyTable, fields: readonly string[], always = false): readonly string[] => {
  const { statement } = dialect.ddl.comments
  if (statement === null) return []
  return fields.flatMap(f => {
    const comment = commentOf(dialect, t, f, UNKNOWN)
    return comment === null && !always ? [] : [statement(target(dialect, t), dialect.quote(columnName(t, f)), comment)]
  })
}

/** The statement that sets the comment of a table, where the engine has one. */
export const tableComment = (dialect: Dialect, t: AnyTable): readonly string[] => {
  const { statement } = dialect.ddl.comments
  return statement === null ? [] : [statement(target(dialect, t), null, t.comment)]
}

const partsOfColumn = (
  dialect: Dialect,
  t: AnyTable,
  field: string,
  key: boolean,
  uses: Uses,
  asText: (e: AnyExpr) => string,
): ColumnParts => {
  const c = t.columns[field] as AnyColumn
  return {
    type: dialect.ddl.columnType(c.type.sql, useOf(t, field, key, uses)),
    notNull: !c.type.nullable && !key,
    default: c.default === null ? null : dialect.ddl.wrapDefault(asText(c.default), c.type.sql),
    comment: commentOf(dialect, t, field, uses),
  }
}

/** The definition of a column of a table that exists. */
export const columnParts = (
  dialect: Dialect,
  t: AnyTable,
  field: string,
  live: LiveColumns,
  own: readonly ForeignKey[] = [],
): ColumnParts => partsOfColumn(dialect, t, field, isInlineKey(dialect, t, field), { own, live }, textsOf(dialect, t).asText)

/** The lengths that columns have as parts of a key which a step adds, where their type depends on that: see `offendingRows`. */
export const keyLengths = (dialect: Dialect, step: Step): KeyLengths => {
  const own = step.tag === 'addForeignKey' ? [step.foreignKey] : []
  const changedBy = (t: AnyTable): AnyTable => {
    if (step.tag === 'alterTable') return changed(t, step.change)
    return step.tag === 'createIndex' ? { ...t, indexes: [...t.indexes.filter(i => i.name !== step.index.name), step.index] } : t
  }
  return (t, field) => {
    if (keyedFields(dialect, t, [field]).length === 0) return null
    return lengthOf(columnParts(dialect, changedBy(t), field, NOTHING_LIVE, own).type)
  }
}

/** Those of some columns that get another type from the keys of the table, as clauses of ALTER TABLE that define them again. */
export const keyedClauses = (
  dialect: Dialect,
  t: AnyTable,
  fields: readonly string[],
  live: LiveColumns,
  own: readonly ForeignKey[] = [],
): readonly string[] =>
  keyedFields(dialect, t, fields).flatMap(field => {
    const parts = columnParts(dialect, t, field, live, own)
    const definition = definitionOf(parts, dialect.ddl.comments.column)
    return isKeyed(live, t, field, parts.type) ? [] : [`MODIFY COLUMN ${dialect.quote(columnName(t, field))} ${definition}`]
  })

/** The checks that the type of a column needs. */
export const typeChecksOf = (dialect: Dialect, t: AnyTable, field: string): readonly TypeCheck[] =>
  dialect.ddl.typeChecks((t.columns[field] as AnyColumn).type.sql, dialect.quote(columnName(t, field)))

/** The condition of a check of a table. */
export const checkText = (dialect: Dialect, t: AnyTable, name: string): string => {
  const { row, condition } = textsOf(dialect, t)
  const found = checksOf(t, row).find(([n]) => n === name)
  return found === undefined ? refuse(schemaConflict(name, 'there is no such check')) : condition(found[1], 'a check')
}

/** An expression over a row of a table. */
export const valueText = (dialect: Dialect, t: AnyTable, f: (row: { readonly [field: string]: AnyExpr }) => AnyExpr): string => {
  const { row, asText } = textsOf(dialect, t)
  return asText(f(row))
}

/** An expression over a row of a table that has the alias `OLD_ROW`. It may contain queries. */
export const oldValueText = (dialect: Dialect, t: AnyTable, f: (row: { readonly [field: string]: AnyExpr }) => AnyExpr): string => {
  const { row, asText } = textsOf(dialect, t, `${dialect.quote(OLD_ROW)}.`)
  return asText(f(row))
}

/** A dialect that writes values as literals: these have their type already. */
export const literally = (dialect: Dialect): Dialect => ({ ...dialect, parameter: literal => literal })

/** Statements that define things take no parameters: values are written as literals, by the dialect. */
export const ddlText = (dialect: Dialect, f: Fragment): string =>
  flatten(f, (_, s: Slot) => dialect.ddl.literal(s), dialect.reusesPlaceholders).text
