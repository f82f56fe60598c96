/**
 * Row versions on every engine: the next version if the row is unchanged since it was read, `StaleRow` if it was changed or deleted; of
 * many concurrent writers that read the same version one succeeds.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { bigint, generated, int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { isRetryable, show } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const pages = table('versioned_page', { id: generated(int), title: text, hits: int, version: int, serial: nullable(int) })
const places = table('versioned_place', { shop: int, shelf: text, n: int, seen: bigint }, { primaryKey: ['shop', 'shelf'] })
const bare = table('versioned_bare', { n: int, version: int })

const no = (x: unknown): never => x as never

for (const engine of engines) {
  const test = suite(`versions on ${engine.name}`)
  const s = using(engine, test)
  const put = C.updateVersioned(pages)({ version: 'version' })
  test('the next version where the row is as it was read', async () => {
    await s.create(pages, places, bare)
    await s.right(
      C.run(
        C.insertMany(pages)([
          { title: 'a', hits: 0, version: 1 },
          { title: 'b', hits: 0, version: 7 },
        ]),
      ),
    )
    const [first, second] = await s.right(
      Q.all(
        pipe(
          Q.from(pages),
          Q.orderBy(p => [X.asc(p.id)]),
        ),
      ),
    )
    assert.is(await s.right(put(first as never, { title: 'A' })), 2)
    assert.is(
      await s.right(put({ ...first, version: 2 } as never, p => ({ hits: X.plus(p.hits, p.version), title: X.concat(p.title, '!') }))),
      3,
    )
    const stale = await s.unchanged([pages], 'StaleRow', put(first as never, { title: 'late' }))
    assert.equal([stale.table, stale.column, stale.isGone], ['versioned_page', 'version', false])
    assert.match(show(stale), /its version differs/)
    assert.not(isRetryable(stale))
    const after = await s.right(
      Q.all(
        pipe(
          Q.from(pages),
          Q.orderBy(p => [X.asc(p.id)]),
        ),
      ),
    )
    assert.equal(after, [{ ...first, title: 'A!', hits: 2, version: 3 } as never, second as never])
    await s.right(C.run(C.delete(pages)(p => X.eq(p.id, (second as { readonly id: number }).id))))
    assert.is((await s.unchanged([pages], 'StaleRow', put(second as never, { title: 'gone' }))).isGone, true)
  })
  test('a key of several columns, and a bigint', async () => {
    const row = { shop: 1, shelf: "o'k", n: 5, seen: 2n ** 62n }
    await s.right(C.run(C.insertMany(places)([row, { ...row, shelf: 'other' }])))
    assert.is(await s.right(C.updateVersioned(places)({ version: 'seen' })(row, { n: 6 })), 2n ** 62n + 1n)
    await s.unchanged([places], 'StaleRow', C.updateVersioned(places)({ version: 'seen' })(row, { n: 7 }))
    const most = { ...row, shelf: 'most', seen: 2n ** 63n - 1n }
    await s.right(C.run(C.insert(places)(most)))
    await s.unchanged([places], 'NumericOverflow', C.updateVersioned(places)({ version: 'seen' })(most, { n: 8 }))
  })
  test('of those who read the same version one succeeds', async () => {
    const [page] = await s.right(Q.all(Q.from(pages)))
    const tried = await Promise.all(Array.from({ length: 8 }, (_, i) => s.run(put(page as never, { title: `writer ${i}` }))))
    const winners = tried.flatMap((t, i) => (E.isRight(t) ? [i] : []))
    assert.is(winners.length, 1)
    for (const t of tried) if (E.isLeft(t)) assert.is(t.left._tag, 'StaleRow')
    const [after] = await s.right(Q.all(Q.from(pages)))
    assert.is(after?.title, `writer ${winners[0]}`)
    assert.is(after?.version, (page?.version ?? 0) + 1)
  })
  test('what is stale undoes the transaction around it', async () => {
    const [page] = await s.right(Q.all(Q.from(pages)))
    const program = Program.transaction()(env => async () => {
      const done = await C.run(C.update(pages)({ hits: 1000 }, C.everywhere))(env)()
      return E.isLeft(done) ? done : put({ ...page, version: 0 } as never, { title: 'x' })(env)()
    })
    await s.unchanged([pages], 'StaleRow', program)
  })
  test('what can not be meant is refused', async () => {
    const [page] = await s.right(Q.all(Q.from(pages)))
    const refused = (program: Program.Program<Program.Db, any, unknown>) => s.unchanged([pages], 'ValidationError', program)
    for (const version of ['title', 'serial', 'id', 'nope', '__proto__', undefined])
      await refused(C.updateVersioned(pages)({ version: no(version) })(page as never, { title: 'x' }))
    await refused(C.updateVersioned(bare)({ version: 'version' })({ n: 1, version: 1 }, { n: 2 }))
    for (const seen of [null, 7, {}, { id: 1 }, { version: 1 }, { id: null, version: 1 }, { id: 'x', version: 1 }, { id: 1, version: 1.5 }])
      await refused(put(no(seen), { title: 'x' }))
    for (const set of [null, 7, { nope: 1 }, { title: 5 }, { version: 9 }, () => 7]) await refused(put(page as never, no(set)))
    await s.drop(pages, places, bare)
  })
  test.run()
}
