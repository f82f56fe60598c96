/**
 * A rewrite: a small named step from a relation to a simpler one with the same meaning.
 *
 * `apply` looks at the root of a relation whose inputs are in normal form already, and answers the
 * simpler relation, or null when it does not fit. Column ids stay, so what stands above is untouched.
 *
 * Law, for each rewrite alone and for all together: every engine answers the same before and after.
 */
import type { Rel } from '../Rel.js'

export interface Rewrite {
  readonly name: string
  readonly apply: (rel: Rel) => Rel | null
}
