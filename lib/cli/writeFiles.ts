/**
 * Files that commands write.
 *
 * A new file never replaces an existing one, and folders are created where they are missing. Where that fails, the error names the file.
 *
 * Law: after a failure no file was written in part.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type Answer, misuse, type World } from './World.js'

const reasons: { readonly [code: string]: string } = {
  EEXIST: 'it exists already, and is not replaced: remove it first, or choose another name',
  EACCES: 'permission denied: allow this user to write there',
  EPERM: 'permission denied: allow this user to write there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder: give the name of a file',
  ENOSPC: 'no space is left',
}

const failed = (world: World, file: string, thrown: unknown): E.Either<any, never> => {
  const code = `${(thrown as NodeJS.ErrnoException).code}`
  return E.left(misuse(`${shownPath(world, file)} can't be written: ${reasons[code] ?? code}`))
}

/** A path as people see it: relative to the current folder where it is below. */
export const shownPath = (world: World, file: string): string => {
  const path = relative(world.cwd, file)
  return path === '' ? '.' : path.startsWith('..') ? file : path
}

/** Writes a file that must not exist; `replacing` allows it to. Yields its path for people. */
export const writeNew = async (world: World, file: string, text: string, replacing = false): Answer<string> => {
  try {
    await mkdir(dirname(file), { recursive: true })
    if (replacing) {
      const draft = join(dirname(file), `.${basename(file)}.${process.pid}`)
      await writeFile(draft, text)
      await rename(draft, file)
    } else await writeFile(file, text, { flag: 'wx' })
    return E.right(shownPath(world, file))
  } catch (thrown) {
    return failed(world, file, thrown)
  }
}

/** Creates a folder if it is missing. */
export const makeFolder = async (world: World, folder: string): Answer<string> => {
  try {
    await mkdir(folder, { recursive: true })
    return E.right(shownPath(world, folder))
  } catch (thrown) {
    return failed(world, folder, thrown)
  }
}

/** Moves a file into a folder. */
export const moveInto = async (world: World, file: string, folder: string): Answer<string> => {
  const to = join(folder, basename(file))
  try {
    await mkdir(folder, { recursive: true })
    await rename(file, to)
    return E.right(shownPath(world, to))
  } catch (thrown) {
    return failed(world, file, thrown)
  }
}
