/**
 * Long sessions: random operations of a few clients on a pool of three connections, with a fault every few operations.
 *
 * A seed determines the operations, the faults and the bytes; which of them coincide depends on the clock. The rules on what was applied
 * hold for each operation, with `retrying` and without. When the faults have ended the pool recovers: each of its connections may fail
 * once more, then twenty operations in a row succeed.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import { retrying } from '../../lib/transform/retrying.js'
import { atOnce, breaks, count, finish, leftOpen, randomOf, type Tally, tallyOf } from './cutRun.js'
import { appliedProblems, increment, incrementRaw, inOrder, nested, type Recorded, readOf, recorder, type Tag } from './cutSession.js'
import { ACQUIRE, GRACE, type Site, STATEMENT } from './cutSite.js'
import type { Action, FaultProxy, Schedule } from './faultProxy.js'

const CLIENTS = 4
const CONNECTIONS = 3
/** Operations between two faults, at most. */
const APART = 6
/** Faults lie within so many bytes of where they were armed. */
const REACH = 1_500
const AFTER = 20
/** How often `retrying` runs an operation, at most. */
const TIMES = 3

const ALLOWED: readonly Tag[] = ['Right', 'ConnectionError', 'Timeout', 'OutcomeUnknown']

const faultOf = (random: () => number, tls: boolean): Schedule => {
  const actions: readonly Action[] = ['cut', 'reset', 'silence', 'delay', ...(tls ? (['corrupt'] as const) : [])]
  const action = actions[Math.floor(random() * actions.length)] as Action
  return {
    connection: 'any',
    direction: random() < 0.5 ? 'toServer' : 'toClient',
    byte: 1 + Math.floor(random() * REACH),
    action,
    // now and then the answer comes when it was given up
    milliseconds: random() < 0.7 ? STATEMENT / 10 : STATEMENT + GRACE + 500,
    when: random() < 0.2 ? 'passed' : 'arrives',
  }
}

const operation = (
  site: Site,
  db: Interpreter<SqlOp>,
  { record, transaction }: ReturnType<typeof recorder>,
  limit: number,
  [a, b]: readonly [number, number],
  kind: number,
): Promise<unknown> => {
  const { counters } = site
  const write = (id: number) => increment(counters, id)
  switch (kind) {
    case 0:
    case 1:
      return record({ name: 'write', kind: 'write', ids: [a], limit }, () => write(a)({ db }))
    case 2:
      return record({ name: 'raw write', kind: 'write', ids: [a], limit }, () => incrementRaw(site, a)({ db }))
    case 3:
      return record({ name: 'read', kind: 'read', limit }, () => readOf(counters, a)({ db }))
    case 4:
      return record({ name: 'stream', kind: 'read', limit }, () => async () => {
        for await (const row of Q.stream(Q.limit(50)(Q.from(counters)), { size: 10 })({ db })) if (E.isLeft(row)) return row
        return E.right({ id: a, n: 0 })
      })
    case 5:
      return transaction(db, 'transaction', [a, b], inOrder(write(a), readOf(counters, b), write(b)), limit)
    case 6:
      return transaction(db, 'transaction that reads', [], readOf(counters, a), limit)
    default:
      return transaction(db, 'transaction with a savepoint', [a, b], inOrder(write(a), nested(write(b))), limit)
  }
}
const KINDS = 8

interface Session {
  readonly seed: number
  readonly operations: number
  readonly isRetrying: boolean
}

const longSession = async (site: Site, { seed, operations, isRetrying }: Session, tally: Tally): Promise<void> => {
  const where = `${site.label}, long session ${seed}${isRetrying ? ', retrying' : ''}`
  const random = randomOf(seed)
  const proxy = await site.proxy()
  const opened = await site.open(proxy, { max: CONNECTIONS })()
  if (E.isLeft(opened)) {
    await proxy.close()
    return breaks(tally, where, `failed without a fault: open: ${opened.left._tag} (${opened.left.message})`)
  }
  const runner: Runner = opened.right
  const db = isRetrying ? retrying({ times: TIMES })(runner) : runner
  const own = recorder(proxy)
  const ids = await site.fresh(2 * operations + AFTER + CONNECTIONS)
  // what is before it, in the pool, may be given as long
  const limit = (ACQUIRE + STATEMENT + GRACE) * (isRetrying ? TIMES + 1 : 1)

  const armed = (): void => {
    const struck = proxy.struck()
    if (struck !== null && struck !== counted) tally.struck[schedule.action] += 1
    counted = struck
    schedule = faultOf(random, site.tls)
    proxy.arm(schedule)
  }
  let counted: ReturnType<FaultProxy['struck']> = null
  let schedule = faultOf(random, site.tls)
  let next = 0
  let nextFault = 0
  const client = async (): Promise<void> => {
    while (next < operations) {
      const i = next
      next += 1
      if (i >= nextFault) {
        armed()
        nextFault = i + 1 + Math.floor(random() * APART)
      }
      await operation(site, db, own, limit, [ids[2 * i] as number, ids[2 * i + 1] as number], Math.floor(random() * KINDS))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  proxy.disarm()

  let failed = 0
  for (let inARow = 0, i = 2 * operations; inARow < AFTER && failed <= CONNECTIONS; i += 1) {
    const id = ids[i] as number
    const answer = await own.record({ name: 'write after the faults', kind: 'write', ids: [id], limit }, () =>
      increment(site.counters, id)({ db: runner }),
    )
    if (E.isLeft(answer)) failed += 1
    inARow = E.isLeft(answer) ? 0 : inARow + 1
  }
  if (failed > CONNECTIONS) breaks(tally, where, `the pool did not recover: ${failed} writes failed after the last fault`)
  await own.record({ name: 'close', kind: 'close', limit: STATEMENT + GRACE }, () => runner.close)

  const left = await leftOpen(proxy)
  await proxy.close()
  if (left !== null) breaks(tally, where, left)
  if (!(await site.gone(proxy.serverPorts()))) breaks(tally, where, 'a session stays on the server: though its connection was reset')
  const counts = await site.counts(ids)
  tally.cases += 1
  count(tally, own.records, counts)
  for (const problem of [...appliedProblems(own.records, counts), ...unclear(own.records)]) breaks(tally, where, problem)
}

const unclear = (records: readonly Recorded[]): readonly string[] =>
  records.filter(r => !ALLOWED.includes(r.tag)).map(r => `an answer that does not say what happened: ${r.name}: ${r.tag} (${r.message})`)

/** Long sessions from one seed on, every other one with `retrying`. */
export const longSessions = async (site: Site, seed: number, n: number, operations = 200): Promise<Tally> => {
  const tally = tallyOf(`${site.label}, long`)
  await atOnce(
    4,
    Array.from({ length: n }, (_, i) => seed + i),
    Number.POSITIVE_INFINITY,
    (s, i) => longSession(site, { seed: s, operations, isRetrying: i % 2 === 1 }, tally),
  )
  finish(tally)
  return tally
}
