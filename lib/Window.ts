/**
 * Window functions: what `Q.window` computes of the rows around each row.
 *
 * `import * as W from 'query-ts/Window'`: `rowNumber`, `rank`, `lag`, `lead`, `firstValue` and others, and every aggregate by `over` a partition,
 * an order and a frame.
 */
export * from './core/expr/Window.js'
export type { Win } from './core/syntax/Syntax.js'
