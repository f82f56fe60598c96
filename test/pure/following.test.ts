/**
 * Which tables may change after a command, and the order of changes: functions of foreign keys and of rows, without a database.
 *
 * What engines do with the keys is tested in test/live/rowChanges.test.ts; here are the cases that decide whether a table has to be declared.
 */
import * as assert from 'uvu/assert'
import { int, nullable } from '../../lib/Column.js'
import type { RowChange } from '../../lib/Command.js'
import { childrenFirst } from '../../lib/core/schema/childrenFirst.js'
import { followingOf } from '../../lib/core/schema/following.js'
import { keyIdentity, valueIdentity } from '../../lib/core/schema/RowChange.js'
import { declaredReferences } from '../../lib/core/schema/references.js'
import { attempting } from '../../lib/core/value/DbError.js'
import { fk, schema } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const test = suite('what follows a write')

const of = (name: string) => table(name, { id: int, code: int, up: nullable(int) }, { primaryKey: ['id'], uniques: [['code']] })
const [a, b, c, d] = [of('a'), of('b'), of('c'), of('d')]
const all = schema({ a, b, c, d }, t => ({
  b: { a: fk(t.b.up, t.a.id, { onDelete: 'cascade' }) },
  c: { b: fk(t.c.up, t.b.id, { onDelete: 'setNull', onUpdate: 'cascade' }) },
  d: { c: fk(t.d.up, t.c.code, { onUpdate: 'cascade' }) },
}))
const references = declaredReferences(all.foreignKeys)
const tables = Object.values(all.tables)

const reached = (t: typeof a, deletes: boolean, ...sets: readonly string[]) => {
  const found = attempting('it', () => followingOf(references, t, tables, { deletes, sets: new Set(sets) }))
  return found._tag === 'Left' ? found.left.message : [...found.right.tables.values()].map(x => x.name).join()
}

test('a deletion follows onDelete, an update onUpdate of the columns that are set', () => {
  assert.is(reached(a, true), 'a,b,c')
  assert.is(reached(a, false, 'id'), 'a')
  assert.is(reached(b, false, 'id'), 'b,c')
  assert.is(reached(b, false, 'code'), 'b')
  assert.is(reached(c, false, 'code'), 'c,d')
  assert.is(reached(d, true), 'd')
})

test('a column that a key sets may be one that another key refers to', () => {
  const own = table('own', { up: int }, { primaryKey: ['up'] })
  const last = table('last', { id: int, of: int }, { primaryKey: ['id'] })
  const chain = schema({ a, own, last }, t => ({
    own: { a: fk(t.own.up, t.a.id, { onUpdate: 'cascade' }) },
    last: { own: fk(t.last.of, t.own.up, { onUpdate: 'cascade' }) },
  }))
  const found = followingOf(declaredReferences(chain.foreignKeys), a, Object.values(chain.tables), {
    deletes: false,
    sets: new Set(['id']),
  })
  assert.equal(
    [...found.tables.values()].map(t => t.name),
    ['a', 'own', 'last'],
  )
})

const change = (name: string, before: object | null, after: object | null = null): RowChange => ({
  table: { schema: null, name },
  key: {},
  before: before as RowChange['before'],
  after: after as RowChange['after'],
})

test('a row comes before those that it referenced, inserted rows are last, circles stay', () => {
  const parent = change('a', { id: 1, code: 1, up: null })
  const child = change('b', { id: 2, code: 1, up: 1 })
  const grandchild = change('c', { id: 3, code: 1, up: 2 })
  const inserted = change('a', null, { id: 9 })
  assert.equal(childrenFirst(references, [inserted, parent, child, grandchild]), [grandchild, child, parent, inserted])
  const ring = declaredReferences(schema({ a, b }, t => ({ a: { b: fk(t.a.up, t.b.id) }, b: { a: fk(t.b.up, t.a.id) } })).foreignKeys)
  const [one, other] = [change('a', { id: 1, up: 2 }), change('b', { id: 2, up: 1 })]
  assert.equal(childrenFirst(ring, [one, other]), [one, other])
  assert.equal(childrenFirst(references, []), [])
})

test('values of different types that are equal have one identity', () => {
  assert.is(valueIdentity({ tag: 'int' }, 7), valueIdentity({ tag: 'bigint' }, 7n))
  assert.is(
    valueIdentity({ tag: 'numeric', precision: 4, scale: 1 }, '1.5'),
    valueIdentity({ tag: 'numeric', precision: 9, scale: 3 }, '1.500'),
  )
  const json = { tag: 'json' } as never
  assert.is(valueIdentity(json, { a: 1, b: [{ c: 2, d: 3 }] }), valueIdentity(json, { b: [{ d: 3, c: 2 }], a: 1 }))
  assert.is.not(valueIdentity({ tag: 'text' }, 'null'), valueIdentity({ tag: 'text' }, null))
  assert.is(keyIdentity([{ tag: 'text' }, { tag: 'text' }], ['a', null]), null)
})

test.run()
