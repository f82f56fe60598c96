/**
 * `migrate status`: the state of a database with respect to the migrations of the folder.
 *
 * The lines are those of a table: a state and a name. Edited and unknown migrations, steps that are half done, and a live schema that is not the one
 * that the applied migrations make (drift) are problems: the exit code is 1. Pending migrations are none.
 *
 * Reading the state writes nothing, and does not wait for the lock.
 */
import * as E from 'fp-ts/lib/Either.js'
import { drift } from '../schema/migrationChanges.js'
import type { Applied } from '../schema/migrationTables.js'
import { type Status, status } from '../schema/settleMigrations.js'
import type { Settings } from './configFile.js'
import { migrationsOf } from './migrationList.js'
import { withDatabase } from './openDatabase.js'
import { differenceJson, differenceLines, isEqual } from './readSchema.js'
import { type Answer, type Outcome, outcome, type Paint, type World } from './World.js'

const stateOf = ({ edited, unknown }: Status, name: string): 'applied' | 'edited' | 'unknown' =>
  unknown.includes(name) ? 'unknown' : edited.includes(name) ? 'edited' : 'applied'

const appliedLine = (s: Status, { name, appliedAt, who, duration }: Applied, paint: Paint): string => {
  const state = stateOf(s, name)
  const shown = state === 'applied' ? paint.green('applied ') : paint.red(state.padEnd(8))
  return `${shown} ${name}  ${paint.dim(`${appliedAt.toISOString()}, ${duration} ms, by ${who}`)}`
}

const ADVICE = {
  edited: 'edited: restore the migration, and describe the change in a new one',
  unknown: 'unknown: the code does not have the migration: deploy the code that has it',
  halfDone:
    'half done: run query-ts migrate up or down again; where it can not tell what was done, look at the database and run query-ts migrate resolve NAME --as done|undone',
} as const

/** The lines of a status. */
export const statusLines = (s: Status, paint: Paint): readonly string[] => [
  ...s.applied.map(a => appliedLine(s, a, paint)),
  ...s.unknown.filter(n => !s.applied.some(a => a.name === n)).map(n => `${paint.red('unknown ')} ${n}`),
  ...s.pending.map(name => `${paint.yellow('pending ')} ${name}`),
  ...s.halfDone.map(h => `${paint.red('half done')} ${h.migration}, step ${h.step + 1} of ${h.direction}`),
  ...s.incomplete
    .filter(name => !s.halfDone.some(h => h.migration === name))
    .map(name => `${paint.yellow('begun   ')} ${name}: run query-ts migrate up or down again to continue`),
  ...(s.holder === null ? [] : [`${paint.yellow('running ')} ${s.holder.who}, since ${s.holder.since.toISOString()}`]),
  ...(s.edited.length === 0 ? [] : [ADVICE.edited]),
  ...(s.unknown.length === 0 ? [] : [ADVICE.unknown]),
  ...(s.halfDone.length === 0 ? [] : [ADVICE.halfDone]),
]

/** Whether the history is as it should be. */
const isSound = (s: Status): boolean => s.edited.length === 0 && s.unknown.length === 0 && s.halfDone.length === 0

/** Shows the state of the database. */
export const showStatus = async (world: World, s: Settings): Answer<Outcome> => {
  const list = await migrationsOf(s)
  if (E.isLeft(list)) return list
  return withDatabase(world, s, async ({ db, engine }) => {
    const now = await status(list.right)({ db })()
    if (E.isLeft(now)) return now
    // the schema after migrations that the code does not have is not known
    const isKnown = now.right.unknown.length === 0 && now.right.incomplete.length === 0
    const found = isKnown
      ? await drift(list.right, {
          ...(s.only === undefined ? {} : { only: s.only }),
          ...(s.ignore === undefined ? {} : { ignore: s.ignore }),
        })({ db })()
      : E.right(null)
    if (E.isLeft(found)) return found
    const drifted = found.right !== null && !isEqual(found.right)
    const lines = [
      ...statusLines(now.right, world.paint),
      ...(found.right !== null && drifted
        ? [
            'the database is not as its migrations make it; steps that would restore it:',
            ...differenceLines(found.right, engine, world.paint),
          ]
        : []),
    ]
    const json = {
      engine,
      ...now.right,
      drift: found.right === null ? null : differenceJson(found.right, engine),
    }
    const code = isSound(now.right) && !drifted ? 0 : 1
    return E.right(outcome(lines.length === 0 ? 'there are no migrations' : lines.join('\n'), json, code))
  })
}
