/**
 * MySQL or MariaDB as an `SqlEngine`: how a transaction begins, and what an error of the driver means.
 *
 * The isolation level is set by a statement before START TRANSACTION, for the next transaction only. Errors that this side causes
 * (a packet that is too large, a cancelled statement, no reply) are classified here; error replies of the server in `errors.ts`.
 */
import type { TxOptions } from '../../core/operation/Interpreter.js'
import { beyondLimit, timeout } from '../../core/value/DbError.js'
import { mysqlValues } from '../../sql/mysql/driverValues.js'
import type { SqlEngine } from '../Driver.js'
import { NoReply, noReplyError } from '../pool/connectionWatch.js'
import type { PoolOptions } from '../pool/PoolOptions.js'
import { ISOLATION } from '../session/isolation.js'
import { classifyMysql, mysqlErrorOf } from './errors.js'
import { TooLarge } from './packets.js'
import type { ServerKind } from './serverKind.js'

const SET_LEVEL = 'SET TRANSACTION ISOLATION LEVEL'

const begin = ({ isolation, readOnly }: TxOptions): string =>
  `${isolation === undefined ? '' : `${SET_LEVEL} ${ISOLATION[isolation]}; `}START TRANSACTION${readOnly === true ? ' READ ONLY' : ''}`

/** The statements of a control text: `begin` makes two of an isolation level. */
export const statementsOf = (sql: string): readonly string[] => (sql.startsWith(SET_LEVEL) ? sql.split('; ') : [sql])

/** The engine of a server; `target` names it in errors. */
export const mysqlEngine = ({ name, dialect }: ServerKind, target: string, { statementTimeout }: PoolOptions): SqlEngine => ({
  dialect,
  values: mysqlValues,
  begin,
  readOnly: null,
  lockTimeout: milliseconds => {
    const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
    const set = (locks: string, rows: string): string => `SESSION lock_wait_timeout = ${locks}, SESSION innodb_lock_wait_timeout = ${rows}`
    return {
      on: `SET @query_ts_locks = @@lock_wait_timeout, @query_ts_rows = @@innodb_lock_wait_timeout, ${set(`${seconds}`, `${seconds}`)}`,
      off: `SET ${set('@query_ts_locks', '@query_ts_rows')}`,
    }
  },
  classify: (thrown, context) => {
    const error = mysqlErrorOf(thrown)
    if (error.errno === 1969 || error.errno === 3024 || error.errno === 1317) {
      return timeout('a statement', statementTimeout ?? 0, 'it was cancelled; make it smaller, or allow it more time')
    }
    if (thrown instanceof TooLarge) return beyondLimit('a statement with its values', `max_allowed_packet is ${thrown.limit} bytes`)
    return noReplyError(target, thrown, statementTimeout) ?? classifyMysql(name, error, context, thrown)
  },
  isUncertain: thrown => thrown instanceof NoReply && thrown.isSent,
  diagnose: error => Promise.resolve(error),
})
