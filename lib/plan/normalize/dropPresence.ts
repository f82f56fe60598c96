/**
 * `case when <the side is present> then c end` becomes `c`, for a column c of the optional side of a left join.
 *
 * `maybe(m, s => s.title)` tests first whether the side is present. Where it is not, the join has made every column of that side null
 * already, so the test is redundant for a plain column.
 */
import { columnsBy } from '../columnsBy.js'
import type { Plan, Rel, Scalar } from '../Rel.js'
import { mapPlan, mapRel, mapScalar } from '../walk.js'

/** The columns of a relation that are never null in its rows. */
const witnesses = (rel: Rel): readonly number[] => {
  if (rel.tag === 'filter' || rel.tag === 'limit') return witnesses(rel.input)
  if (rel.tag === 'join') return [...witnesses(rel.left), ...(rel.kind === 'inner' ? witnesses(rel.right) : [])]
  return columnsBy(rel).flatMap(c => (c.type.nullable ? [] : [c.id]))
}

/** For each witness of an optional side, the columns of that side. */
const optionalSides = (rel: Rel, found: Map<number, Set<number>>): Map<number, Set<number>> => {
  mapRel(
    rel,
    r => {
      optionalSides(r, found)
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

/** The column whose presence a condition tests, null if it is no such test. */
const presenceTest = (s: Scalar): number | null => {
  const inner = s.node.tag === 'call' && s.node.fn === 'not' ? s.node.args[0] : undefined
  const column = inner?.node.tag === 'call' && inner.node.fn === 'isNull' ? inner.node.args[0] : undefined
  return column?.node.tag === 'column' ? column.node.id : null
}

/** Drops redundant presence tests from every expression of a plan, for all left joins in its scope. */
export const dropPresence = (plan: Plan): Plan => {
  const within =
    (outer: ReadonlyMap<number, Set<number>>) =>
    (p: Plan): Plan => {
      const sides = optionalSides(p.rel, new Map(outer))
      const scalar = (s: Scalar): Scalar => {
        const done = mapScalar(s, { scalar, plan: within(sides) })
        if (done.node.tag !== 'case' || done.node.branches.length !== 1) return done
        const [condition, value] = done.node.branches[0] as readonly [Scalar, Scalar]
        const id = presenceTest(condition)
        const isNull = done.node.otherwise.node.tag === 'literal' && done.node.otherwise.node.value === null
        if (!isNull || id === null || value.node.tag !== 'column' || !sides.get(id)?.has(value.node.id)) return done
        return { ...value, type: done.type }
      }
      const rel = (r: Rel): Rel => mapRel(r, rel, scalar)
      return mapPlan(p, rel, scalar)
    }
  return within(new Map())(plan)
}
