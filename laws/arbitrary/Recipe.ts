/**
 * Recipes: queries as first-order data, before anything is known of the tables.
 *
 * A `Recipe` is a source and a list of steps. A step has the name of what to do, the naturals that
 * decide how, and recipes for the queries inside it. `query` interprets recipes, and is total: every
 * recipe is a query over every schema. What shrinks is the recipe: steps go, numbers become smaller,
 * queries inside go, and whatever is left is a smaller query.
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

/** What a step of a recipe may do, and how often it does. */
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

/** One step with some queries to put inside. */
export const step = (ops: Weights, choices: number, sub: fc.Arbitrary<Recipe>): fc.Arbitrary<Step> =>
  stepOf(ops, choices, fc.noBias(fc.array(sub, { maxLength: 2, size: 'max' })))

/** Recipes with queries nested to a depth. The first operation of each table is the simplest. */
export const recipe = (sources: Weights, steps: Weights, depth: number, length = 6): fc.Arbitrary<Recipe> => {
  const inner = depth <= 1 ? null : recipe(sources, steps, depth - 1, Math.max(1, Math.ceil(length / 2)))
  const sub: fc.Arbitrary<readonly Recipe[]> = inner === null ? fc.constant([]) : fc.noBias(fc.array(inner, { maxLength: 2, size: 'max' }))
  return fc.record({
    source: stepOf(sources, 12, sub),
    steps: fc.noBias(fc.array(stepOf(steps, 24, sub), { maxLength: length, size: 'max' })),
  })
}
