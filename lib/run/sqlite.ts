/**
 * The SQLite runner, by sql.js: a database in memory, or a file that one process holds.
 *
 * sql.js is SQLite compiled to WebAssembly, with nothing to install. A file is read whole when it is
 * opened and written whole after each commit (to a new file that is then renamed), so that a commit
 * that was confirmed survives a crash. The file has one owner: a lock next to it (FILE.lock, see fileLock.ts) keeps
 * other threads, processes and containers out. In a folder that several machines share, the lock of a crashed process stays until
 * a person removes it.
 *
 * The session has foreign keys on, a case-sensitive LIKE, and Unicode case mapping by its own functions.
 * A cursor has the rows at the time of its opening: a write first reads the rest of open cursors.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import initSqlJs, { type Database, type Statement as Prepared, type SqlValue } from 'sql.js'
import type { Runner } from '../core/operation/Interpreter.js'
import { connectionError, type DbError, refuse } from '../core/value/DbError.js'
import type { ResultColumn } from '../sql/compile.js'
import type { Driver, DriverCursor, SqlOptions, Statement } from './Driver.js'
import { driverError } from './driverError.js'
import { singleSession } from './session/sessionInterpreter.js'
import { sqlSession } from './session/sqlSession.js'
import { sqliteCapabilities, sqliteEngine, sqliteFunctions, sqliteReading, sqliteSession } from './sqlite/engine.js'
import { type LockedFile, lockFile } from './sqlite/lockedFile.js'

/** Options of `sqlite`. */
export interface SqliteOptions extends SqlOptions {
  /** The database file. Default: a database in memory, which ends with the runner. */
  readonly file?: string
}

type SqlJs = Awaited<ReturnType<typeof initSqlJs>>
type InitOptions = NonNullable<Parameters<typeof initSqlJs>[0]>

/** The functions of SQLite instead of those that sql.js adds under their names, whose calls print a warning (1.16). */
const NATIVE = { useOldExtensionFunctions: false } as InitOptions

let loading: Promise<SqlJs> | undefined

/** Opens a database. The runner holds the file until it is closed. */
export const sqlite =
  (options: SqliteOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const target = options.file ?? 'sqlite in memory'
    const held = options.file === undefined || options.file === ':memory:' ? E.right(null) : await lockFile(options.file)
    if (E.isLeft(held)) return held
    try {
      loading ??= initSqlJs(NATIVE).catch(thrown => {
        loading = undefined
        throw thrown
      })
      await loading
    } catch (thrown) {
      held.right?.release()
      return E.left(connectionError(target, `sql.js can't be loaded: ${driverError(thrown).message}`, driverError(thrown)))
    }
    try {
      const driver = open(await loading, held.right)
      return E.right(singleSession(sqlSession(sqliteEngine(target), driver, options), sqliteCapabilities('sqlite'), options))
    } catch (thrown) {
      held.right?.release()
      return E.left(
        connectionError(target, `the file is not a readable SQLite database: ${driverError(thrown).message}`, driverError(thrown)),
      )
    }
  }

/** A prepared statement whose rows are still being read. */
interface Reading {
  /** Reads the rest, before the database changes. */
  readonly drain: () => void
}

const open = (sqlJs: SqlJs, file: LockedFile | null): Driver => {
  let db = new sqlJs.Database(file?.bytes ?? null)
  let saved = file?.bytes ?? null
  const reading = new Set<Reading>()
  if (saved !== null) checkHeader(saved)
  prepareSession(db)
  if (file !== null) checkContent(db)
  let unchanged = state(db)

  const drain = (): void => {
    for (const r of reading) r.drain()
  }

  const query: Driver['query'] = async statement => {
    if (statement.kind !== 'read') drain()
    if (statement.kind === 'raw') requireSingle(db, statement.text)
    const prepared = statement.isBulk === true ? repeated(statement.text) : db.prepare(statement.text)
    try {
      prepared.bind(statement.params as SqlValue[])
      const rows: SqlValue[][] = []
      const read = reader(statement.columns)
      while (prepared.step()) rows.push(read(prepared))
      return { rows, affected: db.getRowsModified() }
    } finally {
      if (bulk?.prepared === prepared) prepared.reset()
      else prepared.free()
    }
  }

  /** The last bulk statement: the next one is likely to be the same. */
  let bulk: { readonly text: string; readonly prepared: Prepared } | null = null
  const forget = (): void => {
    bulk?.prepared.free()
    bulk = null
  }
  const repeated = (text: string): Prepared => {
    if (bulk?.text === text) return bulk.prepared
    forget()
    bulk = { text, prepared: db.prepare(text) }
    return bulk.prepared
  }

  const cursor = async (statement: Statement, size: number): Promise<DriverCursor> => {
    const prepared = db.prepare(statement.text)
    const row = reader(statement.columns)
    let ahead: SqlValue[][] = []
    let at = 0
    let live = true
    const free = (): void => {
      live = false
      reading.delete(self)
      prepared.free()
    }
    const read = (limit: number): SqlValue[][] => {
      const rows: SqlValue[][] = []
      while (live && rows.length < limit) {
        if (prepared.step()) rows.push(row(prepared))
        else free()
      }
      return rows
    }
    const self: Reading = {
      drain: () => {
        ahead = ahead.slice(at).concat(read(Number.POSITIVE_INFINITY))
        at = 0
      },
    }
    try {
      prepared.bind(statement.params as SqlValue[])
    } catch (thrown) {
      prepared.free()
      throw thrown
    }
    reading.add(self)
    return {
      next: async () => {
        if (at >= ahead.length) return read(size)
        const rows = ahead.slice(at, at + size)
        at += size
        return rows
      },
      close: async () => {
        ahead = []
        if (live) free()
      },
    }
  }

  return {
    query,
    cursor,
    script: async sql => {
      if (!/^(BEGIN|SAVEPOINT|RELEASE|COMMIT)/.test(sql)) drain()
      forget()
      db.run(sql)
    },
    committed: async () => {
      if (file === null || state(db) === unchanged) return
      drain()
      forget()
      let unconfirmed: DbError | null
      try {
        const bytes = db.export()
        prepareSession(db)
        unconfirmed = await file.write(bytes)
        saved = bytes
      } catch (thrown) {
        db.close()
        db = new sqlJs.Database(saved)
        prepareSession(db)
        unchanged = state(db)
        throw thrown
      }
      unchanged = state(db)
      if (unconfirmed !== null) refuse(unconfirmed)
    },
    close: async () => {
      drain()
      db.close()
      file?.release()
    },
  }
}

/** The current row; the types of sql.js lack the second argument. */
const rowAt = (prepared: Prepared, config: { readonly useBigInt: boolean }): SqlValue[] =>
  (prepared as unknown as { get: (params: null, config: { readonly useBigInt: boolean }) => SqlValue[] }).get(null, config)

const reader = (columns: readonly ResultColumn[]): ((prepared: Prepared) => SqlValue[]) => {
  const { useBigInt, checked } = sqliteReading(columns)
  const config = { useBigInt }
  return prepared => checked(rowAt(prepared, config)) as SqlValue[]
}

const prepareSession = (db: Database): void => {
  for (const [name, f] of Object.entries(sqliteFunctions)) db.create_function(name, f as (s: SqlValue) => SqlValue)
  for (const sql of sqliteSession) db.run(sql)
}

/** Throws if a text is more than one statement: SQLite would run the first and ignore the rest. */
const requireSingle = (db: Database, text: string): void => {
  const statements = db.iterateStatements(text)
  const first = statements.next()
  if (first.done !== true) first.value.free()
  const rest = statements.getRemainingSQL().replace(/--[^\n]*|\/\*[\s\S]*?\*\/|[\s;]/g, '')
  if (rest !== '') throw new Error('more than one statement in a raw text')
}

/** Differs after any write: the number of rows that this connection has changed, and the versions of the definitions. */
const state = (db: Database): string =>
  String(
    db.exec(
      "SELECT total_changes() || ' ' || (SELECT schema_version FROM pragma_schema_version) || ' ' || (SELECT user_version FROM pragma_user_version)",
    )[0]?.values[0]?.[0],
  )

/** Throws if the bytes are not a database. SQLite treats a file of a few bytes as an empty database, and would overwrite it. */
const checkHeader = (bytes: Uint8Array): void => {
  if (bytes.length < 512 || new TextDecoder('latin1').decode(bytes.slice(0, 16)) !== 'SQLite format 3\0')
    throw new Error('file is not a database')
}

/** Throws if the database is damaged. */
const checkContent = (db: Database): void => {
  const found = db.exec('PRAGMA quick_check')[0]?.values[0]?.[0]
  if (found !== 'ok') throw new Error(String(found))
}
