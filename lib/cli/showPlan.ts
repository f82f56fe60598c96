/**
 * `migrate plan`: what pending migrations do on some engines.
 *
 * For each step: its SQL, its hazards, and whether it can be undone. Without a database all migrations of the folder are shown, and the engines have
 * to be named; with one, those that it does not have, on its engine.
 *
 * A plan performs nothing and writes nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../core/value/DbError.js'
import type { EngineName } from '../core/value/DialectName.js'
import type { Migration } from '../schema/Migration.js'
import { type Graph, graphOf, pendingIn, undoneIn } from '../schema/migrationGraph.js'
import type { Direction } from '../schema/migrationTables.js'
import { status } from '../schema/settleMigrations.js'
import type { Settings } from './configFile.js'
import { migrationsOf } from './migrationList.js'
import { type Open, withDatabase } from './openDatabase.js'
import { planLines, type ShownStep, shownStep, stepJson } from './stepText.js'
import { type Answer, misuse, type Outcome, outcome, type Paint, type World } from './World.js'

/** A migration with what its steps do. */
export interface MigrationPlan {
  readonly name: string
  readonly steps: readonly ShownStep[]
  /** Why it can't be undone; null if it can. */
  readonly irreversible: string | null
}

/** What a migration does in a direction. */
export const migrationPlan = (m: Migration, engines: readonly EngineName[], direction: Direction = 'up'): MigrationPlan => {
  const isIrreversible = 'tag' in m.down
  const steps = direction === 'up' ? m.up : 'tag' in m.down ? [] : m.down
  return {
    name: m.name,
    steps: steps.map(step => shownStep(step, engines)),
    irreversible: isIrreversible ? (m.down as { readonly reason: string }).reason : null,
  }
}

/** The lines of the plan of a migration. */
export const migrationLines = ({ name, steps, irreversible }: MigrationPlan, paint: Paint): readonly string[] => [
  paint.bold(name),
  ...(steps.length === 0 ? ['   no steps'] : planLines(steps, paint)),
  ...(irreversible === null ? [] : [`   ${paint.yellow("the migration can't be undone")}: ${irreversible}`]),
]

/** The plan of a migration as JSON. */
export const migrationJson = ({ name, steps, irreversible }: MigrationPlan): unknown => ({
  name,
  steps: steps.map(stepJson),
  undoable: irreversible === null,
  irreversible,
})

/** Plans as an outcome. */
export const plansOutcome = (plans: readonly MigrationPlan[], nothing: string, paint: Paint): Outcome =>
  outcome(plans.length === 0 ? nothing : plans.flatMap(p => migrationLines(p, paint)).join('\n'), { migrations: plans.map(migrationJson) })

/** The migrations that a run would perform, by what the database has. */
const dueIn = async (
  list: readonly Migration[],
  db: Open['db'],
  choose: (graph: Graph, isApplied: (name: string) => boolean) => E.Either<DbError, readonly Migration[]>,
): Answer<readonly Migration[]> => {
  const graph = graphOf(list)
  if (E.isLeft(graph)) return graph
  const now = await status(list)({ db })()
  if (E.isLeft(now)) return now
  const applied = new Set(now.right.applied.map(a => a.name))
  return choose(graph.right, name => applied.has(name))
}

/** The migrations that `up` would apply. */
export const pendingOf = (list: readonly Migration[], db: Open['db'], to: string | undefined): Answer<readonly Migration[]> =>
  dueIn(list, db, (graph, isApplied) => pendingIn(graph, isApplied, to))

/** The migrations that `down` would undo, last first; `kept` and what it builds on stay, and undefined leaves it to the count. */
export const undoneOf = (
  list: readonly Migration[],
  db: Open['db'],
  kept: string | null | undefined,
  count: number,
): Answer<readonly Migration[]> => dueIn(list, db, (graph, isApplied) => undoneIn(graph, isApplied, kept, count))

/** Shows pending migrations, on the engine of the database and on others. */
export const showPlan = async (world: World, s: Settings, engines: readonly EngineName[]): Answer<Outcome> => {
  const list = await migrationsOf(s)
  if (E.isLeft(list)) return list
  if (s.database !== undefined)
    return withDatabase(world, s, async ({ db, engine }) => {
      const due = await pendingOf(list.right, db, undefined)
      const shown = engines.length === 0 ? [engine] : engines
      return E.map((pending: readonly Migration[]) =>
        plansOutcome(
          pending.map(m => migrationPlan(m, shown)),
          'nothing to apply: the database has every migration',
          world.paint,
        ),
      )(due)
    })
  if (engines.length === 0)
    return E.left(misuse('there is no database in the configuration: name the engines to plan for by --dialect, or give --database URL'))
  const graph = graphOf(list.right)
  return E.map(({ order }: { readonly order: readonly Migration[] }) =>
    plansOutcome(
      order.map(m => migrationPlan(m, engines)),
      'there are no migrations',
      world.paint,
    ),
  )(graph)
}
