/**
 * The meaning of changes: a table of a database with another definition, and its rows.
 *
 * Every row of the old table is a row of the new one. New values are computed from the rows before the change, in the state before it. Then
 * all constraints of the changed table are checked, so a step fails where an engine that looks at the rows fails.
 *
 * A table that a view reads, and a column that a constraint needs, are not changed: the change is refused, with the name of what is in
 * the way. Laws: those of `core/schema/Change`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Change, changed, changeFor, usesIn } from '../core/schema/Change.js'
import { converted, filled, isRetyped } from '../core/schema/conversion.js'
import { keysAfter } from '../core/schema/foreignKeys.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyExpr, AnyTable } from '../core/syntax/Syntax.js'
import { symbolsOf } from '../core/syntax/scope.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { columnName, qualifiedName, uniqueKeys } from '../core/table/Table.js'
import { attempting, notNullViolation, refuse, schemaConflict } from '../core/value/DbError.js'
import { checkReferences, checkRow, checkUnique } from './constraints.js'
import { type Database, type Stored, type StoredRow, stored } from './Database.js'
import { literals } from './literals.js'
import { meaning } from './meaning.js'
import { validateQuery } from './validate.js'
import { canonicalOf } from './value.js'

/** The foreign keys that have a column, on either side. */
const keysWith = (db: Database, { table }: Stored, field: string): readonly ForeignKey[] => {
  const name = columnName(table, field)
  const isTable = (t: AnyTable): boolean => qualifiedName(t) === qualifiedName(table)
  return db.foreignKeys.filter(
    f =>
      (isTable(f.table) && f.columns.some(c => columnName(f.table, c) === name)) ||
      (isTable(f.target) && f.targetColumns.some(c => columnName(f.target, c) === name)),
  )
}

/** Refuses a new value that is no value of its column, also where there is no row. */
const validateValues = (table: AnyTable, change: Change): void => {
  const row = symbolsOf(table.types)
  if (change.tag === 'changeType') converted(table, change, row)
  if (change.tag === 'addColumn' && change.fill !== null) filled(table, change.field, change.column.type.sql, change.fill, row)
  if (change.tag === 'setNotNull' && change.fill !== null) {
    const type = table.types[change.field]
    if (type !== undefined) filled(table, change.field, type.sql, change.fill, row)
  }
}

/** The rows after a change, and the next generated keys. */
const rowsAfter = (db: Database, s: Stored, change: Change, after: AnyTable): Pick<Stored, 'rows' | 'next'> => {
  const { table, rows, next } = s
  const m = meaning(db)
  const cell = (field: string, e: AnyExpr): unknown =>
    canonicalOf(after.types[field]?.sql ?? e.type.sql, m.value(e), `${after.name}.${columnName(after, field)}`)
  const setting = (
    field: string,
    of: (row: { readonly [field: string]: AnyExpr }, old: StoredRow) => unknown,
  ): Pick<Stored, 'rows' | 'next'> => ({
    next,
    rows: rows.map(old => ({ ...old, [field]: of(literals(table.types, old), old) })),
  })
  switch (change.tag) {
    case 'addColumn': {
      const { field, column, fill } = change
      if (column.generated) {
        const numbered = rows.map((row, i) => ({ ...row, [field]: canonicalOf(column.type.sql, BigInt(i + 1), field) }))
        return { rows: numbered, next: { ...next, [field]: BigInt(rows.length + 1) } }
      }
      const value = (row: { readonly [field: string]: AnyExpr }): AnyExpr | null =>
        fill === null ? column.default : filled(after, field, column.type.sql, fill, row)
      return setting(field, row => {
        const e = value(row)
        return e === null ? null : cell(field, e)
      })
    }
    case 'dropColumn': {
      const { [change.field]: _, ...others } = next
      return {
        rows: rows.map(row => Object.fromEntries(Object.entries(row).filter(([f]) => f !== change.field))),
        next: others,
      }
    }
    case 'changeType':
      return setting(change.field, row => cell(change.field, converted(table, change, row)))
    case 'setNotNull': {
      const { field, fill } = change
      if (fill === null) return { rows, next }
      const { sql } = (table.types[field] ?? after.types[field]) as AnyExpr['type']
      return setting(field, (row, old) => (old[field] === null ? cell(field, filled(after, field, sql, fill, row)) : old[field]))
    }
    default:
      return { rows, next }
  }
}

/** Refuses to drop what something else needs. */
const refuseWhileUsed = (db: Database, s: Stored, change: Change): void => {
  const name = qualifiedName(s.table)
  if (change.tag === 'dropColumn') {
    const [use] = [...usesIn(s.table, change.field, s.indexes), ...keysWith(db, s, change.field).map(f => f.name)]
    if (use !== undefined) refuse(schemaConflict(`${name}.${columnName(s.table, change.field)}`, `${use} uses it: drop that first`))
  }
  if (change.tag === 'changeType' && isRetyped(s.table, change)) {
    const [key] = keysWith(db, s, change.field)
    const reason = `the foreign key ${key?.name} has it: drop that first, and add it afterwards`
    if (key !== undefined) refuse(schemaConflict(`${name}.${columnName(s.table, change.field)}`, reason))
  }
  if (change.tag === 'dropKey') {
    const names = (uniqueKeys(s.table).find(k => k.name === change.name)?.columns ?? []).map(f => columnName(s.table, f))
    const held = db.foreignKeys.find(
      f =>
        qualifiedName(f.target) === name &&
        f.targetColumns.length === names.length &&
        f.targetColumns.every(c => names.includes(columnName(f.target, c))),
    )
    if (held !== undefined) refuse(schemaConflict(change.name, `the foreign key ${held.name} needs it: drop that first`))
  }
}

/** Refuses a change after which a view can't be read: its query mentions what is gone. */
const refuseBrokenViews = (db: Database, table: AnyTable): void => {
  for (const { table: view } of db.tables.values()) {
    if (view.query === null) continue
    const query = view.query
    if (E.isLeft(attempting(`the query of the view ${view.name}`, () => validateQuery(db, query)))) {
      const why = `the view ${qualifiedName(view)} reads what changes: drop the view first, and create it again afterwards`
      refuse(schemaConflict(qualifiedName(table), why))
    }
  }
}

/** Refuses nulls in a primary key, also where the stored column may be null. */
const refuseNulls = ({ table, rows }: Stored, fields: readonly string[]): void => {
  const field = fields.find(f => rows.some(row => row[f] === null))
  if (field !== undefined) refuse(notNullViolation(table.name, columnName(table, field)))
}

/** The database after a change of a table. */
export const altered = (db: Database, step: Step & { readonly tag: 'alterTable' }): Database => {
  const before = stored(db, step.table)
  const change = changeFor(step.table, before.table, step.change)
  refuseWhileUsed(db, before, change)
  validateValues(before.table, change)
  const table = changed(before.table, change)
  const after: Stored = { ...before, table, ...rowsAfter(db, before, change, table) }
  const [name, now] = [qualifiedName(before.table), qualifiedName(table)]
  if (name !== now && db.tables.has(now)) refuse(schemaConflict(now, 'it exists already: drop it first, or choose another name'))
  const changedDb: Database = {
    tables: new Map([...db.tables].map(([n, s]) => (n === name ? [now, after] : [n, s]))),
    foreignKeys: keysAfter(db.foreignKeys, before.table, change),
  }
  refuseBrokenViews(changedDb, table)
  if (change.tag === 'addKey' && change.primary) refuseNulls(after, change.key.columns)
  const m = meaning(changedDb)
  for (const row of after.rows) checkRow(m, table, row)
  checkUnique(m, after, new Set(after.rows))
  for (const f of changedDb.foreignKeys) {
    if (qualifiedName(f.table) !== now && qualifiedName(f.target) !== now) continue
    const referring = stored(changedDb, f.table).rows
    checkReferences(f, referring, stored(changedDb, f.target).rows, new Set(referring))
  }
  return changedDb
}
