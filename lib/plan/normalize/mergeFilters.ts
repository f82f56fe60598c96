/**
 * `filter(filter(r, p), q)` becomes `filter(r, p and q)`; a filter that is always true goes.
 *
 * `where` keeps rows whose condition is true: of a conjunction that is so when it is of each part,
 * also in three-valued logic.
 */
import { boolean, conjunction, conjuncts, isLiteral } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

export const mergeFilters: Rewrite = {
  name: 'mergeFilters',
  apply: rel => {
    if (rel.tag !== 'filter') return null
    const own = conjuncts(rel.predicate)
    const kept = own.filter(s => !isLiteral(s, true))
    if (kept.length === 0) return rel.input
    if (kept.some(s => isLiteral(s, false)) && kept.length > 1) return { ...rel, predicate: boolean(false) }
    if (rel.input.tag === 'filter') {
      const all = conjunction([...conjuncts(rel.input.predicate), ...kept])
      return all === null ? null : { tag: 'filter', input: rel.input.input, predicate: all }
    }
    const less = kept.length < own.length ? conjunction(kept) : null
    return less === null ? null : { ...rel, predicate: less }
  },
}
