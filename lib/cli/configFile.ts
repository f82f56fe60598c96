/**
 * Finding and reading the configuration.
 *
 * Without `--config` it is the first of `query-ts.config.ts`, `.mts`, `.js`, `.mjs` in the current folder, or in the nearest folder above that has
 * one. `--database` replaces its database, and is enough for commands that need nothing else.
 *
 * What is wrong with it (no file, no default export, an unknown field, a field of another type, an exception) is a `Misuse` that names the file. No
 * message repeats the value of `database`, which may have a password.
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { AnySchema } from '../core/table/Schema.js'
import { textOf } from '../core/value/DbError.js'
import { similar } from '../core/value/nearest.js'
import type { Config } from './config.js'
import { HAZARDS } from './hazardNames.js'
import { hiding } from './redacted.js'
import { importModule } from './typescript.js'
import { type Answer, type Failure, type Misuse, misuse, type World } from './World.js'

/** The options of every command. */
export interface CommonOptions {
  readonly config: string | undefined
  readonly database: string | undefined
}

/** A configuration with the folder that its paths are relative to. */
export interface Settings extends Config {
  /** The file; null if there is none. */
  readonly file: string | null
  readonly folder: string
  /** Whether the database is that of `--database`. */
  readonly isGiven: boolean
}

/** The names of a configuration, in the order in which they are looked for. */
export const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs'].map(end => `query-ts.config.${end}`)

const findAbove = (folder: string): string | null => {
  const found = CONFIG_NAMES.map(name => join(folder, name)).find(existsSync)
  if (found !== undefined) return found
  const parent = dirname(folder)
  return parent === folder ? null : findAbove(parent)
}

const isNames = (x: unknown): boolean => Array.isArray(x) && x.every(n => typeof n === 'string' || n instanceof RegExp)

const FIELDS: { readonly [field in keyof Required<Config>]: readonly [is: (x: any) => boolean, expected: string] } = {
  database: [
    x => ['string', 'function'].includes(typeof x) || (typeof x === 'object' && x !== null),
    'an address, options of `open`, or a function; is the variable of the environment set?',
  ],
  schema: [x => x?.kind === 'schema' && typeof x.tables === 'object', 'a schema, made by `schema` of query-ts/Schema'],
  migrations: [x => typeof x === 'string' && x !== '', 'the path of a folder'],
  only: [isNames, 'a list of texts and regular expressions'],
  ignore: [isNames, 'a list of texts and regular expressions'],
  allow: [x => Array.isArray(x) && x.every(k => HAZARDS.includes(k)), `a list of hazards: ${HAZARDS.join(', ')}`],
}

/** What is wrong with a configuration; null if nothing is. */
export const configProblem = (made: unknown): string | null => {
  if (typeof made !== 'object' || made === null || Array.isArray(made))
    return 'it has no default export that is a configuration: write `export default defineConfig({ database, schema })`'
  const names = Object.keys(FIELDS)
  for (const [name, value] of Object.entries(made)) {
    if (!Object.hasOwn(FIELDS, name)) {
      const near = similar(name, names)
      return `it has the unknown field "${name}": ${near === null ? `the fields are ${names.join(', ')}` : `did you mean "${near}"?`}`
    }
    const [is, expected] = FIELDS[name as keyof Config]
    // a missing variable of the environment matters to commands that use the database only
    if (value !== undefined && !is(value)) return `"${name}" must be ${expected}`
  }
  return null
}

const read = async (world: World, file: string): Answer<Settings> => {
  const shown = relative(world.cwd, file) || file
  let module: any
  try {
    module = await importModule(file)
  } catch (thrown) {
    return E.left(misuse(`${shown} can't be loaded: ${hiding(textOf(thrown))}: correct it, or name another file by --config`, thrown))
  }
  const made = module?.default
  const problem = configProblem(made)
  return problem === null ? E.right({ ...made, file, folder: dirname(file), isGiven: false }) : E.left(misuse(`${shown}: ${problem}`))
}

/** The configuration of a run. Without a file it is empty, and `database` alone may be enough. */
export const settings = async (world: World, options: CommonOptions): Answer<Settings> => {
  const given = options.config === undefined ? null : isAbsolute(options.config) ? options.config : resolve(world.cwd, options.config)
  if (given !== null && !(existsSync(given) && statSync(given).isFile()))
    return E.left(misuse(`${options.config}: there is no such file: correct --config, or run query-ts init`))
  const file = given ?? findAbove(world.cwd)
  const found: E.Either<Failure, Settings> = file === null ? E.right({ file, folder: world.cwd, isGiven: false }) : await read(world, file)
  if (E.isLeft(found) || options.database === undefined) return found
  return E.right({ ...found.right, database: options.database, isGiven: true })
}

/** What to do where a command needs a part of the configuration that is missing. */
const missing = ({ file }: Settings, what: string, how: string): Misuse =>
  misuse(
    file === null
      ? `there is no ${what}, and no query-ts.config.ts in this folder or above: ${how}, or run query-ts init`
      : `there is no ${what} in the configuration: ${how}`,
  )

/** The schema of a configuration, where a command needs it. */
export const schemaIn = (s: Settings): E.Either<Misuse, AnySchema> =>
  s.schema === undefined ? E.left(missing(s, 'schema', 'add `schema`, the schema of the application, to it')) : E.right(s.schema)

/** The error of a command that needs a database. */
export const noDatabase = (s: Settings): Misuse => missing(s, 'database', 'add `database` to it, give --database URL')

/** The folder of the migrations. */
export const migrationsFolder = ({ folder, migrations = 'migrations' }: Settings): string => resolve(folder, migrations)
