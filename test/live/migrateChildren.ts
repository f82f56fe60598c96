/**
 * Processes that run migrations, and databases of their own for them.
 *
 * `placeOf` makes an empty database: on a server one that is dropped by `remove`, elsewhere a file or a folder. `started` starts a process of
 * migrateChild.ts; `ask` sends it a job and waits for what it says, or null when it has ended before. `outcome` is its end: the code or the signal,
 * and what it wrote to standard error, which is nothing in a run without unhandled errors.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { mysql } from '../../lib/run/mysql.js'
import { pglite } from '../../lib/run/pglite.js'
import { postgres } from '../../lib/run/postgres.js'
import { addressOf, hasNative, type ServerName, servers } from './addresses.js'
import { temporaryFolder } from './eachEngine.js'
import type { Job, Place, Said } from './migrateChild.js'
import { statement } from './rawText.js'

const script = join(dirname(fileURLToPath(import.meta.url)), 'migrateChild.js')

/** The engines that keep a database when a process ends; those that several processes can open are `isShared`. */
export const kept: readonly { readonly name: string; readonly isShared: boolean }[] = [
  { name: 'sqlite', isShared: false },
  ...(hasNative ? [{ name: 'sqlite3', isShared: true }] : []),
  { name: 'pglite', isShared: false },
  ...servers.map(name => ({ name, isShared: true })),
]

/** A runner on a database of a server. */
export const onAddress = async (name: string, url: string, max = 2): Promise<Runner> => {
  const opened = await (name === 'postgres' ? postgres({ url, max }) : mysql({ url, max }))()
  if (E.isLeft(opened)) throw new Error(show(opened.left))
  return opened.right
}

/** A database for processes of a test. */
export interface Own extends Place {
  readonly remove: () => Promise<void>
}

let places = 0

/** An empty database of its own. */
export const placeOf = async (engine: string): Promise<Own> => {
  const remove = async (): Promise<void> => undefined
  if (engine === 'pglite') {
    const at = join(temporaryFolder(), 'folder')
    const copy = process.env['QUERY_TS_PGLITE_COPY']
    const opened = await pglite({ dataDir: at, ...(copy !== undefined && { loadDataDir: new Blob([readFileSync(copy)]) }) })()
    if (E.isLeft(opened)) throw new Error(show(opened.left))
    await opened.right.close()
    return { engine, at, remove }
  }
  if (engine.startsWith('sqlite')) return { engine, at: join(temporaryFolder(), 'kept.db'), remove }
  const url = new URL(addressOf(engine as ServerName) as string)
  const admin = await onAddress(engine, url.href, 1)
  const name = `query_ts_kill_${process.pid}_${(places += 1)}`
  const run = async (text: string): Promise<void> => {
    const done = await statement(text)({ db: admin })()
    if (E.isLeft(done)) throw new Error(show(done.left))
  }
  await run(`CREATE DATABASE ${name}`)
  url.pathname = `/${name}`
  return {
    engine,
    at: url.href,
    remove: async () => {
      await run(`DROP DATABASE ${name}${engine === 'postgres' ? ' WITH (FORCE)' : ''}`)
      await admin.close()
    },
  }
}

/** A process that has been started. */
export interface Started {
  /** Sends a job, and waits for a message of this kind; null if the process has ended without one. Throws if the job has failed. */
  readonly ask: <T extends Said['tag']>(job: Job, tag: T) => Promise<Extract<Said, { readonly tag: T }> | null>
  /** Waits until it has said this. */
  readonly until: (isIt: (said: Said) => boolean) => Promise<Said | null>
  readonly send: (job: Job) => void
  readonly kill: () => void
  readonly outcome: Promise<{ readonly code: number | null; readonly signal: string | null; readonly errors: string }>
}

/** Starts a process at a place. */
export const started = ({ engine, at }: Place): Started => {
  const child: ChildProcess = fork(script, [engine, at], { silent: true })
  const said: Said[] = []
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  let errors = ''
  let hasEnded = false
  child.stderr?.setEncoding('utf8').on('data', chunk => {
    errors += chunk
  })
  child.on('message', m => {
    said.push(m as Said)
    wake()
  })
  const outcome: Started['outcome'] = new Promise(resolve =>
    child.on('close', (code, signal) => {
      hasEnded = true
      wake()
      resolve({ code, signal, errors })
    }),
  )
  const until: Started['until'] = async isIt => {
    for (let next = 0; ; ) {
      for (; next < said.length; next += 1) if (isIt(said[next] as Said)) return said[next] as Said
      if (hasEnded) return null
      await new Promise<void>(resolve => waiting.push(resolve))
    }
  }
  const send = (job: Job): void => {
    if (child.connected) child.send(job, () => undefined)
  }
  return {
    until,
    send,
    ask: async (job, tag) => {
      // what is sent before the process listens may be lost
      await until(s => s.tag === 'ready')
      const first = said.length
      send(job)
      const answer = await until(s => said.indexOf(s) >= first && (s.tag === tag || s.tag === 'failed'))
      if (answer?.tag === 'failed') throw new Error(answer.message)
      return answer as never
    },
    kill: () => void child.kill('SIGKILL'),
    outcome,
  }
}
