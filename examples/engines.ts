/**
 * Engines by their URLs: those that run in this process, and servers.
 *
 * Shows: a runner is a value that a program is given, so that choosing an engine is choosing a value; a driver is loaded
 * only when its engine is opened; and how a runner is closed on every exit, also when its user rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { DbError } from 'query-ts/DbError'
import type { Runner } from 'query-ts/Interpreter'

export interface Engine {
  readonly name: string
  readonly open: TE.TaskEither<DbError, Runner>
  /** Whether the data outlives the runner. */
  readonly lasts: boolean
}

/** The model that the others are compared with: plain JavaScript over lists of rows. */
const inMemory: Engine = { name: 'memory', lasts: false, open: async () => E.right((await import('query-ts/memory')).memory()) }

/** SQLite compiled to WebAssembly (sql.js), in memory unless a file is given. */
export const onSqlite = (file?: string): Engine => ({
  name: 'sqlite',
  lasts: file !== undefined,
  open: async () => (await import('query-ts/sqlite')).sqlite(file === undefined ? {} : { file })(),
})

/** Native SQLite (better-sqlite3), in memory unless a file is given. */
const onSqlite3 = (file?: string): Engine => ({
  name: 'sqlite3',
  lasts: file !== undefined,
  open: async () => (await import('query-ts/sqlite3')).sqlite3(file === undefined ? {} : { file })(),
})

/** Postgres compiled to WebAssembly (PGlite). */
const onPglite: Engine = { name: 'pglite', lasts: false, open: async () => (await import('query-ts/pglite')).pglite()() }

/** A Postgres server. */
const onPostgres = (address: string): Engine => ({
  name: 'postgres',
  lasts: true,
  open: async () => (await import('query-ts/postgres')).postgres({ url: address })(),
})

/** A server of MySQL or MariaDB. */
const onMysql = (name: 'mysql' | 'mariadb', address: string): Engine => ({
  name,
  lasts: true,
  open: async () => (await import('query-ts/mysql')).mysql({ url: address })(),
})

const isInstalled = (name: string): boolean => {
  try {
    return import.meta.resolve(name).startsWith('file:')
  } catch {
    return false
  }
}

/** Every available engine: the embedded ones, and servers whose addresses are in the environment. */
export const available = (): readonly Engine[] => {
  const { POSTGRES_URL, MYSQL_URL, MARIADB_URL } = process.env
  return [
    inMemory,
    onSqlite(),
    ...(isInstalled('better-sqlite3') ? [onSqlite3()] : []),
    onPglite,
    ...(POSTGRES_URL === undefined ? [] : [onPostgres(POSTGRES_URL)]),
    ...(MYSQL_URL === undefined ? [] : [onMysql('mysql', MYSQL_URL)]),
    ...(MARIADB_URL === undefined ? [] : [onMysql('mariadb', MARIADB_URL)]),
  ]
}

/** The engine of a URL, if there is one. */
export const engineOf = (url: string): Engine | undefined => {
  const [, scheme, rest] = /^(\w+):(.*)$/s.exec(url) ?? []
  const file = rest === ':memory:' ? undefined : rest
  switch (scheme) {
    case 'memory':
      return inMemory
    case 'pglite':
      return onPglite
    case 'sqlite':
      return rest === '' ? undefined : onSqlite(file)
    case 'sqlite3':
      return rest === '' ? undefined : onSqlite3(file)
    case 'postgres':
    case 'postgresql':
      return onPostgres(url)
    case 'mysql':
    case 'mariadb':
      return onMysql(scheme, url)
    default:
      return undefined
  }
}

/** Opens an engine, uses it, and closes it whatever happens. */
export const withEngine =
  (engine: Engine) =>
  <A>(use: (db: Runner) => TE.TaskEither<DbError, A>): TE.TaskEither<DbError, A> =>
  async () => {
    const opened = await engine.open()
    if (E.isLeft(opened)) return opened
    const db = opened.right
    try {
      return await use(db)()
    } finally {
      await db.close()
    }
  }
