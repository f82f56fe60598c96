/**
 * Migrations whose runner dies at any operation, on every engine.
 *
 * Where definitions are transactional, a run that dies leaves nothing of its migration; elsewhere the next run continues at the step, and
 * looks at the database where the journal can't tell. Both end in the state of a run that was not disturbed.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import * as Migrate from '../../lib/Migrate.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'
import { cleaning, dyingAt, inFour, inOne, lastTables, stateOf } from './migrateShop.js'

for (const engine of engines) {
  const test = suite(`killed migrations on ${engine.name}`)
  const s = using(engine, test)
  const alters = true
  // a table that is created again is so outside of transactions
  const rebuilds = engine.name.startsWith('sqlite')
  const clean = cleaning(s)
  // every operation in memory and where runs are continued
  const by = engine.sql && engine.transactionalDdl ? 3 : 1

  test('a run that dies at any operation is continued, with the same end', async () => {
    const tables = lastTables(alters)
    const stepwise = inOne(alters).map(m => ({ ...m, isTransactional: false }))
    for (const list of engine.transactionalDdl ? [inOne(alters), inFour(alters), stepwise] : [inOne(alters)]) {
      await clean()
      const whole = dyingAt(Number.POSITIVE_INFINITY, s.db)
      assert.ok(E.isRight(await Migrate.up(list)({ db: whole.db })()))
      const end = await stateOf(s.db, tables)
      let continued = 0
      for (let n = 1; n <= whole.count(); n += by) {
        await clean()
        const dead = await Migrate.up(list, { lease: 20 })({ db: dyingAt(n, s.db).db })()
        // the last operation releases the lock, and its failure is not one of the run
        if (n < whole.count()) assert.ok(E.isLeft(dead), `${n}`)
        const state = await s.right(Migrate.status(list))
        if (state.incomplete.length > 0) continued += 1
        await s.right(Migrate.up(list, { lease: 20 }))
        assert.equal(await stateOf(s.db, tables), end, `killed at operation ${n}`)
        assert.equal((await s.right(Migrate.status(list))).halfDone, [])
      }
      assert.ok(
        engine.transactionalDdl && list !== stepwise && !rebuilds ? continued === 0 : continued > 10 / by,
        `${continued} of ${whole.count()} runs were continued`,
      )
    }
  })

  test.run()
}
