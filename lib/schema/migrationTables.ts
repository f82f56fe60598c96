/**
 * The tables in which a database remembers its migrations.
 *
 * `query_ts_migration` has a row for each applied migration. `query_ts_migration_step` is the journal of a migration that is performed step by step:
 * a row for each unit that was begun, removed when the migration is complete. `query_ts_migration_lock` has one row, the lock. All three are
 * ordinary tables of the library, created when they are missing; when many processes create them at once, all of them find them.
 *
 * Instants are of the clock of the database server.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { delete as deleteFrom, insert } from '../core/command/Command.js'
import { upsert } from '../core/command/upsert.js'
import * as Column from '../core/expr/Column.js'
import { and, asc, eq, lit } from '../core/expr/Expr.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { createSteps } from '../core/schema/Step.js'
import type { AnyTable, Table } from '../core/syntax/Syntax.js'
import { now } from '../core/syntax/volatile.js'
import { schema } from '../core/table/Schema.js'
import { type Row, table } from '../core/table/Table.js'
import type { DbError } from '../core/value/DbError.js'
import { all } from '../program/fetch.js'
import { attempt } from '../program/Program.js'
import { run } from '../program/run.js'
import { LONGEST_NAME } from './migrationGraph.js'

const name = Column.varchar(LONGEST_NAME)
const who = Column.varchar(200)
const token = Column.varchar(64)

/** The applied migrations. */
export const history = table(
  'query_ts_migration',
  {
    name,
    checksum: Column.varchar(64),
    appliedAt: Column.timestamp,
    /** How long it took, in milliseconds; 0 for one that was adopted by `baseline` or `resolve`. */
    duration: Column.int,
    who,
    token,
  },
  { primaryKey: ['name'] },
)

/** The units of a migration that has begun and is not complete: one that is performed by parts has a row that counts them. */
export const journal = table(
  'query_ts_migration_step',
  {
    migration: name,
    direction: Column.varchar(4),
    unit: Column.int,
    /** `failed`: the engine has refused it. */
    state: Column.varchar(6),
    checksum: Column.varchar(64),
    /** The number of its batches that are done. */
    batches: Column.int,
    /** Whether it is performed by the batches of `online`. */
    online: Column.boolean,
    /** What the definition was before the batch that was begun; null if none was. */
    before: Column.nullable(Column.varchar(64)),
    at: Column.timestamp,
  },
  { primaryKey: ['migration', 'unit'] },
)

/** The lock: one row. A lock without a token is free. */
export const lock = table(
  'query_ts_migration_lock',
  {
    id: Column.int,
    holder: Column.nullable(who),
    token: Column.nullable(token),
    since: Column.nullable(Column.timestamp),
    expiresAt: Column.nullable(Column.timestamp),
  },
  { primaryKey: ['id'] },
)

/** An applied migration. */
export type Applied = Row<typeof history>

/** A unit of the journal. */
export type JournalRow = Row<typeof journal>

/** Whether a migration is applied or undone. */
export type Direction = 'up' | 'down'

type Answer<A> = Promise<E.Either<DbError, A>>

const nothing =
  <A>(program: Program<Db, DbError, A>): Program<Db, DbError, void> =>
  env =>
  async () =>
    E.map(() => undefined)(await program(env)())

const ROUNDS = 40
const PAUSE = 50

/** Whether a table can be read; null if it can't be, with the error. */
const exists = async (env: Db, t: AnyTable): Answer<boolean> => {
  const found = await attempt(all(Q.limit(0)(Q.from(t as Table<any>))))(env)()
  if (E.isLeft(found)) return found
  if (E.isRight(found.right)) return E.right(true)
  return found.right.left._tag === 'SchemaConflict' ? E.right(false) : E.left(found.right.left)
}

/** Creates what is missing of the three tables. Another process may create them at the same time: then its tables are found. */
const ensureTable = async (env: Db, t: AnyTable): Answer<void> => {
  let problem: DbError | null = null
  for (let round = 0; round < ROUNDS; round += 1) {
    const there = await exists(env, t)
    if (E.isLeft(there)) problem = there.left
    else if (there.right) return E.right(undefined)
    else {
      const made = await env.db.perform({ tag: 'ddl', steps: createSteps(schema({ t })) })()
      if (E.isRight(made)) return E.right(undefined)
      problem = made.left
      if (problem._tag === 'Unsupported' || problem._tag === 'TransactionAborted') break
    }
    if (problem !== null && !isPassing(problem)) break
    await new Promise(resolve => setTimeout(resolve, PAUSE * Math.random()))
  }
  return E.left(problem as DbError)
}

/** Whether a process may get this error while another one creates the same table. */
export const isPassing = (e: DbError): boolean =>
  ['SchemaConflict', 'UniqueViolation', 'DatabaseError', 'SerializationFailure', 'Deadlock', 'Timeout', 'Locked'].includes(e._tag)

const LOCK_ID = 1

/** The row of a lock that is free. */
export const LOCK_ROW = { id: LOCK_ID }

/** The condition that finds the lock. */
export const isLock = (row: { readonly id: any }): any => eq(row.id, lit(LOCK_ID))

/** Creates the tables that are missing, and the row of the lock. */
export const ensureTables: Program<Db, DbError, void> = env => async () => {
  for (const t of [history, journal, lock]) {
    const made = await ensureTable(env, t)
    if (E.isLeft(made)) return made
  }
  const offered = upsert(lock)({ target: ['id'], update: 'nothing' })(LOCK_ROW)
  return nothing(run(offered))(env)()
}

/** Whether the tables exist. Reading the state of a database creates nothing. */
export const haveTables: Program<Db, DbError, boolean> = env => async () => {
  for (const t of [history, journal, lock]) {
    const there = await exists(env, t)
    if (E.isLeft(there) || !there.right) return there
  }
  return E.right(true)
}

/** The applied migrations, by name. */
export const appliedMigrations: Program<Db, DbError, readonly Applied[]> = all(
  pipe(
    Q.from(history),
    Q.orderBy(m => [asc(m.name)]),
  ),
)

/** The journal, in order. */
export const journalRows: Program<Db, DbError, readonly JournalRow[]> = all(
  pipe(
    Q.from(journal),
    Q.orderBy(s => [asc(s.migration), asc(s.unit)]),
  ),
)

/** Remembers that a migration is applied. */
export const addApplied = (m: Omit<Applied, 'appliedAt'>): Program<Db, DbError, void> =>
  nothing(run(insert(history)({ ...m, appliedAt: now as never })))

/** The command that takes a migration out of the history. */
export const withoutApplied = (migration: string) => deleteFrom(history)(m => eq(m.name, migration))

/** Forgets that a migration is applied. */
export const removeApplied = (migration: string): Program<Db, DbError, void> => nothing(run(withoutApplied(migration)))

/** Writes a unit of a migration into the journal. */
export const writeJournal = (row: Omit<JournalRow, 'at'>): Program<Db, DbError, void> => {
  const offered = upsert(journal)({
    target: ['migration', 'unit'],
    update: ['direction', 'state', 'checksum', 'batches', 'online', 'before', 'at'],
  })
  return nothing(run(offered({ ...row, at: now as never })))
}

/** Removes the journal of a migration; with `unit` that unit only. */
export const clearJournal = (migration: string, unit: number | null = null): Program<Db, DbError, void> =>
  nothing(run(deleteFrom(journal)(s => (unit === null ? eq(s.migration, migration) : and(eq(s.migration, migration), eq(s.unit, unit))))))
