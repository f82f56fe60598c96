/**
 * Database folders of PGlite: created empty, and removed with all that PGlite keeps in them.
 *
 * PGlite makes a database in an empty folder when it is opened. Only a folder that PGlite made, or an empty one, is removed, and only while no
 * runner has it open. The data directory of a Postgres server looks the same except for `postmaster.opts`, and is refused.
 *
 * The file that marks a folder as a database is removed last, so that a removal that was interrupted can be repeated.
 */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { connectionError, type DbError, schemaConflict } from '../../core/value/DbError.js'
import { driverError } from '../driverError.js'
import { codeOf, statsOf } from '../sqlite/fileState.js'
import { own } from '../sqlite/lockedFile.js'

type Answer = Promise<E.Either<DbError, void>>

const DONE: E.Either<DbError, void> = E.right(undefined)
const MARK = 'PG_VERSION'

const failed = (folder: string, what: string, thrown: unknown): DbError => {
  const cause = driverError(thrown)
  return connectionError(folder, `the folder can't be ${what}: ${cause.message}`, cause)
}

/** Why a folder is not a database of PGlite; null if it is one. */
const problemOf = (folder: string): string | null => {
  if (statsOf(folder)?.isDirectory() !== true) return 'it is not a folder'
  if (existsSync(join(folder, 'postmaster.opts'))) return 'it is the data directory of a Postgres server'
  return readdirSync(folder).length === 0 || existsSync(join(folder, MARK)) ? null : 'it is not a database of PGlite, and not empty'
}

/** Creates an empty folder. */
export const createFolder = async (folder: string, ifNotExists: boolean): Answer => {
  try {
    await mkdir(folder)
    return DONE
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT')
      return E.left(connectionError(folder, `the folder ${dirname(folder)} does not exist; create it first`, driverError(thrown)))
    if (codeOf(thrown) !== 'EEXIST') return E.left(failed(folder, 'created', thrown))
  }
  try {
    const problem = problemOf(folder)
    if (problem !== null) return E.left(connectionError(folder, `${problem}: give another name`))
    return ifNotExists ? DONE : E.left(schemaConflict(folder, 'the database exists already: drop it first, or pass ifNotExists'))
  } catch (thrown) {
    return E.left(failed(folder, 'read', thrown))
  }
}

/** Removes a database folder. */
export const removeFolder = async (folder: string, ifExists: boolean): Answer => {
  try {
    if (statsOf(folder) === null)
      return ifExists ? DONE : E.left(schemaConflict(folder, 'there is no such folder: check the name, or pass ifExists'))
  } catch (thrown) {
    return E.left(failed(folder, 'read', thrown))
  }
  const owned = await own(folder)
  if (E.isLeft(owned)) return owned
  const { path, lock } = owned.right
  try {
    const problem = problemOf(path)
    if (problem !== null) return E.left(connectionError(folder, `${problem}, so it is not removed`))
    for (const name of readdirSync(path)) if (name !== MARK) await rm(join(path, name), { recursive: true })
    await rm(join(path, MARK), { force: true })
    await rmdir(path)
    return DONE
  } catch (thrown) {
    return E.left(failed(folder, 'removed', thrown))
  } finally {
    lock.release()
  }
}
