/**
 * The catalog of Postgres: what uses a column.
 *
 * Constraints and indexes depend on their columns in `pg_depend`, those with expressions and conditions included, and so do the foreign keys
 * that refer to a column. An index of a key depends on the key. NOT NULL is a constraint since Postgres 18; it goes with its column.
 */
import type { AnyTable } from '../../core/syntax/Syntax.js'
import type { ColumnUsers } from '../ColumnUsers.js'
import { target } from '../identifier.js'

const quoted = (s: string): string => `'${s.replaceAll("'", "''")}'`

const [CONSTRAINTS, CLASSES] = ["'pg_constraint'::regclass", "'pg_class'::regclass"]

/** The query of what uses a column. */
export const columnUsers = (quote: (name: string) => string, t: AnyTable, column: string): ColumnUsers => ({
  sql: [
    "SELECT CASE WHEN c.contype = 'f' THEN 'foreignKey' ELSE '' END, coalesce(c.conname, i.relname)::text FROM pg_depend AS d",
    `JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid`,
    `LEFT JOIN pg_constraint AS c ON d.classid = ${CONSTRAINTS} AND c.oid = d.objid AND c.contype <> 'n'`,
    `LEFT JOIN pg_class AS i ON d.classid = ${CLASSES} AND i.oid = d.objid AND i.relkind IN ('i', 'I')`,
    `WHERE d.refclassid = ${CLASSES} AND d.refobjid = to_regclass(${quoted(target({ quote }, t))}) AND a.attname = ${quoted(column)}`,
    'AND (c.oid IS NOT NULL OR i.oid IS NOT NULL) ORDER BY 1, 2',
  ].join(' '),
  columns: 2,
  read: rows => rows.map(([kind, name]) => ({ isForeignKey: kind === 'foreignKey', name: name ?? '' })),
})
