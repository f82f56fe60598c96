/**
 * Performing one migration, up or down, by a runner that holds the lock.
 *
 * Where definitions are transactional, the migration and its row in the history are one transaction. Elsewhere each unit is performed by itself: the
 * journal says `begun` before it and `done` after it, and a command is one transaction with its `done`. A later run continues there: it looks on
 * which side of a unit that was only begun the database is (`sideOf`), and refuses where it can't tell.
 *
 * The lease is renewed in each transaction that writes the history or the journal, so a runner that has lost it writes nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Db, execute, type Interpreter, type SqlOp } from '../core/operation/Interpreter.js'
import { type DbError, migrationError, unsupported } from '../core/value/DbError.js'
import { checksumOfUnit } from './checksum.js'
import type { Migration } from './Migration.js'
import { definitions, describeUnit, type MigrationStep, type SqlTexts, type Unit, unitsOf } from './MigrationStep.js'
import { type Holder, keeping, renew } from './migrationLock.js'
import { addApplied, clearJournal, type Direction, type JournalRow, removeApplied, writeJournal } from './migrationTables.js'
import { sideOf } from './stepSide.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** A migration to be performed. */
export interface Task {
  readonly migration: Migration
  readonly checksum: string
  readonly direction: Direction
  readonly holder: Holder
  /** The journal of this migration. */
  readonly journal: readonly JournalRow[]
}

/** The engine whose SQL another one speaks. */
const SPEAKS: { readonly [engine: string]: string } = { pglite: 'postgres', sqlite3: 'sqlite' }

const sqlOp = (text: SqlTexts, engine: string): E.Either<DbError, SqlOp> => {
  const own = text[engine] ?? text[SPEAKS[engine] ?? engine]
  return own === undefined
    ? E.left(unsupported('this step', engine, 'give its SQL text for this engine'))
    : E.right({ tag: 'raw', text: [own], args: [], columns: {} })
}

/** The operation that performs a unit. */
const operationOf = (unit: Unit, engine: string): E.Either<DbError, SqlOp> => {
  const [first] = unit
  if (first?.tag === 'data') return E.right(execute(first.command))
  if (first?.tag === 'sql') return sqlOp(first.text, engine)
  return E.right({ tag: 'ddl', steps: definitions(unit) })
}

/** The words for a unit in an error. */
const place = (migration: Migration, direction: Direction, unit: Unit, at: number): string =>
  `migration "${migration.name}", step ${at + 1}${direction === 'down' ? ' of its inverse' : ''} (${describeUnit(unit)})`

const failed = ({ migration, direction }: Task, unit: Unit, at: number, e: DbError): DbError =>
  migrationError('failed', [migration.name], `${place(migration, direction, unit, at)} failed: ${e.message}`, at, e)

const performUnit = async (db: Interpreter<SqlOp>, task: Task, unit: Unit, at: number): Answer<void> => {
  const op = operationOf(unit, db.capabilities.engine)
  const done = E.isLeft(op) ? op : await db.perform(op.right)()
  return E.isLeft(done) ? E.left(failed(task, unit, at, done.left)) : E.right(undefined)
}

/** The steps of a migration in a direction, in units. */
const unitsFor = ({ migration, direction }: Pick<Task, 'migration' | 'direction'>): readonly Unit[] => {
  const steps: readonly MigrationStep[] = direction === 'up' ? migration.up : 'tag' in migration.down ? [] : migration.down
  return unitsOf(steps)
}

/** Writes the result into the history. */
const record = (task: Task, started: number): ((env: Db) => () => Answer<void>) =>
  task.direction === 'down'
    ? removeApplied(task.migration.name)
    : addApplied({
        name: task.migration.name,
        checksum: task.checksum,
        duration: Math.round(performance.now() - started),
        who: task.holder.who,
        token: task.holder.token,
      })

/** Runs writes in one transaction that holds the lock. */
export const fenced = (env: Db, holder: Holder, body: (tx: Interpreter<SqlOp>) => Answer<void>): Answer<void> =>
  env.db.transaction<DbError, void>({}, tx => async () => {
    const held = await renew(tx, holder)
    return E.isLeft(held) ? held : body(tx)
  })()

const transactional = (env: Db, task: Task): Answer<void> =>
  fenced(env, task.holder, async tx => {
    const started = performance.now()
    for (const [at, unit] of unitsFor(task).entries()) {
      const done = await performUnit(tx, task, unit, at)
      if (E.isLeft(done)) return done
    }
    return record(task, started)({ db: tx })()
  })

/** Errors after which it is not known whether the engine has done it. */
const UNCERTAIN: readonly DbError['_tag'][] = ['OutcomeUnknown', 'ConnectionError', 'Closed', 'Cancelled', 'Timeout']

const isUncertain = (e: DbError): boolean => (e._tag === 'MigrationError' ? isUncertain(e.cause as DbError) : UNCERTAIN.includes(e._tag))

const halfDone = ({ migration, direction }: Task, unit: Unit, at: number, reason: string): DbError =>
  migrationError(
    'halfDone',
    [migration.name],
    `${place(migration, direction, unit, at)} was begun by a run that has ended, and ${reason}: look at the database, complete or undo the step by hand, then resolve the migration as done or undone`,
    at,
  )

/** What is to be done about a unit that a run that has ended had begun. */
const judged = async (env: Db, task: Task, unit: Unit, at: number, row: JournalRow, sum: string): Answer<'perform' | 'skip'> => {
  if (row.checksum !== sum) return E.left(halfDone(task, unit, at, 'the step has been edited since'))
  const side = await sideOf(env, unit)
  if (E.isLeft(side)) return side
  if (side.right === 'before') return E.right('perform')
  if (side.right === 'unknown') return E.left(halfDone(task, unit, at, "it can't be told whether it was done"))
  return row.state === 'begun'
    ? E.right('skip')
    : E.left(halfDone(task, unit, at, 'although the engine refused it, the database looks as if it was done'))
}

const byUnit = async (env: Db, task: Task): Answer<void> => {
  const started = performance.now()
  const { migration, direction, holder } = task
  const units = unitsFor(task)
  const known = new Map(task.journal.map(row => [row.unit, row]))
  const surplus = task.journal.find(row => row.unit >= units.length)
  if (surplus !== undefined)
    return E.left(
      migrationError('edited', [migration.name], `"${migration.name}" has fewer steps than were performed: restore them`, surplus.unit),
    )
  for (const [at, unit] of units.entries()) {
    const row = known.get(at)
    const sum = checksumOfUnit(unit)
    if (E.isLeft(sum)) return sum
    const written = (state: string) => writeJournal({ migration: migration.name, direction, unit: at, state, checksum: sum.right })
    if (row?.state === 'done') {
      if (row.checksum === sum.right) continue
      const reason = `${place(migration, direction, unit, at)} was performed, and has been edited since: restore it, and add a step`
      return E.left(migrationError('edited', [migration.name], reason, at))
    }
    if (unit[0]?.tag === 'data') {
      const done = await fenced(env, holder, async tx => {
        const performed = await performUnit(tx, task, unit, at)
        return E.isLeft(performed) ? performed : written('done')({ db: tx })()
      })
      if (E.isLeft(done)) return done
      continue
    }
    const what = row === undefined ? E.right('perform' as const) : await judged(env, task, unit, at, row, sum.right)
    if (E.isLeft(what)) return what
    if (what.right === 'perform') {
      const begun = await fenced(env, holder, tx => written('begun')({ db: tx })())
      if (E.isLeft(begun)) return begun
      const performed = await performUnit(env.db, task, unit, at)
      if (E.isLeft(performed)) {
        if (!isUncertain(performed.left)) await fenced(env, holder, tx => written('failed')({ db: tx })())
        return performed
      }
    }
    const done = await fenced(env, holder, tx => written('done')({ db: tx })())
    if (E.isLeft(done)) return done
  }
  return fenced(env, holder, async tx => {
    const recorded = await record(task, started)({ db: tx })()
    return E.isLeft(recorded) ? recorded : clearJournal(migration.name)({ db: tx })()
  })
}

/** Performs a migration in a direction, or continues it, and writes it into the history. */
export const performMigration = (env: Db, task: Task): Answer<void> =>
  env.db.capabilities.transactionalDdl && task.migration.isTransactional && task.journal.length === 0
    ? transactional(env, task)
    : keeping(env, task.holder, () => byUnit(env, task))
