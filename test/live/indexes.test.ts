/**
 * Indexes on every engine: over fields, expressions and sort keys, of some rows, unique or not.
 *
 * A unique index is a constraint: the model holds it, and engines refuse the same rows with the name of the index. What an engine has no
 * index for is `Unsupported` before anything is created; the table at the end says where.
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { countAll as count } from '../../lib/Agg.js'
import { anyJson, bigint, boolean, int, nullable, numeric, text, timestamp, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { createSteps } from '../../lib/core/schema/Step.js'
import * as X from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { sqliteFunctions } from '../../lib/run/sqlite/engine.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { fk, schema } from '../../lib/Schema.js'
import { addUnique, alter, createIndex, dropIndex, dropKey } from '../../lib/schema/alterations.js'
import { define, dropAll } from '../../lib/schema/createAll.js'
import { difference } from '../../lib/schema/difference.js'
import { ADDED_FUNCTIONS, callsAdded } from '../../lib/sql/sqlite/addedFunctions.js'
import { type IndexOptions, type InsertOf, table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { hasNative } from './addresses.js'
import { engines, temporaryFolder, using } from './eachEngine.js'

const NONE = /^$/

const columns = {
  id: int,
  email: varchar(50),
  age: nullable(int),
  deleted: boolean,
  body: nullable(anyJson),
  note: nullable(text),
  price: nullable(numeric(10, 2)),
  made: nullable(timestamp),
}
type Index = IndexOptions<typeof columns>

/** Indexes, and the engines that refuse them. */
const INDEXES: readonly (readonly [Index, RegExp])[] = [
  [{ name: 'ix_plain', on: ['age', 'email'] }, NONE],
  [{ name: 'ix_unique', on: ['email', 'age'], unique: true }, NONE],
  [{ name: 'ix_desc', on: row => [X.desc(row.age), X.asc(row.id)] }, NONE],
  [{ name: 'ix_sorted', on: row => [X.desc(row.age), X.asc(row.note)], unique: true }, NONE],
  [{ name: 'ix_nulls', on: row => [X.nullsFirst(X.desc(row.age))] }, /sqlite|mysql|mariadb/],
  [{ name: 'ix_own', on: row => [X.nullsFirst(X.asc(row.age)), X.nullsLast(X.desc(row.note))], unique: true }, NONE],
  [{ name: 'ix_sum', on: row => [X.plus(X.coalesce(row.age, 0), 1)], unique: true }, NONE],
  [{ name: 'ix_nullable', on: row => [X.times(row.age, 2), row.email], unique: true }, NONE],
  [{ name: 'ix_cast', on: row => [X.cast(bigint)(row.age)], unique: true }, NONE],
  [{ name: 'ix_price', on: row => [X.times(row.price, row.price)], unique: true }, NONE],
  [{ name: 'ix_text', on: row => [X.concat(row.email, 'x'), X.desc(row.deleted)], unique: true }, NONE],
  [{ name: 'ix_case', on: row => [X.caseWhen([[X.eq(row.email, 'a'), X.lit('x')]], X.lit('X'))], unique: true }, NONE],
  [{ name: 'ix_lower', on: row => [X.lower(row.email)], unique: true }, /sqlite/],
  [{ name: 'ix_note', on: row => [X.concat(row.note, 'x')], unique: true }, /mysql/],
  [{ name: 'ix_some', on: ['email'], where: row => X.not(row.deleted), unique: true }, NONE],
  [{ name: 'ix_flag', on: ['note', 'email'], where: row => row.deleted, unique: true }, NONE],
  [{ name: 'ix_unknown', on: row => [X.neg(row.age), row.email], where: row => X.gt(row.age, 1), unique: true }, NONE],
  [{ name: 'ix_few', on: ['email'], where: row => row.deleted }, /mysql|mariadb/],
  [{ name: 'ix_gin', on: ['body'], using: 'gin' }, /sqlite|mysql|mariadb/],
]

/** Indexes that only the engine knows to be impossible: the engines, and what the error contains. */
const ENGINE_REFUSALS: readonly (readonly [Index, RegExp, RegExp])[] = [
  [{ name: 'ix_method', on: ['age'], using: 'no such method' }, /./, /access method/],
  [{ name: 'ix_unique_gin', on: ['body'], using: 'gin', unique: true }, /./, /access method/],
  [{ name: 'ix_no_class', on: ['age'], using: 'gin' }, /./, /access method/],
  [{ name: 'ix_lower', on: row => [X.lower(row.email)] }, /sqlite/, /function that the library adds/],
  [{ name: 'ix_lower_some', on: ['id'], where: row => X.eq(X.lower(row.email), 'a') }, /sqlite|mysql|mariadb/, /index/],
  [{ name: 'ix_day', on: row => [X.dateTrunc(row.made, 'day')] }, /postgres|pglite|mariadb/, /value may change/],
  [{ name: 'ix_text_of', on: row => [X.cast(text)(row.made)] }, /postgres|pglite|mariadb/, /value may change/],
  [{ name: 'ix_document', on: row => [X.jsonText(row.body)] }, /mysql/, /value of this type/],
  [{ name: 'ix_part', on: row => [X.jsonAt(int)(row.body, 'a')] }, /sqlite/, /function that the library adds/],
]

const as = (x: unknown): any => x

/** Indexes that are refused by the library. */
const INVALID: readonly (readonly [unknown, 'ValidationError' | 'Unsupported' | 'CallbackFailed', RegExp])[] = [
  [{ name: 'ix', on: [] }, 'ValidationError', /at least one key/],
  [{ name: 'ix', on: () => [] }, 'ValidationError', /at least one key/],
  [{ name: 'ix', on: ['nothing'] }, 'ValidationError', /no column nothing/],
  [{ name: 'ix', on: ['id', 'id'] }, 'ValidationError', /column id twice/],
  [{ name: 'ix', on: (row: any) => [row.nothing] }, 'ValidationError', /expected an expression, got undefined/],
  [{ name: 'ix', on: (row: any) => row.id }, 'ValidationError', /expected a list/],
  [{ name: '', on: ['id'] }, 'ValidationError', /empty/],
  [{ name: 'ix', on: ['id'], where: (row: any) => row.age }, 'ValidationError', /condition/],
  [{ name: 'ix', on: ['id'], where: () => true }, 'ValidationError', /expression/],
  [{ name: 'ix', on: () => [as(count)] }, 'ValidationError', /got an aggregate/],
  [{ name: 'ix', on: (row: any) => [X.plus(row.email, 1 as never)] }, 'ValidationError', /./],
  [{ name: 'ix', on: () => [X.now] }, 'Unsupported', /now or random in an index \(ix\)/],
  [{ name: 'ix', on: ['id'], where: (row: any) => X.lt(row.made, X.now) }, 'Unsupported', /now or random in an index \(ix\)/],
  [{ name: 'ix', on: () => [X.random] }, 'Unsupported', /now or random in an index \(ix\)/],
  [{ name: 'ix', on: ['id'], where: () => X.exists(Q.of({ a: X.lit(1) })) }, 'Unsupported', /a query in an index \(ix\)/],
  [
    {
      name: 'ix',
      on: () => {
        throw new Error('no')
      },
    },
    'CallbackFailed',
    /the index ix/,
  ],
]

const ROW = { email: 'a', age: null, deleted: false, body: null, note: null, price: null, made: null }
const ROWS: readonly InsertOf<typeof columns>[] = [
  { ...ROW, id: 1, age: 1, note: 'n', price: '1.50' },
  { ...ROW, id: 2, deleted: true, note: 'n', price: '1.51' },
  { ...ROW, id: 3, age: 2, deleted: true, note: 'm', price: '-1.50' },
  { ...ROW, id: 4, age: 2, deleted: true, note: 'm' },
  { ...ROW, id: 5, age: 5 },
  { ...ROW, id: 6, email: 'b', age: 6 },
  { ...ROW, id: 7, email: 'b', age: -1, note: '' },
  { ...ROW, id: 8, email: 'A', age: 1, note: 'N' },
  { ...ROW, id: 9, email: 'a ', age: 1, note: 'n ' },
]

const pure = suite('indexes over functions of SQLite')

pure('every function that the library adds to SQLite is known, and found in a text', () => {
  assert.equal([...ADDED_FUNCTIONS].sort(), Object.keys(sqliteFunctions).sort())
  assert.is(callsAdded('a + unicode_lower("b")'), true)
  assert.is(callsAdded(`lower('unicode_lower(') || "unicode_lower("`), false)
})

pure('SQLite opens no database with an index over a function that it has and that is not deterministic', async () => {
  const file = join(temporaryFolder(), 'added.db')
  if (!hasNative) return
  const { default: Native } = await import('better-sqlite3')
  const native = new Native(file)
  native.function('unicode_lower', { deterministic: true }, (x: unknown) => x)
  native.exec('CREATE TABLE t (a TEXT); CREATE INDEX ix ON t (unicode_lower(a))')
  native.close()
  const opened = await sqlite({ file })()
  assert.match(E.isLeft(opened) ? opened.left.message : '', /non-deterministic/)
})

pure.run()

for (const engine of engines) {
  if (engine.name === 'memory') continue
  const test = suite(`indexes on ${engine.name}`)
  const s = using(engine, test)

  for (const [index, refused] of INDEXES) {
    test(`${index.name}: refuses the rows that the model refuses, or is refused itself`, async () => {
      const t = table('indexed_row', columns, { primaryKey: ['id'], indexes: [index] })
      const all = schema({ t })
      await s.right(dropAll(all))
      const created = await s.run(define(createSteps(all)))
      if (refused.test(engine.name)) {
        assert.is(E.isLeft(created) && created.left._tag, 'Unsupported')
        // what the engine itself finds, it finds after the table
        if (engine.transactionalDdl || index.name !== 'ix_note') await s.left('SchemaConflict', Q.all(Q.from(t)))
        return
      }
      assert.ok(E.isRight(created), E.isLeft(created) ? created.left.message : '')
      const model = memory()
      await define(createSteps(all))({ db: model })()
      for (const row of ROWS) {
        const [got, expected] = [await s.run(C.run(C.insert(t)(row))), await C.run(C.insert(t)(row))({ db: model })()]
        assert.is(E.isRight(got), E.isRight(expected), `${index.name}: row ${row.id}`)
        if (E.isLeft(got)) assert.equal([got.left._tag, (got.left as any).constraint], ['UniqueViolation', index.name])
      }
      await s.right(define([{ tag: 'dropIndex', table: t, index: { name: index.name } }]))
      await s.right(C.run(C.insertMany(t)(ROWS.map(row => ({ ...row, id: row.id + 10 })))))
      await s.right(dropAll(all))
    })
  }
  const withIndexes = (indexes: readonly Index[]) => {
    const t = table('indexed_row', columns, { primaryKey: ['id'], indexes })
    return { t, all: schema({ t }) }
  }

  test('an index over rows that are not unique is a UniqueViolation with its name, and leaves nothing', async () => {
    for (const [index, refused] of INDEXES) {
      if (index.unique !== true || refused.test(engine.name)) continue
      const { t, all } = withIndexes([index])
      await s.right(dropAll(all))
      await s.right(define([{ tag: 'createTable', table: t, foreignKeys: [] }]))
      await s.right(C.run(C.insertMany(t)(ROWS.flatMap(row => [row, { ...row, id: row.id + 100 }]))))
      const create = define([{ tag: 'createIndex', table: t, index: t.indexes[0] as (typeof t.indexes)[0] }])
      const { constraint } = await s.left('UniqueViolation', create)
      assert.is(constraint, index.name)
      await s.right(C.run(C.delete(t)(C.everywhere)))
      await s.right(create)
      assert.is((await s.left('SchemaConflict', create)).object.includes(index.name), true)
      // an index that the table does not declare is dropped by its name alone
      const { t: other } = withIndexes([])
      const drop = define([{ tag: 'dropIndex', table: other, index: { name: index.name } }])
      await s.right(drop)
      await s.left('SchemaConflict', drop)
      await s.right(create)
      await s.right(dropAll(all))
    }
  })

  test('an upsert that meets a unique index is a UniqueViolation, and changes no other row', async () => {
    for (const [index, refused] of INDEXES) {
      if (index.unique !== true || refused.test(engine.name)) continue
      const { t, all } = withIndexes([index])
      await s.right(dropAll(all))
      await s.right(define(createSteps(all)))
      const first = { ...ROW, id: 1, age: 3, deleted: index.name === 'ix_flag', note: 'n', price: '2.00' } as const
      await s.right(C.run(C.insert(t)(first)))
      const upsert = C.upsert(t)({ target: ['id'], update: (_, offered) => ({ made: offered.made }) })
      const { constraint } = await s.left('UniqueViolation', C.run(upsert({ ...first, id: 2, made: new Date(0) })))
      assert.is(constraint, index.name)
      await s.right(C.run(upsert({ ...first, made: new Date(1) })))
      assert.equal(await s.right(Q.all(Q.from(t))), [{ ...first, made: new Date(1) }])
      await s.right(dropAll(all))
    }
  })

  test('what an engine can not index is Unsupported, with the name of the index', async () => {
    for (const [index, refused, problem] of ENGINE_REFUSALS) {
      const { all } = withIndexes([index])
      await s.right(dropAll(all))
      const created = await s.run(define(createSteps(all)))
      await s.right(dropAll(all))
      if (!refused.test(engine.name)) {
        assert.ok(E.isRight(created), `${index.name}: ${E.isLeft(created) ? created.left.message : ''}`)
        continue
      }
      assert.ok(E.isLeft(created) && created.left._tag === 'Unsupported', `${index.name}: ${JSON.stringify(created)}`)
      assert.match(created.left.message, problem)
      assert.match(created.left.message, index.name)
      assert.ok(
        s.db.capabilities.refuses.some(p => created.left._tag === 'Unsupported' && created.left.capability.startsWith(p)),
        created.left.message,
      )
    }
  })

  test('an index that no engine could have is refused before anything is created', async () => {
    for (const [index, tag, problem] of INVALID) {
      const { t, all } = withIndexes([index as Index])
      const created = await s.left(tag, define(createSteps(all)))
      assert.match(created.message, problem)
      const plain = withIndexes([])
      await s.right(define(createSteps(plain.all)))
      await s.left(tag, define([{ tag: 'createIndex', table: plain.t, index: t.indexes[0] as (typeof t.indexes)[0] }]))
      await s.right(dropAll(plain.all))
    }
  })

  test('two indexes of one name are refused', async () => {
    const [one, other] = [
      table('one_row', { id: int }, { indexes: [{ name: 'ix', on: ['id'] }] }),
      withIndexes([{ name: 'ix', on: ['id'] }]).t,
    ]
    const { reason } = await s.left('ValidationError', define(createSteps(schema({ one, other }))))
    assert.match(reason, 'two indexes')
    const twice = withIndexes([
      { name: 'ix', on: ['id'] },
      { name: 'ix', on: ['age'] },
    ])
    assert.match((await s.left('ValidationError', define(createSteps(twice.all)))).reason, 'two constraints or indexes')
  })

  test('an index that a foreign key needs is dropped, and the foreign key stays', async () => {
    const parent = table('needed_parent', { id: int }, { primaryKey: ['id'] })
    for (const second of [(row: any) => row.n, (row: any) => X.plus(row.n, 1)]) {
      const index: Index = { name: 'ix_needed', on: row => [as(row).parentId, second(row)] }
      const child = table('needed_child', { id: int, parentId: int, n: int }, { primaryKey: ['id'], indexes: [as(index)] })
      const all = schema({ parent, child }, t => ({ child: { parent: fk(t.child.parentId, t.parent.id) } }))
      await s.right(dropAll(all))
      await s.right(define(createSteps(all)))
      await s.right(define([{ tag: 'dropIndex', table: child, index: { name: 'ix_needed' } }]))
      await s.left('ForeignKeyViolation', C.run(C.insert(child)({ id: 1, parentId: 1, n: 1 })))
      await s.right(dropAll(all))
    }
  })

  test('a unique index holds for rows that a foreign key changes', async () => {
    const parent = table('changed_parent', { id: int }, { primaryKey: ['id'] })
    const child = table(
      'changed_child',
      { id: int, parentId: nullable(int), n: int },
      { primaryKey: ['id'], indexes: [{ name: 'ix_changed', on: row => [X.coalesce(row.parentId, 0), row.n], unique: true }] },
    )
    const all = schema({ parent, child }, t => ({ child: { parent: fk(t.child.parentId, t.parent.id, { onDelete: 'setNull' }) } }))
    const run = async (db: Runner) => {
      const program = [
        dropAll(all),
        define(createSteps(all)),
        C.run(C.insertMany(parent)([{ id: 1 }, { id: 2 }])),
        C.run(
          C.insertMany(child)([
            { id: 1, parentId: 1, n: 1 },
            { id: 2, parentId: 2, n: 1 },
          ]),
        ),
        C.run(C.delete(parent)(row => X.eq(row.id, 1))),
        C.run(C.delete(parent)(row => X.eq(row.id, 2))),
        C.run(C.insert(child)({ id: 3, n: 1 })),
        Q.all(
          pipe(
            Q.from(child),
            Q.orderBy(row => [X.asc(row.id)]),
          ),
        ),
      ]
      const answers: unknown[] = []
      for (const p of program) {
        const got = await p({ db })()
        answers.push(E.isLeft(got) ? got.left._tag : got.right)
      }
      return answers.slice(4)
    }
    const [got, expected] = [await run(s.db), await run(memory())]
    assert.is(expected[1], 'UniqueViolation')
    // MySQL (9.7) does not delete the row, and reports no error
    assert.equal(got, engine.name === 'mysql' ? [expected[0], 0, ...expected.slice(2)] : expected)
    await s.right(dropAll(all))
  })

  test('an index, key or primary key that a foreign key uses can be dropped, and the foreign key stays', async () => {
    const parent = table('ix_used', { id: int }, { primaryKey: ['id'] })
    const child = table('ix_user', { id: int, parentId: int, n: int }, { primaryKey: { name: 'ix_user_pkey', on: ['parentId', 'id'] } })
    const all = schema({ parent, child }, t => ({ child: { parent: fk(t.child.parentId, t.parent.id) } }))
    await s.right(dropAll(all))
    await s.right(define(createSteps(all)))
    const dangling = () => s.left('ForeignKeyViolation', C.run(C.insert(child)({ id: 9, parentId: 9, n: 9 })))
    await s.right(C.run(C.insert(parent)({ id: 1 })))
    await s.right(C.run(C.insert(child)({ id: 1, parentId: 1, n: 1 })))
    await s.right(define(alter(child, createIndex({ name: 'ix_user_of', on: row => [row.parentId, X.desc(row.n)] }))))
    await s.right(define(alter(child, dropKey('ix_user_pkey'))))
    await dangling()
    await s.right(define(alter(child, dropIndex('ix_user_of'))))
    await dangling()
    await s.right(define(alter(child, addUnique({ name: 'ix_user_key', on: ['parentId', 'n'] }))))
    await s.right(define(alter({ ...child, uniques: [{ name: 'ix_user_key', columns: ['parentId', 'n'] }] }, dropKey('ix_user_key'))))
    await dangling()
    const left = { ...child, primaryKey: null }
    const wanted = schema({ parent, left: left as typeof child }, t => ({ left: { parent: fk(t.left.parentId, t.parent.id) } }))
    const found = await s.right(difference(wanted, { only: ['ix_used', 'ix_user'] }))
    assert.equal([found.steps, found.undecided], [[], []])
    await s.right(dropAll(all))
  })

  test.run()
}
