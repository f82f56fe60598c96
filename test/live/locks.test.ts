/** Row locks: what they keep other transactions of a server from doing, and that the rows are the same wherever a query locks. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { asc, eq, lit } from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const jobs = table('lock_job', { id: int, state: text, owner: int }, { primaryKey: ['id'] })
const owners = table('lock_owner', { id: int, name: text }, { primaryKey: ['id'] })

const open = pipe(
  Q.from(jobs),
  Q.where(job => eq(job.state, 'open')),
  Q.orderBy(job => [asc(job.id)]),
)

const ids = Q.map(({ id }: { readonly id: any }) => id)

const locks = (engine: Engine): void => {
  const test = suite(`locks on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(jobs, owners)
    await s.right(C.run(C.insertMany(owners)([{ id: 1, name: 'a' }])))
    await s.right(C.run(C.insertMany(jobs)([1, 2, 3].map(id => ({ id, state: 'open', owner: id })))))
  })

  test('a query that locks has the same rows', async () => {
    const joined = pipe(
      Q.from(jobs),
      Q.leftJoin('owner', owners, (job, owner) => eq(owner.id, job.owner)),
      Q.orderBy(job => [asc(job.id)]),
    )
    const expected = await s.right(Q.all(joined))
    for (const lock of [Q.forUpdate(), Q.forShare(), Q.forUpdate({ wait: 'skipLocked' }), Q.forShare({ wait: 'noWait' })]) {
      assert.equal(await s.right(Program.transaction()(Q.all(lock(joined)))), expected)
    }
    assert.equal(await s.right(Q.head(pipe(open, Q.forUpdate()))), await s.right(Q.head(open)))
    const prepared = Q.prepare({ id: int }, ({ id }) =>
      pipe(
        Q.from(jobs),
        Q.where(job => eq(job.id, id)),
        Q.forUpdate(),
      ),
    )
    assert.is((await s.right(Program.transaction()(Q.one(prepared({ id: 2 }))))).id, 2)
  })

  test('what has no rows of tables can not be locked', async () => {
    const refusal = async (q: any): Promise<string> => (await s.left('ValidationError', Q.all(q))).message
    const counted = pipe(
      Q.from(jobs),
      Q.aggregate(() => ({ n: A.countAll })),
    )
    assert.match(await refusal(pipe(counted, Q.forUpdate())), /forUpdate: aggregate has other rows/)
    assert.match(await refusal(pipe(Q.from(jobs), Q.distinct, Q.forShare())), /forShare: distinct/)
    assert.match(await refusal(pipe(open, Q.unionAll(open), Q.forUpdate())), /set/)
    const chosen = pipe(
      open,
      Q.limit(1),
      Q.where(() => lit(true)),
    )
    assert.match(await refusal(pipe(chosen, Q.forUpdate())), /limit before other steps/)
    assert.match(await refusal(pipe(Q.of({ jobs: Q.many(pipe(open, Q.forUpdate())) }))), /at its end/)
    assert.match(
      await refusal(
        pipe(
          Q.from(jobs),
          Q.bind('other', () => pipe(open, Q.forUpdate())),
        ),
      ),
      /at its end/,
    )
  })

  test('an advisory lock belongs to a transaction', async () => {
    await s.left('ValidationError', Program.advisoryLock('import'))
    await s.left('ValidationError', Program.transaction()(Program.advisoryLock('')))
    await s.left('ValidationError', Program.transaction()(Program.advisoryLock(3 as never)))
    const twice = pipe(
      Program.advisoryLock('import'),
      RTE.flatMap(() => Program.attempt(Program.advisoryLock("O'Brien é😀 ".repeat(50)))),
      RTE.flatMap(() => Program.advisoryLock('import', { wait: 'noWait' })),
      RTE.flatMap(() => Q.all(pipe(open, ids))),
    )
    assert.equal(await s.right(Program.transaction()(twice)), [1, 2, 3])
  })

  if (!engine.single) {
    test('one transaction at a time has the lock of a name', async () => {
      let inside = 0
      let most = 0
      const alone = Program.transaction()(
        pipe(
          Program.advisoryLock('import'),
          RTE.chainTaskEitherK(() => async () => {
            inside += 1
            most = Math.max(most, inside)
            await new Promise(resolve => setTimeout(resolve, 15))
            inside -= 1
            return E.right(undefined)
          }),
        ),
      )
      await Promise.all([1, 2, 3, 4, 5, 6].map(() => s.right(alone)))
      assert.is(most, 1)
      const outer = pipe(
        Program.advisoryLock('import'),
        RTE.chainTaskEitherK(() => async () => {
          await s.left('Timeout', Program.transaction()(Program.advisoryLock('import', { wait: 'noWait' })))
          await s.right(Program.transaction()(Program.advisoryLock('Import', { wait: 'noWait' })))
          return E.right(undefined)
        }),
      )
      await s.right(Program.transaction()(outer))
      await s.right(Program.withRollback(outer))
      await s.right(Program.transaction()(Program.advisoryLock('import', { wait: 'noWait' })))
    })

    /** Runs programs while another transaction has locked the first open job. */
    const meanwhile = <A>(lock: typeof Q.forUpdate, inside: () => Promise<A>): Promise<A> =>
      s.right(
        Program.transaction()(
          pipe(
            Q.head(pipe(open, lock())),
            RTE.chainTaskEitherK(() => async () => E.right(await inside())),
          ),
        ),
      )

    test('a row that is locked is left out, or refused at once', async () => {
      await meanwhile(Q.forUpdate, async () => {
        assert.equal(await s.right(Program.transaction()(Q.all(pipe(open, ids, Q.forUpdate({ wait: 'skipLocked' }))))), [2, 3])
        assert.is((await s.right(Program.transaction()(Q.one(pipe(open, Q.limit(1), Q.forUpdate({ wait: 'skipLocked' })))))).id, 2)
        await s.left('Timeout', Program.transaction()(Q.all(pipe(open, Q.forUpdate({ wait: 'noWait' })))))
        assert.equal(await s.right(Q.all(pipe(open, ids))), [1, 2, 3])
      })
    })

    test('a shared row is shared, and not written', async () => {
      await meanwhile(Q.forShare, async () => {
        assert.equal(await s.right(Program.transaction()(Q.all(pipe(open, ids, Q.forShare({ wait: 'noWait' }))))), [1, 2, 3])
        await s.left('Timeout', Program.transaction()(Q.all(pipe(open, Q.forUpdate({ wait: 'noWait' })))))
      })
    })

    test('workers that skip what others have take each job once', async () => {
      const take = Program.transaction()(
        pipe(
          Q.all(pipe(open, Q.limit(1), Q.forUpdate({ wait: 'skipLocked' }))),
          RTE.flatMap(([job]) =>
            job === undefined
              ? RTE.right(null)
              : pipe(
                  C.run(C.update(jobs)({ state: 'done' }, j => eq(j.id, job.id))),
                  RTE.map(() => job.id),
                ),
          ),
        ),
      )
      const taken = await Promise.all([1, 2, 3, 4].map(() => s.right(take)))
      const rest = await s.right(take)
      const all = [...taken, rest].filter(id => id !== null)
      assert.equal(new Set(all).size, all.length, `a job was taken twice: ${all.join(', ')}`)
      await s.right(C.run(C.update(jobs)({ state: 'open' }, C.everywhere)))
    })
  }
  test.run()
}

engines.forEach(locks)
