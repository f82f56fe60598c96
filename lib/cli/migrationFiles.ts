/**
 * Migrations of a folder: `20261127T1200_add_price.ts` and others, each with a migration as its default export.
 *
 * `migrationFiles(folder)` reads them, for the command line and for applications that migrate when they start. A file is TypeScript or JavaScript; files
 * that begin with `_` or `.`, declarations (`.d.ts`) and folders hold none, but migrations may import them. The name of a migration is that of its
 * file. What a migration may import is in `migrationModules`.
 *
 * Laws: the list is sorted by name; each error names a file, and its line where there is one. Nothing is applied here: see `query-ts/Migrate`.
 */
import { type Dirent, existsSync, realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import type { Migration } from '../schema/Migration.js'
import { fileError, type ImportOwn, isBelow, loadingError, moduleLoader } from './migrationModules.js'

const FILE = /^(?![_.])(.+)\.[cm]?[jt]s$/
const DECLARATION = /\.d\.[cm]?ts$/

/** The name of the migration that a file has to have; null for other files. */
export const nameOfFile = (file: string): string | null => (DECLARATION.test(file) ? null : (FILE.exec(file)?.[1] ?? null))

const isList = (x: unknown): boolean => Array.isArray(x)
const isIrreversible = (x: any): boolean => x?.tag === 'cannot' && typeof x.reason === 'string'

const isMigration = (x: any): x is Migration =>
  typeof x === 'object' &&
  x !== null &&
  typeof x.name === 'string' &&
  isList(x.parents) &&
  isList(x.up) &&
  (isList(x.down) || isIrreversible(x.down))

const isEmpty = (x: unknown): boolean => typeof x === 'object' && x !== null && Object.keys(x).length === 0

const EXPORT = 'export default Migrate.migration({ name, from, up })'

const migrationIn = async (folder: string, importOwn: ImportOwn, file: string, name: string): Promise<E.Either<DbError, Migration>> => {
  const path = join(folder, file)
  const no = (reason: string): E.Either<DbError, never> => E.left(fileError(folder, path, null, reason))
  if (!existsSync(path)) return no('it is a link to a file that does not exist')
  const real = realpathSync(path)
  if (!isBelow(folder, real)) return no('it is a link to a file outside of the folder: copy the file')
  let module: any
  try {
    module = await importOwn(real)
  } catch (thrown) {
    return E.left(loadingError(folder, real, thrown))
  }
  const made: unknown = module?.default
  // a module that exports nothing is CommonJS, and its default export is its empty exports
  if (made === undefined || isEmpty(made))
    return no(`it has no default export: write \`${EXPORT}\`, or begin the name of a file that is no migration with _`)
  if (!isMigration(made)) return no(`its default export is no migration: write \`${EXPORT}\``)
  if (made.name !== name) return no(`its migration is called "${made.name}": give the file and the migration the same name`)
  return E.right(made)
}

const entriesOf = async (folder: string): Promise<E.Either<DbError, readonly Dirent[]>> => {
  try {
    return E.right(await readdir(folder, { withFileTypes: true }))
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such folder' : code === 'ENOTDIR' ? 'it is no folder' : `it can't be read (${code})`
    return E.left(migrationError('malformed', [], `${folder}: ${why}: give the folder of the migrations`))
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A migration and the name of its file. */
export interface MigrationFile {
  readonly file: string
  readonly migration: Migration
}

/** Reads the migrations of a folder with the names of their files, sorted by name. */
export const readMigrations = async (path: string): Promise<E.Either<DbError, readonly MigrationFile[]>> => {
  const entries = await entriesOf(path)
  if (E.isLeft(entries)) return entries
  const folder = realpathSync(path)
  const files = entries.right
    .filter(e => !e.isDirectory())
    .flatMap(e => {
      const name = nameOfFile(e.name)
      return name === null ? [] : [{ file: e.name, name }]
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.file, b.file))
  const twice = files.find((f, i) => files[i + 1]?.name === f.name)
  if (twice !== undefined) {
    const both = files.filter(f => f.name === twice.name).map(f => f.file)
    return E.left(migrationError('malformed', both, `${both.join(' and ')} are files of one migration: remove or rename one of them`))
  }
  const importOwn = moduleLoader(folder)
  const list: MigrationFile[] = []
  for (const { file, name } of files) {
    const made = await migrationIn(folder, importOwn, file, name)
    if (E.isLeft(made)) return made
    list.push({ file, migration: made.right })
  }
  return E.right(list)
}

/** Reads the migrations of a folder, sorted by name. Fails with `MigrationError`, whose `names` has the file. */
export const migrationFiles =
  (folder: string | URL): TaskEither<DbError, readonly Migration[]> =>
  async () =>
    E.map((files: readonly MigrationFile[]) => files.map(f => f.migration))(
      await readMigrations(folder instanceof URL ? fileURLToPath(folder) : resolve(folder)),
    )
