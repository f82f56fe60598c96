/**
 * A join with the single row without columns is redundant: `join(unit, r)` is `r`, `join(l, unit)` is `l`.
 *
 * This is left and right identity of `flatMap` with `of`, on relations; it removes what `Q.Do` starts from.
 */
import type { Rewrite } from './Rewrite.js'

/** Removes joins with `unit`. */
export const dropUnits: Rewrite = {
  name: 'dropUnits',
  apply: rel => {
    if (rel.tag !== 'join' || rel.kind !== 'inner') return null
    const rest = rel.left.tag === 'unit' ? rel.right : rel.right.tag === 'unit' ? rel.left : null
    if (rest === null) return null
    return rel.on === null ? rest : { tag: 'filter', input: rest, predicate: rel.on }
  },
}
