/**
 * Arbitraries of query-ts: rows of a table, databases of a schema, queries and commands over it; schemas, and the steps that change them.
 *
 * Each takes your tables. They shrink well: a database stays a database, a query a query. Generated values carry their TypeScript, so
 * that a failing case can be read and run.
 */
export { command, type GeneratedCommand } from './command.js'
export { type AnyDatabase, type DatabaseOptions, database, databaseText } from './database.js'
export { everyType } from './everyType.js'
export { clear, contents, load } from './load.js'
export { type GeneratedQuery, query } from './query.js'
export { type AnyRow, type RowOptions, row } from './row.js'
export { sample, tables } from './sample.js'
export { type ChainOptions, type SchemaChain, schemaChain } from './schemaChain.js'
export { type Move, type Moved, move, stepOf } from './schemaMove.js'
export { COLUMN_CHOICES, type SchemaShape, schemaOfShape, schemaPair, schemaShape, type TableShape, tableShape } from './schemaShape.js'
export { commandVocabulary, leftOut, misnamed, queryVocabulary } from './vocabulary.js'
