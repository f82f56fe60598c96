/**
 * `join(l, join(a, b))` becomes `join(join(l, a), b)`, for an inner join with an inner or left one.
 *
 * The nested right side of a chain of `bind` becomes a flat list of joins. Columns of `l` were in
 * scope of `a` and `b` before and are still: the sources keep their order.
 */
import { both } from '../conditions.js'
import type { Rewrite } from './Rewrite.js'

export const associateJoins: Rewrite = {
  name: 'associateJoins',
  apply: rel => {
    if (rel.tag !== 'join' || rel.kind !== 'inner' || rel.right.tag !== 'join') return null
    const { kind, left: a, on } = rel.right
    const outer = { ...rel, right: a, on: null }
    if (kind === 'inner') return { ...rel.right, left: outer, on: both(on, rel.on) }
    const joined = { ...rel.right, left: outer }
    return rel.on === null ? joined : { tag: 'filter', input: joined, predicate: rel.on }
  },
}
