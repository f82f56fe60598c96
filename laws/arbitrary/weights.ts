/**
 * The relative frequency of the sources and steps of generated queries, the simplest first.
 */
import type { Weights } from './Recipe.js'

export const SOURCES: Weights = { from: 40, of: 2, Do: 2, values: 4, zero: 1, prepare: 4, unnest: 3 }

export const STEPS: Weights = {
  where: 6,
  map: 5,
  orderBy: 7,
  bind: 3,
  innerJoin: 4,
  leftJoin: 4,
  bindLeft: 3,
  let: 3,
  aggregate: 3,
  window: 3,
  distinct: 2,
  limit: 3,
  offset: 1,
  flatMap: 2,
  unionAll: 1,
  union: 1,
  intersect: 1,
  except: 1,
  when: 1,
  whereNotNull: 1,
  cte: 1,
  recursive: 1,
  closure: 1,
  fullJoin: 1,
  distinctOn: 1,
  rollup: 1,
  cube: 1,
  groupingSets: 1,
  mapRow: 1,
}
