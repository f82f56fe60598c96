/**
 * An upsert in two steps, for engines that can't be told which key it is about.
 *
 * `ON DUPLICATE KEY UPDATE` updates the row that the new one collides with by any unique key, where a
 * collision by another key than the target is an error (decision 32). If the row gives values to
 * another unique key, the upsert is an update of the row with the target's values, and an insert if
 * there is none; the interpreter runs the two in one transaction. Otherwise one statement is enough.
 */
import { refuse, unsupported } from '../core/DbError.js'
import type { AnyTable } from '../core/Syntax.js'
import { qualifiedName } from '../core/Table.js'
import { columnsBy, conjunction, isLiteral, mapPlan, mapRel, mapScalar, type Plan, type Rel, type Scalar } from '../plan/Rel.js'
import type { Write } from '../plan/write.js'
import type { Dialect } from './Dialect.js'

type Insert = Write & { readonly tag: 'insert' }

/** Whether a sub-query of a scalar reads a table. */
export const reads = (s: Scalar, table: AnyTable): boolean => {
  let found = false
  const scalar = (x: Scalar): Scalar => mapScalar(x, { scalar, plan })
  const rel = (r: Rel): Rel => {
    found ||= r.tag === 'scan' && qualifiedName(r.table) === qualifiedName(table)
    return mapRel(r, rel, scalar)
  }
  const plan = (p: Plan): Plan => mapPlan(p, rel, scalar)
  scalar(s)
  return found
}

/** Whether the row may collide with another by this key: no column of it is left to be generated, or null. */
const collides = (write: Insert, columns: readonly string[]): boolean =>
  columns.every(f => {
    const given = write.rows[0]?.[write.fields.indexOf(f)]
    const column = write.table.columns[f]
    return given == null ? column?.default != null : !isLiteral(given, null)
  })

/** The two steps of an upsert that needs them, or null. */
export const upsertSteps = (dialect: Dialect, write: Insert): readonly [Write, Write] | null => {
  const { table, columns, conflict, fields, rows } = write
  if (conflict === null) return null
  const keys = [...(table.primaryKey === null ? [] : [table.primaryKey]), ...table.uniques]
  const isTarget = (k: readonly string[]): boolean => k.length === conflict.target.length && k.every(f => conflict.target.includes(f))
  if (!keys.some(k => !isTarget(k.columns) && collides(write, k.columns))) return null
  if (write.returning !== null)
    return refuse(unsupported('returning from an upsert that gives values to another unique key', dialect.name, 'read the row back'))
  const given = (field: string): Scalar => rows[0]?.[fields.indexOf(field)] as Scalar
  const matching = (of: readonly { readonly id: number; readonly name: string; readonly type: Scalar['type'] }[]): Scalar =>
    conjunction(
      conflict.target.map((field): Scalar => {
        const column = of.find(c => c.name === field) as { readonly id: number; readonly type: Scalar['type'] }
        const args = [{ node: { tag: 'column', id: column.id }, type: column.type } as const, given(field)]
        return { node: { tag: 'call', fn: 'eq', args }, type: { sql: { tag: 'boolean' }, nullable: column.type.nullable, refine: null } }
      }),
    ) as Scalar
  const last = Math.max(...columns.map(c => c.id))
  const scan: Rel = { tag: 'scan', table, columns: columns.map((c, i) => ({ ...c, id: last + 1 + i })) }
  const there: Plan = {
    rel: { tag: 'filter', input: scan, predicate: matching(columnsBy(scan)) },
    order: [],
    outputs: [],
    row: { tag: 'record', fields: [] },
  }
  const BOOLEAN: Scalar['type'] = { sql: { tag: 'boolean' }, nullable: false, refine: null }
  const missing: Scalar = {
    node: { tag: 'call', fn: 'not', args: [{ node: { tag: 'exists', plan: there }, type: BOOLEAN }] },
    type: BOOLEAN,
  }
  const own = fields.filter((_, i) => rows[0]?.[i] !== null)
  const plan: Plan = {
    rel: { tag: 'filter', input: { tag: 'unit' }, predicate: missing },
    order: [],
    outputs: own.map(f => ({ path: [f], scalar: given(f) })),
    row: { tag: 'record', fields: [] },
  }
  const common = { table, columns, returning: null }
  return [
    { ...common, tag: 'update', set: conflict.update.map(f => [f, given(f)] as const), where: matching(columns) },
    { ...common, tag: 'insertFrom', fields: own, plan },
  ]
}
