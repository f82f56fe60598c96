/**
 * The state of a database file: where it is, what it contains, and whether another program has changed or opened it.
 *
 * Nothing here writes. Whether a file has changed is decided by its stats and the first 100 bytes, SQLite's header; whether a native
 * SQLite is using it, by the `-wal`, `-shm` and journal files that it keeps next to the database.
 */
import { type BigIntStats, closeSync, lstatSync, openSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'

/** A file as it was when it was last read or written. */
export interface Seen {
  readonly bytes: Uint8Array | null
  /** Null while there is no file. */
  readonly stats: BigIntStats | null
}

/** The code of a system error. */
export const codeOf = (thrown: unknown): string | undefined => (thrown as { code?: string } | null)?.code

/** The stats of a file, or null if there is none. */
export const statsOf = (path: string): BigIntStats | null => {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null
  } catch (thrown) {
    if (codeOf(thrown) === 'ENAMETOOLONG') return null
    throw thrown
  }
}

/** The absolute path of the file without symbolic links; of a new file, its path in the folder where it will be. */
export const resolvedPath = (file: string): string => {
  try {
    return realpathSync.native(file)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
    const folder = realpathSync.native(dirname(file))
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return join(folder, basename(file))
    const target = readlinkSync(file)
    return resolvedPath(isAbsolute(target) ? target : `${folder}/${target}`)
  }
}

/** The file next to `path` which shows that a native SQLite is using the database, or ended in the middle of a write. */
export const nativeFile = (path: string): string | null => {
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

/** Whether two contents are equal; null is an empty file. */
export const isSame = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? (a?.length ?? 0) === (b?.length ?? 0) : Buffer.compare(a, b) === 0

/** Whether times, sizes and the header are unchanged; the header counts changes of SQLite that come within one tick of the clock. */
export const isAsSeen = (path: string, now: BigIntStats, { bytes, stats }: Seen): boolean =>
  stats !== null &&
  now.dev === stats.dev &&
  now.ino === stats.ino &&
  now.size === stats.size &&
  now.mtimeNs === stats.mtimeNs &&
  now.ctimeNs === stats.ctimeNs &&
  isSame(firstBytes(path, 100), bytes?.subarray(0, 100) ?? null)
