/**
 * Batches of `online` do what `define` does: after each sample, the schema and the rows are the same.
 *
 * On Postgres also: which changes write the table again, as `effect` states; an index that an interrupted build left invalid, a constraint
 * that was not validated, and a null that is found too late are removed or continued by the next attempt.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { perform } from '../../lib/core/operation/Interpreter.js'
import { createSteps, type Step } from '../../lib/core/schema/Step.js'
import * as Program from '../../lib/Program.js'
import { define } from '../../lib/schema/createAll.js'
import { type Batch, online } from '../../lib/schema/online.js'
import { runBatches } from '../../lib/schema/runBatches.js'
import { partsOf } from '../../lib/sql/batches.js'
import { dialects } from '../../lib/sql/dialects.js'
import { some } from '../amount.js'
import { rows, samples, shop } from '../pure/hazards/samples.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'
import { statement, template } from './rawText.js'

const DIALECTS = { postgres: 'postgres', pglite: 'postgres', mysql: 'mysql', mariadb: 'mariadb' } as const
/** Only this sample fits no row. */
const rowsFor = (name: string): number => (name === 'add a column: not null, no default' ? 0 : 20)
const isKnown = (name: string): name is keyof typeof DIALECTS => Object.hasOwn(DIALECTS, name)

for (const engine of engines) {
  if (!isKnown(engine.name)) continue
  const dialect = DIALECTS[engine.name]
  const test = suite(`online on ${engine.name}`)
  const s = using(engine, test)
  const isPostgres = dialect === 'postgres'

  const clean = async (): Promise<void> => {
    const kinds = await s.right(
      Program.raw({ name: { ...int, type: { ...int.type, sql: { tag: 'text' } } } as any, view: int })(
        template(
          `SELECT table_name, CASE WHEN table_type = 'VIEW' THEN 1 ELSE 0 END FROM information_schema.tables WHERE table_schema = ${isPostgres ? "'public'" : 'database()'} ORDER BY 2 DESC, CASE table_name WHEN 'sale' THEN 0 WHEN 'item' THEN 1 ELSE 2 END`,
        ),
      ),
    )
    const quote = dialects[dialect].quote
    for (const { name, view } of kinds as readonly any[])
      await s.right(statement(`DROP ${view === 1 ? 'VIEW' : 'TABLE'} ${quote(name)}${isPostgres ? ' CASCADE' : ''}`))
  }
  const fresh = async (count = 20): Promise<void> => {
    await clean()
    await s.right(define(createSteps(shop)))
    for (const [field, all] of count === 0 ? [] : Object.entries(rows))
      await s.right(C.run(C.insertMany((shop.tables as any)[field])(all.slice(0, count) as any)))
  }
  const state = async (): Promise<unknown> => {
    const image = ((await s.right(perform({ tag: 'introspect', schemas: [null], wanted: null } as any))) as any).live
    const contents = await Promise.all(
      image.tables.map((t: any) =>
        s.right(
          Program.raw({ row: { ...int, type: { ...int.type, sql: { tag: 'text' } } } as any })(
            template(`SELECT CAST(count(*) AS char(20)) FROM ${dialects[dialect].quote(t.name)}`),
          ),
        ),
      ),
    )
    return JSON.parse(JSON.stringify({ image, contents }))
  }
  const batchesOf = (step: Step): readonly Batch[] => {
    const made = online([step], dialect)
    assert.ok(E.isRight(made), E.isLeft(made) ? made.left.message : '')
    return (made as E.Right<readonly Batch[]>).right
  }

  test('batches do what the steps do', async () => {
    for (const [name, step] of some(Object.entries(samples))) {
      if (!isPostgres && name === 'add a column: numbered') continue
      await fresh(rowsFor(name))
      await s.right(define([step]))
      const expected = await state()
      await fresh(rowsFor(name))
      await s.right(runBatches(batchesOf(step)))
      assert.equal(await state(), expected, name)
    }
  })

  if (isPostgres) {
    const filenodes = async (): Promise<string> =>
      JSON.stringify(
        await s.right(
          Program.raw({ node: int })(
            template(
              "SELECT CAST(relfilenode AS int) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid",
            ),
          ),
        ),
      )

    test('which changes write the table again', async () => {
      const { online: effects } = dialects.postgres.ddl
      const [measured, stated]: [string[], string[]] = [[], []]
      for (const [name, step] of Object.entries(samples)) {
        if (step.tag !== 'alterTable') continue
        const parts = partsOf(dialects.postgres, step)
        if (parts.some(p => p.part.tag === 'command')) continue
        await fresh(rowsFor(name))
        const before = await filenodes()
        await s.right(define([step]))
        if ((await filenodes()) !== before) measured.push(name)
        if (parts.some(({ part }) => effects.effect(part, false).rewrites)) stated.push(name)
      }
      assert.equal(stated, measured)
    })

    test('an index that was left invalid is dropped, reported and built again', async () => {
      await fresh()
      await s.right(statement('UPDATE item SET amount = 1'))
      const batches = batchesOf(samples['create a unique index'] as Step)
      await s.left('UniqueViolation', runBatches(batches))
      await s.right(statement('UPDATE item SET amount = id'))
      const reported: string[] = []
      await s.right(runBatches(batches, message => reported.push(message)))
      assert.is(reported.length, 1)
      assert.match(`${reported[0]}`, /"item_extra" of "item" was left invalid/)
      await s.left('SchemaConflict', runBatches(batches))
    })

    test('a constraint that was not validated is added again', async () => {
      await fresh()
      await s.right(statement('UPDATE item SET amount = 5000 WHERE id = 1'))
      const batches = batchesOf(samples['add a check'] as Step)
      await s.left('CheckViolation', runBatches(batches))
      await s.right(statement('UPDATE item SET amount = 5 WHERE id = 1'))
      const reported: string[] = []
      await s.right(runBatches(batches, message => reported.push(message)))
      assert.is(reported.length, 1)
    })

    test('a null is found, and NOT NULL continues after it is gone', async () => {
      await fresh()
      await s.right(statement('UPDATE item SET title = NULL WHERE id = 1'))
      const batches = batchesOf(samples['forbid null'] as Step)
      await s.left('CheckViolation', runBatches(batches))
      await s.right(statement("UPDATE item SET title = '' WHERE id = 1"))
      await s.right(runBatches(batches))
      await s.left('NotNullViolation', statement('UPDATE item SET title = NULL WHERE id = 1'))
    })
  }

  test.run()
}
