/**
 * Many sessions with cuts: at every byte of a short session, at a seeded sample of bytes, and in long random sessions.
 *
 * `calibrate` runs a session without a fault, to learn which bytes there are to strike. Each case then has a separate proxy, runner and
 * counters, and is judged when the server has dropped its connections. A tally counts the outcomes and the broken rules; `tableOf` prints
 * it.
 */
import type { Socket } from 'node:net'
import { int } from '../../lib/Column.js'
import * as Program from '../../lib/Program.js'
import { type Fault, isUnseen, problemsOf, type Recorded, SHORT_IDS, shortSession } from './cutSession.js'
import { pause, right, type Site, SLACK, STATEMENT } from './cutSite.js'
import type { Action, Direction, FaultProxy, Schedule } from './faultProxy.js'

export interface Tally {
  readonly label: string
  cases: number
  /** Schedules that struck, per action. */
  readonly struck: { [a in Action]: number }
  /** Writes by answer, and whether they were applied. */
  readonly writes: { right: number; unknownApplied: number; unknownNot: number; failed: number }
  /** Cases at bytes that were not chosen for being between two operations. */
  even: number
  /** Of these, OutcomeUnknown though no byte of the write had passed. */
  unseen: number
  /** The longest answer. */
  slowest: number
  /** Broken rules: how often, and the first cases. */
  readonly broken: Map<string, { times: number; readonly examples: string[] }>
}

export const tallyOf = (label: string): Tally => ({
  label,
  cases: 0,
  struck: { cut: 0, reset: 0, silence: 0, delay: 0, corrupt: 0 },
  writes: { right: 0, unknownApplied: 0, unknownNot: 0, failed: 0 },
  even: 0,
  unseen: 0,
  slowest: 0,
  broken: new Map(),
})

const EXAMPLES = 3

export const breaks = (tally: Tally, where: string, problem: string): void => {
  const rule = problem.split(':')[0] as string
  const entry = tally.broken.get(rule) ?? { times: 0, examples: [] }
  entry.times += 1
  if (entry.examples.length < EXAMPLES) entry.examples.push(`${where}: ${problem.slice(rule.length + 2)}`)
  tally.broken.set(rule, entry)
}

/** The share of cases that may be OutcomeUnknown for a write of which no byte had passed. */
const MOST_UNSEEN = 0.01
/** In few cases, by chance. */
const FEW_UNSEEN = 2

/** The rules for all cases together. */
export const finish = (tally: Tally): void => {
  const most = Math.max(FEW_UNSEEN, Math.ceil(tally.even * MOST_UNSEEN))
  if (tally.unseen > most) {
    breaks(
      tally,
      'all',
      `OutcomeUnknown too often: ${tally.unseen} of ${tally.even} cases answered it though no byte had passed, at most ${most} may`,
    )
  }
}

const columns: readonly (readonly [string, (t: Tally) => number])[] = [
  ['cases', t => t.cases],
  ['cut', t => t.struck.cut],
  ['reset', t => t.struck.reset],
  ['silent', t => t.struck.silence],
  ['delayed', t => t.struck.delay],
  ['corrupt', t => t.struck.corrupt],
  ['Right, applied', t => t.writes.right],
  ['unknown, applied', t => t.writes.unknownApplied],
  ['unknown, not', t => t.writes.unknownNot],
  ['failed, not', t => t.writes.failed],
  ['unknown, no byte', t => t.unseen],
  ['slowest ms', t => Math.round(t.slowest)],
  ['broken', t => [...t.broken.values()].reduce((sum, { times }) => sum + times, 0)],
]

/** A line for each tally, and what was broken. */
export const tableOf = (tallies: readonly Tally[]): string => {
  const width = Math.max(...tallies.map(t => t.label.length))
  const line = (label: string, cells: readonly string[]): string => `${label.padEnd(width)}  ${cells.join('  ')}`
  const head = line(
    '',
    columns.map(([name]) => name),
  )
  const rows = tallies.map(t =>
    line(
      t.label,
      columns.map(([name, f]) => `${f(t)}`.padStart(name.length)),
    ),
  )
  return [head, ...rows, ...tallies.flatMap(brokenLines)].join('\n')
}

export const brokenLines = ({ label, broken }: Tally): readonly string[] =>
  [...broken].flatMap(([rule, { times, examples }]) => [`${label}: ${times} times: ${rule}`, ...examples.map(e => `    ${e}`)])

/** Sockets of this process to a proxy. */
const socketsTo = ({ port }: FaultProxy): number =>
  (process as unknown as { readonly _getActiveHandles: () => readonly Partial<Socket>[] })
    ._getActiveHandles()
    .filter(handle => handle.remotePort === port && handle.destroyed !== true).length

/** The sockets that a closed runner has left open. */
export const leftOpen = async (proxy: FaultProxy): Promise<string | null> => {
  for (const began = performance.now(); ; await pause(10)) {
    const [there, here] = [proxy.open(), socketsTo(proxy)]
    if (there === 0 && here === 0) return null
    if (performance.now() - began > SLACK) return `a socket is left after close: ${there} at the proxy, ${here} in this process`
  }
}

export interface Calibration {
  /** The bytes of each connection of a clean session. */
  readonly links: readonly { readonly [d in Direction]: number }[]
  /** The same at the end of each operation. */
  readonly boundaries: readonly (readonly { readonly [d in Direction]: number }[])[]
  /** The bytes that open a connection of the pool, before any statement. */
  readonly handshake: { readonly [d in Direction]: number }
  /** From which byte on there is TLS. */
  readonly encrypted: { readonly [d in Direction]: number }
}

/** Handshakes of TLS differ by some bytes. */
const MARGIN = 16

const select = (n: number) => {
  const text = [`SELECT ${n} AS n`]
  return Program.raw({ n: int })(Object.assign(text, { raw: text }) as unknown as TemplateStringsArray)
}

export const calibrate = async (site: Site): Promise<Calibration> => {
  // the first session of all may take more, as a password that the server has not seen yet
  await cleanSession(site)
  const { links, boundaries } = await cleanSession(site)

  const proxy = await site.proxy()
  const db = await right(site.open(proxy, { max: 1 }))
  const at = (): { readonly [d in Direction]: number } => ({ ...(proxy.links.at(-1) as { readonly [d in Direction]: number }) })
  await right(select(1)({ db }))
  const one = at()
  await right(select(2)({ db }))
  const two = at()
  await db.close()
  await proxy.close()
  const handshake = { toServer: 2 * one.toServer - two.toServer, toClient: 2 * one.toClient - two.toClient }
  return { links, boundaries, handshake, encrypted: site.tls ? PREFACE[site.server] : { toServer: 0, toClient: 0 } }
}

/** The bytes in plain before TLS: Postgres replies to 8 bytes with one; MySQL greets with less than 256 bytes, and requests TLS with 36. */
const PREFACE = {
  postgres: { toServer: 8, toClient: 1 },
  mysql: { toServer: 36, toClient: 256 },
  mariadb: { toServer: 36, toClient: 256 },
} as const

const cleanSession = async (site: Site): Promise<Pick<Calibration, 'links' | 'boundaries'>> => {
  const proxy = await site.proxy()
  const boundaries: (readonly { readonly [d in Direction]: number }[])[] = []
  const ids = await site.fresh(SHORT_IDS)
  const records = await shortSession(site, proxy, ids, () => boundaries.push(proxy.links.map(link => ({ ...link }))))
  const links = proxy.links.map(link => ({ ...link }))
  await proxy.close()
  if (!(await site.gone(proxy.serverPorts()))) throw new Error(`${site.label}: a session stays on the server`)
  const problems = problemsOf(records, await site.counts(ids), null)
  if (problems.length > 0) throw new Error(`${site.label}: a session without a fault failed: ${problems.join('; ')}`)
  return { links, boundaries }
}

/** Far from what is given up, and what is given up before it goes on. */
const SHORT_DELAY = STATEMENT / 5

const DIRECTIONS: readonly Direction[] = ['toServer', 'toClient']
const PLAIN: readonly Action[] = ['cut', 'reset', 'silence', 'delay']

const actionsOf = (site: Site): readonly Action[] => (site.tls ? [...PLAIN, 'corrupt'] : PLAIN)

const isPossible = (calibration: Calibration, { action, byte, direction, when }: Schedule): boolean =>
  action !== 'corrupt' || (when !== 'passed' && byte >= calibration.encrypted[direction])

/** Every byte of a short session, in both directions, with every action; and after each operation, when nothing is under way. */
const everySchedule = (site: Site, calibration: Calibration): readonly Schedule[] =>
  actionsOf(site)
    .flatMap(action => {
      const arriving = calibration.links.flatMap((link, connection) =>
        DIRECTIONS.flatMap(direction =>
          Array.from(
            { length: link[direction] },
            (_, byte): Schedule => ({ connection, direction, byte, action, milliseconds: SHORT_DELAY }),
          ),
        ),
      )
      return [...arriving, ...idleSchedules(calibration, action)]
    })
    .filter(s => isPossible(calibration, s))

const idleSchedules = ({ boundaries }: Calibration, action: Action): readonly Schedule[] =>
  boundaries.slice(0, -1).flatMap(links =>
    links.slice(-1).map(
      (link): Schedule => ({
        connection: links.length - 1,
        direction: 'toClient',
        byte: link.toClient,
        action,
        milliseconds: SHORT_DELAY,
        when: 'passed',
      }),
    ),
  )

/** The bytes near the ends of operations, where one state becomes another, with every action. */
const sharpSchedules = (site: Site, calibration: Calibration): readonly Schedule[] =>
  actionsOf(site)
    .flatMap(action => [
      ...calibration.boundaries.flatMap(links =>
        links.slice(-1).flatMap(link =>
          DIRECTIONS.flatMap(direction =>
            [-2, -1, 0, 1].map(
              (by): Schedule => ({
                connection: links.length - 1,
                direction,
                byte: link[direction] + by,
                action,
                milliseconds: SHORT_DELAY,
              }),
            ),
          ),
        ),
      ),
      ...idleSchedules(calibration, action),
    ])
    .filter(s => isPossible(calibration, s))

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const shuffled = <A>(all: readonly A[], random: () => number): readonly A[] => {
  const own = [...all]
  for (let i = own.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[own[i], own[j]] = [own[j] as A, own[i] as A]
  }
  return own
}

/** A case: a schedule, and whether it was chosen for being at the end of an operation. */
export interface Case {
  readonly schedule: Schedule
  readonly isSharp: boolean
}

const evenly = (schedule: Schedule): Case => ({ schedule, isSharp: false })

/** Every byte. */
export const everyCase = (site: Site, calibration: Calibration): readonly Case[] => everySchedule(site, calibration).map(evenly)

/** A seeded order of all cases: every other one is at the end of an operation, until these are used up. */
export const sampleOf = (site: Site, calibration: Calibration, seed: number): readonly Case[] => {
  const random = randomOf(seed)
  const [sharp, all] = [shuffled(sharpSchedules(site, calibration), random), shuffled(everySchedule(site, calibration), random)]
  return all.flatMap((schedule, i) => [...(sharp[i] === undefined ? [] : [{ schedule: sharp[i], isSharp: true }]), evenly(schedule)])
}

const isConnecting = ({ links, handshake }: Calibration, { connection, direction, byte }: Schedule): boolean =>
  connection !== 'any' && (connection < links.length - 1 || byte < handshake[direction] - MARGIN)

const nameOf = ({ connection, direction, byte, action, when }: Schedule): string =>
  `${action} ${when === 'passed' ? 'after' : 'at'} byte ${byte} ${direction} of connection ${connection}`

/** One short session with one fault. */
export const runCase = async (site: Site, calibration: Calibration, { schedule, isSharp }: Case, tally: Tally): Promise<void> => {
  const ids = await site.fresh(SHORT_IDS)
  const proxy = await site.proxy()
  proxy.arm(schedule)
  const records = await shortSession(site, proxy, ids, () => undefined)
  const left = await leftOpen(proxy)
  await proxy.close()
  const isGone = await site.gone(proxy.serverPorts())
  const counts = await site.counts(ids)
  const struck = proxy.struck()
  const { action } = schedule
  const fault: Fault | null =
    struck === null
      ? null
      : {
          struck,
          isHarmless: action === 'delay',
          // of a record of TLS, the length may be what was changed
          isSilent: action === 'silence' || action === 'corrupt',
          isConnecting: isConnecting(calibration, schedule),
        }
  tally.cases += 1
  if (fault !== null) tally.struck[action] += 1
  if (!isSharp) tally.even += 1
  if (!isSharp && fault !== null && records.some(r => isUnseen(r, fault))) tally.unseen += 1
  count(tally, records, counts)
  const where = `${site.label}, ${nameOf(schedule)}`
  for (const problem of problemsOf(records, counts, fault)) breaks(tally, where, problem)
  if (left !== null) breaks(tally, where, left)
  if (!isGone) breaks(tally, where, 'a session stays on the server: though its connection was reset')
}

export const count = (tally: Tally, records: readonly Recorded[], counts: ReadonlyMap<number, number>): void => {
  for (const r of records) {
    tally.slowest = Math.max(tally.slowest, r.ended - r.began)
    if (r.ids.length === 0) continue
    const isApplied = r.ids.some(id => counts.get(id) !== 0)
    if (r.tag === 'Right') tally.writes.right += 1
    else if (r.tag !== 'OutcomeUnknown') tally.writes.failed += 1
    else if (isApplied) tally.writes.unknownApplied += 1
    else tally.writes.unknownNot += 1
  }
}

/** Runs tasks, so many at a time, until all are done or the time is over. */
export const atOnce = async <A>(
  width: number,
  all: readonly A[],
  until: number,
  f: (a: A, i: number) => Promise<void>,
): Promise<number> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < all.length && performance.now() < until) {
      const i = next
      next += 1
      await f(all[i] as A, i)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, all.length) }, worker))
  return next
}

/** Collects what must not happen anywhere in the process, until `stop`. */
export const watched = (): { readonly seen: string[]; readonly stop: () => void } => {
  const seen: string[] = []
  const rejected = (thrown: unknown): void => {
    seen.push(`a rejection without a handler: ${String((thrown as Error)?.stack ?? thrown)}`)
  }
  const uncaught = (thrown: unknown): void => {
    seen.push(`an exception that is not caught: ${String((thrown as Error)?.stack ?? thrown)}`)
  }
  const warned = (warning: Error): void => {
    seen.push(`a warning: ${warning.name}: ${warning.message}`)
  }
  process.on('unhandledRejection', rejected)
  process.on('uncaughtException', uncaught)
  process.on('warning', warned)
  return {
    seen,
    stop: () => {
      process.removeListener('unhandledRejection', rejected)
      process.removeListener('uncaughtException', uncaught)
      process.removeListener('warning', warned)
    },
  }
}
