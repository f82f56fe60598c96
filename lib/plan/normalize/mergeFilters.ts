/**
 * `filter(filter(r, p), q)` becomes `filter(r, p and q)`; a filter that is always true is dropped.
 *
 * A conjunction is true exactly where each conjunct is, in three-valued logic too. A chain of filters is merged in one step, in linear
 * time.
 */
import { conjunction, conjuncts, isLiteral } from '../conditions.js'
import type { Rel } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

/** Merges nested filters. */
export const mergeFilters: Rewrite = {
  name: 'mergeFilters',
  apply: rel => {
    if (rel.tag !== 'filter') return null
    if (isLiteral(rel.predicate, true)) return rel.input
    if (rel.input.tag !== 'filter') return null
    const predicates = [rel.predicate]
    let input: Rel = rel.input
    for (; input.tag === 'filter'; input = input.input) predicates.push(input.predicate)
    const predicate = conjunction(predicates.reverse().flatMap(conjuncts))
    return predicate && { tag: 'filter', input, predicate }
  },
}
