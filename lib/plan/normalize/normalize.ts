/**
 * normalize: from a plan to a flat plan with the same meaning.
 *
 * The rewrites are applied bottom-up until none applies, in the plans of sub-queries too. Each makes the relation or a condition
 * smaller, or moves a filter up out of a join or below a distinct, so this terminates. The nesting that is left is what SQL needs a
 * sub-query for.
 *
 * Law: every engine returns the same rows for a plan and its normal form, with all rewrites or with each one alone.
 */

import type { Plan, Rel, Scalar } from '../Rel.js'
import { mapPlan, mapRel, mapScalar } from '../walk.js'
import { associateJoins } from './associateJoins.js'
import { dropPresence } from './dropPresence.js'
import { dropUnits } from './dropUnits.js'
import { filterBelowDistinct } from './filterBelowDistinct.js'
import { foldConditions, foldFilter } from './foldConditions.js'
import { hoistFilters } from './hoistFilters.js'
import { mergeFilters } from './mergeFilters.js'
import { mergeLimits } from './mergeLimits.js'
import type { Rewrite } from './Rewrite.js'

/** The rewrites, in the order in which they are tried. */
export const rewrites: readonly Rewrite[] = [
  dropUnits,
  foldConditions,
  mergeFilters,
  hoistFilters,
  associateJoins,
  filterBelowDistinct,
  mergeLimits,
]

/** Applies some rewrites everywhere until none applies. */
export const rewriteWith =
  (some: readonly Rewrite[]) =>
  (plan: Plan): Plan => {
    const scalar = (s: Scalar): Scalar => mapScalar(s, { scalar, plan: whole })
    const reduce = (rel: Rel): Rel => {
      for (const { apply } of some) {
        const simpler = apply(rel)
        // a rewrite makes new relations below its root too: they are normalized before the root is tried again
        if (simpler !== null) return reduce(mapRel(simpler, reduce, s => s))
      }
      return rel
    }
    // the filters of a chain are merged before it is walked, so that each condition is visited once
    const rel = (r: Rel): Rel => reduce(mapRel((merges && mergeFilters.apply(r)) || r, rel, scalar))
    const merges = some.includes(mergeFilters)
    const whole = (p: Plan): Plan => mapPlan(p, rel, scalar)
    return whole(plan)
  }

/** The normal form of a plan. */
export const normalize = (plan: Plan): Plan => dropPresence(rewriteWith(rewrites)(plan))

/** A scalar with its sub-queries in normal form. */
export const normalizeScalar = (s: Scalar): Scalar => mapScalar(s, { scalar: normalizeScalar, plan: normalize })

/** A condition that selects rows, with its constants folded and its sub-queries in normal form. */
export const normalizeCondition = (s: Scalar): Scalar => foldFilter(normalizeScalar(s))
