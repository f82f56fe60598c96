/**
 * The names that a code block in a doc comment may use without importing them. Blocks in README.md and docs/ have their own imports, since
 * readers copy them. A name that a block declares itself is not taken from here.
 */
export { flow, pipe } from 'fp-ts/lib/function.js'
export * as A from 'query-ts/Agg'
export * from 'query-ts/Column'
export * as C from 'query-ts/Command'
export * from 'query-ts/Expr'
export * as Program from 'query-ts/Program'
export * as Q from 'query-ts/Query'
export { fk, schema } from 'query-ts/Schema'
export { table } from 'query-ts/Table'
