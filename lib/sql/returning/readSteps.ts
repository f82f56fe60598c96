/**
 * Queries as steps: reading the rows of a table before a write, and reading back what was written.
 *
 * `readBack` reads rows by the keys that they were written with, in as many statements as their parameters need. Rows that are not
 * found there were moved by something else than the command, a trigger for example: that is refused, since what
 * was written can't be returned.
 */
import type { ExprType } from '../../core/syntax/Syntax.js'
import { identityIn } from '../../core/value/Canonical.js'
import { refuse, unsupported } from '../../core/value/DbError.js'
import { column } from '../../plan/conditions.js'
import type { Named, Output, Rel, Scalar, SortKey } from '../../plan/Rel.js'
import type { Write } from '../../plan/writePlan.js'
import { chunks } from '../chunks.js'
import type { Dialect } from '../Dialect.js'
import { type FoundRow, forEach, type Next, type ReadStep, rowsPerStatement, type Steps } from './Steps.js'
import { hasKey, literals } from './stepKeys.js'

/** A query whose outputs are those of `answer`, and then these. */
export const readStep = (
  rel: Rel,
  returned: Write['returning'],
  outputs: readonly Scalar[],
  more: Pick<ReadStep, 'sample' | 'isExact' | 'then'> & {
    readonly from?: number
    readonly order?: readonly SortKey[]
    readonly of?: number
    readonly types?: readonly ExprType[]
  },
): ReadStep => {
  const { from = 0, order = [], of, types = outputs.map(o => o.type), sample, isExact, then } = more
  const own: readonly Output[] = returned?.outputs ?? []
  return {
    tag: 'read',
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

/** A sample row whose values are not known. */
export const unknown = (outputs: readonly unknown[]): FoundRow => ({ answer: undefined, values: outputs.map(() => undefined) })

/** The table of a write. */
export const scan = ({ table, columns }: Write): Rel => ({ tag: 'scan', table, columns })

/** A relation under a condition; null is none. */
export const filtered = (input: Rel, predicate: Scalar | null): Rel => (predicate === null ? input : { tag: 'filter', input, predicate })

/** Columns as expressions. */
export const refs = (columns: readonly Named[]): readonly Scalar[] => columns.map(c => column(c.id, c.type))

/** How rows are read back. */
interface Reading {
  /** Whether the rows are in the order of the keys. */
  readonly isOrdered: boolean
  /** Whether the current version of the rows is read: a write that changes nothing leaves a row in the snapshot of the transaction. */
  readonly isLocked: boolean
}

/** Reads the rows that have these values in some columns. */
export const readBack = (
  dialect: Dialect,
  write: Write,
  by: readonly Named[],
  keys: readonly (readonly unknown[])[],
  { isOrdered, isLocked }: Reading,
  next: Next,
): Next => {
  const identity = (values: readonly unknown[]): string => JSON.stringify(by.map((c, i) => identityIn(c.type.sql, values[i])))
  const inOrder = (some: typeof keys, found: readonly FoundRow[]): readonly FoundRow[] => {
    const at = new Map(found.map(f => [identity(f.values), f]))
    return some.map(k => at.get(identity(k)) ?? rowsLost(dialect))
  }
  const part = (some: typeof keys, rows: readonly unknown[], on: Next): Steps => {
    const keyed = some.map(k => literals(by, k))
    return readStep(filtered(scan(write), hasKey(by, keyed)), write.returning, isOrdered ? refs(by) : [], {
      from: rows.length,
      ...(isLocked ? { of: (by[0] as Named).id } : {}),
      sample: some.map(values => ({ answer: undefined, values })),
      isExact: true,
      then: found => on([...rows, ...(isOrdered && some.length > 1 ? inOrder(some, found) : found).map(f => f.answer)]),
    })
  }
  return forEach(chunks(keys, rowsPerStatement(dialect, by.length)), part, next)
}

/** Refuses a command whose rows are not found by the keys that were written. */
export const rowsLost = (dialect: Dialect): never =>
  refuse(
    unsupported('returning rows that are not found by the key that was written', dialect.name, 'is there a trigger that changes the key?'),
  )
