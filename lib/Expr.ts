/**
 * Scalar expressions: columns, literals, operators and functions, in SQL's three-valued logic.
 *
 * `import { eq, gt, lower } from 'query-ts/Expr'`. By family: comparison and logic, numbers, texts, dates and instants, JSON, arrays, bytes, casts,
 * sub-queries (`exists`, `scalar`), sort keys (`asc`, `desc`), and `raw`. The type of an expression includes null exactly if its value can be null.
 */
export * from './core/expr/arrays.js'
export * from './core/expr/bytes.js'
export { cast, round } from './core/expr/casts.js'
export * from './core/expr/dates.js'
export {
  and,
  asc,
  between,
  caseWhen,
  coalesce,
  concat,
  contains,
  countOf,
  desc,
  div,
  endsWith,
  eq,
  escapeLike,
  exists,
  gt,
  gte,
  ilike,
  inQuery,
  isNotDistinctFrom,
  isNotNull,
  isNull,
  isSome,
  length,
  like,
  lit,
  litOf,
  lower,
  lt,
  lte,
  maybe,
  minus,
  ne,
  neg,
  not,
  nullIf,
  nullOf,
  nullsFirst,
  nullsLast,
  type Operand,
  or,
  plus,
  position,
  quot,
  raw,
  rem,
  scalar,
  startsWith,
  substring,
  times,
  upper,
} from './core/expr/Expr.js'
export * from './core/expr/jsonBuild.js'
export * from './core/expr/jsonContains.js'
export * from './core/expr/jsonPath.js'
export * from './core/expr/membership.js'
export * from './core/expr/numbers.js'
export * from './core/expr/regexMatch.js'
export * from './core/expr/texts.js'
export type { AnyExpr, Expr, Maybe, Order, Pred } from './core/syntax/Syntax.js'
export { now, random, randomUuid } from './core/syntax/volatile.js'
