/**
 * The commands of `query-ts` about projects, schemas, SQL and whole databases.
 *
 * As in `migrateCommands`, each one reads its arguments and returns what is to be done. The names, descriptions and examples here are the help.
 *
 * What a command does is in the file of its function.
 */
import { choice, command, common, exportPlace, meantTables, oneDialect, outFile, someSchemas, subcommands } from './arguments.js'
import { withoutSettings, withSettings } from './Invocation.js'
import { initProject } from './initProject.js'
import { migrate } from './migrateCommands.js'
import { printSql } from './printSql.js'
import { diffDatabase, drawDiagram, introspectDatabase } from './readSchema.js'
import { manifest } from './typescript.js'
import { createWhole, dropWhole } from './wholeDatabase.js'

const example = (description: string, line: string) => ({ description, command: `query-ts ${line}` })

const reading = { ...meantTables, schemas: someSchemas, out: outFile }

const cmds = {
  init: command({
    name: 'init',
    description: 'Write query-ts.config.ts and the folder of migrations',
    args: { ...common },
    handler: a => withoutSettings(a, initProject),
    examples: [example('In the root of a project', 'init')],
  }),
  migrate,
  introspect: command({
    name: 'introspect',
    description: 'Write the TypeScript module of the tables of the database',
    args: { ...common, ...reading },
    handler: a => withSettings(a, (world, s) => introspectDatabase(world, s, a)),
    examples: [example('Into a file, which must not exist', 'introspect --out src/schema.ts --ignore audit_log')],
  }),
  diff: command({
    name: 'diff',
    description: 'Show the steps from the database to the schema of the configuration; exit code 1 if there are any',
    args: { ...common, ...meantTables },
    handler: a => withSettings(a, (world, s) => diffDatabase(world, s, a)),
    examples: [example('Does the database fit the code?', 'diff')],
  }),
  diagram: command({
    name: 'diagram',
    description: 'Draw the schema of the configuration, or of the database, as Mermaid',
    args: { ...common, ...reading, live: choice('live', 'Draw the database, also where the configuration has a schema') },
    handler: a => withSettings(a, (world, s) => drawDiagram(world, s, a)),
    examples: [example('Into a file, which must not exist', 'diagram --out docs/schema.mmd')],
  }),
  sql: command({
    name: 'sql',
    description: 'Print the SQL and the parameters of a query or command that a module exports',
    args: { ...common, place: exportPlace, dialect: oneDialect },
    handler: a => withoutSettings(a, world => printSql(world, a.place, a.dialect)),
    examples: [example('In one dialect', 'sql src/reports.ts#bestSellers --dialect postgres')],
  }),
  create: command({
    name: 'create',
    description: 'Create the database itself, without tables',
    args: { ...common, ifNotExists: choice('if-not-exists', 'Leave an existing database as it is') },
    handler: a => withSettings(a, (world, s) => createWhole(world, s, a.ifNotExists)),
    examples: [example('Before the first migrate up', 'create --if-not-exists')],
  }),
  drop: command({
    name: 'drop',
    description: 'Drop the database itself, with all that it has',
    args: {
      ...common,
      yes: choice('yes', 'Do not ask'),
      ifExists: choice('if-exists', 'A missing database is no error'),
      force: choice('force', 'Postgres: end the connections of others first'),
    },
    handler: a => withSettings(a, (world, s) => dropWhole(world, s, a)),
    examples: [example('In a script', 'drop --yes --if-exists')],
  }),
}

/** The command line. */
export const queryTs = () =>
  subcommands({
    name: 'query-ts',
    version: manifest().version,
    description:
      'Migrations, schemas and SQL of query-ts. Results go to stdout, messages to stderr. Exit codes: 0 done, 1 failed or differences found, 2 wrong usage, 130 interrupted',
    cmds,
    examples: [
      example('Begin', 'init'),
      example('Write a migration from a change of the schema', 'migrate diff add_price'),
      example('Apply it', 'migrate up'),
      example('In CI', 'migrate check --offline'),
    ],
  })
