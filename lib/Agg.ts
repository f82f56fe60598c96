/**
 * Aggregates: what `Q.aggregate` computes of the rows of a group.
 *
 * `import * as Agg from 'query-ts/Agg'`: `key` names what is grouped by; `count`, `sum`, `avg`, `min`, `max`, `median`, `arrayAgg`, `stringAgg` and
 * others compute, over the rows that `filter` keeps. Of an empty group a sum is null and a count 0.
 */
export * from './core/expr/Agg.js'
export type { Agg } from './core/syntax/Syntax.js'
