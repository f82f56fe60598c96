/**
 * The embedded engines by their URLs: nothing to install, nothing to start.
 *
 * Shows: a runner is a value that a program is given, so that choosing an engine is choosing a value; and how a runner is
 * closed on every exit, also when what uses it rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DbError } from 'query-ts/DbError'
import type { Runner } from 'query-ts/Interpreter'
import { memory } from 'query-ts/memory'
import { pglite } from 'query-ts/pglite'
import { sqlite } from 'query-ts/sqlite'

export interface Engine {
  readonly name: string
  readonly open: TE.TaskEither<DbError, Runner>
}

/** The model that all others are held to: plain JavaScript over lists of rows. */
const inMemory: Engine = { name: 'memory', open: TE.fromIO(memory) }

/** SQLite compiled to WebAssembly (sql.js), in memory unless a file is given. */
export const onSqlite = (file?: string): Engine => ({ name: 'sqlite', open: file === undefined ? sqlite() : sqlite({ file }) })

/** Postgres compiled to WebAssembly (PGlite). */
const onPglite: Engine = { name: 'pglite', open: pglite() }

export const embedded: readonly Engine[] = [inMemory, onSqlite(), onPglite]

/** The engine of a URL, if there is one. */
export const engineOf = (url: string): Engine | undefined => {
  if (url === 'memory:') return inMemory
  if (url === 'pglite:') return onPglite
  const file = /^sqlite:(.+)$/s.exec(url)?.[1]
  return file === undefined ? undefined : onSqlite(file === ':memory:' ? undefined : file)
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
