/**
 * The engines for the live tests: opened once for each file, and checked after each test. The servers that have an address are among
 * them; differences between engines are fields of `Engine`.
 *
 * `using(engine, test)` opens the engine before the suite and closes it after. `right` and `left` run a program and require success or an
 * error; `unchanged` requires that a failed program left the rows of some tables unchanged. Every error that passes through `left` is
 * held to the promises of `DbError`: it has a message, and the value `SECRET` is nowhere in it. A new engine is one line of `engines`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { type DbError, show } from '../../lib/DbError.js'
import { lit } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import type { Db, Program } from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import type { PoolOptions } from '../../lib/run/pool/PoolOptions.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import type { Table } from '../../lib/Table.js'
import type { suite } from '../suite.js'
import { hasNative, type ServerName, servers } from './addresses.js'
import { pgliteForTests } from './pgliteCopy.js'
import { onServer } from './servers.js'

export interface Engine {
  readonly name: string
  /** Whether it speaks SQL: can run `raw`, and holds types to a column by itself. */
  readonly sql: boolean
  /** Whether it has one connection: transactions are serial, and an open one makes all other callers wait. Otherwise it is a pool. */
  readonly single: boolean
  /** Whether definitions are part of a transaction, and happen whole or not at all. */
  readonly transactionalDdl: boolean
  /** What the error of a raw statement names in addition to the constraint: its columns, or at least the table of a unique key. */
  readonly tells: readonly ('columns' | 'table of a key')[]
  /** The quote of a name. */
  readonly quote: '"' | '`'
  /** The most characters of a text that is in an index; null when there is no such limit that a test would meet. */
  readonly longestKey: number | null
  /** The most bytes of one statement; null when there is no such limit that a test would meet. */
  readonly longestStatement: number | null
  readonly open: (options: PoolOptions) => TE.TaskEither<DbError, Runner>
}

const folders: string[] = []
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone when the process is. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'query-ts-'))
  folders.push(folder)
  return folder
}

const plain = {
  transactionalDdl: true,
  tells: ['columns', 'table of a key'],
  quote: '"',
  longestKey: null,
  longestStatement: null,
} as const
const embedded = { ...plain, single: true } as const

const serverKinds: { readonly [name in ServerName]: Omit<Engine, 'name' | 'sql' | 'single' | 'open'> } = {
  postgres: plain,
  mysql: { ...plain, transactionalDdl: false, tells: ['table of a key'], quote: '`', longestKey: 768 },
  mariadb: {
    ...plain,
    transactionalDdl: false,
    tells: [],
    quote: '`',
    longestKey: 768,
    longestStatement: 2 ** 24,
  },
}

/** Native SQLite, where its driver is installed. */
const sqlite3 = hasNative ? (await import('../../lib/run/sqlite3.js')).sqlite3 : null

export const engines: readonly Engine[] = [
  { ...embedded, name: 'memory', sql: false, open: options => TE.fromIO(() => memory(options)) },
  { ...embedded, name: 'sqlite', sql: true, open: options => sqlite(options) },
  { ...embedded, name: 'sqlite in a file', sql: true, open: options => sqlite({ ...options, file: join(temporaryFolder(), 'test.db') }) },
  ...(sqlite3 === null ? [] : [{ ...embedded, name: 'sqlite3', sql: true, open: sqlite3 }]),
  { ...embedded, name: 'pglite', sql: true, open: options => pgliteForTests(options) },
  ...servers.map((name): Engine => ({ ...serverKinds[name], name, sql: true, single: false, open: options => onServer(name, options) })),
]

/** Asks an engine and the model: the answer of both, which is the same and no error. */
export const asInModel =
  (s: Pick<Session, 'run'>, model: Runner) =>
  async (name: string, q: Q.Query<any, unknown>): Promise<readonly unknown[]> => {
    const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: model })()]
    assert.ok(E.isRight(expected), `${name}: the model answers ${inspect(expected)}`)
    assert.equal(got, expected, name)
    return (got as E.Right<readonly unknown[]>).right
  }

/** A value that must never be seen in a message. */
export const SECRET = 'hunter2-s3cr3t'

type Tagged<T extends DbError['_tag']> = Extract<DbError, { readonly _tag: T }>

export interface Session {
  readonly name: string
  readonly db: Runner
  /** The answer of a program, whatever it is. */
  readonly run: <X, A>(program: Program<Db, X, A>) => Promise<E.Either<X, A>>
  /** The value of a program that must succeed. */
  readonly right: <X, A>(program: Program<Db, X, A>) => Promise<A>
  /** The error of a program that must fail in this way. */
  readonly left: <T extends DbError['_tag'], X, A>(tag: T, program: Program<Db, X, A>) => Promise<Tagged<T>>
  /** As `left`; and the rows of these tables are what they were. */
  readonly unchanged: <T extends DbError['_tag'], X, A>(
    tables: readonly AnyTable[],
    tag: T,
    program: Program<Db, X, A>,
  ) => Promise<Tagged<T>>
  readonly rows: (table: AnyTable) => Promise<readonly unknown[]>
  /** Creates tables that stand alone. */
  readonly create: (...tables: readonly AnyTable[]) => Promise<void>
  readonly drop: (...tables: readonly AnyTable[]) => Promise<void>
  /** Closes the runner; for the last test, because nothing can run afterwards. */
  readonly close: () => Promise<E.Either<DbError, void>>
}

type AnyTable = Table<any>

/** Every error keeps these promises. */
export const wellMade = (e: DbError): void => {
  assert.type(e.message, 'string')
  assert.ok(e.message.length >= 15, `too few words: ${show(e)}`)
  assert.not(show(e).includes(SECRET), `a parameter's value is in the message: ${show(e)}`)
  // what a function of the program threw is its own
  if (e._tag === 'CallbackFailed') return
  const whole = inspect(e, { depth: Number.POSITIVE_INFINITY, showHidden: true })
  assert.not(whole.includes(SECRET), `a parameter's value is in the error: ${whole}`)
}

/** An error without the stack of what the driver threw. */
const briefly = (e: any): string => inspect(e?.cause instanceof Error ? { ...e, cause: e.cause.message } : e, { depth: 3 })

const named = (tables: readonly AnyTable[]) => schema(Object.fromEntries(tables.map((t, i) => [`t${i}`, t])))

const contents = (rows: readonly unknown[]): readonly string[] =>
  rows.map(row => inspect(row, { depth: 9, maxStringLength: null, maxArrayLength: null, breakLength: Number.POSITIVE_INFINITY })).sort()

/** Two bags of rows are the same. */
export const sameRows = (got: readonly unknown[], expected: readonly unknown[], message?: string): void => {
  const [a, b] = [contents(got), contents(expected)]
  const at = a.findIndex((x, i) => x !== b[i])
  const where = at < 0 ? a.length : at
  assert.ok(
    a.length === b.length && at < 0,
    `${message ?? 'other rows'}: ${a.length} for ${b.length}, got ${a[where]}, expected ${b[where]}`,
  )
}

export const using = (engine: Engine, test: ReturnType<typeof suite>, options: PoolOptions = {}): Session => {
  let runner: Runner | undefined
  let closed = false
  const db = (): Runner => {
    assert.ok(runner !== undefined, `${engine.name} is not open`)
    return runner as Runner
  }
  test.before(async () => {
    const opened = await engine.open(options)()
    assert.ok(E.isRight(opened), E.isLeft(opened) ? show(opened.left) : '')
    runner = (opened as E.Right<Runner>).right
  })
  test.after.each(async () => {
    if (closed) return
    const answer = await Q.all(Q.of({ one: lit(1) }))({ db: db() })()
    assert.equal(answer, E.right([{ one: 1 }]), `${engine.name} does not answer any more`)
  })
  test.after(async () => {
    if (!closed) await runner?.close()
  })

  const run: Session['run'] = program => program({ db: db() })()
  const right: Session['right'] = async program => {
    const answer = await run(program)
    assert.ok(E.isRight(answer), E.isLeft(answer) ? `expected success, got ${briefly(answer.left)}` : '')
    return (answer as E.Right<any>).right
  }
  const left: Session['left'] = async (tag, program) => {
    const answer = await run(program)
    assert.ok(E.isLeft(answer), E.isRight(answer) ? `expected ${tag}, got the answer ${inspect(answer.right)}` : '')
    const error = (answer as E.Left<any>).left
    assert.ok(error?._tag === tag, `expected ${tag}, got ${briefly(error)}`)
    wellMade(error)
    return error
  }
  const rows: Session['rows'] = table => right(Q.all(Q.from(table)))
  return {
    name: engine.name,
    get db() {
      return db()
    },
    run,
    right,
    left,
    rows,
    unchanged: async (tables, tag, program) => {
      const before = await Promise.all(tables.map(rows))
      const error = await left(tag, program)
      for (const [i, t] of tables.entries()) sameRows(await rows(t), before[i] ?? [], `${t.name} after ${tag}`)
      return error
    },
    create: async (...tables) => {
      await right(createAll(named(tables)))
    },
    drop: async (...tables) => {
      await right(dropAll(named(tables)))
    },
    close: () => {
      closed = true
      return db().close()
    },
  }
}
