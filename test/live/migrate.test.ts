/**
 * Migrations on every engine: up, down, status, what is refused, the lock, and many runners at once. Runs that die are in
 * migrateKilled.slow.test.ts.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { dialectOf } from '../../lib/core/value/DialectName.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import type { Db, Program } from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { define } from '../../lib/schema/createAll.js'
import type { Difference } from '../../lib/schema/diff.js'
import { introspect } from '../../lib/schema/introspection.js'
import { describeUnit } from '../../lib/schema/MigrationStep.js'
import { journal, lock } from '../../lib/schema/migrationTables.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, type Session, using } from './eachEngine.js'
import { cleaning, inFour, lastTables, notes, type orders, stateOf } from './migrateShop.js'
import { statement } from './rawText.js'

const a = table('mig_a', { id: int, x: nullable(text) }, { primaryKey: ['id'] })
const b = table('mig_b', { id: int }, { primaryKey: ['id'] })
const c = table('mig_c', { id: int }, { primaryKey: ['id'] })
const create = (t: AnyTable): Migrate.MigrationStep => ({ tag: 'createTable', table: t, foreignKeys: [] })
const first = Migrate.migration({ name: '1_first', from: null, up: [create(a)] })
const second = Migrate.migration({ name: '2_second', from: '1_first', up: [create(b), Migrate.data(C.insert(b)({ id: 1 }))], down: [] })

const named = (d: Difference) => [d.steps.map(step => describeUnit([step])), d.undecided.map(f => f.object)]

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
  const alters = true
  const clean = cleaning(s, [a, b, c])
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

  test('what is wrong with a list is refused before anything is performed', async () => {
    const m = (name: string, from: string | readonly string[] | null, up: readonly Migrate.MigrationStep[] = []) =>
      Migrate.migration({ name, from, up })
    await refused(s, 'malformed', ['1_first'], Migrate.up([first, first]))
    await refused(s, 'malformed', ['x', 'y'], Migrate.up([m('x', 'y'), m('y', 'x')]))
    await refused(s, 'malformed', [''], Migrate.up([m('', null)]))
    const unknown = await refused(s, 'unknown', ['1_frist'], Migrate.up([first, m('2', '1_frist')]))
    assert.match(unknown.message, 'did you mean "1_first"?')
    const to = await refused(s, 'unknown', ['2_secnd'], Migrate.up([first, second], { to: '2_secnd' }))
    assert.match(to.message, 'did you mean "2_second"?')
    assert.equal((await s.right(Migrate.status([first, second]))).pending, ['1_first', '2_second'])
  })

  test('an edited history and a database newer than the code are refused', async () => {
    await s.right(Migrate.up([first, second]))
    const other = table('mig_b', { id: int, y: nullable(int) }, { primaryKey: ['id'] })
    const edited = { ...second, up: [create(other), ...second.up.slice(1)] }
    const third = Migrate.migration({ name: '3_third', from: '2_second', up: [] })
    await refused(s, 'edited', ['2_second'], Migrate.up([first, edited]))
    await refused(s, 'edited', ['2_second'], Migrate.up([first, edited, third]))
    await refused(s, 'edited', ['2_second'], Migrate.down([first, edited]))
    await refused(s, 'ahead', ['2_second'], Migrate.up([first]))
    await refused(s, 'ahead', ['2_second'], Migrate.down([first]))
    const status = await s.right(Migrate.status([first, edited]))
    assert.equal([status.edited, status.unknown], [['2_second'], []])
    assert.equal((await s.right(Migrate.status([first]))).unknown, ['2_second'])
    // what undoes it may be corrected
    assert.equal(await s.right(Migrate.up([first, { ...second, down: Migrate.cannot('no') }])), [])
  })

  test('two heads are merged if they commute, and named if not', async () => {
    const left = Migrate.migration({ name: '2_left', from: '1_first', up: [create(b)] })
    const right = Migrate.migration({ name: '2_right', from: '1_first', up: [create(notes)] })
    const also = Migrate.migration({ name: '2_also', from: '1_first', up: [Migrate.data(C.insert(b)({ id: 7 }))] })
    assert.equal([Migrate.commutes(left, right), Migrate.commutes(left, also)], [true, false])
    const e = await refused(s, 'heads', ['2_also', '2_left'], Migrate.up([first, left, also]))
    assert.match(e.message, '"mig_b"')
    assert.equal(await s.right(Migrate.up([first, right])), ['1_first', '2_right'])
    assert.equal(await s.right(Migrate.up([first, right, left])), ['2_left'])
    const merge = Migrate.migration({ name: '3_merge', from: ['2_left', '2_right'], up: [Migrate.data(C.insert(b)({ id: 1 }))] })
    assert.equal(await s.right(Migrate.up([merge, left, right, first])), ['3_merge'])
    await refused(s, 'heads', ['2_also', '3_merge'], Migrate.up([merge, left, right, first, also]))
    assert.equal(await s.rows(b), [{ id: 1 }])
  })

  test('baseline adopts a database, and resolve settles one migration', async () => {
    const list = [first, second]
    await s.create(a)
    await refused(s, 'unknown', ['1_firs'], Migrate.baseline(list, ['1_firs']))
    await refused(s, 'malformed', ['2_second', '1_first'], Migrate.baseline(list, ['2_second']))
    await s.right(Migrate.baseline(list, ['1_first']))
    await s.right(Migrate.baseline(list, ['1_first']))
    assert.equal(await s.right(Migrate.up(list)), ['2_second'])
    await refused(s, 'malformed', ['1_first', '2_second'], Migrate.resolve(list, '1_first', 'undone'))
    await s.right(Migrate.resolve(list, '2_second', 'undone'))
    assert.equal((await s.right(Migrate.status(list))).pending, ['2_second'])
    await s.right(Migrate.resolve(list, '2_second', 'done'))
    assert.equal(await s.right(Migrate.up(list)), [])
    assert.equal(await s.rows(b), [{ id: 1 }])
    await refused(s, 'unknown', ['3'], Migrate.resolve(list, '3', 'done'))
    // a migration of other code can be removed from the history
    await s.right(Migrate.resolve([first], '2_second', 'undone'))
    assert.equal(await s.right(Migrate.up([first])), [])
  })

  test('down undoes what up has done, last first', async () => {
    const list = inFour(alters)
    const allow = ['losesData'] as const
    const at = async () => ((await stateOf(s.db, [])) as readonly unknown[])[0]
    const start = await at()
    const states: unknown[] = []
    for (const { name } of list) {
      states.push(await at())
      assert.equal(await s.right(Migrate.up(list, { to: name })), [name])
    }
    assert.equal(await s.right(Migrate.down(list, { allow })), ['4_last'])
    assert.equal(await at(), states[3])
    assert.equal(await s.right(Migrate.down(list, { to: '1_start', allow })), ['3_next', '2_index'])
    assert.equal(await at(), states[1])
    assert.equal(await s.right(Migrate.up(list)), ['2_index', '3_next', '4_last'])
    assert.equal(await s.right(Migrate.down(list, { to: null, allow })), ['4_last', '3_next', '2_index', '1_start'])
    assert.equal(await at(), start)
    assert.equal(await s.right(Migrate.down(list)), [])
    assert.equal((await s.right(Migrate.status(list))).applied, [])
    await refused(s, 'unknown', ['1_strat'], Migrate.down(list, { to: '1_strat' }))
  })

  test('what can not be undone is not begun', async () => {
    const last = Migrate.migration({ name: '3_last', from: '2_second', up: [Migrate.data(C.insert(b)({ id: 2 }))] })
    await s.right(Migrate.up([first, second, last]))
    const e = await refused(s, 'irreversible', ['3_last'], Migrate.down([first, second, last], { to: null }))
    assert.match(e.message, 'a command that changes rows has no inverse')
    assert.is((await s.right(Migrate.status([first, second, last]))).applied.length, 3)
  })

  test('a step that fails is named, and the next run continues', async () => {
    const refusing = Migrate.migration({
      name: '2_refused',
      from: '1_first',
      up: [create(b), Migrate.data(C.insert(b)({ id: 1 })), create(c)],
    })
    await s.create(c)
    const e = await refused(s, 'failed', ['2_refused'], Migrate.up([first, refusing]))
    assert.equal([e.step, e.cause._tag], [2, 'SchemaConflict'])
    assert.match(e.message, 'step 3 (mig_c: create the table)')
    const state = await s.right(Migrate.status([first, refusing]))
    assert.equal(state.pending, ['2_refused'])
    assert.is(state.holder, null)
    if (engine.transactionalDdl) {
      assert.equal(state.incomplete, [])
      await s.left('SchemaConflict', Q.all(Q.from(b)))
    } else {
      assert.equal(state.halfDone, [{ migration: '2_refused', direction: 'up', step: 2 }])
      await refused(s, 'failed', ['2_refused'], Migrate.up([first, refusing]))
      await refused(s, 'halfDone', ['2_refused'], Migrate.down([first, refusing]))
      await s.right(Migrate.resolve([first, refusing], '2_refused', 'done'))
      assert.equal(await s.right(Migrate.up([first, refusing])), ['2_refused'])
      assert.equal(await s.rows(b), [{ id: 1 }])
    }
  })

  test('what loses rows or blocks others is refused by name, before anything is performed', async () => {
    await s.right(Migrate.up([first, second]))
    await s.right(C.run(C.insert(a)({ id: 1, x: 'kept' })))
    const drop = (allows: readonly Migrate.HazardKind[] = []) =>
      Migrate.migration({ name: '3_drop', from: '2_second', up: [create(c), Migrate.alter(a, Migrate.dropColumn('x'))], allows })
    const e = await refused(s, 'notAllowed', ['3_drop'], Migrate.up([first, second, drop()]))
    assert.is(e.step, 1)
    assert.match(e.message, /step 2 \(mig_a\.x: drop the column\): losesData: /)
    await s.left('SchemaConflict', Q.all(Q.from(c)))
    await refused(s, 'notAllowed', ['3_drop'], Migrate.up([first, second, drop()], { allow: ['blocksReads', 'blocksWrites'] }))
    assert.equal(await s.right(Migrate.up([first, second, drop()], { allow: ['losesData'] })), ['3_drop'])
    await s.right(Migrate.down([first, second, drop()], { allow: ['losesData'] }))
    // accepted with the migration itself; a table without rows loses none
    await s.right(C.run(C.update(a)({ x: 'kept' }, C.everywhere)))
    await s.right(Migrate.up([first, second, drop(['losesData'])]))
    await s.right(Migrate.down([first, second, drop()], { allow: ['losesData'] }))
    await s.right(C.run(C.delete(a)(C.everywhere)))
    assert.equal(await s.right(Migrate.up([first, second, drop()])), ['3_drop'])
  })

  test('a step that describes another table than is there is refused', async () => {
    const other = table('mig_a', { id: int, x: nullable(int) }, { primaryKey: ['id'] })
    const bad = Migrate.migration({ name: '2_bad', from: '1_first', up: [create(b), Migrate.alter(other, Migrate.dropColumn('x'))] })
    const e = await refused(s, 'malformed', ['2_bad'], Migrate.up([first, bad]))
    assert.is(e.step, 1)
    assert.match(e.message, /mig_a\.x is text null at this point, and not int null/)
    assert.equal((await s.right(Migrate.status([first, bad]))).applied, [])
  })

  test('a migration counts as applied where all that it replaces are', async () => {
    const squashed = (replaces: readonly string[]) =>
      Migrate.migration({
        name: '2_all',
        from: null,
        up: [create(a), create(b), Migrate.data(C.insert(b)({ id: 1 }))],
        down: [],
        replaces,
      })
    const both = squashed(['1_first', '2_second'])
    const third = Migrate.migration({ name: '3_third', from: '2_second', up: [create(c)] })
    await s.right(Migrate.up([first, second]))
    assert.equal((await s.right(Migrate.status([both, third]))).pending, ['3_third'])
    assert.equal(await s.right(Migrate.up([both, third])), ['3_third'])
    assert.equal(
      (await s.right(Migrate.status([both, third]))).applied.map(m => m.name),
      ['2_all', '3_third'],
    )
    assert.equal(await s.rows(b), [{ id: 1 }])
    // what builds on a replaced one, and was applied with it, is not edited by that
    await clean()
    await s.right(Migrate.up([first, second, third]))
    assert.equal(await s.right(Migrate.up([both, third])), [])
    assert.equal(
      (await s.right(Migrate.status([both, third]))).applied.map(m => m.name),
      ['2_all', '3_third'],
    )
    // where none of them is applied it is a migration like others
    await clean()
    assert.equal(await s.right(Migrate.up([both])), ['2_all'])
    assert.equal(await s.rows(b), [{ id: 1 }])
    // only some of them
    await clean()
    await s.right(Migrate.up([first]))
    const e = await refused(s, 'ahead', ['2_all', '2_second'], Migrate.up([both]))
    assert.match(e.message, 'of which only "1_first" were applied')
    await refused(s, 'malformed', ['2_all', '1_first'], Migrate.up([both, first]))
  })

  test('a lock that is not had in time is refused with its holder; an expired one is taken over', async () => {
    await s.right(Migrate.up([first]))
    const held = (milliseconds: number) =>
      C.run(
        C.update(lock)(
          () => ({ holder: 'deploy 7', token: 'other', since: X.now, expiresAt: X.dateAdd(X.now, { milliseconds }) }) as never,
          l => X.eq(l.id, 1),
        ),
      )
    await s.right(held(60_000))
    const e = await s.left('Locked', Migrate.up([first, second], { wait: 50 }))
    assert.match(e.message, /deploy 7, since \d{4}-/)
    assert.is((await s.right(Migrate.status([first, second]))).holder?.who, 'deploy 7')
    assert.equal(await s.right(Migrate.up([first])), [], 'nothing to do needs no lock')
    await s.right(held(150))
    assert.equal(await s.right(Migrate.up([first, second], { wait: 10_000 })), ['2_second'])
    assert.is((await s.right(Migrate.status([first, second]))).holder, null)
  })

  test('a runner whose lease was taken over writes nothing more', async () => {
    const { around } = await import('../../lib/transform/around.js')
    let left = -1
    // the lock is taken over before one of the fenced writes
    const stealing = around((op, next, db) => async () => {
      if (op.tag === 'execute' && op.command.node.tag === 'update' && op.command.node.table.name === lock.name && left >= 0) {
        if (left === 0)
          await C.run(
            C.update(lock)(
              () => ({ token: 'thief', holder: 'thief' }),
              l => X.eq(l.id, 1),
            ),
          )({ db })()
        left -= 1
      }
      return next()
    })(s.db)
    await s.right(Migrate.up([first]))
    for (let n = 1; n <= (engine.transactionalDdl ? 1 : 3); n += 1) {
      left = n
      const stopped = await Migrate.up([first, second])({ db: stealing })()
      assert.ok(E.isLeft(stopped), `${n}`)
      assert.is((stopped as Problem).left.problem, 'lost', `${n}: ${(stopped as Problem).left.message}`)
      const { pending } = await s.right(Migrate.status([first, second]))
      assert.equal(pending, ['2_second'])
      await s.right(
        C.run(
          C.update(lock)(
            () => ({ token: null, holder: null }),
            l => X.eq(l.id, 1),
          ),
        ),
      )
    }
    assert.equal(await s.right(Migrate.up([first, second])), ['2_second'])
    assert.equal(await s.rows(b), [{ id: 1 }])
  })

  test('after up there is no drift, no change is left, and a table that others change drifts', async () => {
    const list = inFour(alters)
    const after = Migrate.schemaAfter(list)
    if (E.isLeft(after)) throw new Error(after.left.message)
    assert.equal(Migrate.check(list, after.right), E.right(undefined))
    for (const name of ['1_start', '3_next', '4_last']) {
      await s.right(Migrate.up(list, { to: name }))
      assert.equal(named(await s.right(Migrate.drift(list))), [[], []], name)
    }
    await s.right(define([{ tag: 'dropIndex', table: lastTables(alters)[0] as AnyTable, index: { name: 'mig_customer_by_email' } }]))
    assert.equal(named(await s.right(Migrate.drift(list))), [['mig_customer.mig_customer_by_email: create the index'], []])
    const wanted = { ...after.right, tables: { ...after.right.tables, mig_c: c } }
    const found = Migrate.changes(list, wanted)
    if (E.isLeft(found)) throw new Error(found.left.message)
    assert.equal(named(found.right), [['mig_c: create the table'], []])
    const problem = Migrate.check(list, wanted)
    assert.match(E.isLeft(problem) ? problem.left.message : '', 'mig_c: create the table')
    const next = Migrate.migration({ name: '5_next', from: '4_last', up: found.right.steps })
    assert.equal(Migrate.check([...list, next], wanted), E.right(undefined))
    // a table that the application no longer describes is dropped
    const { mig_c: _, ...fewer } = wanted.tables
    const gone = Migrate.changes([...list, next], { ...wanted, tables: fewer })
    assert.equal(E.isRight(gone) ? named(gone.right) : gone, [['mig_c: drop the table'], []])
  })

  test('the script for an administrator leaves what up leaves', async () => {
    const dialect = dialectOf(engine.name.split(' ')[0] as string)
    if (dialect === null) return
    const list = dialect === 'sqlite' ? [first, second] : inFour(alters)
    await s.right(Migrate.up(list))
    const image = (await s.right(introspect())).tables
    await clean()
    const text = Migrate.script(list, dialect)
    if (E.isLeft(text)) throw new Error(text.left.message)
    const statements = text.right
      .replace(/^--.*$/gm, '')
      .split(/;$/m)
      .map(t => t.trim())
      .filter(t => t !== '' && t !== 'BEGIN' && t !== 'COMMIT')
    for (const sql of statements) await s.right(statement(sql))
    assert.equal((await s.right(introspect())).tables, image)
    const { applied, pending, edited } = await s.right(Migrate.status(list))
    assert.equal([applied.length, pending, edited], [list.length, [], []])
    assert.equal(await s.right(Migrate.up(list)), [])
    if (dialect !== 'sqlite') return
    const refusedText = Migrate.script(inFour(alters), dialect)
    assert.is(E.isLeft(refusedText) ? refusedText.left._tag : '', 'Unsupported')
  })

  test('10 runners at once: each step once, and all end well', async () => {
    for (let round = 0; round < 3; round += 1) {
      await clean()
      // in the first round they create the tables of the history at once, too
      if (round > 0) await s.right(Migrate.up([]))
      const list = inFour(alters)
      const results = await Promise.all(Array.from({ length: 10 }, (_, i) => s.run(Migrate.up(list, { who: `runner ${i}` }))))
      for (const r of results) assert.ok(E.isRight(r), E.isLeft(r) ? r.left.message : '')
      const names = results.flatMap(r => (E.isRight(r) ? r.right : []))
      assert.equal([...names].sort(), ['1_start', '2_index', '3_next', '4_last'])
      assert.is((await s.rows(lastTables(alters)[1] as typeof orders)).length, 3)
    }
  })

  test.run()
}
