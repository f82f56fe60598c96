/**
 * A join with the one row without columns is no join: `join(unit, r)` is `r`, `join(l, unit)` is `l`.
 *
 * This is left and right identity of `flatMap` with `of`, on relations; `Q.Do` leaves no trace by it.
 */
import type { Rewrite } from './Rewrite.js'

export const dropUnits: Rewrite = {
  name: 'dropUnits',
  apply: rel => {
    if (rel.tag !== 'join' || rel.kind !== 'inner') return null
    const rest = rel.left.tag === 'unit' ? rel.right : rel.right.tag === 'unit' ? rel.left : null
    if (rest === null) return null
    return rel.on === null ? rest : { tag: 'filter', input: rest, predicate: rel.on }
  },
}
