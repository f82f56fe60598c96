/**
 * Changes of a table on every engine: special cases. Chains of random changes are a law (`laws/schemaSteps`), which
 * `schemaLaws.<engine>.test.ts` applies.
 *
 * A column of another type keeps what is over it, and its meaning; what is refused leaves the table as it was.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { anyJson, int, numeric } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Introspected, perform } from '../../lib/core/operation/Interpreter.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import { createSteps } from '../../lib/core/schema/Step.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import { schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

for (const engine of engines) {
  const test = suite(`changes on ${engine.name}`)
  const s = using(engine, test)
  const dropped = table('alter_thing', { id: int })
  const clean = () => s.right(define([{ tag: 'dropTable', table: dropped, foreignKeys: [] }]))
  const image = async () => {
    const { live } = await s.right(perform<Introspected>({ tag: 'introspect', schemas: [null], wanted: null }))
    return live.tables.find(i => i.name === 'alter_thing')
  }
  const alter = (t: AnyTable, change: Change) => define([{ tag: 'alterTable', table: t, change }])

  test('a column of another type keeps its keys, checks and indexes', async () => {
    await clean()
    const prices = table(
      'alter_thing',
      { id: int, price: numeric(8, 2), other: int },
      {
        primaryKey: ['id'],
        uniques: [['price', 'other']],
        indexes: [['price'], { name: 'alter_price_id', on: ['id', 'price'], unique: true }],
        checks: { positive: r => X.gte(r.price, '0.00') },
      },
    )
    await s.right(define(createSteps(schema({ prices }))))
    await s.right(C.run(C.insert(prices)({ id: 1, price: '1.50', other: 1 })))
    const parts = async () => {
      const t = await image()
      return {
        primaryKey: t?.primaryKey?.columns,
        uniques: t?.uniques.map(u => [u.name, u.columns]),
        indexes: t?.indexes.map(i => [i.name, i.unique, i.keys.map(k => (k.of.tag === 'column' ? k.of.name : ''))]).sort(),
        checks: t?.checks.map(c => c.name).sort(),
      }
    }
    const before = await parts()
    const change: Change = { tag: 'changeType', field: 'price', type: { tag: 'numeric', precision: 10, scale: 3 }, using: null }
    const done = await s.run(alter(prices, change))
    if (E.isLeft(done)) {
      assert.is(done.left._tag, 'Unsupported')
      return
    }
    assert.equal(await parts(), before)
    await clean()
  })

  test('a check over a number keeps its meaning when the number is stored with another scale', async () => {
    await clean()
    const t = table('alter_thing', { id: int, amount: int }, { primaryKey: ['id'], checks: { small: r => X.lte(r.amount, X.lit(100)) } })
    await s.right(define(createSteps(schema({ t }))))
    await s.right(C.run(C.insert(t)({ id: 1, amount: 7 })))
    const change: Change = { tag: 'changeType', field: 'amount', type: { tag: 'numeric', precision: 8, scale: 2 }, using: null }
    await s.right(alter(t, change))
    const after = changed(t as AnyTable, change) as any
    await s.right(C.run(C.insert(after)({ id: 2, amount: '100.00' })))
    await s.left('CheckViolation', C.run(C.insert(after)({ id: 3, amount: '100.01' })))
    await clean()
  })

  test('a table keeps the name that it has, and a check that is added stands in the way of its column only', async () => {
    await clean()
    const t = table('alter_thing', { id: int, amount: int, other: int }, { primaryKey: ['id'] })
    await s.right(define(createSteps(schema({ t }))))
    await s.right(alter(t, { tag: 'renameTable', name: 'alter_thing' }))
    // other descriptions of the table, as migrations of later days have
    const again = () => table('alter_thing', { id: int, amount: int, other: int }, { primaryKey: ['id'] }) as AnyTable
    const check: Change = { tag: 'addCheck', check: { name: 'alter_small', predicate: r => X.lt(r.amount, 9) } }
    await s.right(alter(again(), check))
    await s.left('SchemaConflict', alter(changed(again(), check), { tag: 'dropColumn', field: 'amount' }))
    await s.right(alter(changed(again(), check), { tag: 'dropColumn', field: 'other' }))
    await clean()
  })

  test('a conversion that the engine does not have is refused before anything is done', async () => {
    await clean()
    const t = table('alter_thing', { id: int, document: anyJson }, { primaryKey: ['id'] })
    await s.right(define(createSteps(schema({ t }))))
    const before = await image()
    const done = await s.run(alter(t, { tag: 'changeType', field: 'document', type: { tag: 'text' }, using: null }))
    if (E.isLeft(done)) assert.equal(await image(), before, done.left.message)
    await clean()
  })

  test.run()
}
