/**
 * The history of a database with respect to a list of migrations: what is applied, and what is wrong with that.
 *
 * A migration that `replaces` others counts as applied where all of those are: the history is then rewritten by the next run. Where only some are,
 * the history is refused until the others are applied by the code that has them.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db } from '../core/operation/Interpreter.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import type { Migration } from './Migration.js'
import type { Graph } from './migrationGraph.js'
import { type Applied, addApplied, appliedMigrations, type JournalRow, journalRows, removeApplied } from './migrationTables.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** What a database remembers of its migrations. */
export interface State {
  readonly applied: ReadonlyMap<string, Applied>
  readonly journal: readonly JournalRow[]
}

/** The state of a database without a history. */
export const NO_HISTORY: State = { applied: new Map(), journal: [] }

/** Reads the state; the tables of the history must be there. */
export const readState = async (env: Db): Answer<State> => {
  const applied = await appliedMigrations(env)()
  if (E.isLeft(applied)) return applied
  const journal = await journalRows(env)()
  return E.map((rows: readonly JournalRow[]) => ({ applied: new Map(applied.right.map(a => [a.name, a])), journal: rows }))(journal)
}

/** The row of a migration that was not performed by this run. */
export const adopted = (graph: Graph, name: string, { who, token }: Pick<Applied, 'who' | 'token'>): Omit<Applied, 'appliedAt'> => ({
  name,
  checksum: graph.checksums.get(name) as string,
  duration: 0,
  who,
  token,
})

/** The migrations whose replaced ones are all applied, and are in the history in their place. */
export const replacing = (graph: Graph, { applied }: State): readonly Migration[] =>
  graph.order.filter(m => m.replaces.length > 0 && !applied.has(m.name) && m.replaces.every(r => applied.has(r)))

/** The state once the history is rewritten. */
export const settled = (graph: Graph, state: State): State => {
  const applied = new Map(state.applied)
  for (const m of replacing(graph, state)) {
    const last = m.replaces.map(r => applied.get(r) as Applied).at(-1) as Applied
    for (const r of m.replaces) applied.delete(r)
    applied.set(m.name, { ...adopted(graph, m.name, last), appliedAt: last.appliedAt })
  }
  return { ...state, applied }
}

/** Rewrites the history, in a transaction that holds the lock. */
export const rewrite = async (env: Db, graph: Graph, state: State, holder: Pick<Applied, 'who' | 'token'>): Answer<void> => {
  for (const m of replacing(graph, state)) {
    for (const r of m.replaces) {
      const removed = await removeApplied(r)(env)()
      if (E.isLeft(removed)) return removed
    }
    const added = await addApplied(adopted(graph, m.name, holder))(env)()
    if (E.isLeft(added)) return added
  }
  return E.right(undefined)
}

const quoted = (names: readonly string[]): string => names.map(n => `"${n}"`).join(', ')

/** The applied migrations that are no longer what was applied. */
export const editedIn = ({ checksums }: Graph, { applied }: State): readonly string[] =>
  [...applied.values()].filter(a => (checksums.get(a.name) ?? a.checksum) !== a.checksum).map(a => a.name)

/** The migrations of the database that are not in the list. */
export const unknownIn = ({ byName }: Graph, { applied, journal }: State): readonly string[] => [
  ...new Set([...applied.keys(), ...journal.map(s => s.migration)].filter(n => !byName.has(n))),
]

/** A migration of which only some replaced ones are applied. */
const partlyReplaced = (graph: Graph, { applied, journal }: State): DbError | null => {
  for (const m of graph.order) {
    const there = m.replaces.filter(r => applied.has(r) || journal.some(row => row.migration === r))
    if (there.length === 0 || applied.has(m.name)) continue
    const missing = m.replaces.filter(r => !applied.has(r))
    const reason = `"${m.name}" replaces ${quoted(m.replaces)}, of which only ${quoted(there)} were applied: apply ${quoted(missing)} by the code that has them, then run this`
    if (missing.length > 0) return migrationError('ahead', [m.name, ...missing], reason)
  }
  return null
}

/** Why the history is not one of the list; null if it is. */
export const historyProblem = (graph: Graph, state: State): DbError | null => {
  const partly = partlyReplaced(graph, state)
  if (partly !== null) return partly
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
