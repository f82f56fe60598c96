/**
 * The known name that is nearest to one that is not known.
 *
 * An error about a name suggests the known name that is the fewest edits away: characters inserted, deleted or replaced. Of several that are
 * equally near it is the first in the given order. A suggestion is for people; nothing else is decided by it.
 *
 * Law: the nearest name to a known one is that one.
 */

/** The number of edits from one text to another. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] as number
}

/** A hint for an error about an unknown name: the nearest known one, or that there are none. */
export const nearestName = (name: string, known: Iterable<string>): string => {
  const [nearest] = [...known].map(k => [distance(name, k), k] as const).sort(([a], [b]) => a - b)
  return nearest === undefined ? 'there are none' : `did you mean "${nearest[1]}"?`
}
