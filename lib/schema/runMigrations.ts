/**
 * Migrations as programs: applying, undoing, and the state of a database.
 *
 * `up(list)` applies the migrations of a list that are not applied, each after those that it builds on; `down` undoes applied ones, last first.
 * `status` reads the state and writes nothing. `baseline` adopts a database that already has what some migrations do; `resolve` settles a step that
 * died half way, or one migration. Nothing is dropped that no step drops.
 *
 * A list that is wrong (names, parents, heads), a history that is not that of the list (edited, newer than the code), and steps that are not
 * allowed are refused before anything is performed, with a `MigrationError`; a lock that is not had in time is `Locked`.
 *
 * Laws: `up` twice is `up` once, and the second one yields no names; `down({ to: null })` after `up` leaves the schema that was there.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import type { Migration } from './Migration.js'
import type { MigrationStep } from './MigrationStep.js'
import { ancestry, type Graph, graphOf, unknownName } from './migrationGraph.js'
import { type Holder, type LockOptions, readLock, withLock } from './migrationLock.js'
import {
  type Applied,
  addApplied,
  appliedMigrations,
  clearJournal,
  type Direction,
  ensureTables,
  haveTables,
  type JournalRow,
  journalRows,
  removeApplied,
  writeJournal,
} from './migrationTables.js'
import { fenced, performMigration } from './performMigration.js'

/** Whether a step may be performed on an engine: null, or why not. */
export type Allow = (step: MigrationStep, migration: Migration, engine: string) => string | null

/** The options of `up`. */
export interface UpOptions extends LockOptions {
  /** The last migration to apply, with all that it builds on. Default: all. */
  readonly to?: string
  /** Default: every step is allowed. */
  readonly allow?: Allow
}

/** The options of `down`. */
export interface DownOptions extends LockOptions {
  /** How many migrations to undo. Default: 1. */
  readonly count?: number
  /** Undo all but this one and those that it builds on; null undoes all. */
  readonly to?: string | null
  /** Default: every step is allowed. */
  readonly allow?: Allow
}

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

interface State {
  readonly applied: ReadonlyMap<string, Applied>
  readonly journal: readonly JournalRow[]
}

const readState = async (env: Db): Answer<State> => {
  const applied = await appliedMigrations(env)()
  if (E.isLeft(applied)) return applied
  const journal = await journalRows(env)()
  return E.map((rows: readonly JournalRow[]) => ({ applied: new Map(applied.right.map(a => [a.name, a])), journal: rows }))(journal)
}

const quoted = (names: readonly string[]): string => names.map(n => `"${n}"`).join(', ')

const editedIn = ({ checksums }: Graph, { applied }: State): readonly string[] =>
  [...applied.values()].filter(a => (checksums.get(a.name) ?? a.checksum) !== a.checksum).map(a => a.name)

const unknownIn = ({ byName }: Graph, { applied, journal }: State): readonly string[] => [
  ...new Set([...applied.keys(), ...journal.map(s => s.migration)].filter(n => !byName.has(n))),
]

/** Why the history is not one of the list. */
const historyProblem = (graph: Graph, state: State): DbError | null => {
  const ahead = unknownIn(graph, state)
  if (ahead.length > 0) {
    const reason = `the database has migrations that the code does not have (${quoted(ahead)}): deploy the code that has them`
    return migrationError('ahead', ahead, reason)
  }
  const edited = editedIn(graph, state)
  if (edited.length === 0) return null
  const reason = `migrations have been edited after they were applied (${quoted(edited)}): restore them, and describe the change in a new migration`
  return migrationError('edited', edited, reason)
}

/** Refuses to go one way while a migration is half way in the other. */
const otherWay = (state: State, direction: Direction, among: readonly Migration[]): DbError | null => {
  const row = state.journal.find(s => s.direction !== direction || !among.some(m => m.name === s.migration))
  if (row === undefined) return null
  const way = row.direction === 'up' ? 'applied' : 'undone'
  const reason = `"${row.migration}" was not completely ${way} by a run that has ended: continue with ${row.direction}, or resolve it`
  return migrationError('halfDone', [row.migration], reason, row.unit)
}

const notAllowed = (migrations: readonly Migration[], direction: Direction, allow: Allow, engine: string): DbError | null => {
  for (const m of migrations) {
    const steps = direction === 'up' ? m.up : 'tag' in m.down ? [] : m.down
    for (const [i, step] of steps.entries()) {
      const reason = allow(step, m, engine)
      if (reason !== null)
        return migrationError('notAllowed', [m.name], `migration "${m.name}", step ${i + 1} is not allowed: ${reason}`, i)
    }
  }
  return null
}

/** Migrations that have begun come first. */
const begunFirst = (migrations: readonly Migration[], { journal }: State): readonly Migration[] => {
  const isBegun = (m: Migration): boolean => journal.some(s => s.migration === m.name)
  return [...migrations.filter(isBegun), ...migrations.filter(m => !isBegun(m))]
}

/** Those that a run would perform, or why it can't. */
type Plan = (graph: Graph, state: State) => E.Either<DbError, readonly Migration[]>

const planned = (
  graph: Graph,
  state: State,
  plan: Plan,
  direction: Direction,
  allow: Allow | undefined,
  engine: string,
): ReturnType<Plan> => {
  const problem = historyProblem(graph, state)
  if (problem !== null) return E.left(problem)
  const due = plan(graph, state)
  if (E.isLeft(due)) return due
  const refused = otherWay(state, direction, due.right) ?? (allow === undefined ? null : notAllowed(due.right, direction, allow, engine))
  return refused === null ? E.right(begunFirst(due.right, state)) : E.left(refused)
}

const performAll = async (
  env: Db,
  graph: Graph,
  holder: Holder,
  state: State,
  due: readonly Migration[],
  direction: Direction,
): Answer<void> => {
  for (const migration of due) {
    const journal = state.journal.filter(s => s.migration === migration.name)
    const checksum = graph.checksums.get(migration.name) as string
    const done = await performMigration(env, { migration, checksum, direction, holder, journal })
    if (E.isLeft(done)) return done
  }
  return E.right(undefined)
}

/** The graph of a list, once the database has the tables of the history. */
const prepared = async (env: Db, list: readonly Migration[]): Answer<Graph> => {
  const graph = graphOf(list)
  if (E.isLeft(graph)) return graph
  const ensured = await ensureTables(env)()
  return E.isLeft(ensured) ? ensured : graph
}

const performing =
  (
    list: readonly Migration[],
    options: LockOptions & { readonly allow?: Allow },
    direction: Direction,
    plan: Plan,
  ): Program<Db, DbError, readonly string[]> =>
  env =>
  async () => {
    const graph = await prepared(env, list)
    if (E.isLeft(graph)) return graph
    const decide = async (): Answer<{ readonly state: State; readonly due: readonly Migration[] }> => {
      const state = await readState(env)
      if (E.isLeft(state)) return state
      const due = planned(graph.right, state.right, plan, direction, options.allow, env.db.capabilities.engine)
      return E.isLeft(due) ? due : E.right({ state: state.right, due: due.right })
    }
    // most runs find nothing to do, and need no lock to see it
    const first = await decide()
    if (E.isRight(first) && first.right.due.length === 0) return E.right([])
    return withLock(env, options, async holder => {
      const now = await decide()
      if (E.isLeft(now)) return now
      const { state, due } = now.right
      const done = await performAll(env, graph.right, holder, state, due, direction)
      return E.isLeft(done) ? done : E.right(due.map(m => m.name))
    })
  }

/** Applies the migrations that are not applied, and yields their names in the order in which they were applied. */
export const up = (list: readonly Migration[], options: UpOptions = {}): Program<Db, DbError, readonly string[]> =>
  performing(list, options, 'up', (graph, { applied }) => {
    const { to } = options
    if (to !== undefined && !graph.byName.has(to)) return E.left(unknownName(to, graph.byName.keys()))
    const wanted = to === undefined ? null : ancestry(graph, to)
    return E.right(graph.order.filter(m => !applied.has(m.name) && (wanted === null || wanted.has(m.name))))
  })

/** Undoes applied migrations, last first, and yields their names in that order. Refused if one of them has no inverse. */
export const down = (list: readonly Migration[], options: DownOptions = {}): Program<Db, DbError, readonly string[]> =>
  performing(list, options, 'down', (graph, { applied }) => {
    const { to, count = 1 } = options
    if (typeof to === 'string' && !graph.byName.has(to)) return E.left(unknownName(to, graph.byName.keys()))
    const kept = typeof to === 'string' ? ancestry(graph, to) : new Set<string>()
    const last = graph.order.filter(m => applied.has(m.name) && !kept.has(m.name)).reverse()
    const due = to === undefined ? last.slice(0, count) : last
    for (const m of due)
      if ('tag' in m.down) return E.left(migrationError('irreversible', [m.name], `"${m.name}" can't be undone: ${m.down.reason}`))
    return E.right(due)
  })

/** The state of the database. It creates nothing: a database that has no history has no applied migrations. */
export const status =
  (list: readonly Migration[]): Program<Db, DbError, Status> =>
  env =>
  async () => {
    const graph = graphOf(list)
    if (E.isLeft(graph)) return graph
    const there = await haveTables(env)()
    if (E.isLeft(there)) return there
    const state: E.Either<DbError, State> = there.right ? await readState(env) : E.right({ applied: new Map(), journal: [] })
    if (E.isLeft(state)) return state
    const lock = there.right ? await readLock(env) : E.right(null)
    if (E.isLeft(lock)) return lock
    const { applied, journal } = state.right
    return E.right({
      applied: [...applied.values()],
      pending: graph.right.order.filter(m => !applied.has(m.name)).map(m => m.name),
      edited: editedIn(graph.right, state.right),
      unknown: unknownIn(graph.right, state.right),
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
      return E.isLeft(state) ? state : body(env, graph.right, state.right, holder)
    })
  }

const adopted = (graph: Graph, name: string, { who, token }: Holder): Omit<Applied, 'appliedAt'> => ({
  name,
  checksum: graph.checksums.get(name) as string,
  duration: 0,
  who,
  token,
})

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
  const { migration, direction, unit, checksum } = row
  return fenced(env, holder, tx =>
    (as === 'done' ? writeJournal({ migration, direction, unit, checksum, state: 'done' }) : clearJournal(migration, unit))({ db: tx })(),
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
