/**
 * PGlite for tests, without the time to create a database for each.
 *
 * An empty database is a file of the build: opening a copy of it takes a tenth of the time of creating one. The file is as small as
 * possible (16 MB instead of 40): one database, and a write-ahead log of 1 MB; a PGlite from it has 16 MB of buffers and not 128. The
 * test runner makes the file before the first worker starts and passes its name in the environment; without the name a process opens
 * PGlite in the ordinary way. In a worker one PGlite is emptied and reused, test file after test file, as long as one runner at a time
 * needs it.
 */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DbError } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { type PgliteOptions, pglite } from '../../lib/run/pglite.js'

const VARIABLE = 'QUERY_TS_PGLITE_COPY'

/** A build that has newer code or another PGlite makes the file anew. */
const here = fileURLToPath(import.meta.url)
const copy = fileURLToPath(new URL('../../pglite.tar', import.meta.url))
const isFresh = (): boolean => {
  const made = existsSync(copy) ? statSync(copy).mtimeMs : 0
  return [here, fileURLToPath(import.meta.resolve('@electric-sql/pglite'))].every(source => statSync(source).ctimeMs < made)
}

const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

/** Makes the file, unless it is there, for the workers that this process starts. */
export const prepareCopy = async (): Promise<void> => {
  if (!isFresh()) {
    const db = await PGlite.create({ startParams, initDbStartParams: ['--wal-segsize=1'] })
    await db.exec('UPDATE pg_database SET datistemplate = false')
    for (const unused of ['template0', 'template1']) await db.exec(`DROP DATABASE ${unused}`)
    await db.exec('CHECKPOINT')
    // written to another file and renamed, because another run of the tests may read it at the same time
    const written = `${copy}.${process.pid}`
    writeFileSync(written, new Uint8Array(await (await db.dumpDataDir('none')).arrayBuffer()))
    renameSync(written, copy)
    await db.close()
  }
  process.env[VARIABLE] = copy
}

/** An empty PGlite in memory. */
export const emptyPglite = (options: Pick<PgliteOptions, 'extensions'> = {}): Promise<PGlite> => {
  const file = process.env[VARIABLE]
  const { extensions } = options
  return PGlite.create({
    ...(extensions && { extensions }),
    ...(file !== undefined && { startParams, loadDataDir: new Blob([readFileSync(file)]) }),
  })
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

/** A runner of an empty PGlite in memory: of the one of this process, as soon as it is free again; otherwise of a new one. */
export const pgliteForTests =
  (options: PgliteOptions = {}): TE.TaskEither<DbError, Runner> =>
  async () => {
    const isPlain = options.extensions === undefined
    const client = (isPlain ? idle : null) ?? (await emptyPglite(options))
    if (client === idle) idle = null
    return pipe(
      pglite({ ...options, client }),
      TE.map((runner): Runner => {
        const closeOnce = async (): Promise<E.Either<DbError, void>> => {
          const closed = await runner.close()
          const clean = isPlain ? await emptied(client) : null
          if (clean === null || idle !== null) await client.close()
          else idle = clean
          return closed
        }
        let closing: Promise<E.Either<DbError, void>> | undefined
        return { ...runner, close: () => (closing ??= closeOnce()) }
      }),
    )()
  }
