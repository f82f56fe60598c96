/**
 * The place of sessions with cuts: a server, by TCP or TLS, with a table of counters, and a connection that bypasses the proxy to read
 * them.
 *
 * Each write of a session adds 1 to a separate counter. The counters are read only when the server has no session of the proxy any more
 * (`gone`), so that no write is pending. Ids are fresh, so nothing is reset between sessions.
 */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { inList } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { mysql } from '../../lib/run/mysql.js'
import type { PoolOptions } from '../../lib/run/pool/PoolOptions.js'
import { postgres } from '../../lib/run/postgres.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { addressOf, authority, type ServerName } from './addresses.js'
import { type FaultProxy, faultProxy } from './faultProxy.js'
import { template } from './rawText.js'
import { processList } from './servers.js'

/** Milliseconds of the runners under test. */
export const ACQUIRE = 4_000
export const STATEMENT = 1_000
/** The time allowed to a server that does not reply, in addition to `statementTimeout`. */
export const GRACE = 2_000
/** The slack in every time limit for a busy machine. */
export const SLACK = 2_000

export const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

const counterTable = (name: string) => table(name, { id: int, n: int }, { primaryKey: ['id'] })
export type Counters = ReturnType<typeof counterTable>

export interface Site {
  readonly server: ServerName
  readonly tls: boolean
  readonly label: string
  readonly counters: Counters
  readonly proxy: () => Promise<FaultProxy>
  /** Opens a runner through a proxy. */
  readonly open: (proxy: { readonly port: number }, options?: Partial<PoolOptions>) => TaskEither<DbError, Runner>
  /** Ids of counters that are 0. */
  readonly fresh: (n: number) => Promise<readonly number[]>
  readonly counts: (ids: readonly number[]) => Promise<ReadonlyMap<number, number>>
  /** Whether the server loses all sessions from these ports in time. */
  readonly gone: (ports: readonly number[]) => Promise<boolean>
  readonly close: () => Promise<void>
}

const CHUNK = 1_000
const FIRST_ID = 1_000_000
/** How long a server may take to end the sessions of connections that were reset. */
const GONE = 20_000

export const right = async <A>(task: TaskEither<DbError, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error(`${answer.left._tag}: ${answer.left.message}`, { cause: answer.left.cause })
  return answer.right
}

let sites = 0

export const siteOf = async (server: ServerName, tls: boolean): Promise<Site> => {
  const url = new URL(addressOf(server) as string)
  const ca = tls ? readFileSync(authority() as string, 'utf8') : null
  const at = (port: string, options: Partial<PoolOptions>): TaskEither<DbError, Runner> => {
    const there = new URL(url)
    there.port = port
    const all = { url: there.href, ...(ca === null ? {} : { ssl: { ca } }), ...options }
    return server === 'postgres' ? postgres(all) : mysql(all)
  }
  const admin = await right(at(url.port, { max: 4 }))
  const counters = counterTable(`cut_${process.pid}_${(sites += 1)}_${Math.floor(Math.random() * 1e9).toString(36)}`)
  const tables = schema({ counters })
  await right(createAll(tables)({ db: admin }))

  let next = FIRST_ID
  let filled: Promise<void> = Promise.resolve()
  let filledTo = FIRST_ID
  const fill = async (): Promise<void> => {
    while (filledTo < next) {
      await right(C.run(C.insertMany(counters)(Array.from({ length: CHUNK }, (_, i) => ({ id: filledTo + i, n: 0 }))))({ db: admin }))
      filledTo += CHUNK
    }
  }
  const fresh = async (n: number): Promise<readonly number[]> => {
    const ids = Array.from({ length: n }, (_, i) => next + i)
    next += n
    filled = filled.then(fill)
    await filled
    return ids
  }
  const counts = async (ids: readonly number[]): Promise<ReadonlyMap<number, number>> => {
    const rows = await right(Q.all(Q.where((c: { id: any }) => inList(c.id, ids as number[]))(Q.from(counters)))({ db: admin }))
    return new Map(rows.map(({ id, n }) => [id, n]))
  }

  // one query for all waiting callers
  const sessions = async (): Promise<ReadonlySet<number>> => {
    if (server === 'postgres') {
      const ask = Program.raw({ p: int })(template('SELECT client_port FROM pg_stat_activity WHERE client_port > 0'))
      return new Set((await right(ask({ db: admin }))).map(({ p }) => p))
    }
    const ask = Program.raw({ h: text })(template(`SELECT host FROM ${processList(server)} WHERE host LIKE '%:%'`))
    return new Set((await right(ask({ db: admin }))).map(({ h }) => Number(h.slice(h.lastIndexOf(':') + 1))))
  }
  let looked: Promise<ReadonlySet<number>> | null = null
  const look = (): Promise<ReadonlySet<number>> => {
    looked ??= pause(20).then(sessions)
    const mine = looked
    const clear = (): void => {
      if (looked === mine) looked = null
    }
    mine.then(clear, clear)
    return mine
  }
  const gone = async (ports: readonly number[]): Promise<boolean> => {
    for (const began = performance.now(); ; ) {
      const there = await look()
      if (!ports.some(port => there.has(port))) return true
      if (performance.now() - began > GONE) return false
      await pause(50)
    }
  }

  return {
    server,
    tls,
    label: `${server}${tls ? ', TLS' : ''}`,
    counters,
    proxy: () => faultProxy(url.hostname, Number(url.port)),
    open: (proxy, options = {}) => at(`${proxy.port}`, { acquireTimeout: ACQUIRE, statementTimeout: STATEMENT, ...options }),
    fresh,
    counts,
    gone,
    close: async () => {
      await right(dropAll(tables)({ db: admin }))
      await admin.close()
    },
  }
}
