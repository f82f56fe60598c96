/**
 * The PGlite runner: Postgres itself, in this process, with nothing to install or start.
 *
 * It uses the Postgres dialect, so a test on it shows what a server would return. There is one
 * connection: one operation runs at a time. A cursor outside a transaction is held by the engine (WITH HOLD),
 * so that other operations may run between its chunks. Starting takes seconds: share a runner.
 * A folder has one runner at a time, like a file of sql.js (FOLDER.lock, see fileLock.ts).
 */

import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Capabilities, Runner, TxOptions } from '../core/operation/Interpreter.js'
import { connectionError, type DbError, unsupported } from '../core/value/DbError.js'
import { postgresValues } from '../sql/postgres/driverValues.js'
import { postgres as dialect } from '../sql/postgres/postgres.js'
import { folderOf } from './address/dataDir.js'
import type { Driver, SqlEngine, SqlOptions } from './Driver.js'
import { driverError } from './driverError.js'
import { classifyPostgres, type PostgresError } from './postgres/errors.js'
import { REFUSED_BY_POSTGRES } from './refused.js'
import { ISOLATION, LEVELS } from './session/isolation.js'
import { singleSession } from './session/sessionInterpreter.js'
import { sqlSession } from './session/sqlSession.js'

/** Options of `pglite`. */
export interface PgliteOptions extends SqlOptions {
  /** The folder of the database. Default: in memory, ends with the runner. */
  readonly dataDir?: string
  /** A database to start from: the result of PGlite's `dumpDataDir`. */
  readonly loadDataDir?: Blob
  /** An open PGlite; it stays open when the runner is closed. The other options of PGlite are then ignored. */
  readonly client?: PGlite
  /** PGlite extensions, for example `{ vector }` of `@electric-sql/pglite-pgvector`. */
  readonly extensions?: NonNullable<PGliteOptions['extensions']>
}

const capabilities: Capabilities = {
  engine: 'pglite',
  returning: 'native',
  lateral: 'native',
  transactionalDdl: true,
  constraints: 'statement',
  isolation: LEVELS,
  refuses: REFUSED_BY_POSTGRES,
}

/** Starts a Postgres in this process. */
export const pglite =
  (options: PgliteOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const { client } = options
    const where = options.dataDir ?? 'memory://'
    const folder = client === undefined ? folderOf(where) : null
    // imported on demand, because PGlite also runs in browsers, without Node's modules
    const owned = folder === null ? null : await (await import('./sqlite/lockedFile.js')).own(folder)
    if (owned !== null && E.isLeft(owned)) return owned
    const release = (): void => owned?.right.lock.release()
    try {
      const { extensions, loadDataDir } = options
      const db = client ?? (await PGlite.create({ dataDir: where, ...(extensions && { extensions }), ...(loadDataDir && { loadDataDir }) }))
      await db.exec("SET TIME ZONE 'UTC'; SET client_min_messages = warning")
      const close = client === undefined ? () => db.close().finally(release) : () => Promise.resolve()
      return E.right(singleSession(sqlSession(engine, open(db, close), options), capabilities, options))
    } catch (thrown) {
      release()
      const cause = driverError(thrown)
      return E.left(connectionError(`pglite ${where}`, `the database can't be opened: ${cause.message}`, cause))
    }
  }

/** Types whose cells stay the text that Postgres writes: 64-bit integers, instants, dates, JSON, bytes. */
const asText: { readonly [oid: number]: (cell: string) => string } = Object.fromEntries(
  [20, 17, 114, 1082, 1083, 1114, 1184, 1266, 1700, 3802].map(oid => [oid, (cell: string) => cell]),
)

const beginText = ({ isolation, readOnly }: TxOptions): string =>
  `BEGIN${isolation === undefined ? '' : ` ISOLATION LEVEL ${ISOLATION[isolation]}`}${readOnly === true ? ' READ ONLY' : ''}`

const fieldsOf = (thrown: unknown): PostgresError =>
  thrown instanceof Error ? ({ ...thrown, message: thrown.message } as PostgresError) : { message: String(thrown) }

const engine: SqlEngine = {
  dialect,
  values: postgresValues,
  begin: beginText,
  readOnly: null,
  lockTimeout: null,
  classify: (thrown, context) =>
    /stack depth|unnamed prepared statement does not exist/.test(fieldsOf(thrown).message)
      ? unsupported('a statement this deep or large', 'pglite', 'split it')
      : classifyPostgres(fieldsOf(thrown), context, thrown),
  isUncertain: () => false,
  diagnose: error => Promise.resolve(error),
}

const open = (db: PGlite, close: () => Promise<void>): Driver => {
  let cursors = 0
  let inTransaction = false
  const rowsOf = async (
    text: string,
    params: readonly unknown[],
    columns = 0,
  ): Promise<{ readonly rows: readonly (readonly unknown[])[]; readonly affected: number }> => {
    const answer = await db.query<unknown[]>(text, [...params], { rowMode: 'array', parsers: asText })
    // after an overflow of its stack, PGlite returns a result without fields, and no error
    if (columns > 0 && answer.fields.length === 0) throw new Error('stack depth exceeded')
    return { rows: answer.rows, affected: answer.affectedRows ?? 0 }
  }
  return {
    query: ({ text, params, columns, kind }) => rowsOf(text, params, kind === 'read' ? columns.length : 0),
    cursor: async ({ text, params }, size) => {
      cursors += 1
      const name = `query_ts_${cursors}`
      await db.query(`DECLARE ${name} NO SCROLL CURSOR ${inTransaction ? '' : 'WITH HOLD '}FOR ${text}`, [...params])
      return {
        next: async () => (await rowsOf(`FETCH ${size} FROM ${name}`, [])).rows,
        close: async () => {
          await db.exec(`CLOSE ${name}`)
        },
      }
    },
    script: async sql => {
      await db.exec(sql)
      if (sql.startsWith('BEGIN')) inTransaction = true
      if (sql === 'COMMIT' || sql === 'ROLLBACK') inTransaction = false
    },
    committed: async () => undefined,
    close,
  }
}
