/**
 * `join(l, filter(r, p))` becomes `filter(join(l, r), p)`. Under a left join the conjuncts of p that mention other columns than those
 * of r move into the condition of the join. `join(filter(l, p), r)` becomes `filter(join(l, r), p)` for conjuncts p that mention outer
 * columns.
 *
 * A filter that mentions columns of the left side makes the right side dependent. Above the join it does not, and the join needs no
 * LATERAL: this turns `bind(name, s => where(...)(from(table)))` into an ordinary join. Conjuncts about r alone stay with r under a
 * left join, where r may be a join itself.
 */

import { both, conjunction, conjuncts } from '../conditions.js'
import { freeIn, madeIn } from '../ids.js'
import type { Rel, Scalar } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

type Join = Rel & { readonly tag: 'join' }

/** The conjuncts of a condition that mention columns which the relation does not make, and the others. */
const split = (condition: Scalar, rel: Rel): { readonly foreign: Scalar | null; readonly own: Scalar | null } => {
  const made = madeIn(rel)
  const all = conjuncts(condition)
  const isForeign = (s: Scalar): boolean => [...freeIn([s])].some(id => !made.has(id))
  return { foreign: conjunction(all.filter(isForeign)), own: conjunction(all.filter(s => !isForeign(s))) }
}

const filterBy = (input: Rel, predicate: Scalar | null): Rel => (predicate === null ? input : { tag: 'filter', input, predicate })

const ofLeft = (rel: Join): Rel | null => {
  if (rel.left.tag !== 'filter') return null
  const { foreign, own } = split(rel.left.predicate, rel.left.input)
  return foreign === null ? null : filterBy({ ...rel, left: filterBy(rel.left.input, own) }, foreign)
}

const ofRight = (rel: Join): Rel | null => {
  if (rel.right.tag !== 'filter') return null
  const { input, predicate } = rel.right
  if (rel.kind === 'inner') return filterBy({ ...rel, right: input }, predicate)
  const { foreign, own } = split(predicate, input)
  return foreign === null ? null : { ...rel, right: filterBy(input, own), on: both(rel.on, foreign) }
}

/** Moves filters out of joins. */
export const hoistFilters: Rewrite = {
  name: 'hoistFilters',
  apply: rel => (rel.tag === 'join' ? (ofLeft(rel) ?? ofRight(rel)) : null),
}
