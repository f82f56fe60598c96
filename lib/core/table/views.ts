/**
 * Views: tables whose rows are those of a query. A part of `Table`, which exports `view`.
 *
 * A view is created with its schema, read like a table, and read-only. Its columns are declared, so that their types are known without the
 * query; the query is checked against them when the schema is created.
 *
 * Law: `from(view(name, columns, q)) = q`, without the order of q.
 */

import { asColumn } from '../syntax/operand.js'
import { type AnyExpr, type AnyQuery, type AnyTable, expr, exprType, query } from '../syntax/Syntax.js'
import { leaves, rowOf } from '../syntax/scope.js'
import { stable } from '../syntax/volatile.js'
import { refuse, validationError } from '../value/DbError.js'
import { showSqlType } from '../value/SqlType.js'

const noRows = (table: AnyTable): AnyQuery => {
  const nulls = Object.entries(table.types).map(([field, type]) => [
    field,
    expr({ tag: 'literal', value: null }, { ...type, nullable: true }),
  ])
  const never = expr<boolean>({ tag: 'literal', value: false }, exprType({ tag: 'boolean' }))
  return query({ tag: 'where', input: query({ tag: 'of', shape: Object.fromEntries(nulls) }), f: () => never })
}

/** The query of a view, with the columns' fields in their order and types; null for a table. */
export const queryOfView = (table: AnyTable): AnyQuery | null => {
  if (table.query === null) return null
  const row = rowOf(table.query)
  if (row === null) return noRows(table)
  const wrong = (field: string, reason: string): never => refuse(validationError([table.name, field], reason))
  const given = new Map(leaves(row).map(([path, leaf]) => [path.join('.'), leaf]))
  const other = [...given.keys()].find(field => !Object.hasOwn(table.columns, field))
  if (other !== undefined) return wrong(other, 'the query of the view has a field that is not a column of it')
  for (const [field, { type }] of Object.entries(table.columns)) {
    const leaf = given.get(field) ?? wrong(field, 'the query of the view has no such field')
    if (leaf.kind === 'nested') return wrong(field, 'a column of a view can not be a nested query')
    stable(leaf, 'a view')
    if (asColumn(leaf, type.sql) === null)
      return wrong(field, `${showSqlType(leaf.type.sql)} does not fit ${showSqlType(type.sql)}: cast it`)
    if (leaf.type.nullable && !type.nullable) return wrong(field, 'the query can return null: make the column nullable')
  }
  const inOrder = (scope: { readonly [field: string]: AnyExpr }) =>
    Object.fromEntries(
      Object.entries(table.columns).map(([field, { type }]) => [
        field,
        asColumn(scope[field] as AnyExpr, type.sql) ?? (scope[field] as AnyExpr),
      ]),
    )
  return query({ tag: 'map', input: table.query, f: inOrder })
}

/** A table that can be written; a view is refused. */
export const writable = (table: AnyTable): AnyTable =>
  table.query === null ? table : refuse(validationError([table.name], 'a view is read-only: write to the tables that it reads'))
