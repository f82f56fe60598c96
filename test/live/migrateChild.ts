/**
 * A process that runs migrations and may be killed in them: started by migrateChildren.ts, controlled by messages.
 *
 *   finish  runs `up`, reports the names and everything that is in the database then
 *   clean   drops what the plan has created
 *   die     runs `up` and kills this process by SIGKILL: `before` the n-th operation, when it is `sent`, or `after` its reply; reports the number
 *           of operations when it has fewer
 *   up      runs `up` with events, and ends: 0 if it succeeded
 *
 * An operation is one that an interpreter performs, or the end of a transaction. When one is `sent`, the process is killed after the first, second
 * or third write to the socket of a server; where the engine is in this process, by another thread after at most 4 ms.
 */
import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Q from '../../lib/Query.js'
import { define } from '../../lib/schema/createAll.js'
import { history, journal, lock } from '../../lib/schema/migrationTables.js'
import { hardList, hardNames, hardTables, hardViews } from './migrateHard.js'
import { big, largeList, owners } from './migrateLarge.js'
import { inFour, inOne, lastTables, notes, orders, stateOf } from './migrateShop.js'

/** Where a database is: the address of a server, a file, or a folder. */
export interface Place {
  readonly engine: string
  readonly at: string
}

export type Mode = 'before' | 'sent' | 'after'

const plans = {
  shop: { list: inOne(true).map(m => ({ ...m, isTransactional: false })), tables: lastTables(true), names: [orders, notes], views: [] },
  four: { list: inFour(true), tables: lastTables(true), names: [orders, notes], views: [] },
  hard: { list: hardList, tables: hardTables, names: hardNames, views: hardViews },
  large: { list: largeList, tables: [], names: [big, owners], views: [] },
} as const

export type PlanName = keyof typeof plans

export type Job =
  | { readonly tag: 'finish' | 'clean'; readonly plan: PlanName; readonly lease: number }
  | {
      readonly tag: 'die'
      readonly plan: PlanName
      readonly lease: number
      readonly mode: Mode
      readonly n: number
      readonly writes?: number
    }
  | { readonly tag: 'up'; readonly plan: PlanName; readonly lease: number }

export type Said =
  | { readonly tag: 'ready' }
  | { readonly tag: 'finished'; readonly names: readonly string[]; readonly state: string; readonly notes: readonly string[] }
  | { readonly tag: 'cleaned' }
  | { readonly tag: 'survived'; readonly operations: readonly string[] }
  | { readonly tag: 'begun'; readonly step: number }
  | { readonly tag: 'failed'; readonly message: string }

const say = (said: Said): Promise<void> => new Promise(resolve => process.send?.(said, undefined, undefined, () => resolve()))

const die = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

/** The process is killed after so many writes to a socket. */
let writesLeft = Number.POSITIVE_INFINITY
const write = Socket.prototype.write
Socket.prototype.write = function (this: Socket, ...args: any[]): boolean {
  const result = Reflect.apply(write, this, args)
  // the channel of messages to the parent is no socket of this kind
  writesLeft -= 1
  if (writesLeft === 0) setImmediate(die)
  return result
} as typeof write

const isServer = (engine: string): boolean => ['postgres', 'mysql', 'mariadb'].includes(engine)

/** Kills this process from another thread, while this one may be inside of an engine. */
const killer = async (): Promise<(milliseconds: number) => void> => {
  const flag = new Int32Array(new SharedArrayBuffer(8))
  const code = `const { workerData } = require('node:worker_threads')
    Atomics.store(workerData, 1, 1)
    Atomics.notify(workerData, 1)
    Atomics.wait(workerData, 0, 0)
    if (workerData[0] > 1) Atomics.wait(workerData, 1, 1, (workerData[0] - 1) / 10)
    process.kill(process.pid, 'SIGKILL')`
  new Worker(code, { eval: true, workerData: flag }).unref()
  while (Atomics.load(flag, 1) === 0) await new Promise(resolve => setTimeout(resolve, 1))
  return milliseconds => {
    Atomics.store(flag, 0, 1 + Math.round(milliseconds * 10))
    Atomics.notify(flag, 0)
  }
}

/** An interpreter that reports its operations, those that end transactions included. */
const watched = (db: Interpreter<SqlOp>, at: (mode: Mode, n: number) => void, operations: string[]): Interpreter<SqlOp> => {
  const next = (what: string): number => operations.push(what)
  const inside = (i: Interpreter<SqlOp>): Interpreter<SqlOp> => ({
    ...i,
    perform:
      <A>(op: any): TaskEither<DbError, A> =>
      async () => {
        const n = next(op.tag)
        at('before', n)
        const reply = i.perform<A>(op)()
        at('sent', n)
        const result = await reply
        at('after', n)
        return result
      },
    transaction: (options, use) => async () => {
      let n = 0
      const result = await i.transaction(options, tx => async () => {
        const used = await use(inside(tx))()
        n = next('end')
        at('before', n)
        at('sent', n)
        return used
      })()
      if (n > 0) at('after', n)
      return result
    },
  })
  return inside(db)
}

const open = async ({ engine, at }: Place): Promise<Runner> => {
  const opening = async (): Promise<TaskEither<DbError, Runner>> => {
    switch (engine) {
      case 'sqlite':
        return (await import('../../lib/run/sqlite.js')).sqlite({ file: at })
      case 'sqlite3':
        return (await import('../../lib/run/sqlite3.js')).sqlite3({ file: at })
      case 'pglite':
        return (await import('../../lib/run/pglite.js')).pglite({ dataDir: at })
      case 'postgres':
        return (await import('../../lib/run/postgres.js')).postgres({ url: at, max: 3 })
      default:
        return (await import('../../lib/run/mysql.js')).mysql({ url: at, max: 3 })
    }
  }
  const opened = await (await opening())()
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  return opened.right
}

const orThrow = <A>(result: E.Either<DbError, A>): A => {
  if (E.isRight(result)) return result.right
  const cause = 'cause' in result.left && result.left.cause instanceof Object ? ` (${String((result.left.cause as any).message)})` : ''
  throw new Error(`${result.left._tag}: ${result.left.message}${cause}`)
}

const rowsOf = async (db: Runner, t: AnyTable, fields: readonly string[]): Promise<unknown> => {
  const rows = orThrow(await Q.all(Q.from(t as any))({ db })()) as readonly any[]
  return rows.map(r => fields.map(f => r[f]))
}

/** Everything that a run leaves, as text. The lock of a process that was killed as it released it stays until its lease has expired. */
const whole = async (db: Runner, plan: PlanName): Promise<string> =>
  JSON.stringify(
    {
      state: await stateOf(db, plans[plan].tables),
      history: await rowsOf(db, history, ['name', 'checksum']),
      journal: await rowsOf(db, journal, ['migration', 'unit', 'state']),
    },
    (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
  )

const clean = async (db: Runner, plan: PlanName): Promise<void> => {
  const views = plans[plan].views.map(v => ({ tag: 'dropView', view: v }) as const)
  const shop = plans[plan].tables.filter(t => !plans[plan].names.some(n => n.name === t.name))
  const all: readonly AnyTable[] = [...plans[plan].names, ...shop, history, journal, lock] as never
  orThrow(await define([...views, ...all.map(t => ({ tag: 'dropTable', table: t, foreignKeys: [] }) as const)])({ db })())
}

const perform = async (db: Runner, place: Place, job: Job): Promise<void> => {
  const { list } = plans[job.plan]
  const { lease } = job
  switch (job.tag) {
    case 'finish': {
      const texts: string[] = []
      const report: Migrate.Report = e => {
        if (e.tag === 'note') texts.push(e.text)
      }
      const names = orThrow(await Migrate.up(list, { lease, report })({ db })())
      return say({ tag: 'finished', names, state: await whole(db, job.plan), notes: texts })
    }
    case 'clean':
      await clean(db, job.plan)
      return say({ tag: 'cleaned' })
    case 'die': {
      const kill = job.mode === 'sent' && !isServer(place.engine) ? await killer() : null
      const before = list.at(-2)
      if (before !== undefined) orThrow(await Migrate.up(list, { lease, to: before.name })({ db })())
      const operations: string[] = []
      const at = (mode: Mode, n: number): void => {
        if (n !== job.n) return
        if (mode === job.mode && mode !== 'sent') die()
        else if (mode === 'sent' && job.mode === 'sent') {
          if (kill === null) writesLeft = job.writes ?? 1 + (n % 3)
          else kill(((n * 37) % 40) / 10)
        } else if (mode === 'after') die()
      }
      orThrow(await Migrate.up(list, { lease })({ db: watched(db, at, operations) })())
      return say({ tag: 'survived', operations })
    }
    case 'up': {
      const report: Migrate.Report = e => {
        if (e.tag === 'begin') void say({ tag: 'begun', step: e.step })
      }
      const names = orThrow(await Migrate.up(list, { lease, report })({ db })())
      await say({ tag: 'finished', names, state: '', notes: [] })
      orThrow(await db.close())
      process.disconnect()
    }
  }
}

const [engine, at] = process.argv.slice(2)
if (engine !== undefined && at !== undefined && process.send !== undefined) {
  // a parent that fails ends its children
  const isOver = (): void => process.exit(process.exitCode ?? 1)
  process.on('disconnect', isOver)
  const place: Place = { engine, at }
  // a place is opened with the first job, when the process before has ended
  let db: Promise<Runner> | undefined
  process.on('message', async job => {
    try {
      db ??= open(place)
      const opened = await db
      if ((job as Job).tag === 'up') process.off('disconnect', isOver)
      await perform(opened, place, job as Job)
    } catch (e) {
      await say({ tag: 'failed', message: e instanceof Error ? e.message : String(e) })
      process.exit(1)
    }
  })
  await say({ tag: 'ready' })
}
