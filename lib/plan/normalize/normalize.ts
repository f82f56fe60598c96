/**
 * normalize: from a plan to a flat plan with the same meaning.
 *
 * The rewrites are applied from the leaves upwards until none fits, in the plans of sub-queries too.
 * Each makes the relation or a condition smaller or moves a filter upwards out of a join (or below a distinct), so
 * that this ends. What is left of nesting is what SQL itself needs a sub-query for.
 *
 * Law: `normalize` changes no answer on any engine, with all rewrites or with each one alone.
 */

import type { Plan, Rel, Scalar } from '../Rel.js'
import { mapPlan, mapRel, mapScalar } from '../walk.js'
import { associateJoins } from './associateJoins.js'
import { dropPresence } from './dropPresence.js'
import { dropUnits } from './dropUnits.js'
import { filterBelowDistinct } from './filterBelowDistinct.js'
import { choosing, foldConditions } from './foldConditions.js'
import { hoistFilters } from './hoistFilters.js'
import { mergeFilters } from './mergeFilters.js'
import { mergeLimits } from './mergeLimits.js'
import type { Rewrite } from './Rewrite.js'

export const rewrites: readonly Rewrite[] = [
  dropUnits,
  foldConditions,
  mergeFilters,
  hoistFilters,
  associateJoins,
  filterBelowDistinct,
  mergeLimits,
]

/** Applies some rewrites everywhere until none fits. */
export const rewriteWith =
  (some: readonly Rewrite[]) =>
  (plan: Plan): Plan => {
    const scalar = (s: Scalar): Scalar => mapScalar(s, { scalar, plan: whole })
    const settle = (rel: Rel): Rel => {
      for (const { apply } of some) {
        const simpler = apply(rel)
        // a rewrite makes new relations below its root too: they are settled before the root is looked at again
        if (simpler !== null) return settle(mapRel(simpler, settle, s => s))
      }
      return rel
    }
    // the filters of a chain are merged before it is walked, so that their conditions are looked at once
    const rel = (r: Rel): Rel => settle(mapRel((merges && mergeFilters.apply(r)) || r, rel, scalar))
    const merges = some.includes(mergeFilters)
    const whole = (p: Plan): Plan => mapPlan(p, rel, scalar)
    return whole(plan)
  }

export const normalize = (plan: Plan): Plan => dropPresence(rewriteWith(rewrites)(plan))

/** The same of the queries inside a scalar. */
export const normalizeScalar = (s: Scalar): Scalar => mapScalar(s, { scalar: normalizeScalar, plan: normalize })

/** The same of a condition that chooses rows. */
export const normalizeCondition = (s: Scalar): Scalar => choosing(normalizeScalar(s))
