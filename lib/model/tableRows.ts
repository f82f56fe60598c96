/**
 * The rows of tables and views, as rows of literals.
 *
 * They are made once in an evaluation. Where a condition requires a column to equal a literal, the rows with that value are
 * found in an index, also made once; the condition still decides about each of them, so the meaning is the same.
 */
import type { AnyExpr, AnyTable, QueryNode, RowShape } from '../core/syntax/Syntax.js'
import { rowOf } from '../core/syntax/scope.js'
import { queryOfView } from '../core/table/views.js'
import { rowReader, stored } from './Database.js'
import type { Evaluation, Fields, TableRows } from './Evaluation.js'
import { equalityIn, fieldOf } from './equalities.js'
import { exprValue, subqueryRows } from './exprValue.js'
import { literals } from './literals.js'
import { identity, type Value } from './value.js'

/** The rows of a table or view. */
export const tableRows = (ev: Evaluation, table: AnyTable): readonly Fields[] => contentOf(ev, table).rows

const contentOf = (ev: Evaluation, table: AnyTable): TableRows => {
  const known = ev.tables.get(table)
  if (known !== undefined) return known
  const content = stored(ev.db, table)
  const seen = rowReader(content, table)
  const view = queryOfView(content.table)
  const found = view === null ? content.rows : ev.rows(view).map(row => valuesOf(ev, row as Fields))
  const made: TableRows = { rows: found.map(row => literals(table.types, seen(row))), by: new Map() }
  ev.tables.set(table, made)
  return made
}

const valuesOf = (ev: Evaluation, row: Fields): { readonly [field: string]: Value } =>
  Object.fromEntries(Object.entries(row).map(([field, e]) => [field, exprValue(ev, e)]))

/** The rows of a table by the values of a field. */
const rowsBy = (ev: Evaluation, table: AnyTable, field: string): ReadonlyMap<unknown, readonly Fields[]> => {
  const content = contentOf(ev, table)
  const known = content.by.get(field)
  if (known !== undefined) return known
  const made = new Map<unknown, Fields[]>()
  for (const row of content.rows) {
    const e = row[field] as AnyExpr
    const id = identity(e.type.sql, exprValue(ev, e))
    const group = made.get(id)
    if (group === undefined) made.set(id, [row])
    else group.push(row)
  }
  content.by.set(field, made)
  return made
}

/** The rows that a condition may hold for: where it requires a column of a table to equal a literal, those with that value. */
export const candidates = (ev: Evaluation, { input, f }: Extract<QueryNode, { readonly tag: 'where' }>): readonly RowShape[] => {
  if (input.node.tag !== 'from') return subqueryRows(ev, input)
  const { table } = input.node
  const symbols = rowOf(input) as Fields
  const found = equalityIn(f(symbols), fieldOf(symbols), e => (e.node.tag === 'literal' ? e : undefined))
  if (found === null) return ev.rows(input)
  const [field, other] = found
  const wanted = exprValue(ev, other)
  return wanted === null ? [] : (rowsBy(ev, table, field).get(identity(other.type.sql, wanted)) ?? [])
}
