/**
 * EXPLAIN (FORMAT JSON) of Postgres, read as a tree.
 *
 * A node of its plan is a stage. The conditions of an index scan or bitmap heap scan tell its access: a comparison by `<` or `>`
 * makes it a range, others a look-up, and none a scan of the whole index. Relations have their aliases in the statement.
 *
 * A node that later versions name differently becomes a stage with that label only: no plan fails to be read.
 */
import type { Access, Stage } from '../../core/operation/Interpreter.js'
import type { Explaining } from '../Dialect.js'

type Json = { readonly [name: string]: unknown }

/** Other properties that tell how rows are chosen. */
const DETAILS: readonly string[] = [
  'Index Cond',
  'Recheck Cond',
  'Filter',
  'Join Filter',
  'Hash Cond',
  'Merge Cond',
  'Sort Key',
  'Group Key',
  'Join Type',
]

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : null)

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const byIndex = (condition: string | null): Access =>
  condition === null ? 'index' : /[<>]/.test(condition.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '')) ? 'range' : 'lookup'

const accessOf = (label: string, node: Json): Access | null => {
  if (label === 'Seq Scan' || label === 'Sample Scan') return 'scan'
  if (label.startsWith('Bitmap Heap')) return byIndex(textOf(node['Recheck Cond']))
  if (label === 'Tid Scan') return 'lookup'
  return label.startsWith('Index') || label.startsWith('Bitmap Index') ? byIndex(textOf(node['Index Cond'])) : null
}

const stage = (node: Json): Stage => {
  const label = textOf(node['Node Type']) ?? 'unknown'
  const inputs = (Array.isArray(node['Plans']) ? (node['Plans'] as readonly Json[]) : []).map(stage)
  const details = DETAILS.flatMap(name => (textOf(node[name]) === null ? [] : [`${name}: ${textOf(node[name])}`]))
  const isBitmap = label.startsWith('Bitmap Heap')
  return {
    label,
    table: 'Relation Name' in node ? textOf(node['Alias'] ?? node['Relation Name']) : null,
    index: textOf(node['Index Name']) ?? (isBitmap ? (inputs[0]?.index ?? null) : null),
    access: accessOf(label, node),
    estimatedRows: numberOf(node['Plan Rows']),
    actualRows: numberOf(node['Actual Rows']),
    cost: numberOf(node['Total Cost']),
    detail: details.length === 0 ? null : details.join('; '),
    inputs,
  }
}

/** EXPLAIN of Postgres. */
export const postgresExplain: Explaining = {
  prefix: 'EXPLAIN (FORMAT JSON)',
  analyze: 'EXPLAIN (ANALYZE, FORMAT JSON)',
  columns: 1,
  read: rows => {
    const raw: unknown = JSON.parse(String(rows[0]?.[0]))
    const [first] = Array.isArray(raw) ? (raw as readonly Json[]) : []
    return { root: stage((first?.['Plan'] ?? {}) as Json), raw }
  },
}
