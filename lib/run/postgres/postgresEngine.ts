/**
 * Postgres, over a connection to a server, as an `SqlEngine`: how a transaction begins, and what an error of the driver means.
 *
 * Errors that this side causes (`statementTimeout`, no reply) are classified here; error replies of the server in `errors.ts`.
 */
import type { TxOptions } from '../../core/operation/Interpreter.js'
import { timeout } from '../../core/value/DbError.js'
import { postgresValues } from '../../sql/postgres/driverValues.js'
import { postgres as dialect } from '../../sql/postgres/postgres.js'
import type { SqlEngine } from '../Driver.js'
import { NoReply, noReplyError } from '../pool/connectionWatch.js'
import { ISOLATION } from '../session/isolation.js'
import { classifyPostgres, postgresErrorOf } from './errors.js'

const begin = ({ isolation, readOnly, deferrable }: TxOptions): string =>
  `BEGIN${isolation === undefined ? '' : ` ISOLATION LEVEL ${ISOLATION[isolation]}`}${readOnly === true ? ' READ ONLY' : ''}${deferrable === true ? ' DEFERRABLE' : ''}`

/** The engine of a server; `target` names it in errors. */
export const postgresEngine = (target: string, statementTimeout: number | undefined): SqlEngine => ({
  dialect,
  values: postgresValues,
  begin,
  readOnly: null,
  lockTimeout: (milliseconds, inTransaction) => ({
    on: `SET ${inTransaction ? 'LOCAL ' : ''}lock_timeout = ${Math.max(1, Math.ceil(milliseconds))}`,
    off: `SET ${inTransaction ? 'LOCAL ' : ''}lock_timeout TO DEFAULT`,
  }),
  classify: (thrown, context) => {
    const error = postgresErrorOf(thrown)
    if (error.code === '57014' && /statement timeout/.test(error.message)) {
      return timeout('a statement', statementTimeout ?? 0, 'it was cancelled; make it smaller, or allow it more time')
    }
    return noReplyError(target, thrown, statementTimeout) ?? classifyPostgres(error, context, thrown)
  },
  isUncertain: thrown => thrown instanceof NoReply && thrown.isSent,
  diagnose: error => Promise.resolve(error),
})
