/**
 * INSERT that returns rows, as steps.
 *
 * New rows are read back by the keys that they give, or by those that the engine has generated for them. A key that is computed is
 * computed in a query before, so that it is known. The rows of a query are read first, and then inserted as rows of values.
 */
import type { ExprType } from '../../core/syntax/Syntax.js'
import { refuse, unsupported } from '../../core/value/DbError.js'
import { column, isLiteral } from '../../plan/conditions.js'
import { hasQuery } from '../../plan/mentions.js'
import type { Named, Scalar } from '../../plan/Rel.js'
import { type By, defaultOf, expressionRows, type Insert } from '../../plan/writePlan.js'
import { chunks, rowsIn } from '../chunks.js'
import type { Dialect } from '../Dialect.js'
import { filtered, readBack, readStep, rowsLost, scan, unknown } from './readSteps.js'
import { forEach, type Next, type Row, rowsPerStatement, type Steps } from './Steps.js'
import { hasKey, keyOf, literal } from './stepKeys.js'

/** The most columns of one row that a query computes. */
const AT_ONCE = 500

/** Computes some values of the rows in queries before the insert. */
export const precompute = (write: Insert, isBefore: (s: Scalar, field: string) => boolean, next: (write: Insert) => Steps): Steps => {
  const {
    rows: { rows },
    fields,
  } = write
  const found: readonly (readonly [number, number, Scalar])[] = rows.flatMap((row, i) =>
    row.flatMap((s, j) => (s !== null && s.node.tag !== 'literal' && isBefore(s, fields[j] as string) ? [[i, j, s] as const] : [])),
  )
  const value = (part: typeof found, values: readonly unknown[], on: Next): Steps => {
    const outputs = part.map(([, , s]) => s)
    return readStep({ tag: 'unit' }, null, outputs, {
      sample: [unknown(outputs)],
      isExact: true,
      then: ([only]) => on([...values, ...(only?.values ?? [])]),
    })
  }
  const all: Next = values => {
    const known = new Map(found.map(([i, j, s], n) => [`${i} ${j}`, literal(s, values[n])]))
    return next({ ...write, rows: expressionRows(rows.map((row, i) => row.map((s, j) => known.get(`${i} ${j}`) ?? s))) })
  }
  return forEach(chunks(found, AT_ONCE), value, all)([])
}

const isGiven = (s: Scalar | null | undefined): s is Scalar => s != null && !isLiteral(s, null)

/** Runs of adjacent elements of the same kind. */
export const runs = <A>(all: readonly A[], kind: (a: A) => boolean): readonly (readonly A[])[] => {
  const found: A[][] = []
  for (const a of all) {
    const last = found.at(-1)
    if (last !== undefined && kind(last[0] as A) === kind(a)) last.push(a)
    else found.push([a])
  }
  return found
}

/** An insert whose rows give their keys, except generated ones. */
const withKeys = (dialect: Dialect, write: Insert, key: readonly Named[]): Insert => {
  const { table, fields } = write
  const left = key.map(c => c.name).filter(f => !fields.includes(f) && table.columns[f]?.generated !== true)
  const defaults = left.map(f => defaultOf(table, f) ?? rowsLost(dialect))
  return left.length === 0
    ? write
    : { ...write, fields: [...fields, ...left], rows: expressionRows(write.rows.rows.map(row => [...row, ...defaults])) }
}

/** An insert of rows: writes them, and reads them back by their keys. */
export const inserting = (dialect: Dialect, given: Insert, next: Next): Next => {
  const key = keyOf(dialect, given)
  const write = withKeys(dialect, given, key)
  const keyOfRow = (row: Row): readonly (Scalar | null)[] => key.map(c => row[write.fields.indexOf(c.name)] ?? null)
  const isWhole = (row: Row): boolean => keyOfRow(row).every(isGiven)
  const size = write.fields.length === 0 ? 1 : rowsPerStatement(dialect, write.fields.length)
  const parts = ({ rows }: Insert): readonly (readonly Row[])[] => runs(rows.rows, isWhole).flatMap(run => rowsIn(dialect, run, size))
  const isSplit = parts(write).length > 1
  const one = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps => ({
    tag: 'write',
    write: { ...write, rows: expressionRows(rows), returning: null },
    then: () => {
      const keys = rows.map(keyOfRow)
      if (!keys.every(k => k.every(isGiven))) return generated(dialect, write, key, keys, on)(before)
      const values = keys.map(k => k.map(s => (s?.node.tag === 'literal' ? s.node.value : undefined)))
      return readBack(dialect, write, key, values, { isOrdered: true, isLocked: false }, on)(before)
    },
  })
  const isBefore = (s: Scalar, field: string): boolean => key.some(c => c.name === field) || (isSplit && hasQuery(s))
  return rows => precompute(write, isBefore, w => forEach(parts(w), one, next)(rows))
}

/** Reads the rows for which the preceding insert has generated keys: in a statement of values they are consecutive. */
const generated = (
  dialect: Dialect,
  write: Insert,
  key: readonly Named[],
  keys: readonly (readonly (Scalar | null)[])[],
  next: Next,
): Next => {
  const { generatedKey } = dialect.writes
  const own = key.find(c => write.table.columns[c.name]?.generated === true)
  if (own === undefined || generatedKey === null) return () => rowsLost(dialect)
  const made = (i: number): Scalar => ({ node: { tag: 'printed', text: [generatedKey(i)], args: [] }, type: own.type })
  const all = keys.map((k, i) => k.map(s => s ?? made(i)))
  return rows =>
    readStep(filtered(scan(write), hasKey(key, all)), write.returning, [], {
      from: rows.length,
      order: [{ scalar: column(own.id, own.type), direction: 'asc', nulls: null }],
      sample: keys.map(() => unknown([])),
      isExact: true,
      then: found => next([...rows, ...found.map(f => f.answer)]),
    })
}

/** Refuses a value for a generated key that may be null, where null generates a key. */
export const refuseNullKey = ({ name, writes }: Dialect, { table, fields, plan }: By<'insertFrom'>): void => {
  const numbered = plan.outputs.find((o, i) => table.columns[fields[i] ?? '']?.generated === true && o.scalar.type.nullable)
  if (!writes.nullMakesKey || numbered === undefined) return
  refuse(
    unsupported(
      `a generated key from a value that may be null (${numbered.path.join('.')})`,
      name,
      'exclude nulls with where and coalesce',
    ),
  )
}

/** A value that is written as the driver returned it. */
const AS_READ: ExprType = { sql: { tag: 'custom', names: {} }, nullable: true, refine: null }

/** An insert of a query: reads its rows, so that their number and keys are known, and inserts them with all other values unchanged. */
export const insertingFrom = (dialect: Dialect, write: By<'insertFrom'>, next: (write: Insert) => Steps): Steps => {
  const { plan, fields } = write
  refuseNullKey(dialect, write)
  const key = keyOf(dialect, write)
  const outputs = plan.outputs.map(o => o.scalar)
  const types = outputs.map((s, i) => (key.some(c => c.name === fields[i]) ? s.type : AS_READ))
  return readStep(plan.rel, null, outputs, {
    order: plan.order,
    types,
    sample: [unknown(outputs)],
    isExact: false,
    then: found => {
      const { table, columns, returning, outcome } = write
      const rows = found.map(f => types.map((type, i) => literal({ type }, f.values[i])))
      return next({ table, columns, returning, outcome, tag: 'insert', fields, rows: expressionRows(rows), conflict: null })
    },
  })
}
