/**
 * What a session has to know of a write besides its statements.
 *
 * Which of its columns are computed, since an engine that computes too large a number does not say for which; and which tables a delete may
 * come back to by cascades, since engines do not count rows that others have taken along.
 */
import { columnName } from '../../core/table/Table.js'
import type { Scalar } from '../../plan/Rel.js'
import type { Write } from '../../plan/writePlan.js'

/** The columns that a write gives computed values, as `table.column`. */
export const computedColumns = (write: Write): readonly string[] => {
  const isComputed = ({ node }: Scalar): boolean => node.tag !== 'literal' && node.tag !== 'param' && node.tag !== 'column'
  const set: readonly (readonly [string, Scalar | null])[] =
    write.tag === 'update' || write.tag === 'updateFrom'
      ? write.set
      : write.tag === 'insert'
        ? [...write.rows.flatMap(row => row.map((s, i) => [write.fields[i] as string, s] as const)), ...(write.conflict?.set ?? [])]
        : write.tag === 'insertFrom'
          ? write.plan.outputs.map((o, i) => [write.fields[i] as string, o.scalar] as const)
          : []
  const fields = set.flatMap(([field, s]) => (s !== null && isComputed(s) ? [field] : []))
  return [...new Set(fields)].map(field => `${write.table.name}.${columnName(write.table, field)}`)
}

/** The tables from which cascades lead back to themselves, in lower case, of all pairs of a referring and a referred table. */
export const inRings = (pairs: readonly (readonly [string, string])[]): ReadonlySet<string> => {
  const taken = new Map<string, Set<string>>()
  for (const [referring, referred] of pairs.map(pair => pair.map(name => name.toLowerCase()) as [string, string]))
    taken.set(referred, (taken.get(referred) ?? new Set()).add(referring))
  const reached = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>()
    const next = [from]
    for (let name = next.pop(); name !== undefined; name = next.pop()) {
      for (const other of taken.get(name) ?? []) {
        if (!seen.has(other)) next.push(other)
        seen.add(other)
      }
    }
    return seen
  }
  return new Set([...taken.keys()].filter(name => reached(name).has(name)))
}
