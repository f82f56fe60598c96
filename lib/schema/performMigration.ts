/**
 * Performing one migration, up or down, by a runner that holds the lock.
 *
 * Where definitions are transactional, the migration and its row in the history are one transaction, unless a step has to be outside of
 * transactions. Otherwise each unit is performed by itself, in batches: one that is transactional together with its entry in the journal; before
 * another one the journal gets what the definition is, so that the run that continues can tell by it whether the batch was done. Of SQL text
 * nothing can be told: a run that was interrupted in it is continued when a person has resolved it.
 *
 * A unit that waits too long for a lock of another session is tried again. The lease is renewed in each transaction that writes the history or the
 * journal, so a runner that has lost it writes nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import { nullable, text } from '../core/expr/Column.js'
import { type Db, execute, type Interpreter, type SqlOp } from '../core/operation/Interpreter.js'
import { type Step, tablesOfStep } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { attempting, type DbError, migrationError, unsupported } from '../core/value/DbError.js'
import { engineNamed } from '../core/value/DialectName.js'
import { sha256Hex } from '../core/value/sha256.js'
import { raw } from '../program/Program.js'
import { retried } from '../program/retry.js'
import { dialects } from '../sql/dialects.js'
import { checksumOfUnit } from './checksum.js'
import type { Migration } from './Migration.js'
import type { Report, UnitEvent } from './MigrationEvent.js'
import { definitions, describeUnit, type MigrationStep, type SqlTexts, type Unit, unitsOf } from './MigrationStep.js'
import { type Holder, keeping, renew } from './migrationLock.js'
import { addApplied, clearJournal, type Direction, type JournalRow, removeApplied, writeJournal } from './migrationTables.js'
import { type Batch, unitBatches } from './online.js'
import { made, runBatch } from './runBatches.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** A migration to be performed. */
export interface Task {
  readonly migration: Migration
  readonly checksum: string
  readonly direction: Direction
  readonly holder: Holder
  /** The journal of this migration. */
  readonly journal: readonly JournalRow[]
  /** The units that are performed by the batches of `online`. */
  readonly online: ReadonlySet<number>
  readonly report: Report
}

const sqlOp = (texts: SqlTexts, steps: readonly Step[], engine: string): E.Either<DbError, SqlOp> => {
  const own = texts[engine] ?? texts[engineNamed(engine)]
  if (own !== undefined) return E.right({ tag: 'raw', text: [own], args: [], columns: {} })
  return engine === 'memory' && steps.length > 0
    ? E.right({ tag: 'ddl', steps })
    : E.left(unsupported('this step', engine, 'give its SQL text for this engine'))
}

/** The operation that performs a unit. */
const operationOf = (unit: Unit, engine: string): E.Either<DbError, SqlOp> => {
  const [first] = unit
  if (first?.tag === 'data') return E.right(execute(first.command))
  if (first?.tag === 'sql') return sqlOp(first.text, first.steps, engine)
  return E.right({ tag: 'ddl', steps: definitions(unit) })
}

/** The words for a unit in an error. */
const place = ({ migration, direction }: Task, unit: Unit, at: number): string =>
  `migration "${migration.name}", step ${at + 1}${direction === 'down' ? ' of its inverse' : ''} (${describeUnit(unit)})`

const failed = (task: Task, unit: Unit, at: number, e: DbError): DbError =>
  e._tag === 'MigrationError' ? e : migrationError('failed', [task.migration.name], `${place(task, unit, at)} failed: ${e.message}`, at, e)

const performUnit = async (db: Interpreter<SqlOp>, task: Task, unit: Unit, at: number): Answer<void> => {
  const op = operationOf(unit, db.capabilities.engine)
  const done = E.isLeft(op) ? op : await db.perform(op.right)()
  return E.isLeft(done) ? E.left(failed(task, unit, at, done.left)) : E.right(undefined)
}

/** The steps of a migration in a direction, in units. */
export const unitsFor = ({ migration, direction }: Pick<Task, 'migration' | 'direction'>): readonly Unit[] => {
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

/** Reports the beginning and the end of a unit. */
const reported = async (task: Task, unit: Unit, at: number, of: number, perform: () => Answer<void>): Answer<void> => {
  const { migration, direction, report } = task
  const event: UnitEvent = { migration: migration.name, direction, step: at, of, what: describeUnit(unit) }
  const started = performance.now()
  report({ tag: 'begin', ...event })
  const done = await perform()
  if (E.isRight(done)) report({ tag: 'end', ...event, milliseconds: performance.now() - started })
  return done
}

/** The error of the engine behind one of a migration. */
const originOf = (e: DbError): DbError => (e._tag === 'MigrationError' && e.cause != null ? originOf(e.cause as DbError) : e)

/** How often a unit is tried again that could not have a lock in time: with pauses of up to 2 seconds. */
const LOCK_RETRIES = 8

/** Tries again what had to wait too long for a lock of another session: none of it was done. */
const retryingLocks = ({ migration, report }: Task, perform: () => Answer<void>): Answer<void> =>
  retried({ times: LOCK_RETRIES, delay: 200 }, e => {
    const isBusy = ['Locked', 'Deadlock', 'SerializationFailure'].includes(originOf(e as DbError)._tag)
    if (isBusy) report({ tag: 'note', migration: migration.name, text: `${(e as DbError).message}; it is tried again` })
    return isBusy
  })(perform)()

const transactional = (env: Db, task: Task): Answer<void> =>
  retryingLocks(task, () =>
    fenced(env, task.holder, async tx => {
      const started = performance.now()
      const units = unitsFor(task)
      for (const [at, unit] of units.entries()) {
        const done = await reported(task, unit, at, units.length, () => performUnit(tx, task, unit, at))
        if (E.isLeft(done)) return done
      }
      return record(task, started)({ db: tx })()
    }),
  )

/** Errors after which it is not known whether the engine has done it. */
const UNCERTAIN: readonly DbError['_tag'][] = ['OutcomeUnknown', 'ConnectionError', 'Closed', 'Cancelled', 'Timeout']

const isUncertain = (e: DbError): boolean => UNCERTAIN.includes(originOf(e)._tag)

/** A unit that is performed by itself. */
interface OneUnit {
  readonly unit: Unit
  readonly at: number
  readonly checksum: string
  /** What the journal has of it. */
  readonly row: JournalRow | undefined
}

type Entry = Pick<JournalRow, 'state' | 'batches' | 'online' | 'before'>

const entered = (task: Task, { at, checksum }: OneUnit, entry: Entry): ((env: Db) => () => Answer<void>) =>
  writeJournal({ migration: task.migration.name, direction: task.direction, unit: at, checksum, ...entry })

const DONE: Entry = { state: 'done', batches: 0, online: false, before: null }

const halfDone = (task: Task, { unit, at }: OneUnit, reason: string): DbError =>
  migrationError(
    'halfDone',
    [task.migration.name],
    `${place(task, unit, at)} was begun by a run that has ended, and ${reason}: look at the database, complete or undo the step by hand, then resolve the migration as done or undone`,
    at,
  )

/** SQL text, of which it can't be told whether it was done. */
const performText = async (env: Db, task: Task, one: OneUnit): Answer<void> => {
  if (one.row !== undefined) return E.left(halfDone(task, one, "it can't be told whether it was done"))
  const begun = await fenced(env, task.holder, tx => entered(task, one, { ...DONE, state: 'begun' })({ db: tx })())
  if (E.isLeft(begun)) return begun
  const performed = await performUnit(env.db, task, one.unit, one.at)
  if (E.isLeft(performed)) {
    if (!isUncertain(performed.left)) await fenced(env, task.holder, tx => entered(task, one, { ...DONE, state: 'failed' })({ db: tx })())
    return performed
  }
  return fenced(env, task.holder, tx => entered(task, one, DONE)({ db: tx })())
}

/** A command, together with its entry in the journal. */
const performCommand = (env: Db, task: Task, one: OneUnit): Answer<void> =>
  retryingLocks(task, () =>
    fenced(env, task.holder, async tx => {
      const performed = await performUnit(tx, task, one.unit, one.at)
      return E.isLeft(performed) ? performed : entered(task, one, DONE)({ db: tx })()
    }),
  )

/** The tables that a unit is about, under all their names. */
const tablesOf = (unit: Unit): readonly AnyTable[] =>
  definitions(unit).flatMap(step => [
    ...tablesOfStep(step),
    ...(step.tag === 'alterTable' && step.change.tag === 'renameTable' ? [{ ...step.table, name: step.change.name }] : []),
  ])

/** What the definitions are that a unit changes, as a hash. */
const definitionBefore = async (env: Db, unit: Unit): Answer<string> => {
  const engine = engineNamed(env.db.capabilities.engine)
  if (engine === 'memory') return E.right('')
  const { definitionOf } = dialects[engine].ddl
  const found: unknown[] = []
  for (const t of tablesOf(unit)) {
    const query = attempting('a name', () => definitionOf(t))
    if (E.isLeft(query)) return query
    const { sql, columns, ignored } = query.right
    const types = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, nullable(text)]))
    const rows = await raw(types)(made(sql))(env)()
    if (E.isLeft(rows) && rows.left._tag !== 'SchemaConflict') return rows
    const cell = (c: unknown): unknown => (typeof c === 'string' && ignored !== null ? c.replace(ignored, '') : c)
    found.push(E.isLeft(rows) ? null : rows.right.map(row => Object.values(row as object).map(cell)))
  }
  return E.right(sha256Hex(JSON.stringify(found)))
}

/** Performs a batch that is no part of a transaction, or what is left of it. */
const performAlone = async (env: Db, task: Task, one: OneUnit, batch: Batch, wasBegun: boolean, entry: Entry): Answer<void> => {
  const note = (message: string): void => task.report({ tag: 'note', migration: task.migration.name, text: message })
  const now = await definitionBefore(env, one.unit)
  if (E.isLeft(now)) return now
  const mayBeDone =
    wasBegun &&
    one.row?.before != null &&
    batch.work.some(w => w.tag === 'sql' || w.tag === 'outside' || (w.tag === 'query' && w.isShown === true))
  if (mayBeDone && batch.again !== null) return E.map(() => undefined)(await raw({})(made(batch.again))(env)())
  if (mayBeDone && one.row?.before !== now.right) {
    note(`${place(task, one.unit, one.at)} was done by a run that has ended`)
    return E.right(undefined)
  }
  const begun = await fenced(env, task.holder, tx => entered(task, one, { ...entry, before: now.right })({ db: tx })())
  return E.isLeft(begun) ? begun : runBatch(batch, note)(env)()
}

/** Performs a unit that changes the schema, batch by batch, from the first that is not done. */
const performBatches = async (env: Db, task: Task, one: OneUnit): Answer<void> => {
  const { unit, at, row } = one
  const isOnline = row?.online ?? task.online.has(at)
  const batches = unitBatches(definitions(unit), engineNamed(env.db.capabilities.engine), isOnline)
  if (E.isLeft(batches)) return E.left(failed(task, unit, at, batches.left))
  const first = row?.batches ?? 0
  for (const [n, batch] of batches.right.entries()) {
    if (n < first) continue
    const entry: Entry = { state: 'begun', batches: n, online: isOnline, before: null }
    const next: Entry = { ...entry, batches: n + 1 }
    const wasBegun = n === first && row?.state === 'begun'
    const done = await retryingLocks(task, () =>
      batch.transactional
        ? fenced(env, task.holder, async tx => {
            const performed = await runBatch(batch)({ db: tx })()
            return E.isLeft(performed) ? performed : entered(task, one, next)({ db: tx })()
          })
        : performAlone(env, task, one, batch, wasBegun, entry),
    )
    if (E.isLeft(done)) {
      const isKnown = !isUncertain(done.left) && done.left._tag !== 'MigrationError'
      if (isKnown) await fenced(env, task.holder, tx => entered(task, one, { ...entry, state: 'failed' })({ db: tx })())
      return E.left(failed(task, unit, at, done.left))
    }
    if (!batch.transactional) {
      const noted = await fenced(env, task.holder, tx => entered(task, one, next)({ db: tx })())
      if (E.isLeft(noted)) return noted
    }
  }
  return fenced(env, task.holder, tx => entered(task, one, { ...DONE, online: isOnline })({ db: tx })())
}

const performOne = (env: Db, task: Task, one: OneUnit): Answer<void> => {
  const tag = one.unit[0]?.tag
  if (tag === 'data') return performCommand(env, task, one)
  return tag === 'sql' ? performText(env, task, one) : performBatches(env, task, one)
}

const byUnit = async (env: Db, task: Task): Answer<void> => {
  const started = performance.now()
  const { migration, holder, journal } = task
  const units = unitsFor(task)
  const known = new Map(journal.map(row => [row.unit, row]))
  const edited = (unit: Unit, at: number, what: string): DbError =>
    migrationError(
      'edited',
      [migration.name],
      `${place(task, unit, at)} ${what}, and has been edited since: restore it, and add a step`,
      at,
    )
  const surplus = journal.find(row => row.unit >= units.length)
  if (surplus !== undefined)
    return E.left(
      migrationError('edited', [migration.name], `"${migration.name}" has fewer steps than were performed: restore them`, surplus.unit),
    )
  for (const [at, unit] of units.entries()) {
    const row = known.get(at)
    const sum = checksumOfUnit(unit)
    if (E.isLeft(sum)) return sum
    if (row !== undefined && row.checksum !== sum.right)
      return E.left(edited(unit, at, row.state === 'done' ? 'was performed' : 'was begun'))
    if (row?.state === 'done') continue
    const done = await reported(task, unit, at, units.length, () => performOne(env, task, { unit, at, checksum: sum.right, row }))
    if (E.isLeft(done)) return done
  }
  return fenced(env, holder, async tx => {
    const recorded = await record(task, started)({ db: tx })()
    return E.isLeft(recorded) ? recorded : clearJournal(migration.name)({ db: tx })()
  })
}

/** Whether all units of a migration are performed in one transaction. */
const isOneTransaction = ({ capabilities: { engine, transactionalDdl } }: Interpreter<SqlOp>, task: Task): boolean => {
  const { migration, journal, online } = task
  if (!transactionalDdl || migration.isTransactional === false || journal.length > 0) return false
  if (migration.isTransactional === true) return true
  return unitsFor(task).every((unit, at) => {
    if (unit[0]?.tag === 'data' || unit[0]?.tag === 'sql') return true
    const batches = unitBatches(definitions(unit), engineNamed(engine), online.has(at))
    return E.isLeft(batches) || (batches.right.length <= 1 && batches.right.every(b => b.transactional))
  })
}

/** Performs a migration in a direction, or continues it, and writes it into the history. */
export const performMigration = (env: Db, task: Task): Answer<void> =>
  isOneTransaction(env.db, task) ? transactional(env, task) : keeping(env, task.holder, () => byUnit(env, task))
