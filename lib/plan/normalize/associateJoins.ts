/**
 * `join(l, join(a, b))` becomes `join(join(l, a), b)`, for an inner join whose right side is an inner or left join.
 *
 * The nested right side of a chain of `bind` becomes a flat list of joins. The columns of `l` were in scope of `a` and `b` before and
 * still are: the sources keep their order.
 */
import { both } from '../conditions.js'
import type { Rewrite } from './Rewrite.js'

/** Flattens nested joins. */
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
