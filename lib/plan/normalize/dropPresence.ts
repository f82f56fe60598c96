/**
 * `case when <the row is there> then c end` becomes `c`, for a column c of a left join's far side.
 *
 * `maybe(m, s => s.title)` asks first whether the row is there. Where it is not, the join has made
 * every column of that side null already, so asking is needless for a plain column.
 */
import { columnsBy } from '../columnsBy.js'
import type { Plan, Rel, Scalar } from '../Rel.js'
import { mapPlan, mapRel, mapScalar } from '../walk.js'

/** Columns of a relation that are never null in its own rows. */
const witnesses = (rel: Rel): readonly number[] => {
  if (rel.tag === 'filter' || rel.tag === 'limit') return witnesses(rel.input)
  if (rel.tag === 'join') return [...witnesses(rel.left), ...(rel.kind === 'inner' ? witnesses(rel.right) : [])]
  return columnsBy(rel).flatMap(c => (c.type.nullable ? [] : [c.id]))
}

/** For each column that tells whether a far side is there, the columns of that side. */
const farSides = (rel: Rel, found: Map<number, Set<number>>): Map<number, Set<number>> => {
  mapRel(
    rel,
    r => {
      farSides(r, found)
      return r
    },
    s => s,
  )
  if (rel.tag === 'join' && rel.kind === 'left') {
    const side = new Set(columnsBy(rel.right).map(c => c.id))
    for (const id of witnesses(rel.right)) found.set(id, side)
  }
  return found
}

const tested = (s: Scalar): number | null => {
  const inner = s.node.tag === 'call' && s.node.fn === 'not' ? s.node.args[0] : undefined
  const column = inner?.node.tag === 'call' && inner.node.fn === 'isNull' ? inner.node.args[0] : undefined
  return column?.node.tag === 'column' ? column.node.id : null
}

/** Simplifies every expression of a plan, under every left join that is in scope of it. */
export const dropPresence = (plan: Plan): Plan => {
  const within =
    (outer: ReadonlyMap<number, Set<number>>) =>
    (p: Plan): Plan => {
      const sides = farSides(p.rel, new Map(outer))
      const scalar = (s: Scalar): Scalar => {
        const done = mapScalar(s, { scalar, plan: within(sides) })
        if (done.node.tag !== 'case' || done.node.branches.length !== 1) return done
        const [condition, value] = done.node.branches[0] as readonly [Scalar, Scalar]
        const id = tested(condition)
        const isNull = done.node.otherwise.node.tag === 'literal' && done.node.otherwise.node.value === null
        if (!isNull || id === null || value.node.tag !== 'column' || !sides.get(id)?.has(value.node.id)) return done
        return { ...value, type: done.type }
      }
      const rel = (r: Rel): Rel => mapRel(r, rel, scalar)
      return mapPlan(p, rel, scalar)
    }
  return within(new Map())(plan)
}
