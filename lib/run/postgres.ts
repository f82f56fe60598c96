/**
 * The Postgres runner, by postgres.js: a pool of connections to a server.
 *
 * Each connection is a client of one connection, so that a transaction cannot move to another one when its
 * connection is lost. Cells stay the text that Postgres writes, and parameters travel as text, in a UTC session: the
 * driver's own conversions would lose microseconds and encode JSON twice. Reads are pipelined.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Capabilities, Runner } from '../core/operation/Interpreter.js'
import { attempting, connectionError, type DbError } from '../core/value/DbError.js'
import { showEndpoint } from './address/socket.js'
import { socketError } from './address/socketErrors.js'
import { NO_CONTEXT, nothingKnown } from './Driver.js'
import { driverError } from './driverError.js'
import type { Connection } from './pool/Connection.js'
import { causeOf, noReplyError } from './pool/connectionWatch.js'
import { type PoolOptions, poolProblem } from './pool/PoolOptions.js'
import { pooled } from './pool/pool.js'
import { type ClientOptions, type PostgresAddress, type PostgresWhere, postgresAddress } from './postgres/address.js'
import { classifyPostgres, isPostgresReply, postgresErrorOf } from './postgres/errors.js'
import { HANDSHAKE } from './postgres/handshake.js'
import { openConnection } from './postgres/postgresConnection.js'
import { type PostgresClient, WRONG_SESSION } from './postgres/postgresLink.js'
import { REFUSED_BY_POSTGRES } from './refused.js'
import { LEVELS } from './session/isolation.js'

/** Options of `postgres`. */
export interface PostgresOptions extends PoolOptions, PostgresWhere {
  /** A client of yours: its host, database, user, password and TLS are used; the runner opens its own connections. */
  readonly client?: PostgresClient
}

const capabilities: Capabilities = {
  engine: 'postgres',
  returning: 'native',
  lateral: 'native',
  transactionalDdl: true,
  constraints: 'statement',
  isolation: LEVELS,
  refuses: REFUSED_BY_POSTGRES,
}

/** Where a runner connects to, without secrets. */
const targetOf = ({ endpoints, database }: PostgresAddress): string =>
  `postgres at ${endpoints.map(showEndpoint).join(',')}, database ${database}`

/** Opens a pool of connections. One is opened at once, so that a wrong address or password is reported here. */
export const postgres =
  (options: PostgresOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const problem = poolProblem(options)
    if (problem !== null) return E.left(problem)
    const read = attempting('the options of postgres', () =>
      postgresAddress(options, options.client?.options as ClientOptions | undefined, process.env),
    )
    if (E.isLeft(read)) return read
    const address = read.right
    const target = targetOf(address)
    const classify = (thrown: unknown): DbError => {
      const cause = causeOf(thrown)
      return (
        refusal(target, address, cause) ??
        noReplyError(target, thrown, undefined) ??
        socketError(target, cause) ??
        (isPostgresReply(cause)
          ? classifyPostgres(postgresErrorOf(cause), NO_CONTEXT, cause)
          : connectionError(target, 'what listens there is not a Postgres server', driverError(cause)))
      )
    }
    const known = nothingKnown()
    const connect = (signal: AbortSignal): Promise<Connection> => openConnection(address, target, options, known, signal)
    const { runner, reach } = pooled({ connect, classify, pipelines: true, capabilities }, options)
    const reached = await reach()
    if (E.isRight(reached)) return E.right(runner)
    await runner.close()
    return reached
  }

/** Why the server refuses the connection; null if the error is about something else. */
const refusal = (target: string, { session }: PostgresAddress, thrown: unknown): DbError | null => {
  const { code, message } = postgresErrorOf(thrown)
  switch (code) {
    case '28P01':
    case '28000':
      return connectionError(target, 'the server refuses this user: check user and password', driverError(thrown))
    case '3D000':
      return connectionError(target, 'the database does not exist: create it first', driverError(thrown))
    case '53300':
      return connectionError(target, 'the server has no connections left: lower max, or raise its limit', driverError(thrown))
    case '57P03':
      return connectionError(target, 'the server is starting or stopping: try again in a moment', driverError(thrown))
    case '42704':
    case '22023':
    case '55P02': {
      const name = Object.keys(session).find(parameter => message.includes(`"${parameter}"`))
      return name === undefined
        ? null
        : connectionError(target, `the server refuses the parameter ${name} of the address`, driverError(thrown))
    }
    case HANDSHAKE:
      return connectionError(target, message, driverError(thrown))
    case WRONG_SESSION:
      return connectionError(target, 'no server has the session that target_session_attrs requires', driverError(thrown))
    default:
      return null
  }
}
