/**
 * DELETE and UPDATE that return rows, as steps.
 *
 * The rows are locked and read first, and then written by their keys, so that the rows that are returned are those that are written.
 * An update that sets the key reads the new key with the old one; it has to be a value that is the same before and after
 * the update, and is refused otherwise.
 */
import { FUNCTIONS } from '../../core/expr/functions.js'
import { refuse, serializationFailure, unsupported } from '../../core/value/DbError.js'
import { both, column } from '../../plan/conditions.js'
import { hasQuery } from '../../plan/mentions.js'
import type { Named, Output, Rel, Scalar } from '../../plan/Rel.js'
import { mapScalar } from '../../plan/walk.js'
import type { By } from '../../plan/writePlan.js'
import { chunks } from '../chunks.js'
import type { Dialect } from '../Dialect.js'
import { filtered, readBack, readStep, refs, scan, unknown } from './readSteps.js'
import { done, forEach, type Next, rowsPerStatement, type Steps } from './Steps.js'
import { hasKey, keyOf, literals } from './stepKeys.js'

const FOUND = { isOrdered: false, isLocked: true }

/** The keys in parts. There is always a first part, also without keys: the engine may refuse the write. */
export const parts = <A>(keys: readonly A[], size: number): readonly (readonly A[])[] => (keys.length === 0 ? [[]] : chunks(keys, size))

/** A delete: locks and reads the rows, then deletes them by their keys. */
export const deleting = (dialect: Dialect, write: By<'delete'>): Steps => {
  const key = keyOf(dialect, write)
  return readStep(filtered(scan(write), write.where), write.returning, refs(key), {
    of: (key[0] as Named).id,
    sample: [unknown(key)],
    isExact: false,
    then: found => {
      const keys = found.map(f => literals(key, f.values))
      const remove = (some: readonly (readonly Scalar[])[], rows: readonly unknown[], on: Next): Steps => ({
        tag: 'write',
        write: { ...write, where: hasKey(key, some), returning: null },
        then: () => on(rows),
      })
      return forEach(parts(keys, rowsPerStatement(dialect, key.length)), remove, done)(found.map(f => f.answer))
    },
  })
}

/** Whether a scalar has one value throughout the transaction. */
const isStable = (s: Scalar): boolean => {
  let stable = true
  const walk = (x: Scalar): Scalar => {
    if (x.node.tag === 'raw' || x.node.tag === 'printed' || (x.node.tag === 'call' && FUNCTIONS[x.node.fn].stable !== 'always'))
      stable = false
    return stable ? mapScalar(x, { scalar: walk, plan: p => p }) : x
  }
  walk(s)
  return stable && !hasQuery(s)
}

/** The key after the update, computed before it; `what` names the request in a refusal. */
export const newKey = (
  dialect: Dialect,
  write: By<'update' | 'updateFrom'>,
  key: readonly Named[],
  what = 'returning from',
): readonly Scalar[] => {
  const set = new Map(write.set)
  const isGiven = write.tag === 'update' || write.source.rel.tag === 'values'
  return key.map(c => {
    const value = set.get(c.name)
    if (value === undefined) return column(c.id, c.type)
    if (isGiven && isStable(value)) return value
    return refuse(
      unsupported(
        `${what} an update that sets ${c.name}, of the key, to a value that may change before the update`,
        dialect.name,
        'query the value first, and set it as a literal',
      ),
    )
  })
}

/** Whether an update is one statement: its first part might change a key, or what a query reads. */
export const writesWhole = (write: By<'update' | 'updateFrom'>, setsKey: boolean): boolean =>
  write.tag === 'updateFrom' || setsKey || write.set.some(([, s]) => hasQuery(s))

/** The rows that an update is about: those of the table, each with the row of the query where there is one. */
export const matchedRel = (write: By<'update' | 'updateFrom'>): Rel =>
  write.tag === 'update'
    ? scan(write)
    : {
        tag: 'join',
        kind: 'inner',
        left: scan(write),
        right: {
          tag: 'derive',
          input: write.source.rel,
          columns: write.matched.map((c, i) => ({ id: c.id, name: c.name, scalar: (write.source.outputs[i] as Output).scalar })),
        },
        on: null,
        name: null,
      }

/** An update: locks and reads the keys, updates by them, and reads the rows back. */
export const updating = (dialect: Dialect, write: By<'update' | 'updateFrom'>, next: Next): Next => {
  const key = keyOf(dialect, write)
  const after = newKey(dialect, write, key)
  const setsKey = write.set.some(([f]) => key.some(c => c.name === f))
  const isWhole = writesWhole(write, setsKey)
  return rows =>
    readStep(filtered(matchedRel(write), write.where), null, [...refs(key), ...(setsKey ? after : [])], {
      of: (key[0] as Named).id,
      sample: [unknown(setsKey ? [...key, ...after] : key)],
      isExact: false,
      then: found => {
        const keys = found.map(f => literals(key, f.values))
        const update = (some: readonly (readonly Scalar[])[], before: readonly unknown[], on: Next): Steps => {
          const where = hasKey(key, some)
          return write.tag === 'update'
            ? { tag: 'write', write: { ...write, where, returning: null }, then: () => on(before) }
            : {
                tag: 'write',
                write: { ...write, where: both(write.where, where), returning: null },
                // the rows of the query have changed since
                then: affected => (affected === some.length ? on(before) : refuse(serializationFailure())),
              }
        }
        const now = found.map(f => f.values.slice(setsKey ? key.length : 0))
        const size = isWhole ? Math.max(1, keys.length) : rowsPerStatement(dialect, key.length)
        return forEach(parts(keys, size), update, readBack(dialect, write, key, now, FOUND, next))(rows)
      },
    })
}
