/**
 * Columns: how a value is stored and read, and what a table promises of it.
 *
 * `import { int, text, nullable } from 'query-ts/Column'`: the types (`int`, `numeric(10, 2)`, `timestamp`, `json(codec)`, ...), and what is said of
 * one (`nullable`, `withDefault`, `generated`, `unique`, `check`, `codec`).
 */
export * from './core/expr/Column.js'
export type { AnyColumn, Column } from './core/syntax/Syntax.js'
