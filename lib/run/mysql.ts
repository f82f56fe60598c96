/**
 * The runner for MySQL and MariaDB, by mysql2: a pool of connections to a server.
 *
 * The server's version decides which of the two it is. Statements are prepared, so that values travel apart from the text;
 * integers are bound as BIGINT and bytes as BLOB, because the driver would send a number as a double. A stream is read
 * as it arrives; another statement on its connection first reads the rest of it into memory.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Runner } from '../core/operation/Interpreter.js'
import { attempting, connectionError, type DbError } from '../core/value/DbError.js'
import { inTime, showEndpoint } from './address/socket.js'
import { socketError, socketTrouble } from './address/socketErrors.js'
import { NO_CONTEXT, nothingKnown } from './Driver.js'
import { driverError } from './driverError.js'
import { type MysqlWhere, mysqlAddress } from './mysql/address.js'
import { classifyMysql, mysqlErrorOf } from './mysql/errors.js'
import { openConnection } from './mysql/mysqlConnection.js'
import { configOf, lacksTls, type MysqlClient } from './mysql/mysqlLink.js'
import { isMysqlReply } from './mysql/replies.js'
import { serverKind } from './mysql/serverKind.js'
import type { Connection } from './pool/Connection.js'
import { causeOf, noReplyError } from './pool/connectionWatch.js'
import { ACQUIRE_TIMEOUT, type PoolOptions, poolProblem } from './pool/PoolOptions.js'
import { pooled } from './pool/pool.js'

/** Options of `mysql`. */
export interface MysqlOptions extends PoolOptions, MysqlWhere {
  /** A connection or pool of yours: its host, database, user, password and TLS are used; the runner opens its own connections. */
  readonly client?: MysqlClient
}

/** Opens a pool of connections. One is opened at once, so that a wrong address or password is reported here. */
export const mysql =
  (options: MysqlOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const problem = poolProblem(options)
    if (problem !== null) return E.left(problem)
    const read = attempting('the options of mysql', () => mysqlAddress(options, configOf(options.client), process.env))
    if (E.isLeft(read)) return read
    const address = read.right
    const target = `${showEndpoint(address.endpoint)}${address.database ? `, database ${address.database}` : ''}`
    const classify = (thrown: unknown): DbError => {
      const cause = causeOf(thrown)
      return (
        refusal(target, cause) ??
        noReplyError(target, thrown, undefined) ??
        (isMysqlReply(cause)
          ? classifyMysql('mysql', mysqlErrorOf(cause), NO_CONTEXT, cause)
          : connectionError(target, 'what listens there is not a MySQL or MariaDB server', driverError(cause)))
      )
    }
    try {
      const limit = Math.min(address.connectTimeout ?? Number.POSITIVE_INFINITY, options.acquireTimeout ?? ACQUIRE_TIMEOUT)
      const kind = await inTime(limit, signal => serverKind(address, signal))
      const known = nothingKnown()
      const connect = (signal: AbortSignal): Promise<Connection> =>
        inTime(limit, late => openConnection(address, kind, target, options, known, late), signal)
      return E.right(pooled({ connect, classify, pipelines: false, capabilities: kind.capabilities }, options).runner)
    } catch (thrown) {
      return E.left(classify(thrown))
    }
  }

/** Why the server refuses the connection; null if the error is about something else. */
const refusal = (target: string, thrown: unknown): DbError | null => {
  switch (mysqlErrorOf(thrown).errno) {
    case 1045:
    case 1698:
    case 1130:
      return connectionError(target, 'the server refuses this user: check user and password', driverError(thrown))
    case 1049:
    case 1044:
      return connectionError(target, 'the database does not exist, or this user may not use it: create it first', driverError(thrown))
    case 1040:
    case 1203:
    case 1226:
      return connectionError(target, 'the server has no connections left: lower max, or raise its limit', driverError(thrown))
    default:
      return socketError(target, lacksTls(thrown) ? socketTrouble('TLS_NOT_OFFERED') : thrown)
  }
}
