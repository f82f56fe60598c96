/**
 * Columns: how a value is stored and read, and the constraints on it.
 *
 * `import { int, text, nullable } from 'query-ts/Column'`: the types (`int`, `numeric(10, 2)`, `timestamp`, `json(codec)`, ...), and the modifiers
 * (`nullable`, `withDefault`, `generated`, `unique`, `check`, `codec`).
 */
export * from './core/expr/Column.js'
export type { AnyColumn, Column } from './core/syntax/Syntax.js'
