/**
 * What parts of a plan contain: column ids, sub-queries, set differences.
 *
 * Each function walks a part once and collects or tests; nothing is changed. `ids` tells which of the mentioned ids are
 * outer columns.
 */
import type { AggScalar, Plan, Rel, Scalar, WindowScalar } from './Rel.js'
import { mapAgg, mapPlan, mapRel, mapScalar, mapWindow } from './walk.js'

/** Whether a relation is made of the rows that are, or are not, in another: by EXCEPT or INTERSECT, at any depth of relations. */
export const hasDifference = (rel: Rel): boolean => {
  let found = false
  const walk = (r: Rel): Rel => {
    if (r.tag === 'set' && (r.operator === 'except' || r.operator === 'intersect')) found = true
    return found ? r : mapRel(r, walk, s => s)
  }
  walk(rel)
  return found
}

/** Whether some engines ask by a query: for the values of a document that is no value itself. */
const asksInside = ({ node: n }: Scalar): boolean => {
  const part = n.tag === 'call' && n.fn === 'jsonContains' ? n.args[1]?.node : undefined
  return part?.tag === 'literal' && typeof part.value === 'object'
}

/** Whether a scalar has a query inside. */
export const hasQuery = (s: Scalar): boolean => {
  let found = false
  const scalar = (x: Scalar): Scalar => {
    if (asksInside(x)) found = true
    return mapScalar(x, { scalar, plan })
  }
  const plan = (p: Plan): Plan => {
    found = true
    return p
  }
  scalar(s)
  return found
}

/** The scalars of an aggregate, or of a window function. */
export const partsOf = (of: AggScalar | WindowScalar): readonly Scalar[] => {
  const found: Scalar[] = []
  const add = (s: Scalar): Scalar => {
    found.push(s)
    return s
  }
  if ('of' in of) mapWindow(of, add)
  else mapAgg(of, add)
  return found
}

/** Every column id that a scalar mentions, in its sub-queries too. */
export const columnsOf = (s: Scalar, found: Set<number> = new Set()): Set<number> => {
  const scalar = (x: Scalar): Scalar => {
    if (x.node.tag === 'column') found.add(x.node.id)
    return mapScalar(x, { scalar, plan })
  }
  const rel = (r: Rel): Rel => mapRel(r, rel, scalar)
  const plan = (p: Plan): Plan => {
    mapPlan(p, rel, scalar)
    return p
  }
  scalar(s)
  return found
}
