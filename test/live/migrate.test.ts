/**
 * Migrations on every engine: up, down, status, what is refused, runs that die at any operation, and many runners at once.
 *
 * Where definitions are transactional, a run that dies leaves nothing of its migration; elsewhere the next run continues at the step, and
 * looks at the database where the journal can't tell. Both end in the state of a run that was not disturbed.
 */
import type * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import type { Db, Program } from '../../lib/Program.js'
import { define } from '../../lib/schema/createAll.js'
import { history, journal, lock } from '../../lib/schema/migrationTables.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, type Session, using } from './eachEngine.js'
import { customers, dyingAt, inFour, inOne, lastTables, notes, orders, stateOf } from './migrateShop.js'

const a = table('mig_a', { id: int, x: nullable(text) }, { primaryKey: ['id'] })
const b = table('mig_b', { id: int }, { primaryKey: ['id'] })
const create = (t: AnyTable): Migrate.MigrationStep => ({ tag: 'createTable', table: t, foreignKeys: [] })
const first = Migrate.migration({ name: '1_first', from: null, up: [create(a)] })
const second = Migrate.migration({ name: '2_second', from: '1_first', up: [create(b), Migrate.data(C.insert(b)({ id: 1 }))], down: [] })

const cleaner = (s: Session) => async (): Promise<void> => {
  await s.right(
    define(
      [orders, customers, notes, a, b, history, journal, lock].map(
        t => ({ tag: 'dropTable', table: t as AnyTable, foreignKeys: [] }) as const,
      ),
    ),
  )
}

type Problem = E.Left<any>['left']
const refused = async (s: Session, problem: string, names: readonly string[], program: Program<Db, any, unknown>): Promise<Problem> => {
  const e = await s.left('MigrationError', program)
  assert.is(e.problem, problem, e.message)
  assert.equal([...e.names], [...names], e.message)
  for (const n of names) assert.ok(e.message.includes(n), `${e.message} names ${n}`)
  return e
}

for (const engine of engines) {
  const test = suite(`migrations on ${engine.name}`)
  const s = using(engine, test, { max: 12 })
  const alters = !engine.name.startsWith('sqlite')
  const clean = cleaner(s)
  test.before.each(clean)

  test('up applies what is not applied, once, and status tells', async () => {
    const list = [second, first]
    const before = await s.right(Migrate.status(list))
    assert.equal([before.pending, before.applied], [['1_first', '2_second'], []])
    assert.equal(await s.right(Migrate.up(list, { to: '1_first' })), ['1_first'])
    assert.equal(await s.right(Migrate.up(list, { who: 'me' })), ['2_second'])
    assert.equal(await s.right(Migrate.up(list)), [])
    assert.equal(await s.rows(b), [{ id: 1 }])
    const after = await s.right(Migrate.status(list))
    assert.equal([after.pending, after.edited, after.unknown, after.incomplete, after.halfDone, after.holder], [[], [], [], [], [], null])
    assert.equal(
      after.applied.map(m => [m.name, m.checksum.length, m.appliedAt instanceof Date, m.name === '2_second' ? m.who : '']),
      [
        ['1_first', 64, true, ''],
        ['2_second', 64, true, 'me'],
      ],
    )
    assert.equal(await s.rows(journal), [])
  })

  test.run()
}
