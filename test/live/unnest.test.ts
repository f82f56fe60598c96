/**
 * Elements of arrays as rows, with extreme values, on every engine against the model.
 *
 * The arrays are stored, passed as parameters, collected by an aggregate, chosen by a condition, and results of subqueries.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as io from 'io-ts'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import {
  arrayOf,
  bigint,
  boolean,
  bytes,
  char,
  codec,
  date,
  enumOf,
  float,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  uuid,
  varchar,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table, view } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { asInModel, engines, using } from './eachEngine.js'

const WORDS = [
  '',
  'a',
  'A',
  'a ',
  'á',
  '😀',
  '"',
  '\\',
  "o'c",
  '\n',
  '\t\u0001\u007f',
  '\u2028',
  '/',
  '1',
  'null',
  'true',
  '[]',
  '%',
  '\u{10ffff}',
  'ß',
  'SS',
]

const at = (...instants: readonly string[]): readonly Date[] => instants.map(i => new Date(i))

/** Values of each type that an element can have. */
const KINDS: { readonly [name: string]: readonly [AnyColumn, readonly unknown[]] } = {
  text: [text, WORDS],
  varchar: [varchar(20), WORDS],
  char: [char(2), ['ab', 'A ', '  ']],
  enum: [enumOf('a', 'A', 'null'), ['a', 'A', 'null']],
  uuid: [uuid, ['00000000-0000-4000-8000-00000000000a', 'ffffffff-ffff-4fff-bfff-ffffffffffff']],
  int: [int, [0, 1, -1, 10, -2147483648, 2147483647]],
  smallint: [smallint, [0, -32768, 32767]],
  bigint: [bigint, [0n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]],
  float: [float, [0, 1, -0.5, 0.1, 1e21, 1e-7, 1 / 3, 2 ** 53 + 2, 5e-324, Number.MAX_VALUE, -2e300]],
  numeric: [numeric(10, 2), ['0.00', '1.50', '-99999999.99', '0.01']],
  'long numeric': [numeric(30, 5), ['0.00000', '1234567890123456789012345.12345', '-0.00001']],
  boolean: [boolean, [true, false]],
  bytes: [bytes, [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 255), Uint8Array.from({ length: 256 }, (_, i) => i)]],
  timestamp: [
    timestamp,
    at('2020-01-01T00:00:00.001Z', '1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'),
  ],
  timestampMicros: [timestampMicros, ['2020-01-01T00:00:00.000001Z', '1969-12-31T23:59:59.999999Z']],
  date: [date, ['2024-02-29', '0001-01-01', '9999-12-31']],
  time: [time, ['00:00:00.000', '00:00:01.001', '23:59:59.999']],
}

const byPosition = Q.orderBy((s: any) => [X.asc(s.position)])

const lists = table('unnest_lists', { id: int, words: arrayOf(text), numbers: nullable(arrayOf(nullable(int))) }, { primaryKey: ['id'] })

const STORED = [
  { id: 1, words: ['b', 'a', 'b'], numbers: [3, null, 1] },
  { id: 2, words: [], numbers: null },
  { id: 3, words: WORDS, numbers: [] },
  { id: 4, words: ['x'], numbers: [null] },
]

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`elements of arrays on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = asInModel(s, model)

  for (const [kind, [element, values]] of Object.entries(KINDS)) {
    test(`values of ${kind}, given, in a column, collected, in nested rows`, async () => {
      const list = X.litOf(arrayOf(nullable(element)))([...values, null, ...values.slice(0, 1)] as never)
      await same('given', pipe(Q.unnest(list), byPosition))
      await same('without null', pipe(Q.unnest(X.litOf(arrayOf(element))(values as never)), byPosition))
      const rows = Q.values({ i: int, list: nullable(arrayOf(nullable(element))) })([
        { i: 1, list: values },
        { i: 2, list: [] },
        { i: 3, list: null },
        { i: 4, list: [null] },
      ] as never)
      const each = pipe(
        rows,
        Q.bind('e', r => Q.unnest(r.list)),
      )
      await same(
        'of each row',
        pipe(
          each,
          Q.orderBy(r => [X.asc(r.i), X.asc(r.e.position)]),
          Q.map(r => ({ i: r.i, e: r.e })),
        ),
      )
      await same(
        'in nested rows',
        pipe(
          rows,
          Q.orderBy(r => [X.asc(r.i)]),
          Q.map(r => ({
            i: r.i,
            all: Q.many(
              pipe(
                Q.unnest(r.list),
                Q.orderBy(e => [X.desc(e.position)]),
              ),
            ),
            first: Q.first(pipe(Q.unnest(r.list), byPosition)),
            n: X.scalar(
              pipe(
                Q.unnest(r.list),
                Q.aggregate(() => ({ n: A.countAll })),
                Q.map(g => g.n),
              ),
            ),
            third: X.scalar(
              pipe(
                Q.unnest(r.list),
                byPosition,
                Q.offset(2),
                Q.limit(1),
                Q.map(e => e.value),
              ),
            ),
          })),
        ),
      )
      const collected = pipe(
        Q.values({ v: nullable(element) })([...values, null].map(v => ({ v })) as never),
        Q.aggregate(r => ({ list: A.arrayAgg(r.v) })),
        Q.bind('e', g => Q.unnest(g.list)),
        Q.aggregate(g => ({ value: A.key(g.e.value), n: A.countAll })),
      )
      if (kind !== 'long numeric')
        await same(
          'collected',
          pipe(
            collected,
            Q.orderBy(g => [X.asc(g.value)]),
          ),
        )
      if (kind !== 'long numeric')
        await same(
          'compared',
          pipe(
            Q.unnest(list),
            Q.where(e => X.eq(e.value, values[0] as never)),
            Q.orderBy(e => [X.asc(e.value), X.asc(e.position)]),
          ),
        )
      await same(
        'found by their values',
        Q.of(
          Object.fromEntries(
            values.map((v, i) => [
              `v${i}`,
              X.inQuery(
                X.litOf(element)(v as never),
                pipe(
                  Q.unnest(list),
                  Q.where(e => X.isNotNull(e.value)),
                  Q.map(e => e.value),
                ),
              ),
            ]),
          ),
        ),
      )
    })
  }

  test('of what is stored', async () => {
    await s.create(lists)
    await s.right(C.run(C.insertMany(lists)(STORED)))
    const bound = pipe(
      Q.from(lists),
      Q.bind('word', l => Q.unnest(l.words)),
      Q.map(l => ({ id: l.id, position: l.word.position, value: l.word.value })),
      Q.orderBy(l => [X.asc(l.id), X.asc(l.position)]),
    )
    assert.equal(
      await s.right(Q.all(bound)),
      STORED.flatMap(l => l.words.map((value, i) => ({ id: l.id, position: i + 1, value }))),
    )
    const left = pipe(
      Q.from(lists),
      Q.bindLeft('n', l =>
        pipe(
          Q.unnest(l.numbers),
          Q.where(n => X.or(X.gt(n.value, 1), X.eq(n.position, 3))),
        ),
      ),
      Q.orderBy(l => [X.asc(l.id), X.asc(X.maybe(l.n, n => n.position))]),
      Q.map(l => ({ id: l.id, there: X.isSome(l.n), n: X.maybe(l.n, n => n.value) })),
    )
    assert.equal(await s.right(Q.all(left)), [
      { id: 1, there: true, n: 3 },
      { id: 1, there: true, n: 1 },
      { id: 2, there: false, n: null },
      { id: 3, there: false, n: null },
      { id: 4, there: false, n: null },
    ])
    const ids = (q: Q.Query<any, { readonly id: number }>) => pipe(s.right(Q.all(q)), rows => rows.then(all => all.map(r => r.id)))
    const keep = (f: (l: any) => X.Pred) =>
      pipe(
        Q.from(lists),
        Q.where(f),
        Q.orderBy(l => [X.asc(l.id)]),
        Q.map(l => ({ id: l.id })),
      )
    assert.equal(await ids(keep(l => X.arrayAny<readonly string[]>(l.words, w => X.like(w, 'b%')))), [1])
    assert.equal(await ids(keep(l => X.arrayAny<readonly (number | null)[] | null>(l.numbers, n => X.gt(n, 2)))), [1])
    assert.equal(await ids(keep(l => X.arrayAny<readonly (number | null)[] | null>(l.numbers, n => X.isNull(n)))), [1, 4])
    assert.equal(await ids(keep(l => X.arrayEvery<readonly string[]>(l.words, w => X.lt(w, 'c')))), [1, 2])
    assert.equal(await ids(keep(l => X.arrayEvery<readonly (number | null)[] | null>(l.numbers, n => X.gt(n, 0)))), [2, 3])
    assert.equal(await ids(keep(l => X.not(X.arrayEvery<readonly (number | null)[] | null>(l.numbers, n => X.isNull(n))))), [1])
    const byArray = Q.prepare({ ids: arrayOf(int) }, p =>
      keep(l =>
        X.inQuery(
          l.id,
          pipe(
            Q.unnest(p.ids),
            Q.map(e => e.value),
          ),
        ),
      ),
    )
    assert.equal(await ids(byArray({ ids: [4, 1, 7, 1] })), [1, 4])
    assert.equal(await ids(byArray({ ids: [] })), [])
    const many = Array.from({ length: 10_000 }, (_, i) => i * 2)
    assert.equal(await ids(byArray({ ids: many })), [2, 4])
    const inOrder = Q.prepare({ ids: arrayOf(int) }, p =>
      pipe(
        Q.unnest(p.ids),
        Q.bind('list', e =>
          pipe(
            Q.from(lists),
            Q.where(l => X.eq(l.id, e.value)),
          ),
        ),
        Q.orderBy(e => [X.asc(e.position)]),
        Q.map(e => ({ id: e.list.id })),
      ),
    )
    assert.equal(await ids(inOrder({ ids: [4, 1, 7, 1] })), [4, 1, 1])
    await s.right(
      C.run(
        C.update(lists)(
          l => ({ id: X.plus(l.id, 10) }),
          l => X.arrayAny(l.words, w => X.eq(w, 'x')),
        ),
      ),
    )
    await s.right(
      C.run(
        C.delete(lists)(l =>
          X.exists(
            pipe(
              Q.unnest(l.words),
              Q.where(w => X.eq(w.value, '😀')),
            ),
          ),
        ),
      ),
    )
    assert.equal(await ids(keep(() => X.lit(true))), [1, 2, 14])
    await s.right(
      C.run(
        C.insertFrom(lists)(
          pipe(
            Q.unnest(X.litOf(arrayOf(text))(['p', 'q'])),
            Q.map(e => ({ id: X.plus(e.position, 100), words: X.litOf(arrayOf(text))(['z']), numbers: X.nullOf(arrayOf(nullable(int))) })),
          ),
        ),
      ),
    )
    assert.equal(await ids(keep(() => X.lit(true))), [1, 2, 14, 101, 102])
    await s.drop(lists)
  })

  test('of a view, and explained', async () => {
    const words = view(
      'unnest_words',
      { id: int, place: int, word: text },
      pipe(
        Q.from(lists),
        Q.bind('word', l => Q.unnest(l.words)),
        Q.map(l => ({ id: l.id, place: l.word.position, word: l.word.value })),
      ),
    )
    await s.right(createAll(schema({ lists, words }, () => ({}))))
    await s.right(C.run(C.insertMany(lists)(STORED)))
    const found = pipe(
      Q.from(words),
      Q.where(w => X.eq(w.word, 'b')),
      Q.orderBy(w => [X.asc(w.place)]),
    )
    assert.equal(await s.right(Q.all(found)), [
      { id: 1, place: 1, word: 'b' },
      { id: 1, place: 3, word: 'b' },
    ])
    assert.ok(Q.stages(await s.right(Q.explain({})(Q.from(words)))).length > 0)
    assert.ok(Q.stages(await s.right(Q.explain({})(Q.unnest(X.litOf(arrayOf(int))([1, 2]))))).length > 0)
    await s.right(dropAll(schema({ lists, words }, () => ({}))))
  })

  test('of arrays that are chosen, and asked for by a query inside', async () => {
    const [one, other] = [X.litOf(arrayOf(text))(['a', 'b']), X.litOf(arrayOf(text))(['c'])]
    const rows = Q.values({ i: int })([{ i: 1 }, { i: 2 }])
    await same(
      'chosen',
      pipe(
        rows,
        Q.bind('e', r => Q.unnest(X.caseWhen([[X.eq(r.i, 1), one]], other))),
        Q.orderBy(r => [X.asc(r.i), X.asc(r.e.position)]),
      ),
    )
    const below = (r: { readonly i: X.Expr<number> }) =>
      X.scalar(
        pipe(
          rows,
          Q.where(o => X.lte(o.i, r.i)),
          Q.aggregate(o => ({ list: A.arrayAgg(o.i, { orderBy: [X.desc(o.i)] }) })),
          Q.map(g => g.list),
        ),
      )
    await same(
      'asked for',
      pipe(
        rows,
        Q.bind('e', r => Q.unnest(below(r))),
        Q.orderBy(r => [X.asc(r.i), X.asc(r.e.position)]),
      ),
    )
    await same(
      'asked for, in nested rows',
      pipe(
        rows,
        Q.orderBy(r => [X.asc(r.i)]),
        Q.map(r => ({ i: r.i, all: Q.many(pipe(Q.unnest(below(r)), byPosition)), any: X.arrayAny(below(r), n => X.eq(n, 2)) })),
      ),
    )
  })

  test('of ints of other widths, chosen', async () => {
    const rows = Q.values({ n: int, list: arrayOf(int), small: arrayOf(smallint) })([
      { n: 1, list: [1], small: [1] },
      { n: 2, list: [2, 3], small: [] },
    ])
    await same(
      'chosen',
      pipe(
        rows,
        Q.bind('e', r => Q.unnest(X.caseWhen([[X.eq(r.n, 1), X.array([X.plus(r.n, 4_000_000_000), r.n])]], r.list))),
        Q.orderBy(r => [X.asc(r.n), X.asc(r.e.position)]),
        Q.map(r => ({ n: r.n, e: r.e })),
      ),
    )
  })

  test('positions are numbers, values are keys', async () => {
    const words = X.litOf(arrayOf(text))(['b', 'a', 'B', 'b', 'A', 'á'])
    await same(
      'computed',
      pipe(
        Q.unnest(words),
        byPosition,
        Q.map(e => ({ n: X.minus(e.position, 7), half: X.quot(e.position, 2), t: X.concat(e.value, X.cast(text)(e.position)) })),
      ),
    )
    await same(
      'grouped',
      pipe(
        Q.unnest(words),
        Q.aggregate(e => ({ word: A.key(e.value), n: A.countAll, last: A.max(e.position) })),
        Q.where(g => X.ne(X.concat(g.word, 'x'), 'ax')),
        Q.orderBy(g => [X.asc(g.word)]),
      ),
    )
    await same(
      'bytes grouped',
      pipe(
        Q.unnest(X.litOf(arrayOf(bytes))([Uint8Array.of(0), Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 0)])),
        Q.aggregate(e => ({ data: A.key(e.value), n: A.countAll })),
        Q.where(g => X.gt(X.byteLength(g.data), 0)),
        Q.orderBy(g => [X.desc(X.hex(g.data))]),
        Q.map(g => ({ n: g.n, digits: X.hex(g.data) })),
      ),
    )
    await same(
      'united, sorted, cut',
      pipe(
        Q.unnest(words),
        Q.map(e => ({ word: e.value })),
        Q.except(
          pipe(
            Q.unnest(X.litOf(arrayOf(text))(['b'])),
            Q.map(e => ({ word: e.value })),
          ),
        ),
        Q.orderBy(e => [X.desc(e.word)]),
        Q.limit(3),
      ),
    )
    await same(
      'two arrays side by side',
      pipe(
        Q.unnest(words),
        Q.bind('other', e =>
          pipe(
            Q.unnest(X.litOf(arrayOf(int))([1, 2, 3])),
            Q.where(o => X.eq(o.position, e.position)),
          ),
        ),
        byPosition,
        Q.map(e => ({ word: e.value, n: e.other.value })),
      ),
    )
    await same(
      'the last of each row',
      pipe(
        Q.values({ i: int, words: arrayOf(text) })([
          { i: 1, words: ['a', 'b'] },
          { i: 2, words: [] },
          { i: 3, words: ['c'] },
        ]),
        Q.bindLeft('last', r =>
          pipe(
            Q.unnest(r.words),
            Q.orderBy(e => [X.desc(e.position)]),
            Q.limit(1),
          ),
        ),
        Q.orderBy(r => [X.asc(r.i)]),
        Q.map(r => ({ i: r.i, last: X.maybe(r.last, e => e.value) })),
      ),
    )
  })

  test('elements of a codec are decoded', async () => {
    const upper = new io.Type<string, string, unknown>(
      'upper',
      (u): u is string => typeof u === 'string' && u === u.toUpperCase(),
      (u, c) => (typeof u === 'string' ? io.success(u.toUpperCase()) : io.failure(u, c)),
      a => a.toLowerCase(),
    )
    const words = X.litOf(arrayOf(codec(upper)(text)))(['A', 'B'])
    assert.equal(await s.right(Q.all(pipe(Q.unnest(words), byPosition))), [
      { position: 1, value: 'A' },
      { position: 2, value: 'B' },
    ])
    const some = X.litOf(arrayOf(nullable(codec(upper)(text))))(['A', null])
    assert.equal(await s.right(Q.all(Q.of({ some }))), [{ some: ['A', null] }])
    assert.equal(await s.right(Q.all(pipe(Q.unnest(some), byPosition))), [
      { position: 1, value: 'A' },
      { position: 2, value: null },
    ])
    const whole = codec(
      new io.Type<readonly number[], readonly number[], unknown>('list', Array.isArray as never, io.success as never, a => a),
    )(arrayOf(int))
    await s.left('ValidationError', Q.all(Q.unnest(X.litOf(whole)([1]))))
  })

  test('what is no array is refused, as is what is another in each evaluation', async () => {
    await s.left('ValidationError', Q.all(Q.unnest(X.lit('[]') as never)))
    await s.left('ValidationError', Q.all(Q.unnest(['a'] as never)))
    await s.left('ValidationError', Q.all(Q.unnest(undefined as never)))
    await s.left('ValidationError', Q.all(Q.unnest(X.litOf(arrayOf(int))(['a'] as never))))
    const chance = X.caseWhen([[X.lt(X.random, 0.5), X.litOf(arrayOf(int))([1])]], X.litOf(arrayOf(int))([2]))
    await s.left('Unsupported', Q.all(Q.unnest(chance)))
    const isLate = X.litOf(arrayOf(text))(['a'])
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayAny(isLate, () => 'a' as never) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayEvery(isLate, () => null as never) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.arrayAny(X.lit(1) as never, () => X.lit(true)) })))
  })
  test.run()
}
