/**
 * The native SQLite runner, by better-sqlite3: a database in memory, or a file that several processes may open.
 *
 * The same engine as `sqlite`, without WebAssembly: a commit writes only what changed, and SQLite's own
 * locks keep processes apart: a statement that waits longer than `busyTimeout` for one is `Locked`. A file that a runner of
 * sql.js has open is not opened, because sql.js writes the file whole. Statements block this thread while they run; there is one
 * connection, and one operation runs at a time.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import Database, { type Database as Connection, type Options } from 'better-sqlite3'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Runner } from '../core/operation/Interpreter.js'
import { connectionError, type DbError, locked } from '../core/value/DbError.js'
import type { Driver, DriverCursor, SqlOptions, Statement } from './Driver.js'
import { driverError } from './driverError.js'
import { singleSession } from './session/sessionInterpreter.js'
import { sqlSession } from './session/sqlSession.js'
import { sqliteCapabilities, sqliteEngine, sqliteFunctions, sqliteReading, sqliteSession } from './sqlite/engine.js'
import { classifyFile } from './sqlite/errors.js'
import { fileHolder } from './sqlite/lockedFile.js'

/** Options of `sqlite3`. */
export interface Sqlite3Options extends SqlOptions {
  /** The database file. Default: a database in memory, which ends with the runner. */
  readonly file?: string
  /** Milliseconds that a statement waits, blocking this thread, while another process writes. Default: 5,000. */
  readonly busyTimeout?: number
}

/** Opens a database. */
export const sqlite3 =
  (options: Sqlite3Options = {}): TaskEither<DbError, Runner> =>
  async () => {
    const file = options.file ?? ':memory:'
    if (file === '' || file.includes('\0')) {
      return E.left(
        connectionError(
          file === '' ? '(no name)' : 'sqlite3',
          'a database file needs a name without NUL: omit file for a database in memory',
        ),
      )
    }
    if (!existsSync(dirname(file)))
      return E.left(connectionError(file, `the file can't be opened: the folder ${dirname(file)} does not exist; create it first`))
    let db: Connection | undefined
    try {
      const holder = file === ':memory:' ? null : await fileHolder(file)
      if (holder !== null) return E.left(locked(file, holder.holder, holder.advice ?? 'sql.js writes it whole; close it there first'))
      const settings: Options = { timeout: options.busyTimeout ?? 5_000 }
      const opened = new Database(file, settings)
      db = opened
      for (const [name, f] of Object.entries(sqliteFunctions)) opened.function(name, { deterministic: true }, f)
      for (const sql of sqliteSession) opened.exec(sql)
      // the file is opened only now
      opened.prepare('SELECT count(*) FROM sqlite_master').get()
      const engine = sqliteEngine(file, () => opened.pragma('query_only', { simple: true }) === 0)
      return E.right(singleSession(sqlSession(engine, driverOf(opened), options), sqliteCapabilities('sqlite3'), options))
    } catch (thrown) {
      db?.close()
      return E.left(
        classifyFile(thrown, { target: file, mayWrite: () => true }) ??
          connectionError(file, `the file can't be opened: ${driverError(thrown).message}`, driverError(thrown)),
      )
    }
  }

type Row = readonly unknown[]

/** Prepared statements take memory: beyond this number the oldest is dropped. */
const MAX_PREPARED = 200

/** Binds integers as bigint: a number would be bound as REAL, for which `7 / 2` is 3.5. */
const native = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? BigInt(value) : value
  return value instanceof Uint8Array ? Buffer.from(value) : value
}

const driverOf = (db: Connection): Driver => {
  const kept = new Map<string, Database.Statement<unknown[]>>()
  const reading = new Set<{ readonly drain: () => void }>()

  const drain = (): void => {
    for (const r of reading) r.drain()
  }
  const prepare = (text: string): Database.Statement<unknown[]> => {
    const before = kept.get(text)
    if (before !== undefined) return before
    const made = db.prepare(text)
    kept.set(text, made)
    if (kept.size > MAX_PREPARED) kept.delete(kept.keys().next().value as string)
    return made
  }
  /** `?1` is a parameter with the name 1. */
  const bound = (params: readonly unknown[]): unknown[] =>
    params.length === 0 ? [] : [Object.fromEntries(params.map((p, i) => [i + 1, native(p)]))]

  /** Parameters of bulk statements: by position and unchanged, since their columns convert whole numbers to integers. */
  const positional = (params: readonly unknown[]): unknown[] => [params.map(p => (p instanceof Uint8Array ? Buffer.from(p) : p))]

  return {
    query: async ({ text, params: given, columns, isBulk }) => {
      drain()
      const statement = prepare(text)
      const params = isBulk === true ? positional(given) : bound(given)
      if (!statement.reader) return { rows: [], affected: statement.run(...params).changes }
      const { useBigInt, checked } = sqliteReading(columns)
      const rows = statement
        .raw(true)
        .safeIntegers(useBigInt)
        .all(...params) as unknown[][]
      return { rows: rows.map(checked), affected: rows.length }
    },
    cursor: async ({ text, params, columns }: Statement, size): Promise<DriverCursor> => {
      drain()
      const { useBigInt, checked } = sqliteReading(columns)
      const rows = db
        .prepare(text)
        .raw(true)
        .safeIntegers(useBigInt)
        .iterate(...bound(params)) as IterableIterator<unknown[]>
      let ahead: Row[] = []
      let ended = false
      const read = (most: number): Row[] => {
        const found: Row[] = []
        while (!ended && found.length < most) {
          const next = rows.next()
          if (next.done === true) end()
          else found.push(checked(next.value))
        }
        return found
      }
      const self = {
        drain: () => {
          ahead = [...ahead, ...read(Number.POSITIVE_INFINITY)]
        },
      }
      const end = (): void => {
        ended = true
        reading.delete(self)
      }
      reading.add(self)
      return {
        next: async () => {
          const found = ahead.slice(0, size)
          ahead = ahead.slice(size)
          return found.length > 0 ? found : read(size)
        },
        close: async () => {
          ahead = []
          if (!ended) rows.return?.()
          end()
        },
      }
    },
    script: async sql => {
      drain()
      // on a full disk SQLite rolls back by itself
      if (sql === 'ROLLBACK' && !db.inTransaction) return
      db.exec(sql)
    },
    committed: async () => undefined,
    close: async () => {
      drain()
      db.close()
    },
  }
}
