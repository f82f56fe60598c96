/**
 * `filter(distinct(r), p)` becomes `distinct(filter(r, p))`, with p over the expressions of the distinct columns.
 *
 * Equal rows satisfy a predicate together, so it can be tested before they are merged.
 */
import { substitute } from '../walk.js'
import type { Rewrite } from './Rewrite.js'

/** Moves filters below `distinct`. */
export const filterBelowDistinct: Rewrite = {
  name: 'filterBelowDistinct',
  apply: rel => {
    if (rel.tag !== 'filter' || rel.input.tag !== 'distinct') return null
    const { input, columns } = rel.input
    const { scalar } = substitute(new Map(columns.map(c => [c.id, c.scalar])))
    return { tag: 'distinct', input: { tag: 'filter', input, predicate: scalar(rel.predicate) }, columns }
  },
}
