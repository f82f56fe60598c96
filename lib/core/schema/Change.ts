/**
 * Changes: what a step does to one table, as data.
 *
 * A change denotes a function on descriptions of a table (`changed`) and, in `model/alterTable`, on its rows. Columns are named by the fields of
 * the description that the step carries; `changeFor` translates a change for another description of the same table, by SQL names.
 *
 * Rows keep their values except where the change says otherwise: a new column has its `fill`, or its default, or null; a column of another
 * type has `using`, or the cast of its value; a null that is forbidden becomes `fill`. Every constraint of the changed table is checked
 * against the rows that are there.
 *
 * Laws: `changed(changed(t, c), inverse(c, t)) = t` where a change has an inverse.
 */
import type { AnyColumn, AnyExpr, AnyTable, Check, Index, Key } from '../syntax/Syntax.js'
import { symbolsOf } from '../syntax/scope.js'
import { columnName, qualifiedName, uniqueKeys } from '../table/Table.js'
import { refuse, schemaConflict, validationError } from '../value/DbError.js'
import { type SqlType, showSqlType } from '../value/SqlType.js'
import { convertedDefault } from './convertedDefault.js'

/** An expression over a row of the table before the change. */
export type OfRow = (row: any) => AnyExpr

/** A change of one table. */
export type Change =
  | { readonly tag: 'renameTable'; readonly name: string }
  /** Old rows get `fill`, or the default of the column if it is null, or null. `name` is the SQL name. */
  | { readonly tag: 'addColumn'; readonly field: string; readonly name: string; readonly column: AnyColumn; readonly fill: OfRow | null }
  /** Refused with a `SchemaConflict` while a key, an index, a check or a foreign key uses the column. */
  | { readonly tag: 'dropColumn'; readonly field: string }
  | { readonly tag: 'renameColumn'; readonly field: string; readonly name: string }
  /**
   * Refused with a `SchemaConflict` while a foreign key has the column, or a default that is not exact in the new type (`convertedDefault`).
   * `using` is the new value of the column; null casts the old one. The values of an enum are part of its type.
   */
  | { readonly tag: 'changeType'; readonly field: string; readonly type: SqlType; readonly using: OfRow | null }
  | { readonly tag: 'setNullable'; readonly field: string }
  /** Rows in which the column is null get `fill`; with null, such rows are a `NotNullViolation`. */
  | { readonly tag: 'setNotNull'; readonly field: string; readonly fill: OfRow | null }
  /** The default of later inserts; null is none. */
  | { readonly tag: 'setDefault'; readonly field: string; readonly default: AnyExpr | null }
  | { readonly tag: 'setComment'; readonly field: string | null; readonly comment: string | null }
  /** A primary or unique key. A table has at most one primary key. */
  | { readonly tag: 'addKey'; readonly key: Key; readonly primary: boolean }
  | { readonly tag: 'dropKey'; readonly name: string }
  | { readonly tag: 'addCheck'; readonly check: Check }
  | { readonly tag: 'dropCheck'; readonly name: string }
  /** A key or a check. */
  | { readonly tag: 'renameConstraint'; readonly from: string; readonly to: string }

/** The field of a table that has this SQL name; undefined without one. */
export const fieldNamed = (t: AnyTable, name: string): string | undefined => Object.keys(t.names).find(f => t.names[f] === name)

const without = <A>(record: { readonly [field: string]: A }, field: string): { readonly [field: string]: A } =>
  Object.fromEntries(Object.entries(record).filter(([f]) => f !== field))

const noColumn = (t: AnyTable, field: string): never =>
  refuse(schemaConflict(`${qualifiedName(t)}.${columnName(t, field)}`, 'there is no such column'))

/** The table with another definition of a column. */
const withColumn = (t: AnyTable, field: string, change: (c: AnyColumn) => AnyColumn): AnyTable => {
  const column = change(t.columns[field] ?? noColumn(t, field))
  return { ...t, columns: { ...t.columns, [field]: column }, types: { ...t.types, [field]: column.type } }
}

/** The table as it would be with nulls in some columns. */
export const withNulls = (t: AnyTable, fields: readonly string[]): AnyTable =>
  fields.reduce((of, field) => withColumn(of, field, c => ({ ...c, type: { ...c.type, nullable: true } })), t)

/** Whether a function of a table's row reads a field, until it throws if it does. */
export const readsField = (t: AnyTable, field: string, f: (row: any) => unknown): boolean => {
  let reads = false
  const row = symbolsOf(t.types)
  const watched = { ...row }
  Object.defineProperty(watched, field, {
    enumerable: true,
    get: () => {
      reads = true
      return row[field]
    },
  })
  try {
    f(watched)
  } catch {
    return reads
  }
  return reads
}

/** The checks of a table that read a field. */
export const checksOver = (t: AnyTable, field: string): readonly Check[] => t.checks.filter(c => readsField(t, field, c.predicate))

/** Whether an index of a table has a field in its keys or its condition. */
export const isIndexOver = (t: AnyTable, field: string, { columns, on, where }: Index): boolean =>
  columns.includes(field) || [on, where].some(f => f !== null && readsField(t, field, f))

/** The names of the keys, indexes and checks of a described table that have a field. */
export const usesIn = (t: AnyTable, field: string, indexes: readonly Index[] = t.indexes): readonly string[] => [
  ...uniqueKeys(t)
    .filter(k => k.columns.includes(field))
    .map(k => k.name),
  ...indexes.filter(i => isIndexOver(t, field, i)).map(i => i.name),
  ...checksOver(t, field).map(c => c.name),
]

const exists = (name: string): never => refuse(schemaConflict(name, 'it exists already: drop it first, or choose another name'))
const noConstraint = (name: string): never => refuse(schemaConflict(name, 'there is no such constraint or index'))

const constraintNames = (t: AnyTable): readonly string[] => [...uniqueKeys(t).map(k => k.name), ...t.checks.map(c => c.name)]

/** The description of the table after a change. Refuses a change of what is not there. */
export const changed = (t: AnyTable, change: Change): AnyTable => {
  switch (change.tag) {
    case 'renameTable':
      return { ...t, name: change.name }
    case 'addColumn': {
      const { field, name, column } = change
      if (Object.hasOwn(t.columns, field) || fieldNamed(t, name) !== undefined) return exists(`${qualifiedName(t)}.${name}`)
      return {
        ...t,
        columns: { ...t.columns, [field]: column },
        names: { ...t.names, [field]: name },
        types: { ...t.types, [field]: column.type },
      }
    }
    case 'dropColumn': {
      const { field } = change
      if (!Object.hasOwn(t.columns, field)) return noColumn(t, field)
      return { ...t, columns: without(t.columns, field), names: without(t.names, field), types: without(t.types, field) }
    }
    case 'renameColumn': {
      const { field, name } = change
      if (!Object.hasOwn(t.columns, field)) return noColumn(t, field)
      const other = fieldNamed(t, name)
      if (other !== undefined && other !== field) return exists(`${qualifiedName(t)}.${name}`)
      return { ...t, names: { ...t.names, [field]: name } }
    }
    case 'changeType':
      return withColumn(t, change.field, c => {
        const byDefault = convertedDefault(c, change.type)
        if (byDefault !== undefined) return { ...c, type: { ...c.type, sql: change.type }, default: byDefault }
        const reason = `its default is no exact ${showSqlType(change.type)}: drop the default first, and set another one afterwards`
        return refuse(schemaConflict(`${qualifiedName(t)}.${columnName(t, change.field)}`, reason))
      })
    case 'setNullable':
      return withColumn(t, change.field, c => ({ ...c, type: { ...c.type, nullable: true } }))
    case 'setNotNull':
      return withColumn(t, change.field, c => ({ ...c, type: { ...c.type, nullable: false } }))
    case 'setDefault':
      return withColumn(t, change.field, c => ({ ...c, default: change.default }))
    case 'setComment': {
      const { field, comment } = change
      return field === null ? { ...t, comment } : withColumn(t, field, c => ({ ...c, comment }))
    }
    case 'addKey': {
      const { key, primary } = change
      if (constraintNames(t).includes(key.name)) return exists(key.name)
      if (!primary) return { ...t, uniques: [...t.uniques, key] }
      return t.primaryKey === null
        ? { ...t, primaryKey: key }
        : refuse(schemaConflict(qualifiedName(t), 'it has a primary key already: drop that first'))
    }
    case 'dropKey':
      if (t.primaryKey?.name === change.name) return { ...t, primaryKey: null }
      return t.uniques.some(u => u.name === change.name)
        ? { ...t, uniques: t.uniques.filter(u => u.name !== change.name) }
        : noConstraint(change.name)
    case 'addCheck':
      return constraintNames(t).includes(change.check.name) ? exists(change.check.name) : { ...t, checks: [...t.checks, change.check] }
    case 'dropCheck':
      return t.checks.some(c => c.name === change.name)
        ? { ...t, checks: t.checks.filter(c => c.name !== change.name) }
        : noConstraint(change.name)
    case 'renameConstraint': {
      const { from, to } = change
      if (!constraintNames(t).includes(from)) return noConstraint(from)
      if (from !== to && constraintNames(t).includes(to)) return exists(to)
      const renamed = <A extends { readonly name: string }>(a: A): A => (a.name === from ? { ...a, name: to } : a)
      return {
        ...t,
        primaryKey: t.primaryKey === null ? null : renamed(t.primaryKey),
        uniques: t.uniques.map(renamed),
        checks: t.checks.map(renamed),
      }
    }
  }
}

/** The field of another description of a table, by the SQL name; undefined without one. */
export const fieldFor = (from: AnyTable, to: AnyTable, field: string): string | undefined => fieldNamed(to, columnName(from, field))

/** A function of a row for another description of the table. A field is read where `f` reads it, so that `readsField` can tell. */
const forRow =
  (from: AnyTable, to: AnyTable) =>
  <A>(f: (row: any) => A) =>
  (row: any): A => {
    const value = (field: string): unknown => row[fieldFor(from, to, field) ?? noColumn(from, field)]
    return f(
      Object.defineProperties(
        {},
        Object.fromEntries(Object.keys(from.names).map(field => [field, { enumerable: true, get: () => value(field) }])),
      ),
    )
  }

/** The index for another description of the table. */
export const indexFor = (from: AnyTable, to: AnyTable, index: Index): Index => {
  if (from === to) return index
  const rowOf = forRow(from, to)
  return {
    ...index,
    columns: index.columns.map(field => fieldFor(from, to, field) ?? field),
    on: index.on === null ? null : rowOf(index.on),
    where: index.where === null ? null : rowOf(index.where),
  }
}

/** The change for another description of the table, whose columns correspond by their SQL names. */
export const changeFor = (from: AnyTable, to: AnyTable, change: Change): Change => {
  if (from === to) return change
  const fieldIn = (field: string): string => fieldFor(from, to, field) ?? noColumn(from, field)
  const rowOf = forRow(from, to)
  const nullable = (f: OfRow | null): OfRow | null => (f === null ? null : rowOf(f))
  switch (change.tag) {
    case 'addColumn': {
      const isTaken = Object.hasOwn(to.columns, change.field)
      return { ...change, field: isTaken ? freshField(to, change.name) : change.field, fill: nullable(change.fill) }
    }
    case 'changeType':
      return { ...change, field: fieldIn(change.field), using: nullable(change.using) }
    case 'setNotNull':
      return { ...change, field: fieldIn(change.field), fill: nullable(change.fill) }
    case 'setComment':
      return change.field === null ? change : { ...change, field: fieldIn(change.field) }
    case 'dropColumn':
    case 'renameColumn':
    case 'setNullable':
    case 'setDefault':
      return { ...change, field: fieldIn(change.field) }
    case 'addKey':
      return { ...change, key: { ...change.key, columns: change.key.columns.map(fieldIn) } }
    case 'addCheck': {
      const { name, predicate } = change.check
      return { ...change, check: { name, predicate: rowOf(predicate) } }
    }
    default:
      return change
  }
}

const freshField = (t: AnyTable, name: string): string => {
  let field = name
  while (Object.hasOwn(t.columns, field)) field = `${field}_`
  return field
}

/** Refuses a change that no table can have, before anything is done. */
export const refuseMisuse = (t: AnyTable, change: Change): void => {
  if (change.tag === 'dropColumn') {
    const [use] = usesIn(t, change.field)
    if (use !== undefined) refuse(schemaConflict(`${qualifiedName(t)}.${columnName(t, change.field)}`, `${use} uses it: drop that first`))
  }
  if (change.tag === 'changeType' && t.columns[change.field]?.generated && !['smallint', 'int', 'bigint'].includes(change.type.tag)) {
    const name = `${qualifiedName(t)}.${columnName(t, change.field)}`
    refuse(validationError([name], `a generated column is an integer, and can not become ${showSqlType(change.type)}`))
  }
}
