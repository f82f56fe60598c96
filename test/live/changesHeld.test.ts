/**
 * Changes that something is in the way of, on every engine: refused alike, with the name of what is in the way, or done around it.
 *
 * A description may lack a check, a key or an index that the database has: it still keeps its column. A foreign key keeps the types of its
 * columns. What an engine takes for the same (a unique index and a unique key, the index of a foreign key) leaves no difference.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { bigint, int, nullable, numeric, text, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import { createSteps, type Step } from '../../lib/core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'
import * as X from '../../lib/Expr.js'
import { all } from '../../lib/program/fetch.js'
import * as Q from '../../lib/Query.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { type Difference, difference } from '../../lib/schema/difference.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const parent = table('held_parent', { id: int }, { primaryKey: ['id'] })
const children = {
  plain: table('held_child', { id: int, parentId: int, rank: int }, { primaryKey: ['id'] }),
  index: table('held_child', { id: int, parentId: int, rank: int }, { primaryKey: ['id'], indexes: [['parentId']] }),
  wide: table('held_child', { id: int, parentId: int, rank: int }, { primaryKey: ['id'], indexes: [['parentId', 'rank']] }),
  key: table('held_child', { id: int, parentId: int, rank: int }, { primaryKey: ['id'], uniques: [['parentId', 'rank']] }),
}
const family = (child: (typeof children)['plain']) =>
  schema({ parent, child }, t => ({ child: { parent: fk(t.child.parentId, t.parent.id) } }))

const some = { name: 'held_some', on: ['rank', 'id'], unique: true } as const
const unique = {
  key: table('held_child', { id: int, rank: int }, { primaryKey: ['id'], uniques: [['rank', 'id']] }),
  index: table('held_child', { id: int, rank: int }, { primaryKey: ['id'], indexes: [some] }),
  both: table('held_child', { id: int, rank: int }, { primaryKey: ['id'], uniques: [['rank', 'id']], indexes: [some] }),
}

for (const engine of engines) {
  const test = suite(`changes that are held on ${engine.name}`)
  const s = using(engine, test)
  const dropped = ['held_child', 'held_parent'].map(
    (name): Step => ({ tag: 'dropTable', table: table(name, { id: int }) as AnyTable, foreignKeys: [] }),
  )
  const clean = () => s.right(define(dropped))
  const created = async (wanted: AnySchema): Promise<void> => {
    await clean()
    await s.right(define(createSteps(wanted)))
  }
  const alter = (t: unknown, change: Change) => define([{ tag: 'alterTable', table: t as AnyTable, change }])
  const differenceTo = (wanted: AnySchema): Promise<Difference> => s.right(difference(wanted, { only: [/^held_/] }))
  /** Every difference between two of some schemas has steps that leave none. */
  const eachLeads = async (all: readonly AnySchema[]): Promise<void> => {
    for (const from of all) {
      for (const to of all) {
        await created(from)
        const { steps, undecided } = await differenceTo(to)
        assert.equal(undecided, [])
        assert.is(steps.length === 0, from === to)
        await s.right(define(steps))
        assert.equal((await differenceTo(to)).steps, [])
      }
    }
    await clean()
  }

  test('a unique index becomes a unique key of the same columns, and back, or they are both there', () =>
    eachLeads(Object.values(unique).map(t => schema({ t }) as AnySchema)))

  test('the index that a foreign key uses is dropped and created like any other', () => eachLeads(Object.values(children).map(family)))

  test('a column is not dropped while something uses it, described or not', async () => {
    const used = table(
      'held_child',
      { id: int, checked: int, both: int, indexed: int, keyed: int, free: nullable(int) },
      {
        primaryKey: ['id'],
        uniques: [['keyed']],
        indexes: [['indexed']],
        checks: { single: r => X.gt(r.checked, 0), pair: r => X.lt(r.checked, r.both) },
      },
    )
    const plain = table(
      'held_child',
      { id: int, checked: int, both: int, indexed: int, keyed: int, free: nullable(int) },
      { primaryKey: ['id'] },
    )
    await created(schema({ used }))
    for (const t of [used, plain]) {
      for (const field of ['id', 'checked', 'both', 'indexed', 'keyed']) {
        const error = await s.left('SchemaConflict', alter(t, { tag: 'dropColumn', field }))
        assert.match(error.message, /^"held_child\..*": held_child_.* uses it: drop that first$/)
      }
    }
    assert.equal((await differenceTo(schema({ used }))).steps, [])
    await s.right(alter(plain, { tag: 'dropColumn', field: 'free' }))
    await clean()
  })

  test('a column keeps its type while a foreign key has it, on either side', async () => {
    const wanted = family(children.plain)
    await created(wanted)
    const retype = (t: unknown, field: string, type: 'int' | 'bigint') =>
      alter(t, { tag: 'changeType', field, type: { tag: type }, using: null })
    for (const [t, field] of [[parent, 'id'] as const, [children.plain, 'parentId'] as const]) {
      const error = await s.left('SchemaConflict', retype(t, field, 'bigint'))
      assert.match(error.message, /the foreign key .* has it: drop that first, and add it afterwards$/)
      await s.right(retype(t, field, 'int'))
    }
    assert.equal((await differenceTo(wanted)).steps, [])
    await clean()
  })

  test('a foreign key is refused while a row refers to no row, also where an index has its columns and others', async () => {
    for (const t of Object.values(children)) {
      const wanted = family(t)
      await clean()
      await s.right(define(createSteps({ ...wanted, foreignKeys: [] })))
      await s.right(C.run(C.insert(t)({ id: 1, parentId: 7, rank: 1 })))
      const [foreignKey] = wanted.foreignKeys
      if (foreignKey !== undefined) await s.left('ForeignKeyViolation', define([{ tag: 'addForeignKey', foreignKey }]))
    }
    await clean()
  })

  test('a default becomes the same value of a new type, and one that is not exact is refused', async () => {
    const cases: readonly (readonly [column: AnyColumn, to: SqlType, inserted: unknown])[] = [
      [withDefault(4)(int), { tag: 'bigint' }, 4n],
      [withDefault(4)(int), { tag: 'text' }, '4'],
      [withDefault('1.50')(numeric(8, 2)), { tag: 'numeric', precision: 8, scale: 1 }, '1.5'],
      [withDefault('1.50')(numeric(8, 2)), { tag: 'numeric', precision: 10, scale: 3 }, '1.500'],
      [withDefault('1.50')(numeric(8, 2)), { tag: 'float' }, 1.5],
      [withDefault('b')(text), { tag: 'varchar', length: 3 }, 'b'],
      [withDefault('1.55')(numeric(8, 2)), { tag: 'numeric', precision: 8, scale: 1 }, null],
      [withDefault('1.50')(numeric(8, 2)), { tag: 'int' }, null],
      [withDefault('long')(text), { tag: 'varchar', length: 3 }, null],
    ] as never
    for (const [column, type, inserted] of cases) {
      const t = table('held_child', { id: int, v: column as never }, { primaryKey: ['id'] }) as AnyTable
      const change: Change = { tag: 'changeType', field: 'v', type, using: null }
      await created(schema({ t: t as never }))
      if (inserted === null) {
        const error = await s.left('SchemaConflict', alter(t, change))
        assert.match(error.message, /drop the default first/)
        assert.equal((await differenceTo(schema({ t: t as never }))).steps, [])
        continue
      }
      await s.right(alter(t, change))
      const after = changed(t, change)
      await s.right(C.run(C.insert(after as never)({ id: 1 } as never)))
      assert.equal(await s.right(all(Q.from(after as never))), [{ id: 1, v: inserted }])
    }
    await clean()
  })

  test('an index over an expression of a number keeps its meaning when the number is stored with another scale', async () => {
    const indexes = [{ name: 'held_high', on: (r: any) => [X.plus(r.amount, '0.50')], unique: true }] as const
    const t = table('held_child', { id: int, amount: numeric(8, 2) }, { primaryKey: ['id'], indexes: indexes as never })
    const change: Change = { tag: 'changeType', field: 'amount', type: { tag: 'numeric', precision: 10, scale: 3 }, using: null }
    await clean()
    const made = await s.run(define(createSteps(schema({ t }))))
    if (E.isLeft(made)) return assert.is(made.left._tag, 'Unsupported')
    await s.right(C.run(C.insert(t)({ id: 1, amount: '1.50' })))
    await s.right(alter(t, change))
    const after = table('held_child', { id: int, amount: numeric(10, 3) }, { primaryKey: ['id'], indexes: indexes as never })
    await s.right(C.run(C.insert(after)({ id: 2, amount: '1.501' })))
    await s.left('UniqueViolation', C.run(C.insert(after)({ id: 3, amount: '1.500' })))
    if (engine.name.startsWith('sqlite')) assert.equal((await differenceTo(schema({ t: after }))).steps, [])
    await clean()
  })

  test('tables are dropped together in any order, also where a foreign key would set a column to null that is not', async () => {
    const child = table('held_child', { id: int, parentId: nullable(int) }, { primaryKey: ['id'] })
    const wanted = schema({ parent, child }, t => ({ child: { parent: fk(t.child.parentId, t.parent.id, { onDelete: 'setNull' }) } }))
    await created(wanted)
    await s.right(C.run(C.insert(parent)({ id: 1 })))
    await s.right(C.run(C.insert(child)({ id: 1, parentId: 1 })))
    const strict = await s.run(alter(child, { tag: 'setNotNull', field: 'parentId', fill: null }))
    if (E.isLeft(strict)) assert.is(strict.left._tag, 'Unsupported')
    await s.right(
      define([
        { tag: 'dropTable', table: parent as AnyTable, foreignKeys: [] },
        { tag: 'dropTable', table: child as AnyTable, foreignKeys: wanted.foreignKeys },
      ]),
    )
  })

  test('a difference drops a foreign key before its columns get another type, and adds it afterwards', async () => {
    const big = table('held_parent', { id: bigint }, { primaryKey: ['id'] })
    const child = table('held_child', { id: int, parentId: bigint, rank: int }, { primaryKey: ['id'] })
    const wanted = schema({ parent: big, child }, t => ({ child: { parent: fk(t.child.parentId, t.parent.id) } }))
    await created(family(children.plain))
    const { steps } = await differenceTo(wanted)
    const done = await s.run(define(steps))
    assert.ok(E.isRight(done), E.isLeft(done) ? done.left.message : '')
    assert.equal((await differenceTo(wanted)).steps, [])
    await clean()
  })

  test.run()
}
