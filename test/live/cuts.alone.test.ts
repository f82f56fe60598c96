/**
 * The results of runners when the network fails: a sample of `npm run cuts`, and cases that a sample misses.
 *
 * Operations run on each server, by TCP and by TLS, through a proxy that fails at a byte; a table shows what was struck, and how often
 * each write was applied. With CI set the samples take about a minute, otherwise a fifth; LAWS_SEED selects other ones. Further: a failed
 * connection leaves the pool, connecting is paced and limited, and a server that stops replying is detected even without a statement
 * timeout. No rejection is unhandled, and no socket stays open.
 */
import { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int } from '../../lib/Column.js'
import type { DbError } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import type { PoolOptions } from '../../lib/run/pool/PoolOptions.js'
import { amount } from '../amount.js'
import { note, suite } from '../suite.js'
import { authority, type ServerName, servers } from './addresses.js'
import { longSessions } from './cutLong.js'
import { atOnce, brokenLines, calibrate, finish, leftOpen, runCase, sampleOf, type Tally, tableOf, tallyOf, watched } from './cutRun.js'
import { increment, type Recorded, readOf, recorder } from './cutSession.js'
import { ACQUIRE, pause, right, type Site, SLACK, siteOf } from './cutSite.js'
import type { Action, FaultProxy, Schedule } from './faultProxy.js'

const SEED = Number(process.env['LAWS_SEED'] ?? 20_261_121)
/** Seconds in which sessions of a sample begin, by TCP and again by TLS. */
const SECONDS = amount(15)
/** How many of them at a time, for each server. */
const WIDTH = 10

const watch = watched()
const tallies: Tally[] = []

/** Runs something on a site of its own, and on a proxy of its own. */
const onSite = async (server: ServerName, tls: boolean, f: (site: Site, proxy: FaultProxy) => Promise<void>): Promise<void> => {
  const site = await siteOf(server, tls)
  const proxy = await site.proxy()
  try {
    await f(site, proxy)
  } finally {
    await proxy.close()
    await site.close()
  }
}

/** The servers are tested at the same time, since they mostly wait; each has a separate test, which waits for its part. */
const together = (f: (server: ServerName) => Promise<void>): ((server: ServerName) => Promise<void>) => {
  let begun: ReadonlyMap<ServerName, Promise<PromiseSettledResult<void>>> | null = null
  return async server => {
    begun ??= new Map(servers.map(s => [s, Promise.allSettled([f(s)]).then(([outcome]) => outcome)]))
    const outcome = await begun.get(server)
    if (outcome?.status === 'rejected') throw outcome.reason
  }
}

const holds = (...of: readonly Tally[]): void => {
  const lines = of.flatMap(brokenLines)
  assert.is(lines.length, 0, lines.join('\n'))
}

const samples = suite('cuts')

const sample = (tls: boolean) => (server: ServerName) =>
  onSite(server, tls, async site => {
    const calibration = await calibrate(site)
    const short = tallyOf(`${site.label}, short`)
    const until = performance.now() + SECONDS * 1000
    // both are waited for, also where one fails: they use the same site
    const [sampled, longer] = await Promise.allSettled([
      atOnce(WIDTH, sampleOf(site, calibration, SEED), until, c => runCase(site, calibration, c, short)),
      longSessions(site, SEED, amount(8), amount(200)),
    ])
    if (sampled.status === 'rejected') throw sampled.reason
    if (longer.status === 'rejected') throw longer.reason
    const long = longer.value
    finish(short)
    tallies.push(short, long)
    // a sample in which nothing was struck shows nothing
    const { cut, reset, silence, delay, corrupt } = short.struck
    assert.ok(Math.min(cut, reset, silence, delay, tls ? corrupt : 1) > 0, `struck: ${JSON.stringify(short.struck)}`)
    holds(short, long)
  })

for (const tls of [false, true]) {
  const ask = together(sample(tls))
  for (const server of servers) {
    const name = `${server} by ${tls ? 'TLS' : 'TCP'}: the answers of sessions with a fault, and what was applied`
    if (tls && authority() === null) samples.skip(`${name}: SERVICES_CA is not set (npm run services)`)
    else samples(name, () => ask(server))
  }
}

samples.after(() => {
  note(`seed ${SEED}\n${tableOf(tallies)}`)
})
samples.run()

const pool = suite('cuts: the pool')

const recovering = together(server =>
  onSite(server, false, async (site, proxy) => {
    const db = await right(site.open(proxy, { max: 1 }))
    const [id] = (await site.fresh(1)) as [number]
    const read = () => readOf(site.counters, id)({ db })()
    const actions: readonly Action[] = ['cut', 'reset']
    let recovered = 0
    for (let i = 0; i < 20; i += 1) {
      await right(readOf(site.counters, id)({ db }))
      const schedule: Schedule = {
        connection: 'any',
        direction: i % 2 === 0 ? 'toServer' : 'toClient',
        byte: i % 7,
        action: i % 10 === 9 ? 'silence' : (actions[(i >> 1) % 2] as Action),
      }
      proxy.arm(schedule)
      const failed = await read()
      assert.ok(proxy.struck() !== null, 'the fault did not strike')
      proxy.disarm()
      // if the pool has noticed and retried, the first result is Right already
      const tags = [failed, await read(), await read()].map(a => (E.isRight(a) ? 'Right' : a.left._tag))
      const firstIsFit = tags[0] === 'Right' || tags[0] === 'ConnectionError' || (tags[0] === 'Timeout' && schedule.action === 'silence')
      if (firstIsFit && (tags[1] === 'Right' || tags[1] === 'ConnectionError') && tags[2] === 'Right') recovered += 1
      else note(`${server}: ${schedule.action} ${schedule.direction}: ${tags.join(', ')}`)
    }
    assert.is(recovered, 20)
    await right(db.close)
    const left = await leftOpen(proxy)
    assert.is(left, null, left ?? '')
  }),
)
for (const server of servers) pool(`${server}: a connection that failed leaves the pool, 20 of 20`, () => recovering(server))
pool.run()

const connecting = suite('cuts: connecting')

/** Attempts to connect, of one connection, in `ACQUIRE` milliseconds. */
const HANDFUL = 10
/** How long nothing must happen where nothing may. */
const QUIET = 1_000

/** The time after which a reply is not awaited any more. */
const HUNG = 3 * ACQUIRE + SLACK

type Answer = E.Either<DbError, unknown> | 'Hung'

const took = async (f: () => Promise<E.Either<DbError, unknown>>): Promise<readonly [Answer, number]> => {
  const began = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const hung = new Promise<'Hung'>(resolve => {
    timer = setTimeout(() => resolve('Hung'), HUNG)
  })
  const answer = await Promise.race([hung, f()])
  clearTimeout(timer)
  return [answer, performance.now() - began]
}

const tagOf = (answer: Answer): string => (answer === 'Hung' ? answer : E.isRight(answer) ? 'Right' : answer.left._tag)

/** No attempt to connect is made for which no operation waits. */
const isQuiet = async (proxy: FaultProxy, when: string): Promise<void> => {
  const before = proxy.accepted.length
  await pause(QUIET)
  const more = proxy.accepted.length - before
  assert.is(more, 0, `${more} attempts to connect ${when}`)
}

/** Few attempts, with pauses that grow. */
const isPaced = (attempts: readonly number[], most: number): void => {
  assert.ok(attempts.length >= 1 && attempts.length <= most, `${attempts.length} attempts, at most ${most} may be`)
  const gaps = attempts.slice(1).map((at, i) => at - (attempts[i] as number))
  if (gaps.length >= 3) {
    const [first, last] = [gaps[0] as number, gaps.at(-1) as number]
    assert.ok(last > first, `the pauses do not grow: ${gaps.map(g => g.toFixed(0)).join(', ')} ms`)
  }
}

const scenarios: readonly (readonly [string, (server: ServerName) => Promise<void>])[] = [
  [
    'a peer that accepts and closes at once, when the runner is opened',
    server =>
      onSite(server, false, async (site, proxy) => {
        proxy.mode('slam')
        const [answer, milliseconds] = await took(site.open(proxy, { max: 3 }))
        assert.is(tagOf(answer), 'ConnectionError', `${tagOf(answer)} after ${milliseconds.toFixed(0)} ms`)
        assert.ok(milliseconds <= ACQUIRE + SLACK, `answered after ${milliseconds.toFixed(0)} ms`)
        isPaced(proxy.accepted, HANDFUL)
        await isQuiet(proxy, 'after the answer')
        const left = await leftOpen(proxy)
        assert.is(left, null, left ?? '')
      }),
  ],
  [
    'the same peer, when a pool needs connections again; none after close',
    server =>
      onSite(server, false, async (site, proxy) => {
        const db = await right(site.open(proxy, { max: 1 }))
        const [id] = (await site.fresh(1)) as [number]
        const read = () => readOf(site.counters, id)({ db })()
        await right(readOf(site.counters, id)({ db }))
        proxy.mode('slam')
        // the connection that was there
        await read()
        const before = proxy.accepted.length
        const began = performance.now()
        const answers = await Promise.all(Array.from({ length: 20 }, read))
        const milliseconds = performance.now() - began
        for (const answer of answers) assert.ok(['ConnectionError', 'Timeout'].includes(tagOf(answer)), tagOf(answer))
        assert.ok(milliseconds <= ACQUIRE + SLACK, `answered after ${milliseconds.toFixed(0)} ms`)
        // twenty callers that wait for one connection do not make it twenty times as many
        isPaced(proxy.accepted.slice(before), HANDFUL)
        await isQuiet(proxy, 'after the answers')

        const late = read()
        await db.close()
        assert.ok(['ConnectionError', 'Timeout', 'Closed'].includes(tagOf(await late)))
        await isQuiet(proxy, 'after close')
        const left = await leftOpen(proxy)
        assert.is(left, null, left ?? '')
      }),
  ],
  [
    'a peer that accepts and says nothing: opening ends in its time, and leaves nothing',
    server =>
      onSite(server, false, async (site, proxy) => {
        proxy.mode('mute')
        const [answer, milliseconds] = await took(site.open(proxy, { max: 3 }))
        assert.ok(['ConnectionError', 'Timeout'].includes(tagOf(answer)), tagOf(answer))
        assert.ok(milliseconds <= ACQUIRE + SLACK, `answered after ${milliseconds.toFixed(0)} ms`)
        await isQuiet(proxy, 'after the answer')
        const left = await leftOpen(proxy)
        assert.is(left, null, left ?? '')
      }),
  ],
]
for (const [name, scenario] of scenarios) {
  const ask = together(scenario)
  for (const server of servers) connecting(`${server}: ${name}`, () => ask(server))
}
connecting.run()

const looking = suite('cuts: a server that says nothing, and no statementTimeout')

const LOOK = 500
/** Two looks in a row, each by a separate connection, that get no reply in time. */
const FOUND = 2 * (LOOK + ACQUIRE)

/** Undefined takes the limit of the other tests away, which the types of options don't know. */
const unlimited = { statementTimeout: undefined, lookAfter: LOOK, max: 1 } as unknown as Partial<PoolOptions>

/** A runner of its own for each, so that all wait together. */
const looked = async (site: Site, f: (proxy: FaultProxy, db: Runner, id: number) => Promise<void>): Promise<void> => {
  const proxy = await site.proxy()
  const [id] = (await site.fresh(1)) as [number]
  const db = await right(site.open(proxy, unlimited))
  await right(readOf(site.counters, id)({ db }))
  try {
    await f(proxy, db, id)
    await right(db.close)
    const left = await leftOpen(proxy)
    assert.is(left, null, left ?? '')
  } finally {
    await proxy.close()
    await db.close()
  }
}

const look = together(server =>
  onSite(server, false, async site => {
    const silence = (direction: Schedule['direction']): Schedule => ({ connection: 'any', direction, byte: 1, action: 'silence' })
    const inTime = (what: string, tags: readonly string[], r: Recorded | undefined): void => {
      const milliseconds = (r?.ended ?? 0) - (r?.began ?? 0)
      assert.ok(r !== undefined && tags.includes(r.tag), `${what}: ${r?.tag} after ${milliseconds.toFixed(0)} ms, not ${tags.join(' or ')}`)
      assert.ok(milliseconds <= FOUND + SLACK, `${what}: ${r?.tag} only after ${milliseconds.toFixed(0)} ms`)
    }
    const written = (direction: Schedule['direction']) =>
      looked(site, async (proxy, db, id) => {
        proxy.arm(silence(direction))
        const { records, record } = recorder(proxy)
        await record({ name: 'write', kind: 'write', ids: [id], limit: FOUND }, () => increment(site.counters, id)({ db }))
        inTime(`a write, silent ${direction}`, ['OutcomeUnknown'], records[0])
        // the first byte that comes back is of the statement's preparation, after which it is not run
        assert.is((await site.counts([id])).get(id), 0)
      })
    const read = (what: string, silent: (proxy: FaultProxy) => void) =>
      looked(site, async (proxy, db, id) => {
        silent(proxy)
        const { records, record } = recorder(proxy)
        await record({ name: 'read', kind: 'read', limit: FOUND }, () => readOf(site.counters, id)({ db }))
        inTime(what, ['ConnectionError', 'Timeout'], records[0])
      })
    const slow = looked(site, async (_, db) => {
      const text = [server === 'postgres' ? 'SELECT 1 FROM pg_sleep(2)' : 'SELECT sleep(2)']
      const answer = await Program.raw({ n: int })(Object.assign(text, { raw: text }) as unknown as TemplateStringsArray)({ db })()
      assert.is(tagOf(answer), 'Right')
    })
    const all = await Promise.allSettled([
      written('toServer'),
      written('toClient'),
      read('a read, silent toClient', proxy => proxy.arm(silence('toClient'))),
      // the look gets no reply either
      read('a read, and the look is not answered', proxy => proxy.mode('mute')),
      slow,
    ])
    const failed = all.flatMap((a, i) => (a.status === 'rejected' ? [`${i}: ${String((a.reason as Error).message)}`] : []))
    assert.ok(failed.length === 0, failed.join('\n'))
  }),
)
for (const server of servers) {
  looking(`${server}: is found by a look from another connection; a slow statement is not disturbed`, () => look(server))
}
looking.run()

const afterAll = suite('cuts: afterwards')

afterAll('nothing was left unhandled, and no warning was given', () => {
  watch.stop()
  assert.equal(watch.seen, [])
})

/** The sockets that this process has open: the other ends of them, where they are known. */
const openSockets = (): readonly string[] =>
  (process as unknown as { readonly _getActiveHandles: () => readonly unknown[] })
    ._getActiveHandles()
    .flatMap(h => (h instanceof Socket && h.remotePort !== undefined ? [`a socket to port ${h.remotePort}`] : []))

afterAll('no socket of this process is open', async () => {
  const open = (): readonly string[] => process.getActiveResourcesInfo().filter(name => /^TCP/.test(name))
  // one that was just ended takes a moment until it is closed
  for (const began = performance.now(); open().length > 0 && performance.now() - began < SLACK; ) await pause(20)
  assert.equal(open(), [], openSockets().join(', '))
})
afterAll.run()
