/**
 * `create` and `drop`: the database itself.
 *
 * `drop` is the only command that removes a database. On a terminal it asks first, elsewhere it needs `--yes`. Both need an address or options: what a
 * function of the configuration opens has no name that could be created.
 *
 * The database is shown without its password.
 */
import * as E from 'fp-ts/lib/Either.js'
import { attempting } from '../core/value/DbError.js'
import { readTarget, type Target } from '../run/address/openTarget.js'
import { createDatabase, dropDatabase } from '../run/createDatabase.js'
import type { Settings } from './configFile.js'
import { targetOf } from './openDatabase.js'
import { hiding } from './redacted.js'
import { type Answer, misuse, type Outcome, outcome, type World } from './World.js'

interface Named {
  readonly target: Target
  readonly shown: string
}

/** What is shown of a target: never a password. */
const shownTarget = (target: Target): E.Either<any, string> =>
  attempting('the target of the database', () => {
    const { engine, options } = readTarget(target)
    const { url, file, dataDir, host, database } = options as { readonly [name: string]: string | undefined }
    const place =
      url === undefined ? (file ?? dataDir ?? [host, database].filter(x => x !== undefined).join('/')) : hiding(url).replace(/\?.*$/s, '')
    return url === undefined ? `${engine}:${place}` : place
  })

const namedTarget = (world: World, s: Settings): E.Either<any, Named> =>
  E.flatMap(targetOf(world, s), (target): E.Either<any, Named> => {
    if (target === null)
      return E.left(misuse('the configuration opens its database by a function, so its name is not known: give --database URL'))
    return E.map((shown: string): Named => ({ target, shown }))(shownTarget(target))
  })

/** Creates the database. */
export const createWhole = async (world: World, s: Settings, ifNotExists: boolean): Answer<Outcome> => {
  const named = namedTarget(world, s)
  if (E.isLeft(named)) return named
  const { target, shown } = named.right
  const created = await createDatabase(target, { ifNotExists })()
  return E.map(() => outcome(`${ifNotExists ? 'there is' : 'created'} ${shown}`, { database: shown }))(created)
}

/** The options of `drop`. */
export interface DropChoice {
  readonly yes: boolean
  readonly ifExists: boolean
  readonly force: boolean
}

/** Drops the database, once that is confirmed. */
export const dropWhole = async (world: World, s: Settings, { yes, ifExists, force }: DropChoice): Answer<Outcome> => {
  const named = namedTarget(world, s)
  if (E.isLeft(named)) return named
  const { target, shown } = named.right
  if (!yes) {
    if (world.ask === null) return E.left(misuse(`drop removes ${shown} with all that it has: give --yes to confirm`))
    const line = await world.ask(`Drop ${shown} with all that it has? Type yes to confirm: `)
    if (line.trim() !== 'yes') return E.right(outcome('nothing was dropped', { dropped: null }, 1))
  }
  const dropped = await dropDatabase(target, { ifExists, ...(force ? { force } : {}) })()
  return E.map(() => outcome(`dropped ${shown}`, { dropped: shown }))(dropped)
}
