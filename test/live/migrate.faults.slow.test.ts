/**
 * Migrations of a large table on servers, while others use it: the runner is killed in each batch of `online`, a build of an index is interrupted,
 * and another transaction holds a lock on the table.
 *
 * The next process ends with the schema and the sums of a run that was not disturbed. A program that writes all the time waits about as long as the
 * lock time-out at most, and a transaction that holds a lock makes the run wait and retry, with a note, not fail.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import * as Agg from '../../lib/Agg.js'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type DbError, show } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { note, suite } from '../suite.js'
import { servers } from './addresses.js'
import { type Own, onAddress, placeOf, type Started, started } from './migrateChildren.js'
import { big, fill, largeList, owners } from './migrateLarge.js'
import { statement, template } from './rawText.js'

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
const job = { plan: 'large', lease: 400 } as const

for (const engine of servers) {
  const test = suite(`migrations of a large table on ${engine}`)
  let place: Own
  let db: Runner
  const all: Started[] = []
  const start = (): Started => {
    const child = started(place)
    all.push(child)
    return child
  }
  const right = async <A>(program: Program.Program<Program.Db, DbError, A>): Promise<A> => {
    const result = await program({ db })()
    if (E.isLeft(result)) throw new Error(show(result.left))
    return result.right
  }
  /** Tables with rows, and the first migration in the history. */
  const filled = async (): Promise<void> => {
    await right(Migrate.up(largeList, { to: '1_base' }))
    for (const text of fill(engine)) await right(statement(text))
  }
  const sums = async (): Promise<unknown> =>
    right(Q.all(Q.aggregate((r: any) => ({ n: Agg.countAll, sum: Agg.sum(r.amount) }) as any)(Q.from(big as any))))
  const clean = async (child: Started): Promise<void> => {
    await child.ask({ ...job, tag: 'clean' }, 'cleaned')
  }
  test.before.each(async () => {
    place = await placeOf(engine)
    db = await onAddress(engine, place.at, 6)
    await filled()
  })
  test.after.each(async () => {
    for (const c of all) c.kill()
    await Promise.all(all.splice(0).map(c => c.outcome))
    await db.close()
    await place.remove()
  })

  /** What a run leaves that is not disturbed, and its operations. */
  const undisturbed = async () => {
    const first = start()
    const counted = await first.ask({ ...job, tag: 'die', mode: 'before', n: 1_000_000 }, 'survived')
    const end = await first.ask({ ...job, tag: 'finish' }, 'finished')
    const total = await sums()
    await clean(first)
    first.kill()
    await first.outcome
    await filled()
    return { operations: counted?.operations ?? [], state: end?.state, total }
  }

  test('a runner killed in any batch is continued by the next process', async () => {
    const { operations, state, total } = await undisturbed()
    const points = operations.flatMap((tag, i) => (tag === 'ddl' ? [1, 2, 3].map(writes => ({ n: i + 1, writes })) : []))
    assert.ok(points.length >= 21, `${points.length}`)
    // all of them take minutes for each server: QUERY_TS_KILLS=all tries them
    const tried = process.env['QUERY_TS_KILLS'] === 'all' ? points : points.filter((_, i) => i % 5 === 1)
    let [killed, told] = [0, 0]
    for (const { n, writes } of tried) {
      const child = start()
      if ((await child.ask({ ...job, tag: 'die', mode: 'sent', n, writes }, 'survived')) === null) killed += 1
      child.kill()
      await child.outcome
      const next = start()
      const done = await next.ask({ ...job, tag: 'finish' }, 'finished')
      const where = `killed in operation ${n} after write ${writes}`
      assert.equal(done?.state, state, where)
      assert.equal(await sums(), total, where)
      if ((done?.notes.length ?? 0) > 0) told += 1
      await clean(next)
      next.kill()
      await filled()
    }
    assert.ok(killed >= tried.length * 0.5, `${killed} of ${tried.length}`)
    note(`${engine}: ${killed} of ${tried.length} killed in a batch, ${told} continued with notes`)
  })

  /** A transaction that has a lock on the table until it is released. */
  const holding = async (): Promise<{ readonly release: () => Promise<void> }> => {
    let open = (): void => undefined
    const until = new Promise<void>(resolve => {
      open = resolve
    })
    let begun = (): void => undefined
    const isHeld = new Promise<void>(resolve => {
      begun = resolve
    })
    const ended = Program.transaction()<Program.Db, DbError, void>(env => async () => {
      const changed = await C.run(C.update(big)({ note: 'held' }, r => X.eq(r.id, 1)))(env)()
      begun()
      if (E.isLeft(changed)) return changed
      await until
      return E.right(undefined)
    })({ db })()
    await isHeld
    return {
      release: async () => {
        open()
        const result = await ended
        if (E.isLeft(result)) throw new Error(show(result.left))
      },
    }
  }

  test('a program that writes waits no longer than the lock time-out, and a held lock makes the run wait', async () => {
    const lockTimeout = 400
    let [longest, writes, isOver] = [0, 0, false]
    const slow: string[] = []
    let now = ''
    const writer = (async () => {
      for (let n = 0; !isOver; n += 1) {
        const begin = performance.now()
        const name = now
        await right(
          C.run(
            C.update(big)(
              () => ({ note: `w${n % 9}` }) as any,
              r => X.eq(r.id, (n % 100) + 2),
            ),
          ),
        )
        const took = performance.now() - begin
        if (took > lockTimeout / 2) slow.push(`${took.toFixed(0)} ms in ${name}`)
        longest = Math.max(longest, took)
        writes += 1
        await pause(5)
      }
    })()
    const notes: string[] = []
    let held: Promise<void> | null = null
    const report: Migrate.Report = e => {
      if (e.tag === 'note') notes.push(e.text)
      if (e.tag === 'begin') {
        now = e.what
        // from the second step on, for some time
        if (e.step === 1)
          held ??= holding().then(async h => {
            await pause(1_500)
            await h.release()
          })
      }
    }
    const begin = performance.now()
    let names: readonly string[] = []
    try {
      names = await right(Migrate.up(largeList, { lockTimeout, report }))
    } finally {
      isOver = true
      await writer
      await held
    }
    const took = performance.now() - begin
    assert.equal(names, ['2_large'])
    assert.ok(
      notes.some(n => n.includes('it is tried again')),
      'it has not waited',
    )
    note(
      `${engine}: ${writes} writes in ${took.toFixed(0)} ms, longest ${longest.toFixed(0)} ms, ${notes.length} notes; ${slow.join(', ')}`,
    )
    assert.ok(longest < lockTimeout + 2_000, `a write took ${longest} ms`)
    assert.equal(await right(Q.all(Q.aggregate(() => ({ n: Agg.countAll }) as any)(Q.from(owners)))), [{ n: 1 }])
  })

  if (engine === 'postgres') {
    const building = async (): Promise<number> => {
      for (;;) {
        const found = (await right(
          Program.raw({ pid: int })(
            template(
              "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND state = 'active'",
            ),
          ),
        )) as readonly { readonly pid: number }[]
        if (found[0] !== undefined) return found[0].pid
        await pause(20)
      }
    }
    const invalid = async (): Promise<readonly unknown[]> =>
      right(Program.raw({ name: text })(template('SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid')))

    for (const isTerminated of [true, false])
      test(`a build that is interrupted while it waits${isTerminated ? '' : ', and goes on without its runner'}`, async () => {
        const { state, total } = await undisturbed()
        const held = await holding()
        const child = start()
        child.send({ ...job, tag: 'finish' })
        const pid = await building()
        child.kill()
        await child.outcome
        if (isTerminated) {
          await right(statement(`SELECT pg_terminate_backend(${pid})`))
          await pause(300)
        }
        assert.is((await invalid()).length, 1)
        const next = start()
        const finishing = next.ask({ ...job, tag: 'finish' }, 'finished')
        if (isTerminated) await held.release()
        else {
          await next.until(s => s.tag === 'ready')
          await pause(1_500)
          await held.release()
        }
        const done = await finishing
        note(`interrupted${isTerminated ? '' : ', not terminated'}: ${done?.notes.join(' | ')}`)
        assert.equal(done?.state, state)
        assert.equal(await sums(), total)
        assert.equal(await invalid(), [])
        if (isTerminated) assert.ok(done?.notes.some(n => n.includes('was left invalid')))
      })
  }

  test.run()
}
