/** `show`: its laws on generated queries and commands, expected texts, and invalid queries. */
import * as fp from 'fp-ts/lib/function.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import * as Agg from '../../lib/Agg.js'
import * as Column from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as Expr from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import * as Window from '../../lib/Window.js'
import { amount } from '../amount.js'
import { suite } from '../suite.js'

const { sample } = Laws.Arbitrary

/** The names that are in scope where a shown text is evaluated. */
const scope: { readonly [name: string]: unknown } = {
  ...Column,
  ...Expr,
  pipe: fp.pipe,
  Q,
  C,
  Agg,
  Window,
  f: (row: unknown) => row,
  tables: sample.tables,
  ...sample.tables,
}
const free = Object.entries(scope).filter(([name]) => name !== 'default')
/** The value of the last statement: definitions stand before it. */
const evaluate = (text: string): unknown =>
  new Function(...free.map(([name]) => name), '$shown', 'return eval($shown)')(...free.map(([, value]) => value), text)

const laws = suite('laws of show')
for (const l of Laws.show(sample, evaluate))
  laws(l.name, async () => {
    const [report] = await Laws.run([l], {
      seed: Number(process.env['LAWS_SEED'] ?? 20_261_121),
      numRuns: Number(process.env['SHOW_RUNS'] ?? amount(500)),
    })
    assert.is(report?.outcome === 'failed' ? Laws.reportText(report) : '', '')
  })
laws.run()

const { arrayOf, bytes, date, enumOf, float, generated, int, json, nullable, numeric, text, timestamp } = Column
const {
  and,
  array,
  arrayAny,
  asc,
  cast,
  contains,
  desc,
  div,
  eq,
  gt,
  gte,
  inQuery,
  isNotNull,
  isSome,
  lit,
  litOf,
  maybe,
  notIn,
  nullsFirst,
  padStart,
  raw,
  split,
} = Expr

const artists = table('artist', { id: generated(int), name: text, born: nullable(date) })
const albums = table('album', { id: generated(int), title: text, artistId: int, price: numeric(10, 2) })
const tables = { artists, albums }

const texts = suite('texts of queries and commands')

const byPrice = Q.prepare({ least: numeric(10, 2), n: int }, p =>
  pipe(
    Q.from(albums),
    Q.where(album => gte(album.price, p.least)),
    Q.limit(p.n),
  ),
)

const queries: (readonly [text: string, query: Q.Query<any, any>])[] = [
  [
    'pipe(Q.from(albums), Q.where(a => eq(a.artistId, 1)), Q.map(a => ({ title: a.title })))',
    pipe(
      Q.from(albums),
      Q.where(album => eq(album.artistId, 1)),
      Q.map(album => ({ title: album.title })),
    ),
  ],
  [
    `pipe(
  Q.from(albums),
  Q.map(a => ({
    half: div(a.id, 2),
    price: div(cast(float)(a.price), 2),
    title: padStart(a.title, 5, '*'),
    isOne: like(a.title, '%one%'),
    isGiven: and(isNotNull(a.title), notIn(a.id, [1, 2])),
  })),
)`,
    pipe(
      Q.from(albums),
      Q.map(album => ({
        half: div(album.id, 2),
        price: div(cast(float)(album.price), 2),
        title: padStart(album.title, 5, '*'),
        isOne: contains(album.title, 'one'),
        isGiven: and(isNotNull(album.title), notIn(album.id, [1, 2])),
      })),
    ),
  ],
  [
    `pipe(
  Q.from(albums),
  Q.bindLeft('artist', a => pipe(Q.from(artists), Q.where(a2 => eq(a2.id, a.artistId)))),
  Q.orderBy(s => [nullsFirst(desc(maybe(s.artist, a => a.born)))]),
  Q.map(s => ({ ...s, isKnown: isSome(s.artist) })),
)`,
    pipe(
      Q.from(albums),
      Q.leftJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
      Q.orderBy(({ artist }) => [nullsFirst(desc(maybe(artist, a => a.born)))]),
      Q.map(s => ({ ...s, isKnown: isSome(s.artist) })),
    ),
  ],
  [
    `pipe(
  Q.from(artists),
  Q.map(a => ({
    name: a.name,
    albums: Q.many(pipe(
      Q.from(albums),
      Q.where(a2 => eq(a2.artistId, a.id)),
      Q.orderBy(a2 => [asc(a2.title)]),
    )),
  })),
  Q.map(s => s.albums),
)`,
    pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        albums: Q.many(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.orderBy(album => [asc(album.title)]),
          ),
        ),
      })),
      Q.map(s => s.albums),
    ),
  ],
  [
    `pipe(
  Q.from(albums),
  Q.where(a => exists(pipe(
    Q.unnest(litOf(arrayOf(int))([1, 2])),
    Q.where(e => eq(e.value, a.id)),
  ))),
  Q.map(a => a.title),
)`,
    pipe(
      Q.from(albums),
      Q.where(album => arrayAny(litOf(arrayOf(int))([1, 2]), id => eq(id, album.id))),
      Q.map(album => album.title),
    ),
  ],
  [
    `pipe(
  Q.from(albums),
  Q.bind('word', a => Q.unnest(split(a.title, ' '))),
  Q.map(s => ({ word: s.word.value, both: array([s.price, litOf(numeric(10, 2))('1.00')]) })),
)`,
    pipe(
      Q.from(albums),
      Q.bind('word', album => Q.unnest(split(album.title, ' '))),
      Q.map(({ price, word }) => ({ word: word.value, both: array([price, litOf(numeric(10, 2))('1.00')]) })),
    ),
  ],
  [
    `pipe(
  Q.prepare(
    { least: numeric(10, 2), n: int },
    p => pipe(Q.from(albums), Q.where(a => gte(a.price, p.least)), Q.limit(p.n)),
  )({ least: '1.00', n: 3 }),
  Q.aggregate(s => ({
    artist: Agg.key(s.artistId),
    n: Agg.countAll,
    sum: pipe(Agg.sum(s.price), Agg.filter(gt(s.id, 2))),
    titles: Agg.stringAgg(s.title, ', ', { orderBy: [asc(s.title)] }),
  })),
  Q.window(s => ({
    place: Window.rank({ orderBy: [desc(s.n)] }),
    running: pipe(Agg.sum(s.n), Window.over({ orderBy: [asc(s.artist)], rows: { from: -1 } })),
    before: Window.lag(s.n, { orderBy: [asc(s.artist)], by: 2 }),
  })),
)`,
    pipe(
      byPrice({ least: '1.00', n: 3 }),
      Q.aggregate(a => ({
        artist: Agg.key(a.artistId),
        n: Agg.countAll,
        sum: pipe(Agg.sum(a.price), Agg.filter(gt(a.id, 2))),
        titles: Agg.stringAgg(a.title, ', ', { orderBy: [asc(a.title)] }),
      })),
      Q.window(s => ({
        place: Window.rank({ orderBy: [desc(s.n)] }),
        running: pipe(Agg.sum(s.n), Window.over({ orderBy: [asc(s.artist)], rows: { from: -1 } })),
        before: Window.lag(s.n, { by: 2, orderBy: [asc(s.artist)] }),
      })),
    ),
  ],
  [
    `pipe(Q.from(artists), Q.where(a => raw(boolean)\`\${a.name} ~ \${lit('\`x\\\\')} or \${lit(3)}\`))`,
    pipe(
      Q.from(artists),
      Q.where(artist => raw(Column.boolean)`${artist.name} ~ ${'`x\\'} or ${3}`),
    ),
  ],
  [
    `Q.values({ a: nullable(bytes), 'b c': enumOf('x', 'y'), d: timestamp })([
  { a: null, 'b c': 'x', d: new Date('1970-01-01T00:00:00.000Z') },
  { a: Uint8Array.from([1, 2]), 'b c': 'y', d: new Date('2020-02-29T00:00:00.001Z') },
])`,
    Q.values({ a: nullable(bytes), 'b c': enumOf('x', 'y'), d: timestamp })([
      { a: null, 'b c': 'x', d: new Date(0) },
      { a: Uint8Array.from([1, 2]), 'b c': 'y', d: new Date('2020-02-29T00:00:00.001Z') },
    ]),
  ],
  [
    "Q.of({ a: lit('it\\'s\\n\\\\'), b: lit(1n), c: litOf(numeric(4, 1))('1.5'), d: lit(-0.5) })",
    Q.of({ a: lit("it's\n\\"), b: lit(1n), c: litOf(numeric(4, 1))('1.5'), d: lit(-0.5) }),
  ],
  [
    "pipe(Q.Do, Q.let('n', s => lit(1)), Q.unionAll(Q.zero), Q.offset(2), Q.mapRow(f))",
    pipe(
      Q.Do,
      Q.let('n', () => lit(1)),
      Q.unionAll<any, any>(Q.zero),
      Q.offset(2),
      Q.mapRow(row => row),
    ),
  ],
]

const long = pipe(
  Q.from(albums),
  Q.where(album => gt(album.id, 5)),
  Q.cte('long', { materialized: true }),
)

queries.push(
  [
    `const long = pipe(Q.from(albums), Q.where(a => gt(a.id, 5)), Q.cte('long', { materialized: true }))

pipe(
  long,
  Q.bind('other', s => pipe(long, Q.where(s2 => eq(s2.id, s.artistId)))),
  Q.distinctOn(s => [s.title]),
)`,
    pipe(
      long,
      Q.bind('other', s =>
        pipe(
          long,
          Q.where(l => eq(l.id, s.artistId)),
        ),
      ),
      Q.distinctOn(s => [s.title]),
    ),
  ],
  [
    `pipe(
  Q.from(artists),
  Q.map(a => {
    const own = pipe(Q.from(albums), Q.where(a2 => eq(a2.artistId, a.id)), Q.cte('own'))
    return { a: Q.many(own), b: exists(own) }
  }),
)`,
    pipe(
      Q.from(artists),
      Q.map(artist => {
        const own = pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
          Q.cte('own'),
        )
        return { a: Q.many(own), b: Expr.exists(own) }
      }),
    ),
  ],
  [
    `pipe(
  Q.from(albums),
  Q.where(a => eq(a.id, 1)),
  Q.recursive(a => pipe(Q.from(albums), Q.where(a2 => eq(a2.artistId, a.id)))),
  Q.closure(a => Q.from(albums)),
)`,
    pipe(
      Q.from(albums),
      Q.where(album => eq(album.id, 1)),
      Q.recursive(before =>
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, before.id)),
        ),
      ),
      Q.closure(() => Q.from(albums)),
    ),
  ],
  [
    `pipe(
  Q.from(artists),
  Q.fullJoin(Q.from(albums), (a, a2) => eq(a.id, a2.artistId)),
  Q.map(s => ({ name: maybe(s.left, l => l.name), title: maybe(s.right, r => r.title) })),
)`,
    pipe(
      Q.from(artists),
      Q.fullJoin(Q.from(albums), (artist, album) => eq(artist.id, album.artistId)),
      Q.map(({ left, right }) => ({ name: maybe(left, a => a.name), title: maybe(right, a => a.title) })),
    ),
  ],
  [
    `pipe(
  Q.from(albums),
  Q.groupingSets([['title'], []])(a => ({ by: { title: a.title }, of: { n: Agg.countAll } })),
  Q.where(s => isSome(s.title)),
)`,
    pipe(
      Q.from(albums),
      Q.groupingSets([['title'], []])(album => ({ by: { title: album.title }, of: { n: Agg.countAll } })),
      Q.where(s => isSome(s.title)),
    ),
  ],
  ['pipe(Q.from(albums), Q.forUpdate())', pipe(Q.from(albums), Q.forUpdate())],
  ["pipe(Q.from(albums), Q.forShare({ wait: 'skipLocked' }))", pipe(Q.from(albums), Q.forShare({ wait: 'skipLocked' }))],
)

for (const [expected, q] of queries)
  texts(expected.replace(/\s+/g, ' ').slice(0, 80), () => {
    assert.is(Q.show(q, { tables }), expected)
    for (const line of expected.split('\n')) assert.ok(line.length <= 112, line)
  })

const keyed = table('keyed', { a: int, b: json(t.string) }, { primaryKey: ['a'] })

const commands: readonly (readonly [text: string, command: C.Command<any>])[] = [
  ["C.insert(artists)({ name: 'o\\'c' })", C.insert(artists)({ name: "o'c", born: undefined })],
  ["C.insertMany(artists)([{ name: 'a' }, { name: 'b', born: null }])", C.insertMany(artists)([{ name: 'a' }, { name: 'b', born: null }])],
  [
    'C.insertFrom(artists)(pipe(Q.from(albums), Q.map(a => ({ name: a.title }))))',
    C.insertFrom(artists)(
      pipe(
        Q.from(albums),
        Q.map(album => ({ name: album.title })),
      ),
    ),
  ],
  ["C.update(albums)({ title: 'x' }, C.everywhere)", C.update(albums)({ title: 'x' }, C.everywhere)],
  [
    "pipe(\n  C.update(albums)(a => ({ artistId: plus(a.artistId, 1), title: 'x' }), a => eq(a.id, 1)),\n  C.returning(a => ({ id: a.id })),\n)",
    pipe(
      C.update(albums)(
        album => ({ artistId: Expr.plus(album.artistId, 1), title: 'x' }),
        album => eq(album.id, 1),
      ),
      C.returning(album => ({ id: album.id })),
    ),
  ],
  [
    'pipe(C.delete(albums)(C.everywhere), C.changes({ albums, artists }))',
    pipe(C.delete(albums)(C.everywhere), C.changes({ any: albums, name: artists })),
  ],
  [
    'C.delete(albums)(a => inQuery(a.artistId, pipe(Q.from(artists), Q.map(a2 => a2.id))))',
    C.delete(albums)(album =>
      inQuery(
        album.artistId,
        pipe(
          Q.from(artists),
          Q.map(artist => artist.id),
        ),
      ),
    ),
  ],
  [
    "C.upsert(keyed)({ target: ['a'], update: ['b'] })({ a: 1, b: 'x' })",
    C.upsert(keyed)({ target: ['a'], update: ['b'] })({ a: 1, b: 'x' }),
  ],
]

texts('countOf, which is never null, is no scalar', () =>
  assert.is(Q.show(Q.of({ n: Expr.countOf(Q.from(artists)) })), 'Q.of({ n: countOf(Q.from(artist)) })'),
)

for (const [expected, c] of commands) texts(expected.slice(0, 80), () => assert.is(C.show(c, { tables }), expected))

texts('tables go by the names that are given, else by their own; those that mean something else are in `tables`', () => {
  assert.is(Q.show(Q.from(artists)), 'Q.from(artist)')
  assert.is(Q.show(Q.from(artists), { tables: { left: artists } }), 'Q.from(tables.left)')
  for (const [name, expected] of [
    ['text', 'tables.text'],
    ['class', 'tables.class'],
    ['a', 'tables.a'],
    ["it's; drop", "tables['it\\'s; drop']"],
  ] as const)
    assert.is(Q.show(Q.from(table(name, { id: int }))), `Q.from(${expected})`)
  assert.is(Q.show(Q.from(table('album', { id: int }, { schema: 'music' }))), 'Q.from(music.album)')
})

texts('a codec goes by its name, and its values are shown as they are given', () => {
  const Upper = new t.Type<string, string>(
    'Upper',
    t.string.is,
    (u, c) => (typeof u === 'string' ? t.success(u.toUpperCase()) : t.failure(u, c)),
    s => s.toLowerCase(),
  )
  const shouted = table('shouted', { word: pipe(text, Column.codec(Upper)) })
  assert.is(
    Q.show(
      pipe(
        Q.from(shouted),
        Q.where(s => eq(s.word, 'LOUD')),
        Q.map(() => litOf(shouted.columns.word)('X')),
      ),
    ),
    "pipe(Q.from(shouted), Q.where(s => eq(s.word, 'LOUD')), Q.map(s => litOf(codec(Upper)(text))('X')))",
  )
})

texts('what is long is cut, and says so', () => {
  const shown = Q.show(Q.of({ a: lit('x'.repeat(5000)), b: lit(new Uint8Array(2000)) }))
  assert.match(shown, "'x".padEnd(1001, 'x') + "' /* the first 1000 of 5000 characters */")
  assert.match(shown, '/* the first 1000 of 2000 bytes */')
  assert.ok(shown.length < 5000)
})

texts.run()

// --- What is bad ------------------------------------------------------------------------------

const bad = suite('show is total')

const untyped = (f: (s: any) => any): any => f

bad('what throws or is refused is a remark, and the rest is shown', () => {
  const shown = (step: any): string =>
    Q.show(pipe(Q.from(artists), step as (q: Q.Query<any, any>) => Q.Query<any, any>, Q.limit(1)), { tables })
  assert.is(
    shown(
      Q.where(() => {
        throw new Error('no */ way')
      }),
    ),
    `pipe(
  Q.from(artists),
  Q.where(a => undefined /* a function of the query threw: no * / way */),
  Q.limit(1),
)`,
  )
  assert.match(shown(Q.where(untyped(a => a.nope))), 'is there such a column?')
  assert.match(shown(Q.where(untyped(a => eq(a.id, null as never)))), 'use isNull, isNotDistinctFrom or coalesce')
  assert.match(shown(Q.map(untyped(() => 'text'))), 'wrap a plain value in lit')
  assert.match(shown(Q.flatMap(untyped(() => 3))), 'expected a query')
  assert.match(shown(Q.aggregate(untyped(a => a))), 'expected an aggregate')
  assert.match(shown(Q.limit(-1)), 'non-negative')
  assert.match(shown(Q.orderBy(untyped(() => null))), 'expected a list')
})

bad('what comes after a row that is not known is said to be so', () => {
  const shown = Q.show(pipe(Q.from(artists), Q.map(untyped(a => a.nope.nope)), Q.where(untyped(s => eq(s.id, 1)))) as Q.Query<any, any>)
  assert.match(shown, 'Q.where(undefined /* not known, because a step before is refused */)')
})

bad('columns and parameters that were carried out of their queries', () => {
  let kept: any
  Q.show(
    pipe(
      Q.from(artists),
      Q.where(a => eq((kept = a).id, 1)),
    ),
  )
  assert.match(
    Q.show(
      pipe(
        Q.from(albums),
        Q.where(() => eq(kept.id, 1)),
      ),
    ),
    /not in scope/,
  )
  Q.show(Q.prepare({ n: int }, p => (kept = p) && Q.from(artists))({ n: 1 }))
  assert.match(Q.show(pipe(Q.from(artists), Q.limit(kept.n))), /not in scope|prepared elsewhere/)
})

bad('no queries, and no commands', () => {
  for (const x of [null, undefined, 3, 'query', {}, [], { kind: 'query' }, { kind: 'query', node: { tag: 'from' } }, () => 1]) {
    assert.match(Q.show(x as never), /^undefined \/\*/)
    assert.match(C.show(x as never), /^undefined \/\*/)
  }
  assert.match(C.show(C.insertMany(artists)([])), /nothing to insert/)
  assert.is(Q.show(Q.from(artists), null as never), 'Q.from(artist)')
})

bad('queries without end, and queries that are twice as large with every step, are shown as far as anyone reads', () => {
  const endless = (): any => pipe(Q.from(artists), Q.bind('x', endless))
  let twice: any = Q.from(artists)
  for (let i = 0; i < 60; i++) twice = Q.unionAll(twice)(twice)
  let long: any = Q.from(artists)
  for (let i = 0; i < 10_000; i++) long = Q.where(untyped(a => gt(a.id, i)))(long)
  let deep: any = lit(1)
  for (let i = 0; i < 1000; i++) deep = Expr.plus(deep, lit(1))
  for (const [q, said] of [
    [endless(), /and more/],
    [twice, /and more/],
    [long, /gt\(a\.id/],
    [Q.of({ deep }), /150 nested operations/],
  ] as const) {
    const started = performance.now()
    assert.match(Q.show(q as never), said)
    assert.ok(performance.now() - started < 10_000)
  }
})

bad.run()
