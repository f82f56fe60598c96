/** The meaning of queries: order, joins, sets, aggregates, nesting, decoding and refusals, on the model alone. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, bigint, codec, date, float, generated, int, nullable, numeric, smallint, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { createSteps } from '../../lib/core/schema/Step.js'
import type { AnyCommand, AnyQuery } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import { type Database, empty } from '../../lib/model/Database.js'
import { define } from '../../lib/model/define.js'
import { evaluate } from '../../lib/model/evaluate.js'
import { execute } from '../../lib/model/execute.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const artists = table('artist', { id: generated(int), name: text, born: nullable(int) })
const albums = table('album', { id: generated(int), title: text, artistId: int, price: nullable(numeric(10, 2)) })
const tracks = table('track', { id: generated(int), name: text, albumId: int })
const music = schema({ artists, albums, tracks }, f => ({
  albums: { artist: fk(f.albums.artistId, f.artists.id, { back: 'albums' }) },
  tracks: { album: fk(f.tracks.albumId, f.albums.id, { back: 'tracks' }) },
}))

const right = <B>(e: E.Either<DbError, B>): B => {
  if (E.isLeft(e)) throw new Error(`${e.left._tag}: ${e.left.message}`)
  return e.right
}

const after = (db: Database, ...commands: readonly unknown[]): Database =>
  commands.reduce<Database>((d, c) => right(execute(d, c as AnyCommand)).db, db)

const world = after(
  right(define(empty, createSteps(music))),
  C.insertMany(artists)([{ name: 'Can', born: 1968 }, { name: 'Neu!', born: 1971 }, { name: 'Unknown' }]),
  C.insertMany(albums)([
    { title: 'Tago Mago', artistId: 1, price: '12.50' },
    { title: 'Ege Bamyasi', artistId: 1, price: '9.90' },
    { title: 'Neu! 75', artistId: 2 },
  ]),
  C.insertMany(tracks)([
    { name: 'Vitamin C', albumId: 2 },
    { name: 'Spoon', albumId: 2 },
    { name: 'Halleluhwah', albumId: 1 },
    { name: 'Hero', albumId: 3 },
  ]),
)

const rows = <S, B>(q: Q.Query<S, B>, db = world): readonly B[] => right(evaluate(db, q as AnyQuery)) as readonly B[]

const refused = (q: AnyQuery, tag: DbError['_tag'], words: RegExp, db = world): void => {
  const answer = evaluate(db, q)
  if (E.isRight(answer)) throw new Error(`answered ${JSON.stringify(answer.right)}`)
  assert.is(answer.left._tag, tag)
  assert.match(answer.left.message, words)
}

const numbers = (...ns: readonly (number | null)[]) => Q.values({ n: nullable(int) })(ns.map(n => ({ n })))
const names = pipe(
  Q.from(artists),
  Q.map(a => a.name),
)
const none = pipe(
  Q.from(artists),
  Q.where(() => X.lit(false)),
)

// --- Order ------------------------------------------------------------------------------------

const order = suite('model: order')

const inOrder = (o: (s: { readonly n: X.Expr<number | null> }) => X.Order) =>
  rows(
    pipe(
      numbers(2, null, 1, 3, null),
      Q.orderBy(s => [o(s)]),
      Q.map(s => s.n),
    ),
  )

order('S10: null sorts as larger than every value', () => {
  assert.equal(
    inOrder(s => X.asc(s.n)),
    [1, 2, 3, null, null],
  )
  assert.equal(
    inOrder(s => X.desc(s.n)),
    [null, null, 3, 2, 1],
  )
})

order('S10: nullsFirst and nullsLast override', () => {
  assert.equal(
    inOrder(s => X.nullsFirst(X.asc(s.n))),
    [null, null, 1, 2, 3],
  )
  assert.equal(
    inOrder(s => X.nullsLast(X.desc(s.n))),
    [3, 2, 1, null, null],
  )
})

order('S2: a later orderBy leads, an earlier one breaks ties', () => {
  const q = pipe(
    Q.values({ a: int, b: int })([
      { a: 1, b: 2 },
      { a: 2, b: 1 },
      { a: 1, b: 1 },
      { a: 2, b: 2 },
    ]),
    Q.orderBy(s => [X.asc(s.b)]),
    Q.orderBy(s => [X.desc(s.a)]),
    Q.map(s => X.plus(X.times(s.a, 10), s.b)),
  )
  assert.equal(rows(q), [21, 22, 11, 12])
})

order('S17: text is ordered by code point', () => {
  const q = pipe(
    Q.values({ s: text })([{ s: '\u{1F600}' }, { s: '\uFFFD' }, { s: 'z' }, { s: 'Ä' }, { s: 'Z' }]),
    Q.orderBy(r => [X.asc(r.s)]),
    Q.map(r => r.s),
  )
  assert.equal(rows(q), ['Z', 'z', 'Ä', '\uFFFD', '\u{1F600}'])
})

order('S14: numerics are ordered as numbers', () => {
  const q = pipe(
    Q.values({ p: numeric(6, 2) })([{ p: '10' }, { p: '9.5' }, { p: '-1' }]),
    Q.orderBy(r => [X.asc(r.p)]),
    Q.map(r => r.p),
  )
  assert.equal(rows(q), ['-1.00', '9.50', '10.00'])
})

order('S3: where, map and let keep the order; limit and offset see it', () => {
  const q = pipe(
    Q.from(artists),
    Q.orderBy(a => [X.desc(a.id)]),
    Q.where(a => X.ne(a.id, 2)),
    Q.let('loud', a => X.upper(a.name)),
    Q.map(a => a.loud),
  )
  assert.equal(rows(q), ['UNKNOWN', 'CAN'])
  assert.equal(rows(pipe(q, Q.limit(1))), ['UNKNOWN'])
  assert.equal(rows(pipe(q, Q.offset(1))), ['CAN'])
})

order('offset after limit skips among the limited, limit after offset counts from there', () => {
  const q = pipe(
    numbers(1, 2, 3, 4, 5),
    Q.map(s => s.n),
  )
  assert.equal(rows(pipe(q, Q.limit(3), Q.offset(2))), [3])
  assert.equal(rows(pipe(q, Q.offset(2), Q.limit(2))), [3, 4])
  assert.equal(rows(pipe(q, Q.limit(0))), [])
  assert.equal(rows(pipe(q, Q.offset(9))), [])
})

order.run()

// --- Joins ------------------------------------------------------------------------------------

const joins = suite('model: joins')

joins('S6: flatMap is the rows of a query for each row; zero absorbs', () => {
  const q = pipe(
    Q.from(artists),
    Q.flatMap(a =>
      pipe(
        Q.from(albums),
        Q.where(b => X.eq(b.artistId, a.id)),
        Q.map(b => X.concat(a.name, ': ', b.title)),
      ),
    ),
  )
  assert.equal(rows(q), ['Can: Tago Mago', 'Can: Ege Bamyasi', 'Neu!: Neu! 75'])
  assert.equal(
    rows(
      pipe(
        Q.from(artists),
        Q.flatMap(() => Q.zero),
      ),
    ),
    [],
  )
})

joins('bind puts each row beside each', () => {
  const q = pipe(
    Q.Do,
    Q.bind('a', () => numbers(1, 2)),
    Q.bind('b', ({ a }) =>
      pipe(
        numbers(10, 20),
        Q.map(b => ({ sum: X.plus(a.n, b.n) })),
      ),
    ),
  )
  assert.equal(rows(q), [
    { a: { n: 1 }, b: { sum: 11 } },
    { a: { n: 1 }, b: { sum: 21 } },
    { a: { n: 2 }, b: { sum: 12 } },
    { a: { n: 2 }, b: { sum: 22 } },
  ])
})

const withAlbum = pipe(
  Q.Do,
  Q.bind('artist', () => Q.from(artists)),
  Q.bindLeft('album', ({ artist }) =>
    pipe(
      Q.from(albums),
      Q.where(b => X.eq(b.artistId, artist.id)),
    ),
  ),
)

joins('bindLeft keeps a row without a match, with none beside it', () => {
  assert.equal(
    rows(withAlbum).map(r => [
      r.artist.name,
      pipe(
        r.album,
        O.map(b => b.title),
      ),
    ]),
    [
      ['Can', O.some('Tago Mago')],
      ['Can', O.some('Ege Bamyasi')],
      ['Neu!', O.some('Neu! 75')],
      ['Unknown', O.none],
    ],
  )
})

joins('a row of nulls is some, a missing row is none', () => {
  const q = pipe(
    numbers(1, 2),
    Q.bindLeft('right', s =>
      pipe(
        numbers(null),
        Q.where(() => X.eq(s.n, 1)),
      ),
    ),
    Q.map(s => ({
      right: s.right,
      some: X.isSome(s.right),
      value: X.maybe(s.right, r => r.n),
      or: X.maybe(s.right, r => X.coalesce(r.n, 0)),
    })),
  )
  assert.equal(rows(q), [
    { right: O.some({ n: null }), some: true, value: null, or: 0 },
    { right: O.none, some: false, value: null, or: null },
  ])
})

joins('maybe and isSome in a condition', () => {
  const q = pipe(
    withAlbum,
    Q.where(({ album }) => X.not(X.isSome(album))),
    Q.map(({ artist }) => artist.name),
  )
  assert.equal(rows(q), ['Unknown'])
  const cheap = pipe(
    withAlbum,
    Q.where(({ album }) =>
      X.lt(
        X.maybe(album, b => b.price),
        '10',
      ),
    ),
    Q.map(({ album }) => X.maybe(album, b => b.title)),
  )
  assert.equal(rows(cheap), ['Ege Bamyasi'])
})

joins('a left join in a left join', () => {
  const q = pipe(
    Q.from(artists),
    Q.map(artist => ({ artist })),
    Q.bindLeft('deep', ({ artist }) =>
      pipe(
        Q.from(albums),
        Q.where(b => X.eq(b.artistId, artist.id)),
        Q.map(album => ({ album })),
        Q.bindLeft('track', ({ album }) =>
          pipe(
            Q.from(tracks),
            Q.where(x => X.and(X.eq(x.albumId, album.id), X.startsWith(x.name, 'H'))),
          ),
        ),
      ),
    ),
  )
  assert.equal(
    rows(q).map(r => [
      r.artist.name,
      pipe(
        r.deep,
        O.map(d => [
          d.album.title,
          pipe(
            d.track,
            O.map(x => x.name),
          ),
        ]),
      ),
    ]),
    [
      ['Can', O.some(['Tago Mago', O.some('Halleluhwah')])],
      ['Can', O.some(['Ege Bamyasi', O.none])],
      ['Neu!', O.some(['Neu! 75', O.some('Hero')])],
      ['Unknown', O.none],
    ],
  )
})

joins('bindLeft of zero is none', () => {
  const q = pipe(
    numbers(1),
    Q.bindLeft('z', () => Q.zero as Q.Query<{}, {}>),
  )
  assert.equal(rows(q), [{ n: 1, z: O.none }])
})

joins('the on of innerJoin and leftJoin', () => {
  const inner = pipe(
    Q.Do,
    Q.bind('a', () => Q.from(artists)),
    Q.innerJoin('b', albums, ({ a }, b) => X.eq(a.id, b.artistId)),
    Q.map(({ b }) => b.title),
  )
  assert.equal(rows(inner), ['Tago Mago', 'Ege Bamyasi', 'Neu! 75'])
})

joins.run()

// --- Sets -------------------------------------------------------------------------------------

const sets = suite('model: set operations')

const bag = (...ns: readonly (number | null)[]) =>
  pipe(
    numbers(...ns),
    Q.map(s => s.n),
  )

sets('S5: unionAll is the bag sum, with zero as its unit', () => {
  assert.equal(rows(pipe(bag(1, 2), Q.unionAll(bag(2, null)))), [1, 2, 2, null])
  assert.equal(rows(pipe(bag(1), Q.unionAll(Q.zero as never))), [1])
  assert.equal(rows(pipe(Q.zero as ReturnType<typeof bag>, Q.unionAll(bag(1)))), [1])
})

sets('S5: union, intersect and except are sets with null-safe equality', () => {
  assert.equal(rows(pipe(bag(1, 1, null, null), Q.union(bag(1, 2, null)))), [1, null, 2])
  assert.equal(rows(pipe(bag(1, 1, null, null, 3), Q.intersect(bag(1, null)))), [1, null])
  assert.equal(rows(pipe(bag(1, 1, null, 3, 3), Q.except(bag(1)))), [null, 3])
  assert.equal(rows(pipe(bag(null), Q.except(bag(null)))), [])
})

sets('union with zero is distinct; intersect with it is empty; except of it is empty', () => {
  const zero = Q.zero as ReturnType<typeof bag>
  assert.equal(rows(pipe(bag(1, 1), Q.union(zero))), [1])
  assert.equal(rows(pipe(zero, Q.union(bag(1, 1)))), [1])
  assert.equal(rows(pipe(bag(1), Q.intersect(zero))), [])
  assert.equal(rows(pipe(bag(1, 1), Q.except(zero))), [1])
  assert.equal(rows(pipe(zero, Q.except(bag(1)))), [])
})

sets('rows are matched by field, in whichever order the fields stand', () => {
  const left = pipe(
    numbers(1),
    Q.map(s => ({ a: s.n, b: X.lit('x') })),
  )
  const other = pipe(
    numbers(2),
    Q.map(s => ({ b: X.lit('y'), a: s.n })),
  )
  assert.equal(rows(pipe(left, Q.unionAll(other))), [
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ])
})

sets('a missing side and a present one of nulls are different rows', () => {
  const side = (n: number) =>
    pipe(
      numbers(1),
      Q.bindLeft('right', () =>
        pipe(
          numbers(null),
          Q.where(() => X.eq(X.litOf(int)(n), 1)),
        ),
      ),
    )
  assert.equal(rows(pipe(side(1), Q.union(side(0)))), [
    { n: 1, right: O.some({ n: null }) },
    { n: 1, right: O.none },
  ])
})

sets('S5: other fields or other types are refused, also of no rows', () => {
  const a = pipe(
    none,
    Q.map(s => ({ x: s.id })),
  )
  const b = pipe(
    none,
    Q.map(s => ({ y: s.id })),
  )
  const c = pipe(
    none,
    Q.map(s => ({ x: s.id, y: s.id })),
  )
  const d = pipe(
    none,
    Q.map(s => ({ x: X.cast(float)(s.id) })),
  )
  refused(pipe(a as AnyQuery, Q.unionAll(b as AnyQuery)), 'ValidationError', /same fields: x against y/)
  refused(pipe(a as AnyQuery, Q.union(c as AnyQuery)), 'ValidationError', /same fields/)
  refused(pipe(a as AnyQuery, Q.intersect(d as AnyQuery)), 'ValidationError', /same types: int against float/)
})

sets('nested collections and mapped rows are refused where rows are compared', () => {
  const nested = pipe(
    none,
    Q.map(() => ({ xs: Q.many(bag(1)) })),
  )
  refused(Q.distinct(nested) as AnyQuery, 'ValidationError', /can't compare nested collections/)
  refused(pipe(nested, Q.union(nested)) as AnyQuery, 'ValidationError', /can't compare nested collections/)
  const mapped = pipe(
    bag(1),
    Q.mapRow(n => n),
  )
  refused(pipe(mapped, Q.union(mapped)) as AnyQuery, 'ValidationError', /before mapRow/)
})

sets('distinct keeps each row once, null being equal to null', () => {
  assert.equal(rows(Q.distinct(bag(2, 1, 2, null, 1, null))), [2, 1, null])
})

sets.run()

// --- Aggregates -------------------------------------------------------------------------------

const aggregates = suite('model: aggregates')

type N = { readonly n: X.Expr<number | null> }
const all = (s: N) => ({
  rows: A.countAll,
  count: A.count(s.n),
  different: A.countDistinct(s.n),
  sum: A.sum(s.n),
  avg: A.avg(s.n),
  min: A.min(s.n),
  max: A.max(s.n),
  list: A.arrayAgg(s.n),
  texts: A.stringAgg(X.cast(text)(s.n), '-'),
})

aggregates('S25: of nothing there is one row, with counts of 0 and nulls', () => {
  assert.equal(
    rows(
      pipe(
        numbers(1),
        Q.where(() => X.lit(false)),
        Q.aggregate(all),
      ),
    ),
    [{ rows: 0, count: 0, different: 0, sum: null, avg: null, min: null, max: null, list: null, texts: null }],
  )
})

aggregates('S25: of nothing with a key there is no row', () => {
  assert.equal(
    rows(
      pipe(
        none,
        Q.aggregate(a => ({ id: A.key(a.id), n: A.countAll })),
      ),
    ),
    [],
  )
})

aggregates('an aggregate of zero has one row, and may count but look at no column', () => {
  const zero = Q.zero as AnyQuery
  assert.equal(
    rows(
      pipe(
        zero,
        Q.aggregate(() => ({ n: A.countAll })),
      ),
    ),
    [{ n: 0 }],
  )
  refused(
    pipe(
      zero,
      Q.aggregate((s: any) => ({ n: A.count(s.x) })),
    ),
    'ValidationError',
    /zero has no columns/,
  )
  assert.equal(
    rows(
      pipe(
        numbers(1),
        Q.map(() =>
          X.scalar(
            pipe(
              zero,
              Q.aggregate(() => ({ n: A.countAll })),
              Q.map(s => s.n),
            ),
          ),
        ),
      ),
    ),
    [0],
  )
})

aggregates('S26: nulls are skipped, except by arrayAgg', () => {
  assert.equal(rows(pipe(numbers(3, null, 1, 3), Q.aggregate(all))), [
    { rows: 4, count: 3, different: 2, sum: 7, avg: 7 / 3, min: 1, max: 3, list: [3, null, 1, 3], texts: '3-1-3' },
  ])
  assert.equal(rows(pipe(numbers(null), Q.aggregate(all))), [
    { rows: 1, count: 0, different: 0, sum: null, avg: null, min: null, max: null, list: [null], texts: null },
  ])
})

aggregates('S25: groups are of equal keys, null is a group', () => {
  const q = pipe(
    Q.values({ k: nullable(text), n: int })([
      { k: 'a', n: 1 },
      { k: null, n: 2 },
      { k: 'a', n: 3 },
      { k: null, n: 4 },
      { k: '', n: 5 },
    ]),
    Q.aggregate(s => ({ k: A.key(s.k), sum: A.sum(s.n) })),
  )
  assert.equal(rows(q), [
    { k: 'a', sum: 4 },
    { k: null, sum: 6 },
    { k: '', sum: 5 },
  ])
})

aggregates('several keys, and expressions as keys', () => {
  const q = pipe(
    numbers(1, 2, 3, 4, 5, 6),
    Q.aggregate(s => ({ odd: A.key(X.rem(s.n, 2)), third: A.key(X.rem(s.n, 3)), n: A.countAll })),
  )
  assert.is(rows(q).length, 6)
})

aggregates('S15: sums are exact, and only the result has to fit', () => {
  const big = (...ns: readonly bigint[]) =>
    pipe(
      Q.values({ n: bigint })(ns.map(n => ({ n }))),
      Q.aggregate(s => ({ sum: A.sum(s.n), avg: A.avg(s.n) })),
    )
  const max = 2n ** 63n - 1n
  assert.equal(rows(big(max, 1n, -1n)), [{ sum: max, avg: Number(max) / 3 }])
  refused(big(max, 1n) as AnyQuery, 'NumericOverflow', /64 bits/)
  const money = pipe(
    Q.values({ p: numeric(10, 2) })([{ p: '0.10' }, { p: '0.20' }]),
    Q.aggregate(s => ({ sum: A.sum(s.p), avg: A.avg(s.p) })),
  )
  assert.equal(rows(money), [{ sum: '0.30', avg: 0.15 }])
  const small = pipe(
    Q.values({ n: smallint })([{ n: 32767 }, { n: 32767 }]),
    Q.aggregate(s => ({ sum: A.sum(s.n) })),
  )
  assert.equal(rows(small), [{ sum: 65534 }])
  const floats = pipe(
    Q.values({ n: float })([{ n: 0.5 }, { n: 0.25 }]),
    Q.aggregate(s => ({ sum: A.sum(s.n), avg: A.avg(s.n) })),
  )
  assert.equal(rows(floats), [{ sum: 0.75, avg: 0.375 }])
})

aggregates('S26: arrayAgg and stringAgg take an order of their own', () => {
  const q = pipe(
    Q.from(tracks),
    Q.aggregate(s => ({
      ids: A.arrayAgg(s.id, { orderBy: [X.desc(s.name)] }),
      names: A.stringAgg(s.name, ', ', { orderBy: [X.asc(s.albumId), X.asc(s.name)] }),
    })),
  )
  assert.equal(rows(q), [{ ids: [1, 2, 4, 3], names: 'Halleluhwah, Spoon, Vitamin C, Hero' }])
})

aggregates('a filter takes the rows for which it is true', () => {
  const q = pipe(
    numbers(1, 2, null, 4),
    Q.aggregate(s => ({
      n: pipe(A.countAll, A.filter(X.gt(s.n, 1))),
      sum: pipe(A.sum(s.n), A.filter(X.gt(s.n, 1))),
      none: pipe(A.sum(s.n), A.filter(X.gt(s.n, 9))),
    })),
  )
  assert.equal(rows(q), [{ n: 2, sum: 6, none: null }])
})

aggregates('min and max follow the order of the type', () => {
  const q = pipe(
    Q.values({ s: text })([{ s: '\u{1F600}' }, { s: '\uFFFD' }, { s: 'a' }]),
    Q.aggregate(r => ({ min: A.min(r.s), max: A.max(r.s) })),
  )
  assert.equal(rows(q), [{ min: 'a', max: '\u{1F600}' }])
})

aggregates('what follows sees the aggregates as columns', () => {
  const q = pipe(
    Q.from(albums),
    Q.aggregate(b => ({ artistId: A.key(b.artistId), n: A.countAll })),
    Q.where(g => X.gt(g.n, 1)),
    Q.bind('artist', g =>
      pipe(
        Q.from(artists),
        Q.where(a => X.eq(a.id, g.artistId)),
      ),
    ),
    Q.map(g => ({ name: g.artist.name, n: g.n })),
  )
  assert.equal(rows(q), [{ name: 'Can', n: 2 }])
})

aggregates.run()

// --- Queries inside ---------------------------------------------------------------------------

const inside = suite('model: queries inside rows and expressions')

const albumsOf = (a: { readonly id: X.Expr<number> }) =>
  pipe(
    Q.from(albums),
    Q.where(b => X.eq(b.artistId, a.id)),
    Q.orderBy(b => [X.asc(b.title)]),
  )

inside('many, three deep, each in the order of its own query', () => {
  const q = pipe(
    Q.from(artists),
    Q.map(a => ({
      name: a.name,
      albums: Q.many(
        pipe(
          albumsOf(a),
          Q.map(b => ({
            title: b.title,
            tracks: Q.many(
              pipe(
                Q.from(tracks),
                Q.where(x => X.eq(x.albumId, b.id)),
                Q.orderBy(x => [X.desc(x.name)]),
                Q.map(x => ({ name: X.concat(a.name, '/', b.title, '/', x.name) })),
              ),
            ),
          })),
        ),
      ),
    })),
  )
  assert.equal(rows(q), [
    {
      name: 'Can',
      albums: [
        { title: 'Ege Bamyasi', tracks: [{ name: 'Can/Ege Bamyasi/Vitamin C' }, { name: 'Can/Ege Bamyasi/Spoon' }] },
        { title: 'Tago Mago', tracks: [{ name: 'Can/Tago Mago/Halleluhwah' }] },
      ],
    },
    { name: 'Neu!', albums: [{ title: 'Neu! 75', tracks: [{ name: 'Neu!/Neu! 75/Hero' }] }] },
    { name: 'Unknown', albums: [] },
  ])
})

inside('first is the first row in its order, or none', () => {
  const q = pipe(
    Q.from(artists),
    Q.map(a =>
      Q.first(
        pipe(
          albumsOf(a),
          Q.map(b => b.title),
        ),
      ),
    ),
  )
  assert.equal(rows(q), [O.some('Ege Bamyasi'), O.some('Neu! 75'), O.none])
})

inside('exists, inQuery and scalar', () => {
  const withAlbums = pipe(
    Q.from(artists),
    Q.where(a => X.exists(albumsOf(a))),
    Q.map(a => a.name),
  )
  assert.equal(rows(withAlbums), ['Can', 'Neu!'])
  const latest = pipe(
    Q.from(artists),
    Q.map(a =>
      X.scalar(
        pipe(
          albumsOf(a),
          Q.map(b => b.price),
        ),
      ),
    ),
  )
  assert.equal(rows(latest), ['9.90', null, null])
})

inside('S9: inQuery is three-valued', () => {
  const answer = (n: number | null, q: AnyQuery) =>
    rows(
      pipe(
        numbers(n),
        Q.map(s => X.inQuery(s.n, q)),
      ),
    )[0]
  assert.is(answer(1, bag(1, null)), true)
  assert.is(answer(2, bag(1, null)), null)
  assert.is(answer(2, bag(1)), false)
  assert.is(answer(null, bag(1)), null)
  assert.is(answer(null, bag()), false)
  assert.is(answer(2, Q.zero as AnyQuery), false)
})

inside('S7: mapRow comes after everything else, also inside many and beside bind', () => {
  const q = pipe(
    Q.from(artists),
    Q.mapRow(a => ({ shout: `${a.name}!` })),
    Q.orderBy(a => [X.desc(a.name)]),
    Q.limit(2),
    Q.let('twice', a => X.times(a.id, 2)),
    Q.bind('n', a =>
      pipe(
        Q.from(albums),
        Q.where(b => X.eq(b.artistId, a.id)),
        Q.aggregate(() => ({ n: A.countAll })),
        Q.mapRow(r => r.n),
      ),
    ),
  )
  assert.equal(rows(q) as readonly unknown[], [
    { shout: 'Unknown!', twice: 6, n: 0 },
    { shout: 'Neu!!', twice: 4, n: 1 },
  ])
  const nested = pipe(
    Q.from(artists),
    Q.map(a => ({
      titles: Q.many(
        pipe(
          albumsOf(a),
          Q.mapRow(b => b.title.length),
        ),
      ),
    })),
  )
  assert.equal(rows(nested), [{ titles: [11, 9] }, { titles: [7] }, { titles: [] }])
})

inside('a mapRow under a missing side is not called', () => {
  let calls = 0
  const q = pipe(
    Q.from(artists),
    Q.map(a => ({ id: a.id })),
    Q.bindLeft('album', a =>
      pipe(
        albumsOf(a),
        Q.mapRow(b => {
          calls += 1
          return b.title
        }),
      ),
    ),
  )
  assert.is(rows(q).filter(r => O.isNone(r.album)).length, 1)
  assert.is(calls, 3)
})

inside('prepare: a prepared query means what its function means of the values', () => {
  const byName = Q.prepare({ name: text, atMost: bigint }, p =>
    pipe(
      Q.from(albums),
      Q.where(b => X.ne(b.title, p.name)),
      Q.limit(p.atMost as never),
      Q.map(b => b.title),
    ),
  )
  assert.equal(rows(byName({ name: 'Tago Mago', atMost: 1n })), ['Ege Bamyasi'])
  assert.equal(rows(byName({ name: 'none', atMost: 2n })), ['Tago Mago', 'Ege Bamyasi'])
  const inner = pipe(
    Q.from(artists),
    Q.flatMap(() => byName({ name: 'Neu! 75', atMost: 1n })),
  )
  assert.is(rows(inner).length, 3)
  refused(byName({ name: 'a\u0000b', atMost: 1n }) as AnyQuery, 'ValidationError', /^name: a text can hold no NUL/)
  refused(byName({ name: 'a', atMost: -1n }) as AnyQuery, 'ValidationError', /not negative|non-negative/)
})

inside.run()

// --- Decoding and refusals --------------------------------------------------------------------

const edges = suite('model: decoding and refusals')

const Positive = new t.Type<number, number>(
  'Positive',
  t.number.is,
  (u, c) => (typeof u === 'number' && u > 0 ? t.success(u) : t.failure(u, c)),
  t.identity,
)

edges('S29: a codec runs on the canonical value, and names row and column when it fails', () => {
  const strict = codec(Positive)(int)
  const q = pipe(
    numbers(1, -1),
    Q.map(s => ({ deep: { n: X.cast(strict)(X.coalesce(s.n, 0)) } })),
  )
  const answer = evaluate(empty, q as AnyQuery)
  assert.ok(E.isLeft(answer) && answer.left._tag === 'DecodeError')
  const { row, column, expected, got } = answer.left as Extract<DbError, { _tag: 'DecodeError' }>
  assert.equal({ row, column, expected, got }, { row: 1, column: 'deep.n', expected: 'Positive', got: 'number' })
  assert.equal(
    rows(
      pipe(
        numbers(5),
        Q.map(s => X.cast(strict)(X.coalesce(s.n, 0))),
      ),
    ),
    [5],
  )
})

edges('S29: an unexpected null is a DecodeError', () => {
  const lying = X.litOf(date)('2020-01-01')
  const q = Q.of({ d: { ...lying, node: { tag: 'literal', value: null } } as typeof lying })
  refused(q as AnyQuery, 'DecodeError', /row 0, column "d": expected date, got null/)
})

edges('a function of the caller that throws is CallbackFailed', () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  refused(
    pipe(
      names,
      Q.mapRow(() => boom()),
    ) as AnyQuery,
    'CallbackFailed',
    /boom/,
  )
  refused(
    pipe(
      names,
      Q.where(() => boom()),
    ) as AnyQuery,
    'CallbackFailed',
    /boom/,
  )
})

edges('what is invalid is refused also where there is no row, at every depth', () => {
  const bad = (a: { readonly name: X.Expr<string> }) => X.eq(a.name, null as never)
  const words = /comparison or arithmetic with null/
  const inWhere = pipe(none, Q.where(bad))
  refused(inWhere as AnyQuery, 'ValidationError', words)
  refused(
    pipe(
      none,
      Q.map(a => ({ xs: Q.many(pipe(none, Q.where(bad))), id: a.id })),
    ) as AnyQuery,
    'ValidationError',
    words,
  )
  refused(
    pipe(
      none,
      Q.where(() => X.exists(inWhere)),
    ) as AnyQuery,
    'ValidationError',
    words,
  )
  refused(
    pipe(
      none,
      Q.bindLeft('x', () => inWhere),
    ) as AnyQuery,
    'ValidationError',
    words,
  )
  refused(
    pipe(
      none,
      Q.aggregate(a => ({ n: pipe(A.countAll, A.filter(bad(a))) })),
    ) as AnyQuery,
    'ValidationError',
    words,
  )
  refused(
    pipe(
      none,
      Q.orderBy(a => [X.asc(bad(a))]),
    ) as AnyQuery,
    'ValidationError',
    words,
  )
  refused(pipe(none, Q.limit(-1)) as AnyQuery, 'ValidationError', /non-negative/)
  refused(
    pipe(
      none,
      Q.flatMap(() => pipe(names, Q.offset(1.5))),
    ) as AnyQuery,
    'ValidationError',
    /non-negative/,
  )
  refused(
    pipe(
      none,
      Q.aggregate(() => ({ n: pipe(A.countAll, A.filter(X.exists(inWhere))) })),
    ) as AnyQuery,
    'ValidationError',
    words,
  )
  refused(
    pipe(
      none,
      Q.where(() => X.raw({ ...int, type: { ...int.type, sql: { tag: 'boolean' } } } as never)`true` as never),
    ) as AnyQuery,
    'Unsupported',
    /memory does not support raw SQL/,
  )
})

edges('what no step reads is not looked at', () => {
  const q = pipe(
    names,
    Q.map(name => ({ name, bad: X.eq(name, null as never), over: X.plus(X.lit(2n ** 63n - 1n), 1n) })),
    Q.map(s => s.name),
  )
  assert.equal(rows(q), ['Can', 'Neu!', 'Unknown'])
})

edges('a plain value in a row, a query in a row, and a field added to no record are refused', () => {
  refused(
    pipe(
      none,
      Q.map(() => ({ a: 1 }) as never),
    ) as AnyQuery,
    'ValidationError',
    /wrap a plain value in lit/,
  )
  refused(
    pipe(
      none,
      Q.map(() => ({ q: names }) as never),
    ) as AnyQuery,
    'ValidationError',
    /must be wrapped in/,
  )
  refused(
    pipe(
      names as AnyQuery,
      Q.let('x', () => X.lit(1)),
    ),
    'ValidationError',
    /add a field to a record/,
  )
})

edges('json has no order', () => {
  const q = pipe(
    Q.values({ j: anyJson })([{ j: { a: 1 } }]),
    Q.orderBy(s => [X.asc(s.j as X.Expr<any>)]),
  )
  refused(q as AnyQuery, 'ValidationError', /json/)
})

edges('a table that is not there is SchemaConflict', () => {
  const elsewhere = table('album', { id: generated(int) }, { schema: 'music' })
  const answer = evaluate(world, Q.from(elsewhere) as AnyQuery)
  assert.ok(E.isLeft(answer) && answer.left._tag === 'SchemaConflict' && answer.left.object === 'music.album')
  refused(
    pipe(
      none,
      Q.where(() => X.exists(Q.from(elsewhere))),
    ) as AnyQuery,
    'SchemaConflict',
    /createAll/,
  )
})

edges('answers are copies: changing one changes no state', () => {
  const docs = table('doc', { id: generated(int), body: anyJson })
  const db = after(right(define(empty, createSteps(schema({ docs })))), C.insert(docs)({ body: { list: [1] } }))
  const [first] = rows(Q.from(docs), db) as unknown as [{ body: { list: number[] } }]
  first.body.list.push(2)
  assert.equal(rows(Q.from(docs), db), [{ id: 1, body: { list: [1] } }])
})

edges.run()
