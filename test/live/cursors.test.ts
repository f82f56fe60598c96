/**
 * Folds in chunks and streams: all rows, in constant memory, and every cursor is closed on every exit.
 *
 * A cursor shows the rows as of its opening, whatever is written between its chunks. It ends with its transaction. A stream opens nothing
 * before it is read, closes its cursor on every exit, and yields an error as its last element. A runner that wraps that of the engine
 * counts what is still open.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { codec, int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { asc, desc, eq, gt, lit, lt, plus, times } from '../../lib/Expr.js'
import type { Cursor, Interpreter, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { note, suite } from '../suite.js'
import { type Engine, engines, sameRows, using } from './eachEngine.js'

const ROWS = 2_500
const items = table('item', { id: int, label: nullable(text) }, { primaryKey: ['id'] })
const all = pipe(
  Q.from(items),
  Q.orderBy(x => [asc(x.id)]),
)
const ids = pipe(
  all,
  Q.map(x => x.id),
)
const rows = Array.from({ length: ROWS }, (_, i) => ({ id: i, label: i % 7 === 0 ? null : `r${i}` }))
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** An interpreter that counts the cursors that are open, inside transactions too. */
const counted = (db: Interpreter<SqlOp>) => {
  const seen = { opened: 0, open: 0, failClose: false }
  const wrap = (inner: Interpreter<SqlOp>): Interpreter<SqlOp> => ({
    capabilities: inner.capabilities,
    transaction: (options, use) => inner.transaction(options, tx => use(wrap(tx))),
    perform: op => async () => {
      const answer = await inner.perform(op)()
      if (op.tag !== 'cursor' || E.isLeft(answer)) return answer
      seen.opened += 1
      seen.open += 1
      const cursor = answer.right as Cursor<unknown>
      let closed = false
      const close = async () => {
        if (!closed) seen.open -= 1
        closed = true
        return cursor.close()
      }
      return E.right({ next: cursor.next, close } as typeof answer.right)
    },
  })
  return { seen, env: { db: wrap(db) } }
}

const collect = async <A>(stream: AsyncIterable<A>): Promise<readonly A[]> => {
  const found: A[] = []
  for await (const item of stream) found.push(item)
  return found
}

const folds = (engine: Engine): void => {
  const test = suite(`chunks on ${engine.name}`)
  const s = using(engine, test, { acquireTimeout: 1_000, max: 40, statementTimeout: 1_000 })
  test.before(async () => {
    await s.right(createAll(schema({ items })))
    await s.right(C.run(C.insertMany(items)(rows)))
  })

  for (const size of [1, 2, 7, 1_000, ROWS - 1, ROWS, ROWS + 1, 1_000_000]) {
    test(`of ${size}: every row once, in order, no chunk larger and only the last one smaller`, async () => {
      const q = size < 7 ? pipe(ids, Q.limit(301)) : ids
      const expected = size < 7 ? 301 : ROWS
      const chunks = await s.right(
        Q.foldChunks<number, readonly (readonly number[])[]>([], (found, chunk) => [...found, chunk], { size })(q),
      )
      assert.equal(
        chunks.flat(),
        Array.from({ length: expected }, (_, i) => i),
      )
      assert.ok(chunks.slice(0, -1).every(c => c.length === size))
      assert.ok(chunks.every(c => c.length > 0 && c.length <= size))
    })
  }
  test('of no rows: the step is never called', async () => {
    assert.is(await s.right(Q.foldChunks('initial', () => 'called')(pipe(ids, Q.limit(0)))), 'initial')
    assert.is(await s.right(Q.foldChunks('initial', () => 'called')(Q.zero)), 'initial')
    assert.equal(await collect(Q.stream(Q.zero)(s)), [])
  })
  test('1,000 rows a chunk unless told', async () => {
    assert.equal(
      await s.right(Q.foldChunks<number, readonly number[]>([], (sizes, chunk) => [...sizes, chunk.length])(ids)),
      [1_000, 1_000, 500],
    )
  })
  test('nested rows, mapRow, sorted and grouped queries', async () => {
    const q = pipe(
      all,
      Q.where(x => lt(x.id, engine.sql ? 30 : 6)),
      Q.map(x => ({
        id: x.id,
        next: Q.first(
          pipe(
            Q.from(items),
            Q.where(y => eq(y.id, plus(x.id, 1))),
            Q.map(y => y.id),
          ),
        ),
        few: Q.many(
          pipe(
            ids,
            Q.where(y => lt(y, 2)),
            Q.limit(2),
          ),
        ),
      })),
      Q.mapRow(x => ({ ...x, mapped: true })),
    )
    const found = await s.right(Q.foldChunks<unknown, readonly unknown[]>([], (a, b) => [...a, ...b], { size: 4 })(q))
    assert.equal(found, await s.right(Q.all(q)))
    assert.equal(found[3], { id: 3, next: O.some(4), few: [0, 1], mapped: true })
    const turned = await s.right(
      Q.foldChunks<number, readonly number[]>([], (a, b) => [...a, ...b], { size: 999 })(
        pipe(
          ids,
          Q.orderBy(x => [desc(x)]),
        ),
      ),
    )
    assert.is(turned.length, ROWS)
  })
  test('a prepared query, twice with other values', async () => {
    const under = Q.prepare({ n: int }, p =>
      pipe(
        ids,
        Q.where(x => lt(x, p.n)),
      ),
    )
    for (const n of [10, 3])
      assert.equal(
        await s.right(Q.foldChunks<number, readonly number[]>([], (a, b) => [...a, ...b], { size: 2 })(under({ n }))),
        Array.from({ length: n }, (_, i) => i),
      )
  })

  test('the cursor is closed when all is read, when the step throws, rejects, or a row does not decode', async () => {
    const narrow = table('item', { id: codec(t.refinement(t.number, n => n < 1_500, 'Below1500'))(int) }, { primaryKey: ['id'] })
    const strict = pipe(
      Q.from(narrow),
      Q.orderBy(x => [asc(x.id)]),
    )
    const boom = (): never => {
      throw new Error('boom')
    }
    const cases: readonly (readonly [string, Program.Program<Program.Db, DbError, unknown>])[] = [
      ['none', Q.foldChunks(0, n => n + 1)(ids)],
      ['CallbackFailed', Q.foldChunks(0, boom)(ids)],
      ['CallbackFailed', Q.foldChunks(0, async () => boom())(ids)],
      ['CallbackFailed', Q.foldChunks(0, n => (n === 1 ? boom() : n + 1))(ids)],
      ['CallbackFailed', Q.foldChunks(0, n => n)(pipe(ids, Q.mapRow(boom)))],
      ['DecodeError', Q.foldChunks(0, n => n + 1)(strict)],
    ]
    for (const inTransaction of [false, true]) {
      for (const [tag, program] of cases) {
        const { seen, env } = counted(s.db)
        const answer = await (inTransaction ? Program.attempt(program) : program)(env)()
        const inner: any = inTransaction ? (answer as any).right : answer
        assert.is(E.isLeft(inner) ? (inner as any).left._tag : 'none', tag)
        // The model computes all rows when the cursor is opened, and fails there.
        if (engine.sql || tag === 'none') assert.is(seen.opened, 1, tag)
        assert.is(seen.open, 0, tag)
      }
    }
  })
  test('a row that does not decode is counted from the beginning', async () => {
    const narrow = table('item', { id: codec(t.refinement(t.number, n => n !== 1_234, 'Not1234'))(int) }, { primaryKey: ['id'] })
    const e = await s.left(
      'DecodeError',
      Q.foldChunks(0, n => n, { size: 100 })(
        pipe(
          Q.from(narrow),
          Q.orderBy(x => [asc(x.id)]),
        ),
      ),
    )
    assert.equal([e.row, e.column], [1_234, 'id'])
  })

  const changes: readonly (readonly [string, Program.Program<Program.Db, DbError, unknown>])[] = [
    [
      'inserts',
      C.run(
        C.insertMany(items)([
          { id: 5_000, label: 'new' },
          { id: -1, label: 'new' },
        ]),
      ),
    ],
    ['updates', C.run(C.update(items)(x => ({ id: plus(times(x.id, -1), -1), label: 'changed' }), C.everywhere))],
    ['deletes', C.run(C.delete(items)(C.everywhere))],
    ['drops the table', dropAll(schema({ items }))],
  ]
  for (const [name, change] of changes) {
    for (const inTransaction of [false, true]) {
      test(`a step that ${name}, ${inTransaction ? 'in' : 'out of'} a transaction: the rows are those of the opening`, async () => {
        const program: Program.Program<Program.Db, DbError, readonly unknown[]> = env =>
          Q.foldChunks<unknown, readonly unknown[]>(
            [],
            async (found, chunk) => {
              if (found.length !== 1_000) return [...found, ...chunk]
              const changed = await Program.attempt(change)(env)()
              const refused = E.isRight(changed) && E.isLeft(changed.right) ? (changed.right.left as DbError)._tag : null
              // Postgres drops no table under an open cursor; from another connection it waits, until it gives up.
              const expected = !engine.transactionalDdl ? 'Unsupported' : engine.single || inTransaction ? 'SchemaConflict' : 'Timeout'
              assert.ok(refused === null || (name === 'drops the table' && refused === expected), `${refused}`)
              return [...found, ...chunk]
            },
            { size: 500 },
          )(all)(env)
        const restored = async (): Promise<void> => {
          await s.right(dropAll(schema({ items })))
          await s.right(createAll(schema({ items })))
          await s.right(C.run(C.insertMany(items)(rows)))
        }
        if (inTransaction) {
          sameRows(await s.right(Program.withRollback(program)), rows)
          sameRows(await s.rows(items), rows, 'undone')
        } else {
          const answer = await s.run(program)
          await restored()
          assert.ok(E.isRight(answer), E.isLeft(answer) ? answer.left.message : '')
          sameRows((answer as E.Right<readonly unknown[]>).right, rows)
        }
      })
    }
  }
  test('a transaction between two chunks, committed and rolled back', async () => {
    const { seen, env } = counted(s.db)
    const found = await Q.foldChunks<unknown, number>(
      0,
      async (n, chunk) => {
        assert.is(await s.right(Program.withRollback(C.run(C.delete(items)(C.everywhere)))), ROWS)
        assert.ok(E.isRight(await s.run(Program.transaction()(C.run(C.update(items)({ label: 'x' }, x => eq(x.id, 0)))))))
        return n + chunk.length
      },
      { size: 500 },
    )(all)(env)()
    assert.equal(found, E.right(ROWS))
    assert.equal([seen.opened, seen.open], [1, 0])
    await s.right(C.run(C.update(items)({ label: null as never }, x => lt(x.id, 0))))
    await s.right(
      C.run(
        C.update(items)(
          x => ({ label: x.label }),
          x => lt(x.id, 0),
        ),
      ),
    )
    await s.right(C.run(C.delete(items)(x => eq(x.id, 0))))
    await s.right(C.run(C.insert(items)(rows[0] as (typeof rows)[number])))
  })
  test('a failing statement, and an attempt that is undone, between two chunks of a transaction', async () => {
    const program: Program.Program<Program.Db, DbError, number> = env =>
      Q.foldChunks<unknown, number>(
        0,
        async (n, chunk) => {
          const failed = await Program.attempt(C.run(C.insert(items)({ id: 0 })))(env)()
          assert.ok(E.isRight(failed) && E.isLeft(failed.right))
          await Program.attempt(Program.withRollback(C.run(C.delete(items)(C.everywhere))))(env)()
          return n + chunk.length
        },
        { size: 500 },
      )(all)(env)
    assert.is(await s.right(Program.transaction()(program)), ROWS)
  })
  test('two folds, one in the other, and ten at once', async () => {
    const nested = await s.right(
      Q.foldChunks<number, number>(
        0,
        async (n, chunk) => n + chunk.length + (await s.right(Q.foldChunks<number, number>(0, (m, c) => m + c.length)(ids))),
        { size: 1_000 },
      )(ids),
    )
    assert.is(nested, ROWS + 3 * ROWS)
    const ten = await Promise.all(
      Array.from({ length: 10 }, () =>
        s.right(Q.foldChunks<number, number>(0, (n, c) => wait(1).then(() => n + c.length), { size: 300 })(ids)),
      ),
    )
    assert.ok(ten.every(n => n === ROWS))
  })
  test('a cursor that is abandoned ends with its transaction', async () => {
    const { env, seen } = counted(s.db)
    let cursor: Cursor<unknown> | undefined
    const program: Program.Program<Program.Db, DbError, number> = tx => async () => {
      const opened = await tx.db.perform<Cursor<unknown>>({ tag: 'cursor', query: all as never, size: 10 })()
      cursor = (opened as E.Right<Cursor<unknown>>).right
      await cursor.next()
      return E.right(1)
    }
    for (const p of [Program.transaction()(program), Program.withRollback(program), Program.attempt(program)] as readonly Program.Program<
      Program.Db,
      DbError,
      unknown
    >[]) {
      assert.ok(E.isRight(await p(env)()))
      const late = await (cursor as Cursor<unknown>).next()
      assert.ok(E.isLeft(late) && late.left._tag === 'Closed' && late.left.what === 'cursor')
      assert.equal(await (cursor as Cursor<unknown>).close(), E.right(undefined))
      await s.right(C.run(C.update(items)(x => ({ label: x.label }), C.everywhere)))
    }
    assert.is(seen.open, 0)
  })
  test('a cursor of a nested transaction ends with that, one of the outer one stays', async () => {
    const open = (env: Program.Db) =>
      env.db
        .perform<Cursor<unknown>>({ tag: 'cursor', query: all as never, size: 10 })()
        .then(a => (a as E.Right<Cursor<unknown>>).right)
    await s.right(
      Program.transaction()<Program.Db, DbError, void>(env => async () => {
        const outer = await open(env)
        await outer.next()
        let inner: Cursor<unknown> | undefined
        await Program.withRollback<Program.Db, DbError, number>(nested => async () => {
          inner = await open(nested)
          await inner.next()
          return E.right(1)
        })(env)()
        const late = await (inner as Cursor<unknown>).next()
        assert.ok(E.isLeft(late) && late.left._tag === 'Closed')
        const more = await outer.next()
        assert.ok(E.isRight(more) && more.right.length === 10)
        return E.right(undefined)
      }),
    )
  })
  test('30 abandoned cursors outside of transactions: the runner goes on, writes too', async () => {
    const cursors = await Promise.all(
      Array.from({ length: 30 }, () => s.db.perform<Cursor<unknown>>({ tag: 'cursor', query: all as never, size: 2 })()),
    )
    for (const c of cursors) if (E.isRight(c)) await c.right.next()
    await s.right(C.run(C.update(items)(x => ({ label: x.label }), C.everywhere)))
    for (const c of cursors) if (E.isRight(c)) assert.equal(await c.right.close(), E.right(undefined))
  })
  test.run()
}

const streams = (engine: Engine): void => {
  const test = suite(`streams on ${engine.name}`)
  const s = using(engine, test, { acquireTimeout: 1_000 })
  test.before(async () => {
    await s.right(createAll(schema({ items })))
    await s.right(C.run(C.insertMany(items)(rows)))
  })

  test('all rows one by one; nothing is opened before the first next', async () => {
    const { seen, env } = counted(s.db)
    const stream = Q.stream(ids, { size: 100 })(env)
    const iterator = stream[Symbol.asyncIterator]()
    await wait(5)
    assert.is(seen.opened, 0)
    assert.equal(await iterator.next(), { done: false, value: E.right(0) })
    assert.equal([seen.opened, seen.open], [1, 1])
    assert.equal(
      await collect(stream),
      Array.from({ length: ROWS }, (_, i) => E.right(i)),
      'a second iterator begins again',
    )
    assert.equal([seen.opened, seen.open], [2, 1])
    assert.equal(await iterator.return?.(), { done: true, value: undefined })
    assert.is(seen.open, 0)
  })
  test('closed by break, by a throw in the loop, by an early return', async () => {
    const { seen, env } = counted(s.db)
    for await (const item of Q.stream(ids)(env)) if (E.isRight(item) && item.right === 3) break
    assert.equal([seen.opened, seen.open], [1, 0])
    const throwing = async (): Promise<void> => {
      for await (const item of Q.stream(ids)(env)) if (E.isRight(item) && item.right === 1_700) throw new Error('mine')
    }
    await throwing().then(
      () => assert.unreachable(),
      e => assert.is(e.message, 'mine'),
    )
    assert.equal([seen.opened, seen.open], [2, 0])
    const returning = async (): Promise<number> => {
      for await (const item of Q.stream(ids)(env)) if (E.isRight(item)) return item.right
      return -1
    }
    assert.is(await returning(), 0)
    assert.equal([seen.opened, seen.open], [3, 0])
  })
  test('closed by return and throw of the iterator, also before the first next, twice, and then done for ever', async () => {
    const { seen, env } = counted(s.db)
    for (const end of ['return', 'throw'] as const) {
      const fresh = Q.stream(ids)(env)[Symbol.asyncIterator]()
      assert.is((await fresh[end]?.())?.done, true)
      assert.is((await fresh.next()).done, true)
      const begun = Q.stream(ids)(env)[Symbol.asyncIterator]()
      await begun.next()
      assert.is((await begun[end]?.())?.done, true)
      assert.is((await begun[end]?.())?.done, true)
      assert.is((await begun.next()).done, true)
    }
    assert.equal([seen.opened, seen.open], [2, 0])
  })
  test('next called many times at once answers each row once, in order; then done', async () => {
    const { seen, env } = counted(s.db)
    const iterator = Q.stream(pipe(ids, Q.limit(50)), { size: 7 })(env)[Symbol.asyncIterator]()
    const answers = await Promise.all(Array.from({ length: 60 }, () => iterator.next()))
    assert.equal(
      answers.slice(0, 50).map(a => a.value),
      Array.from({ length: 50 }, (_, i) => E.right(i)),
    )
    assert.ok(answers.slice(50).every(a => a.done === true && a.value === undefined))
    assert.equal([seen.opened, seen.open], [1, 0])
  })
  test('return while next is under way: the cursor is closed', async () => {
    const { seen, env } = counted(s.db)
    const iterator = Q.stream(ids)(env)[Symbol.asyncIterator]()
    const [first, ended, later] = await Promise.all([iterator.next(), iterator.return?.(), iterator.next()])
    assert.equal(first, { done: false, value: E.right(0) })
    assert.is(ended?.done, true)
    assert.is(later.done, true)
    assert.equal([seen.opened, seen.open], [1, 0])
  })
  test('an error is the last element: at opening, in the middle, of a callback', async () => {
    const narrow = table('item', { id: codec(t.refinement(t.number, n => n < 25, 'Below25'))(int) }, { primaryKey: ['id'] })
    const cases: readonly (readonly [string, number, Q.Query<any, any>])[] = [
      ['SchemaConflict', 0, Q.from(table('nowhere', { id: int }))],
      ['ValidationError', 0, pipe(ids, Q.limit(-1))],
      [
        'DecodeError',
        20,
        pipe(
          Q.from(narrow),
          Q.orderBy(x => [asc(x.id)]),
        ),
      ],
      [
        'CallbackFailed',
        0,
        pipe(
          ids,
          Q.mapRow(() => {
            throw new Error('boom')
          }),
        ),
      ],
    ]
    for (const [tag, before, q] of cases) {
      const { seen, env } = counted(s.db)
      const found = await collect(Q.stream(q, { size: 10 })(env))
      assert.is(found.length, engine.sql ? before + 1 : 1, tag)
      assert.ok(found.slice(0, -1).every(E.isRight))
      const last = found.at(-1) as E.Either<DbError, unknown>
      assert.is(E.isLeft(last) && last.left._tag, tag)
      assert.is(seen.open, 0)
    }
  })
  test('nobody reads for a while: the cursor is given back, and the next read says so', async () => {
    const { seen, env } = counted(s.db)
    const iterator = Q.stream(ids, { size: 2, idleTimeout: 30 })(env)[Symbol.asyncIterator]()
    await iterator.next()
    assert.is(seen.open, 1)
    await wait(120)
    assert.is(seen.open, 0)
    const late = await iterator.next()
    assert.not(late.done === true, 'a stream that was cut off looks like one that is at its end')
    assert.ok(E.isLeft(late.value) && ['Timeout', 'Closed'].includes((late.value.left as DbError)._tag))
    assert.is((await iterator.next()).done, true)
  })
  test('who reads slowly, but reads, is not cut off', async () => {
    const iterator = Q.stream(pipe(ids, Q.limit(6)), { size: 2, idleTimeout: 60 })(s)[Symbol.asyncIterator]()
    const found: unknown[] = []
    for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) {
      found.push(item.value)
      await wait(25)
    }
    assert.equal(
      found,
      Array.from({ length: 6 }, (_, i) => E.right(i)),
    )
  })
  test('in a transaction: read within it; after it the next read is an error, not the end', async () => {
    let left: AsyncIterator<E.Either<DbError, number>> | undefined
    await s.right(
      Program.transaction()<Program.Db, DbError, void>(env => async () => {
        assert.is((await collect(Q.stream(ids)(env))).length, ROWS)
        left = Q.stream(ids, { size: 5 })(env)[Symbol.asyncIterator]()
        await left.next()
        return E.right(undefined)
      }),
    )
    const answers: IteratorResult<E.Either<DbError, number>>[] = []
    for (let i = 0; i < 6; i += 1) answers.push(await (left as AsyncIterator<E.Either<DbError, number>>).next())
    const error = answers.find(a => a.done !== true && E.isLeft(a.value))
    assert.ok(
      error !== undefined && error.done !== true && E.isLeft(error.value) && error.value.left._tag === 'Closed',
      JSON.stringify(answers),
    )
  })
  test('writes between two reads do not show', async () => {
    const iterator = Q.stream(ids, { size: 10 })(s)[Symbol.asyncIterator]()
    const found: unknown[] = [(await iterator.next()).value]
    await s.right(C.run(C.delete(items)(x => gt(x.id, 5))))
    for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) found.push(item.value)
    await s.right(C.run(C.insertMany(items)(rows.slice(6))))
    assert.is(found.length, ROWS)
  })
  test('20 streams at once, some of them left in the middle', async () => {
    const { seen, env } = counted(s.db)
    const counts = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        let n = 0
        for await (const item of Q.stream(pipe(ids, Q.limit(200)), { size: 9 })(env)) {
          assert.equal(item, E.right(n))
          n += 1
          if (i % 2 === 0 && n === 50) break
        }
        return n
      }),
    )
    assert.equal(
      counts,
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 50 : 200)),
    )
    assert.equal([seen.opened, seen.open], [20, 0])
  })
  test('head and option of a null are told apart from no row', async () => {
    const label = pipe(
      Q.from(items),
      Q.where(x => eq(x.id, 0)),
      Q.map(x => x.label),
    )
    assert.equal(await s.right(Q.all(label)), [null])
    assert.equal(await s.right(Q.option(label)), O.some(null))
    assert.equal(await s.right(Q.head(label)), O.some(null))
    assert.equal(await s.right(Q.head(pipe(label, Q.limit(0)))), O.none)
  })
  test.run()
}

/** 200,000 rows of some length, made by the engine itself. */
const many = pipe(
  Q.from(items),
  Q.where(x => lt(x.id, 500)),
  Q.bind('b', () =>
    pipe(
      Q.from(items),
      Q.where(y => lt(y.id, 400)),
    ),
  ),
  Q.map(x => ({ n: plus(times(x.id, 1_000), x.b.id), text: lit('some text that takes a little room, as texts do') })),
)
const used = (): number => {
  ;(globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const memoryUse = (engine: Engine): void => {
  if (!engine.sql || engine.name === 'sqlite in a file') return
  const test = suite(`200,000 rows on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    ;(globalThis as { gc?: () => void }).gc = runInNewContext('gc')
    await s.right(createAll(schema({ items })))
    await s.right(C.run(C.insertMany(items)(rows)))
  })
  const LIMIT = 24

  test('a fold needs no more memory than some chunks do', async () => {
    const before = used()
    let most = 0
    let chunks = 0
    const total = await s.right(
      Q.foldChunks<{ readonly n: number }, number>(0, (n, chunk) => {
        chunks += 1
        if (chunks % 20 === 0) most = Math.max(most, used() - before)
        return n + chunk.length
      })(many),
    )
    assert.is(total, 200_000)
    note(`${engine.name}: folding 200,000 rows took at most ${most.toFixed(1)} MiB`)
    assert.ok(most < LIMIT, `${most.toFixed(1)} MiB`)
  })
  const isSlow = engine.name === 'pglite'
  test('a stream needs no more either', async () => {
    const before = used()
    let [n, most] = [0, 0]
    for await (const item of Q.stream(isSlow ? pipe(many, Q.limit(60_000)) : many)(s)) {
      assert.ok(E.isRight(item))
      n += 1
      if (n % 20_000 === 0) most = Math.max(most, used() - before)
    }
    assert.is(n, isSlow ? 60_000 : 200_000)
    note(`${engine.name}: streaming ${n} rows took at most ${most.toFixed(1)} MiB`)
    assert.ok(most < LIMIT, `${most.toFixed(1)} MiB`)
  })
  test.run()
}

for (const engine of engines) {
  folds(engine)
  streams(engine)
  memoryUse(engine)
}
