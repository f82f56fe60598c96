/**
 * Window functions: what `Q.window` computes for each row from other rows.
 *
 * `import * as W from 'query-ts/Window'`: `rowNumber`, `rank`, `lag`, `lead`, `firstValue` and others, and every aggregate, through `over`, with a
 * partition, an order and a frame.
 */
export * from './core/expr/Window.js'
export type { Win } from './core/syntax/Syntax.js'
