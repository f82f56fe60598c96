/**
 * An upsert in two steps, for engines whose upsert takes no target.
 *
 * `ON DUPLICATE KEY UPDATE` updates the row that conflicts by any unique key, where a conflict on another key than the target is
 * an error (S32). It sets columns from left to right, has no condition, and does not tell its outcome. So an upsert is an
 * update of the row with the target's values, and an insert if there is none, where the row gives values to another unique key, where
 * it has a condition or does nothing, where its assignments read each other or contain a query, and where its outcome is requested;
 * the interpreter runs the two in one transaction. Otherwise one statement is enough.
 */
import type { AnyTable } from '../core/syntax/Syntax.js'
import { indexFields } from '../core/table/indexes.js'
import { isKeyOf, qualifiedName, uniqueKeys } from '../core/table/Table.js'
import { columnsBy } from '../plan/columnsBy.js'
import { both, conjunction, isLiteral } from '../plan/conditions.js'
import { columnsOf, hasQuery } from '../plan/mentions.js'
import type { Named, Plan, Rel, Scalar } from '../plan/Rel.js'
import { mapPlan, mapRel, mapScalar, substitute } from '../plan/walk.js'
import type { Insert, OnConflict, PrintedWrite, Write } from '../plan/writePlan.js'
import { inOrder } from './mysql/rewriting.js'

type Row = Insert['rows']['rows'][number]
/** An insert with a conflict clause. */
export type Upsert = Insert & { readonly conflict: OnConflict }

/** Whether a write is an upsert. */
export const isUpsert = (write: Write): write is Upsert =>
  write.tag === 'insert' && write.conflict !== null && write.rows.tag === 'expressions'

/** Whether a sub-query of a scalar reads a table. */
export const readsTable = (s: Scalar, table: AnyTable): boolean => {
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

/** Whether the row may conflict with another on this key: none of its columns is generated or null. */
const collides = ({ table, fields }: Insert, row: Row, columns: readonly string[]): boolean =>
  columns.every(f => {
    const given = row[fields.indexOf(f)]
    const column = table.columns[f]
    return given == null ? column?.default != null : !isLiteral(given, null)
  })

const BOOLEAN: Scalar['type'] = { sql: { tag: 'boolean' }, nullable: false, refine: null }

/** The value of a field in a row that is offered. */
const givenIn = ({ fields, table }: Insert, row: Row, field: string): Scalar =>
  row[fields.indexOf(field)] ?? {
    node: { tag: 'literal', value: null },
    type: { ...(table.types[field] as Scalar['type']), nullable: true },
  }

/** Whether these columns have the values that a row offers for the target. */
const matching = (write: Upsert, row: Row, of: readonly Named[]): Scalar =>
  conjunction(
    write.conflict.target.map((field): Scalar => {
      const { id, type } = of.find(c => c.name === field) as Named
      const args: readonly Scalar[] = [{ node: { tag: 'column', id }, type }, givenIn(write, row, field)]
      return { node: { tag: 'call', fn: 'eq', args }, type: { ...BOOLEAN, nullable: type.nullable } }
    }),
  ) as Scalar

/** The existing row, if there is one, as a query without columns. */
export const rowThere = (write: Upsert, row: Row): Plan => {
  const scan: Rel = { tag: 'scan', table: write.table, columns: write.columns.map((c, i) => ({ ...c, id: -1 - i })) }
  const rel: Rel = { tag: 'filter', input: scan, predicate: matching(write, row, columnsBy(scan)) }
  return { rel, order: [], outputs: [], row: { tag: 'record', fields: [] } }
}

/** The steps of one row: an update, except for DO NOTHING, and an insert. */
export const stepsOf = (write: Upsert, row: Row): readonly PrintedWrite[] => {
  const { table, columns, conflict, fields } = write
  const missing: Scalar = {
    node: { tag: 'call', fn: 'not', args: [{ node: { tag: 'exists', plan: rowThere(write, row) }, type: BOOLEAN }] },
    type: BOOLEAN,
  }
  const own = fields.filter((_, i) => row[i] !== null)
  const plan: Plan = {
    rel: { tag: 'filter', input: { tag: 'unit' }, predicate: missing },
    order: [],
    outputs: own.map(f => ({ path: [f], scalar: givenIn(write, row, f) })),
    row: { tag: 'record', fields: [] },
  }
  const common = { table, columns, returning: null, outcome: false }
  const inserted: PrintedWrite = { ...common, tag: 'insertFrom', fields: own, plan, returning: write.returning }
  if (conflict.set === null) return [inserted]
  const { scalar } = substitute(new Map(conflict.offered.map(c => [c.id, givenIn(write, row, c.name)])))
  const set = conflict.set.map(([f, s]) => [f, scalar(s)] as const)
  const where = both(matching(write, row, columns), conflict.where && scalar(conflict.where))
  return [{ ...common, tag: 'update', set, where }, inserted]
}

/** Whether `SET` from left to right can express the assignments. */
const isSequential = ({ columns }: Upsert, set: NonNullable<OnConflict['set']>): boolean => {
  const names = new Map(columns.map(c => [c.id, c.name]))
  const reads = (s: Scalar): ReadonlySet<string> => new Set([...columnsOf(s)].flatMap(id => names.get(id) ?? []))
  return inOrder(set.map(([column, s]) => ({ column, reads: reads(s) }))) !== null && !set.some(([, s]) => hasQuery(s))
}

/** The steps of an upsert that needs them, or null. */
export const updateThenInsert = (write: Upsert): readonly PrintedWrite[] | null => {
  const {
    table,
    rows: { rows },
  } = write
  const { target, set, where } = write.conflict
  // of a unique index over expressions only the fields tell that a row is not in it
  const indexes = table.indexes
    .filter(i => i.unique)
    .map(i => ({ name: i.name, columns: indexFields(table, i).flatMap(f => f ?? []), isPlain: i.on === null && i.where === null }))
    .filter(i => !(i.isPlain && isKeyOf(i, target)))
  const others = [...uniqueKeys(table).filter(k => !isKeyOf(k, target)), ...indexes]
  const isPlain = set !== null && where === null && !write.outcome && isSequential(write, set)
  if (isPlain && !rows.some(row => others.some(k => collides(write, row, k.columns)))) return null
  return rows.flatMap(row => stepsOf(write, row))
}
