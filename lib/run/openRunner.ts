/**
 * Loads the one runner that a target needs, and opens it.
 *
 * Runners are imported on demand, each with its driver, so that the drivers of other engines need not be installed. A driver that is not
 * installed, or can't be loaded, is a `ConnectionError` that names its package.
 *
 * This table is where an engine of a target becomes a runner.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Runner } from '../core/operation/Interpreter.js'
import { connectionError, type DbError } from '../core/value/DbError.js'
import type { Engine, OpenTarget, OptionsOf } from './address/openTarget.js'
import { driverError } from './driverError.js'

type Opener<Options> = (options: Options) => TE.TaskEither<DbError, Runner>

interface Loader<Options> {
  /** The package that has to be installed. */
  readonly driver: string | null
  readonly load: () => Promise<Opener<Options>>
}

const mysql: Loader<OptionsOf['mysql']> = { driver: 'mysql2', load: async () => (await import('./mysql.js')).mysql }

const LOADERS: { readonly [E in Engine]: Loader<OptionsOf[E]> } = {
  postgres: { driver: 'postgres', load: async () => (await import('./postgres.js')).postgres },
  mysql,
  mariadb: mysql,
  sqlite: { driver: 'sql.js', load: async () => (await import('./sqlite.js')).sqlite },
  sqlite3: { driver: 'better-sqlite3', load: async () => (await import('./sqlite3.js')).sqlite3 },
  pglite: {
    driver: '@electric-sql/pglite',
    load: async () => {
      const { pglite } = await import('./pglite.js')
      return options => pglite(options as Parameters<typeof pglite>[0])
    },
  },
  memory: {
    driver: null,
    load: async () => {
      const { memory } = await import('./memory.js')
      return options => TE.fromIO(() => memory(options))
    },
  },
}

/** Why a module could not be loaded. */
const notLoaded = (engine: Engine, driver: string | null, thrown: unknown): DbError => {
  const { code, message } = (thrown ?? {}) as { readonly code?: unknown; readonly message?: unknown }
  const isMissing = /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && driver !== null && String(message).includes(`'${driver}'`)
  const cause = driverError(thrown)
  return connectionError(
    engine,
    isMissing
      ? `its driver, the package ${driver}, is not installed: run npm install ${driver}`
      : `its driver${driver === null ? '' : `, the package ${driver},`} can't be loaded (${cause.message}): reinstall it`,
    cause,
  )
}

/** Opens the runner of a target that was read. */
export const openRunner =
  ({ engine, options }: OpenTarget): TE.TaskEither<DbError, Runner> =>
  async () => {
    const { driver, load } = LOADERS[engine]
    let opener: Opener<typeof options>
    try {
      opener = (await load()) as Opener<typeof options>
    } catch (thrown) {
      return E.left(notLoaded(engine, driver, thrown))
    }
    return opener(options)()
  }
