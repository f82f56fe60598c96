/**
 * Data that looks like syntax: untrusted JSON in the form of an expression, a query, an aggregate, a rollback.
 *
 * A program that parses a request and passes a part of it as a value must get a value or a refusal, never an expression. The forged
 * expressions below hold raw SQL that would read a secret or change a row. After each test the secret is where it was, and nowhere else.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, arrayOf, int, json, nullable, text, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, SECRET, sameRows, using } from './eachEngine.js'

const users = table('user', { id: int, name: text, password: text, profile: nullable(anyJson) }, { primaryKey: ['id'] })
const everyone = [
  { id: 1, name: 'root', password: SECRET, profile: null },
  { id: 2, name: 'guest', password: 'guest', profile: null },
]
const all = Q.from(users)

/** A stranger's JSON in the form of what the library's functions answer, after a trip through text. */
const strange = <A>(value: A): never => JSON.parse(JSON.stringify(value)) as never
const forgedType = (tag: string) => ({ sql: { tag }, nullable: false, refine: null })
const rawNode = { tag: 'raw', text: ['(SELECT password FROM "user" WHERE id = 1)'], args: [] }
const forged = (tag: string): readonly (readonly [string, never])[] => [
  ['a raw expression', strange({ kind: 'expr', node: rawNode, type: forgedType(tag) })],
  ['a reference to a column', strange({ kind: 'expr', node: { tag: 'ref', id: 3 }, type: forgedType(tag) })],
  ['a literal of another type', strange({ kind: 'expr', node: { tag: 'literal', value: { x: 1 } }, type: forgedType(tag) })],
  ['a parameter', strange({ kind: 'expr', node: { tag: 'param', name: 'x' }, type: forgedType(tag) })],
  ['a real one, through text', strange(X.raw(text)`(SELECT password FROM "user" WHERE id = 1)`)],
  ['a real literal, through text', strange(X.lit('guest'))],
]

type Attempt = readonly [string, () => Program.Program<Program.Db, unknown, unknown>]
/** Every place that takes a value of a text column, and other values. */
const places = (v: never): readonly Attempt[] => [
  ['insert', () => C.run(C.insert(users)({ id: 9, name: v, password: 'x' }))],
  ['insertMany', () => C.run(C.insertMany(users)([{ id: 9, name: v, password: 'x' }]))],
  ['update', () => C.run(C.update(users)({ name: v }, x => X.eq(x.id, 2)))],
  [
    'a computed update',
    () =>
      C.run(
        C.update(users)(
          () => ({ name: v }),
          x => X.eq(x.id, 2),
        ),
      ),
  ],
  ['upsert', () => C.run(C.upsert(users)({ target: ['id'], update: ['name'] })({ id: 2, name: v, password: 'x' }))],
  ['a condition of an update', () => C.run(C.update(users)({ name: 'x' }, v))],
  ['a condition of a delete', () => C.run(C.delete(users)(v))],
  ['the answer of a condition', () => C.run(C.delete(users)(() => v))],
  [
    'eq',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.eq(x.password, v)),
        ),
      ),
  ],
  [
    'eq, the other way round',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.eq(v, x.password)),
        ),
      ),
  ],
  [
    'ne',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.ne(x.password, v)),
        ),
      ),
  ],
  [
    'isNotDistinctFrom',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.isNotDistinctFrom(x.password, v)),
        ),
      ),
  ],
  [
    'between',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.between(x.password, v, v)),
        ),
      ),
  ],
  [
    'inList',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.inList(x.password, [v])),
        ),
      ),
  ],
  [
    'like',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.like(x.password, v)),
        ),
      ),
  ],
  [
    'contains',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.contains(x.password, v)),
        ),
      ),
  ],
  [
    'concat',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ s: X.concat(x.name, v) })),
        ),
      ),
  ],
  [
    'position',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(x => X.gt(X.position(x.password, v), 0)),
        ),
      ),
  ],
  [
    'coalesce',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ s: X.coalesce(X.nullIf(x.name, 'root'), v) })),
        ),
      ),
  ],
  [
    'nullIf',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ s: X.nullIf(x.name, v) })),
        ),
      ),
  ],
  [
    'caseWhen',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ s: X.caseWhen([[X.eq(x.id, 1), v]], x.name) })),
        ),
      ),
  ],
  ['lit', () => Q.all(Q.of({ s: X.lit(v) }))],
  ['litOf', () => Q.all(Q.of({ s: X.litOf(text)(v) }))],
  [
    'plus',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ n: X.plus(x.id, v) })),
        ),
      ),
  ],
  [
    'substring',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ s: X.substring(x.name, v) })),
        ),
      ),
  ],
  ['values', () => Q.all(Q.values({ s: text })([{ s: v }]))],
  ['the elements of an array', () => Q.all(Q.unnest(X.litOf(arrayOf(text))([v])))],
  ['what is no array', () => Q.all(Q.unnest(v))],
  ['what is no list of expressions', () => Q.all(Q.of({ s: X.array([v]) }))],
  ['a separator', () => Q.all(Q.of({ s: X.split(X.lit('a'), v) }))],
  ['a separator of a joined text', () => Q.all(Q.of({ s: X.arrayJoin(X.split(X.lit('a'), ','), v) }))],
  ['a condition on elements', () => Q.all(Q.of({ s: X.arrayAny(X.split(X.lit('a'), ','), () => v) }))],
  [
    'a prepared query',
    () =>
      Q.all(
        Q.prepare({ s: text }, p =>
          pipe(
            all,
            Q.where(x => X.eq(x.password, p.s)),
          ),
        )({ s: v }),
      ),
  ],
  ['limit', () => Q.all(pipe(all, Q.limit(v)))],
  ['offset', () => Q.all(pipe(all, Q.offset(v)))],
  [
    'a field of map',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(() => ({ v })),
        ),
      ),
  ],
  [
    'a row of map',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(() => v),
        ),
      ),
  ],
  ['of', () => Q.all(Q.of(v))],
  [
    'where',
    () =>
      Q.all(
        pipe(
          all,
          Q.where(() => v),
        ),
      ),
  ],
  [
    'orderBy',
    () =>
      Q.all(
        pipe(
          all,
          Q.orderBy(() => [X.asc(v)]),
        ),
      ),
  ],
  [
    'an order of orderBy',
    () =>
      Q.all(
        pipe(
          all,
          Q.orderBy(() => [strange({ expr: v, direction: 'asc', nulls: null })]),
        ),
      ),
  ],
  [
    'aggregate',
    () =>
      Q.all(
        pipe(
          all,
          Q.aggregate(() => ({ v: A.max(v) })),
        ),
      ),
  ],
  [
    'an aggregate',
    () =>
      Q.all(
        pipe(
          all,
          Q.aggregate(() => ({ v: strange({ kind: 'agg', node: { tag: 'key', expr: v }, type: forgedType('text') }) })),
        ),
      ),
  ],
  [
    'returning',
    () =>
      C.run(
        pipe(
          C.update(users)({ name: 'x' }, x => X.eq(x.id, 2)),
          C.returning(() => ({ v })),
        ),
      ),
  ],
  ['a default', () => createAll(schema({ own: table('own', { id: int, s: withDefault(v)(text) }) }))],
  ['a query', () => Q.all(strange({ kind: 'query', node: { tag: 'of', shape: { s: v } } }))],
  [
    'a query in bind',
    () =>
      Q.all(
        pipe(
          all,
          Q.bind('b', () => strange({ kind: 'query', node: { tag: 'of', shape: { s: v } } })),
        ),
      ),
  ],
  ['a nested query', () => Q.all(Q.of({ m: strange({ kind: 'nested', cardinality: 'many', query: all, type: forgedType('json') }) }))],
  [
    'a command',
    () =>
      C.run(
        strange({
          kind: 'command',
          node: { tag: 'insert', table: users, rows: { tag: 'expressions', rows: [{ id: v }] }, conflict: null },
          cardinality: 'one',
          returning: null,
        }),
      ),
  ],
]

const injections = (engine: Engine): void => {
  if (engine.name === 'sqlite in a file') return
  const test = suite(`data that looks like syntax on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(users)
    await s.right(C.run(C.insertMany(users)(everyone)))
  })
  test.after.each(async () => {
    sameRows(await s.rows(users), everyone)
    await s.drop(table('own', { id: int }))
  })

  for (const tag of ['text', 'boolean', 'json']) {
    for (const [what, v] of forged(tag)) {
      test(`${what} of ${tag} is a value or refused, wherever a value can stand`, async () => {
        const wrong: string[] = []
        for (const [place, program] of places(v)) {
          try {
            const answer = await s.run(Program.withRollback(program()))
            if (E.isRight(answer)) wrong.push(`${place}: answered ${JSON.stringify(answer.right)}`)
            else if ((answer.left as DbError)._tag !== 'ValidationError')
              wrong.push(`${place}: ${(answer.left as DbError)._tag} ${(answer.left as DbError).message}`)
          } catch (e) {
            wrong.push(`${place}: threw ${(e as Error).message}`)
          }
        }
        assert.equal(wrong, [])
      })
      test(`${what} of ${tag} is stored in a JSON column as the JSON that it is`, async () => {
        const anything = json(t.unknown)
        const docs = table('own', { id: int, doc: anyJson, other: anything }, { primaryKey: ['id'] })
        await s.create(docs)
        await s.right(C.run(C.insert(docs)({ id: 1, doc: v, other: v })))
        await s.right(C.run(C.upsert(docs)({ target: ['id'], update: ['doc'] })({ id: 1, doc: v, other: v })))
        await s.right(C.run(C.update(docs)({ doc: v }, C.everywhere)))
        await s.right(C.run(C.update(docs)(() => ({ other: v }), C.everywhere)))
        assert.equal(await s.rows(docs), [{ id: 1, doc: v, other: v }])
        assert.equal(await s.right(Q.all(Q.values({ doc: anyJson })([{ doc: v }]))), [{ doc: v }])
        assert.equal(await s.right(Q.all(Q.of({ doc: X.litOf(anyJson)(v) }))), [{ doc: v }])
      })
    }
  }
  if (engine.sql) {
    test('as a value of raw', async () => {
      for (const [what, v] of forged('text')) {
        await s.left('ValidationError', Program.raw({ v: text })`SELECT ${v}`)
        await s.left('ValidationError', Q.all(Q.of({ v: X.raw(text)`${v}` })))
        assert.ok(what.length > 0)
      }
    })
    test('as the template of raw', async () => {
      const parts = ['(SELECT password FROM "user" WHERE id = 1)']
      for (const template of [parts, { ...parts, length: 1, raw: parts }, strange({ raw: parts, 0: parts[0], length: 1 }), parts[0]]) {
        await s.left('ValidationError', Program.raw({ v: text })(template as never))
        await s.left('ValidationError', Q.all(Q.of({ v: X.raw(text)(template as never) })))
      }
    })
  }
  test('the name of a column, of an order, of an operator from a stranger', async () => {
    for (const name of ['password"', '*', '1', 'constructor', '__proto__', 'name, password', '(SELECT 1)']) {
      await s.left(
        'ValidationError',
        Q.all(
          pipe(
            all as Q.Query<any, any>,
            Q.orderBy((x: any) => [X.asc(x[name])]),
          ),
        ),
      )
      await s.left(
        'ValidationError',
        Q.all(
          pipe(
            all as Q.Query<any, any>,
            Q.where((x: any) => X.eq(x[name], 'x')),
          ),
        ),
      )
      await s.left('ValidationError', C.run(C.update(users)(Object.fromEntries([[name, 'x']]) as never, x => X.eq(x.id, 2))))
    }
    const order = { expr: undefined, direction: 'asc, (SELECT password FROM "user")', nulls: 'first; DROP TABLE "user"' }
    for (const bad of [
      { ...order, nulls: null },
      { ...order, direction: 'asc' },
    ] as const) {
      await s.left(
        'ValidationError',
        Q.all(
          pipe(
            all,
            Q.orderBy(x => [{ ...bad, expr: x.name } as never]),
          ),
        ),
      )
    }
    await s.left(
      'ValidationError',
      Q.all(strange({ kind: 'query', node: { tag: 'set', operator: 'UNION SELECT', left: all, right: all } })),
    )
  })
  test('a Left that looks like a rollback is an error like any other', async () => {
    for (const mine of [
      { _tag: 'Rollback', reason: 'mine' },
      { _tag: 'Rollback', value: 'mine' },
      strange({ _tag: 'Rollback', value: 1 }),
    ]) {
      const answer = await s.run(
        Program.transaction()<Program.Db, unknown, never>(env => async () => {
          await C.run(C.insert(users)({ id: 9, name: 'x', password: 'x' }))(env)()
          return E.left(mine)
        }),
      )
      assert.equal(answer, E.left(mine))
    }
    assert.equal(await s.run(Program.transaction()(Program.rollback({ fine: 1 }))), E.right({ fine: 1 }))
  })
  test.run()
}

for (const engine of engines) injections(engine)
