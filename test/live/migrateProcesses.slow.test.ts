/**
 * Migrations by processes that are killed, and by ten processes at once, on every engine that keeps a database.
 *
 * A process is killed by SIGKILL in each gap between two operations, and while an operation runs; the next process continues, and ends with the
 * schema, the rows and the history of a run that was not disturbed, with an empty journal. Rows show what was done twice. Each
 * killed process has first completed the work of the one before, so a process is started for each point only.
 *
 * A sample of the points is tried, more of them with CI set; QUERY_TS_KILLS=all tries all, QUERY_TS_KILLS=all:mysql those of one engine,
 * QUERY_TS_KILLS=80:mysql:hard so many of them and of one plan; then nothing else is tried.
 */
import * as assert from 'uvu/assert'
import { amount } from '../amount.js'
import { note, suite } from '../suite.js'
import type { Mode, PlanName } from './migrateChild.js'
import { kept, type Own, placeOf, type Started, started } from './migrateChildren.js'

const [kills = '', only = '', onlyPlan = ''] = (process.env['QUERY_TS_KILLS'] ?? '').split(':')

/** Long enough that a dead runner is what is waited for, and not a timer. */
const LEASE = 400

interface Point {
  readonly mode: Mode
  readonly n: number
}

/** Each gap between two operations, from one of its sides, and each operation while it runs. */
const pointsOf = (operations: number): readonly Point[] =>
  Array.from({ length: operations }, (_, i): readonly Point[] => [
    i % 2 === 0 ? { mode: 'before', n: i + 1 } : { mode: 'after', n: i },
    { mode: 'sent', n: i + 1 },
  ]).flat()

/** So many of the points, from all over the list. */
const sample = (points: readonly Point[], usual: number): readonly Point[] => {
  const count = kills === 'all' ? points.length : kills === '' ? usual : Number(kills)
  if (points.length <= count) return points
  const by = points.length / count
  return Array.from({ length: count }, (_, i) => points[Math.floor((i + 0.5) * by)] as Point)
}

/** Takes one process after the other, of which the next one is starting already. */
const processes = (place: Own): { readonly next: () => Started; readonly end: () => Promise<void> } => {
  const all = [started(place)]
  return {
    next: () => {
      all.push(started(place))
      return all.at(-2) as Started
    },
    end: async () => {
      for (const p of all) p.kill()
      await Promise.all(all.map(p => p.outcome))
    },
  }
}

const killAll = async (place: Own, line: ReturnType<typeof processes>, plan: PlanName, count: number): Promise<string> => {
  const begin = performance.now()
  const job = { plan, lease: LEASE }
  const first = line.next()
  const counted = await first.ask({ ...job, tag: 'die', mode: 'before', n: 1_000_000 }, 'survived')
  assert.ok(counted !== null, 'the first process has ended')
  const finished = await first.ask({ ...job, tag: 'finish' }, 'finished')
  const end = finished?.state
  await first.ask({ ...job, tag: 'clean' }, 'cleaned')
  first.kill()
  await first.outcome
  const points = sample(pointsOf(counted?.operations.length ?? 0), count)
  let [killed, continued, told] = [0, 0, 0]
  let last: Point | null = null
  for (const point of [...points, null]) {
    const child = line.next()
    if (last !== null) {
      const where = `${plan} on ${place.engine}, killed ${last.mode} operation ${last.n} (${counted?.operations[last.n - 1]})`
      try {
        const done = await child.ask({ ...job, tag: 'finish' }, 'finished')
        assert.ok(done !== null, `${where}: ${JSON.stringify(await (done === null ? child.outcome : null))}`)
        assert.equal(done?.state, end, where)
        if ((done?.names.length ?? 0) > 0) continued += 1
        if ((done?.notes.length ?? 0) > 0) told += 1
        await child.ask({ ...job, tag: 'clean' }, 'cleaned')
      } catch (e) {
        throw new Error(`${where}: ${(e as Error).message}`, { cause: e })
      }
    }
    last = point
    if (point === null) child.kill()
    else {
      const survived = await child.ask({ ...job, tag: 'die', ...point }, 'survived')
      // a timer adds operations, so a run may have fewer than the one that was counted
      if (survived === null) killed += 1
      else child.kill()
    }
    const { signal, errors } = await child.outcome
    assert.equal([signal, errors], ['SIGKILL', ''])
  }
  assert.ok(killed >= points.length * 0.8, `only ${killed} of ${points.length} processes were killed`)
  const seconds = ((performance.now() - begin) / 1_000).toFixed(0)
  return `${plan} on ${place.engine}: ${counted?.operations.length} operations, ${killed} of ${points.length} killed, ${continued} continued, ${told} with notes, ${seconds} s`
}

const TEN = Array.from({ length: 10 }, (_, i) => i)

for (const engine of kept) {
  if (only !== '' && only !== engine.name) continue
  const test = suite(`processes that migrate on ${engine.name}`)
  let place: Own | undefined
  const all: Started[] = []
  test.before.each(async () => {
    place = await placeOf(engine.name)
  })
  test.after.each(async () => {
    for (const c of all) c.kill()
    await Promise.all(all.splice(0).map(c => c.outcome))
    await place?.remove()
  })

  for (const plan of ['shop', 'hard'] as const)
    if (onlyPlan === '' || onlyPlan === plan)
      test(`a process killed at any operation is continued by the next one: ${plan}`, async () => {
        const line = processes(place as Own)
        try {
          note(await killAll(place as Own, line, plan, amount(engine.name === 'pglite' ? 8 : 14)))
        } finally {
          await line.end()
        }
      })

  if (engine.isShared && kills === '') {
    const tenAtOnce = async (plan: PlanName, killAt: number | null): Promise<void> => {
      const at = place as Own
      const children = TEN.map(() => started(at))
      all.push(...children)
      await Promise.all(children.map(c => c.until(s => s.tag === 'ready')))
      for (const c of children) c.send({ tag: 'up', plan, lease: 5_000 })
      const victims: Started[] = []
      if (killAt !== null)
        for (const c of children)
          void c
            .until(s => s.tag === 'begun' && s.step >= killAt)
            .then(s => {
              if (s === null || victims.length > 0) return
              victims.push(c)
              c.kill()
            })
      const results = await Promise.all(
        children.map(async c => {
          const said = await c.until(s => s.tag === 'finished' || s.tag === 'failed')
          return { said, outcome: await c.outcome, isVictim: victims.includes(c) }
        }),
      )
      for (const { said, outcome, isVictim } of results)
        if (isVictim) assert.is(outcome.signal, 'SIGKILL')
        else assert.equal(outcome, { code: 0, signal: null, errors: '' }, JSON.stringify([said, outcome]))
      assert.is(victims.length, killAt === null ? 0 : 1)
      const names = results.flatMap(r => (r.said?.tag === 'finished' ? r.said.names : []))
      if (killAt === null)
        assert.equal([...names].sort(), plan === 'four' ? ['1_start', '2_index', '3_next', '4_last'] : ['1_base', '2_hard'])
      else assert.is(new Set(names).size, names.length)
      // what they left is what one process leaves
      const checking = started(at)
      all.push(checking)
      const job = { plan, lease: 1_000 }
      const left = await checking.ask({ tag: 'finish', ...job }, 'finished')
      assert.equal(left?.names, [])
      await checking.ask({ tag: 'clean', ...job }, 'cleaned')
      const alone = await checking.ask({ tag: 'finish', ...job }, 'finished')
      assert.equal(left?.state, alone?.state)
      checking.kill()
      await checking.outcome
    }

    test('ten processes at once, from an empty database: each step once, and all end well', async () => {
      await tenAtOnce('four', null)
    })

    test('ten processes at once, of which one is killed in the middle', async () => {
      await tenAtOnce('hard', 3)
    })
  }

  test.run()
}
