/**
 * The tables that a plan reads directly.
 *
 * A view counts as one table: what its query reads is part of `contents`, which looks into views, defaults and checks. The result decides
 * the order in which views are created, and whether a WITH clause reads a table that the statement writes. Raw text is not looked
 * into; `contents` lists it.
 */
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { Plan, Rel, Scalar } from './Rel.js'
import { mapPlan, mapRel, mapScalar } from './walk.js'

/** The tables that a plan reads, in sub-queries too. */
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
