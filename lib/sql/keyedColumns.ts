/**
 * Columns whose type in the engine depends on the keys that contain them: MySQL and MariaDB have no key over a TEXT.
 *
 * `CREATE TABLE` knows all keys of its table, so it gives such a column a type that keys take, and the column's comment has its canonical
 * type. A step that puts a column of an existing table into a key, or defines it again, has to know what the database has: foreign keys are
 * not part of the description of a table, and the column may have been given its type already. So the dialect has a query of the columns
 * and indexes of a table (`ddl.keyedColumns`), and the step defines again those columns whose type would not do (ADR-44).
 *
 * Law: after a step that adds a key, each of its columns has the type that it has in a table that is created with all its keys, or a
 * shorter one.
 */
import type { AnyColumn, AnyTable } from '../core/syntax/Syntax.js'
import { columnName } from '../core/table/Table.js'
import type { CatalogRows } from './Catalog.js'
import type { ColumnUse, Dialect } from './Dialect.js'

/** What the database has of a column. */
interface LiveColumn {
  /** The length of its type, where that has one and keys take it. */
  readonly length: number | null
  /** The number of columns of the longest index that contains the whole column. */
  readonly keyColumns: number
}

/** What the database has of the columns of a table, by SQL names. */
export type LiveColumns = ReadonlyMap<string, LiveColumn>

/** Of no column is anything known. */
export const NOTHING_LIVE: LiveColumns = new Map()

/** The columns of the reply to `ddl.keyedColumns`: 'column', its name and length; or 'index', its name and a column that it contains whole. */
export const KEYED_COLUMNS = 3

/** What a reply to `ddl.keyedColumns` says. */
export const liveColumns = (rows: CatalogRows): LiveColumns => {
  const parts = rows.filter(r => r[0] === 'index')
  const size = (index: string | null | undefined): number => parts.filter(p => p[1] === index).length
  return new Map(
    rows.flatMap(([kind, name, length = null]): readonly (readonly [string, LiveColumn])[] => {
      if (kind !== 'column' || name == null) return []
      const having = parts.filter(p => p[2] === name).map(p => size(p[1]))
      return [[name, { length: length === null ? null : Number(length), keyColumns: Math.max(0, ...having) }]]
    }),
  )
}

const UNUSED: ColumnUse = { generated: false, key: false, primary: false, keyColumns: 0, leadsKey: false }

/** Those of some fields whose type depends on the keys that contain them. */
export const keyedFields = ({ ddl }: Dialect, t: AnyTable, fields: readonly string[]): readonly string[] =>
  ddl.keyedColumns === null
    ? []
    : fields.filter(field => {
        const { sql } = (t.columns[field] as AnyColumn).type
        return sql.tag !== 'custom' && ddl.columnType(sql, UNUSED) !== ddl.columnType(sql, { ...UNUSED, keyColumns: 1 })
      })

/** The query of what the database has of a table. */
export const keyedQuery = ({ ddl }: Dialect, t: AnyTable): string => ddl.keyedColumns?.(t) ?? ''

/** The length in the text of a type, such as `varchar(384)`. */
export const lengthOf = (type: string): number => Number(/\((\d+)\)/.exec(type)?.[1] ?? 0)

/** Whether a column of the database has a type that keys take, and is no longer than the type `wanted`. */
export const isKeyed = (live: LiveColumns, t: AnyTable, field: string, wanted: string): boolean => {
  const length = live.get(columnName(t, field))?.length ?? null
  return length !== null && length <= lengthOf(wanted)
}
