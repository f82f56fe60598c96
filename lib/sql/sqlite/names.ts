/**
 * Names and texts in SQLite's syntax, and the names that the library gives.
 *
 * A name is in double quotes, a text in single ones. While a table is created again, its rows are in one with a temporary name: errors of
 * SQLite name that where they mean the table itself (`run/sqlite/errors`). A table of such a name that exists is never touched: the change
 * is refused.
 */
import { quoting } from '../identifier.js'

/** Quotes a name. */
export const quote = quoting('sqlite', '"', 1000)

/** A text literal. */
export const quoted = (s: string): string => `'${s.replaceAll("'", "''")}'`

/** The name of a table while it is created again. */
export const temporaryName = (table: string): string => `query_ts_new_${table}`
