/**
 * The columns that a write gives computed values, as `table.column`.
 *
 * An engine that computes a number outside the range of a column does not report the column; an error can at least name the
 * candidates. Literals, parameters and plain columns are not computed: their values fit, or were refused before.
 */
import { columnName } from '../../core/table/Table.js'
import type { Scalar } from '../../plan/Rel.js'
import type { By, ExpressionRows, Write } from '../../plan/writePlan.js'

const expressions = ({ rows }: By<'insert'>): ExpressionRows['rows'] => (rows.tag === 'plain' ? [] : rows.rows)

/** The names of the computed columns, without duplicates. */
export const computedColumns = (write: Write): readonly string[] => {
  const isComputed = ({ node }: Scalar): boolean => node.tag !== 'literal' && node.tag !== 'param' && node.tag !== 'column'
  const set: readonly (readonly [string, Scalar | null])[] =
    write.tag === 'update' || write.tag === 'updateFrom'
      ? write.set
      : write.tag === 'insert'
        ? [...expressions(write).flatMap(row => row.map((s, i) => [write.fields[i] as string, s] as const)), ...(write.conflict?.set ?? [])]
        : write.tag === 'insertFrom'
          ? write.plan.outputs.map((o, i) => [write.fields[i] as string, o.scalar] as const)
          : []
  const fields = set.flatMap(([field, s]) => (s !== null && isComputed(s) ? [field] : []))
  return [...new Set(fields)].map(field => `${write.table.name}.${columnName(write.table, field)}`)
}
