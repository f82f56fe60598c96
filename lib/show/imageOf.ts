/**
 * Images of described schemas, in the form of `show`.
 *
 * `imageOf(schema)` is the same on every engine and in every process: expressions are the TypeScript that makes them, over a row of the table
 * whose fields have their SQL names. It is the image of a schema in memory, the `from` of a migration, and what two versions of a description
 * are compared by.
 *
 * Law: `imageOf(s)` is equal for equal descriptions, whatever their fields are called: an image has SQL names only.
 */
import { describe, type Language, type TableWords } from '../core/schema/describeSchema.js'
import type { SchemaImage } from '../core/schema/SchemaImage.js'
import { type AnyExpr, type AnyQuery, type AnyTable, symbol } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import { checksOf, columnName } from '../core/table/Table.js'
import { printed } from './pretty.js'
import { show } from './show.js'
import { exprDoc } from './showExpr.js'
import { queryDoc } from './showQuery.js'
import { begin, scopeNamed, within } from './showScope.js'

const wordsOf = (t: AnyTable): TableWords => {
  const outer = begin({}, queryDoc)
  const inner = within(outer, 'row')
  const fields = Object.keys(t.columns)
  const symbols = Object.fromEntries(fields.map(f => [columnName(t, f), symbol(t.types[f] as AnyExpr['type'])]))
  const named = scopeNamed(outer, symbols, 'row') as { readonly [name: string]: AnyExpr }
  const row = Object.fromEntries(fields.map(f => [f, named[columnName(t, f)] as AnyExpr]))
  const text = (e: AnyExpr): string => printed(exprDoc(e, inner))
  return {
    type: field => (t.types[field] as AnyExpr['type']).sql,
    default: (_, e) => text(e),
    checks: () => checksOf(t, row).map(([name, predicate]) => ({ name, text: text(predicate), valid: true })),
    row,
    text,
  }
}

const language: Language = {
  name: 'query-ts',
  words: wordsOf,
  view: t => show(t.query as AnyQuery),
  isVacuous: () => false,
}

/** The image of a described schema. */
export const imageOf = (schema: AnySchema): SchemaImage => describe(schema, language)

/** The text of an expression over a row of a table, as in its image. */
export const textOver = (t: AnyTable, of: (row: any) => AnyExpr): string => {
  const words = wordsOf(t)
  return `${words.text(of(words.row))}`
}
