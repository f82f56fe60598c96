/**
 * `migrate check`: what CI should refuse.
 *
 * The files load, and each has the name of its migration; parents exist and the order is a real one; several heads commute; each step describes its
 * tables as they are at that point; the migrations make the schema of the configuration; and no applied migration was edited. The last one needs
 * the database, and is left out with `--offline` or where none is configured; the one before needs a schema.
 *
 * Each finding is a line; there is exit code 1 if there is one.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Migration } from '../schema/Migration.js'
import { changes, check } from '../schema/migrationChanges.js'
import { status } from '../schema/settleMigrations.js'
import type { Settings } from './configFile.js'
import { headsOf, migrationsOf } from './migrationList.js'
import { withDatabase } from './openDatabase.js'
import { isEqual } from './readSchema.js'
import { shownStep } from './stepText.js'
import { type Answer, type Outcome, outcome, type World } from './World.js'

/** Something that is wrong. */
interface Problem {
  readonly check: 'files' | 'list' | 'schema' | 'history'
  readonly message: string
}

const inList = (list: readonly Migration[]): readonly Problem[] => {
  const found = check(list)
  return E.isLeft(found) ? [{ check: 'list', message: found.left.message }] : []
}

const inSchema = (list: readonly Migration[], s: Settings): readonly Problem[] => {
  if (s.schema === undefined) return []
  const found = changes(list, s.schema)
  if (E.isLeft(found)) return [{ check: 'schema', message: found.left.message }]
  if (isEqual(found.right)) return []
  const { steps, undecided } = found.right
  return [
    ...steps.map(
      (step): Problem => ({
        check: 'schema',
        message: `the migrations lack a step of the schema: ${shownStep(step, []).what}: run query-ts migrate diff NAME`,
      }),
    ),
    ...undecided.map(({ object, reason }): Problem => ({ check: 'schema', message: `${object}: ${reason}` })),
  ]
}

const inHistory = (world: World, s: Settings, list: readonly Migration[]): Answer<readonly Problem[]> =>
  withDatabase(world, s, async ({ db }) => {
    const now = await status(list)({ db })()
    if (E.isLeft(now)) return now
    const { edited, unknown, halfDone } = now.right
    const problem = (name: string, what: string): Problem => ({ check: 'history', message: `"${name}" ${what}` })
    return E.right([
      ...edited.map(n => problem(n, 'was edited after it was applied: restore it, and describe the change in a new migration')),
      ...unknown.map(n => problem(n, 'is applied, and is not in the folder: restore the file')),
      ...halfDone.map(h => problem(h.migration, `is half done at step ${h.step + 1}: resolve it`)),
    ])
  })

/** Checks the migrations of the folder. */
export const checkMigrations = async (world: World, s: Settings, offline: boolean): Answer<Outcome> => {
  const list = await migrationsOf(s)
  const result = (problems: readonly Problem[], names: readonly string[], checked: readonly string[]): E.Either<never, Outcome> => {
    const lines = problems.map(p => `${world.paint.red(p.check)}: ${p.message}`)
    const good = `${names.length} migrations, and nothing is wrong with ${checked.join(', ')}`
    return E.right(
      outcome(
        problems.length === 0 ? good : lines.join('\n'),
        { migrations: names, heads, checked, problems },
        problems.length === 0 ? 0 : 1,
      ),
    )
  }
  let heads: readonly string[] = []
  if (E.isLeft(list)) return result([{ check: 'files', message: list.left.message }], [], ['files'])
  heads = headsOf(list.right)
  const names = list.right.map(m => m.name)
  const wrong = inList(list.right)
  const checked = ['files', 'list', ...(s.schema === undefined ? [] : ['schema'])]
  // later checks mean nothing for a list that is wrong
  if (wrong.length > 0) return result(wrong, names, checked)
  const found = inSchema(list.right, s)
  if (offline || s.database === undefined) return result(found, names, checked)
  const history = await inHistory(world, s, list.right)
  return E.isLeft(history) ? history : result([...found, ...history.right], names, [...checked, 'history'])
}
