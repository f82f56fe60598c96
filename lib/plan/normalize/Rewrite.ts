/**
 * A rewrite: a small named step from a relation to a simpler one with the same meaning.
 *
 * `apply` looks at the root of a relation whose inputs are in normal form, and returns the simpler relation, or null where it does not
 * apply. Column ids stay, so relations above are unaffected.
 *
 * Law, for each rewrite alone and for all together: every engine returns the same rows before and after.
 */
import type { Rel } from '../Rel.js'

/** A rewrite rule. */
export interface Rewrite {
  readonly name: string
  readonly apply: (rel: Rel) => Rel | null
}
