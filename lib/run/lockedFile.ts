/**
 * A file that one process holds: read whole, written whole, kept from others by a lock file.
 *
 * The lock holds the holder's process id and a token, and appears whole or not at all (it is linked to
 * its name). A lock whose process is gone, or that this process does not hold although it bears its
 * number, is taken over, by one process at a time. Only the holder's own lock is ever released.
 *
 * Writing goes to a new file beside it, which is made durable and then takes the name: a crash leaves
 * the old content or the new one, never a mixture. Links are followed first, so that one file has one
 * lock whatever path leads to it, and its mode is kept.
 */
import { randomUUID } from 'node:crypto'
import { chmod, link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { connectionError, type DbError, locked, refuse, textOf } from '../core/DbError.js'

export interface LockedFile {
  /** The content when it was opened; null for a new file. */
  readonly bytes: Uint8Array | null
  /** Refuses, and leaves the old content, when the new one can't be written. */
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly release: () => Promise<void>
}

const codeOf = (thrown: unknown): string | undefined => (thrown as { code?: string } | null)?.code

const unless =
  <A>(code: string, instead: A) =>
  (thrown: unknown): A => {
    if (codeOf(thrown) === code) return instead
    throw thrown
  }

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM'
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

/** The tokens of the locks that this process holds. */
const held = new Set<string>()

/** The process that a lock's content names, or null when nobody holds it. */
const holderIn = (content: string): number | null => {
  const [pid, token] = content.split(' ')
  const n = Number(pid)
  if (pid === '' || !Number.isInteger(n) || n <= 0) return null
  if (n === process.pid) return token !== undefined && held.has(token) ? n : null
  return isAlive(n) ? n : null
}

/** Removes a lock that nobody holds, unless it is another one by then. One process at a time does this. */
const removeStale = async (lock: string, content: string): Promise<void> => {
  const guard = `${lock}.takeover`
  try {
    await (await open(guard, 'wx', 0o600)).close()
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
    const since = await stat(guard).then(s => s.mtimeMs, unless('ENOENT', Date.now()))
    if (Date.now() - since > 5000) await rm(guard, { force: true })
    return pause(20)
  }
  try {
    if ((await readFile(lock, 'utf8').catch(unless('ENOENT', null))) === content) await rm(lock, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

/** Takes the lock: its token, or the holder that is in the way. */
const take = async (lock: string): Promise<E.Either<string, string>> => {
  const token = randomUUID()
  const own = `${lock}.${token}`
  held.add(token)
  const handle = await open(own, 'wx', 0o600)
  try {
    await handle.writeFile(`${process.pid} ${token}`)
    await handle.close()
    for (let tries = 0; tries < 200; tries += 1) {
      if (await link(own, lock).then(() => true, unless('EEXIST', false))) return E.right(token)
      const content = await readFile(lock, 'utf8').catch(unless('ENOENT', null))
      if (content === null) continue
      const holder = holderIn(content)
      if (holder !== null) {
        held.delete(token)
        return E.left(`process ${holder}`)
      }
      await removeStale(lock, content)
    }
    held.delete(token)
    return E.left('another process')
  } catch (thrown) {
    held.delete(token)
    throw thrown
  } finally {
    await rm(own, { force: true })
  }
}

/** The file itself, where the path leads; a new one is named in the folder where it will be. */
const resolved = async (file: string): Promise<string> =>
  (await realpath(file).catch(unless('ENOENT', null))) ?? join(await realpath(dirname(file)), basename(file))

const replace = async (path: string, content: Uint8Array): Promise<void> => {
  const fresh = `${path}.new`
  const mode = await stat(path).then(s => s.mode & 0o777, unless('ENOENT', null))
  await rm(fresh, { force: true })
  try {
    const handle = await open(fresh, 'wx')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (mode !== null) await chmod(fresh, mode)
    await rename(fresh, path)
  } catch (thrown) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw thrown
  }
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

const release = async (lock: string, token: string): Promise<void> => {
  const content = await readFile(lock, 'utf8').catch(() => null)
  if (content?.endsWith(` ${token}`) === true) await rm(lock, { force: true })
  held.delete(token)
}

/** Opens a file for this process alone. */
export const lockFile = async (file: string): Promise<E.Either<DbError, LockedFile>> => {
  if (file === '') return E.left(connectionError('(no name)', 'a database file needs a name: leave file out for a database in memory'))
  let lock = ''
  let token: string
  try {
    const path = await resolved(file)
    lock = `${path}.lock`
    const taken = await take(lock)
    if (E.isLeft(taken)) return E.left(locked(file, taken.left))
    token = taken.right
  } catch (thrown) {
    const reason = lock === '' ? textOf(thrown) : textOf(thrown).replaceAll(lock, file)
    return E.left(connectionError(file, `the file can't be opened for writing: ${reason}`, thrown))
  }
  const path = lock.slice(0, -'.lock'.length)
  try {
    const bytes = await readFile(path).catch(unless('ENOENT', null))
    return E.right({
      bytes: bytes === null || bytes.length === 0 ? null : new Uint8Array(bytes),
      write: content =>
        replace(path, content).catch(thrown =>
          refuse(
            connectionError(
              file,
              `the file can't be written (${textOf(thrown)}): nothing of the last change is kept; make room or mend it, and run it again`,
              thrown,
            ),
          ),
        ),
      release: () => release(lock, token),
    })
  } catch (thrown) {
    await release(lock, token)
    return E.left(connectionError(file, `the file can't be read: ${textOf(thrown)}`, thrown))
  }
}
