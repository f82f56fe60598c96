/**
 * Transformers: each changes only what it is for, and sees the operations inside transactions too.
 *
 * That results are unchanged is the homomorphism with the model, with the transformer in between; on memory, on SQLite, and on every
 * available server.
 */
import type { Attributes, Span, Tracer } from '@opentelemetry/api'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type DbError, deadlock, outcomeUnknown, serializationFailure } from '../../lib/DbError.js'
import { eq, exists, lit, raw } from '../../lib/Expr.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import type { Transformer } from '../../lib/transform/around.js'
import { dryRun } from '../../lib/transform/dryRun.js'
import { ensuringSchema } from '../../lib/transform/ensuringSchema.js'
import { type Logged, logged, timed } from '../../lib/transform/logged.js'
import { restrictedTo } from '../../lib/transform/restrictedTo.js'
import { retrying } from '../../lib/transform/retrying.js'
import { traced } from '../../lib/transform/traced.js'
import { some } from '../amount.js'
import { suite } from '../suite.js'
import { type Engine, engines, SECRET, using } from './eachEngine.js'

const { sample } = Laws.Arbitrary

const notes = table('note', { id: int, body: text }, { primaryKey: ['id'] })
const others = table('other', { id: int }, { primaryKey: ['id'] })
const both = schema({ notes, others })

interface Shown {
  readonly name: string
  readonly attributes: Attributes
  ended: boolean
}

/** A tracer that keeps its spans. */
const keeping = (): { readonly tracer: Tracer; readonly spans: Shown[] } => {
  const spans: Shown[] = []
  const startSpan = (name: string, options: { readonly attributes?: Attributes } = {}): Span => {
    const shown: Shown = { name, attributes: { ...options.attributes }, ended: false }
    spans.push(shown)
    const span = {
      setAttribute: (key: string, value: string) => {
        shown.attributes[key] = value
        return span
      },
      setStatus: () => span,
      end: () => {
        shown.ended = true
      },
    }
    return span as unknown as Span
  }
  return { tracer: { startSpan } as unknown as Tracer, spans }
}

const transformers: readonly (readonly [string, () => Transformer])[] = [
  ['logged', () => logged(() => undefined)],
  ['timed', () => timed(() => undefined)],
  ['traced', () => traced(keeping().tracer)],
  ['retrying', () => retrying()],
  ['abortable', () => abortable(new AbortController().signal)],
  ['restrictedTo', () => restrictedTo(sample)],
  ['ensuringSchema', () => ensuringSchema(sample)],
]

const through = (runner: Runner, f: Transformer): Runner => ({ ...f(runner), close: runner.close })

const transformed = (engine: Engine): void => {
  if (engine.name === 'sqlite in a file' || engine.name === 'pglite') return
  const test = suite(`transformers on ${engine.name}`)
  const s = using(engine, test)
  const on = (f: Transformer) => ({ db: f(s.db) })
  const insert = (id: number, body: string) => C.run(C.insert(notes)({ id, body }))
  test.before(async () => {
    await s.right(createAll(both))
    await s.right(createAll(sample))
  })
  test.before.each(async () => {
    await s.right(C.run(C.delete(notes)(C.everywhere)))
  })

  const all = (): Transformer => db => transformers.reduce((inner, [, make]) => make()(inner), db)
  const tried = [['all of them', all] as const]
  for (const [name, make] of tried) {
    test(`${name} changes nothing`, async () => {
      const reference = memory()
      assert.ok(E.isRight(await createAll(sample)({ db: reference })()))
      const laws = some(Laws.lawsOf(Laws.interpreter({ runner: through(s.db, make()), reference, schema: sample })))
      for (const report of await Laws.run(laws, { seed: 20_261_121, numRuns: 1 })) {
        assert.is(report.outcome === 'failed' ? Laws.reportText(report) : '', '')
      }
    })
  }

  test('logged sees every operation, inside transactions too, in order, with its outcome and no value', async () => {
    const seen: Logged[] = []
    const env = on(logged(entry => seen.push(entry)))
    const answer = await Program.transaction()<Program.Db, DbError, number>(tx => async () => {
      await insert(1, SECRET)(tx)()
      await Program.attempt(insert(1, SECRET))(tx)()
      return Q.count(Q.from(notes))(tx)()
    })(env)()
    assert.equal(answer, E.right(1))
    assert.equal(
      seen.map(e => [e.operation, e.table, e.error?._tag ?? null]),
      [
        ['insert', 'note', null],
        ['insert', 'note', 'UniqueViolation'],
        ['select', null, null],
      ],
    )
    assert.is(seen[2]?.rows, 1)
    assert.ok(seen.every(e => e.milliseconds >= 0 && (engine.sql ? e.sql !== null : e.sql === null)))
    assert.not(JSON.stringify(seen.map(e => ({ ...e, error: e.error?.message }))).includes(SECRET))
  })
  test('a log that throws changes no answer', async () => {
    const angry = (): never => {
      throw new Error('no room for a log')
    }
    assert.equal(await insert(1, 'a')(on(logged(angry)))(), E.right(1))
    assert.equal(await Q.count(Q.from(notes))(on(timed(angry)))(), E.right(1))
  })
  test('timed sees the kind of each operation', async () => {
    const seen: string[] = []
    const env = on(timed(operation => seen.push(operation)))
    await Program.transaction()<Program.Db, DbError, number>(insert(1, 'a'))(env)()
    await Q.all(Q.from(notes))(env)()
    assert.equal(seen, ['execute', 'all'])
  })
  test('traced makes a span of each operation and transaction, ended, with what went wrong and no value', async () => {
    const { tracer, spans } = keeping()
    await Program.transaction()<Program.Db, DbError, number>(insert(1, SECRET))(on(traced(tracer)))()
    await insert(1, SECRET)(on(traced(tracer)))()
    assert.equal(
      spans.map(x => x.name),
      ['transaction', 'insert note', 'insert note'],
    )
    assert.ok(spans.every(x => x.ended && x.attributes['db.system.name'] === s.db.capabilities.engine))
    assert.is(spans[2]?.attributes['error.type'], 'UniqueViolation')
    assert.is(spans[1]?.attributes['error.type'], undefined)
    assert.not(JSON.stringify(spans).includes(SECRET))
  })
  test('dryRun answers, and leaves no trace: of commands, transactions and nested ones', async () => {
    await s.right(insert(1, 'a'))
    const env = on(dryRun)
    assert.equal(await insert(2, 'b')(env)(), E.right(1))
    assert.equal(await C.run(C.delete(notes)(C.everywhere))(env)(), E.right(1))
    const body = Program.transaction()<Program.Db, DbError, number>(tx => async () => {
      await Program.transaction()<Program.Db, DbError, number>(insert(3, 'c'))(tx)()
      return Q.count(Q.from(notes))(tx)()
    })
    assert.equal(await body(env)(), E.right(2))
    const failed = await insert(1, 'again')(env)()
    assert.is(E.isLeft(failed) && failed.left._tag, 'UniqueViolation')
    assert.equal(await s.rows(notes), [{ id: 1, body: 'a' }])
  })
  test('restrictedTo refuses other tables at any depth, inside transactions, and raw text', async () => {
    const env = on(restrictedTo(schema({ notes })))
    assert.equal(await insert(1, 'a')(env)(), E.right(1))
    const hidden = pipe(
      Q.from(notes),
      Q.where(n =>
        exists(
          pipe(
            Q.from(others),
            Q.where(o => eq(o.id, n.id)),
          ),
        ),
      ),
    )
    const programs: readonly Program.Program<Program.Db, unknown, unknown>[] = [
      Q.all(hidden),
      Q.count(Q.from(others)),
      C.run(C.insert(others)({ id: 1 })),
      C.run(
        C.insertFrom(notes)(
          pipe(
            Q.from(others),
            Q.map(o => ({ id: o.id, body: lit('x') })),
          ),
        ),
      ),
      createAll(schema({ others })),
      Program.raw({ n: int })`SELECT 1`,
      Q.all(Q.of({ n: raw(int)`(SELECT count(*) FROM other)` })),
      C.run(C.delete(notes)(() => eq(raw(int)`(SELECT count(*) FROM other)`, 0))),
      Program.transaction()(Q.all(Q.from(others))),
    ]
    for (const program of programs) {
      const answer = await program(env)()
      assert.ok(E.isLeft(answer))
      assert.match((answer as E.Left<DbError>).left.message, /restricted/)
    }
    assert.equal(await s.right(Q.count(Q.from(others))), 0)
    assert.equal(await s.right(Q.count(Q.from(notes))), 1)
    const allowed = on(restrictedTo(schema({ notes }), { raw: ['(SELECT count(*) FROM other)'] }))
    const answer = await Q.all(Q.of({ n: raw(int)`(SELECT count(*) FROM other)` }))(allowed)()
    assert.equal(answer, engine.sql ? E.right([{ n: 0 }]) : E.left((answer as E.Left<DbError>).left))
  })
  test('ensuringSchema creates what is missing once, and says when a table is another', async () => {
    const fresh = schema({ a: table('ensured_a', { id: int }), b: table('ensured_b', { id: int }) })
    const wider = schema({ a: table('ensured_a', { id: int, more: int }) })
    const env = on(ensuringSchema(fresh))
    const counted = await Promise.all([1, 2, 3].map(() => Q.count(Q.from(fresh.tables.a))(env)()))
    assert.equal(counted, [E.right(0), E.right(0), E.right(0)])
    assert.equal(await C.run(C.insert(fresh.tables.b)({ id: 1 }))(env)(), E.right(1))
    const other = await Q.count(Q.from(fresh.tables.b))(on(ensuringSchema(wider)))()
    assert.is(E.isLeft(other) && other.left._tag, 'SchemaConflict')
    const again = on(ensuringSchema(wider, { recreate: ['a'] }))
    assert.equal(await C.run(C.insert(wider.tables.a)({ id: 1, more: 2 }))(again)(), E.right(1))
    await s.drop(wider.tables.a, fresh.tables.b)
  })
  test('abortable: an aborted signal ends operations and transactions with Cancelled; what is done stays', async () => {
    const giving = new AbortController()
    const env = on(abortable(giving.signal))
    assert.equal(await insert(1, 'a')(env)(), E.right(1))
    const answer = await Program.transaction()<Program.Db, DbError, number>(tx => async () => {
      await insert(2, 'b')(tx)()
      giving.abort()
      return insert(3, 'c')(tx)()
    })(env)()
    assert.is(E.isLeft(answer) && answer.left._tag, 'Cancelled')
    const after = await Q.all(Q.from(notes))(env)()
    assert.is(E.isLeft(after) && after.left._tag, 'Cancelled')
    assert.equal(await s.rows(notes), [{ id: 1, body: 'a' }])
  })
  test.run()
}

for (const engine of engines) transformed(engine)

const retries = suite('retrying')
/** An interpreter that fails so many times before it does what it should. */
const failing = (
  db: Interpreter<SqlOp>,
  error: DbError,
  times: number,
): { readonly db: Interpreter<SqlOp>; readonly tries: () => number } => {
  let tries = 0
  return {
    tries: () => tries,
    db: {
      ...db,
      perform: op => async () => {
        tries += 1
        return tries <= times ? E.left(error) : db.perform(op)()
      },
      transaction: (options, use) => async () => {
        tries += 1
        return tries <= times ? E.left(error) : db.transaction(options, use)()
      },
    },
  }
}
const one = Q.all(Q.of({ one: lit(1) }))

retries('tries again what may succeed, so often and no more', async () => {
  const flaky = failing(memory(), serializationFailure(), 2)
  assert.equal(await one({ db: retrying({ delay: 1 })(flaky.db) })(), E.right([{ one: 1 }]))
  assert.is(flaky.tries(), 3)
  const worse = failing(memory(), deadlock(), 9)
  const answer = await Program.transaction()(one)({ db: retrying({ times: 4, delay: 1 })(worse.db) })()
  assert.is(E.isLeft(answer) && answer.left._tag, 'Deadlock')
  assert.is(worse.tries(), 5)
})
retries('never after OutcomeUnknown, nor after an error that would come again', async () => {
  const lost = failing(memory(), outcomeUnknown(), 1)
  const answer = await one({ db: retrying({ delay: 1 })(lost.db) })()
  assert.is(E.isLeft(answer) && answer.left._tag, 'OutcomeUnknown')
  assert.is(lost.tries(), 1)
})
retries('a transaction with retry runs its body again after a conflict', async () => {
  const flaky = failing(memory(), serializationFailure(), 2)
  assert.equal(await Program.transaction({ retry: 2 })(one)({ db: flaky.db })(), E.right([{ one: 1 }]))
  const worse = failing(memory(), serializationFailure(), 2)
  const answer = await Program.transaction({ retry: 1 })(one)({ db: worse.db })()
  assert.is(E.isLeft(answer) && answer.left._tag, 'SerializationFailure')
})
retries.run()
