/**
 * EXPLAIN of MySQL and MariaDB: two JSON formats, each read as a tree.
 *
 * MySQL writes version 2 of its format, in which each operation names its kind of access; sessions request it (`mysqlSession`).
 * A row that is found by a constant key is read while planning, and has no operation: that counts as a look-up.
 * MariaDB nests blocks, joins, sorts and tables, each by its name.
 *
 * An operation that later versions name differently becomes a stage with that label only: no plan fails to be read.
 */
import type { Access, Stage } from '../../core/operation/Interpreter.js'
import type { Explaining } from '../Dialect.js'

type Json = { readonly [name: string]: unknown }

const isJson = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x)

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** Intermediate results such as `<temporary>` and `<derived2>` are not tables. */
const tableOf = (of: Json): string | null => (String(of['table_name']).startsWith('<') ? null : textOf(of['table_name']))

const accessOf = (of: Json, known: { readonly [kind: string]: Access }, kind: unknown): Access | null =>
  'table_name' in of && tableOf(of) === null ? null : (known[String(kind)] ?? null)

const documentOf = (rows: readonly (readonly unknown[])[]): Json => {
  const cell = rows[0]?.[0]
  const document: unknown = typeof cell === 'string' ? JSON.parse(cell) : cell
  return isJson(document) ? document : {}
}

// --- MySQL ------------------------------------------------------------------------------------

const MYSQL_ACCESS: { readonly [kind: string]: Access } = {
  table: 'scan',
  rows_fetched_before_execution: 'lookup',
  index_scan: 'index',
  index_lookup: 'lookup',
  full_text_index_lookup: 'lookup',
  index_range_scan: 'range',
  dynamic_index_range_scan: 'range',
  index_skip_scan: 'index',
  group_index_skip_scan: 'index',
  index_merge: 'range',
}

/** Operations are in lists of several names: `inputs`, `inputs_from_select_list` and others. */
const operationsIn = (of: Json): readonly Json[] =>
  Object.values(of).flatMap(value => (Array.isArray(value) ? value.filter((x): x is Json => isJson(x) && 'operation' in x) : []))

const operation = (of: Json): Stage => ({
  label: textOf(of['operation']) ?? 'unknown',
  table: tableOf(of),
  index: textOf(of['index_name']),
  access: accessOf(of, MYSQL_ACCESS, of['index_access_type'] ?? of['access_type']),
  estimatedRows: numberOf(of['estimated_rows']),
  actualRows: numberOf(of['actual_rows']),
  cost: numberOf(of['estimated_total_cost']),
  detail: textOf(of['lookup_condition']) ?? textOf(of['condition']),
  inputs: operationsIn(of).map(operation),
})

/** EXPLAIN of MySQL. */
export const mysqlExplain: Explaining = {
  prefix: 'EXPLAIN FORMAT=JSON',
  analyze: 'EXPLAIN ANALYZE FORMAT=JSON',
  columns: 1,
  read: rows => {
    const raw = documentOf(rows)
    return { root: operation(isJson(raw['query_plan']) ? raw['query_plan'] : raw), raw }
  },
}

// --- MariaDB ----------------------------------------------------------------------------------

const MARIADB_ACCESS: { readonly [kind: string]: Access } = {
  ALL: 'scan',
  hash_ALL: 'scan',
  index: 'index',
  range: 'range',
  index_merge: 'range',
  system: 'lookup',
  const: 'lookup',
  eq_ref: 'lookup',
  ref: 'lookup',
  ref_or_null: 'lookup',
  fulltext: 'lookup',
  unique_subquery: 'lookup',
  index_subquery: 'lookup',
}

/** Keys that describe the statement and are not parts of it. */
const APART: readonly string[] = ['query_optimization', 'r_engine_stats']

const partsOf = (of: Json): readonly Stage[] =>
  Object.entries(of).flatMap(([name, value]): readonly Stage[] => {
    if (APART.includes(name)) return []
    if (isJson(value)) return [part(name, value)]
    return Array.isArray(value) ? value.filter(isJson).flatMap(partsOf) : []
  })

const part = (name: string, of: Json): Stage => ({
  label: textOf(of['message']) ?? name,
  table: tableOf(of),
  index: textOf(of['key']),
  access: accessOf(of, MARIADB_ACCESS, of['access_type']),
  estimatedRows: numberOf(of['rows']),
  actualRows: numberOf(of['r_rows']),
  cost: numberOf(of['cost']),
  detail: textOf(of['attached_condition']) ?? textOf(of['sort_key']),
  inputs: partsOf(of),
})

/** EXPLAIN of MariaDB. */
export const mariadbExplain: Explaining = {
  prefix: 'EXPLAIN FORMAT=JSON',
  analyze: 'ANALYZE FORMAT=JSON',
  columns: 1,
  read: rows => {
    const raw = documentOf(rows)
    const [root, ...others] = partsOf(raw)
    return { root: root !== undefined && others.length === 0 ? root : part('statement', raw), raw }
  },
}
