/**
 * `migrate up`, `down`, `baseline` and `resolve`: commands that write the history.
 *
 * What is performed is reported on stderr while it happens; the result is the list of names. `--sql` and `--dry-run` write nothing: the first
 * prints the script of an administrator, the second the steps with their SQL and hazards. Hazards that are not allowed by `--allow` or by the
 * configuration stop `up` and `down` before anything is performed.
 *
 * An interrupted run releases its lock, and the next one continues where it ended.
 */
import * as E from 'fp-ts/lib/Either.js'
import { dialectOf } from '../core/value/DialectName.js'
import type { HazardKind } from '../schema/hazards.js'
import type { Migration } from '../schema/Migration.js'
import type { MigrationEvent } from '../schema/MigrationEvent.js'
import { script } from '../schema/migrationScript.js'
import { down, up } from '../schema/runMigrations.js'
import { baseline, resolve, status } from '../schema/settleMigrations.js'
import type { Settings } from './configFile.js'
import { migrationsOf } from './migrationList.js'
import { type Open, withDatabase } from './openDatabase.js'
import { migrationPlan, pendingOf, plansOutcome, undoneOf } from './showPlan.js'
import { type Answer, misuse, type Outcome, outcome, type World } from './World.js'

/** The options of `migrate up`. */
export interface UpChoice {
  readonly to: string | undefined
  readonly allow: readonly HazardKind[]
  readonly sql: boolean
  readonly dryRun: boolean
}

/** The options of `migrate down`. */
export interface DownChoice {
  readonly to: string | undefined
  readonly count: number | undefined
  readonly all: boolean
  readonly allow: readonly HazardKind[]
  readonly sql: boolean
  readonly dryRun: boolean
}

/** What is shown of an event; null shows nothing. */
export const eventLine = (event: MigrationEvent): string | null => {
  if (event.tag === 'note') return event.text
  if (event.tag === 'begin') return null
  const time = event.milliseconds === undefined ? '' : `, ${Math.round(event.milliseconds)} ms`
  return `${event.direction === 'up' ? 'applied' : 'undone'} ${event.migration}, step ${event.step + 1} of ${event.of} (${event.what})${time}`
}

const reporting =
  (world: World) =>
  (event: MigrationEvent): void => {
    if (event.tag === 'begin') world.progress(`${event.migration}: ${event.what} (${event.step + 1} of ${event.of})`)
    else {
      world.progress(null)
      const line = eventLine(event)
      if (line !== null) world.say(world.paint.dim(line))
    }
  }

/** Runs a part of a command with the migrations and the database. */
const onDatabase = async (world: World, s: Settings, use: (list: readonly Migration[], open: Open) => Answer<Outcome>): Answer<Outcome> => {
  const list = await migrationsOf(s)
  return E.isLeft(list) ? list : withDatabase(world, s, open => use(list.right, open))
}

const allowed = (s: Settings, allow: readonly HazardKind[]): readonly HazardKind[] => [...new Set([...(s.allow ?? []), ...allow])]

const UP_TO_DATE = 'nothing to apply: the database has every migration'

const namesOf = (migrations: readonly { readonly name: string }[]): readonly string[] => migrations.map(m => m.name)

const done = (what: string, names: readonly string[], nothing: string): Outcome =>
  outcome(names.length === 0 ? nothing : names.map(name => `${what} ${name}`).join('\n'), { [what]: names })

const scriptOutcome = async (
  list: readonly Migration[],
  { db, engine }: Open,
  direction: 'up' | 'down',
  to: string | null | undefined,
): Answer<Outcome> => {
  const dialect = dialectOf(engine)
  if (dialect === null) return E.left(misuse('a database in memory has no SQL: give another --database'))
  const now = await status(list)({ db })()
  if (E.isLeft(now)) return now
  const text = script(list, dialect, { applied: namesOf(now.right.applied), direction, ...(to === undefined ? {} : { to }) })
  return E.map((sql: string) => outcome(sql.replace(/\n$/, ''), { engine: dialect, sql }))(text)
}

/** Applies pending migrations, or shows what would be done. */
export const applyMigrations = (world: World, s: Settings, { to, allow, sql, dryRun }: UpChoice): Answer<Outcome> => {
  if (sql && dryRun) return Promise.resolve(E.left(misuse('--sql and --dry-run exclude each other: give one of them')))
  return onDatabase(world, s, async (list, open) => {
    if (sql) return scriptOutcome(list, open, 'up', to)
    if (dryRun) {
      const due = await pendingOf(list, open.db, to)
      if (E.isLeft(due)) return due
      const plans = due.right.map(m => migrationPlan(m, [open.engine]))
      return E.right(plansOutcome(plans, UP_TO_DATE, world.paint))
    }
    const names = await up(list, {
      ...(to === undefined ? {} : { to }),
      allow: allowed(s, allow),
      report: reporting(world),
      who: world.who,
    })({ db: open.db })()
    return E.map((n: readonly string[]) => done('applied', n, UP_TO_DATE))(names)
  })
}

/** Undoes migrations, last first, or shows what would be done. */
export const undoMigrations = (world: World, s: Settings, choice: DownChoice): Answer<Outcome> => {
  const { to, count, all, allow, sql, dryRun } = choice
  const given = [to !== undefined, count !== undefined, all].filter(x => x).length
  if (given > 1) return Promise.resolve(E.left(misuse('--count, --to and --all exclude each other: give one of them')))
  if (sql && dryRun) return Promise.resolve(E.left(misuse('--sql and --dry-run exclude each other: give one of them')))
  return onDatabase(world, s, async (list, open) => {
    const kept = all ? null : to
    if (sql && count !== undefined && count > 1)
      return E.left(misuse('a script undoes the last migration, or all after one: give --to in place of --count'))
    if (sql) return scriptOutcome(list, open, 'down', kept)
    if (dryRun) {
      const due = await undoneOf(list, open.db, kept, count ?? 1)
      if (E.isLeft(due)) return due
      const plans = due.right.map(m => migrationPlan(m, [open.engine], 'down'))
      return E.right(plansOutcome(plans, 'nothing to undo', world.paint))
    }
    const names = await down(list, {
      ...(kept === undefined ? { count: count ?? 1 } : { to: kept }),
      allow: allowed(s, allow),
      report: reporting(world),
      who: world.who,
    })({ db: open.db })()
    return E.map((n: readonly string[]) => done('undone', n, 'nothing to undo'))(names)
  })
}

/** Writes migrations into the history without performing them. */
export const baselineMigrations = (world: World, s: Settings, names: readonly string[]): Answer<Outcome> => {
  if (names.length === 0) return Promise.resolve(E.left(misuse('no migration is given: name those that the database has already')))
  return onDatabase(world, s, async (list, { db }) => {
    const settled = await baseline(list, names, { who: world.who })({ db })()
    return E.map(() => done('baseline', names, ''))(settled)
  })
}

/** Settles a migration, or a step of it that is half done. */
export const resolveMigration = (world: World, s: Settings, name: string, as: 'done' | 'undone'): Answer<Outcome> =>
  onDatabase(world, s, async (list, { db }) => {
    const settled = await resolve(list, name, as, { who: world.who })({ db })()
    return E.map(() => outcome(`resolved ${name} as ${as}`, { resolved: name, as }))(settled)
  })
