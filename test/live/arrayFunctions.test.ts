/**
 * Edge cases of the functions of arrays, on every engine against the model.
 *
 * The elements are those that JSON escapes or that engines could confuse: case, blanks, numbers and their texts.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { arrayOf, bigint, boolean, bytes, enumOf, float, int, nullable, smallint, text, timestamp, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { asInModel, engines, using } from './eachEngine.js'

const WORDS = [
  '',
  'a',
  'A',
  'a ',
  'á',
  'é',
  '😀',
  '"',
  '\\',
  "o'c",
  '\n',
  '\t\u0001',
  '\u2028',
  '/',
  '1',
  'null',
  'true',
  '[]',
  '["a"]',
  '%',
  'a_',
]

const LISTS = [[], [null], ['a'], ['A', null], WORDS, ['["a"]'], ['a"', '\\"'], ['1', '2'], ['null']]

const NUMBERS = [[], [0], [1, 2, null], [-2147483648, 2147483647], [10, 100], [null, null]]

const tags = table(
  'array_functions',
  { id: int, words: arrayOf(text), kinds: nullable(arrayOf(nullable(varchar(20)))), numbers: arrayOf(int) },
  { primaryKey: ['id'] },
)

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`functions of arrays on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = asInModel(s, model)
  const ofEach = async (
    column: AnyColumn,
    lists: readonly (readonly unknown[])[],
    values: readonly unknown[],
    element: AnyColumn,
  ): Promise<void> => {
    const rows = Q.values({ i: int, list: column })(lists.map((list, i) => ({ i, list })) as never)
    for (const v of values) {
      const value = X.litOf(element)(v as never)
      await same(
        `${JSON.stringify(v)} in a column`,
        pipe(
          rows,
          Q.orderBy((r: any) => [X.asc(r.i)]),
          Q.map((r: any) => ({
            n: X.arrayLength(r.list),
            plain: X.arrayContains(r.list, v as never),
            e: X.arrayContains(r.list, value),
            not: X.not(X.arrayContains(r.list, value)),
          })),
        ),
      )
      await same(
        `${JSON.stringify(v)} in parameters`,
        Q.of(Object.fromEntries(lists.map((list, i) => [`v${i}`, X.arrayContains(X.litOf(column)(list as never), value)]))),
      )
    }
    const beside = Q.values({ v: element })(values.map(v => ({ v })) as never)
    await same(
      'of values of a column',
      pipe(
        rows,
        Q.bind('list', r => Q.of({ list: r.list, i: r.i })),
        Q.bind('other', () => beside),
        Q.where(r => X.arrayContains(r.list.list as never, r.other.v as never)),
        Q.aggregate(() => ({ n: A.countAll })),
      ),
    )
    await same(
      'of null',
      Q.of({
        a: X.arrayContains(X.nullOf(column), values[0] as never),
        b: X.arrayContains(X.litOf(column)(lists[0] as never), X.nullOf(element)),
        c: X.arrayLength(X.nullOf(column)),
      }),
    )
  }

  test('texts', () => ofEach(arrayOf(nullable(text)), LISTS, WORDS, text))
  test('of a text that is made of nulls only', async () => {
    const none = X.lower(X.concat(X.nullOf(text), X.nullOf(text)))
    await same('nulls', Q.of({ v: X.arrayContains(X.litOf(arrayOf(text))(['a']), none) }))
  })
  test('short texts', () => ofEach(arrayOf(nullable(varchar(10))), LISTS, WORDS, varchar(10)))
  test('values of an enum', () => ofEach(arrayOf(enumOf('a', 'A')), [[], ['a'], ['A', 'a']], ['a', 'A'], enumOf('a', 'A')))
  test('ints', () => ofEach(arrayOf(nullable(int)), NUMBERS, [0, 1, 10, -2147483648, 2147483647], int))
  test('small ints', () => ofEach(arrayOf(smallint), [[], [0, 1]], [0, 1, 70_000], int))

  test('of stored arrays, collected ones, in an update', async () => {
    await s.create(tags)
    await s.right(
      C.run(
        C.insertMany(tags)([
          { id: 1, words: ['a', 'b'], kinds: ['x', null], numbers: [1, 2] },
          { id: 2, words: [], kinds: null, numbers: [3] },
          { id: 3, words: WORDS, kinds: [], numbers: [] },
        ]),
      ),
    )
    const found = pipe(
      Q.from(tags),
      Q.where(t => X.arrayContains(t.words, '"')),
      Q.map(t => ({ id: t.id, n: X.arrayLength(t.words), kinds: X.arrayContains(t.kinds, 'x') })),
    )
    assert.equal(await s.right(Q.all(found)), [{ id: 3, n: WORDS.length, kinds: false }])
    const all = pipe(
      Q.from(tags),
      Q.aggregate(t => ({
        ids: A.arrayAgg(t.id, { orderBy: [X.asc(t.id)] }),
        next: A.arrayAgg(X.plus(t.id, 1)),
        words: A.arrayAgg(X.concat('w', X.cast(text)(t.id))),
      })),
      Q.map(g => ({
        two: X.arrayContains(g.ids, 2),
        five: X.arrayContains(g.next, 5),
        four: X.arrayContains(g.next, 4),
        w: X.arrayContains(g.words, 'w3'),
        n: X.arrayLength(g.ids),
      })),
    )
    assert.equal(await s.right(Q.all(all)), [{ two: true, five: false, four: true, w: true, n: 3 }])
    await s.right(
      C.run(
        C.update(tags)(
          t => ({ id: X.plus(t.id, X.times(X.arrayLength(t.numbers), 10)) }),
          t => X.arrayContains(t.numbers, t.id),
        ),
      ),
    )
    assert.equal(
      [
        ...(await s.right(
          Q.all(
            pipe(
              Q.from(tags),
              Q.map(t => t.id),
            ),
          ),
        )),
      ].sort((a, b) => a - b),
      [2, 3, 21],
    )
    await s.drop(tags)
  })

  test('what engines can not tell apart is refused', async () => {
    for (const [column, list, value] of [
      [arrayOf(bigint), [1n], 1n],
      [arrayOf(float), [1], 1],
      [arrayOf(boolean), [true], true],
      [arrayOf(bytes), [Uint8Array.of(1)], Uint8Array.of(1)],
      [arrayOf(timestamp), [new Date(0)], new Date(0)],
      [arrayOf(text), ['1'], X.lit(1)],
      [arrayOf(int), [1], X.lit('1')],
      [arrayOf(int), [1], 0.5],
    ] as readonly (readonly [AnyColumn, readonly unknown[], unknown])[]) {
      await s.left('ValidationError', Q.all(Q.of({ v: X.arrayContains(X.litOf(column)(list as never), value as never) })))
    }
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayLength(X.lit('[]') as never) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayContains(X.litOf(arrayOf(text))(['a']), null as never) })))
  })
  test.run()
}
