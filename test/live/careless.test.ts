/**
 * Honest mistakes of callers: values changed after they were passed, a column used outside its query, waiting for ever, half a schema
 * dropped, a table that is too wide.
 *
 * A command is a value: it copies its values when it is built. A column has a meaning in its own query only. No result depends on the
 * engine; what an engine can't do is refused with a message.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { anyJson, arrayOf, bytes, int, nullable, text, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const values = table(
  'value',
  { id: int, at: timestamp, raw: bytes, doc: anyJson, list: arrayOf(text), more: nullable(arrayOf(bytes)) },
  { primaryKey: ['id'] },
)
const all = Q.from(values)
const fresh = () => ({
  id: 1,
  at: new Date(1_000),
  raw: new Uint8Array([1, 2]),
  doc: { a: [1] },
  list: ['x'],
  more: [new Uint8Array([3])],
})
type Given = ReturnType<typeof fresh>
const change = (v: Given): void => {
  v.at.setTime(5e9)
  v.raw[0] = 99
  v.doc.a.push(2)
  v.list.push('y')
  v.more[0]?.fill(98)
}
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const parents = table('parent', { id: int }, { primaryKey: ['id'] })
const children = table('child', { id: int, parentId: int }, { primaryKey: ['id'] })
const family = schema({ parents, children }, t => ({ children: { parent: fk(t.children.parentId, t.parents.id) } }))

const careless = (engine: Engine): void => {
  if (engine.name === 'sqlite in a file') return
  const test = suite(`careless callers on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.right(createAll(schema({ values })))
  })
  test.before.each(async () => {
    await s.right(C.run(C.delete(values)(C.everywhere)))
  })

  test('values that are changed after a command or query was built: it is what it was', async () => {
    const given = fresh()
    const insert = C.insert(values)(given)
    change(given)
    await s.right(C.run(insert))
    assert.equal(await s.rows(values), [fresh()])

    const other = fresh()
    const update = C.update(values)(other, C.everywhere)
    const found = pipe(
      all,
      Q.where(x => X.and(X.eq(x.at, other.at), X.eq(x.raw, other.raw))),
    )
    const eager = Q.values({ at: timestamp, raw: bytes })([{ at: other.at, raw: other.raw }])
    const prepared = Q.prepare({ at: timestamp }, p =>
      pipe(
        all,
        Q.where(x => X.eq(x.at, p.at)),
      ),
    )({ at: other.at })
    const lit = X.lit(other.at)
    assert.is((await s.right(Q.all(found))).length, 1)
    change(other)
    await s.right(C.run(update))
    assert.equal(await s.rows(values), [fresh()])
    assert.equal(await s.right(Q.all(eager)), [{ at: new Date(1_000), raw: new Uint8Array([1, 2]) }])
    assert.is((await s.right(Q.all(prepared))).length, 1)
    assert.equal(await s.right(Q.all(Q.of({ lit }))), [{ lit: new Date(1_000) }])
  })
  test('rows that are changed after they were read: the database is what it was', async () => {
    await s.right(C.run(C.insert(values)(fresh())))
    const updated = C.run(
      pipe(
        C.update(values)({ id: 1 }, C.everywhere),
        C.returning(x => x),
      ),
    )
    const reads: readonly Program.Program<Program.Db, DbError, unknown>[] = [Q.all(all), updated]
    for (const read of reads) {
      const [row] = (await s.right(read as Program.Program<Program.Db, DbError, readonly any[]>)) as readonly Given[]
      change(row as Given)
    }
    const nested = await s.right(Q.all(Q.of({ m: Q.many(all) })))
    change(nested[0]?.m[0] as unknown as Given)
    assert.equal(await s.rows(values), [fresh()])
  })
  test('rows and lists that are handed over are not changed', async () => {
    const given = Object.freeze([Object.freeze(fresh()), Object.freeze({ ...fresh(), id: 2 })])
    await s.right(C.run(C.insertMany(values)(given)))
    assert.equal(await s.rows(values), [fresh(), { ...fresh(), id: 2 }])
  })
  test('a command and a query may be run again, at the same time too', async () => {
    const update = C.run(C.update(values)(x => ({ id: X.plus(x.id, 1) }), C.everywhere))
    await s.right(C.run(C.insert(values)(fresh())))
    await Promise.all(Array.from({ length: 20 }, () => s.right(update)))
    const read = Q.all(
      pipe(
        all,
        Q.map(x => x.id),
      ),
    )
    assert.equal(
      await Promise.all(Array.from({ length: 20 }, () => s.right(read))),
      Array.from({ length: 20 }, () => [21]),
    )
  })
  test('3,000 operations at once', async () => {
    const answers = await Promise.all(Array.from({ length: 3_000 }, (_, i) => s.run(Q.all(Q.of({ i: X.lit(i) })))))
    assert.ok(answers.every((a, i) => E.isRight(a) && a.right[0]?.i === i))
  })

  if (engine.sql) {
    test('a column that was carried out of its query is refused, not taken for another', async () => {
      let leaked: X.Expr<number> = X.lit(0)
      const other = Q.values({ a: int, b: int })([{ a: 1, b: 5 }])
      await s.right(
        Q.all(
          pipe(
            all,
            Q.where(x => {
              leaked = x.id
              return X.lit(true)
            }),
          ),
        ),
      )
      const uses: readonly Q.Query<any, any>[] = [
        pipe(
          other,
          Q.map(v => ({ a: v.a, leaked })),
        ),
        pipe(
          other,
          Q.where(v => X.eq(v.a, leaked)),
        ),
        pipe(
          other,
          Q.orderBy(() => [X.asc(leaked)]),
        ),
        pipe(
          other,
          Q.bind('x', () =>
            pipe(
              all,
              Q.where(() => X.eq(leaked, 1)),
            ),
          ),
        ),
        Q.of({ leaked }),
        pipe(
          all,
          Q.map(() => ({ leaked })),
        ),
      ]
      for (const q of uses) {
        const e = await s.left('ValidationError', Q.all(q))
        assert.match(e.message, /scope|query/)
      }
      await s.left('ValidationError', C.run(C.update(values)({ id: leaked as never }, C.everywhere)))
      await s.left('ValidationError', C.run(C.delete(values)(() => X.eq(leaked, 1))))
    })
    test('a column that was carried out of a sub-query is refused', async () => {
      let leaked: X.Expr<number> = X.lit(0)
      const sub = pipe(
        Q.values({ a: int })([{ a: 1 }]),
        Q.where(v => {
          leaked = v.a
          return X.lit(true)
        }),
      )
      await s.right(C.run(C.insert(values)(fresh())))
      const q = pipe(
        all,
        Q.where(() => X.exists(sub)),
        Q.map(() => ({ leaked })),
      )
      const e = await s.left('ValidationError', Q.all(q))
      assert.match(e.message, /scope|query/)
    })
  }

  test('dropAll of a table that others refer to: the same on each engine, and nothing is left dangling', async () => {
    await s.right(createAll(family))
    await s.right(C.run(C.insert(parents)({ id: 1 })))
    await s.right(C.run(C.insert(children)({ id: 1, parentId: 1 })))
    const e = await s.unchanged([parents, children], 'SchemaConflict', dropAll(schema({ parents })))
    assert.is(e.object, 'parent')
    assert.match(e.message, /child/)
    await s.left('ForeignKeyViolation', C.run(C.insert(children)({ id: 2, parentId: 9 })))
    await s.right(dropAll(schema({ children })))
    await s.right(dropAll(schema({ parents })))
  })
  test('dropAll of a cycle, with rows in it', async () => {
    const a = table('ring_a', { id: int, b: nullable(int), self: nullable(int) }, { primaryKey: ['id'] })
    const b = table('ring_b', { id: int, a: nullable(int) }, { primaryKey: ['id'] })
    const ring = schema({ a, b }, t => ({ a: { next: fk(t.a.b, t.b.id), self: fk(t.a.self, t.a.id) }, b: { next: fk(t.b.a, t.a.id) } }))
    for (let round = 0; round < 2; round += 1) {
      await s.right(createAll(ring))
      await s.right(C.run(C.insert(a)({ id: 1, self: 1 })))
      await s.right(C.run(C.insert(b)({ id: 1, a: 1 })))
      await s.right(C.run(C.update(a)({ b: 1 }, C.everywhere)))
      await s.right(dropAll(ring))
      await s.left('SchemaConflict', Q.all(Q.from(a)))
      await s.left('SchemaConflict', Q.all(Q.from(b)))
    }
  })

  test('a column that refers to itself: every row does, or it is refused', async () => {
    const own = table('own', { id: int }, { primaryKey: ['id'] })
    const tables = schema({ own }, t => ({ own: { self: fk(t.own.id, t.own.id) } }))
    const made = await s.run(createAll(tables))
    if (E.isLeft(made)) {
      assert.is(made.left._tag, 'Unsupported', made.left.message)
      return
    }
    await s.right(C.run(C.insert(own)({ id: 1 })))
    await s.right(dropAll(tables))
  })

  const wide = (n: number) => table('wide', Object.fromEntries(Array.from({ length: n }, (_, i) => [`c${i}`, int])))
  test('tables that are wide: they work, or are refused as too large', async () => {
    for (const n of [1_000, 1_601, 2_100]) {
      const t = wide(n)
      const row = Object.fromEntries(Array.from({ length: n }, (_, i) => [`c${i}`, i]))
      const made = await s.run(createAll(schema({ t })))
      if (E.isLeft(made)) {
        assert.is(made.left._tag, 'Unsupported', made.left.message)
        continue
      }
      await s.right(C.run(C.insert(t)(row)))
      assert.equal(await s.rows(t), [row])
      const twice = await s.run(
        Q.all(
          pipe(
            Q.Do,
            Q.bind('a', () => Q.from(t)),
            Q.bind('b', () => Q.from(t)),
          ),
        ),
      )
      if (E.isLeft(twice)) assert.is(twice.left._tag, 'Unsupported', twice.left.message)
      else assert.equal(twice.right, [{ a: row, b: row }])
      await s.drop(t)
    }
  })
  test('null for what is given to values or a prepared query', async () => {
    const none = null as never
    const prepared = Q.prepare({ n: int }, p =>
      pipe(
        all,
        Q.where(x => X.eq(x.id, p.n)),
      ),
    )
    for (const q of [() => Q.values({ n: int })(none), () => Q.values({ n: int })([none]), () => prepared(none)] as readonly (() => Q.Query<
      any,
      any
    >)[]) {
      await s.left('ValidationError', Q.all(q()))
    }
  })
  test('a text of 8 million characters', async () => {
    const long = 'aé😀\n'.repeat(2_000_000)
    const read = Q.all(Q.of({ long: X.lit(long), n: X.length(X.lit(long)) }))
    if (engine.longestStatement !== null && 2 * Buffer.byteLength(long) > engine.longestStatement) {
      const answer = await s.run(read)
      // the server may hang up before it has got so much
      assert.ok(E.isLeft(answer) && ['ValueTooLong', 'ConnectionError'].includes(answer.left._tag), JSON.stringify(answer).slice(0, 200))
      return
    }
    const [row] = await s.right(read)
    assert.ok(row?.long === long)
    assert.is(row?.n, 8_000_000)
  })
  test.run()
}

const waiting = (engine: Engine): void => {
  if (engine.name !== 'memory' && engine.name !== 'sqlite') return
  const test = suite(`times that are none on ${engine.name}`)
  for (const limit of [Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 53]) {
    test(`acquireTimeout and idleTimeout of ${limit} ms are long, not short`, async () => {
      const opened = await engine.open({ acquireTimeout: limit })()
      assert.ok(E.isRight(opened))
      const { db } = { db: (opened as E.Right<any>).right as Program.Db['db'] & { close: () => Promise<unknown> } }
      const slow = Program.transaction()<Program.Db, DbError, number>(() => async () => {
        await wait(30)
        return E.right(1)
      })({ db })()
      assert.equal(await Q.all(Q.of({ n: X.lit(1) }))({ db })(), E.right([{ n: 1 }]))
      assert.equal(await slow, E.right(1))
      const iterator = Q.stream(Q.values({ n: int })([{ n: 1 }, { n: 2 }]), { size: 1, idleTimeout: limit })({ db })[Symbol.asyncIterator]()
      await iterator.next()
      await wait(20)
      assert.equal(await iterator.next(), { done: false, value: E.right({ n: 2 }) })
      await iterator.return?.()
      await db.close()
    })
  }
  test.run()
}

for (const engine of engines) {
  careless(engine)
  waiting(engine)
}
