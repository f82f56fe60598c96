/**
 * `filter(distinct(r), p)` becomes `distinct(filter(r, p))`, with p over what the columns were made of.
 *
 * Equal rows satisfy a predicate together, so it does not matter whether they are merged before.
 */
import { substitute } from '../walk.js'
import type { Rewrite } from './Rewrite.js'

export const filterBelowDistinct: Rewrite = {
  name: 'filterBelowDistinct',
  apply: rel => {
    if (rel.tag !== 'filter' || rel.input.tag !== 'distinct') return null
    const { input, columns } = rel.input
    const { scalar } = substitute(new Map(columns.map(c => [c.id, c.scalar])))
    return { tag: 'distinct', input: { tag: 'filter', input, predicate: scalar(rel.predicate) }, columns }
  },
}
