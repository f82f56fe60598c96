/**
 * The graph of migrations: their order, their heads, and what is wrong with a list of them.
 *
 * `graphOf(list)` checks names and parents and sorts the list: a migration comes after all that it builds on, and otherwise by name. Two
 * heads (migrations that no other one builds on) are accepted if each migration of one branch commutes with each of the other, since then any
 * order has the same result; otherwise a migration with both as parents has to say how they are merged.
 *
 * Law: the order does not depend on the order of the list.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import { nearestHint } from '../core/value/nearest.js'
import { checksum } from './checksum.js'
import { conflictOf } from './commutes.js'
import type { Migration } from './Migration.js'

/** A checked list of migrations, in an order in which they can be applied. */
export interface Graph {
  readonly order: readonly Migration[]
  readonly byName: ReadonlyMap<string, Migration>
  readonly checksums: ReadonlyMap<string, string>
}

/** The error for a name that no migration has. */
export const unknownName = (name: string, known: Iterable<string>): DbError =>
  migrationError('unknown', [name], `there is no migration "${name}": ${nearestHint(name, known)}`)

/** The names of a migration and of all that it builds on. */
export const ancestry = ({ byName }: Pick<Graph, 'byName'>, name: string): ReadonlySet<string> => {
  const found = new Set<string>()
  const open = [name]
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    if (found.has(n)) continue
    found.add(n)
    open.push(...(byName.get(n)?.parents ?? []))
  }
  return found
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The longest name: that of the column in which it is stored. */
export const LONGEST_NAME = 200

const namesProblem = (list: readonly Migration[]): DbError | null => {
  const seen = new Set<string>()
  for (const { name } of list) {
    if (name === '' || name.length > LONGEST_NAME)
      return migrationError('malformed', [name], `the name of a migration has 1 to ${LONGEST_NAME} characters: rename "${name}"`)
    if (seen.has(name)) return migrationError('malformed', [name], `two migrations have the name "${name}": rename one of them`)
    seen.add(name)
  }
  for (const m of list)
    for (const replaced of m.replaces) {
      if (seen.has(replaced)) {
        const reason = `"${m.name}" replaces "${replaced}", and both are in the list: remove one of them`
        return migrationError('malformed', [m.name, replaced], reason)
      }
    }
  for (const m of list) for (const replaced of m.replaces) seen.add(replaced)
  const parent = list.flatMap(m => m.parents).find(p => !seen.has(p))
  return parent === undefined ? null : unknownName(parent, seen)
}

/** Migrations after all that they build on; null where they build on each other. */
const sortedByParents = (list: readonly Migration[]): readonly Migration[] | null => {
  const done = new Set<string>()
  const order: Migration[] = []
  let rest = [...list].sort((a, b) => compare(a.name, b.name))
  while (rest.length > 0) {
    const next = rest.find(m => m.parents.every(p => done.has(p)))
    if (next === undefined) return null
    done.add(next.name)
    order.push(next)
    rest = rest.filter(m => m !== next)
  }
  return order
}

const headsProblem = (graph: Pick<Graph, 'order' | 'byName'>): DbError | null => {
  const built = new Set(graph.order.flatMap(m => m.parents))
  const heads = graph.order.filter(m => !built.has(m.name))
  const branch = (of: Migration, from: Migration): readonly Migration[] => {
    const [own, other] = [ancestry(graph, of.name), ancestry(graph, from.name)]
    return graph.order.filter(m => own.has(m.name) && !other.has(m.name))
  }
  for (const [i, a] of heads.entries())
    for (const b of heads.slice(i + 1))
      for (const mine of branch(a, b))
        for (const theirs of branch(b, a)) {
          const conflict = conflictOf(mine, theirs)
          if (conflict !== null)
            return migrationError(
              'heads',
              [a.name, b.name],
              `the migrations have two heads, "${a.name}" and "${b.name}", and their order matters: "${mine.name}" and "${theirs.name}" both touch ${conflict}; let one build on the other, or add a migration that builds on both heads`,
            )
        }
  return null
}

/** Migrations with the ones in place of others as parents of what builds on those. */
const withReplaced = (list: readonly Migration[]): readonly Migration[] => {
  const now = new Map(list.flatMap(m => m.replaces.map(r => [r, m.name] as const)))
  if (now.size === 0) return list
  return list.map(m => ({ ...m, parents: [...new Set(m.parents.map(p => now.get(p) ?? p))] }))
}

/** The graph of a list of migrations, or what is wrong with the list. */
export const graphOf = (given: readonly Migration[]): E.Either<DbError, Graph> => {
  const problem = namesProblem(given)
  if (problem !== null) return E.left(problem)
  const list = withReplaced(given)
  const order = sortedByParents(list)
  if (order === null) {
    const names = list.map(m => m.name)
    return E.left(
      migrationError('malformed', names, `some of the migrations ${names.join(', ')} build on each other: correct their parents`),
    )
  }
  const byName = new Map(order.map(m => [m.name, m]))
  const heads = headsProblem({ order, byName })
  if (heads !== null) return E.left(heads)
  const checksums = new Map<string, string>()
  // as they were written: the history has their checksums
  for (const m of given) {
    const sum = checksum(m)
    if (E.isLeft(sum)) return sum
    checksums.set(m.name, sum.right)
  }
  return E.right({ order, byName, checksums })
}

type IsApplied = (name: string) => boolean

/** The names of a migration and of all that it builds on; null without one. */
const within = (graph: Graph, name: string | null | undefined): E.Either<DbError, ReadonlySet<string> | null> => {
  if (name == null) return E.right(null)
  return graph.byName.has(name) ? E.right(ancestry(graph, name)) : E.left(unknownName(name, graph.byName.keys()))
}

/** The migrations that `up` applies, in order: those that are not applied, up to one of them with all that it builds on. */
export const pendingIn = (graph: Graph, isApplied: IsApplied, to?: string | null): E.Either<DbError, readonly Migration[]> =>
  E.map((wanted: ReadonlySet<string> | null) => graph.order.filter(m => !isApplied(m.name) && wanted?.has(m.name) !== false))(
    within(graph, to),
  )

/** The migrations that `down` undoes, last first: so many of the applied ones, or all but one and what it builds on (null: all of them). */
export const undoneIn = (
  graph: Graph,
  isApplied: IsApplied,
  to: string | null | undefined,
  count = 1,
): E.Either<DbError, readonly Migration[]> =>
  E.map((kept: ReadonlySet<string> | null) => {
    const last = graph.order.filter(m => isApplied(m.name) && kept?.has(m.name) !== true).reverse()
    return to === undefined ? last.slice(0, count) : last
  })(within(graph, to))

/** Why a migration can't be undone; null if it can. */
export const irreversible = ({ name, down }: Migration): DbError | null =>
  'tag' in down ? migrationError('irreversible', [name], `"${name}" can't be undone: ${down.reason}`) : null
