/**
 * Whether a folder belongs to this machine alone.
 *
 * A Unix socket shows that its owner is dead only if the owner ran on this machine. In a folder that several machines share
 * (NFS, SMB, 9p, FUSE, Ceph, a cluster's file system), a socket that refuses a connection may belong to a live process elsewhere.
 *
 * File systems known to be local are listed, and all others count as shared: a mistake then means that a person has to remove
 * a lock, where the opposite mistake would lose rows. On Linux the kernel gives the type of a file system by number.
 * On macOS and the BSDs these numbers change between versions, but `mount` marks local file systems with the word `local`.
 */
import { execFileSync } from 'node:child_process'
import { statfsSync } from 'node:fs'

/** ext2 to ext4, XFS, Btrfs, ZFS, F2FS, JFS, ReiserFS, bcachefs, NILFS, UBIFS, tmpfs, ramfs, overlayfs. */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x3153464a, 0x52654973, 0xca451a4e, 0x3434, 0x24051905, 0x01021994, 0x858458f6,
  0x794c7630,
])

/** The options of the mount that a folder is on, from lines like `/dev/disk3s1 on /System/Volumes/Data (apfs, local, journaled)`. */
const mountOptions = (mounts: string, folder: string): readonly string[] => {
  let longest = ''
  let options: readonly string[] = []
  for (const line of mounts.split('\n')) {
    const [, at, flags] = /^.* on (\/.*) \((.*)\)$/.exec(line) ?? []
    if (at === undefined || flags === undefined || at.length < longest.length) continue
    if (folder !== at && !folder.startsWith(at.endsWith('/') ? at : `${at}/`)) continue
    longest = at
    options = flags.split(', ')
  }
  return options
}

/** Whether no other machine can have files of this folder open; false if that can't be found out. */
export const isLocal = (folder: string): boolean => {
  try {
    if (process.platform === 'linux') return LOCAL.has(statfsSync(folder).type >>> 0)
    return mountOptions(execFileSync('/sbin/mount', { encoding: 'utf8', timeout: 5_000 }), folder).includes('local')
  } catch {
    return false
  }
}
