/**
 * `filter(filter(r, p), q)` becomes `filter(r, p and q)`; a filter that is always true goes.
 *
 * `where` keeps rows whose condition is true: of a conjunction that is so when it is of each part,
 * also in three-valued logic. Many filters on each other become one at once, not by one more conjunct each time.
 */
import { conjunction, conjuncts, isLiteral } from '../conditions.js'
import type { Rel } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

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
