/**
 * The catalog of MySQL and MariaDB: what uses a column.
 *
 * Keys, indexes and foreign keys are listed by their columns. A check, an expression in an index of MySQL, and the column that stands for one on
 * MariaDB have a text, in which the column is looked for between quotes, outside of strings. Names of columns have no case. A check of MariaDB
 * that is part of a column goes with it.
 */
import type { AnyTable } from '../../core/syntax/Syntax.js'
import type { CatalogRows } from '../Catalog.js'
import type { ColumnUser, ColumnUsers } from '../ColumnUsers.js'
import { mysqlExpression } from './catalogTexts.js'

const STRING_OR_NAME = /'(?:[^'\\]|''|\\[\s\S])*'|`(?:[^`]|``)*`/g

/** Whether an expression mentions a column. */
const mentions = (expression: string, column: string): boolean => {
  const name = `\`${column.replaceAll('`', '``')}\``.toLowerCase()
  return [...expression.matchAll(STRING_OR_NAME)].some(([token]) => token.toLowerCase() === name)
}

/** The column of an index of MariaDB that stands for an expression: `ix__1` of `ix`. */
const indexOf = (column: string): string => column.replace(/__\d+$/, '')

const text = (expression: string): string => `CAST(${expression} AS CHAR)`

const select = (kind: string, name: string, found: string | null, from: string): string =>
  `SELECT '${kind}', ${text(name)}, ${found === null ? 'NULL' : text(found)} FROM information_schema.${from}`

/** The query of what uses a column. `functionalIndexes`: whether indexes have expressions; `quoted` prints a text. */
export const columnUsers = (functionalIndexes: boolean, quoted: (s: string) => string, t: AnyTable, column: string): ColumnUsers => {
  const database = t.schema === null ? 'database()' : quoted(t.schema)
  const [table, name] = [quoted(t.name), quoted(column)]
  const here = `TABLE_SCHEMA = ${database} AND TABLE_NAME = ${table}`
  const there = `REFERENCED_TABLE_SCHEMA = ${database} AND REFERENCED_TABLE_NAME = ${table} AND REFERENCED_COLUMN_NAME = ${name}`
  const keys = 'KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL AND'
  const texts = functionalIndexes
    ? [
        select('of the table', 'CONSTRAINT_NAME', null, `TABLE_CONSTRAINTS WHERE ${here} AND CONSTRAINT_TYPE = 'CHECK'`),
        select('check', 'CONSTRAINT_NAME', 'CHECK_CLAUSE', `CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${database}`),
        select('index', 'INDEX_NAME', 'EXPRESSION', `STATISTICS WHERE ${here} AND EXPRESSION IS NOT NULL`),
      ]
    : [
        select(
          'check',
          'CONSTRAINT_NAME',
          'CHECK_CLAUSE',
          `CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${database} AND TABLE_NAME = ${table} AND LEVEL = 'Table'`,
        ),
        select('computed', 'COLUMN_NAME', 'GENERATION_EXPRESSION', `COLUMNS WHERE ${here} AND GENERATION_EXPRESSION IS NOT NULL`),
      ]
  const read = (rows: CatalogRows): readonly ColumnUser[] => {
    const own = new Set(rows.flatMap(([kind, of]) => (kind === 'of the table' ? [of] : [])))
    const expression = functionalIndexes ? mysqlExpression : (s: string): string => s
    return rows.flatMap(([kind, found, of = null]): readonly ColumnUser[] => {
      const isForeignKey = kind === 'foreignKey'
      if (kind === 'of the table' || found == null) return []
      if (kind === 'check' && functionalIndexes && !own.has(found)) return []
      if (of !== null && !mentions(expression(of), column)) return []
      if (kind === 'computed') return [{ isForeignKey, name: indexOf(found) }]
      // a primary key has a name only in the description
      return [{ isForeignKey, name: kind === 'index' && found === 'PRIMARY' ? (t.primaryKey?.name ?? found) : found }]
    })
  }
  return {
    sql: [
      select('foreignKey', 'CONSTRAINT_NAME', null, `${keys} ${here} AND COLUMN_NAME = ${name}`),
      select('foreignKey', 'CONSTRAINT_NAME', null, `${keys} ${there}`),
      select('index', 'INDEX_NAME', null, `STATISTICS WHERE ${here} AND COLUMN_NAME = ${name}`),
      ...texts,
    ].join(' UNION ALL '),
    columns: 3,
    read,
  }
}
