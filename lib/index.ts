/**
 * query-ts: queries, commands and codecs are values; interpreters give them meaning; laws say that the meanings agree.
 *
 * This module is the table of contents. Each line is also a subpath (`query-ts/Query`, `query-ts/logged`, ...). The runners
 * (`query-ts/memory`, `query-ts/sqlite`, `query-ts/sqlite3`, `query-ts/pglite`, `query-ts/postgres`, `query-ts/mysql`) and `query-ts/traced` are
 * subpaths only, because each loads its driver; so are the laws (`query-ts/laws`).
 */

// queries: expressions, aggregates and window functions
export * as Agg from './Agg.js'
// data: columns, tables, and the foreign keys between them
export * as Column from './Column.js'
// commands: changes of the data
export * as C from './Command.js'
// effects: programs, the interpreters that perform them, and errors
export * as DbError from './DbError.js'
export * as Expr from './Expr.js'
export type { Capabilities, Db, Interpreter, Runner, SqlOp } from './Interpreter.js'
export * as Program from './Program.js'
export * as Q from './Query.js'
// relations between tables
export * as Relations from './Relations.js'
export { fk, schema } from './Schema.js'
export { createAll, dropAll } from './schema/createAll.js'
// SQL as text
export { commandToSql, toSql } from './sql/index.js'
export { asIs, type Insert, type Row, type Scope, snakeCase, table, type Update, view } from './Table.js'
// transformers: interpreters from interpreters
export { abortable } from './transform/abortable.js'
export { around } from './transform/around.js'
export { dryRun } from './transform/dryRun.js'
export { ensuringSchema } from './transform/ensuringSchema.js'
export { logged } from './transform/logged.js'
export { restrictedTo } from './transform/restrictedTo.js'
export { retrying } from './transform/retrying.js'
export * as Window from './Window.js'
