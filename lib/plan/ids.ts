/**
 * Which column ids parts of a plan mention, and which they make.
 *
 * Ids are unique in a plan, so that an id which something mentions is either made in it or one of a relation around. What a relation
 * makes is kept by the relation, as a chain that those of its inputs begin: in a plan of n steps each adds its own, and none
 * copies those below. A column that is made in a relation and not brought by it can not be mentioned above it.
 */
import { Chain } from '../core/syntax/chain.js'
import { columnsBy } from './columnsBy.js'
import type { Rel, Scalar } from './Rel.js'
import { mapPlan, mapRel, mapScalar } from './walk.js'

/** The ids that something mentions and nothing in it makes, and those that it makes. */
interface Ids {
  readonly free: ReadonlySet<number>
  readonly made: Chain<number, true>
}

const idsOf = new WeakMap<Rel, Ids>()

const idsIn = (visit: (rel: (x: Rel) => Rel, scalar: (s: Scalar) => Scalar) => void, own: readonly number[] = []): Ids => {
  const mentioned = new Set<number>()
  const parts: Chain<number, true>[] = []
  const rel = (x: Rel): Rel => {
    const ids = idsOfRel(x)
    for (const id of ids.free) mentioned.add(id)
    parts.push(ids.made)
    return x
  }
  const scalar = (s: Scalar): Scalar => {
    if (s.node.tag === 'column') mentioned.add(s.node.id)
    return mapScalar(s, { scalar, plan: p => mapPlan(p, rel, scalar) })
  }
  visit(rel, scalar)
  const largest = parts.reduce((most, made) => (made.size > most.size ? made : most), Chain.of<number, true>())
  const others = new Set([...parts.flatMap(made => (made === largest ? [] : Array.from(made, ([id]) => id))), ...own])
  const made = largest.with([...others].flatMap(id => (largest.has(id) ? [] : [[id, true] as const])))
  return { free: new Set([...mentioned].filter(id => !made.has(id))), made }
}

const idsOfRel = (x: Rel): Ids => {
  const known = idsOf.get(x)
  if (known !== undefined) return known
  const own = [...('columns' in x ? x.columns : []), ...(x.tag === 'aggregate' ? columnsBy(x) : [])]
  const ids = idsIn(
    (rel, scalar) => mapRel(x, rel, scalar),
    own.map(c => c.id),
  )
  idsOf.set(x, ids)
  return ids
}

/** The column ids that a relation, or some scalars, mention and do not make themselves: those of relations around. */
export const freeIn = (r: Rel | readonly Scalar[]): ReadonlySet<number> =>
  ('tag' in r ? idsOfRel(r) : idsIn((_, scalar) => r.forEach(scalar))).free

/** The column ids that are made in a relation. */
export const madeIn = (rel: Rel): { readonly has: (id: number) => boolean } => idsOfRel(rel).made

/**
 * Whether scalars mention none of a relation's columns, and they or those beside them mention others: an SQL aggregate of them
 * would belong to a query around.
 */
export const isForeignTo = (rel: Rel, some: readonly Scalar[], beside: readonly Scalar[] = []): boolean => {
  const own = madeIn(rel)
  return [...freeIn([...some, ...beside])].some(id => !own.has(id)) && ![...freeIn(some)].some(id => own.has(id))
}
