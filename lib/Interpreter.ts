/**
 * Interpreters and runners: what performs operations.
 *
 * A runner (`query-ts/sqlite`, `query-ts/postgres`, ...) is an interpreter with a connection that is closed at the end. Transformers
 * (`query-ts/logged`, `query-ts/retrying`, ...) make interpreters of interpreters.
 */
export * from './core/operation/Interpreter.js'
export type { DialectName, EngineName } from './core/value/DialectName.js'
