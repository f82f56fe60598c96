/**
 * The tables that a plan reads by itself.
 *
 * A view counts as one table here: what its query reads is part of `contents`, which looks through views, defaults and checks.
 * This is what decides in which order views are created, and whether a WITH clause reads a table that the statement writes.
 * Raw text is not looked into: `contents` finds it, and the caller decides what it may do.
 */
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { Plan, Rel, Scalar } from './Rel.js'
import { mapPlan, mapRel, mapScalar } from './walk.js'

/** The tables that a plan reads. */
export const tablesOfPlan = (plan: Plan): ReadonlySet<AnyTable> => {
  const found = new Set<AnyTable>()
  const scalar = (s: Scalar): Scalar => mapScalar(s, { scalar, plan: inside })
  const rel = (r: Rel): Rel => {
    if (r.tag === 'scan') found.add(r.table)
    return mapRel(r, rel, scalar)
  }
  const inside = (p: Plan): Plan => mapPlan(p, rel, scalar)
  inside(plan)
  return found
}
