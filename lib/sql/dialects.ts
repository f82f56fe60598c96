/**
 * The dialects by name.
 *
 * This is the only place where a name becomes a dialect. Adding one costs a record here, its runner
 * and a file that applies the laws to it.
 */
import type { DialectName } from '../core/DialectName.js'
import type { Dialect } from './Dialect.js'
import { mariadb } from './mariadb.js'
import { mysql } from './mysql.js'
import { postgres } from './postgres.js'
import { sqlite } from './sqlite.js'

export const dialects: { readonly [name in DialectName]: Dialect } = { postgres, mysql, mariadb, sqlite }
