/**
 * Creates and drops whole databases, by the same targets as `open`.
 *
 * On a server the database is that of the address, and the connection is to another one; in a file or folder it is the file or folder. What is
 * created has nothing in it: create the tables with `createAll` or migrations. A target without a database, and one in memory, is refused.
 *
 * Laws: after `createDatabase(target)` the target can be opened, and a second one fails; after `dropDatabase(target)` a second one fails.
 * With `ifNotExists` and `ifExists` the second ones change nothing. Nothing but a database is ever removed.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { attempting, connectionError, type DbError, refuse, unsupported, validationError } from '../core/value/DbError.js'
import { folderOf } from './address/dataDir.js'
import { type OpenTarget, readTarget, refuseUnknown, type Target } from './address/openTarget.js'
import type { FileTarget } from './databases/databaseFile.js'
import type { ServerTarget } from './databases/serverDatabase.js'

export type { Target } from './address/openTarget.js'

/** Options of `createDatabase`. */
export interface CreateDatabaseOptions {
  /** Whether an existing database is left unchanged, with success. Default: false. */
  readonly ifNotExists?: boolean
}

/** Options of `dropDatabase`. */
export interface DropDatabaseOptions {
  /** Whether a missing database is a success. Default: false. */
  readonly ifExists?: boolean
  /** Postgres only: the server ends all connections to the database first. Default: false. */
  readonly force?: boolean
}

/** A database that can be created: on a server, in a file, in a folder. */
type Place =
  | { readonly tag: 'server'; readonly target: ServerTarget }
  | { readonly tag: 'file'; readonly target: FileTarget; readonly file: string }
  | { readonly tag: 'folder'; readonly folder: string }

const named = (name: string): string =>
  name === '' || name.includes('\0') ? refuse(connectionError('open', 'a database file or folder needs a name without NUL')) : name

const inMemory = ({ engine }: OpenTarget): never =>
  refuse(unsupported('creating or dropping a database in memory', engine, 'it begins empty when it is opened, and ends with its runner'))

const placeOf = (target: OpenTarget): Place => {
  switch (target.engine) {
    case 'postgres':
    case 'mysql':
    case 'mariadb':
      return { tag: 'server', target }
    case 'sqlite':
    case 'sqlite3': {
      const { file } = target.options
      return file === undefined || file === ':memory:' ? inMemory(target) : { tag: 'file', target, file: named(file) }
    }
    case 'pglite': {
      const folder = folderOf(target.options.dataDir ?? '')
      return folder === null ? inMemory(target) : { tag: 'folder', folder: named(folder) }
    }
    case 'memory':
      return inMemory(target)
  }
}

/** Reads a target and switches that are true or false. */
const read = (what: string, target: Target, options: object, known: readonly string[]): E.Either<DbError, Place> =>
  attempting(`the target of ${what}`, () => {
    refuseUnknown(what, options, known)
    for (const [name, value] of Object.entries(options))
      if (value !== undefined && typeof value !== 'boolean') refuse(validationError([name], 'it must be true or false'))
    return placeOf(readTarget(target))
  })

/**
 * Creates the database of a target: on a server with the encoding that the library requires, otherwise an empty file or folder.
 *
 * Fails with `SchemaConflict` if it exists, `DatabaseError` if this user may not create it, `ConnectionError` if the server can't be reached or
 * something else has the name of the file, `Unsupported` for a database in memory, and `ValidationError` if the target names no database.
 */
export const createDatabase =
  (target: Target, options: CreateDatabaseOptions = {}): TaskEither<DbError, void> =>
  async () => {
    const place = read('createDatabase', target, options, ['ifNotExists'])
    if (E.isLeft(place)) return place
    const ifNotExists = options.ifNotExists === true
    switch (place.right.tag) {
      case 'server':
        return (await import('./databases/serverDatabase.js')).createOnServer(place.right.target, ifNotExists)
      case 'file':
        return (await import('./databases/databaseFile.js')).createFile(place.right.file, ifNotExists)
      case 'folder':
        return (await import('./databases/databaseFolder.js')).createFolder(place.right.folder, ifNotExists)
    }
  }

/**
 * Drops the database of a target with everything in it. This can't be undone.
 *
 * Fails with `SchemaConflict` if there is none, `Locked` if it is in use, with the number of connections where the server knows it,
 * `DatabaseError` if this user may not drop it, `ConnectionError` if the server can't be reached or the file or folder is not a database,
 * `Unsupported` for a database in memory, and `ValidationError` if the target names no database or one of the server itself.
 */
export const dropDatabase =
  (target: Target, options: DropDatabaseOptions = {}): TaskEither<DbError, void> =>
  async () => {
    const place = read('dropDatabase', target, options, ['ifExists', 'force'])
    if (E.isLeft(place)) return place
    const ifExists = options.ifExists === true
    const force = options.force === true
    if (force && place.right.tag !== 'server')
      return E.left(validationError(['force'], 'only Postgres can end the connections to a database: leave it out'))
    switch (place.right.tag) {
      case 'server':
        return (await import('./databases/serverDatabase.js')).dropOnServer(place.right.target, ifExists, force)
      case 'file':
        return (await import('./databases/databaseFile.js')).removeFile(place.right.target, place.right.file, ifExists)
      case 'folder':
        return (await import('./databases/databaseFolder.js')).removeFolder(place.right.folder, ifExists)
    }
  }
