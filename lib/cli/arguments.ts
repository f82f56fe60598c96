/**
 * The arguments of commands, as types of the command line.
 *
 * Each one turns a text into a value, or says what is wrong with it. `common` are the options that every command has. The other files of
 * this folder take the parser from here: this is the only file that knows cmd-ts.
 *
 * Texts of errors of the parser repeat the command line, and are shown by `runCommand` only, without passwords.
 */
import { array, flag, multioption, option, optional, positional, restPositionals, string, type Type } from 'cmd-ts'
import type { DialectName } from '../core/value/DialectName.js'
import { nearestHint } from '../core/value/nearest.js'
import type { HazardKind } from '../schema/hazards.js'
import { HAZARDS } from './hazardNames.js'
import { DIALECTS } from './printSql.js'

export { command, runSafely, subcommands } from 'cmd-ts'

/** One of some words. */
const oneOf = <A extends string>(displayName: string, words: readonly A[]): Type<string, A> => ({
  displayName,
  from: async text => {
    const found = words.find(w => w === text)
    if (found !== undefined) return found
    throw new Error(`there is no ${displayName} "${text}": ${nearestHint(text, words)} Choose one of ${words.join(', ')}`)
  },
})

const hazard: Type<string, HazardKind> = oneOf('hazard', HAZARDS)
const dialect: Type<string, DialectName> = oneOf('dialect', DIALECTS)

const count: Type<string, number> = {
  displayName: 'number',
  from: async text => {
    if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
    throw new Error('it must be a whole number from 1')
  },
}

const many = (long: string, description: string, displayName = 'str') =>
  multioption({ type: array({ ...string, displayName }), long, description })

/** The options of every command. */
export const common = {
  config: option({
    type: optional({ ...string, displayName: 'file' }),
    long: 'config',
    description: 'The configuration. Default: query-ts.config.ts here or above',
  }),
  database: option({
    type: optional({ ...string, displayName: 'url' }),
    long: 'database',
    description: 'The database, in place of that of the configuration',
  }),
  json: flag({ long: 'json', description: 'Print the result as one JSON document' }),
  verbose: flag({ long: 'verbose', description: 'Show the stack and the cause of an error' }),
}

/** A migration by its name. */
export const migrationName = positional({ type: { ...string, displayName: 'name' }, description: 'The name of a migration' })

/** The words of a new migration. */
export const newMigrationName = positional({ type: { ...string, displayName: 'name' }, description: 'A few words, such as add_price' })

/** The words of a new migration, which may be left out. */
export const someMigrationName = positional({
  type: optional({ ...string, displayName: 'name' }),
  description: 'A few words. Default: merge',
})

/** Migrations by their names. */
export const migrationNames = restPositionals({ type: { ...string, displayName: 'name' }, description: 'The names of migrations' })

/** `FILE#export`. */
export const exportPlace = positional({
  type: { ...string, displayName: 'file#export' },
  description: 'A module, and the name of its export',
})

/** The options of commands that perform migrations. */
export const performing = {
  allow: multioption({ type: array(hazard), long: 'allow', description: `Allow a hazard: ${HAZARDS.join(', ')}` }),
  sql: flag({ long: 'sql', description: 'Print the SQL script in place of performing it' }),
  dryRun: flag({ long: 'dry-run', description: 'Show the steps, and perform none' }),
}

/** `--to`. */
export const to = (description: string) => option({ type: optional({ ...string, displayName: 'name' }), long: 'to', description })

/** `--count`. */
export const howMany = option({ type: optional(count), long: 'count', description: 'How many migrations. Default: 1' })

/** `--as`. */
export const resolvedAs = option({ type: oneOf('state', ['done', 'undone']), long: 'as', description: 'done or undone' })

/** `--dialect`, once. */
export const oneDialect = option({ type: optional(dialect), long: 'dialect', description: `One of ${DIALECTS.join(', ')}. Default: all` })

/** `--dialect`, any number of times. */
export const someDialects = multioption({
  type: array(dialect),
  long: 'dialect',
  description: `Any of ${DIALECTS.join(', ')}. Default: that of the database`,
})

/** Which tables are meant. */
export const meantTables = {
  only: many('only', 'A table or view that is meant, by name. Default: all', 'table'),
  ignore: many('ignore', 'A table or view that is left alone, by name', 'table'),
}

/** `--schema`, any number of times. */
export const someSchemas = many('schema', 'A schema of the database. Default: the default one', 'schema')

/** `--out`. */
export const outFile = option({
  type: optional({ ...string, displayName: 'file' }),
  long: 'out',
  description: 'The file to write. Default: stdout',
})

/** A switch. */
export const choice = (long: string, description: string) => flag({ long, description })
