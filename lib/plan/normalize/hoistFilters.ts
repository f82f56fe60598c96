/**
 * `join(l, filter(r, p))` becomes `filter(join(l, r), p)`; under a left join p moves into its condition.
 *
 * A filter that mentions columns of the left side makes the right side dependent. Once it stands
 * above the join, the right side stands alone and the join needs no LATERAL: this is what turns
 * `bind(name, s => where(...)(from(table)))` into an ordinary join.
 */
import { both } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

export const hoistFilters: Rewrite = {
  name: 'hoistFilters',
  apply: rel => {
    if (rel.tag !== 'join' || rel.right.tag !== 'filter') return null
    const { input, predicate } = rel.right
    if (rel.kind === 'left') return { ...rel, right: input, on: both(rel.on, predicate) }
    return { tag: 'filter', input: { ...rel, right: input }, predicate }
  },
}
