/**
 * The state of a database with respect to migrations, and what a person settles: programs that perform no step.
 *
 * `status` reads the state and writes nothing. `baseline` adopts a database that already has what some migrations do; `resolve` settles a step of
 * SQL text that died half way, or one migration: it is as if it was applied, or as if it was not.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import { adopted, editedIn, historyProblem, NO_HISTORY, readState, type State, settled, unknownIn } from './history.js'
import type { Migration } from './Migration.js'
import { type Graph, graphOf, unknownName } from './migrationGraph.js'
import { type Holder, type LockOptions, readLock, withLock } from './migrationLock.js'
import {
  type Applied,
  addApplied,
  clearJournal,
  type Direction,
  haveTables,
  type JournalRow,
  removeApplied,
  writeJournal,
} from './migrationTables.js'
import { fenced } from './performMigration.js'
import { prepared } from './runMigrations.js'

/** A unit that a run that has ended had begun, and not completed. */
export interface HalfDone {
  readonly migration: string
  readonly direction: Direction
  /** Its place among the steps, from 0. */
  readonly step: number
}

/** The state of a database with respect to a list of migrations. */
export interface Status {
  readonly applied: readonly Applied[]
  /** The names of those that `up` would apply, in order. */
  readonly pending: readonly string[]
  /** Applied, and no longer what was applied. */
  readonly edited: readonly string[]
  /** Applied, and not in the list. */
  readonly unknown: readonly string[]
  /** Migrations that have begun and are not complete. */
  readonly incomplete: readonly string[]
  readonly halfDone: readonly HalfDone[]
  /** The runner that has the lock; null if it is free. */
  readonly holder: { readonly who: string; readonly since: Date } | null
}

type Answer<A> = Promise<E.Either<DbError, A>>

/** The state of the database. It creates nothing: a database that has no history has no applied migrations. */
export const status =
  (list: readonly Migration[]): Program<Db, DbError, Status> =>
  env =>
  async () => {
    const graph = graphOf(list)
    if (E.isLeft(graph)) return graph
    const there = await haveTables(env)()
    if (E.isLeft(there)) return there
    const read: E.Either<DbError, State> = there.right ? await readState(env) : E.right(NO_HISTORY)
    if (E.isLeft(read)) return read
    const state = settled(graph.right, read.right)
    const lock = there.right ? await readLock(env) : E.right(null)
    if (E.isLeft(lock)) return lock
    const { applied, journal } = state
    return E.right({
      applied: [
        ...graph.right.order.flatMap(m => applied.get(m.name) ?? []),
        ...[...applied.values()].filter(a => !graph.right.byName.has(a.name)),
      ],
      pending: graph.right.order.filter(m => !applied.has(m.name)).map(m => m.name),
      edited: editedIn(graph.right, state),
      unknown: unknownIn(graph.right, state),
      incomplete: [...new Set(journal.map(s => s.migration))],
      halfDone: journal
        .filter(s => s.state !== 'done')
        .map(s => ({ migration: s.migration, direction: s.direction as Direction, step: s.unit })),
      holder: lock.right?.token == null ? null : { who: `${lock.right.holder}`, since: lock.right.since as Date },
    })
  }

/** Runs `body` with the lock, the graph and the state. */
const settling =
  (
    list: readonly Migration[],
    options: LockOptions,
    body: (env: Db, graph: Graph, state: State, holder: Holder) => Answer<void>,
  ): Program<Db, DbError, void> =>
  env =>
  async () => {
    const graph = await prepared(env, list)
    if (E.isLeft(graph)) return graph
    return withLock(env, options, async holder => {
      const state = await readState(env)
      return E.isLeft(state) ? state : body(env, graph.right, settled(graph.right, state.right), holder)
    })
  }

const missingParent = (graph: Graph, names: readonly string[], { applied }: State): DbError | null => {
  for (const name of names)
    for (const parent of graph.byName.get(name)?.parents ?? [])
      if (!applied.has(parent) && !names.includes(parent)) {
        const reason = `"${name}" builds on "${parent}", which is not applied: settle that one first, or both together`
        return migrationError('malformed', [name, parent], reason)
      }
  return null
}

/** Writes migrations into the history without performing them: the database already has what they do. */
export const baseline = (list: readonly Migration[], names: readonly string[], options: LockOptions = {}): Program<Db, DbError, void> =>
  settling(list, options, async (env, graph, state, holder) => {
    const unknown = names.find(n => !graph.byName.has(n))
    if (unknown !== undefined) return E.left(unknownName(unknown, graph.byName.keys()))
    const problem = historyProblem(graph, state) ?? missingParent(graph, names, state)
    if (problem !== null) return E.left(problem)
    return fenced(env, holder, async tx => {
      for (const { name } of graph.order.filter(m => names.includes(m.name) && !state.applied.has(m.name))) {
        const added = await addApplied(adopted(graph, name, holder))({ db: tx })()
        if (E.isLeft(added)) return added
      }
      return E.right(undefined)
    })
  })

/** Settles the unit of a migration that was begun: it is done, or it is not, and the next run continues accordingly. */
const resolveUnit = (env: Db, holder: Holder, row: JournalRow, as: 'done' | 'undone'): Answer<void> => {
  const { migration, unit } = row
  return fenced(env, holder, tx =>
    (as === 'done' ? writeJournal({ ...row, state: 'done', before: null }) : clearJournal(migration, unit))({ db: tx })(),
  )
}

/**
 * Settles what a person has looked at. If a step of the migration was begun and is not complete, that step counts as done or undone, and `up` or
 * `down` continues from there. Otherwise the whole migration does: it is written into the history, or removed from it.
 */
export const resolve = (
  list: readonly Migration[],
  name: string,
  as: 'done' | 'undone',
  options: LockOptions = {},
): Program<Db, DbError, void> =>
  settling(list, options, async (env, graph, state, holder) => {
    const { applied, journal } = state
    const rows = journal.filter(s => s.migration === name)
    const open = rows.find(s => s.state !== 'done')
    if (open !== undefined) return resolveUnit(env, holder, open, as)
    if (!graph.byName.has(name) && !(as === 'undone' && applied.has(name)))
      return E.left(unknownName(name, [...graph.byName.keys(), ...applied.keys()]))
    if (rows.length > 0) {
      const way = rows[0]?.direction ?? 'up'
      return E.left(migrationError('halfDone', [name], `no step of "${name}" is in doubt: continue with ${way}`))
    }
    if (applied.has(name) === (as === 'done')) return E.right(undefined)
    if (as === 'done') {
      const problem = missingParent(graph, [name], state)
      return problem === null ? fenced(env, holder, tx => addApplied(adopted(graph, name, holder))({ db: tx })()) : E.left(problem)
    }
    const child = graph.order.find(m => m.parents.includes(name) && applied.has(m.name))
    if (child !== undefined) {
      const reason = `"${child.name}" is applied and builds on "${name}": settle that one first`
      return E.left(migrationError('malformed', [name, child.name], reason))
    }
    return fenced(env, holder, tx => removeApplied(name)({ db: tx })())
  })
