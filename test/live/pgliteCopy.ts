/**
 * PGlite for tests, without waiting for it each time.
 *
 * An empty database stands ready as a file: opening a copy of it takes a quarter of the time of making one. The test
 * runner makes the file before the first worker starts and names it in the environment; a worker that finds no name opens
 * PGlite in the ordinary way. In a worker one PGlite is emptied and used again, test file after test file, as long as one
 * runner at a time wants it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DbError } from '../../lib/core/DbError.js'
import type { Runner } from '../../lib/core/Interpreter.js'
import { type PgliteOptions, pglite } from '../../lib/run/pglite.js'

const VARIABLE = 'QUERY_TS_PGLITE_COPY'

/** Makes the file in a folder, for the workers that this process starts. */
export const prepareCopy = async (folder: string): Promise<void> => {
  const db = await PGlite.create()
  const file = join(folder, 'pglite.tar')
  writeFileSync(file, new Uint8Array(await (await db.dumpDataDir('none')).arrayBuffer()))
  await db.close()
  process.env[VARIABLE] = file
}

/** The PGlite of this process that no runner uses at the moment. */
let idle: PGlite | null = null

/** Takes away what a test left: tables, types and functions, settings, an open transaction. */
const emptied = async (db: PGlite): Promise<PGlite | null> => {
  try {
    await db.exec('ROLLBACK')
    await db.exec('DISCARD ALL')
    await db.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    const { rows } = await db.query(
      "SELECT 1 FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')",
    )
    return rows.length === 0 ? db : null
  } catch {
    return null
  }
}

/** An empty PGlite in memory: the one of this process, as soon as it is free again; else a new one from the copy. */
export const pgliteForTests =
  (options: PgliteOptions = {}): TE.TaskEither<DbError, Runner> =>
  async () => {
    const file = process.env[VARIABLE]
    if (file === undefined || options.extensions !== undefined) return pglite(options)()
    const client = idle ?? (await PGlite.create({ loadDataDir: new Blob([readFileSync(file)]) }))
    idle = null
    return pipe(
      pglite({ ...options, client }),
      TE.map((runner): Runner => {
        const closeOnce = async (): Promise<E.Either<DbError, void>> => {
          const closed = await runner.close()
          const clean = await emptied(client)
          if (clean === null || idle !== null) await client.close()
          else idle = clean
          return closed
        }
        let closing: Promise<E.Either<DbError, void>> | undefined
        return { ...runner, close: () => (closing ??= closeOnce()) }
      }),
    )()
  }
