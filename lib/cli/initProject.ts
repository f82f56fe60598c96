/**
 * `init` and `migrate new`: files to begin with.
 *
 * The configuration is never replaced, whichever of its names it has. The folder of migrations is created with it, since the other commands
 * expect one. A new migration has no steps: it builds on the head.
 *
 * The text of these files is TypeScript that compiles as it is.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Migration } from '../schema/Migration.js'
import { CONFIG_NAMES, migrationsFolder, type Settings } from './configFile.js'
import { headOf, migrationsOf, newName } from './migrationList.js'
import { type Answer, misuse, type Outcome, outcome, type World } from './World.js'
import { makeFolder, shownPath, writeNew } from './writeFiles.js'

const CONFIG = `import { defineConfig } from 'query-ts/config'
// import { shop } from './src/schema.js'

export default defineConfig({
  // postgres://, mysql://, mariadb://, sqlite:file.db, sqlite3:file.db or pglite:folder
  database: process.env['DATABASE_URL'] ?? 'sqlite:app.db',
  // the schema of the application, for migrate diff, migrate check and diff
  // schema: shop,
  migrations: './migrations',
})
`

/** Writes a configuration and the folder of migrations. */
export const initProject = async (world: World): Answer<Outcome> => {
  const found = CONFIG_NAMES.map(name => join(world.cwd, name)).find(existsSync)
  if (found !== undefined)
    return E.left(misuse(`${shownPath(world, found)} exists already, and is not replaced: edit it, or remove it and run init again`))
  const config = await writeNew(world, join(world.cwd, CONFIG_NAMES[0] as string), CONFIG)
  if (E.isLeft(config)) return config
  const folder = await makeFolder(world, join(world.cwd, 'migrations'))
  if (E.isLeft(folder)) return folder
  const text = [
    `wrote ${config.right} and ${folder.right}/`,
    'next: set the database and the schema there, then query-ts migrate diff NAME',
  ].join('\n')
  return E.right(outcome(text, { config: config.right, migrations: folder.right }))
}

/** The text of a migration without steps. */
export const emptyMigration = (name: string, from: readonly string[]): string => {
  const parents = from.length === 0 ? 'null' : from.length === 1 ? `'${from[0]}'` : `[${from.map(f => `'${f}'`).join(', ')}]`
  return `import * as Migrate from 'query-ts/Migrate'

// Describe the tables of the steps here, not by the application's schema: that one changes later.
export default Migrate.migration({
  name: '${name}',
  from: ${parents},
  up: [],
})
`
}

/** The file of a migration in the folder of a configuration. */
export const fileOf = (s: Settings, name: string): string => join(migrationsFolder(s), `${name}.ts`)

/** What a new migration builds on. */
export interface Base {
  readonly list: readonly Migration[]
  readonly head: string | null
  /** The name of the new migration. */
  readonly name: string
}

/** The head of the migrations, and the name of a new one on top of it. Creates the folder if it is missing. */
export const onHead = async (world: World, s: Settings, words: string): Answer<Base> => {
  const usable = newName(world.now(), words, [])
  if (E.isLeft(usable)) return usable
  const folder = await makeFolder(world, migrationsFolder(s))
  if (E.isLeft(folder)) return folder
  const list = await migrationsOf(s)
  if (E.isLeft(list)) return list
  const head = headOf(list.right)
  if (E.isLeft(head)) return head
  const name = newName(world.now(), words, head.right === null ? [] : [head.right])
  return E.map((n: string) => ({ list: list.right, head: head.right, name: n }))(name)
}

/** Writes a migration without steps on top of the head. */
export const newMigration = async (world: World, s: Settings, words: string): Answer<Outcome> => {
  const base = await onHead(world, s, words)
  if (E.isLeft(base)) return base
  const { name, head } = base.right
  const from = head === null ? [] : [head]
  const file = await writeNew(world, fileOf(s, name), emptyMigration(name, from))
  return E.map((path: string) => outcome(`wrote ${path}`, { name, from: head, file: path }))(file)
}
