/**
 * A database file for tests: opened here, filled with two tables, held or written by other processes.
 *
 * `child` starts fileChild.ts, which reports what it does; `refused` opens what must not open; `deadLock` leaves a lock as a killed
 * holder does; `patched` replaces functions of Node while a test runs.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { linkSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as C from '../../lib/Command.js'
import { type DbError, show } from '../../lib/DbError.js'
import { asc } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import type * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { temporaryFolder, wellMade } from './eachEngine.js'
import { counters, items, type Said } from './fileChild.js'

export const all = pipe(
  Q.from(items),
  Q.orderBy(x => [asc(x.id)]),
)
export const everything = schema({ items, counters })
export const put = (label: string) => C.run(C.insert(items)({ label }))
export const counted = pipe(
  Q.from(counters),
  Q.orderBy(c => [asc(c.n)]),
  Q.map(c => c.n),
)

export const fresh = (): string => join(temporaryFolder(), 'data.db')
export const open = async (file: string): Promise<Runner> => {
  const opened = await sqlite({ file })()
  assert.ok(E.isRight(opened), E.isLeft(opened) ? show(opened.left) : '')
  return (opened as E.Right<Runner>).right
}
export const refused = async (file: string): Promise<DbError> => {
  const opened = await sqlite({ file })()
  if (E.isRight(opened)) {
    await opened.right.close()
    assert.unreachable(`${file} was opened`)
  }
  const error = (opened as E.Left<DbError>).left
  wellMade(error)
  return error
}
export const right = async <X, A>(program: Program.Program<Program.Db, X, A>, db: Runner): Promise<A> => {
  const answer = await program({ db })()
  assert.ok(E.isRight(answer), E.isLeft(answer) ? show(answer.left as never) : '')
  return (answer as E.Right<A>).right
}
export const left = async <X, A>(program: Program.Program<Program.Db, X, A>, db: Runner): Promise<any> => {
  const answer = await program({ db })()
  assert.ok(E.isLeft(answer), `expected a failure, got ${JSON.stringify(answer)}`)
  return (answer as E.Left<X>).left
}
/** A file with both tables and one row, closed. */
export const filled = async (): Promise<string> => {
  const file = fresh()
  const db = await open(file)
  await right(createAll(everything), db)
  await right(put('first'), db)
  await db.close()
  return file
}
export const labels = async (file: string): Promise<readonly string[]> => {
  const db = await open(file)
  const rows = await right(Q.all(all), db)
  await db.close()
  return rows.map(r => r.label)
}

export const script = join(dirname(fileURLToPath(import.meta.url)), 'fileChild.js')
/** A child process, with its messages and its end. `within` is a command line that starts it. */
export const child = (task: string, file: string, within: readonly string[] = []) => {
  const [command, ...args] = [...within, process.execPath, script, task, file]
  const worker: ChildProcess =
    within.length === 0
      ? fork(script, [task, file], { silent: true })
      : spawn(command as string, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const said: Said[] = []
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  let gone = false
  worker.on('message', m => {
    said.push(m as Said)
    wake()
  })
  worker.on('exit', () => {
    gone = true
    wake()
  })
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition() && !gone) await new Promise<void>(resolve => waiting.push(resolve))
  }
  return {
    pid: worker.pid as number,
    said,
    until,
    first: async (): Promise<Said> => {
      await until(() => said.length > 0)
      return said[0] ?? { tag: 'gone', n: 0 }
    },
    all: async (): Promise<readonly Said[]> => {
      await until(() => false)
      return said
    },
    tell: (what: string): void => {
      worker.send(what)
    },
    kill: async (): Promise<void> => {
      worker.kill('SIGKILL')
      await until(() => gone)
    },
    end: async (): Promise<void> => {
      // One that ended by itself may have closed its channel before its exit is reported: then there is nothing to send.
      if (worker.connected) worker.send('end', () => undefined)
      await until(() => gone)
    },
  }
}

/** A socket of this name without a listener, as a killed holder leaves it; `first` keeps its first name, too. */
export const deadLock = async (lock: string, first?: string): Promise<void> => {
  const own = first ?? join(dirname(lock), 'own')
  const server = createServer()
  await new Promise<void>(resolve => server.listen({ path: own }, resolve))
  linkSync(own, lock)
  // closing removes the name that the server was given
  if (first !== undefined) linkSync(own, `${own}.kept`)
  await new Promise<void>(resolve => server.close(() => resolve()))
  if (first === undefined) rmSync(own, { force: true })
  else {
    linkSync(`${own}.kept`, first)
    rmSync(`${own}.kept`)
  }
}

/** Runs a test with other functions in a module of Node or a prototype, and puts the real ones back. */
export const patched = async <T extends object>(of: T, functions: Partial<T>, test: () => Promise<void>): Promise<void> => {
  const real = Object.fromEntries(Object.keys(functions).map(name => [name, Reflect.get(of, name)]))
  Object.assign(of, functions)
  syncBuiltinESMExports()
  try {
    await test()
  } finally {
    Object.assign(of, real)
    syncBuiltinESMExports()
  }
}
