/**
 * Commands that answer rows, where the engine's own can't: steps in one transaction.
 *
 * `Steps` is a plan of queries and writes in which the later ones are made of what the earlier ones found. A row is told by its key.
 * What is deleted or updated is locked and read first, and then written by its keys, so that the rows that are answered are those that
 * are written. New rows are read back by the keys that they give, or by those that the engine has made for them; a key that is
 * computed is computed before. Rows of a query are read, and then inserted as rows of values. An upsert reads its rows
 * back by its target.
 *
 * Law: the answer is the bag of rows that `returning` means: as they are after the write, or as they were before a delete.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import type { AnyTable, ExprType } from '../core/syntax/Syntax.js'
import { uniqueKeys } from '../core/table/Table.js'
import { identityIn } from '../core/value/Canonical.js'
import { refuse, serializationFailure, unsupported } from '../core/value/DbError.js'
import { boolean, both, column, isLiteral } from '../plan/conditions.js'
import { hasQuery } from '../plan/mentions.js'
import type { Named, Output, Plan, Rel, RowPlan, Scalar, SortKey } from '../plan/Rel.js'
import { mapScalar } from '../plan/walk.js'
import { defaultOf, type PrintedWrite, type Write } from '../plan/writePlan.js'
import { literalRows } from './bulk.js'
import { chunks, rowsIn } from './chunks.js'
import type { Dialect } from './Dialect.js'
import { isUpsert, stepsOf, type Upsert, upsertSteps } from './upsertSteps.js'

/** A row that was found: what is answered of it, and the values that later steps are made of. */
export interface Found {
  readonly answer: unknown
  readonly values: readonly unknown[]
}

/** A query. Its outputs are those of `answer`, where there is one, and then those of `values`. */
interface Ask {
  readonly tag: 'ask'
  readonly plan: Plan
  readonly answer: RowPlan | null
  readonly values: readonly RowPlan[]
  /** How many rows of the answer come before these. */
  readonly from: number
  /** What stands for the rows where nobody is asked, and the steps are only shown. */
  readonly sample: readonly Found[]
  /** Whether there are as many rows as in the sample, unless something else than this command has changed them. */
  readonly isExact: boolean
  readonly then: (found: readonly Found[]) => Steps
}

/** A write that answers how many rows it has written. */
interface Do {
  readonly tag: 'do'
  readonly write: PrintedWrite
  readonly then: (affected: number) => Steps
}

/** What is done next, up to the rows that are answered. */
export type Steps = Ask | Do | { readonly tag: 'rows'; readonly rows: readonly unknown[] }

type Insert = Write & { readonly tag: 'insert' }
type Row = Insert['rows'][number]
type By<T extends Write['tag']> = Write & { readonly tag: T }

/** Goes on with the rows that are answered so far. */
type Next = (rows: readonly unknown[]) => Steps

const done: Next = rows => ({ tag: 'rows', rows })

/** Some steps for each of several things, one after the other. */
const each = <A>(all: readonly A[], steps: (a: A, rows: readonly unknown[], next: Next) => Steps, next: Next): Next => {
  const at =
    (i: number): Next =>
    rows =>
      i === all.length ? next(rows) : steps(all[i] as A, rows, at(i + 1))
  return at(0)
}

/** How many rows are written, or read by their keys, in one statement. */
const most = ({ writes }: Dialect, columns: number): number =>
  Math.max(1, Math.min(writes.rowsAtOnce, Math.floor(writes.parameters / Math.max(1, columns))))

/** The fields that tell a row: those of the primary key, or of a unique one without null. */
const keyIn = (table: AnyTable): readonly string[] | undefined =>
  uniqueKeys(table).find(k => k.columns.every(f => table.types[f]?.nullable === false))?.columns

const keyOf = (dialect: Dialect, { table, columns }: Write): readonly Named[] => {
  const key = keyIn(table)
  if (key !== undefined) return named(columns, key)
  return refuse(unsupported('returning from a table without a primary key', dialect.name, 'give the table a primary key'))
}

const named = (columns: readonly Named[], fields: readonly string[]): readonly Named[] =>
  fields.map(f => columns.find(c => c.name === f) as Named)

/** A value that was found, or the place of one that is not known yet. */
const literal = ({ type }: Pick<Scalar, 'type'>, value: unknown): Scalar => ({
  node: value === undefined ? { tag: 'param', name: 'found' } : { tag: 'literal', value },
  type: { ...type, nullable: value === null, refine: null },
})

const call = (fn: 'eq' | 'and' | 'or', args: readonly Scalar[]): Scalar => ({ node: { tag: 'call', fn, args }, type: boolean(true).type })

/** Whether the row has one of these keys. */
const hasKey = (key: readonly Named[], keys: readonly (readonly Scalar[])[]): Scalar => {
  const [first, ...more] = key.map(c => column(c.id, c.type)) as [Scalar, ...Scalar[]]
  if (keys.length === 0) return boolean(false)
  if (more.length === 0 && keys.length > 1)
    return { node: { tag: 'in', operand: first, list: keys.map(k => k[0] as Scalar) }, type: boolean(true).type }
  const same = keys.map(k => [first, ...more].map((c, i) => call('eq', [c, k[i] as Scalar])))
  const all = same.map(s => (s.length === 1 ? (s[0] as Scalar) : call('and', s)))
  return all.length === 1 ? (all[0] as Scalar) : call('or', all)
}

const literals = (key: readonly Named[], values: readonly unknown[]): readonly Scalar[] => key.map((c, i) => literal(c, values[i]))

/** A query whose outputs are those of `answer`, and then these. */
const ask = (
  rel: Rel,
  returned: Write['returning'],
  outputs: readonly Scalar[],
  more: Pick<Ask, 'sample' | 'isExact' | 'then'> & {
    readonly from?: number
    readonly order?: readonly SortKey[]
    readonly of?: number
    readonly types?: readonly ExprType[]
  },
): Ask => {
  const { from = 0, order = [], of, types = outputs.map(o => o.type), sample, isExact, then } = more
  const own: readonly Output[] = returned?.outputs ?? []
  return {
    tag: 'ask',
    plan: {
      rel,
      order,
      outputs: [...own, ...outputs.map((scalar, i) => ({ path: [`value_${i + 1}`], scalar }))],
      row: { tag: 'record', fields: [] },
      ...(of === undefined ? {} : { lock: { strength: 'update', wait: 'wait', of } }),
    },
    answer: returned?.row ?? null,
    values: types.map((type, i) => ({
      tag: 'cell',
      index: own.length + i,
      path: [`value_${i + 1}`],
      type: { ...type, refine: null },
    })),
    from,
    sample,
    isExact,
    then,
  }
}

const unknown = (outputs: readonly unknown[]): Found => ({ answer: undefined, values: outputs.map(() => undefined) })

const scan = ({ table, columns }: Write): Rel => ({ tag: 'scan', table, columns })

const filtered = (input: Rel, predicate: Scalar | null): Rel => (predicate === null ? input : { tag: 'filter', input, predicate })

const refs = (columns: readonly Named[]): readonly Scalar[] => columns.map(c => column(c.id, c.type))

/** How rows are read back. */
interface Reading {
  /** Whether the answer is in the order of the keys. */
  readonly isOrdered: boolean
  /** Whether rows are read as they are now: a row that is written as it was is otherwise read as the transaction has first seen it. */
  readonly isLocked: boolean
}

/** The rows that have these values in some columns. */
const readBack = (
  dialect: Dialect,
  write: Write,
  by: readonly Named[],
  keys: readonly (readonly unknown[])[],
  { isOrdered, isLocked }: Reading,
  next: Next,
): Next => {
  const identity = (values: readonly unknown[]): string => JSON.stringify(by.map((c, i) => identityIn(c.type.sql, values[i])))
  const inOrder = (some: typeof keys, found: readonly Found[]): readonly Found[] => {
    const at = new Map(found.map(f => [identity(f.values), f]))
    return some.map(k => at.get(identity(k)) ?? lost(dialect))
  }
  const part = (some: typeof keys, rows: readonly unknown[], on: Next): Steps => {
    const keyed = some.map(k => literals(by, k))
    return ask(filtered(scan(write), hasKey(by, keyed)), write.returning, isOrdered ? refs(by) : [], {
      from: rows.length,
      ...(isLocked ? { of: (by[0] as Named).id } : {}),
      sample: some.map(values => ({ answer: undefined, values })),
      isExact: true,
      then: found => on([...rows, ...(isOrdered && some.length > 1 ? inOrder(some, found) : found).map(f => f.answer)]),
    })
  }
  return each(chunks(keys, most(dialect, by.length)), part, next)
}

/** Rows that are not where they were written. */
export const lost = (dialect: Dialect): never =>
  refuse(
    unsupported('returning rows that are not found by the key that was written', dialect.name, 'is there a trigger that changes the key?'),
  )

const FOUND: Reading = { isOrdered: false, isLocked: true }

// --- Delete and update --------------------------------------------------------------------------

/** Writes go on in parts; the first is sent also where nothing is to be written: an engine may refuse it all the same. */
const parts = <A>(keys: readonly A[], size: number): readonly (readonly A[])[] => (keys.length === 0 ? [[]] : chunks(keys, size))

const deleting = (dialect: Dialect, write: By<'delete'>): Steps => {
  const key = keyOf(dialect, write)
  return ask(filtered(scan(write), write.where), write.returning, refs(key), {
    of: (key[0] as Named).id,
    sample: [unknown(key)],
    isExact: false,
    then: found => {
      const keys = found.map(f => literals(key, f.values))
      const remove = (some: readonly (readonly Scalar[])[], rows: readonly unknown[], on: Next): Steps => ({
        tag: 'do',
        write: { ...write, where: hasKey(key, some), returning: null },
        then: () => on(rows),
      })
      return each(parts(keys, most(dialect, key.length)), remove, done)(found.map(f => f.answer))
    },
  })
}

/** Whether a scalar is the same wherever it is evaluated in the transaction. */
const isSteady = (s: Scalar): boolean => {
  let steady = true
  const walk = (x: Scalar): Scalar => {
    if (x.node.tag === 'raw' || (x.node.tag === 'call' && FUNCTIONS[x.node.fn].stable !== 'always')) steady = false
    return steady ? mapScalar(x, { scalar: walk, plan: p => p }) : x
  }
  walk(s)
  return steady && !hasQuery(s)
}

/** The key after the update, of what is read before it. */
const newKey = (dialect: Dialect, write: By<'update' | 'updateFrom'>, key: readonly Named[]): readonly Scalar[] => {
  const set = new Map(write.set)
  const isGiven = write.tag === 'update' || write.source.rel.tag === 'values'
  return key.map(c => {
    const value = set.get(c.name)
    if (value === undefined) return column(c.id, c.type)
    if (isGiven && isSteady(value)) return value
    return refuse(
      unsupported(
        `returning from an update that sets ${c.name}, of the key, to what may be another value before it`,
        dialect.name,
        'ask for the value, and give it',
      ),
    )
  })
}

const updating = (dialect: Dialect, write: By<'update' | 'updateFrom'>, next: Next): Next => {
  const key = keyOf(dialect, write)
  const after = newKey(dialect, write, key)
  const setsKey = write.set.some(([f]) => key.some(c => c.name === f))
  // what a query reads, or a key, may change with the first part: all of it is one statement
  const isWhole = write.tag === 'updateFrom' || setsKey || write.set.some(([, s]) => hasQuery(s))
  const own = scan(write)
  const rel: Rel =
    write.tag === 'update'
      ? own
      : {
          tag: 'join',
          kind: 'inner',
          left: own,
          right: {
            tag: 'derive',
            input: write.source.rel,
            columns: write.matched.map((c, i) => ({ id: c.id, name: c.name, scalar: (write.source.outputs[i] as Output).scalar })),
          },
          on: null,
          name: null,
        }
  return rows =>
    ask(filtered(rel, write.where), null, [...refs(key), ...(setsKey ? after : [])], {
      of: (key[0] as Named).id,
      sample: [unknown(setsKey ? [...key, ...after] : key)],
      isExact: false,
      then: found => {
        const keys = found.map(f => literals(key, f.values))
        const update = (some: readonly (readonly Scalar[])[], before: readonly unknown[], on: Next): Steps => {
          const where = hasKey(key, some)
          return write.tag === 'update'
            ? { tag: 'do', write: { ...write, where, returning: null }, then: () => on(before) }
            : {
                tag: 'do',
                write: { ...write, where: both(write.where, where), returning: null },
                // the rows of the query have changed meanwhile
                then: affected => (affected === some.length ? on(before) : refuse(serializationFailure())),
              }
        }
        const now = found.map(f => f.values.slice(setsKey ? key.length : 0))
        const size = isWhole ? Math.max(1, keys.length) : most(dialect, key.length)
        return each(parts(keys, size), update, readBack(dialect, write, key, now, FOUND, next))(rows)
      },
    })
}

// --- Insert -------------------------------------------------------------------------------------

/** Some columns at once, of one row, are as many as an engine takes. */
const AT_ONCE = 500

/** Rows with some of their values computed before they are written. */
const settled = (write: Insert, isBefore: (s: Scalar, field: string) => boolean, next: (write: Insert) => Steps): Steps => {
  const { rows, fields } = write
  const found: readonly (readonly [number, number, Scalar])[] = rows.flatMap((row, i) =>
    row.flatMap((s, j) => (s !== null && s.node.tag !== 'literal' && isBefore(s, fields[j] as string) ? [[i, j, s] as const] : [])),
  )
  const value = (part: typeof found, values: readonly unknown[], on: Next): Steps => {
    const outputs = part.map(([, , s]) => s)
    return ask({ tag: 'unit' }, null, outputs, {
      sample: [unknown(outputs)],
      isExact: true,
      then: ([only]) => on([...values, ...(only?.values ?? [])]),
    })
  }
  const all: Next = values => {
    const known = new Map(found.map(([i, j, s], n) => [`${i} ${j}`, literal(s, values[n])]))
    return next({ ...write, rows: rows.map((row, i) => row.map((s, j) => known.get(`${i} ${j}`) ?? s)) })
  }
  return each(chunks(found, AT_ONCE), value, all)([])
}

const isGiven = (s: Scalar | null | undefined): s is Scalar => s != null && !isLiteral(s, null)

/** Runs of neighbours that are alike. */
const runs = <A>(all: readonly A[], kind: (a: A) => boolean): readonly (readonly A[])[] => {
  const found: A[][] = []
  for (const a of all) {
    const last = found.at(-1)
    if (last !== undefined && kind(last[0] as A) === kind(a)) last.push(a)
    else found.push([a])
  }
  return found
}

/** An insert whose rows say their keys, but for those that are generated. */
const withKeys = (dialect: Dialect, write: Insert, key: readonly Named[]): Insert => {
  const { table, fields } = write
  const left = key.map(c => c.name).filter(f => !fields.includes(f) && table.columns[f]?.generated !== true)
  const defaults = left.map(f => defaultOf(table, f) ?? lost(dialect))
  return left.length === 0 ? write : { ...write, fields: [...fields, ...left], rows: write.rows.map(row => [...row, ...defaults]) }
}

const inserting = (dialect: Dialect, given: Insert, next: Next): Next => {
  const key = keyOf(dialect, given)
  const write = withKeys(dialect, given, key)
  const keyOfRow = (row: Row): readonly (Scalar | null)[] => key.map(c => row[write.fields.indexOf(c.name)] ?? null)
  const isWhole = (row: Row): boolean => keyOfRow(row).every(isGiven)
  const size = write.fields.length === 0 ? 1 : most(dialect, write.fields.length)
  const statements = runs(write.rows, isWhole).flatMap(run => rowsIn(dialect, run, size))
  const one = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps => ({
    tag: 'do',
    write: { ...write, rows, returning: null },
    then: () => {
      const keys = rows.map(keyOfRow)
      if (!keys.every(k => k.every(isGiven))) return generated(dialect, write, key, keys, on)(before)
      const values = keys.map(k => k.map(s => (s?.node.tag === 'literal' ? s.node.value : undefined)))
      return readBack(dialect, write, key, values, { isOrdered: true, isLocked: false }, on)(before)
    },
  })
  const isBefore = (s: Scalar, field: string): boolean => key.some(c => c.name === field) || (statements.length > 1 && hasQuery(s))
  return rows =>
    settled(write, isBefore, w =>
      each(
        runs(w.rows, isWhole).flatMap(run => rowsIn(dialect, run, size)),
        one,
        next,
      )(rows),
    )
}

/** The rows that the insert before has made keys for: one after the other, if the statement is one of values. */
const generated = (
  dialect: Dialect,
  write: Insert,
  key: readonly Named[],
  keys: readonly (readonly (Scalar | null)[])[],
  next: Next,
): Next => {
  const { generatedKey } = dialect.writes
  const own = key.find(c => write.table.columns[c.name]?.generated === true)
  if (own === undefined || generatedKey === undefined) return () => lost(dialect)
  const made = (i: number): Scalar => ({ node: { tag: 'raw', text: [generatedKey(i)], args: [] }, type: own.type })
  const all = keys.map((k, i) => k.map(s => s ?? made(i)))
  return rows =>
    ask(filtered(scan(write), hasKey(key, all)), write.returning, [], {
      from: rows.length,
      order: [{ scalar: column(own.id, own.type), direction: 'asc', nulls: null }],
      sample: keys.map(() => unknown([])),
      isExact: true,
      then: found => next([...rows, ...found.map(f => f.answer)]),
    })
}

/** Refuses a generated key that may be null, where null makes a new one. */
export const refuseNullKey = ({ name, writes }: Dialect, { table, fields, plan }: By<'insertFrom'>): void => {
  const numbered = plan.outputs.find((o, i) => table.columns[fields[i] ?? '']?.generated === true && o.scalar.type.nullable)
  if (!writes.nullMakesKey || numbered === undefined) return
  refuse(
    unsupported(
      `a generated key from a value that may be null (${numbered.path.join('.')})`,
      name,
      'keep nulls out with where and coalesce',
    ),
  )
}

/** Written as it was read: what a driver answers for a column, it takes for it. */
const AS_READ: ExprType = { sql: { tag: 'custom', names: {} }, nullable: true, refine: null }

/** The rows of a query are read first: so their number is known, and their keys. Of the rest nothing is lost by being looked at. */
const insertingFrom = (dialect: Dialect, write: By<'insertFrom'>, next: (write: Insert) => Steps): Steps => {
  const { plan, fields } = write
  refuseNullKey(dialect, write)
  const key = keyOf(dialect, write)
  const outputs = plan.outputs.map(o => o.scalar)
  const types = outputs.map((s, i) => (key.some(c => c.name === fields[i]) ? s.type : AS_READ))
  return ask(plan.rel, null, outputs, {
    order: plan.order,
    types,
    sample: [unknown(outputs)],
    isExact: false,
    then: found => {
      const { table, columns, returning, outcome } = write
      const rows = found.map(f => types.map((type, i) => literal({ type }, f.values[i])))
      return next({ table, columns, returning, outcome, tag: 'insert', fields, rows, conflict: null })
    },
  })
}

// --- Upsert -------------------------------------------------------------------------------------

/** A row that has null in the target meets no other: it is inserted. The others are read back by the target, if they were written. */
const upserting = (dialect: Dialect, given: Upsert): Steps => {
  const target = named(given.columns, given.conflict.target)
  return settled(
    given,
    (_, f) => given.conflict.target.includes(f),
    settledRows => {
      const write: Upsert = { ...settledRows, conflict: given.conflict }
      const values = (row: Row): readonly unknown[] =>
        target.map(c => {
          const s = row[write.fields.indexOf(c.name)]
          return s?.node.tag === 'literal' ? s.node.value : null
        })
      const meets = (row: Row): boolean => values(row).every(v => v !== null)
      const one = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps =>
        meets(rows[0] as Row)
          ? upsertingRows(dialect, { ...write, rows }, written =>
              readBack(dialect, write, target, written.map(values), { isOrdered: true, isLocked: true }, on)(before),
            )
          : inserting(dialect, { ...write, conflict: null, rows }, on)(before)
      return each(runs(write.rows, meets), one, done)([])
    },
  )
}

/** Goes on with the rows that were written. */
const upsertingRows = (dialect: Dialect, write: Upsert, next: (written: readonly Row[]) => Steps): Steps => {
  const bare: Upsert = { ...write, returning: null }
  if (upsertSteps(bare) === null) {
    const some = rowsIn(dialect, write.rows, most(dialect, write.fields.length))
    const whole = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps => ({
      tag: 'do',
      write: { ...bare, rows },
      then: () => on(before),
    })
    return each(some, whole, () => next(write.rows))([])
  }
  const one = (row: Row, written: readonly unknown[], on: Next): Steps => {
    const step = (print: PrintedWrite, affected: readonly unknown[], after: Next): Steps => ({
      tag: 'do',
      write: print,
      then: n => after([...affected, n]),
    })
    return each(stepsOf(bare, row), step, affected => on(affected.some(n => n !== 0) ? [...written, row] : written))([])
  }
  return each(write.rows, one, written => next(written as readonly Row[]))([])
}

// --- All ----------------------------------------------------------------------------------------

/** Whether the engine's own command answers no rows, so that steps have to. */
const needsSteps = (dialect: Dialect, write: Write): boolean => {
  const { returning } = dialect.writes
  if (write.returning === null) return false
  if (write.tag === 'delete') return !returning.delete || (returning.delete === 'unlessReferring' && keyIn(write.table) !== undefined)
  if (write.tag === 'update' || write.tag === 'updateFrom') return !returning.update
  if (!returning.insert) return true
  // where there are several, the one that wrote the row would have to answer it
  return (
    isUpsert(write) &&
    write.conflict.set !== null &&
    !dialect.writes.conflictOnTarget &&
    upsertSteps({ ...write, returning: null }) !== null
  )
}

/** The steps of a command; null where its statements answer by themselves. `chunked` are the parts of an update by given rows. */
export const returningSteps = (
  dialect: Dialect,
  write: Write,
  chunked: (write: By<'updateFrom'>) => readonly By<'updateFrom'>[],
): Steps | null => {
  if (!needsSteps(dialect, write)) return null
  switch (write.tag) {
    case 'delete':
      return deleting(dialect, write)
    case 'update':
      return updating(dialect, write, done)([])
    case 'updateFrom':
      return each(chunked(write), (part, rows, on) => updating(dialect, part, on)(rows), done)([])
    case 'insertPlain':
      return inserting(dialect, { ...write, tag: 'insert', rows: literalRows(write), conflict: null }, done)([])
    case 'insertFrom':
      return insertingFrom(dialect, write, w => inserting(dialect, w, done)([]))
    case 'insert':
      return isUpsert(write) ? upserting(dialect, write) : inserting(dialect, write, done)([])
  }
}
