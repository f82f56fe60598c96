/**
 * Recipes: queries as first-order data, before the tables are known.
 *
 * A `Recipe` is a source and a list of steps. A step has a name, the natural numbers that decide its details, and recipes for the queries
 * inside it. `query` interprets recipes and is total: every recipe is a query over every schema. Recipes are what shrinks: steps and inner
 * queries are dropped and numbers get smaller, and each result is a smaller query.
 */
import fc from 'fast-check'

export interface Step {
  readonly op: string
  readonly choices: readonly number[]
  readonly sub: readonly Recipe[]
}

export interface Recipe {
  readonly source: Step
  readonly steps: readonly Step[]
}

/** The operations of a step, with their relative frequency. */
export type Weights = { readonly [op: string]: number }

/** The recipe of a query over the first table. */
export const plain: Recipe = { source: { op: 'from', choices: [], sub: [] }, steps: [] }

const natural = fc.noBias(fc.nat(0xffff))

const stepOf = (ops: Weights, choices: number, sub: fc.Arbitrary<readonly Recipe[]>): fc.Arbitrary<Step> =>
  fc.record({
    op: fc.noBias(fc.oneof(...Object.entries(ops).map(([op, weight]) => ({ weight, arbitrary: fc.constant(op) })))),
    choices: fc.noBias(fc.array(natural, { maxLength: choices, size: 'max' })),
    sub,
  })

/** One step with recipes for the queries inside it. */
export const step = (ops: Weights, choices: number, sub: fc.Arbitrary<Recipe>): fc.Arbitrary<Step> =>
  stepOf(ops, choices, fc.noBias(fc.array(sub, { maxLength: 2, size: 'max' })))

/** Recipes with queries nested to a depth. The first operation of `sources` and of `steps` should be the simplest. */
export const recipe = (sources: Weights, steps: Weights, depth: number, length = 6): fc.Arbitrary<Recipe> => {
  const inner = depth <= 1 ? null : recipe(sources, steps, depth - 1, Math.max(1, Math.ceil(length / 2)))
  const sub: fc.Arbitrary<readonly Recipe[]> = inner === null ? fc.constant([]) : fc.noBias(fc.array(inner, { maxLength: 2, size: 'max' }))
  return fc.record({
    source: stepOf(sources, 12, sub),
    steps: fc.noBias(fc.array(stepOf(steps, 24, sub), { maxLength: length, size: 'max' })),
  })
}
