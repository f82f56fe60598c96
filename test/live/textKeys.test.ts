/**
 * Texts in keys on every engine: a step that puts a column of an existing table into a key, an index or a foreign key, or defines it again.
 *
 * MySQL and MariaDB have no key over a TEXT, so there the step makes the column a VARCHAR with a note of its type (ADR-44). After each step
 * the database differs in nothing from its description, the column is a text, and the rows are those of the model.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { bytes, comment, int, nullable, text, varchar, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Introspected, perform } from '../../lib/core/operation/Interpreter.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import { createSteps, type Step } from '../../lib/core/schema/Step.js'
import type { AnyTable, Index } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { diff } from '../../lib/schema/diff.js'
import { table } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { suite } from '../suite.js'
import { engines, sameRows, using } from './eachEngine.js'

const base = table(
  'textkey_item',
  {
    id: int,
    name: pipe(text, comment('what it is called')),
    code: nullable(withDefault('none')(text)),
    short: varchar(20),
    data: nullable(bytes),
    number: int,
  },
  { primaryKey: ['id'], uniques: [['short']], indexes: [['number']] },
) as AnyTable
const owners = table('textkey_owner', { label: text }, { primaryKey: ['label'] }) as AnyTable

const indexOf = (name: string, columns: readonly string[], unique = false): Index => ({
  name,
  columns,
  on: null,
  unique,
  where: null,
  method: null,
})
const keyOf = (name: string, columns: readonly string[]): Change => ({ tag: 'addKey', key: { name, columns }, primary: false })

/** The schema of a description of the items. The foreign key, if there is one, refers from `name` to the owners. */
const schemaOf = (items: AnyTable, hasKey: boolean): AnySchema =>
  schema({ items, owners } as any, (t: any) => (hasKey ? { items: { owner: fk(t.items.name, t.owners.label) } } : {})) as AnySchema

/** Changes of the items that have to do with texts in keys; each is tried in any order, any number of times. */
const CHANGES: readonly Change[] = [
  keyOf('textkey_name_key', ['name']),
  keyOf('textkey_both_key', ['name', 'code']),
  keyOf('textkey_three_key', ['code', 'short', 'number']),
  keyOf('textkey_data_key', ['data', 'name']),
  { tag: 'dropKey', name: 'textkey_name_key' },
  { tag: 'dropKey', name: 'textkey_both_key' },
  { tag: 'changeType', field: 'short', type: { tag: 'text' }, using: null },
  { tag: 'changeType', field: 'short', type: { tag: 'varchar', length: 30 }, using: null },
  { tag: 'changeType', field: 'number', type: { tag: 'text' }, using: null },
  { tag: 'setNullable', field: 'name' },
  { tag: 'setNotNull', field: 'code', fill: () => X.lit('filled') as any },
  { tag: 'setComment', field: 'name', comment: 'another' },
  { tag: 'setDefault', field: 'code', default: X.lit('other') as any },
  { tag: 'renameColumn', field: 'code', name: 'code_2' },
]
const INDEXES: readonly Index[] = [
  indexOf('textkey_name_index', ['name']),
  indexOf('textkey_four_index', ['number', 'name', 'code', 'short']),
  indexOf('textkey_data_index', ['data'], true),
]

type Move = { readonly tag: 'change' | 'index' | 'dropIndex'; readonly which: number } | { readonly tag: 'key' }
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ tag: fc.constant('change' as const), which: fc.nat(CHANGES.length - 1) }) },
    { weight: 2, arbitrary: fc.record({ tag: fc.constant('index' as const), which: fc.nat(INDEXES.length - 1) }) },
    { weight: 1, arbitrary: fc.record({ tag: fc.constant('dropIndex' as const), which: fc.nat(INDEXES.length - 1) }) },
    { weight: 1, arbitrary: fc.record({ tag: fc.constant('key' as const) }) },
  ),
  { minLength: 1, maxLength: 6 },
)

const ROWS = [1, 2, 3].map(id => ({ id, name: 'abc'[id - 1], code: `c${id}`, short: `s${id}`, data: null, number: id }))

for (const engine of engines) {
  const test = suite(`texts in keys on ${engine.name}`)
  const s = using(engine, test)
  const clean = () => s.right(define([base, owners].map((t): Step => ({ tag: 'dropTable', table: t, foreignKeys: [] }))))
  const fill = (items: AnyTable) => async (db: any) => {
    for (const program of [
      C.run(C.insertMany(owners as any)(['a', 'b', 'c'].map(label => ({ label })) as any)),
      C.run(C.insertMany(items as any)(ROWS as any)),
    ]) {
      const done = await program({ db })()
      assert.ok(E.isRight(done), E.isLeft(done) ? done.left.message : '')
    }
  }
  const image = async (wanted: AnySchema) => {
    const { live, wanted: own } = await s.right(perform<Introspected>({ tag: 'introspect', schemas: [null], wanted }))
    return { live: { ...live, tables: live.tables.filter(t => t.name.startsWith('textkey_')), views: [] }, own }
  }
  /** The database is what its description says. */
  const agrees = async (wanted: AnySchema, after: string) => {
    const { live, own } = await image(wanted)
    const found = diff(live, wanted, own as any)
    assert.equal([found.steps, found.undecided], [[], []], `${after}: ${JSON.stringify(found)}`)
    const items = Object.values(wanted.tables).find(t => t.name === base.name) as AnyTable
    const there = live.tables.find(t => t.name === base.name)
    for (const [field, c] of Object.entries(items.columns)) {
      const name = items.names[field] ?? field
      assert.equal(there?.columns.find(x => x.name === name)?.type, c.type.sql, `the type of ${name} after ${after}`)
    }
  }
  const rowsOf = async (db: any, items: AnyTable) => {
    const found = await Q.all(Q.from(items as any))({ db })()
    assert.ok(E.isRight(found), E.isLeft(found) ? found.left.message : '')
    return (found as any).right as readonly unknown[]
  }

  test('a table that is created with a foreign key over a text has it as a text', async () => {
    await clean()
    const wanted = schemaOf(base, true)
    await s.right(define(createSteps(wanted)))
    await agrees(wanted, 'creation')
    await clean()
  })

  test('random steps leave the described schema and the rows of the model', async () => {
    let done = 0
    await fc.assert(
      fc.asyncProperty(moves, async list => {
        await clean()
        const model = memory()
        const both = async (steps: readonly Step[]) => [await s.run(define(steps)), await define(steps)({ db: model })()] as const
        await both(createSteps(schemaOf(base, false)))
        await fill(base)(s.db)
        await fill(base)(model)
        let now = base
        let hasKey = false
        for (const move of list) {
          const step = ((): Step | null => {
            if (move.tag === 'change') return { tag: 'alterTable', table: now, change: CHANGES[move.which] as Change }
            if (move.tag === 'key') {
              const [foreignKey] = schemaOf(now, true).foreignKeys
              return foreignKey === undefined ? null : { tag: hasKey ? 'dropForeignKey' : 'addForeignKey', foreignKey }
            }
            const index = INDEXES[move.which] as Index
            return { tag: move.tag === 'index' ? 'createIndex' : 'dropIndex', table: now, index }
          })()
          if (step === null) continue
          const what = JSON.stringify(step.tag === 'alterTable' ? step.change : [step.tag, (step as any).index?.name])
          const [there, here] = await both([step])
          if (E.isLeft(there) && there.left._tag === 'Unsupported') {
            assert.ok(!/1170|BLOB/.test(there.left.message), there.left.message)
            return
          }
          // an index that a foreign key needs there
          if (E.isLeft(there) && move.tag === 'dropIndex' && !engine.transactionalDdl && there.left._tag === 'SchemaConflict') return
          const tag = (e: typeof here) => (E.isLeft(e) ? e.left._tag : 'done')
          assert.is(tag(there), tag(here), `${what}: ${E.isLeft(there) ? there.left.message : ''}`)
          if (E.isLeft(there)) {
            // what was done of several statements stays
            if (!engine.transactionalDdl) return
            continue
          }
          if (step.tag === 'alterTable') now = changed(now, step.change)
          if (step.tag === 'createIndex') now = { ...now, indexes: [...now.indexes, step.index] }
          if (step.tag === 'dropIndex') now = { ...now, indexes: now.indexes.filter(i => i.name !== step.index.name) }
          if (step.tag === 'addForeignKey' || step.tag === 'dropForeignKey') hasKey = !hasKey
          done += 1
          // a default that the engine stores otherwise is not known inside of it
          await agrees(schemaOf(now, hasKey), what)
          sameRows(await rowsOf(s.db, now), await rowsOf(model, now), what)
        }
      }),
      { numRuns: amount(25) },
    )
    await clean()
    assert.ok(done > 5, `${done} steps were done`)
  })

  test('a value that is too long for a key is named, and nothing is changed', async () => {
    const longest = engine.longestKey
    const long = 'x'.repeat((longest ?? 768) + 1)
    const rows = [1, 2, 3, 4, 5, 6, 7, 8].map(id => ({
      ...ROWS[0],
      id,
      short: `s${id}`,
      name: id < 3 ? 'a' : `${id}${long}`,
      code: `${id}`,
    }))
    const steps: readonly ((items: AnyTable) => Step)[] = [
      t => ({ tag: 'alterTable', table: t, change: keyOf('textkey_name_key', ['name', 'code']) }),
      t => ({ tag: 'createIndex', table: t, index: indexOf('textkey_name_index', ['name', 'number']) }),
      t => ({ tag: 'addForeignKey', foreignKey: schemaOf(t, true).foreignKeys[0] as never }),
    ]
    for (const step of steps) {
      await clean()
      await s.right(define(createSteps(schemaOf(base, false))))
      await s.right(C.run(C.insertMany(base as any)(rows as any)))
      const before = await image(schemaOf(base, false))
      const done = await s.run(define([step(base)]))
      const isKey = step(base).tag === 'addForeignKey'
      if (longest === null && !isKey) {
        assert.ok(E.isRight(done), E.isLeft(done) ? done.left.message : '')
        continue
      }
      assert.ok(E.isLeft(done))
      const { left: error } = done as E.Left<any>
      // no owner has a longer value, so of a foreign key all rows are offending
      assert.is(error._tag, isKey ? 'ForeignKeyViolation' : 'ValueTooLong', error.message)
      const first = isKey ? 1 : 3
      assert.equal(
        error.rows,
        [0, 1, 2, 3, 4].map(i => ({ id: first + i })),
        error.message,
      )
      assert.ok(!error.message.includes('xxx'))
      assert.equal((await image(schemaOf(base, false))).live, before.live)
    }
    await clean()
  })

  if (engine.longestKey !== null) {
    test('keys that are too long together are refused before anything is changed', async () => {
      await clean()
      const wide = table('textkey_item', { id: int, name: text, other: varchar(700) }, { primaryKey: ['id'] }) as AnyTable
      await s.right(define(createSteps(schema({ wide } as any))))
      const key: Step = { tag: 'alterTable', table: wide, change: keyOf('textkey_wide_key', ['name', 'other']) }
      const index: Step = { tag: 'createIndex', table: wide, index: indexOf('textkey_wide_index', ['name', 'other']) }
      for (const step of engine.name === 'mysql' ? [key, index] : [index]) {
        const error = await s.left('Unsupported', define([step]))
        assert.match(error.message, /4336|at most 3072/)
      }
      await clean()
    })
  }

  test.run()
}
