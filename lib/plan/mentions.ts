/**
 * What parts of a plan contain: column ids, sub-queries, set differences.
 *
 * Each function walks a part once and collects or tests; nothing is changed. `ids` tells which of the mentioned ids are
 * outer columns.
 */
import type { AggScalar, Plan, Rel, Scalar, WindowScalar } from './Rel.js'
import { mapAgg, mapPlan, mapRel, mapScalar, mapWindow } from './walk.js'

/** Whether a relation contains EXCEPT or INTERSECT; sub-queries in its scalars are not searched. */
export const hasDifference = (rel: Rel): boolean => {
  let found = false
  const walk = (r: Rel): Rel => {
    if (r.tag === 'set' && (r.operator === 'except' || r.operator === 'intersect')) found = true
    return found ? r : mapRel(r, walk, s => s)
  }
  walk(rel)
  return found
}

/** Whether some dialects print a scalar as a sub-query: `jsonContains` of an object or array. */
const printsQuery = ({ node: n }: Scalar): boolean => {
  const part = n.tag === 'call' && n.fn === 'jsonContains' ? n.args[1]?.node : undefined
  return part?.tag === 'literal' && typeof part.value === 'object'
}

/** Whether a scalar contains a sub-query, or is printed as one. */
export const hasQuery = (s: Scalar): boolean => {
  let found = false
  const scalar = (x: Scalar): Scalar => {
    if (printsQuery(x)) found = true
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

/** The column ids that a scalar mentions, in its sub-queries too; they are added to `found`. */
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
