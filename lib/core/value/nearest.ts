/**
 * The nearest of some known names to an unknown one, for the hints of errors.
 *
 * The distance is the number of edits (insertions, deletions, replacements of one character), without regard to case. A name that begins with
 * the other one, like `password` with `pass`, counts as one edit. Of several that are equally near it is the first.
 *
 * It never returns the unknown name, which may be a mistyped secret: a hint repeats only what the library knows.
 */
const edits = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] as number
}

const distance = (a: string, b: string): number =>
  Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a)) ? Math.min(1, edits(a, b)) : edits(a, b)

const nearestOf = (name: string, known: Iterable<string>): readonly [edits: number, name: string | null] =>
  [...known].map(k => [distance(name.toLowerCase(), k.toLowerCase()), k] as const).sort(([a], [b]) => a - b)[0] ?? [0, null]

/** A hint for an error about an unknown name: the nearest known one, or that there are none. */
export const nearestHint = (name: string, known: Iterable<string>): string => {
  const [, found] = nearestOf(name, known)
  return found === null ? 'there are none' : `did you mean "${found}"?`
}

/** The nearest known name if it may be meant: at most half of the characters differ, or two. */
export const similar = (name: string, known: Iterable<string>): string | null => {
  const [edited, found] = nearestOf(name, known)
  return edited <= Math.max(2, Math.floor(name.length / 2)) ? found : null
}
