/**
 * The migrations of a configuration, and what commands need to know about the list.
 *
 * A head is a migration that no other one builds on. Commands that add a migration put it on top of the head, and refuse where there are several:
 * which one is meant, only a merge can say.
 *
 * Names of new migrations are the minute in UTC and the words of the user in snake case.
 */
import * as E from 'fp-ts/lib/Either.js'
import { migrationError } from '../core/value/DbError.js'
import type { Migration } from '../schema/Migration.js'
import { migrationsFolder, type Settings } from './configFile.js'
import { migrationFiles } from './migrationFiles.js'
import { type Answer, type Failure, misuse } from './World.js'

/** Reads the migrations of a configuration. */
export const migrationsOf = (s: Settings): Answer<readonly Migration[]> => migrationFiles(migrationsFolder(s))()

/** The names of the migrations that no other one builds on, in the order of the list. */
export const headsOf = (list: readonly Migration[]): readonly string[] => {
  const parents = new Set(list.flatMap(m => m.parents))
  return list.map(m => m.name).filter(name => !parents.has(name))
}

/** The one head of a list, null if it is empty. */
export const headOf = (list: readonly Migration[]): E.Either<Failure, string | null> => {
  const heads = headsOf(list)
  if (heads.length <= 1) return E.right(heads[0] ?? null)
  const reason = `the migrations have ${heads.length} heads, ${heads.map(h => `"${h}"`).join(' and ')}: run query-ts migrate merge first`
  return E.left(migrationError('heads', heads, reason))
}

/** The words of a name in snake case; empty if it has none. */
export const snakeWords = (words: string): string =>
  words
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

const MINUTE = 60_000

const stampOf = (at: Date): string => at.toISOString().slice(0, 16).replace(/[-:]/g, '')

/** The minute in a name; null if it has none. */
const minuteOf = (name: string): Date | null => {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)_/.exec(name) ?? []
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:00Z`)
  return Number.isNaN(at.getTime()) ? null : at
}

/** The name of a new migration. It sorts after those that it builds on: the minute is the next one where they have the same. */
export const newName = (now: Date, words: string, after: readonly string[]): E.Either<Failure, string> => {
  const name = snakeWords(words)
  if (name === '') return E.left(misuse(`"${words}" has no letters of a name: give a few words, such as add_price`))
  if (name.length > 150) return E.left(misuse('the name of a migration is too long: give at most 150 characters'))
  const sameMinute = after.some(old => old.slice(0, 13) === stampOf(now) && minuteOf(old) !== null && old >= `${stampOf(now)}_${name}`)
  return E.right(`${stampOf(sameMinute ? new Date(now.getTime() + MINUTE) : now)}_${name}`)
}
