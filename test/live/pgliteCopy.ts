/**
 * A PGlite database that is empty and ready, as a file: opening a copy of it takes a quarter of the time of making one.
 *
 * The test runner makes the file before the first worker starts and names it in the environment; a worker that finds no
 * name opens PGlite in the ordinary way.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
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

/** PGlite in memory, from the copy where there is one. */
export const pgliteForTests =
  (options: PgliteOptions = {}): TaskEither<DbError, Runner> =>
  () => {
    const file = process.env[VARIABLE]
    return pglite(file === undefined ? options : { ...options, loadDataDir: new Blob([readFileSync(file)]) })()
  }
