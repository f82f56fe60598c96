/**
 * Large commands and queries: all of it or nothing, and a result or a typed refusal.
 *
 * 40,000 rows are more than the parameters of one statement, so an insert is several statements; the last row is the one that fails. Lists,
 * expressions and nested collections grow until an engine refuses them, with an error that says why.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { codec, int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, SECRET, using } from './eachEngine.js'

const Short = t.refinement(t.string, v => v.length < 10, 'Short')
const plain = table('big', { id: int, label: text }, { primaryKey: ['id'] })
const short = table('big', { id: int, label: codec(Short)(text) }, { primaryKey: ['id'] })
const many = (n: number, last: (i: number) => object = () => ({})) =>
  Array.from({ length: n }, (_, i) => ({ id: i + 1, label: `r${i}`, ...(i === n - 1 ? last(i) : {}) }))

const large = (engine: Engine): void => {
  if (engine.name === 'sqlite in a file') return
  const test = suite(`large commands on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(plain)
    await s.right(C.run(C.insert(plain)({ id: 0, label: 'first' })))
  })
  test('40,000 rows of which the last one fails: none is there', async () => {
    const unique = await s.unchanged([plain], 'UniqueViolation', C.run(C.insertMany(plain)(many(40_000, () => ({ id: 0 })))))
    assert.is(unique.constraint, 'big_pkey')
    const bad = await s.unchanged([plain], 'ValidationError', C.run(C.insertMany(plain)(many(40_000, () => ({ label: 5 as never })))))
    assert.equal(bad.path, ['big', '39999', 'label'])
  })
  test('40,000 rows of which the last one does not come back: none is there', async () => {
    const rows = many(40_000, () => ({ label: X.concat(SECRET, SECRET) }))
    const insert = C.insertMany(short)(rows as never)
    const e = await s.unchanged(
      [plain],
      'DecodeError',
      C.run(
        pipe(
          insert,
          C.returning(x => ({ label: x.label })),
        ),
      ),
    )
    assert.equal([e.row, e.column], [39_999, 'label'])
  })
  test('the same in a transaction that goes on', async () => {
    const failing = C.run(C.insertMany(plain)(many(40_000, () => ({ id: 0 }))))
    const answer = await s.right(
      Program.transaction()<Program.Db, DbError, unknown>(env => async () => {
        await C.run(C.insert(plain)({ id: -1, label: 'kept' }))(env)()
        const failed = await Program.attempt(failing)(env)()
        assert.ok(E.isRight(failed) && E.isLeft(failed.right))
        return Q.count(Q.from(plain))(env)()
      }),
    )
    assert.is(answer, 2)
    assert.is(await s.right(C.run(C.delete(plain)(x => X.eq(x.id, -1)))), 1)
  })
  test('40,000 rows that are fine come back in order', async () => {
    const insert = C.insertMany(plain)(many(40_000))
    const back = (await s.right(
      Program.withRollback(
        C.run(
          pipe(
            insert,
            C.returning(x => x.id),
          ),
        ),
      ),
    )) as readonly number[]
    assert.is(back.length, 40_000)
    assert.ok(back.every((n, i) => n === i + 1))
    assert.is(await s.right(Q.count(Q.from(plain))), 1)
  })
  test('70,000 values in a list, or as rows: the answer, or Unsupported', async () => {
    const numbers = Array.from({ length: 70_000 }, (_, i) => i)
    const lists = [
      Q.count(
        pipe(
          Q.from(plain),
          Q.where(x => X.inList(x.id, numbers)),
        ),
      ),
      Q.count(
        pipe(
          Q.from(plain),
          Q.bind('v', x =>
            pipe(
              Q.values({ n: int })(numbers.map(n => ({ n }))),
              Q.where(v => X.eq(v.n, x.id)),
            ),
          ),
        ),
      ),
    ]
    for (const program of lists) {
      const answer = await s.run(program)
      if (E.isLeft(answer)) assert.is(answer.left._tag, 'Unsupported', answer.left.message)
      else assert.is(answer.right, 1)
    }
  })
  test('an expression of great depth or width: the answer, or a typed refusal', async () => {
    const deep = (n: number): X.Expr<number> => Array.from({ length: n }).reduce<X.Expr<number>>(e => X.plus(e, 1), X.lit(0))
    for (const n of [500, 5_000, 50_000]) {
      const answer = await s.run(Q.all(Q.of({ n: deep(n) })))
      if (E.isLeft(answer)) assert.is(answer.left._tag, 'Unsupported', `${n}: ${answer.left.message}`)
      else assert.equal(answer.right, [{ n }])
      await s.right(Q.count(Q.from(plain)))
    }
    const wide = await s.run(
      Q.count(
        pipe(
          Q.from(plain),
          Q.where(x => X.or(...Array.from({ length: 5_000 }, (_, i) => X.eq(x.id, i)))),
        ),
      ),
    )
    if (E.isLeft(wide)) assert.is(wide.left._tag, 'Unsupported', wide.left.message)
    else assert.is(wide.right, 1)
  })
  test('many within many, 60 levels: the answer, or a typed refusal', async () => {
    const nest = (n: number): any =>
      n === 0
        ? Q.from(plain)
        : pipe(
            Q.from(plain),
            Q.map(() => ({ m: Q.many(nest(n - 1)) })),
          )
    const answer = await s.run(Q.all(nest(60)))
    if (E.isLeft(answer)) assert.is(answer.left._tag, 'Unsupported', answer.left.message)
  })
  test.run()
}

for (const engine of engines) large(engine)
