/**
 * Images of described schemas.
 *
 * `describe` makes the image of a schema that is described in TypeScript, in a language that its caller supplies: how expressions are
 * written, what a column's type is, and what else a column or table needs there. `imageOf` (show) supplies the form of `show`, the same for
 * every engine; `imageFor` (sql) supplies a dialect.
 */
import type { AnyColumn, AnyExpr, AnyTable, Index } from '../syntax/Syntax.js'
import { indexCondition, indexKeys } from '../table/indexes.js'
import type { AnySchema, ForeignKey } from '../table/Schema.js'
import { columnName } from '../table/Table.js'
import type { SqlType } from '../value/SqlType.js'
import {
  type CheckImage,
  type ExprText,
  type ForeignKeyImage,
  type IndexImage,
  type KeyImage,
  type SchemaImage,
  sorted,
  type TableImage,
} from './SchemaImage.js'

/** How a language writes the parts of a table that contain expressions. */
export interface TableWords {
  readonly type: (field: string) => SqlType
  readonly default: (field: string, e: AnyExpr) => ExprText
  /** The checks of the table, and those that the types of its columns need. */
  readonly checks: () => readonly CheckImage[]
  /** A row of the table, and the text of an expression over it. */
  readonly row: { readonly [field: string]: AnyExpr }
  readonly text: (e: AnyExpr) => ExprText
}

/** A language of images. */
export interface Language {
  readonly name: SchemaImage['language']
  readonly words: (t: AnyTable) => TableWords
  readonly view: (t: AnyTable) => ExprText
  /** Whether a foreign key means nothing, and is left out. */
  readonly isVacuous: (f: ForeignKey) => boolean
}

/** An empty comment is none: no engine tells the two apart. */
const said = (comment: string | null): string | null => (comment === '' ? null : comment)

const indexImage = (t: AnyTable, index: Index, { row, text }: TableWords): IndexImage => {
  const filter = indexCondition(index, row)
  return {
    name: index.name,
    keys: indexKeys(index, row).map(({ field, expr, direction, nulls }) => ({
      of: field === null ? { tag: 'expression', text: text(expr) } : { tag: 'column', name: columnName(t, field) },
      direction,
      nulls,
    })),
    unique: index.unique,
    where: filter === null ? null : { text: text(filter) },
    method: index.method,
    options: '',
    valid: true,
  }
}

const tableImage = (t: AnyTable, foreignKeys: readonly ForeignKey[], language: Language): TableImage => {
  const words = language.words(t)
  const names = (fields: readonly string[], of = t): readonly string[] => fields.map(f => columnName(of, f))
  const keyImage = (k: { readonly name: string; readonly columns: readonly string[] }): KeyImage => ({
    name: k.name,
    columns: names(k.columns),
  })
  return {
    schema: t.schema,
    name: t.name,
    columns: Object.keys(t.columns).map(field => {
      const c = t.columns[field] as AnyColumn
      return {
        name: columnName(t, field),
        type: words.type(field),
        nullable: c.type.nullable,
        generated: c.generated,
        default: c.default === null || c.generated ? null : { text: words.default(field, c.default) },
        computed: null,
        comment: said(c.comment),
      }
    }),
    primaryKey: t.primaryKey === null ? null : keyImage(t.primaryKey),
    uniques: t.uniques.map(keyImage),
    indexes: t.indexes.map(i => indexImage(t, i, words)),
    checks: words.checks(),
    foreignKeys: foreignKeys
      .filter(f => !language.isVacuous(f))
      .map(
        (f): ForeignKeyImage => ({
          name: f.name,
          columns: names(f.columns),
          target: { schema: f.target.schema, name: f.target.name },
          targetColumns: names(f.targetColumns, f.target),
          onDelete: f.onDelete,
          onUpdate: f.onUpdate,
          deferrable: false,
          valid: true,
        }),
      ),
    comment: said(t.comment),
    others: [],
  }
}

/** The image of a schema in a language. */
export const describe = (schema: AnySchema, language: Language): SchemaImage => {
  const all = Object.values(schema.tables)
  return sorted({
    language: language.name,
    tables: all
      .filter(t => t.query === null)
      .map(t =>
        tableImage(
          t,
          schema.foreignKeys.filter(f => f.table === t),
          language,
        ),
      ),
    views: all
      .filter(t => t.query !== null)
      .map(t => {
        const { type } = language.words(t)
        return {
          schema: t.schema,
          name: t.name,
          columns: Object.keys(t.columns).map(field => ({ name: columnName(t, field), type: type(field) })),
          text: language.view(t),
          materialized: false,
          comment: said(t.comment),
        }
      }),
  })
}
