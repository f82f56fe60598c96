/**
 * SQL as text: what queries look like in each dialect, without a database.
 *
 * Published as `query-ts/sql`. `toSql` prints a query, its parameters as a driver is given them, `commandToSql` the
 * statements of a command; `dialects` are the records by which they do.
 * To run a query, use a runner (`query-ts/sqlite`, `query-ts/pglite`): it prints by itself.
 *
 *     toSql('postgres')(query)            // Either<DbError, { sql, params }>
 *     commandToSql('postgres')(command)   // Either<DbError, readonly { sql, params }[]>
 */
export { toSql } from './compile.js'
export type { Dialect } from './Dialect.js'
export { dialects } from './dialects.js'
export { mariadbSession, mysqlSession } from './mysql/session.js'
export { commandToSql } from './statements.js'
