/**
 * The dialects by name.
 *
 * This is the only place where a name becomes a dialect. Another one needs its record here, a runner
 * and a file that applies the laws to it.
 */
import type { DialectName } from '../core/value/DialectName.js'
import type { Dialect } from './Dialect.js'
import { mariadb } from './mysql/mariadb.js'
import { mysql } from './mysql/mysql.js'
import { postgres } from './postgres/postgres.js'
import { sqlite } from './sqlite/sqlite.js'

/** The dialects by name. */
export const dialects: { readonly [name in DialectName]: Dialect } = { postgres, mysql, mariadb, sqlite }
