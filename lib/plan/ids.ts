/**
 * The column ids that parts of a plan mention, and those that they make.
 *
 * Ids are unique in a plan, so an id that a part mentions is either made in that part or an outer column. The ids of each relation are
 * cached, as a chain that extends that of its largest input: in a plan of n steps each step adds its own ids, and none copies those
 * below. A column that a relation makes and does not expose cannot be mentioned above it.
 */
import { Chain } from '../core/syntax/chain.js'
import { columnsBy } from './columnsBy.js'
import type { Rel, Scalar } from './Rel.js'
import { mapPlan, mapRel, mapScalar } from './walk.js'

/** The ids that a part mentions and does not make, and those that it makes. */
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

/** The outer columns of a relation or of some scalars: the ids that they mention and do not make. */
export const freeIn = (r: Rel | readonly Scalar[]): ReadonlySet<number> =>
  ('tag' in r ? idsOfRel(r) : idsIn((_, scalar) => r.forEach(scalar))).free

/** The column ids that a relation makes, its inputs included. */
export const madeIn = (rel: Rel): { readonly has: (id: number) => boolean } => idsOfRel(rel).made

/**
 * Whether `some` mention no column of a relation, while they or the `others` mention outer columns: SQL would take an aggregate of them
 * for one of the enclosing query.
 */
export const isForeignTo = (rel: Rel, some: readonly Scalar[], others: readonly Scalar[] = []): boolean => {
  const own = madeIn(rel)
  return [...freeIn([...some, ...others])].some(id => !own.has(id)) && ![...freeIn(some)].some(id => own.has(id))
}
