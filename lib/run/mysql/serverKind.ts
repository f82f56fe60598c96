/**
 * MySQL or MariaDB: what the runner has to do differently for the two.
 *
 * The address does not tell which server it is; its version does. Everything that differs is a field of `ServerKind`, so that no other
 * module compares names.
 */
import type { Capabilities } from '../../core/operation/Interpreter.js'
import type { Dialect } from '../../sql/Dialect.js'
import { mariadb } from '../../sql/mysql/mariadb.js'
import { mysql } from '../../sql/mysql/mysql.js'
import { mariadbSession, mysqlSession } from '../../sql/mysql/session.js'
import { REFUSED_BY_MARIADB, REFUSED_BY_MYSQL } from '../refused.js'
import { LEVELS } from '../session/isolation.js'
import type { MysqlAddress } from './address.js'
import { queryOnce } from './mysqlLink.js'
import { REGEXP_IN_TEXT } from './packets.js'

/** What differs between MySQL and MariaDB. */
export interface ServerKind {
  readonly name: 'mysql' | 'mariadb'
  readonly dialect: Dialect
  /** Statements that prepare a session. */
  readonly session: readonly string[]
  /** The statement that limits the time of statements, and of waiting for locks. */
  readonly limit: (milliseconds: number) => string
  /** Whether the limit holds for writes too. */
  readonly limitsWrites: boolean
  /** Whether a prepared statement may be run again. */
  readonly isReusable: (text: string) => boolean
  /** Whether a write that has succeeded may have to be undone because of a warning. */
  readonly mayHaveToUndo: (text: string) => boolean
  readonly capabilities: Capabilities
}

/** MariaDB has no UPDATE that returns rows, MySQL no command that does. */
const capabilities = (engine: string, lateral: Capabilities['lateral'], refuses: Capabilities['refuses']): Capabilities => ({
  engine,
  returning: 'emulated',
  lateral,
  transactionalDdl: false,
  constraints: 'row',
  isolation: LEVELS,
  refuses,
})

/** Waiting for a lock has limits of its own, in seconds. */
const lockLimits = (ms: number): string => {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  return `, SESSION lock_wait_timeout = ${seconds}, SESSION innodb_lock_wait_timeout = ${seconds}`
}

const MYSQL: ServerKind = {
  name: 'mysql',
  dialect: mysql,
  session: mysqlSession,
  limit: ms => `SET SESSION max_execution_time = ${ms}${lockLimits(ms)}`,
  limitsWrites: false,
  isReusable: () => true,
  mayHaveToUndo: () => false,
  capabilities: capabilities('mysql', 'native', REFUSED_BY_MYSQL),
}

const MARIADB: ServerKind = {
  name: 'mariadb',
  dialect: mariadb,
  session: mariadbSession,
  limit: ms => `SET SESSION max_statement_time = ${ms / 1000}${lockLimits(ms)}`,
  limitsWrites: true,
  // running one with a sub-query again fails with 1054, or ends the server (10.11)
  isReusable: text => !/\(SELECT/.test(text),
  mayHaveToUndo: text => REGEXP_IN_TEXT.test(text),
  capabilities: capabilities('mariadb', 'emulated', REFUSED_BY_MARIADB),
}

/** Asks the server for its version, on a connection of its own. */
export const serverKind = async (address: MysqlAddress, signal: AbortSignal): Promise<ServerKind> => {
  const rows = await queryOnce(address, 'SELECT version()', signal)
  return /mariadb/i.test(String(rows[0]?.[0])) ? MARIADB : MYSQL
}
