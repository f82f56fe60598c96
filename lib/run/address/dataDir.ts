/**
 * The data directory of PGlite: a folder, a database in memory, or one that a browser keeps.
 *
 * PGlite reads the kind from a scheme: `memory://`, `idb://name` (IndexedDB), `opfs-ahp://name`, `file://folder`; without one it is a
 * folder. Only a folder can have a lock, be created, or be removed. This module loads nothing, since PGlite also runs in browsers, without
 * Node's modules.
 */
/** The folder of a data directory of PGlite; null for one in memory or in a browser. */
export const folderOf = (dataDir: string): string | null => {
  const scheme = /^[a-z-]+:\/\//.exec(dataDir)?.[0]
  if (dataDir === '' || (scheme !== undefined && scheme !== 'file://')) return null
  return globalThis.process?.versions?.node === undefined ? null : dataDir.slice(scheme?.length ?? 0)
}
