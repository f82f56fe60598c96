/**
 * The commands `query-ts migrate ...`.
 *
 * Each one reads its arguments and returns what is to be done, as a function of the world: nothing happens while the command line is read. The
 * names, descriptions and examples here are the help.
 *
 * What a command does is in the file of its function.
 */
import { applyMigrations, baselineMigrations, resolveMigration, undoMigrations } from './applyMigrations.js'
import {
  choice,
  command,
  common,
  howMany,
  migrationName,
  migrationNames,
  newMigrationName,
  performing,
  resolvedAs,
  someDialects,
  someMigrationName,
  subcommands,
  to,
} from './arguments.js'
import { checkMigrations } from './checkMigrations.js'
import { withSettings } from './Invocation.js'
import { newMigration } from './initProject.js'
import { mergeMigrations, writeChanges } from './newSteps.js'
import { showPlan } from './showPlan.js'
import { showStatus } from './showStatus.js'
import { squashMigrations } from './squashMigrations.js'

const example = (description: string, line: string) => ({ description, command: `query-ts ${line}` })

const writing = {
  new: command({
    name: 'new',
    description: 'Write a migration without steps, on top of the head',
    args: { ...common, name: newMigrationName },
    handler: a => withSettings(a, (world, s) => newMigration(world, s, a.name)),
    examples: [example('migrations/20261127T1200_add_price.ts', 'migrate new add_price')],
  }),
  diff: command({
    name: 'diff',
    description: 'Write a migration with the steps from the migrations to the schema of the configuration',
    args: { ...common, name: newMigrationName },
    handler: a => withSettings(a, (world, s) => writeChanges(world, s, a.name)),
    examples: [example('After a change of the schema', 'migrate diff add_price')],
  }),
  merge: command({
    name: 'merge',
    description: 'Write a migration that builds on all heads, if their order does not matter',
    args: { ...common, name: someMigrationName },
    handler: a => withSettings(a, (world, s) => mergeMigrations(world, s, a.name)),
    examples: [example('After two branches have each added a migration', 'migrate merge')],
  }),
  squash: command({
    name: 'squash',
    description: 'Write one migration in place of all, and move these into _squashed/',
    args: { ...common, name: newMigrationName },
    handler: a => withSettings(a, (world, s) => squashMigrations(world, s, a.name)),
    examples: [example('Databases that have all of them stay as they are', 'migrate squash initial')],
  }),
}

const performed = {
  up: command({
    name: 'up',
    description: 'Apply the migrations that the database does not have',
    args: { ...common, ...performing, to: to('The last migration to apply, with all that it builds on. Default: all') },
    handler: a => withSettings(a, (world, s) => applyMigrations(world, s, a)),
    examples: [
      example('All of them', 'migrate up'),
      example('One that drops a column', 'migrate up --allow losesData'),
      example('A script for an administrator', 'migrate up --sql > up.sql'),
    ],
  }),
  down: command({
    name: 'down',
    description: 'Undo applied migrations, last first',
    args: {
      ...common,
      ...performing,
      to: to('The migration to keep, with all that it builds on'),
      count: howMany,
      all: choice('all', 'Undo all of them'),
    },
    handler: a => withSettings(a, (world, s) => undoMigrations(world, s, a)),
    examples: [
      example('The last one', 'migrate down --allow losesData'),
      example('All after one', 'migrate down --to 20261127T1200_add_price --allow losesData'),
    ],
  }),
  baseline: command({
    name: 'baseline',
    description: 'Record migrations as applied: the database already has what they do',
    args: { ...common, names: migrationNames },
    handler: a => withSettings(a, (world, s) => baselineMigrations(world, s, a.names)),
    examples: [example('An existing database', 'migrate baseline 20261127T1200_initial')],
  }),
  resolve: command({
    name: 'resolve',
    description: 'Settle a migration, or a step of it that is half done, after looking at the database',
    args: { ...common, name: migrationName, as: resolvedAs },
    handler: a => withSettings(a, (world, s) => resolveMigration(world, s, a.name, a.as)),
    examples: [example('The step was completed by hand', 'migrate resolve 20261127T1200_add_price --as done')],
  }),
}

const shown = {
  status: command({
    name: 'status',
    description: 'Show what is applied, pending, edited, unknown or half done, and how the database differs from its migrations',
    args: { ...common },
    handler: a => withSettings(a, showStatus),
    examples: [example('Exit code 1 if something is wrong', 'migrate status --json')],
  }),
  check: command({
    name: 'check',
    description: 'Check the migrations, for CI: names, heads, order, descriptions, edits, and that they make the schema',
    args: { ...common, offline: choice('offline', 'Do not compare with the database of the configuration') },
    handler: a => withSettings(a, (world, s) => checkMigrations(world, s, a.offline)),
    examples: [example('Without a database', 'migrate check --offline')],
  }),
  plan: command({
    name: 'plan',
    description: 'Show the SQL and the hazards of pending migrations, and what can be undone',
    args: { ...common, dialects: someDialects },
    handler: a => withSettings(a, (world, s) => showPlan(world, s, a.dialects)),
    examples: [example('On two engines', 'migrate plan --dialect postgres --dialect mysql')],
  }),
}

/** `query-ts migrate`. */
export const migrate = subcommands({
  name: 'migrate',
  description: 'Write, check and apply migrations',
  cmds: { ...writing, ...performed, ...shown },
  examples: [example('The usual way', 'migrate diff add_price && query-ts migrate up')],
})
