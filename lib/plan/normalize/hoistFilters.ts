/**
 * `join(l, filter(r, p))` becomes `filter(join(l, r), p)`; under a left join what p says of columns that are not r's moves
 * into the join's condition. `join(filter(l, p), r)` becomes `filter(join(l, r), p)` where p is about columns of a query around.
 *
 * A filter that mentions columns of the left side makes the right side dependent. Once it stands
 * above the join, the right side stands alone and the join needs no LATERAL: this is what turns
 * `bind(name, s => where(...)(from(table)))` into an ordinary join. What is about r alone stays with it under a left join,
 * where r may be a join itself.
 */

import { both, conjunction, conjuncts } from '../conditions.js'
import { freeIn, madeIn } from '../ids.js'
import type { Rel, Scalar } from '../Rel.js'
import type { Rewrite } from './Rewrite.js'

type Join = Rel & { readonly tag: 'join' }

/** The parts of a condition that mention columns which are not the relation's own, and the others. */
const split = (condition: Scalar, rel: Rel): { readonly foreign: Scalar | null; readonly own: Scalar | null } => {
  const made = madeIn(rel)
  const all = conjuncts(condition)
  const isForeign = (s: Scalar): boolean => [...freeIn([s])].some(id => !made.has(id))
  return { foreign: conjunction(all.filter(isForeign)), own: conjunction(all.filter(s => !isForeign(s))) }
}

const filtered = (input: Rel, predicate: Scalar | null): Rel => (predicate === null ? input : { tag: 'filter', input, predicate })

const ofLeft = (rel: Join): Rel | null => {
  if (rel.left.tag !== 'filter') return null
  const { foreign, own } = split(rel.left.predicate, rel.left.input)
  return foreign === null ? null : filtered({ ...rel, left: filtered(rel.left.input, own) }, foreign)
}

const ofRight = (rel: Join): Rel | null => {
  if (rel.right.tag !== 'filter') return null
  const { input, predicate } = rel.right
  if (rel.kind === 'inner') return filtered({ ...rel, right: input }, predicate)
  const { foreign, own } = split(predicate, input)
  return foreign === null ? null : { ...rel, right: filtered(input, own), on: both(rel.on, foreign) }
}

export const hoistFilters: Rewrite = {
  name: 'hoistFilters',
  apply: rel => (rel.tag === 'join' ? (ofLeft(rel) ?? ofRight(rel)) : null),
}
