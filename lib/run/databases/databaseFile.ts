/**
 * Database files of SQLite: created empty, and removed with what SQLite keeps next to them.
 *
 * An empty file is a database without tables. Only a SQLite database or an empty file is removed, and only while no runner of sql.js has it open.
 * The `-wal`, `-shm` and journal files next to it may hold changes of a program that is running: with `sqlite3` the native driver finds out,
 * and merges what a crash left; without it such a file is `Locked`. A native connection that does nothing and has no write-ahead log leaves
 * no trace, and is not noticed.
 *
 * Companions are removed first: one that is left alone would be applied to the next database of that name.
 */
import { closeSync, lstatSync, openSync, readSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { connectionError, type DbError, locked, schemaConflict } from '../../core/value/DbError.js'
import { type Db, raw, transaction } from '../../program/Program.js'
import type { OpenTarget } from '../address/openTarget.js'
import { driverError } from '../driverError.js'
import { openRunner } from '../openRunner.js'
import { siblingName } from '../sqlite/fileLock.js'
import { codeOf, nativeFile, statsOf } from '../sqlite/fileState.js'
import { nativeInUse, own } from '../sqlite/lockedFile.js'

/** A target that is a file. */
export type FileTarget = Extract<OpenTarget, { readonly engine: 'sqlite' | 'sqlite3' }>

type Answer = Promise<E.Either<DbError, void>>

const DONE: E.Either<DbError, void> = E.right(undefined)
const MAGIC = 'SQLite format 3\0'

const failed = (file: string, what: string, thrown: unknown): DbError => {
  const cause = driverError(thrown)
  return connectionError(file, `the file can't be ${what}: ${cause.message}`, cause)
}

/** Why a file is not a database; null if it is one. */
const problemOf = (path: string): string | null => {
  const stats = statsOf(path)
  if (stats === null) return 'it is a link that leads nowhere'
  if (!stats.isFile()) return 'it is not a regular file'
  if (stats.size === 0n) return null
  const bytes = Buffer.alloc(MAGIC.length)
  const fd = openSync(path, 'r')
  try {
    readSync(fd, bytes, 0, bytes.length, 0)
  } finally {
    closeSync(fd)
  }
  return bytes.toString('latin1') === MAGIC ? null : 'it is not a SQLite database'
}

/** Creates an empty file. */
export const createFile = async (file: string, ifNotExists: boolean): Answer => {
  try {
    await writeFile(file, '', { flag: 'wx' })
    return DONE
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT')
      return E.left(connectionError(file, `the folder ${dirname(file)} does not exist; create it first`, driverError(thrown)))
    if (codeOf(thrown) !== 'EEXIST') return E.left(failed(file, 'created', thrown))
  }
  try {
    const problem = problemOf(file)
    if (problem !== null) return E.left(connectionError(file, `${problem}: give another name`))
    return ifNotExists ? DONE : E.left(schemaConflict(file, 'the database exists already: drop it first, or pass ifNotExists'))
  } catch (thrown) {
    return E.left(failed(file, 'read', thrown))
  }
}

/** Fails if another native connection uses the database: only without one can its write-ahead log be ended, and a write begin. */
const unused = async (target: FileTarget, file: string): Answer => {
  const opened = await openRunner({ ...target, options: { busyTimeout: 0, ...target.options, file } } as FileTarget)()
  if (E.isLeft(opened)) return opened
  const db = opened.right
  const ended = await raw({})`PRAGMA journal_mode = DELETE`({ db })()
  const alone = E.isLeft(ended) ? ended : await transaction()<Db, DbError, void>(() => TE.right(undefined))({ db })()
  const closed = await db.close()
  if (E.isRight(alone)) return closed
  const isBusy = alone.left._tag === 'Locked' || alone.left._tag === 'Timeout'
  return E.left(isBusy ? locked(file, null, 'another program has it open: close it there first') : alone.left)
}

/** Removes a file, whatever path leads to it, and the link if the path is one. */
const removeOwned = async (file: string): Answer => {
  const owned = await own(file)
  if (E.isLeft(owned)) return owned
  const { path, lock } = owned.right
  try {
    const problem = problemOf(path)
    if (problem !== null) return E.left(connectionError(file, `${problem}, so it is not removed`))
    const found = nativeFile(path)
    if (found !== null) return E.left(nativeInUse(file, found))
    await rm(`${path}-journal`, { force: true })
    await rm(join(dirname(path), siblingName(path, '.new')), { force: true })
    await rm(path)
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true) await rm(file)
    return DONE
  } catch (thrown) {
    return E.left(failed(file, 'removed', thrown))
  } finally {
    lock.release()
  }
}

/** Removes a database file. */
export const removeFile = async (target: FileTarget, file: string, ifExists: boolean): Answer => {
  try {
    if (statsOf(file) === null) {
      return ifExists ? DONE : E.left(schemaConflict(file, 'there is no such file: check the name, or pass ifExists'))
    }
    const problem = problemOf(file)
    if (problem !== null) return E.left(connectionError(file, `${problem}, so it is not removed`))
  } catch (thrown) {
    return E.left(failed(file, 'read', thrown))
  }
  const alone = target.engine === 'sqlite3' ? await unused(target, file) : DONE
  return E.isLeft(alone) ? alone : removeOwned(file)
}
