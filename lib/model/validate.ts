/**
 * validate: what is refused before anything is evaluated.
 *
 * A query can be wrong and have no rows that show it: a comparison with null over an empty table. So its functions are applied once
 * to rows of symbols, and every expression that the query reads is checked: for invalid expressions, raw SQL, sub-queries of two
 * columns, collections under `distinct`, tables that do not exist.
 *
 * Law: where this passes, evaluation fails only for what the rows contain (an overflow, a codec).
 */
import { isRequired } from '../core/command/assignments.js'
import { assignmentsOf } from '../core/command/plainRows.js'
import { ambiguousMatches, NESTED_SOURCE } from '../core/command/updates.js'
import { offeredFields } from '../core/command/upsert.js'
import { asFilter } from '../core/syntax/guards.js'
import { asColumn } from '../core/syntax/operand.js'
import type { AnyCommand, AnyExpr, AnyQuery, AnyTable, Assignments, CommandNode, RowShape } from '../core/syntax/Syntax.js'
import { leaves, returnable, scopeOf, symbolsOf } from '../core/syntax/scope.js'
import { writable } from '../core/table/views.js'
import { refuse, validationError } from '../core/value/DbError.js'
import { showSqlType } from '../core/value/SqlType.js'
import { type Checks, checkExprs } from './checkExpr.js'
import { checkColumns, checkQuery, checkSteps, checksOn } from './checkQuery.js'
import { type Database, stored } from './Database.js'

/** Refuses a query that has no meaning. The values of a prepared query are checked where the query reads them. */
export const validateQuery = (db: Database, q: AnyQuery): void => {
  const c = checksOn(db)
  const { node } = q
  checkQuery(c, node.tag === 'prepared' ? node.prepared.template : q)
  for (const name of c.params) {
    const given = node.tag === 'prepared' ? node.values[name]?.node : undefined
    if (given?.tag === 'invalid') {
      const { error } = given
      refuse(error._tag === 'ValidationError' ? validationError([name, ...error.path], error.reason) : error)
    }
  }
}

/** Refuses a command that has no meaning. */
export const validateCommand = (db: Database, command: AnyCommand): void => {
  const { node, returning } = command
  if (node.tag === 'invalid') {
    refuse(node.error)
    return
  }
  const table = writable(node.table)
  const c = checksOn(db)
  writable(stored(db, table).table)
  const row = symbolsOf(table.types)
  if (typeof returning === 'function') checkColumns(c, returnable(returning(row)))
  checkWrite(c, table, row, node)
}

const checkWrite = (
  c: Checks,
  table: AnyTable,
  row: { readonly [field: string]: AnyExpr },
  node: Exclude<CommandNode, { readonly tag: 'invalid' }>,
): void => {
  switch (node.tag) {
    case 'insert': {
      // plain values were checked when the command was made
      if (node.rows.tag === 'expressions') {
        checkExprs(
          c,
          node.rows.rows.flatMap(r => Object.values(r)),
        )
      }
      if (node.conflict === null) return
      const { set, where } = node.conflict
      const offered = Object.fromEntries(offeredFields(table, assignmentsOf(table, node.rows)).map(f => [f, row[f]]))
      if (set !== null) checkExprs(c, Object.values(set(row, offered)))
      if (where !== null) checkExprs(c, [where(row, offered)])
      return
    }
    case 'insertFrom':
      checkQuery(c, node.query)
      checkInsertable(table, checkSteps(c, node.query))
      return
    case 'updateFrom': {
      checkQuery(c, node.query)
      const matched = checkSteps(c, node.query)
      if (matched === null) return
      if (leaves(scopeOf(matched)).some(([, leaf]) => leaf.kind === 'nested')) refuse(NESTED_SOURCE)
      if (node.key === null) checkQuery(c, ambiguousMatches(table, node.query, node.on))
      checkExprs(c, [node.on(row, scopeOf(matched)), ...Object.values(node.set(row, scopeOf(matched)))])
      return
    }
    case 'update': {
      const set: Assignments = node.set(row)
      if (Object.keys(set).length === 0) refuse(validationError([table.name], 'an update must set at least one column'))
      checkExprs(c, Object.values(set))
      if (node.where !== null) checkExprs(c, [asFilter(node.where(row), 'where')])
      return
    }
    case 'delete':
      if (node.where !== null) checkExprs(c, [asFilter(node.where(row), 'where')])
  }
}

/** The columns of an inserted query must be columns of the table, of types that fit. Values for other columns are checked row by row. */
const checkInsertable = (table: AnyTable, row: RowShape | null): void => {
  if (row === null) return
  const wrong = (field: string, reason: string): never => refuse(validationError([table.name, field], reason))
  for (const [path, leaf] of leaves(scopeOf(row))) {
    const field = path.join('.')
    const column = table.columns[field]
    if (column === undefined) wrong(field, 'insertFrom expects fields of the table; it has no field of this name')
    else if (leaf.kind === 'nested' || asColumn(leaf, column.type.sql) === null) {
      wrong(field, `${showSqlType(leaf.type.sql)} does not fit ${showSqlType(column.type.sql)}: cast it`)
    }
  }
  const found = new Set(leaves(scopeOf(row)).map(([path]) => path.join('.')))
  const missing = Object.keys(table.columns).find(f => !found.has(f) && isRequired(table, f))
  if (missing !== undefined) refuse(validationError([table.name, missing], 'a value is required'))
}
