/**
 * Plans of commands: the same step from functions to data that `reify` is for queries.
 *
 * A `Write` names a table and holds scalars over its columns. The columns have ids of their own; an
 * interpreter reads them from the row that is written. What no engine is asked to do is refused here.
 */

import { asFilter } from '../core/answered.js'
import { isRequired } from '../core/Command.js'
import { refuse, validationError } from '../core/DbError.js'
import { asColumn } from '../core/operand.js'
import { showSqlType } from '../core/SqlType.js'
import type { AnyCommand, AnyExpr, AnyQuery, AnyTable, Assignments, Conflict } from '../core/Syntax.js'
import { query } from '../core/Syntax.js'
import { leaves, returnable, rowOf } from '../core/scope.js'
import { writable } from '../core/views.js'
import type { Named, Output, Plan, RowPlan, Scalar } from './Rel.js'
import { reifier } from './reify.js'

/** Field and new value. */
type Assignment = readonly [string, Scalar]

interface Returning {
  readonly outputs: readonly Output[]
  readonly row: RowPlan
}

export type Write = {
  readonly table: AnyTable
  /** The table's columns: what the scalars and `returning` mention. */
  readonly columns: readonly Named[]
  readonly returning: Returning | null
} & (
  | {
      readonly tag: 'insert'
      /** The fields that some row gives; null where a row leaves one to its default. */
      readonly fields: readonly string[]
      readonly rows: readonly (readonly (Scalar | null)[])[]
      readonly conflict: Conflict | null
    }
  | { readonly tag: 'insertFrom'; readonly fields: readonly string[]; readonly plan: Plan }
  | { readonly tag: 'update'; readonly set: readonly Assignment[]; readonly where: Scalar | null }
  | { readonly tag: 'delete'; readonly where: Scalar | null }
)

/** A query whose columns are the table's, each in the column's representation. */
const fitted = (table: AnyTable, q: AnyQuery): AnyQuery => {
  const row = rowOf(q)
  for (const [path, leaf] of row === null ? [] : leaves(row)) {
    const field = path.join('.')
    const column = table.columns[field]
    if (column === undefined) return refuse(validationError([table.name, field], 'insertFrom takes the fields of the table; this is none'))
    if (leaf.kind === 'nested' || asColumn(leaf, column.type.sql) === null) {
      return refuse(
        validationError([table.name, field], `${showSqlType(leaf.type.sql)} does not fit ${showSqlType(column.type.sql)}: cast it`),
      )
    }
  }
  const given = new Set(row === null ? [] : leaves(row).map(([path]) => path.join('.')))
  const missing = Object.keys(table.columns).find(f => !given.has(f) && isRequired(table, f))
  if (row !== null && missing !== undefined) return refuse(validationError([table.name, missing], 'a value is required'))
  const fit = (scope: { readonly [field: string]: AnyExpr }): Assignments =>
    Object.fromEntries(Object.entries(scope).map(([field, e]) => [field, asColumn(e, table.columns[field]?.type.sql ?? e.type.sql) ?? e]))
  return query({ tag: 'map', input: q, f: fit })
}

/** The plan of a command. Refuses; call inside `attempting`. */
export const reifyWrite = (command: AnyCommand): Write => {
  const { node } = command
  if (node.tag === 'invalid') return refuse(node.error)
  const { plan, scalar, read, columnsNamed, rowNamed } = reifier()
  const table = writable(node.table)
  const columns = columnsNamed(table.types)
  const row = rowNamed(columns)
  const common = { table, columns, returning: command.returning === null ? null : read(returnable(command.returning(row))) }
  switch (node.tag) {
    case 'insert': {
      const fields = Object.keys(table.columns).filter(f => node.rows.some(r => r[f] !== undefined))
      const rows = node.rows.map(r => fields.map(f => given(table, f, r[f], scalar)))
      return { ...common, tag: 'insert', fields, rows, conflict: node.conflict }
    }
    case 'insertFrom': {
      const p = plan(fitted(table, node.query))
      // zero has no fields to name: no rows are inserted, and nothing is sent
      if (rowOf(node.query) === null) return { ...common, tag: 'insert', fields: [], rows: [], conflict: null }
      return { ...common, tag: 'insertFrom', fields: p.outputs.map(o => o.path[0] ?? ''), plan: p }
    }
    case 'update': {
      const set = Object.entries(node.set(row)).map(([field, e]): Assignment => [field, scalar(e)])
      if (set.length === 0) return refuse(validationError([table.name], 'an update must set at least one column'))
      return { ...common, tag: 'update', set, where: node.where === null ? null : scalar(asFilter(node.where(row), 'where')) }
    }
    case 'delete':
      return { ...common, tag: 'delete', where: node.where === null ? null : scalar(asFilter(node.where(row), 'where')) }
  }
}

/** A row's own value, or the column's default where other rows of the statement give a value. */
const given = (table: AnyTable, field: string, value: AnyExpr | undefined, scalar: (e: AnyExpr) => Scalar): Scalar | null => {
  if (value !== undefined) return scalar(value)
  const byDefault = table.columns[field]?.default
  return byDefault == null ? null : scalar(byDefault)
}
