/** A separate database on a server for each runner that a test opens. The addresses of the servers are in `addresses`. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DbError } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { type MysqlOptions, mysql } from '../../lib/run/mysql.js'
import type { PoolOptions } from '../../lib/run/pool/PoolOptions.js'
import { postgres } from '../../lib/run/postgres.js'
import { addressOf, type ServerName } from './addresses.js'
import { statement } from './rawText.js'

const runnerOf = (name: ServerName, options: Omit<MysqlOptions, 'client'>): TaskEither<DbError, Runner> =>
  name === 'postgres' ? postgres(options) : mysql(options)

/**
 * The connections of a server that is no Postgres. MySQL's information_schema fails over a statement of another session that has
 * characters outside of the basic plane (error 3854).
 */
export const processList = (name: ServerName): string =>
  name === 'mysql' ? 'performance_schema.processlist' : 'information_schema.processlist'

let databases = 0

/** A runner on an empty database, which is dropped when the runner is closed. */
export const onServer =
  (name: ServerName, options: PoolOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const url = addressOf(name) as string
    const opened = await runnerOf(name, { url, max: 1 })()
    if (E.isLeft(opened)) return opened
    const admin = opened.right
    const database = `query_ts_${process.pid}_${(databases += 1)}`
    const run = (text: string) => statement(text)({ db: admin })()
    const made = await run(`CREATE DATABASE ${database}`)
    if (E.isLeft(made)) return made
    const there = new URL(url)
    there.pathname = `/${database}`
    const runner = await runnerOf(name, { max: 4, ...options, url: there.href })()
    if (E.isLeft(runner)) return runner
    const close: TaskEither<DbError, void> = async () => {
      const closed = await runner.right.close()
      await run(`DROP DATABASE ${database}${name === 'postgres' ? ' WITH (FORCE)' : ''}`)
      await admin.close()
      return closed
    }
    return E.right({ ...runner.right, close })
  }
