/**
 * Commands that return the rows they changed, as steps.
 *
 * The rows to be written are locked and read, and after them the rows that foreign keys may change (`followSteps`). Then the rows are written
 * by their keys, and all that remain are read back by the keys that they have now. Inserted rows are those that the engine returns, or
 * they are read back like those of `returning`. An upsert locks the rows that have the values of its target; a row that appears between the two
 * is a serialization failure where the engine tells.
 *
 * Law: the result is `changes` of the model, as a bag.
 */
import { childrenFirst } from '../../core/schema/childrenFirst.js'
import { type Following, followingOf } from '../../core/schema/following.js'
import type { References } from '../../core/schema/ReferenceImage.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { columnName } from '../../core/table/Table.js'
import { refuse, serializationFailure } from '../../core/value/DbError.js'
import { both } from '../../plan/conditions.js'
import type { Named, RowPlan, Scalar } from '../../plan/Rel.js'
import { type By, expressionRows, type Insert, type PrintedWrite, type Write, withExpressions } from '../../plan/writePlan.js'
import { rowsIn } from '../chunks.js'
import type { Dialect } from '../Dialect.js'
import { matchedRel, newKey, parts, writesWhole } from '../returning/changeSteps.js'
import { inserting, insertingFrom, precompute } from '../returning/insertSteps.js'
import { filtered, rowsLost } from '../returning/readSteps.js'
import { type BatchStatement, type BatchStep, forEach, type Next, type Row, rowsPerStatement, type Steps } from '../returning/Steps.js'
import { hasKey, literals } from '../returning/stepKeys.js'
import { upserting } from '../returning/upsertReturning.js'
import { isUpsert, type Upsert } from '../updateThenInsert.js'
import { type Found, lockFollowing, type Scope as Reached, readFollowing, scopeOf } from './followSteps.js'
import {
  type Cells,
  type CellsChange,
  cellsOf,
  type Imaged,
  identityAt,
  imaged,
  lockRows,
  lockRowsWith,
  placesOf,
  rowChanges,
  scanOf,
  valuesAt,
  wholeRow,
} from './Imaged.js'

/** What is known of the tables that a command may change: their declarations, and the foreign keys of the database. */
export interface ImageOptions {
  readonly tables: readonly AnyTable[]
  readonly references: References
}

/** The fields that a write sets in existing rows. */
const setFields = (write: Write): readonly string[] => {
  if (write.tag === 'update' || write.tag === 'updateFrom') return write.set.map(([f]) => f)
  return isUpsert(write) ? (write.conflict.set ?? []).map(([f]) => f) : []
}

/** The tables and keys by which a write changes rows. Refuses what is not declared. */
const followingOfWrite = (write: Write, { tables, references }: ImageOptions): Following => {
  const sets = new Set(setFields(write).map(f => columnName(write.table, f)))
  return followingOf(references, write.table, tables, { deletes: write.tag === 'delete', sets })
}

/** The tables and keys, and the statements that move sequences in the end. */
interface Scope extends Reached {
  readonly after: PlainSteps['after']
}

/** What the steps use of commands without images. */
export interface PlainSteps {
  /** Splits an update by given rows. */
  readonly chunked: (write: By<'updateFrom'>) => readonly By<'updateFrom'>[]
  /** The statements of an insert whose engine returns the rows. */
  readonly batch: (write: Write) => BatchStep
  /** The statements that move sequences behind keys that the write gives. */
  readonly after: readonly BatchStatement[]
}

/** Ends the steps, after the statements that move sequences. */
const ended = ({ references, after }: Scope, changes: readonly CellsChange[]): Steps => {
  const end = { tag: 'rows', rows: childrenFirst(references, rowChanges(changes)) } as const
  return after.length === 0 ? end : { tag: 'batch', statements: after, returning: null, end: () => end }
}

/** Reads back what followed from written rows, and ends the steps. */
const finish = (dialect: Dialect, scope: Scope, own: readonly CellsChange[], found: readonly Found[]): Steps =>
  readFollowing(
    dialect,
    scope,
    own.filter(c => c.before !== null),
    found,
    followers => ended(scope, [...own, ...followers]),
  )

const keyColumns = ({ columns, key }: Imaged): readonly Named[] => key.map(i => columns[i] as Named)

const deleting = (dialect: Dialect, write: By<'delete'>, scope: Scope): Steps => {
  const { own } = scope
  const key = keyColumns(own)
  return lockRows(own, filtered(scanOf(own), write.where), [], rows => {
    const cells = rows.map(r => r.cells)
    return lockFollowing(dialect, scope, { at: own, rows: cells, deletes: true, sets: [] }, found => {
      const keys = cells.map(c => literals(key, valuesAt(c, own.key)))
      const remove = (some: readonly (readonly Scalar[])[], before: readonly unknown[], on: Next): Steps => ({
        tag: 'write',
        write: { ...write, where: hasKey(key, some), returning: null },
        then: () => on(before),
      })
      const changes = cells.map((before): CellsChange => ({ at: own, before, after: null }))
      return forEach(parts(keys, rowsPerStatement(dialect, key.length)), remove, () => finish(dialect, scope, changes, found))([])
    })
  })
}

/** A row that an update writes, and its key afterwards. */
interface Updated {
  readonly cells: Cells
  readonly key: Cells
}

type Updating = By<'update' | 'updateFrom'>

/** The rows that an update writes: in parts, where given rows are several statements. */
const updating = (dialect: Dialect, whole: Updating, pieces: readonly Updating[], scope: Scope): Steps => {
  const { own } = scope
  const key = keyColumns(own)
  const setsKey = whole.set.some(([f]) => key.some(c => c.name === f))
  const lock = (i: number, locked: readonly (readonly Updated[])[], next: (all: readonly (readonly Updated[])[]) => Steps): Steps => {
    const piece = pieces[i]
    if (piece === undefined) return next(locked)
    const after = newKey(dialect, piece, key, 'the changes of')
    return lockRows(own, filtered(matchedRel(piece), piece.where), setsKey ? after : [], rows =>
      lock(i + 1, [...locked, rows.map(r => ({ cells: r.cells, key: setsKey ? r.more : valuesAt(r.cells, own.key) }))], next),
    )
  }
  const written = (piece: Updating, rows: readonly Updated[], next: () => Steps): Steps => {
    const keys = rows.map(r => literals(key, valuesAt(r.cells, own.key)))
    const size = writesWhole(piece, setsKey) ? Math.max(1, keys.length) : rowsPerStatement(dialect, key.length)
    const update = (some: readonly (readonly Scalar[])[], before: readonly unknown[], on: Next): Steps => {
      const where = hasKey(key, some)
      return piece.tag === 'update'
        ? { tag: 'write', write: { ...piece, where, returning: null }, then: () => on(before) }
        : {
            tag: 'write',
            write: { ...piece, where: both(piece.where, where), returning: null },
            // the rows of the query have changed since
            then: affected => (affected === some.length ? on(before) : refuse(serializationFailure())),
          }
    }
    return forEach(parts(keys, size), update, next)([])
  }
  return lock(0, [], locked => {
    const all = locked.flat()
    const first = { at: own, rows: all.map(r => r.cells), deletes: false, sets: whole.set.map(([f]) => f) }
    return lockFollowing(dialect, scope, first, found => {
      const write = (i: number): Steps => {
        const piece = pieces[i]
        if (piece !== undefined) return written(piece, locked[i] ?? [], () => write(i + 1))
        const types = key.map(c => c.type)
        return lockRowsWith(
          dialect,
          own,
          own.key,
          all.map(r => r.key),
          types,
          rows => {
            const at = new Map(rows.map(cells => [identityAt(own, cells, own.key), cells]))
            const identity = identityOfKey(own)
            const changes = all.map((r): CellsChange => ({ at: own, before: r.cells, after: at.get(identity(r.key)) ?? rowsLost(dialect) }))
            return finish(dialect, scope, changes, found)
          },
        )
      }
      return write(0)
    })
  })
}

/** A text that identifies a row by the values of its key. */
const identityOfKey = (at: Imaged) => {
  const key: Imaged = { ...at, columns: keyColumns(at), key: at.key.map((_, i) => i) }
  return (values: Cells): string | null => identityAt(key, values, key.key)
}

/** Whether the row of an upsert was inserted, as an expression of the engine. */
const insertedFlag = (text: string): Scalar => ({
  node: { tag: 'raw', text: [text], args: [] },
  type: { sql: { tag: 'boolean' }, nullable: false, refine: null },
})

/** A row that a write has returned; whether it was inserted is null where the engine does not tell. */
interface Returned {
  readonly cells: Cells
  readonly isInserted: boolean | null
}

/** A write whose engine returns the written rows. */
const returningRows = (dialect: Dialect, write: PrintedWrite, own: Imaged, next: (rows: readonly Returned[]) => Steps): Steps => {
  const flag = isUpsert(write) && dialect.writes.wasInserted !== null ? insertedFlag(dialect.writes.wasInserted) : null
  const { outputs, row } = wholeRow(own)
  const fields: readonly (readonly [string, RowPlan])[] = [
    ['row', row],
    ...(flag === null ? [] : [['flag', { tag: 'cell', index: outputs.length, path: ['flag'], type: flag.type }] as const]),
  ]
  const returning = {
    outputs: flag === null ? outputs : [...outputs, { path: ['flag'], scalar: flag }],
    row: { tag: 'record', fields } as const,
  }
  return {
    tag: 'returning',
    write: { ...write, returning },
    sample: [{ answer: { row: Object.fromEntries(own.columns.map(c => [c.name, undefined])), flag: true }, values: [] }],
    then: found =>
      next(
        found.map(({ answer }) => {
          const { row: whole, flag: isInserted = null } = answer as { readonly row: unknown; readonly flag?: boolean }
          return { cells: cellsOf(own, whole), isInserted }
        }),
      ),
  }
}

/** Rows of an insert or upsert, in as many statements as the limits of the engine require. */
const returningParts = (dialect: Dialect, write: Insert, own: Imaged, next: (rows: readonly Returned[]) => Steps): Steps => {
  const size = write.fields.length === 0 ? 1 : rowsPerStatement(dialect, write.fields.length)
  const part = (rows: readonly Row[], before: readonly unknown[], on: Next): Steps =>
    returningRows(dialect, { ...write, rows: expressionRows(rows) }, own, found => on([...before, ...found]))
  return forEach(rowsIn(dialect, write.rows.rows, size), part, rows => next(rows as readonly Returned[]))([])
}

/** An insert: of rows, or of a query. */
const insertingImages = (dialect: Dialect, write: By<'insert' | 'insertFrom'>, own: Imaged, { batch }: PlainSteps): Steps => {
  const whole = { ...write, returning: wholeRow(own) }
  const end = (rows: readonly unknown[]): { readonly tag: 'rows'; readonly rows: readonly unknown[] } => ({
    tag: 'rows',
    rows: rowChanges(rows.map((row): CellsChange => ({ at: own, before: null, after: cellsOf(own, row) }))),
  })
  if (dialect.writes.returning.insert) return { ...batch(whole), end: ({ rows }) => end(rows) }
  const insert = (w: Insert): Steps => (w.rows.rows.length === 0 ? end([]) : inserting(dialect, w, end)([]))
  return whole.tag === 'insert' ? insert(withExpressions(whole)) : insertingFrom(dialect, whole, insert)
}

/** An upsert: locks the rows that have a target of its rows, and what refers to them, and upserts. */
const upsertingImages = (dialect: Dialect, given: Upsert, scope: Scope): Steps => {
  const { own } = scope
  const { target, set } = given.conflict
  const places = placesOf(own, target)
  const types = places.map(i => (own.columns[i] as Named).type)
  return precompute(
    given,
    (_, f) => target.includes(f),
    computed => {
      const write: Upsert = { ...computed, conflict: given.conflict }
      const offered = write.rows.rows.map(row =>
        target.map(f => {
          const s = row[write.fields.indexOf(f)]
          return s?.node.tag === 'literal' ? s.node.value : null
        }),
      )
      const targets = offered.filter(values => values.every(v => v !== null))
      return lockRowsWith(dialect, own, places, targets, types, before => {
        const existing = new Map(before.map(cells => [identityAt(own, cells, places), cells]))
        const first = { at: own, rows: set === null ? [] : before, deletes: false, sets: (set ?? []).map(([f]) => f) }
        return lockFollowing(dialect, scope, first, found => {
          const end = (rows: readonly Returned[]): Steps => {
            const changes = rows.map(({ cells, isInserted }): CellsChange => {
              const id = identityAt(own, cells, places)
              const old = id === null ? null : (existing.get(id) ?? null)
              // another transaction has inserted the row after it was not found
              if (old === null && isInserted === false) refuse(serializationFailure())
              return { at: own, before: old, after: cells }
            })
            return finish(dialect, scope, changes, found)
          }
          if (dialect.writes.conflictOnTarget) return returningParts(dialect, write, own, end)
          return upserting(dialect, { ...write, returning: wholeRow(own) }, rows =>
            end(rows.map(row => ({ cells: cellsOf(own, row), isInserted: null }))),
          )
        })
      })
    },
  )
}

/** The steps of a command that returns its changes. Refuses tables that are not declared. */
export const imageSteps = (dialect: Dialect, write: Write, options: ImageOptions, plain: PlainSteps): Steps => {
  const following = followingOfWrite(write, options)
  const own = imaged(following.own, write.table, write.columns)
  const scope = { ...scopeOf(following, options.references, own, imaged), after: plain.after }
  switch (write.tag) {
    case 'delete':
      return deleting(dialect, write, scope)
    case 'update':
      return updating(dialect, write, [write], scope)
    case 'updateFrom':
      return updating(dialect, write, plain.chunked(write), scope)
    case 'insertFrom':
      return insertingImages(dialect, write, own, plain)
    case 'insert':
      return isUpsert(write) ? upsertingImages(dialect, write, scope) : insertingImages(dialect, write, own, plain)
  }
}
