/**
 * Updates by rows on every engine against the model: keys of several columns, texts and decimals as keys, more rows than a statement takes,
 * the updated table as the source, values that read each other, rows that match none or several, sources of every form.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { boolean, bytes, float, int, nullable, numeric, text, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, sameRows, using } from './eachEngine.js'

const prices = table(
  'priced',
  {
    shop: int,
    code: text,
    price: numeric(10, 2),
    other: nullable(numeric(10, 2)),
    ratio: nullable(float),
    flag: nullable(boolean),
    at: nullable(timestamp),
    data: nullable(bytes),
    note: nullable(text),
  },
  { primaryKey: ['shop', 'code'] },
)
const offers = table('offered', { id: int, code: text, off: numeric(10, 2), from: nullable(int) }, { primaryKey: ['id'] })
const bare = table('keyless', { n: int, m: nullable(int) })

const CODES = ['a', 'A', 'á', 'a ', '', '\u{1F600}', "o'k", 'x\\y']
const given = CODES.map((code, i) => ({ shop: i % 2, code, price: `${i}.50` as `${number}`, other: '1.00' as const, note: null }))

type Step = readonly [name: string, command: () => C.Command<unknown>]

const steps: readonly Step[] = [
  [
    'by a key of two columns',
    () => C.updateMany(prices)(['code', 'shop'])(given.map(({ shop, code }, i) => ({ shop, code, price: `${i}.99` as `${number}` }))),
  ],
  [
    'to values of each kind, and to null',
    () =>
      C.updateMany(prices)(['shop', 'code'])([
        { shop: 0, code: 'a', ratio: -1.5e300, flag: false, at: new Date(-1), data: Uint8Array.of(0, 255), note: "it's" },
        { shop: 1, code: 'A', ratio: null, flag: null, at: null, data: null, note: null },
        { shop: 0, code: 'á', ratio: 0.1, flag: true, at: new Date('9999-12-31T23:59:59.999Z'), data: Uint8Array.of(), note: '' },
      ]),
  ],
  ['of rows that are not there', () => C.updateMany(prices)(['shop', 'code'])([{ shop: 7, code: 'a', price: '1.00' }])],
  [
    'nulls alone',
    () =>
      C.updateMany(prices)(['shop', 'code'])([
        { shop: 0, code: 'a', other: null },
        { shop: 1, code: 'A', other: null },
      ]),
  ],
  [
    'from a query, by what both have',
    () =>
      C.updateFrom(prices)(
        Q.from(offers),
        (p, o) => X.and(X.eq(p.code, o.code), X.isNotDistinctFrom(p.shop, o.from)),
        (p, o) => ({ price: X.minus(p.price, o.off), note: X.concat(p.code, o.code) }),
      ),
  ],
  [
    'from itself, values that read each other',
    () =>
      C.updateFrom(prices)(
        Q.from(prices),
        (p, q) => X.and(X.eq(p.code, q.code), X.eq(p.shop, q.shop)),
        (p, q) => ({ price: X.coalesce(p.other, '0.00'), other: q.price }),
      ),
  ],
  [
    'from groups',
    () =>
      C.updateFrom(prices)(
        pipe(
          Q.from(prices),
          Q.aggregate(p => ({ shop: A.key(p.shop), most: A.max(p.price) })),
        ),
        (p, g) => X.eq(p.shop, g.shop),
        (_, g) => ({ other: g.most }),
      ),
  ],
  [
    'from one row',
    () =>
      C.updateFrom(prices)(
        Q.of({ n: X.lit(1) }),
        (p, one) => X.eq(p.shop, one.n),
        (p, one) => ({ ratio: X.cast(float)(X.plus(p.shop, one.n)) }),
      ),
  ],
  [
    'from no row',
    () =>
      C.updateFrom(prices)(
        Q.zero,
        () => X.lit(true),
        () => ({ note: 'never' }),
      ),
  ],
  [
    'from the first two',
    () =>
      C.updateFrom(prices)(
        pipe(
          Q.from(offers),
          Q.orderBy(o => [X.desc(o.id)]),
          Q.limit(1),
        ),
        (p, o) => X.eq(p.code, o.code),
        (_, o) => ({ note: X.concat('last ', o.code) }),
      ),
  ],
  [
    'from a left join',
    () =>
      C.updateFrom(prices)(
        pipe(
          Q.Do,
          Q.bind('offer', () => Q.from(offers)),
          Q.bindLeft('more', ({ offer }) =>
            pipe(
              Q.from(offers),
              Q.where(o => X.eq(o.id, X.plus(offer.id, 100))),
            ),
          ),
        ),
        (p, { offer, more }) => X.and(X.eq(p.code, offer.code), X.eq(p.shop, 0), X.not(X.isSome(more))),
        (_, { more }) => ({ ratio: X.maybe(more, m => X.cast(float)(m.id)), flag: X.isSome(more) }),
      ),
  ],
  [
    'several matches are too many',
    () =>
      C.updateFrom(prices)(
        Q.from(offers),
        () => X.lit(true),
        (_, o) => ({ note: o.code }),
      ),
  ],
  [
    'a column that no row is found by',
    () =>
      C.updateFrom(prices)(
        Q.from(offers),
        (_, o) => X.isNull(o.code),
        (_, o) => ({ note: o.code }),
      ),
  ],
  [
    'without a primary key',
    () =>
      C.updateFrom(bare)(
        Q.from(offers),
        (b, o) => X.eq(b.n, o.id),
        (_, o) => ({ m: o.id }),
      ),
  ],
  [
    'of nested collections',
    () =>
      C.updateFrom(prices)(
        Q.map(() => ({ all: Q.many(Q.from(offers)) }))(Q.of({ n: X.lit(1) })),
        () => X.lit(true),
        () => ({ note: 'x' }),
      ),
  ],
  [
    'deletes what matches, once or often',
    () => C.deleteUsing(prices)(pipe(Q.from(offers), Q.unionAll(Q.from(offers))), (p, o) => X.eq(p.code, o.code)),
  ],
  ['deletes by itself', () => C.deleteUsing(prices)(Q.from(prices), (p, q) => X.lt(p.price, q.price))],
]

for (const engine of engines) {
  const test = suite(`updates by rows on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  test('answer and leave what the model does', async () => {
    const filled = [
      C.run(C.insertMany(prices)(given)),
      C.run(
        C.insertMany(offers)([
          { id: 1, code: 'a', off: '0.01', from: 0 },
          { id: 2, code: 'A', off: '0.10', from: 1 },
          { id: 3, code: '', off: '0.00', from: null },
        ]),
      ),
    ]
    await s.create(prices, offers, bare)
    await createAll(schema({ prices, offers, bare }))({ db: model })()
    for (const p of filled) {
      await s.right(p)
      await p({ db: model })()
    }
    for (const [name, command] of steps) {
      const [got, expected] = [await s.run(C.run(command())), await C.run(command())({ db: model })()]
      if (E.isLeft(expected)) assert.is(E.isLeft(got) ? got.left._tag : 'done', expected.left._tag, name)
      else assert.equal(got, expected, name)
      const there = await Q.all(Q.from(prices))({ db: model })()
      sameRows(await s.rows(prices), E.isRight(there) ? there.right : [], name)
    }
    await s.drop(prices, offers, bare)
  })
  test('more rows than a statement takes', async () => {
    const many = table('updated_many', { id: int, n: int }, { primaryKey: ['id'] })
    await s.create(many)
    const ids = Array.from({ length: 1_300 }, (_, i) => i)
    await s.right(C.run(C.insertMany(many)(ids.map(id => ({ id, n: 0 })))))
    assert.is(await s.right(C.run(C.updateMany(many)(['id'])(ids.slice(1).map(id => ({ id, n: -id }))))), ids.length - 1)
    sameRows(
      await s.rows(many),
      ids.map(id => ({ id, n: id === 0 ? 0 : -id })),
    )
    const overflow = ids.map(id => ({ id, n: id === 1_290 ? 2 ** 31 : 1 }))
    await s.unchanged([many], 'NumericOverflow', C.run(C.updateMany(many)(['id'])(overflow)))
    const returned = pipe(
      C.updateMany(many)(['id'])([{ id: 5, n: 55 }]),
      C.returning(r => ({ id: r.id, n: r.n })),
    )
    assert.equal(await s.right(C.run(returned)), [{ id: 5, n: 55 }])
    await s.drop(many)
  })
  test.run()
}
