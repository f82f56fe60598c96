/**
 * A file with one owner: read whole, written whole, and kept from others by its lock (see fileLock.ts).
 *
 * Writing goes to a new file beside it, which is made durable and then takes the name: a crash leaves the old content or the
 * new one, never a mixture. The new file may never be read by more people than the old one, not even while it is written.
 * Symbolic links are followed first, so that one file has one lock whatever path leads to it. A file with several names
 * (hard links) is refused, because a save gives a new file to one of them only.
 *
 * Programs that know nothing of the lock are noticed by what they do: a native SQLite has `-wal`, `-shm` or a journal beside the
 * file while it works, and a file that is not as it was left is never written over.
 */
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs'
import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { connectionError, type DbError, locked, outcomeUnknown, refuse, refusedWith } from '../../core/value/DbError.js'
import { driverError } from '../driverError.js'
import { besideName, type FileLock, type InUse, lockHolder, takeLock } from './fileLock.js'

export interface LockedFile {
  /** The content when it was opened; null for a new file. */
  readonly bytes: Uint8Array | null
  /**
   * Writes new content; refuses, and leaves the old content, when it can't. An error as the value means that the file has the
   * new content, but a crash of the machine may still undo that.
   */
  readonly write: (bytes: Uint8Array) => Promise<DbError | null>
  readonly release: () => void
}

/** What the file was when it was last read or written. */
interface Seen {
  readonly bytes: Uint8Array | null
  /** Null while there is no file. */
  readonly stats: BigIntStats | null
}

const NOTHING_KEPT = 'nothing of the last change is kept'

const codeOf = (thrown: unknown): string | undefined => (thrown as { code?: string } | null)?.code

const statsOf = (path: string): BigIntStats | null => {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null
  } catch (thrown) {
    if (codeOf(thrown) === 'ENAMETOOLONG') return null
    throw thrown
  }
}

/** The file itself, where the path leads; a new one is named in the folder where it will be. */
const resolved = (file: string): string => {
  try {
    return realpathSync.native(file)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
    const folder = realpathSync.native(dirname(file))
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return join(folder, basename(file))
    const target = readlinkSync(file)
    return resolved(isAbsolute(target) ? target : `${folder}/${target}`)
  }
}

/** The file beside `path` by which a native SQLite shows that it works on it, or that it ended in the middle of that. */
const nativeFile = (path: string): string | null => {
  for (const suffix of ['-wal', '-shm']) if (statsOf(path + suffix) !== null) return path + suffix
  // the header of a journal is all zeros when its transaction has ended, and only partly so while one is under way
  const journal = `${path}-journal`
  return statsOf(journal) !== null && firstBytes(journal, 28).some(byte => byte !== 0) ? journal : null
}

const firstBytes = (path: string, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return new Uint8Array()
    throw thrown
  }
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0))
  } finally {
    closeSync(fd)
  }
}

const nativeInUse = (file: string, found: string): DbError =>
  locked(
    file,
    null,
    `a native SQLite has it open, or ended without closing it (${found} exists), and sql.js can't read its latest changes: close it there; if nothing has it open, open and close it once with query-ts/sqlite3 or the sqlite3 shell`,
  )

const isSame = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? (a?.length ?? 0) === (b?.length ?? 0) : Buffer.compare(a, b) === 0

/** Whether the times and sizes are those that were seen, and the header, which counts the changes that SQLite makes within one tick of the clock. */
const isAsSeen = (path: string, now: BigIntStats, { bytes, stats }: Seen): boolean =>
  stats !== null &&
  now.dev === stats.dev &&
  now.ino === stats.ino &&
  now.size === stats.size &&
  now.mtimeNs === stats.mtimeNs &&
  now.ctimeNs === stats.ctimeNs &&
  isSame(firstBytes(path, 100), bytes?.subarray(0, 100) ?? null)

const changed = (file: string): DbError =>
  connectionError(
    file,
    `another program has changed the file since it was opened here, so ${NOTHING_KEPT}: close this runner and open the file again to see what is there now`,
  )

const inUse = (file: string, { holder, advice }: InUse): DbError => locked(file, holder, advice)

/** Gives a new, empty file the owner and mode of the old one; what owner or group can't be kept leaves nobody with more than before. */
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

/** Where a file system knows no way to make a folder durable, it does so by itself or not at all. */
const KNOWS_NO_SYNC: readonly (string | undefined)[] = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Who has a file open through `lockFile`, if anyone has. */
export const fileHolder = async (file: string): Promise<InUse | null> => {
  let path: string
  try {
    path = resolved(file)
  } catch {
    return null
  }
  return lockHolder(path)
}

/** As `statsOf`, after a change that can't be taken back: what fails now is no failure of the change. */
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
  if (!stats.isFile()) throw new Error('it is no regular file')
  if (stats.nlink > 1n) {
    return refuse(
      connectionError(
        file,
        `the file has ${stats.nlink} names (hard links), and a save would give a new file to one of them only: remove the others, or open a copy`,
      ),
    )
  }
  const bytes = new Uint8Array(await readFile(path))
  const now = statsOf(path)
  if (now === null || !isAsSeen(path, now, { bytes, stats }) || nativeFile(path) !== null) {
    refuse(locked(file, null, 'another program is writing it just now: run it again when that is done'))
  }
  return { bytes: bytes.length === 0 ? null : bytes, stats }
}

/** Makes a file or folder this runner's own, whatever path leads to it. */
export const own = async (file: string): Promise<E.Either<DbError, { readonly path: string; readonly lock: FileLock }>> => {
  let path = ''
  try {
    path = resolved(file)
    const taken = await takeLock(path)
    return E.isLeft(taken) ? E.left(inUse(file, taken.left)) : E.right({ path, lock: taken.right })
  } catch (thrown) {
    const cause = driverError(thrown)
    return E.left(connectionError(file, `the file can't be opened for writing: ${cause.message}`, cause))
  }
}

/** Opens a file for this runner alone. */
export const lockFile = async (file: string): Promise<E.Either<DbError, LockedFile>> => {
  if (file === '') return E.left(connectionError('(no name)', 'a database file needs a name: leave file out for a database in memory'))
  const owned = await own(file)
  if (E.isLeft(owned)) return owned
  const { path } = owned.right
  let { lock } = owned.right
  try {
    let seen = await firstSeen(file, path)

    /** Throws when someone else has the file, or has changed it; leaves `seen` as the file is now. */
    const stillOurs = async (): Promise<void> => {
      if (!lock.isHeld()) {
        const taken = await takeLock(path)
        if (E.isLeft(taken))
          return refuse(
            inUse(file, {
              ...taken.left,
              advice: `the lock was removed while the file was open here, and ${NOTHING_KEPT}; run it again when the file is free`,
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
      const fresh = join(dirname(path), besideName(path, '.new'))
      await stillOurs()
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
        let unsure: unknown
        // between the last look and the new name nothing waits: another thread may end this one at any wait
        for (let tries = 0; !isReady(); tries += 1) {
          if (tries === 3) refuse(changed(file))
          await stillOurs()
        }
        try {
          renameSync(fresh, path)
        } catch (thrown) {
          if (statsOf(path)?.ino !== ino) throw thrown
          unsure = thrown
        }
        const after = afterwards(path)
        seen = { bytes: content, stats: after?.ino === ino ? after : seen.stats }
        try {
          if (unsure === undefined) await folder?.sync()
        } catch (thrown) {
          if (!KNOWS_NO_SYNC.includes(codeOf(thrown))) unsure = thrown
        }
        return unsure === undefined
          ? null
          : outcomeUnknown(
              driverError(unsure),
              `${file}: the change is in the file, but the disk did not confirm the file's new name (${driverError(unsure).message}), so a crash of the machine may undo it`,
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
                `the file can't be written (${driverError(thrown).message}): ${NOTHING_KEPT}; make room or mend it, and run it again`,
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
