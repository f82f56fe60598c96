/**
 * Aggregates: what `Q.aggregate` computes from the rows of a group.
 *
 * `import * as Agg from 'query-ts/Agg'`: `key` is a group key; `count`, `sum`, `avg`, `min`, `max`, `median`, `arrayAgg`, `stringAgg` and others are
 * computed over the rows that `filter` keeps. For an empty group `count` is 0 and the others are null.
 */
export * from './core/expr/Agg.js'
export type { Agg } from './core/syntax/Syntax.js'
