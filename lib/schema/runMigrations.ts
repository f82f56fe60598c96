/**
 * Migrations as programs: applying, undoing, and the state of a database.
 *
 * `up(list)` applies the migrations of a list that are not applied, each after those that it builds on; `down` undoes applied ones, last first.
 * Nothing is dropped that no step drops. The state of a database is read by `status`, and settled by `baseline` and `resolve`.
 *
 * A list that is wrong (names, parents, heads), a history that is not that of the list (edited, newer than the code), and steps that are not
 * allowed are refused before anything is performed, with a `MigrationError`; a lock that is not had in time is `Locked`.
 *
 * Laws: `up` twice is `up` once, and the second one yields no names; `down({ to: null })` after `up` leaves the schema that was there.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import { waitingForLocks } from '../program/waitingForLocks.js'
import { type Forms, formsOf } from './allowance.js'
import type { HazardKind } from './hazards.js'
import { historyProblem, readState, replacing, rewrite, type State, settled } from './history.js'
import type { Migration } from './Migration.js'
import { quietly, type Report } from './MigrationEvent.js'
import { type Graph, graphOf, irreversible, pendingIn, undoneIn } from './migrationGraph.js'
import { type Holder, type LockOptions, withLock } from './migrationLock.js'
import { type Direction, ensureTables } from './migrationTables.js'
import { fenced, performMigration } from './performMigration.js'
import { descriptionProblem } from './schemaAfter.js'

/** The options of a run. */
export interface RunOptions extends LockOptions {
  /** Hazards that are accepted: `losesData`, `blocksWrites`, `blocksReads`. Default: none but those that a migration allows itself. */
  readonly allow?: readonly HazardKind[]
  /** The longest wait of a statement for a lock of another session, in milliseconds; then it is tried again, some times. Default: 3,000. */
  readonly lockTimeout?: number
  /** Is called with each event of the run. */
  readonly report?: Report
}

/** The options of `up`. */
export interface UpOptions extends RunOptions {
  /** The last migration to apply, with all that it builds on. Default: all. */
  readonly to?: string
}

/** The options of `down`. */
export interface DownOptions extends RunOptions {
  /** How many migrations to undo. Default: 1. */
  readonly count?: number
  /** Undo all but this one and those that it builds on; null undoes all. */
  readonly to?: string | null
}

type Answer<A> = Promise<E.Either<DbError, A>>

/** Refuses to go one way while a migration is half way in the other. */
const otherWay = (state: State, direction: Direction, among: readonly Migration[]): DbError | null => {
  const row = state.journal.find(s => s.direction !== direction || !among.some(m => m.name === s.migration))
  if (row === undefined) return null
  const way = row.direction === 'up' ? 'applied' : 'undone'
  const reason = `"${row.migration}" was not completely ${way} by a run that has ended: continue with ${row.direction}, or resolve it`
  return migrationError('halfDone', [row.migration], reason, row.unit)
}

/** Migrations that have begun come first. */
const begunFirst = (migrations: readonly Migration[], { journal }: State): readonly Migration[] => {
  const isBegun = (m: Migration): boolean => journal.some(s => s.migration === m.name)
  return [...migrations.filter(isBegun), ...migrations.filter(m => !isBegun(m))]
}

/** Those that a run would perform, or why it can't. */
type Plan = (graph: Graph, state: State) => E.Either<DbError, readonly Migration[]>

/** What a run does: the state that it was decided by, and the migrations with their forms. */
interface Decided {
  readonly state: State
  readonly due: readonly Migration[]
  readonly forms: Forms
}

const decided = async (env: Db, graph: Graph, direction: Direction, plan: Plan, options: RunOptions): Answer<Decided> => {
  const read = await readState(env)
  if (E.isLeft(read)) return read
  const state = settled(graph, read.right)
  const problem = historyProblem(graph, state)
  if (problem !== null) return E.left(problem)
  const planned = plan(graph, state)
  if (E.isLeft(planned)) return planned
  const refused = otherWay(state, direction, planned.right)
  if (refused !== null) return E.left(refused)
  const due = begunFirst(planned.right, state)
  const forms = await formsOf(env, due, direction, options.allow ?? [])
  return E.map((f: Forms) => ({ state: read.right, due, forms: f }))(forms)
}

const performAll = async (
  env: Db,
  graph: Graph,
  holder: Holder,
  { state, due, forms }: Decided,
  direction: Direction,
  report: Report,
): Answer<void> => {
  if (replacing(graph, state).length > 0) {
    const rewritten = await fenced(env, holder, tx => rewrite({ db: tx }, graph, state, holder))
    if (E.isLeft(rewritten)) return rewritten
  }
  for (const migration of due) {
    const journal = state.journal.filter(s => s.migration === migration.name)
    const checksum = graph.checksums.get(migration.name) as string
    const online = forms.get(migration) ?? new Set<number>()
    const done = await performMigration(env, { migration, checksum, direction, holder, journal, online, report })
    if (E.isLeft(done)) return done
  }
  return E.right(undefined)
}

/** The checked graph of a list, once the database has the tables of the history. */
export const prepared = async (env: Db, list: readonly Migration[]): Answer<Graph> => {
  const graph = graphOf(list)
  if (E.isLeft(graph)) return graph
  const ensured = await ensureTables(env)()
  return E.isLeft(ensured) ? ensured : graph
}

/** How long a statement waits for a lock by default, in milliseconds. */
const LOCK_TIMEOUT = 3_000

const performing = (
  list: readonly Migration[],
  options: RunOptions,
  direction: Direction,
  plan: Plan,
): Program<Db, DbError, readonly string[]> =>
  waitingForLocks(options.lockTimeout ?? LOCK_TIMEOUT)(env => async () => {
    const graph = await prepared(env, list)
    if (E.isLeft(graph)) return graph
    const described = direction === 'up' ? descriptionProblem(graph.right) : null
    if (described !== null) return E.left(described)
    const decide = (): Answer<Decided> => decided(env, graph.right, direction, plan, options)
    // most runs find nothing to do, and need no lock to see it
    const first = await decide()
    if (E.isRight(first) && first.right.due.length === 0 && replacing(graph.right, first.right.state).length === 0) return E.right([])
    return withLock(env, options, async holder => {
      const now = await decide()
      if (E.isLeft(now)) return now
      const done = await performAll(env, graph.right, holder, now.right, direction, quietly(options.report ?? (() => undefined)))
      return E.isLeft(done) ? done : E.right(now.right.due.map(m => m.name))
    })
  })

/** Applies the migrations that are not applied, and yields their names in the order in which they were applied. */
export const up = (list: readonly Migration[], options: UpOptions = {}): Program<Db, DbError, readonly string[]> =>
  performing(list, options, 'up', (graph, { applied }) => pendingIn(graph, name => applied.has(name), options.to))

/** Undoes applied migrations, last first, and yields their names in that order. Refused if one of them has no inverse. */
export const down = (list: readonly Migration[], options: DownOptions = {}): Program<Db, DbError, readonly string[]> =>
  performing(list, options, 'down', (graph, { applied }) =>
    E.flatMap(
      undoneIn(graph, name => applied.has(name), options.to, options.count),
      (due): ReturnType<Plan> => {
        const problem = due.map(irreversible).find(e => e !== null)
        return problem == null ? E.right(due) : E.left(problem)
      },
    ),
  )
