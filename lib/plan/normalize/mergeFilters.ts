/**
 * `filter(filter(r, p), q)` becomes `filter(r, p and q)`; a filter that is always true goes.
 *
 * `where` keeps rows whose condition is true: of a conjunction that is so when it is of each part,
 * also in three-valued logic.
 */
import { both, isLiteral } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

export const mergeFilters: Rewrite = {
  name: 'mergeFilters',
  apply: rel => {
    if (rel.tag !== 'filter') return null
    if (isLiteral(rel.predicate, true)) return rel.input
    if (rel.input.tag !== 'filter') return null
    const predicate = both(rel.input.predicate, rel.predicate)
    return predicate === null ? null : { tag: 'filter', input: rel.input.input, predicate }
  },
}
