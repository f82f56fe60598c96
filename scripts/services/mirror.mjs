// The mirror of Debian that this machine's apt uses: the network may allow no other.

/**
 * The mirror in a file of apt's sources, of either format, for a release: `deb URI SUITE ...`, or a paragraph of `Key: value`.
 * Addresses of other archives (security, vendors) are skipped because their suite is not the release's own name.
 */
export const mirrorIn = (text, release) => {
  for (const line of text.split('\n')) {
    const [, uri, suite] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? []
    if (suite === release) return uri
  }
  for (const paragraph of text.split(/\n\s*\n/)) {
    const words = key => (new RegExp(`^${key}:(.*)$`, 'im').exec(paragraph)?.[1] ?? '').trim().split(/\s+/)
    if (words('Types').includes('deb') && words('Suites').includes(release)) return words('URIs')[0]
  }
  return undefined
}
