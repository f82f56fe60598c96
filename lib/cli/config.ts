/**
 * The configuration of the command line `query-ts`: which database, which schema, which migrations.
 *
 * `query-ts.config.ts` (or `.mts`, `.js`, `.mjs`) has `defineConfig({...})` as its default export. The file is a module: it reads the environment and
 * imports the application's schema. Paths in it are relative to the file. `--config` and `--database` override the file and its database.
 *
 * Nothing is opened here; what a configuration may have is checked when it is read (`configFile`).
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Runner } from '../core/operation/Interpreter.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { DbError } from '../core/value/DbError.js'
import type { Target } from '../run/open.js'
import type { HazardKind } from '../schema/hazards.js'

/** A configuration. */
export interface Config {
  /** An address, the options of `open`, or a function that opens the database. */
  readonly database?: Target | (() => TaskEither<DbError, Runner>)
  /** The schema of the application. Needed by `migrate diff`, `migrate check` and `diff`. */
  readonly schema?: AnySchema
  /** The folder of the migrations. Default: `./migrations`. */
  readonly migrations?: string
  /** Tables and views that are meant, by name. Default: all. */
  readonly only?: readonly (string | RegExp)[]
  /** Tables and views that are left alone, by name. */
  readonly ignore?: readonly (string | RegExp)[]
  /** Hazards of migrations that are allowed without `--allow`. */
  readonly allow?: readonly HazardKind[]
}

/** The configuration, checked by its type. */
export const defineConfig = (config: Config): Config => config
