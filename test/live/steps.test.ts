/**
 * Steps of a schema on every engine: a schema with a cycle, an index and a view; indexes; foreign keys.
 *
 * These are special cases. Lists of random steps are a law (`laws/schemaSteps`), which `schemaLaws.<engine>.test.ts` applies: what they
 * leave in the database, rows included, and what is refused is what the model says.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { createSteps, dropSteps, type Step } from '../../lib/core/schema/Step.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { type AnySchema, type ForeignKey, fk, schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { table, view } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const groups = table('step_group', { id: int, title: text, ownerId: nullable(int) }, { primaryKey: ['id'], indexes: [['ownerId']] })
const users = table('step_user', { id: int, groupId: nullable(int) }, { primaryKey: ['id'] })
const notes = table('step_note', { id: int, userId: nullable(int) }, { primaryKey: ['id'], indexes: [['userId']] })
const titles = view(
  'step_title',
  { id: int, title: text },
  pipe(
    Q.from(groups),
    Q.map(g => ({ id: g.id, title: g.title })),
  ),
)
const all = schema({ groups, users, notes }, t => ({
  groups: { owner: fk(t.groups.ownerId, t.users.id) },
  users: { group: fk(t.users.groupId, t.groups.id) },
  notes: { user: fk(t.notes.userId, t.users.id, { onDelete: 'cascade' }) },
}))
const withView: AnySchema = { ...all, tables: { ...all.tables, titles } }
const keys = all.foreignKeys as readonly ForeignKey[]
const keysOf = (t: AnyTable): readonly ForeignKey[] => keys.filter(f => f.table === t)

for (const engine of engines) {
  if (engine.name === 'memory') continue
  const test = suite(`steps on ${engine.name}`)
  const s = using(engine, test)
  const both = async (model: Runner, of: readonly Step[]) => [await s.run(define(of)), await define(of)({ db: model })()] as const
  const clean = () => s.right(define(dropSteps(withView)))

  test('create a schema with a cycle, an index and a view, and drop it', async () => {
    await clean()
    const model = memory()
    for (const of of [createSteps(withView), dropSteps(withView), createSteps(withView)]) {
      const [got, expected] = await both(model, [...of])
      assert.equal([E.isRight(got), E.isRight(expected)], [true, true])
    }
    assert.equal(await s.right(Q.all(Q.from(titles))), [])
    await s.left('SchemaConflict', define(createSteps(withView)))
    await clean()
    await clean()
  })

  test('an index is created and dropped, and changes no answer', async () => {
    await clean()
    const index = { name: 'step_title_idx', columns: ['ownerId'], on: null, unique: false, where: null, method: null }
    await s.right(define(createSteps(all)))
    await s.right(define([{ tag: 'createIndex', table: groups, index }]))
    await s.right(define([{ tag: 'dropIndex', table: groups, index }]))
    await s.right(define([{ tag: 'createIndex', table: groups, index }]))
    const missing = await s.left(
      'SchemaConflict',
      define([{ tag: 'dropIndex', table: groups, index: { ...index, name: 'step_other_idx' } }]),
    )
    assert.match(missing.message, /no such constraint or index/)
    await clean()
  })

  test('a foreign key over rows that refer to nothing is refused, and one that is dropped holds no more', async () => {
    await clean()
    const [key] = keysOf(notes)
    const made: readonly Step[] = [users, notes].map(t => ({ tag: 'createTable', table: t, foreignKeys: [] }))
    await s.right(define(made))
    await s.right(C.run(C.insert(notes)({ id: 1, userId: 7 })))
    await s.left('ForeignKeyViolation', define([{ tag: 'addForeignKey', foreignKey: key as ForeignKey }]))
    await s.right(C.run(C.delete(notes)(C.everywhere)))
    await s.right(define([{ tag: 'addForeignKey', foreignKey: key as ForeignKey }]))
    await s.left('ForeignKeyViolation', C.run(C.insert(notes)({ id: 1, userId: 7 })))
    await s.right(define([{ tag: 'dropForeignKey', foreignKey: key as ForeignKey }]))
    await s.right(C.run(C.insert(notes)({ id: 1, userId: 7 })))
    await clean()
  })

  test.run()
}
