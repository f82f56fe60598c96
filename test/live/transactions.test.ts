/**
 * Transactions as the hostile tests see them: whole or not at all, one after the other, and the runner usable after each.
 *
 * Every way out of a body is taken (`Right`, `Left`, a throw, a rejection, rollback on purpose, a failed operation),
 * alone, nested, many at once; what is left in the table says what happened. `attempt` goes on after a failure, and
 * nothing else does.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/core/Column.js'
import * as C from '../../lib/core/Command.js'
import type { DbError } from '../../lib/core/DbError.js'
import { eq, gte, lt, plus } from '../../lib/core/Expr.js'
import * as Program from '../../lib/core/Program.js'
import * as Q from '../../lib/core/Query.js'
import { schema } from '../../lib/core/Schema.js'
import { table } from '../../lib/core/Table.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

type Tx<A, X = DbError> = Program.Program<Program.Db, X, A>

const items = table('item', { id: int, label: text }, { primaryKey: ['id'] })
const counters = table('counter', { id: int, n: int }, { primaryKey: ['id'] })
const all = Q.from(items)

const put = (id: number): Tx<number> => C.run(C.insert(items)({ id, label: `item ${id}` }))
const duplicate: Tx<number> = put(1)
const count: Tx<number> = Q.count(all)
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
/** A body written as a function. */
const body =
  <A, X = DbError>(f: (env: Program.Db) => Promise<E.Either<X, A>>): Tx<A, X> =>
  env =>
  () =>
    f(env)

const outcomes = (engine: Engine): void => {
  const test = suite(`ways out of a transaction on ${engine.name}`)
  const s = using(engine, test, { acquireTimeout: 2_000 })
  const ids = async (): Promise<readonly number[]> => (await s.rows(items)).map((x: any) => x.id).sort((a, b) => a - b)
  test.before(async () => {
    await s.right(createAll(schema({ items, counters })))
  })
  test.before.each(async () => {
    await s.right(C.run(C.delete(items)(C.everywhere)))
    await s.right(C.run(C.delete(counters)(C.everywhere)))
    await s.right(put(1))
  })

  test('Right commits', async () => {
    assert.is(
      await s.right(
        Program.transaction()(
          pipe(
            put(2),
            RTE.flatMap(() => put(3)),
            RTE.flatMap(() => count),
          ),
        ),
      ),
      3,
    )
    assert.equal(await ids(), [1, 2, 3])
  })
  test('Left rolls back, and is the answer', async () => {
    const answer = await s.run(
      Program.transaction()(
        pipe(
          put(2),
          RTE.flatMap(() => RTE.left({ mine: 7 })),
        ),
      ),
    )
    assert.equal(answer, E.left({ mine: 7 }))
    assert.equal(await ids(), [1])
  })
  test('undefined and null are answers as good as others', async () => {
    assert.equal(
      await s.run(
        Program.transaction()(
          pipe(
            put(2),
            RTE.map(() => undefined),
          ),
        ),
      ),
      E.right(undefined),
    )
    assert.equal(
      await s.run(
        Program.transaction()(
          pipe(
            put(3),
            RTE.flatMap(() => RTE.left(null)),
          ),
        ),
      ),
      E.left(null),
    )
    assert.equal(await ids(), [1, 2])
  })
  for (const [name, end] of [
    [
      'a throw',
      () => {
        throw new Error('boom')
      },
    ],
    ['a rejection', () => Promise.reject(new Error('boom'))],
    [
      'a late throw',
      async () => {
        await wait(5)
        throw new Error('boom')
      },
    ],
  ] as const) {
    test(`${name} rolls back and is CallbackFailed`, async () => {
      const e = await s.left(
        'CallbackFailed',
        Program.transaction()<Program.Db, DbError, never>(
          body(async env => {
            await put(2)(env)()
            return end() as never
          }),
        ),
      )
      assert.is(e.callback, 'the body of a transaction')
      assert.match(e.message, /threw: boom/)
      assert.equal(await ids(), [1])
    })
    test(`${name} in a nested one is an answer to the outer one`, async () => {
      const answer = await s.right(
        Program.transaction()(
          body<any>(async env => {
            await put(2)(env)()
            const nested = await Program.transaction()<Program.Db, DbError, never>(
              body(async inner => {
                await put(3)(inner)()
                return end() as never
              }),
            )(env)()
            return E.right(E.isLeft(nested) ? nested.left._tag : 'answered')
          }),
        ),
      )
      assert.is(answer, 'CallbackFailed')
      assert.equal(await ids(), [1, 2])
    })
  }
  test('a body that throws before it answers a task', async () => {
    await s.left(
      'CallbackFailed',
      Program.transaction()<Program.Db, DbError, never>(() => {
        throw new Error('boom')
      }),
    )
    assert.equal(await ids(), [1])
  })
  test('rollback undoes and succeeds with its value', async () => {
    const program = Program.transaction()(
      pipe(
        put(2),
        RTE.flatMap(n => Program.rollback({ undone: n })),
        RTE.flatMap(() => put(3)),
      ),
    )
    assert.equal(await s.right(program), { undone: 1 })
    assert.equal(await ids(), [1])
    assert.is(
      await s.right(
        Program.transaction()(
          pipe(
            put(2),
            RTE.flatMap(() => Program.rollback(undefined)),
          ),
        ),
      ),
      undefined,
    )
    assert.equal(await ids(), [1])
  })
  test('rollback in a nested one undoes that one only; from attempt it is a value', async () => {
    const nested = Program.transaction()(
      pipe(
        put(3),
        RTE.flatMap(() => Program.rollback('inner')),
      ),
    )
    assert.is(
      await s.right(
        Program.transaction()(
          pipe(
            put(2),
            RTE.flatMap(() => nested),
          ),
        ),
      ),
      'inner',
    )
    assert.equal(await ids(), [1, 2])
    const attempted = await s.right(
      Program.transaction()(
        Program.attempt(
          pipe(
            put(3),
            RTE.flatMap(() => Program.rollback('x')),
          ),
        ),
      ),
    )
    assert.equal(attempted, E.left({ _tag: 'Rollback', value: 'x' }))
    assert.equal(await ids(), [1, 2])
  })
  test('rollback outside of a transaction is a Left', async () => {
    assert.equal(await s.run(Program.rollback(1)), E.left({ _tag: 'Rollback', value: 1 }))
  })
  test('rolledBack answers and leaves nothing, also inside another', async () => {
    assert.is(
      await s.right(
        Program.rolledBack(
          pipe(
            put(2),
            RTE.flatMap(() => count),
          ),
        ),
      ),
      2,
    )
    assert.equal(await ids(), [1])
    assert.equal(
      await s.run(
        Program.rolledBack(
          pipe(
            put(2),
            RTE.flatMap(() => RTE.left('mine')),
          ),
        ),
      ),
      E.left('mine'),
    )
    assert.is(
      await s.right(
        Program.transaction()(
          pipe(
            put(2),
            RTE.flatMap(() =>
              Program.rolledBack(
                pipe(
                  put(3),
                  RTE.flatMap(() => count),
                ),
              ),
            ),
          ),
        ),
      ),
      3,
    )
    assert.equal(await ids(), [1, 2])
  })
  test('rolledBack of what fails in it answers that failure', async () => {
    await s.left(
      'UniqueViolation',
      Program.rolledBack(
        pipe(
          put(2),
          RTE.flatMap(() => duplicate),
        ),
      ),
    )
    assert.equal(await ids(), [1])
  })

  test('attempt: the failure is a value, what it did is undone, the transaction goes on', async () => {
    const program = Program.transaction()(
      body<any>(async env => {
        await put(2)(env)()
        const failed = await Program.attempt(
          pipe(
            put(3),
            RTE.flatMap(() => duplicate),
          ),
        )(env)()
        const fine = await Program.attempt(put(4))(env)()
        return E.right([failed, fine])
      }),
    )
    const [failed, fine] = await s.right(program)
    assert.is(failed.right.left._tag, 'UniqueViolation')
    assert.equal(fine, E.right(E.right(1)))
    assert.equal(await ids(), [1, 2, 4])
  })
  test('attempt outside of a transaction is a transaction', async () => {
    const failed = await s.right(
      Program.attempt(
        pipe(
          put(2),
          RTE.flatMap(() => duplicate),
        ),
      ),
    )
    assert.ok(E.isLeft(failed) && failed.left._tag === 'UniqueViolation')
    assert.equal(await s.right(Program.attempt(put(3))), E.right(1))
    assert.equal(await ids(), [1, 3])
  })
  test('attempt within attempt: each undoes its own', async () => {
    const program = Program.attempt(
      body<any>(async env => {
        await put(2)(env)()
        await Program.attempt(
          body<any>(async inner => {
            await put(3)(inner)()
            await Program.attempt(
              pipe(
                put(4),
                RTE.flatMap(() => duplicate),
              ),
            )(inner)()
            return put(5)(inner)()
          }),
        )(env)()
        await Program.attempt(
          pipe(
            put(6),
            RTE.flatMap(() => RTE.left('mine')),
          ),
        )(env)()
        return E.right('done')
      }),
    )
    assert.equal(await s.right(program), E.right('done'))
    assert.equal(await ids(), [1, 2, 3, 5])
  })
  test('200 attempts in one transaction, each second one failing', async () => {
    const program = Program.transaction()(
      body<number>(async env => {
        let failures = 0
        for (let i = 0; i < 200; i += 1) {
          const answer = await Program.attempt(
            pipe(
              put(1_000 + i),
              RTE.flatMap(() => (i % 2 === 0 ? duplicate : RTE.right(1))),
            ),
          )(env)()
          if (E.isRight(answer) && E.isLeft(answer.right)) failures += 1
        }
        return E.right(failures)
      }),
    )
    assert.is(await s.right(program), 100)
    assert.is((await ids()).length, 101)
  })
  test('30 transactions within each other; the innermost fails, the outermost commits', async () => {
    const nest = (depth: number): Tx<any> =>
      body<any>(async env => {
        await put(100 + depth)(env)()
        if (depth === 30) return duplicate(env)()
        const inner = await Program.attempt(nest(depth + 1))(env)()
        return E.right(E.isRight(inner) && E.isLeft(inner.right) ? `${depth} saw ${(inner.right.left as DbError)._tag}` : inner)
      })
    await s.right(Program.transaction()(nest(0)))
    assert.equal(await ids(), [1, ...Array.from({ length: 30 }, (_, i) => 100 + i)])
  })

  const failing: readonly (readonly [string, Tx<unknown>])[] = [
    ['a violated key', duplicate],
    ['a refused value', C.run(C.insert(items)({ id: 'x' as never, label: 'x' }))],
    [
      'a refused query',
      Q.all(
        pipe(
          all,
          Q.where(x => eq(x.id, null as never)),
        ),
      ),
    ],
    [
      'a callback that throws',
      Q.all(
        pipe(
          all,
          Q.mapRow(() => {
            throw new Error('boom')
          }),
        ),
      ),
    ],
    ['a table that is not there', Q.all(Q.from(table('nowhere', { id: int })))],
    [
      'a fold that fails',
      Q.foldChunks(0, () => {
        throw new Error('boom')
      })(
        pipe(
          all,
          Q.mapRow(() => {
            throw new Error('boom')
          }),
        ),
      ),
    ],
    ['a schema that is there', createAll(schema({ items }))],
  ]
  for (const [name, failed] of failing) {
    test(`${name}, and the body goes on: TransactionAborted from then on, and rolled back even when it answers Right`, async () => {
      const seen: unknown[] = []
      const e = await s.left(
        'TransactionAborted',
        Program.transaction()(
          body<string>(async env => {
            await put(2)(env)()
            seen.push(await failed(env)())
            for (const later of [
              put(3),
              count,
              Program.transaction()(put(3)),
              Q.foldChunks(0, n => n)(all),
              createAll(schema({ items })),
            ] as readonly Tx<unknown>[]) {
              const answer = await later(env)()
              seen.push(E.isLeft(answer) && answer.left._tag)
            }
            const attempted = await Program.attempt(put(3))(env)()
            seen.push(E.isRight(attempted) && E.isLeft(attempted.right) && attempted.right.left._tag)
            return E.right('nothing wrong, says the body')
          }),
        ),
      )
      assert.match(e.message, /Program\.attempt/)
      assert.ok(E.isLeft(seen[0] as any))
      assert.equal(
        seen.slice(1),
        Array.from({ length: 6 }, () => 'TransactionAborted'),
      )
      assert.equal(await ids(), [1])
    })
    test(`${name}, answered by the body: that is the answer`, async () => {
      const answer = await s.run(
        Program.transaction()(
          pipe(
            put(2),
            RTE.flatMap(() => failed),
          ),
        ),
      )
      assert.ok(E.isLeft(answer) && answer.left._tag !== 'TransactionAborted')
      assert.equal(await ids(), [1])
    })
    test(`${name}, in attempt: undone and gone on`, async () => {
      const program = Program.transaction()(
        pipe(
          put(2),
          RTE.flatMap(() =>
            Program.attempt(
              pipe(
                put(3),
                RTE.flatMap(() => failed),
              ),
            ),
          ),
          RTE.flatMap(() => put(4)),
        ),
      )
      assert.is(await s.right(program), 1)
      assert.equal(await ids(), [1, 2, 4])
    })
  }
  test('a nested one in which an operation failed and that answers Right: TransactionAborted; the outer one goes on', async () => {
    const program = Program.transaction()(
      body<any>(async env => {
        await put(2)(env)()
        const nested = await Program.transaction()(
          body<string>(async inner => {
            await put(3)(inner)()
            await duplicate(inner)()
            return E.right('fine')
          }),
        )(env)()
        return E.right([nested, await put(4)(env)()])
      }),
    )
    const [nested, after] = await s.right(program)
    assert.is(nested.left._tag, 'TransactionAborted')
    assert.equal(after, E.right(1))
    assert.equal(await ids(), [1, 2, 4])
  })

  test('read-only: reads, and refuses each kind of write; nested ones are read-only too', async () => {
    assert.is(await s.right(Program.transaction({ readOnly: true })(count)), 1)
    const writes: readonly Tx<unknown>[] = [
      put(2),
      C.run(C.update(items)({ label: 'x' }, C.everywhere)),
      C.run(C.delete(items)(C.everywhere)),
      dropAll(schema({ items })),
      createAll(schema({ other: table('other', { id: int }) })),
    ]
    for (const write of writes) {
      const e = await s.left('ValidationError', Program.transaction({ readOnly: true })(write))
      assert.match(e.message, /read-only/)
      await s.left('ValidationError', Program.transaction({ readOnly: true })(Program.transaction()(write)))
      await s.left('ValidationError', Program.transaction({ readOnly: true })(Program.transaction({ readOnly: false })(write)))
      const attempted = await s.right(Program.transaction({ readOnly: true })(Program.attempt(write)))
      assert.ok(E.isLeft(attempted))
    }
    assert.equal(await ids(), [1])
    await s.right(put(2))
  })
  test('read-only inside one that writes: only that part', async () => {
    const program = Program.transaction()(
      pipe(
        put(2),
        RTE.flatMap(() => Program.attempt(Program.transaction({ readOnly: true })(put(3)))),
        RTE.flatMap(() => put(4)),
      ),
    )
    await s.right(program)
    assert.equal(await ids(), [1, 2, 4])
  })
  if (engine.sql) {
    test('read-only refuses a write by raw', async () => {
      const answer = await s.run(Program.transaction({ readOnly: true })(Program.raw({})`INSERT INTO item (id, label) VALUES (9, 'x')`))
      assert.ok(E.isLeft(answer), 'a read-only transaction has written')
      assert.is((answer as any).left._tag, 'ValidationError')
      assert.equal(await ids(), [1])
      await s.right(Program.raw({})`INSERT INTO item (id, label) VALUES (9, 'x')`)
      assert.equal(await ids(), [1, 9])
    })
  }
  for (const isolation of ['readUncommitted', 'readCommitted', 'repeatableRead', 'serializable'] as const) {
    test(`isolation ${isolation}, also of a nested one`, async () => {
      assert.is(
        await s.right(
          Program.transaction({ isolation })(
            pipe(
              put(2),
              RTE.flatMap(() => Program.transaction({ isolation })(put(3))),
              RTE.flatMap(() => count),
            ),
          ),
        ),
        3,
      )
    })
  }
  test('an isolation that there is none of is refused', async () => {
    let ran = false
    const e = await s.left(
      'ValidationError',
      Program.transaction({ isolation: 'SERIALIZABLE; DROP TABLE item' as never })(
        body<void>(async () => {
          ran = true
          return E.right(undefined)
        }),
      ),
    )
    assert.match(e.message, /isolation/)
    assert.not(ran)
    assert.equal(await ids(), [1])
  })

  test('definitions are part of a transaction', async () => {
    const other = table('other', { id: int, label: text }, { primaryKey: ['id'], indexes: [['label']] })
    const others = schema({ other })
    const insert = C.run(C.insert(other)({ id: 1, label: 'x' }))
    const make = pipe(
      createAll(others),
      RTE.flatMap(() => insert),
    )
    assert.equal(
      await s.run(
        Program.transaction()(
          pipe(
            make,
            RTE.flatMap(() => RTE.left('no')),
          ),
        ),
      ),
      E.left('no'),
    )
    await s.left('SchemaConflict', Q.all(Q.from(other)))
    const attempted = await s.right(
      Program.transaction()(
        pipe(
          Program.attempt(
            pipe(
              make,
              RTE.flatMap(() => insert),
            ),
          ),
          RTE.flatMap(failed => RTE.right(failed)),
        ),
      ),
    )
    assert.ok(E.isLeft(attempted) && (attempted.left as DbError)._tag === 'UniqueViolation')
    await s.left('SchemaConflict', Q.all(Q.from(other)))
    await s.right(Program.transaction()(make))
    assert.is(await s.right(Q.count(Q.from(other))), 1)
    assert.equal(
      await s.run(
        Program.transaction()(
          pipe(
            dropAll(others),
            RTE.flatMap(() => RTE.left('no')),
          ),
        ),
      ),
      E.left('no'),
    )
    assert.is(await s.right(Q.count(Q.from(other))), 1)
    await s.right(
      Program.transaction()(
        pipe(
          dropAll(others),
          RTE.flatMap(() => createAll(others)),
        ),
      ),
    )
    assert.is(await s.right(Q.count(Q.from(other))), 0)
    await s.right(dropAll(others))
    await s.right(dropAll(others))
  })
  test('createAll that fails in its second table has not created the first', async () => {
    const first = table('first', { id: int })
    await s.left('SchemaConflict', createAll(schema({ first, items })))
    await s.left('SchemaConflict', Q.all(Q.from(first)))
    assert.equal(await ids(), [1])
  })

  test('the environment of the body is kept, its db replaced', async () => {
    const program: Program.Program<Program.Db & { readonly name: string }, DbError | { readonly mine: string }, string> =
      env => async () => {
        assert.is.not(env.db, s.db)
        const stored = await C.run(C.insert(items)({ id: 2, label: env.name }))(env)()
        return E.isLeft(stored) ? stored : E.right(env.name)
      }
    assert.equal(await Program.transaction()(program)({ db: s.db, name: 'Ann' })(), E.right('Ann'))
    assert.equal(
      await Program.attempt(program)({ db: s.db, name: 'Bob' })().then(E.map(E.mapLeft(e => (e as DbError)._tag))),
      E.right(E.left('UniqueViolation')),
    )
  })
  test('capabilities are those of the runner', async () => {
    const seen = await s.right(Program.transaction()(body<any>(async env => E.right(env.db.capabilities))))
    assert.equal(seen, s.db.capabilities)
  })
  test.run()
}

const together = (engine: Engine): void => {
  const test = suite(`many at once on ${engine.name}`)
  const s = using(engine, test, { acquireTimeout: 10_000 })
  const n = (): Promise<number> => s.right(Q.all(Q.from(counters))).then(rows => rows[0]?.n ?? -1)
  test.before(async () => {
    await s.right(createAll(schema({ items, counters })))
  })
  test.before.each(async () => {
    await s.right(C.run(C.delete(items)(C.everywhere)))
    await s.right(C.run(C.delete(counters)(C.everywhere)))
    await s.right(C.run(C.insert(counters)({ id: 1, n: 0 })))
  })
  /** Reads, waits, and writes what it read plus one: loses counts unless nobody else is in between. */
  const increment = (fail: boolean): Tx<void, DbError | string> =>
    body(async env => {
      const read = await Q.all(Q.from(counters))(env)()
      if (E.isLeft(read)) return read
      await wait(1)
      const written = await C.run(C.update(counters)({ n: (read.right[0]?.n ?? 0) + 1 }, C.everywhere))(env)()
      if (E.isLeft(written)) return written
      return fail ? E.left('undo') : E.right(undefined)
    })

  test('50 transactions started together: all of them happen, one after the other', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => s.run(Program.transaction()(increment(i % 5 === 0)))))
    assert.is(answers.filter(E.isLeft).length, 10)
    assert.ok(answers.every(a => E.isRight(a) || a.left === 'undo'))
    assert.is(await n(), 40)
  })
  test('50 transactions and 200 single operations, mixed', async () => {
    const singles = Array.from({ length: 200 }, (_, i) =>
      s.run(i % 2 === 0 ? C.run(C.update(counters)(x => ({ n: plus(x.n, 1) }), C.everywhere)) : count),
    )
    const transactions = Array.from({ length: 50 }, () => s.run(Program.transaction()(increment(false))))
    assert.ok((await Promise.all(transactions)).every(E.isRight))
    assert.ok((await Promise.all(singles)).every(E.isRight))
    assert.is(await n(), 150)
  })
  test('10 nested ones started together inside one: one after the other, each whole or not at all', async () => {
    const program = Program.transaction()(
      body<any>(async env => {
        const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => Program.attempt(increment(i % 2 === 0))(env)()))
        const outer = await put(1)(env)()
        return E.right([answers, outer])
      }),
    )
    const [answers, outer] = await s.right(program)
    assert.is(answers.filter((a: any) => E.isRight(a) && E.isRight(a.right as E.Either<unknown, unknown>)).length, 5)
    assert.equal(outer, E.right(1))
    assert.is(await n(), 5)
  })
  test('nested ones together in nested ones together, and single operations between', async () => {
    const nest = (depth: number): Tx<number> =>
      body(async env => {
        if (depth === 0) return E.map(() => 1)(await increment(false)(env)()) as E.Either<DbError, number>
        const all_ = await Promise.all([
          ...Array.from({ length: 3 }, () => Program.transaction()(nest(depth - 1))(env)()),
          E.map((x: number) => x * 0)(await count(env)()),
        ])
        const failed = all_.find(E.isLeft)
        return failed ?? E.right(all_.reduce((sum, a) => sum + (E.isRight(a) ? a.right : 0), 0))
      })
    assert.is(await s.right(Program.transaction()(nest(3))), 27)
    assert.is(await n(), 27)
  })
  test('statements issued together in a transaction are all in it', async () => {
    const program = Program.transaction()(
      body<number>(async env => {
        const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => put(i)(env)()))
        assert.ok(answers.every(E.isRight))
        return count(env)()
      }),
    )
    assert.is(await s.right(program), 100)
    assert.is(
      await s.right(
        Program.rolledBack(
          body<number>(async env => {
            await Promise.all(Array.from({ length: 100 }, (_, i) => put(1_000 + i)(env)()))
            return count(env)()
          }),
        ),
      ),
      200,
    )
    assert.is(await s.right(count), 100)
  })
  test('statements issued together of which one fails: it is rolled back whole', async () => {
    await s.left(
      'TransactionAborted',
      Program.transaction()(
        body<string>(async env => {
          await Promise.all(Array.from({ length: 20 }, (_, i) => put(i === 10 ? 9 : i)(env)()))
          return E.right('fine')
        }),
      ),
    )
    assert.is(await s.right(count), 0)
  })
  test('fp-ts in parallel: RTE.sequenceArray within a transaction', async () => {
    assert.is((await s.right(Program.transaction()(RTE.sequenceArray(Array.from({ length: 30 }, (_, i) => put(i)))))).length, 30)
    assert.is(
      await s.right(
        Q.count(
          pipe(
            all,
            Q.where(x => gte(x.id, 0)),
            Q.where(x => lt(x.id, 30)),
          ),
        ),
      ),
      30,
    )
  })
  test('who waits longer than acquireTimeout gets Timeout, and what comes later is served', async () => {
    const opened = await engine.open({ acquireTimeout: 60 })()
    const db = (opened as E.Right<any>).right as typeof s.db
    await createAll(schema({ counters }))({ db })()
    const slow = Program.transaction()(
      body<string>(async () => {
        await wait(200)
        return E.right('slow')
      }),
    )({ db })()
    const waiting = await Promise.all(Array.from({ length: 5 }, () => Q.all(Q.from(counters))({ db })()))
    assert.ok(waiting.every(a => E.isLeft(a) && a.left._tag === 'Timeout'))
    assert.equal(await slow, E.right('slow'))
    assert.equal(await Q.all(Q.from(counters))({ db })(), E.right([]))
    await db.close()
  })
  test('close waits for what is under way; what comes after is Closed', async () => {
    if (engine.name === 'pglite') return
    const db = ((await engine.open({})()) as E.Right<any>).right as typeof s.db
    await createAll(schema({ items }))({ db })()
    const running = Program.transaction()(
      body<number>(async env => {
        await put(1)(env)()
        await wait(30)
        return put(2)(env)()
      }),
    )({ db })()
    const queued = count({ db })()
    const closing = db.close()
    const late = count({ db })()
    assert.equal(await running, E.right(1))
    assert.equal(await queued, E.right(2))
    assert.equal(await closing, E.right(undefined))
    const answer = await late
    assert.ok(E.isLeft(answer) && answer.left._tag === 'Closed')
  })
  test('close in the body of a transaction: no hang, and not committed after it', async () => {
    if (engine.name === 'pglite') return
    const db = ((await engine.open({ acquireTimeout: 60 })()) as E.Right<any>).right as typeof s.db
    await createAll(schema({ items }))({ db })()
    const answer = await Program.transaction()(
      body<unknown>(async env => {
        await put(1)(env)()
        await db.close()
        return put(2)(env)()
      }),
    )({ db })()
    assert.ok(E.isLeft(answer), JSON.stringify(answer))
    assert.ok(['Closed', 'Timeout', 'TransactionAborted'].includes((answer as any).left._tag), JSON.stringify(answer))
    assert.equal(await db.close(), E.right(undefined))
  })
  test.run()
}

for (const engine of engines) {
  outcomes(engine)
  together(engine)
}
