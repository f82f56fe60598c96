/**
 * Images of described schemas, in the form of `show`.
 *
 * `imageOf(schema)` is the same on every engine and in every process: expressions are the TypeScript that makes them, over a row of the table
 * whose fields have their SQL names, and the queries of views read tables with such fields. They are exact: nothing is cut, and codecs are left
 * out, so that `moduleOf` can write them. A table whose name is no constant is `tables['name']` in them. An image is that of a schema in memory,
 * the `from` of a migration, and what two versions of a description are compared by.
 *
 * Law: `imageOf(s)` is equal for equal descriptions, whatever their fields are called: an image has SQL names only. A view over a table whose
 * fields have other names than its columns maps the columns to those fields first.
 */
import { describe, type Language, type TableWords } from '../core/schema/describeSchema.js'
import type { SchemaImage } from '../core/schema/SchemaImage.js'
import { type AnyCommand, type AnyExpr, type AnyQuery, type AnyTable, query, symbol } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import { checksOf, columnName, qualifiedName } from '../core/table/Table.js'
import { printed } from './pretty.js'
import { expressionDoc } from './show.js'
import { commandDoc } from './showCommand.js'
import { exprDoc } from './showExpr.js'
import { queryDoc } from './showQuery.js'
import { type Style, withColumns, within } from './showScope.js'
import { isConstant, member } from './showValue.js'

const style: Style = {
  isExact: true,
  isBySqlNames: true,
  nameTable: t => (t.schema === null && isConstant(t.name) ? t.name : member('tables', qualifiedName(t))),
}

/** A row of a table, and the text of an expression over it. */
const overRow = (t: AnyTable): Pick<TableWords, 'row' | 'text'> => {
  const fields = Object.keys(t.columns)
  const row = Object.fromEntries(fields.map(f => [f, symbol(t.types[f] as AnyExpr['type'])]))
  const names = new Map(fields.map(f => [(row[f] as AnyExpr).node, member('row', columnName(t, f))]))
  return { row, text: e => printed(expressionDoc(style, context => exprDoc(e, within(withColumns(context, names), 'row')))) }
}

const wordsOf = (t: AnyTable): TableWords => {
  const { row, text } = overRow(t)
  return {
    type: field => (t.types[field] as AnyExpr['type']).sql,
    default: (_, e) => text(e),
    checks: () => checksOf(t, row).map(([name, predicate]) => ({ name, text: text(predicate), valid: true })),
    row,
    text,
  }
}

/** The query of a view, whose rows have the SQL names of its columns. */
const viewText = (t: AnyTable): string => {
  const fields = Object.keys(t.columns)
  const isSame = fields.every(f => columnName(t, f) === f)
  const f = (s: { readonly [field: string]: AnyExpr }) =>
    Object.fromEntries(fields.map(field => [columnName(t, field), s[field] as AnyExpr]))
  const named = isSame ? (t.query as AnyQuery) : query({ tag: 'map', input: t.query as AnyQuery, f })
  return printed(expressionDoc(style, context => queryDoc(named, context)))
}

const language: Language = {
  name: 'query-ts',
  words: wordsOf,
  view: viewText,
  isVacuous: () => false,
}

/** The image of a described schema. */
export const imageOf = (schema: AnySchema): SchemaImage => describe(schema, language)

/** The text of an expression over a row of a table, as in its image. */
export const textOver = (t: AnyTable, of: (row: any) => AnyExpr): string => {
  const { row, text } = overRow(t)
  return `${text(of(row))}`
}

/** The text of a command: exact, with the tables as in an image. */
export const commandText = (command: AnyCommand): string =>
  printed(expressionDoc({ ...style, isBySqlNames: false }, context => commandDoc(command, context)))
