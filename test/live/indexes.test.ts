/**
 * Indexes on every engine: over fields, expressions and sort keys, of some rows, unique or not.
 *
 * A unique index is a constraint: the model holds it, and engines refuse the same rows with the name of the index. What an engine has no
 * index for is `Unsupported` before anything is created; the table at the end says where.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { anyJson, boolean, int, nullable, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { createSteps } from '../../lib/core/schema/Step.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { define, dropAll } from '../../lib/schema/createAll.js'
import { type IndexOptions, table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const columns = { id: int, email: varchar(50), age: nullable(int), deleted: boolean, body: nullable(anyJson) }
type Index = IndexOptions<typeof columns>

/** Indexes, and the engines that refuse them. */
const INDEXES: readonly (readonly [Index, RegExp])[] = [
  [{ name: 'ix_plain', on: ['age', 'email'] }, /^$/],
  [{ name: 'ix_unique', on: ['email', 'age'], unique: true }, /^$/],
  [{ name: 'ix_desc', on: row => [X.desc(row.age), X.asc(row.id)] }, /^$/],
  [{ name: 'ix_nulls', on: row => [X.nullsFirst(X.desc(row.age))] }, /sqlite|mysql|mariadb/],
  [{ name: 'ix_sum', on: row => [X.plus(X.coalesce(row.age, 0), 1)], unique: true }, /mariadb/],
  [{ name: 'ix_some', on: ['email'], where: row => X.not(row.deleted), unique: true }, /mysql|mariadb/],
  [{ name: 'ix_gin', on: ['body'], using: 'gin' }, /sqlite|mysql|mariadb/],
]

const ROWS = [
  { id: 1, email: 'a', age: 1, deleted: false, body: null },
  { id: 2, email: 'a', age: null, deleted: true, body: null },
  { id: 3, email: 'a', age: 2, deleted: true, body: null },
  { id: 4, email: 'a', age: 2, deleted: true, body: null },
  { id: 5, email: 'a', age: 5, deleted: false, body: null },
  { id: 6, email: 'b', age: 6, deleted: false, body: null },
  { id: 7, email: 'b', age: -1, deleted: false, body: null },
]

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
        await s.left('SchemaConflict', Q.all(Q.from(t)))
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
  test.run()
}
