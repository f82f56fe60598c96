/**
 * Interpreters and runners, which perform operations.
 *
 * A runner (`query-ts/sqlite`, `query-ts/postgres`, ...) is an interpreter with connections to close at the end. Transformers (`query-ts/logged`,
 * `query-ts/retrying`, ...) make interpreters from interpreters.
 */
export * from './core/operation/Interpreter.js'
export type { DialectName, EngineName } from './core/value/DialectName.js'
