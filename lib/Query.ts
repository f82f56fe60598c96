/**
 * Queries: bags of rows as values, and the programs that run them.
 *
 * `import * as Q from 'query-ts/Query'`: sources (`from`, `of`, `values`, `unnest`), clauses (`where`, `map`, `aggregate`, `orderBy`,
 * ...), joins and set operations, queries inside queries (`many`, `first`, `cte`, `recursive`); `all`, `one`, `option`, `head`, `stream` and
 * `page` make programs of them. Every combinator has an example with its SQL in docs/combinators.md.
 */

export type { Explained, Stage } from './core/operation/Interpreter.js'
export * from './core/query/Query.js'
export * from './core/query/recursive.js'
export { unnest } from './core/query/unnest.js'
export type { AnyQuery, Maybe, Nested, PreparedQuery, Query, Result, Shape } from './core/syntax/Syntax.js'
export {
  all,
  type ChunkOptions,
  count,
  type ExplainOptions,
  explain,
  foldChunks,
  head,
  nonEmpty,
  one,
  option,
  type StreamOptions,
  stages,
  stream,
} from './program/fetch.js'
export * from './program/lookups.js'
export * from './program/page.js'
export { type ShowOptions, show } from './show/show.js'
