/**
 * Plans of commands: the same step from functions to data that `reify` is for queries.
 *
 * A `Write` names a table and has scalars over its columns. The columns have ids of their own; they stand for the columns of the row
 * that is written. What no engine can mean is refused here: an update without assignments, an inserted query whose columns do not fit.
 */

import { isRequired } from '../core/command/assignments.js'
import { assignmentsOf } from '../core/command/plainRows.js'
import { ambiguousMatches, NESTED_SOURCE } from '../core/command/updates.js'
import { offeredFields } from '../core/command/upsert.js'
import { asFilter } from '../core/syntax/guards.js'
import { asColumn } from '../core/syntax/operand.js'
import type { AnyCommand, AnyExpr, AnyQuery, AnyTable, Assignments, Conflict, ExprType } from '../core/syntax/Syntax.js'
import { query } from '../core/syntax/Syntax.js'
import { leaves, mapLeaves, returnable, rowOf, scopeOf } from '../core/syntax/scope.js'
import { writable } from '../core/table/views.js'
import { refuse, validationError } from '../core/value/DbError.js'
import { showSqlType } from '../core/value/SqlType.js'
import { columnsOf } from './mentions.js'
import type { Named, Output, Plan, RowPlan, Scalar } from './Rel.js'
import type { Forms } from './reify/Planning.js'
import { reifier, reify } from './reify.js'

/** A field and its new value. */
type Assignment = readonly [string, Scalar]

/** The ON CONFLICT clause of an upsert; `set` is null for DO NOTHING. */
export interface OnConflict {
  /** The fields of the unique key. */
  readonly target: readonly string[]
  /** The columns of the offered row, which `set` and `where` may mention next to those of the existing row. */
  readonly offered: readonly Named[]
  readonly set: readonly Assignment[] | null
  readonly where: Scalar | null
}

/** The RETURNING clause. */
interface Returning {
  readonly outputs: readonly Output[]
  readonly row: RowPlan
}

/** Rows of scalars by the fields of an insert; a row has null where the database fills in the default. */
export interface ExpressionRows {
  readonly tag: 'expressions'
  readonly rows: readonly (readonly (Scalar | null)[])[]
}

/** Rows of plain values for the fields of an insert: the canonical values, row after row. */
interface PlainRows {
  readonly tag: 'plain'
  readonly values: readonly unknown[]
}

/** A command as data. */
export type Write = {
  readonly table: AnyTable
  /** The columns of the table, which the scalars and `returning` mention. */
  readonly columns: readonly Named[]
  readonly returning: Returning | null
  /** Whether an upsert returns what it did with its row, instead of a number of rows. */
  readonly outcome: boolean
} & (
  | {
      readonly tag: 'insert'
      /** The fields that some row has a value for. */
      readonly fields: readonly string[]
      readonly rows: PlainRows | ExpressionRows
      readonly conflict: OnConflict | null
    }
  | { readonly tag: 'insertFrom'; readonly fields: readonly string[]; readonly plan: Plan }
  | { readonly tag: 'update'; readonly set: readonly Assignment[]; readonly where: Scalar | null }
  | {
      readonly tag: 'updateFrom'
      readonly source: Plan
      /** The columns of the source, in the order of its outputs. */
      readonly matched: readonly Named[]
      readonly where: Scalar | null
      readonly set: readonly Assignment[]
      /**
       * A query that has a row where several rows of the source match one row of the table, which is refused; null where a key
       * excludes it.
       */
      readonly twice: Plan | null
    }
  | { readonly tag: 'delete'; readonly where: Scalar | null }
)

/** The write of a tag. */
export type By<T extends Write['tag']> = Write & { readonly tag: T }

/** An insert of rows of expressions. */
export type Insert = By<'insert'> & { readonly rows: ExpressionRows }

/** An insert of plain rows. */
export type PlainInsert = By<'insert'> & { readonly rows: PlainRows }

/** The writes that are printed from scalars; plain rows have none. */
export type PrintedWrite = By<Exclude<Write['tag'], 'insert'>> | Insert

/** Rows of expressions. */
export const expressionRows = (rows: ExpressionRows['rows']): ExpressionRows => ({ tag: 'expressions', rows })

/** An insert with its rows as expressions. */
export const withExpressions = (write: By<'insert'>): Insert => {
  const { table, fields, rows } = write
  if (rows.tag === 'expressions') return { ...write, rows }
  const types = fields.map(f => table.types[f] as ExprType)
  const literal = (value: unknown, type: ExprType): Scalar => ({
    node: { tag: 'literal', value },
    type: value === null ? type : { ...type, nullable: false },
  })
  const all = Array.from({ length: rows.values.length / fields.length }, (_, row) =>
    types.map((type, i) => literal(rows.values[row * fields.length + i], type)),
  )
  return { ...write, rows: expressionRows(all) }
}

/**
 * A query with its columns converted to the types of the columns of the table. Refuses columns that do not fit, and required ones that
 * are missing.
 */
const insertable = (table: AnyTable, q: AnyQuery): AnyQuery => {
  const row = rowOf(q)
  for (const [path, leaf] of row === null ? [] : leaves(row)) {
    const field = path.join('.')
    const column = table.columns[field]
    if (column === undefined)
      return refuse(validationError([table.name, field], 'insertFrom expects fields of the table; it has no field of this name'))
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
export const reifyWrite = (command: AnyCommand, forms?: Forms): Write => {
  const { node } = command
  if (node.tag === 'invalid') return refuse(node.error)
  const { plan, scalar, read, columnsNamed, rowNamed } = reifier(forms)
  const table = writable(node.table)
  const columns = columnsNamed(table.types)
  const row = rowNamed(columns)
  const { returning } = command
  const common = {
    table,
    columns,
    returning: typeof returning === 'function' ? read(returnable(returning(row))) : null,
    outcome: returning === 'outcome',
  }
  const conflictIn = ({ target, set, where }: Conflict): OnConflict => {
    const fields = node.tag === 'insert' ? offeredFields(table, assignmentsOf(table, node.rows)) : []
    const offered = columnsNamed(Object.fromEntries(fields.map(f => [f, table.types[f] as ExprType])))
    const other = rowNamed(offered)
    return {
      target,
      offered,
      set: set === null ? null : Object.entries(set(row, other)).map(([field, e]): Assignment => [field, scalar(e)]),
      where: where === null ? null : scalar(where(row, other)),
    }
  }
  switch (node.tag) {
    case 'insert': {
      if (node.rows.tag === 'plain' && node.conflict === null) {
        const { fields, values } = node.rows
        return { ...common, tag: 'insert', fields, rows: { tag: 'plain', values }, conflict: null }
      }
      const offered = assignmentsOf(table, node.rows)
      const conflict = node.conflict === null ? null : conflictIn(node.conflict)
      // a column of the offered row that is read has its value written out: engines differ in the value of one that is left out
      const mentioned = new Set(conflict === null ? [] : mentionedIn(conflict))
      const fields = Object.keys(table.columns).filter(f => mentioned.has(f) || offered.some(r => r[f] !== undefined))
      const rows = expressionRows(offered.map(r => fields.map(f => given(table, f, r[f], scalar))))
      return { ...common, tag: 'insert', fields, rows, conflict }
    }
    case 'insertFrom': {
      const p = plan(insertable(table, node.query))
      // zero has no fields: no rows are inserted, and no statement is sent
      if (rowOf(node.query) === null) return { ...common, tag: 'insert', fields: [], rows: expressionRows([]), conflict: null }
      return { ...common, tag: 'insertFrom', fields: p.outputs.map(o => o.path[0] ?? ''), plan: p }
    }
    case 'update': {
      const set = Object.entries(node.set(row)).map(([field, e]): Assignment => [field, scalar(e)])
      if (set.length === 0) return refuse(validationError([table.name], 'an update must set at least one column'))
      return { ...common, tag: 'update', set, where: node.where === null ? null : scalar(asFilter(node.where(row), 'where')) }
    }
    case 'updateFrom': {
      const shape = rowOf(node.query)
      // zero has no row that could match
      if (shape === null) return { ...common, tag: 'insert', fields: [], rows: expressionRows([]), conflict: null }
      const source = plan(node.query)
      const matched = columnsNamed(Object.fromEntries(source.outputs.map((o, i) => [`c${i + 1}`, o.scalar.type])))
      const refs = rowNamed(matched)
      const at = new Map(source.outputs.map((o, i) => [JSON.stringify(o.path), refs[`c${i + 1}`] as AnyExpr]))
      const scope = scopeOf(
        mapLeaves(shape, (leaf, path) => (leaf.kind === 'nested' ? refuse(NESTED_SOURCE) : (at.get(JSON.stringify(path)) as AnyExpr))),
      )
      return {
        ...common,
        tag: 'updateFrom',
        source: { ...source, order: [], outputs: source.outputs.map((o, i) => ({ ...o, path: [`c${i + 1}`] })) },
        matched,
        where: scalar(node.on(row, scope)),
        set: Object.entries(node.set(row, scope)).map(([field, e]): Assignment => [field, scalar(e)]),
        twice: node.key === null ? reify(ambiguousMatches(table, node.query, node.on), forms) : null,
      }
    }
    case 'delete':
      return { ...common, tag: 'delete', where: node.where === null ? null : scalar(asFilter(node.where(row), 'where')) }
  }
}

/** The fields of the offered row that are read. */
const mentionedIn = ({ offered, set, where }: OnConflict): readonly string[] => {
  const found = new Set<number>()
  for (const s of [...(set ?? []).map(([, s]) => s), ...(where === null ? [] : [where])]) columnsOf(s, found)
  return offered.filter(c => found.has(c.id)).map(c => c.name)
}

/** The default of a column, which mentions no other column; null if it has none. */
export const defaultOf = (table: AnyTable, field: string): Scalar | null => {
  const byDefault = table.columns[field]?.default
  return byDefault == null ? null : reifier().scalar(byDefault)
}

/** The value of a field of an inserted row: the given one, or the default of the column; null for neither. */
const given = (table: AnyTable, field: string, value: AnyExpr | undefined, scalar: (e: AnyExpr) => Scalar): Scalar | null => {
  if (value !== undefined) return scalar(value)
  const byDefault = table.columns[field]?.default
  return byDefault == null ? null : scalar(byDefault)
}
