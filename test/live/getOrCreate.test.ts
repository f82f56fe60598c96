/**
 * The row with a key, created if there is none, on every engine: one row for any number of concurrent callers, outside and inside of
 * transactions.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { generated, int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const tags = table(
  'got_tag',
  { id: generated(int), name: text, shop: nullable(int), note: text },
  { uniques: [['name'], ['shop', 'note']] },
)
const plain = table('got_plain', { a: int, b: text, n: int }, { primaryKey: ['a', 'b'] })

const no = (x: unknown): never => x as never

for (const engine of engines) {
  const test = suite(`getOrCreate on ${engine.name}`)
  const s = using(engine, test, { max: 8 })
  const tag = C.getOrCreate(tags)(['name'])

  test('makes the row, and answers the one that is there', async () => {
    await s.create(tags, plain)
    const made = await s.right(tag({ name: 'sql', note: 'first' }))
    assert.is(made.created, true)
    assert.equal({ ...made.row, id: 0 }, { id: 0, name: 'sql', shop: null, note: 'first' })
    assert.equal(await s.right(tag({ name: 'sql', note: 'second' })), { row: made.row, created: false })
    assert.equal(await s.rows(tags), [made.row])
    const both = C.getOrCreate(plain)(['b', 'a'])
    assert.equal(await s.right(both({ a: 1, b: 'x', n: 1 })), { row: { a: 1, b: 'x', n: 1 }, created: true })
    assert.equal(await s.right(both({ a: 1, b: 'x', n: 2 })), { row: { a: 1, b: 'x', n: 1 }, created: false })
    assert.equal(await s.right(both({ a: 1, b: 'X', n: 3 })), { row: { a: 1, b: 'X', n: 3 }, created: true })
  })

  test('50 callers at once are given the one row, which one of them has made', async () => {
    for (const name of ['a', 'b', 'c']) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => s.right(tag({ name, note: `${i}` }))))
      assert.is(answers.filter(a => a.created).length, 1, name)
      assert.is(new Set(answers.map(a => a.row.id)).size, 1, name)
      assert.is(await s.right(Q.count(Q.where((t: { readonly name: X.Expr<string> }) => X.eq(t.name, name))(Q.from(tags)))), 1)
    }
  })

  test('20 transactions at once, that have read before, are given the one row', async () => {
    const inside = (i: number) =>
      Program.transaction({ retry: 20 })<Program.Db, never, unknown>(env => async () => {
        await Q.count(Q.from(tags))(env)()
        return tag({ name: 'inside', note: `${i}` })(env)() as never
      })
    const answers = (await Promise.all(Array.from({ length: 20 }, (_, i) => s.right(inside(i))))) as readonly {
      readonly created: boolean
      readonly row: { readonly id: number }
    }[]
    assert.is(answers.filter(a => a.created).length, 1)
    assert.is(new Set(answers.map(a => a.row.id)).size, 1)
  })

  test('a transaction with a snapshot: the row, or an error that says to run it again', async () => {
    const reads = engine.name === 'memory' || engine.name.startsWith('sqlite') ? {} : ({ isolation: 'repeatableRead' } as const)
    if (engine.single) return
    const answer = await s.run(
      Program.transaction(reads)<Program.Db, never, unknown>(env => async () => {
        await Q.count(Q.from(tags))(env)()
        await s.right(tag({ name: 'snapshot', note: 'of another' }))
        return tag({ name: 'snapshot', note: 'own' })(env)() as never
      }),
    )
    if (engine.name === 'postgres')
      assert.is(E.isLeft(answer) ? (answer.left as { readonly _tag: string })._tag : '', 'SerializationFailure')
    else assert.match(JSON.stringify(answer), '"note":"of another"')
    assert.is(await s.right(Q.count(Q.where((t: { readonly name: X.Expr<string> }) => X.eq(t.name, 'snapshot'))(Q.from(tags)))), 1)
  })

  test('a conflict with another key, a null in the key, and what is no key', async () => {
    await s.right(C.run(C.insert(tags)({ name: 'taken', shop: 7, note: 'n' })))
    await s.unchanged([tags], 'UniqueViolation', tag({ name: 'new', shop: 7, note: 'n' }))
    const shop = C.getOrCreate(tags)(['shop', 'note'])
    assert.is((await s.right(shop({ name: 'null 1', shop: null, note: 'n' }))).created, true)
    assert.is((await s.right(shop({ name: 'null 2', shop: null, note: 'n' }))).created, true)
    await s.unchanged([tags], 'ValidationError', C.getOrCreate(tags)(['note'])({ name: 'x', note: 'y' }))
    await s.unchanged([tags], 'ValidationError', C.getOrCreate(tags)([no('nothing')])({ name: 'x', note: 'y' }))
    await s.unchanged([tags], 'ValidationError', C.getOrCreate(tags)(no('name'))({ name: 'x', note: 'y' }))
    await s.unchanged([tags], 'ValidationError', tag(no({ note: 'without its key' })))
    await s.unchanged([tags], 'ValidationError', tag(no({ name: 5, note: 'y' })))
    await s.unchanged([tags], 'ValidationError', tag(no(null)))
    await s.drop(tags, plain)
  })
  test.run()
}
