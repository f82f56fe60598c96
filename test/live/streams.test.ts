/**
 * A million rows from each server: folded and streamed in constant memory, and nothing is left open on any exit.
 *
 * The server makes the rows from a table of a thousand joined with itself. The pool has two connections: after each test both are
 * available, so no cursor, stream or transaction has kept one. The embedded engines read fewer rows.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { codec, int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { asc, lit, plus, times } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { note, suite } from '../suite.js'
import { servers } from './addresses.js'
import { pgliteForTests } from './pgliteCopy.js'
import { onServer } from './servers.js'

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const LIMIT = 64
const SIDE = 1_000

const Small = t.refinement(t.number, n => n < SIDE / 2, 'Small')
const some = table('stream_some', { id: int }, { primaryKey: ['id'] })
const narrow = table('stream_some', { id: codec(Small)(int) }, { primaryKey: ['id'] })
const written = table('stream_written', { id: int, body: text }, { primaryKey: ['id'] })

/** Every pair, the first one slowly; `n` goes from 0 to a million, in no order. */
const pairs = pipe(
  Q.from(some),
  Q.bind('b', () => Q.from(some)),
  Q.map(x => ({ n: plus(times(x.id, SIDE), x.b.id), body: lit('some text that takes a little room, as texts do') })),
)
type Pair = { readonly n: number; readonly body: string }

const used = (): number => {
  ;(globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const streams = (name: string, rows: number, isPool: boolean, open: () => Promise<E.Either<DbError, Runner>>): void => {
  const test = suite(`${rows} rows on ${name}`)
  let db: Runner
  const right = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
    const answer = await task()
    assert.ok(E.isRight(answer), E.isLeft(answer) ? `expected success, got ${JSON.stringify(answer.left)}` : '')
    return (answer as E.Right<A>).right
  }
  const many = rows === SIDE * SIDE ? pairs : pipe(pairs, Q.limit(rows))
  const inTransaction = <A>(body: (tx: Program.Db) => Promise<E.Either<DbError, A>>): Promise<E.Either<DbError, A>> =>
    Program.transaction()<Program.Db, DbError, A>(tx => () => body(tx))({ db })()
  const insert = (id: number) => C.run(C.insert(written)({ id, body: '' }))

  test.before(async () => {
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    ;(globalThis as { gc?: () => void }).gc = runInNewContext('gc')
    const opened = await open()
    assert.ok(E.isRight(opened), JSON.stringify(opened))
    db = (opened as E.Right<Runner>).right
    await right(createAll(schema({ some, written }))({ db }))
    await right(C.run(C.insertMany(some)(Array.from({ length: SIDE }, (_, id) => ({ id }))))({ db }))
  })
  /** Both connections can be had, and at once. */
  test.after.each(async () => {
    const both = isPool ? 2 : 1
    let inside = 0
    const one = (): Promise<E.Either<DbError, void>> =>
      inTransaction(async tx => {
        inside += 1
        for (let i = 0; inside < both && i < 400; i += 1) await wait(5)
        await right(Q.count(Q.from(written))(tx))
        return E.right(undefined)
      })
    for (const answer of await Promise.all(Array.from({ length: both }, one))) assert.ok(E.isRight(answer), JSON.stringify(answer))
    assert.is(inside, both, 'a connection is still busy')
    await right(C.run(C.delete(written)(C.everywhere))({ db }))
  })
  test.after(async () => {
    await db?.close()
  })

  // MySQL's and MariaDB's cursor in a transaction has to be read to its end before anything else, into memory
  const fewer = pipe(pairs, Q.limit(100_000))
  const folded = async (
    what: string,
    env: Program.Db,
    of: typeof pairs,
    expected: number,
    slowly: (chunk: number) => Promise<void> = async () => undefined,
  ) => {
    const before = used()
    const started = performance.now()
    let [most, chunks] = [0, 0]
    const seen = await right(
      Q.foldChunks<Pair, { count: number; sum: number }>(
        { count: 0, sum: 0 },
        async (b, chunk) => {
          chunks += 1
          if (chunks % 100 === 50) most = Math.max(most, used() - before)
          await slowly(chunks)
          let { sum } = b
          for (const row of chunk) sum += row.n
          return { count: b.count + chunk.length, sum }
        },
        { size: 2_000 },
      )(of)(env),
    )
    assert.is(seen.count, expected)
    if (expected === SIDE * SIDE) assert.is(seen.sum, (rows * (rows - 1)) / 2)
    note(
      `${name}: ${what} ${expected} rows took at most ${most.toFixed(1)} MiB, and ${((performance.now() - started) / 1000).toFixed(1)} s`,
    )
    assert.ok(most < LIMIT, `${most.toFixed(1)} MiB`)
  }

  test('a fold', () => folded('folding', { db }, many, rows))
  test('a fold in a transaction, with other operations between its chunks', async () => {
    await right(() =>
      inTransaction(async tx => {
        await folded(
          'folding, writing meanwhile in the same transaction,',
          tx,
          isPool ? fewer : many,
          isPool ? 100_000 : rows,
          async chunk => {
            if (chunk % 50 === 1) await right(insert(chunk)(tx))
          },
        )
        return E.right(undefined)
      }),
    )
    assert.ok((await right(Q.count(Q.from(written))({ db }))) > 0)
  })
  test('a stream', async () => {
    const before = used()
    const started = performance.now()
    let [n, sum, most] = [0, 0, 0]
    for await (const item of Q.stream(many, { size: 2_000 })({ db })) {
      assert.ok(E.isRight(item))
      n += 1
      sum += item.right.n
      if (n % 200_000 === 100_000) most = Math.max(most, used() - before)
      // others go on meanwhile
      if (isPool && n % 200_000 === 0) await right(insert(n)({ db }))
    }
    assert.is(n, rows)
    if (rows === SIDE * SIDE) assert.is(sum, (rows * (rows - 1)) / 2)
    note(`${name}: streaming ${rows} rows took at most ${most.toFixed(1)} MiB, and ${((performance.now() - started) / 1000).toFixed(1)} s`)
    assert.ok(most < LIMIT, `${most.toFixed(1)} MiB`)
  })

  const abandoned: readonly (readonly [string, (env: Program.Db, of: typeof pairs) => Promise<void>])[] = [
    [
      'break',
      async (env, of) => {
        for await (const _ of Q.stream(of)(env)) break
      },
    ],
    [
      'break after some chunks',
      async (env, of) => {
        let n = 0
        for await (const _ of Q.stream(of, { size: 10 })(env)) if ((n += 1) > 95) break
      },
    ],
    [
      'throw in the loop',
      async (env, of) => {
        const loop = async (): Promise<void> => {
          for await (const _ of Q.stream(of)(env)) throw new Error('mine')
        }
        await loop().catch(e => assert.is(e.message, 'mine'))
      },
    ],
    [
      'return, and throw, of the iterator',
      async (env, of) => {
        for (const end of ['return', 'throw'] as const) {
          const iterator = Q.stream(of)(env)[Symbol.asyncIterator]()
          await iterator.next()
          await iterator[end]?.()
          assert.is((await iterator.next()).done, true)
        }
      },
    ],
    [
      'nobody reads on',
      async (env, of) => {
        const iterator = Q.stream(of, { size: 10, idleTimeout: 50 })(env)[Symbol.asyncIterator]()
        await iterator.next()
        await wait(200)
        const late = await iterator.next()
        assert.ok(late.done !== true && E.isLeft(late.value) && late.value.left._tag === 'Timeout')
      },
    ],
    [
      'a step that rejects, or throws',
      async (env, of) => {
        for (const step of [() => Promise.reject(new Error('mine')), () => assert.unreachable('mine') as never]) {
          const answer = await Q.foldChunks<unknown, number>(0, step)(of)(env)()
          assert.ok(E.isLeft(answer) && answer.left._tag === 'CallbackFailed')
        }
      },
    ],
  ]
  for (const [what, leave] of abandoned) {
    test(`${what}: nothing is left busy`, async () => {
      for (let i = 0; i < 3; i += 1) await leave({ db }, many)
    })
  }
  test('the same in a transaction, which goes on', async () => {
    await right(() =>
      inTransaction(async tx => {
        for (const [i, [, leave]] of abandoned.entries()) {
          await leave(tx, pipe(pairs, Q.limit(20_000)))
          await right(insert(i)(tx))
        }
        assert.is(await right(Q.count(Q.from(written))(tx)), abandoned.length)
        return E.right(undefined)
      }),
    )
  })

  test('a row in the middle that does not decode: the error names it, what came before is there', async () => {
    const failing = pipe(
      Q.from(narrow),
      Q.bind('b', () => Q.from(some)),
      Q.orderBy(x => [asc(x.id), asc(x.b.id)]),
      Q.map(x => ({ id: x.id })),
    )
    const first = (SIDE / 2) * SIDE
    let n = 0
    const answer = await Q.foldChunks<unknown, number>(
      0,
      (_, chunk) => {
        n += chunk.length
        return n
      },
      { size: 2_000 },
    )(failing)({ db })()
    assert.ok(E.isLeft(answer) && answer.left._tag === 'DecodeError', JSON.stringify(answer))
    assert.equal([answer.left.row, answer.left.column], [first, 'id'])
    assert.is(n, first)
  })

  test('who reads slowly is waited for, and needs no more memory', async () => {
    const before = used()
    let [n, most] = [0, 0]
    for await (const item of Q.stream(many, { size: 1_000 })({ db })) {
      assert.ok(E.isRight(item))
      n += 1
      if (n % 1_000 === 0) {
        await wait(20)
        if (n % 10_000 === 0) most = Math.max(most, used() - before)
      }
      if (n === 30_000) break
    }
    assert.ok(most < LIMIT, `${most.toFixed(1)} MiB`)
  })
  test('two at a time, some of them left', async () => {
    if (!isPool) return
    const counts = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        let n = 0
        for await (const item of Q.stream(pipe(many, Q.limit(5_000)))({ db })) {
          assert.ok(E.isRight(item), JSON.stringify(item))
          n += 1
          if (i % 2 === 0 && n === 1_500) break
        }
        return n
      }),
    )
    assert.equal(counts, [1_500, 5_000, 1_500, 5_000, 1_500, 5_000, 1_500, 5_000])
  })
  test.run()
}

streams('sqlite', 100_000, false, sqlite())
if (servers.length === 0) streams('pglite', 20_000, false, pgliteForTests())
for (const name of servers) streams(name, SIDE * SIDE, true, onServer(name, { max: 2 }))
