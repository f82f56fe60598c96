/**
 * Transactions: completely or not at all, and the runner usable after each.
 *
 * Every exit of a body is taken (`Right`, `Left`, a throw, a rejection, rollback on purpose, a failed operation), alone and nested; the
 * rows of the table show what happened. `attempt` goes on after a failure, and nothing else does.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { eq } from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
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
  test('withRollback answers and leaves nothing, also inside another', async () => {
    assert.is(
      await s.right(
        Program.withRollback(
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
        Program.withRollback(
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
              Program.withRollback(
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
  test('withRollback of what fails in it answers that failure', async () => {
    await s.left(
      'UniqueViolation',
      Program.withRollback(
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

  const transactionalDefinitions = (): void => {
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
  }
  if (!engine.transactionalDdl) {
    test('definitions in a transaction are refused: they would commit it', async () => {
      const other = schema({ other: table('other', { id: int }) })
      for (const define of [createAll(other), dropAll(schema({ items }))]) {
        const e = await s.left(
          'Unsupported',
          Program.transaction()(
            pipe(
              put(2),
              RTE.flatMap(() => define),
            ),
          ),
        )
        assert.match(e.message, /change the schema outside of transactions/)
        const attempted = await s.right(
          Program.withRollback(
            pipe(
              put(2),
              RTE.flatMap(() => Program.attempt(define)),
            ),
          ),
        )
        assert.ok(E.isLeft(attempted) && attempted.left._tag === 'Unsupported')
        assert.equal(await ids(), [1])
      }
      await s.left('SchemaConflict', Q.all(Q.from(other.tables.other)))
    })
    test('createAll that fails in its second table has created the first: dropAll drops what is there', async () => {
      const first = table('first', { id: int })
      await s.left('SchemaConflict', createAll(schema({ first, items })))
      assert.equal(await s.rows(first), [])
      await s.right(dropAll(schema({ first })))
      await s.right(dropAll(schema({ first })))
      await s.left('SchemaConflict', Q.all(Q.from(first)))
    })
  } else transactionalDefinitions()

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

for (const engine of engines) outcomes(engine)
