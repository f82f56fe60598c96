/**
 * A file with one owner: read whole, written whole, and kept from others by its lock (see fileLock.ts).
 *
 * Content is written to a new file next to it, which is made durable and then renamed: a crash leaves the old content or the
 * new one, never a mixture. The new file is never readable by more users than the old one, not even while it is written.
 * Symbolic links are followed first, so that one file has one lock whatever path leads to it. A file with several names
 * (hard links) is refused, because a save would replace only one of them.
 *
 * Programs that ignore the lock are detected: a native SQLite keeps `-wal`, `-shm` or a journal next to the file while it works,
 * and a file that has changed since it was read or written is never overwritten.
 */
import { accessSync, type BigIntStats, constants, renameSync } from 'node:fs'
import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { connectionError, type DbError, locked, outcomeUnknown, refuse, refusedWith } from '../../core/value/DbError.js'
import { driverError } from '../driverError.js'
import { type FileLock, type InUse, lockHolder, siblingName, takeLock } from './fileLock.js'
import { codeOf, isAsSeen, isSame, nativeFile, resolvedPath, type Seen, statsOf } from './fileState.js'

/** An open file that no other process may open. */
export interface LockedFile {
  /** The content when it was opened; null for a new file. */
  readonly bytes: Uint8Array | null
  /**
   * Writes new content; if it can't, it throws a refusal and leaves the old content. A returned error means that the file has the
   * new content, but a crash of the machine may still undo that.
   */
  readonly write: (bytes: Uint8Array) => Promise<DbError | null>
  readonly release: () => void
}

const NOTHING_KEPT = 'the last change was not saved'

/** The error for a file next to which a native SQLite keeps `found`. */
export const nativeInUse = (file: string, found: string): DbError =>
  locked(
    file,
    null,
    `a native SQLite has it open, or ended without closing it (${found} exists), and sql.js can't read its latest changes: close it there; if no program has it open, open and close it once with query-ts/sqlite3 or the sqlite3 shell`,
  )

const changed = (file: string): DbError =>
  connectionError(
    file,
    `another program has changed the file since it was opened here, so ${NOTHING_KEPT}: close this runner and open the file again to read the new content`,
  )

const inUse = (file: string, { holder, advice }: InUse): DbError => locked(file, holder, advice)

/** Gives a new, empty file the owner and mode of the old one. Where the owner or group can't be kept, no user gets more rights than before. */
const likeBefore = async (handle: FileHandle, old: BigIntStats): Promise<void> => {
  const fresh = await handle.stat({ bigint: true })
  const gid = Number(old.gid)
  if (fresh.uid !== old.uid || fresh.gid !== old.gid) {
    await handle.chown(Number(old.uid), gid).catch(() => handle.chown(Number(fresh.uid), gid).catch(() => undefined))
  }
  const now = await handle.stat({ bigint: true })
  const mode = Number(old.mode) & 0o777
  const user = now.uid === old.uid ? 7 : mode >> 6
  const both = mode & (mode >> 3) & 7
  const [group, others] = now.gid === old.gid ? [(mode >> 3) & 7, mode & 7] : [both, both]
  await handle.chmod((mode & 0o700) | ((group & user) << 3) | (others & user))
}

/** Codes of file systems that cannot sync a folder: they make it durable by themselves, or not at all. */
const NO_SYNC: readonly (string | undefined)[] = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** The process that has a file open through `lockFile`, or null. */
export const fileHolder = async (file: string): Promise<InUse | null> => {
  let path: string
  try {
    path = resolvedPath(file)
  } catch {
    return null
  }
  return lockHolder(path)
}

/** As `statsOf`, after a change that can't be undone: an error now is not a failure of the change. */
const afterwards = (path: string): BigIntStats | null => {
  try {
    return statsOf(path)
  } catch {
    return null
  }
}

const firstSeen = async (file: string, path: string): Promise<Seen> => {
  const found = nativeFile(path)
  if (found !== null) return refuse(nativeInUse(file, found))
  const stats = statsOf(path)
  if (stats === null) return { bytes: null, stats }
  if (!stats.isFile()) throw new Error('it is not a regular file')
  if (stats.nlink > 1n) {
    return refuse(
      connectionError(
        file,
        `the file has ${stats.nlink} names (hard links), and a save would replace only one of them: remove the others, or open a copy`,
      ),
    )
  }
  const bytes = new Uint8Array(await readFile(path))
  const now = statsOf(path)
  if (now === null || !isAsSeen(path, now, { bytes, stats }) || nativeFile(path) !== null) {
    refuse(locked(file, null, 'another program is writing to it: try again when it is done'))
  }
  return { bytes: bytes.length === 0 ? null : bytes, stats }
}

/** Takes the lock of a file or folder, whatever path leads to it. */
export const own = async (file: string): Promise<E.Either<DbError, { readonly path: string; readonly lock: FileLock }>> => {
  let path = ''
  try {
    path = resolvedPath(file)
    const taken = await takeLock(path)
    return E.isLeft(taken) ? E.left(inUse(file, taken.left)) : E.right({ path, lock: taken.right })
  } catch (thrown) {
    const cause = driverError(thrown)
    return E.left(connectionError(file, `the file can't be opened for writing: ${cause.message}`, cause))
  }
}

/** Opens a file exclusively. */
export const lockFile = async (file: string): Promise<E.Either<DbError, LockedFile>> => {
  if (file === '') return E.left(connectionError('(no name)', 'a database file needs a name: omit file for a database in memory'))
  const owned = await own(file)
  if (E.isLeft(owned)) return owned
  const { path } = owned.right
  let { lock } = owned.right
  try {
    let seen = await firstSeen(file, path)

    /** Throws if another process holds the file or has changed it; updates `seen` otherwise. */
    const checkOwnership = async (): Promise<void> => {
      if (!lock.isHeld()) {
        const taken = await takeLock(path)
        if (E.isLeft(taken))
          return refuse(
            inUse(file, {
              ...taken.left,
              advice: `the lock was removed while the file was open here, and ${NOTHING_KEPT}; try again when the file is free`,
            }),
          )
        lock.release()
        lock = taken.right
      }
      const found = nativeFile(path)
      if (found !== null) refuse(nativeInUse(file, found))
      const now = statsOf(path)
      if (now === null) return
      if (!isAsSeen(path, now, seen)) {
        if (!isSame(await readFile(path), seen.bytes)) refuse(changed(file))
        seen = { ...seen, stats: now }
      }
      accessSync(path, constants.W_OK)
    }

    const isReady = (): boolean => {
      const now = statsOf(path)
      return lock.isHeld() && nativeFile(path) === null && (now === null || isAsSeen(path, now, seen))
    }

    const write = async (content: Uint8Array): Promise<DbError | null> => {
      const fresh = join(dirname(path), siblingName(path, '.new'))
      await checkOwnership()
      const folder = process.platform === 'win32' ? null : await open(dirname(path), 'r')
      try {
        await rm(fresh, { force: true })
        const handle = await open(fresh, 'wx', seen.stats === null ? 0o666 : 0o600)
        let ino: bigint
        try {
          if (seen.stats !== null) await likeBefore(handle, seen.stats)
          await handle.writeFile(content)
          await handle.sync()
          ino = (await handle.stat({ bigint: true })).ino
        } finally {
          await handle.close()
        }
        let unconfirmed: unknown
        // no await between the last check and the rename: another thread may end this one at any await
        for (let tries = 0; !isReady(); tries += 1) {
          if (tries === 3) refuse(changed(file))
          await checkOwnership()
        }
        try {
          renameSync(fresh, path)
        } catch (thrown) {
          if (statsOf(path)?.ino !== ino) throw thrown
          unconfirmed = thrown
        }
        const after = afterwards(path)
        seen = { bytes: content, stats: after?.ino === ino ? after : seen.stats }
        try {
          if (unconfirmed === undefined) await folder?.sync()
        } catch (thrown) {
          if (!NO_SYNC.includes(codeOf(thrown))) unconfirmed = thrown
        }
        return unconfirmed === undefined
          ? null
          : outcomeUnknown(
              driverError(unconfirmed),
              `${file}: the change is in the file, but the disk did not confirm the file's new name (${driverError(unconfirmed).message}), so a crash of the machine may undo it`,
            )
      } catch (thrown) {
        await rm(fresh, { force: true }).catch(() => undefined)
        throw thrown
      } finally {
        await folder?.close().catch(() => undefined)
      }
    }

    return E.right({
      bytes: seen.bytes,
      write: content =>
        write(content).catch(thrown =>
          refuse(
            refusedWith(thrown) ??
              connectionError(
                file,
                `the file can't be written (${driverError(thrown).message}): ${NOTHING_KEPT}; fix that and run it again`,
                driverError(thrown),
              ),
          ),
        ),
      release: () => lock.release(),
    })
  } catch (thrown) {
    lock.release()
    return E.left(
      refusedWith(thrown) ?? connectionError(file, `the file can't be read: ${driverError(thrown).message}`, driverError(thrown)),
    )
  }
}
