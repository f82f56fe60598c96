/**
 * Commands: changes of a database as values, and the programs that run them.
 *
 * `import * as C from 'query-ts/Command'`: `insert`, `insertMany`, `insertFrom`, `update`, `delete`, `upsert` and others make commands, `returning`
 * selects what they return, and `run` makes a program. `insertAll`, `getOrCreate` and `updateVersioned` are programs of several statements.
 */

export type { Write } from './core/command/assignments.js'
export * from './core/command/Command.js'
export { changes } from './core/command/changes.js'
export { deleteUsing, updateFrom, updateMany } from './core/command/updates.js'
export { type Outcome, outcome, upsert, upsertMany } from './core/command/upsert.js'
export type { RowChange, RowImage } from './core/schema/RowChange.js'
export type { AnyCommand, Command } from './core/syntax/Syntax.js'
export { type GotOrCreated, getOrCreate } from './program/getOrCreate.js'
export { type InsertAllOptions, insertAll, type Rows } from './program/insertAll.js'
export { updateVersioned } from './program/optimisticUpdate.js'
export { run } from './program/run.js'
export { showCommand as show } from './show/show.js'
