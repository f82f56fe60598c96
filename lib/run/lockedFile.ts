/**
 * A file that one process holds: read whole, written whole, kept from others by a lock file.
 *
 * The lock file holds the holder's process id; the lock of a process that is gone is taken over.
 * Writing goes to a new file beside it, which is made durable and then takes the name: a crash leaves
 * the old content or the new one, never a mixture.
 */
import { open, readFile, rename, rm } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { connectionError, type DbError, locked } from '../core/DbError.js'

export interface LockedFile {
  /** The content when it was opened; null for a new file. */
  readonly bytes: Uint8Array | null
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly release: () => Promise<void>
}

const codeOf = (thrown: unknown): string | undefined => (thrown as { code?: string } | null)?.code

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM'
  }
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

const writeNew = async (path: string, content: string | Uint8Array, flag: 'wx' | 'w'): Promise<void> => {
  const handle = await open(path, flag)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Takes the lock; answers the holder that is in the way, if there is one. */
const take = async (lock: string): Promise<string | null> => {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await writeNew(lock, String(process.pid), 'wx')
      return null
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown
    }
    const holder = await readFile(lock, 'utf8').catch(() => '')
    const pid = Number(holder)
    if (holder !== '' && Number.isInteger(pid) && !isAlive(pid)) await rm(lock, { force: true })
    else if (holder !== '') return `process ${holder}`
  }
  return 'another process'
}

/** Opens a file for this process alone. */
export const lockFile = async (file: string): Promise<E.Either<DbError, LockedFile>> => {
  const lock = `${file}.lock`
  try {
    const holder = await take(lock)
    if (holder !== null) return E.left(locked(file, holder))
  } catch (thrown) {
    return E.left(connectionError(file, `the file can't be opened for writing: ${reasonOf(thrown).replaceAll(lock, file)}`, thrown))
  }
  const release = (): Promise<void> => rm(lock, { force: true })
  try {
    const bytes = await readFile(file).catch(thrown => {
      if (codeOf(thrown) === 'ENOENT') return null
      throw thrown
    })
    const write = async (content: Uint8Array): Promise<void> => {
      await writeNew(`${file}.new`, content, 'w')
      await rename(`${file}.new`, file)
    }
    return E.right({ bytes: bytes === null || bytes.length === 0 ? null : new Uint8Array(bytes), write, release })
  } catch (thrown) {
    await release()
    return E.left(connectionError(file, `the file can't be read: ${reasonOf(thrown)}`, thrown))
  }
}
