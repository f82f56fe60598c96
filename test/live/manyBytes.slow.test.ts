/**
 * More bytes than a statement or a reply may have: 20 MB in rows of 20 KB, in one computed value, in one parameter.
 *
 * MariaDB accepts 16 MiB in a packet by default, and MySQL 64. Writes are split; what can't be split is refused with the name of the
 * limit, and a reply that the server truncates is an error.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import type * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const wide = table('big_texts', { id: int, body: text }, { primaryKey: ['id'] })

const manyBytes = (engine: Engine): void => {
  if (engine.name === 'sqlite in a file') return
  const test = suite(`many bytes on ${engine.name}`)
  const s = using(engine, test)
  const rows = Array.from({ length: 1_000 }, (_, id) => ({ id, body: String(id % 10).repeat(20_000) }))
  const changed = rows.map(({ id, body }) => ({ id, body: `x${body.slice(1)}` }))
  const stored = async (expected: typeof rows): Promise<void> => {
    const got = await s.right(
      Q.all(
        pipe(
          Q.from(wide),
          Q.orderBy(r => [X.asc(r.id)]),
        ),
      ),
    )
    assert.is(got.length, expected.length)
    assert.ok(got.every((row, i) => row.id === expected[i]?.id && row.body === expected[i]?.body))
  }
  /** A program that exceeds a limit of the server succeeds, or is refused with the name of the limit. */
  const orRefused = async <A>(program: Program.Program<Program.Db, DbError, A>, right: (a: A) => void): Promise<void> => {
    const answer = await s.run(program)
    if (E.isRight(answer)) right(answer.right)
    else {
      assert.is(answer.left._tag, 'ValueTooLong', JSON.stringify(answer.left).slice(0, 300))
      assert.match(answer.left.message, /larger than the server allows \(max_allowed_packet/)
      assert.match(engine.name, /mariadb|mysql/)
    }
  }
  test.before(() => s.create(wide))

  test('1,000 rows of 20 KB are inserted, upserted and updated', async () => {
    assert.is(await s.right(C.run(C.insertMany(wide)(rows))), 1_000)
    await stored(rows)
    assert.is(await s.right(C.run(C.upsertMany(wide)({ target: ['id'], update: ['body'] })(changed))), 1_000)
    await stored(changed)
    assert.is(await s.right(C.run(C.updateMany(wide)(['id'])(rows))), 1_000)
    await stored(rows)
    await s.right(C.run(C.delete(wide)(C.everywhere)))
    const back = await s.right(C.run(C.returning((r: { readonly id: X.Expr<number> }) => r.id)(C.insertMany(wide)(rows) as never)))
    assert.equal(
      back,
      rows.map(r => r.id),
    )
  })

  test('20 MB in one value that is computed: all of it, or the limit', async () => {
    await orRefused(Q.all(Q.of({ all: Q.many(Q.from(wide)) })), ([row]) => assert.is(row?.all.length, 1_000))
    const joined = pipe(
      Q.from(wide),
      Q.aggregate(r => ({ all: A.stringAgg(r.body, ',') })),
    )
    await orRefused(Q.all(joined), ([row]) => assert.is(row?.all?.length, 20_000_999))
    await orRefused(
      Q.all(
        pipe(
          joined,
          Q.map(r => X.length(X.coalesce(r.all, ''))),
        ),
      ),
      answer => assert.equal(answer, [20_000_999]),
    )
    const large = pipe(
      Q.from(wide),
      Q.where(r => X.lt(r.id, 2)),
      Q.map(r => X.length(X.repeat(r.body, 4_000))),
    )
    await orRefused(Q.all(large), answer => assert.equal(answer, [80_000_000, 80_000_000]))
  })

  test('20 MB in a value that is given: written, or the limit', async () => {
    const row = { id: 5_000, body: 'y'.repeat(20_000_000) }
    await orRefused(C.run(C.insert(wide)(row)), n => assert.is(n, 1))
    await orRefused(C.run(C.update(wide)({ body: row.body }, r => X.eq(r.id, 1))), n => assert.is(n, 1))
    await orRefused(
      Q.count(
        pipe(
          Q.from(wide),
          Q.where(r => X.eq(r.body, row.body)),
        ),
      ),
      n => assert.is(n, 2),
    )
    await s.drop(wide)
  })
  test.run()
}

for (const engine of engines) manyBytes(engine)
