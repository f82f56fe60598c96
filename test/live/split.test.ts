/**
 * Texts split into arrays, on every engine against the model: separators that overlap themselves, texts full of the characters that engines
 * use as marks and escapes.
 */
import { inspect } from 'node:util'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { arrayOf, enumOf, int, nullable, storedText, text, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { asInModel, engines, using } from './eachEngine.js'
import { hostileStrings } from './hostileStrings.js'

const TEXTS = [
  '',
  'a',
  ',',
  ',,',
  'a,b',
  ',a,,b,',
  'aaaa',
  'aaa',
  'AaÁá',
  'a b  c',
  'ßss',
  '~',
  '~^',
  '~|',
  '^|~~^~|',
  '~,^',
  '~,~^,|~',
  '"',
  '","',
  '",~^"',
  '\\',
  '\\n,\n,n',
  '\\u0000,u,\u0001',
  '\t,\r\n',
  '😀,😀😀',
  '\ue000\ue001\ue002,\ue000',
  '[],{}',
  "it's, 'x'",
  'e\u0301,é',
  '\u2028,\u2029',
  '%_,_%',
  'a~^b~|c,~',
]

const SEPARATORS = [
  ',',
  'a',
  'aa',
  'A',
  'á',
  ' ',
  '~',
  '^',
  '|',
  '~^',
  '~|',
  '@#',
  '"',
  '","',
  '\\',
  'n',
  'u',
  '\\n',
  '\n',
  '\u0001',
  '😀',
  '\ue000',
  ',~^|@#\ue000',
  '[',
  '%',
  's',
  '\u0301',
  'x'.repeat(100),
]

const byPosition = Q.orderBy((s: any) => [X.asc(s.position)])

const lines = table('split_lines', { id: int, line: nullable(text), word: varchar(40), old: storedText }, { primaryKey: ['id'] })

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`parts of texts on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = asInModel(s, model)
  const rows = Q.values({ i: int, t: nullable(text) })([...TEXTS.map((t, i) => ({ i, t })), { i: -1, t: null }])

  test('columns and parameters, by each separator', async () => {
    for (const separator of SEPARATORS) {
      await same(
        inspect(separator),
        pipe(
          rows,
          Q.orderBy(r => [X.asc(r.i)]),
          Q.map(r => ({
            parts: X.split(r.t, separator),
            n: X.arrayLength(X.split(r.t, separator)),
            again: X.arrayJoin(X.split(r.t, separator), separator),
          })),
        ),
      )
      await same(
        `${inspect(separator)} in parameters`,
        Q.of(Object.fromEntries(TEXTS.map((t, i) => [`t${i}`, X.split(X.lit(t), separator)]))),
      )
    }
  })

  test('hostile texts and separators', async () => {
    const hostile = hostileStrings(60)
    for (const separator of hostile.filter(h => h !== '' && h.length <= 100).slice(0, 20)) {
      const texts = hostile.filter(h => h.length < 1000).map(h => `${h}${separator}${h}`)
      const list = X.litOf(arrayOf(text))(texts)
      await same(
        inspect(separator),
        pipe(
          Q.unnest(list),
          byPosition,
          Q.map(e => ({ parts: X.split(e.value, separator), again: X.arrayJoin(X.split(e.value, separator), separator) })),
        ),
      )
    }
  })

  test('parts as rows, in nested rows, contained, grouped', async () => {
    await same(
      'rows',
      pipe(
        rows,
        Q.bind('part', r => Q.unnest(X.split(r.t, ','))),
        Q.orderBy(r => [X.asc(r.i), X.asc(r.part.position)]),
      ),
    )
    await same(
      'nested',
      pipe(
        rows,
        Q.orderBy(r => [X.asc(r.i)]),
        Q.map(r => ({
          i: r.i,
          list: Q.many(pipe(Q.unnest(X.split(r.t, '~')), byPosition)),
          array: Q.many(Q.of({ p: X.split(r.t, '~') })),
        })),
      ),
    )
    await same(
      'contained',
      pipe(
        rows,
        Q.where(r => X.arrayContains(X.split(r.t, ','), 'a')),
        Q.orderBy(r => [X.asc(r.i)]),
        Q.map(r => ({ i: r.i, lower: X.arrayContains(X.split(r.t, ','), X.lower(X.lit('A'))) })),
      ),
    )
    await same(
      'grouped',
      pipe(
        rows,
        Q.bind('part', r => Q.unnest(X.split(r.t, ','))),
        Q.aggregate(r => ({ part: A.key(r.part.value), n: A.countAll })),
        Q.where(g => X.gt(g.n, 1)),
        Q.orderBy(g => [X.desc(g.n), X.asc(g.part)]),
      ),
    )
  })

  test('of what is stored, in another collation too, and in a write', async () => {
    await s.create(lines)
    await s.right(C.run(C.insertMany(lines)(TEXTS.map((line, id) => ({ id, line, word: line, old: line })))))
    const parts = pipe(
      Q.from(lines),
      Q.orderBy(l => [X.asc(l.id)]),
      Q.map(l => ({ line: X.split(l.line, 'a'), word: X.split(l.word, 'a'), old: X.split(l.old, 'a') })),
    )
    assert.equal(
      await s.right(Q.all(parts)),
      TEXTS.map(t => ({ line: t.split('a'), word: t.split('a'), old: t.split('a') })),
    )
    const own = table('split_parts', { id: int, parts: arrayOf(text) }, { primaryKey: ['id'] })
    await s.create(own)
    await s.right(
      C.run(
        C.insertFrom(own)(
          pipe(
            Q.from(lines),
            Q.map(l => ({ id: l.id, parts: X.split(l.word, ',') })),
          ),
        ),
      ),
    )
    const stored = pipe(
      Q.from(own),
      Q.orderBy(l => [X.asc(l.id)]),
      Q.map(l => l.parts),
    )
    assert.equal(
      await s.right(Q.all(stored)),
      TEXTS.map(t => t.split(',')),
    )
    await s.drop(own)
    await s.drop(lines)
  })

  test('long texts', async () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `é${i}`).join(',')
    const counted = Q.prepare({ t: text }, p =>
      pipe(
        Q.unnest(X.split(p.t, ',')),
        Q.aggregate(e => ({ n: A.countAll, last: A.max(e.position), most: A.max(X.byteLength(e.value)) })),
      ),
    )
    assert.equal(await s.right(Q.all(counted({ t: long }))), [{ n: 20_000, last: 20_000, most: 7 }])
    await same('a long one', Q.of({ n: X.arrayLength(X.split(X.lit(long), ',')) }))
  })

  test('joined without nulls', async () => {
    const list = X.litOf(arrayOf(nullable(text)))(['b', null, '', 'a', 'B'])
    await same('joined', Q.of({ a: X.arrayJoin(list, ', '), b: X.arrayJoin(list, ''), none: X.arrayJoin(X.nullOf(arrayOf(text)), ',') }))
    await same(
      'of nothing',
      Q.of({ a: X.arrayJoin(X.litOf(arrayOf(text))([]), ','), b: X.arrayJoin(X.litOf(arrayOf(nullable(text)))([null]), ',') }),
    )
    await same(
      'of an enum',
      Q.of({ a: X.arrayJoin(X.litOf(arrayOf(enumOf('x', 'y')))(['y', 'x']), "'"), b: X.split(X.litOf(enumOf('x', 'yx'))('yx'), 'x') }),
    )
  })

  test('what is no separator, and no text, is refused', async () => {
    for (const bad of ['', 'x'.repeat(101), '\u0000', '\ud800', 3, null, undefined, X.lit(',')])
      await s.left('ValidationError', Q.all(Q.of({ v: X.split(X.lit('a'), bad as never) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.split(X.lit(1) as never, ',') })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayJoin(X.litOf(arrayOf(int))([1]) as never, ',') })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayJoin(X.litOf(arrayOf(text))(['a']), '\u0000') })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayJoin(X.litOf(arrayOf(text))(['a']), 3 as never) })))
  })
  test.run()
}
