/**
 * query-ts: queries, commands and codecs are values; interpreters give them meaning; laws say that
 * the meanings agree.
 *
 * This module is the table of contents: the names that most programs need, grouped by layer. Each
 * module has a subpath of its own (`query-ts/Query`, `query-ts/sqlite`, ...). Runners are not here,
 * because each loads its driver.
 */

// values
export * as Agg from './core/Agg.js'
export * as Column from './core/Column.js'
export * as C from './core/Command.js'
// programs
export * as DbError from './core/DbError.js'
export * as Expr from './core/Expr.js'
export type { Capabilities, Db, Interpreter, Runner, SqlOp } from './core/Interpreter.js'
export * as Program from './core/Program.js'
export * as Q from './core/Query.js'
export { fk, schema } from './core/Schema.js'
export type { Insert, Row, Scope, Update } from './core/Table.js'
export { asIs, snakeCase, table } from './core/Table.js'
export { createAll, dropAll } from './schema/createAll.js'

// SQL as text
export { commandToSql, toSql } from './sql/index.js'
