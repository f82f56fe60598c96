/**
 * Differences of schemas on every engine: each column that a generated schema may have, compared with its neighbours.
 *
 * That a created schema has no difference, and that the steps of a difference leave none, are laws (`laws/schemaDifferences`), which
 * `schemaLaws.<engine>.test.ts` applies to random schemas. Here every pair of neighbours among the columns of their generator is tried,
 * and types that an engine has only with an extension.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import { comment, int, text, vector } from '../../lib/Column.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import { type AnySchema, schema } from '../../lib/Schema.js'
import { createAll, define } from '../../lib/schema/createAll.js'
import { type Difference, difference } from '../../lib/schema/difference.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

/** Lists of columns, of which neighbours differ. */
const lists: readonly (readonly AnyColumn[])[] = [
  ...Object.values(Laws.Arbitrary.COLUMN_CHOICES),
  [vector(3), vector(4)] as never as readonly AnyColumn[],
]

/** One table with the n-th of each list, from the beginning again where a list is shorter. */
const schemaOf = (n: number, of: readonly (readonly AnyColumn[])[]): AnySchema => {
  const columns = Object.fromEntries(of.map((list, i) => [`c${i}`, list[n % list.length] as AnyColumn]))
  return schema({ t: table('diff_t', { id: int, ...columns }, { primaryKey: ['id'] }) as never })
}

for (const engine of engines) {
  const test = suite(`differences on ${engine.name}`)
  const s = using(engine, test)
  const clean = () => s.right(define([{ tag: 'dropTable', table: table('diff_t', { id: int }) as AnyTable, foreignKeys: [] }]))
  const differenceTo = (wanted: AnySchema): Promise<Difference> => s.right(difference(wanted, { only: ['diff_t'] }))
  /** The columns that steps or findings are about. */
  const columnsIn = ({ steps, undecided }: Difference): readonly string[] =>
    [
      ...steps.map(st => `${st.tag === 'alterTable' && 'field' in st.change ? st.change.field : ''}`),
      ...undecided.map(u => u.object),
    ].flatMap(name => /c\d+/.exec(name)?.[0] ?? [])

  test('neighbours among the columns differ, and a column does not differ from itself', async () => {
    const known: (readonly AnyColumn[])[] = []
    for (const list of lists) {
      await clean()
      const made = await s.run(createAll(schemaOf(0, [list])))
      if (E.isRight(made)) known.push(list)
      else assert.is(made.left._tag, 'Unsupported', made.left.message)
    }
    const longest = Math.max(...known.map(list => list.length))
    for (let n = 0; n < longest; n += 1) {
      await clean()
      const from = schemaOf(n, known)
      await s.right(createAll(from))
      const same = await differenceTo(from)
      assert.equal([same.steps, same.undecided], [[], []])
      const found = new Set(columnsIn(await differenceTo(schemaOf(n + 1, known))))
      for (const i of known.keys()) assert.ok(found.has(`c${i}`), `column ${i}, choice ${n}`)
    }
    await clean()
  })

  test('an empty comment is none', async () => {
    await clean()
    const t = table('diff_t', { id: int, title: pipe(text, comment('')) }, { primaryKey: ['id'], comment: '' })
    await s.right(createAll(schema({ t })))
    assert.equal((await differenceTo(schema({ t }))).steps, [])
    assert.equal((await differenceTo(schema({ t: table('diff_t', { id: int, title: text }, { primaryKey: ['id'] }) }))).steps, [])
    await clean()
  })

  test.run()
}
