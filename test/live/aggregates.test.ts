/** Aggregates that some engines lack or define differently, and types that lose their null: the same on every engine. */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { boolean, float, int, nullable, numeric, text, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import * as W from '../../lib/Window.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const sales = table(
  'agg_sales',
  {
    id: int,
    shop: text,
    good: nullable(boolean),
    amount: nullable(int),
    price: nullable(numeric(10, 2)),
    rate: nullable(float),
    tag: nullable(text),
    at: nullable(timestamp),
  },
  { primaryKey: ['id'] },
)

const at = (n: number): Date => new Date(Date.UTC(2024, 0, n, 1, 2, 3, 4))
const rows = [
  { id: 1, shop: 'a', good: true, amount: 1, price: '1.50', rate: 0.1, tag: 'x,|', at: at(1) },
  { id: 2, shop: 'a', good: false, amount: 2, price: '1.50', rate: 0.2, tag: 'é🐟', at: at(1) },
  { id: 3, shop: 'a', good: null, amount: 2, price: '9.25', rate: 0.3, tag: 'x,|', at: at(2) },
  { id: 4, shop: 'a', good: null, amount: 10, price: null, rate: 1e300, tag: null, at: null },
  { id: 5, shop: 'b', good: true, amount: 7, price: '3.00', rate: -1.5, tag: '', at: at(3) },
  { id: 6, shop: 'b', good: true, amount: 6, price: '2.00', rate: 2.5, tag: 'a', at: at(2) },
  { id: 7, shop: 'c', good: null, amount: null, price: null, rate: null, tag: null, at: null },
] as const

for (const engine of engines) {
  const test = suite(`aggregates on ${engine.name}`)
  const s = using(engine, test)
  const byShop = (f: (r: any) => { readonly [name: string]: A.Agg<any> }) =>
    s.right(
      Q.all(
        pipe(
          Q.from(sales),
          Q.aggregate(r => ({ shop: A.key(r.shop), ...f(r) })),
          Q.orderBy((r: any) => [X.asc(r.shop)]),
        ),
      ),
    )

  test.before(async () => {
    await s.create(sales)
    await s.right(C.run(C.insertMany(sales)(rows as never)))
  })

  test('whether all values are true, and whether one is', async () => {
    assert.equal(await byShop(r => ({ all: A.boolAnd(r.good), some: A.boolOr(r.good), high: A.boolOr(X.gt(r.amount, 5)) })), [
      { shop: 'a', all: false, some: true, high: true },
      { shop: 'b', all: true, some: true, high: true },
      { shop: 'c', all: null, some: null, high: null },
    ])
    const running = pipe(
      Q.from(sales),
      Q.window(r => ({ some: W.over({ partitionBy: [r.shop], orderBy: [X.asc(r.id)] })(A.boolAnd(r.good)) })),
      Q.orderBy(r => [X.asc(r.id)]),
      Q.map(r => r.some),
    )
    assert.equal(await s.right(Q.all(running)), [true, false, false, false, true, true, null])
  })

  test('different texts, in their order', async () => {
    assert.equal(
      await byShop(r => ({
        tags: A.stringAgg(r.tag, ',', { distinct: true }),
        some: A.filter(X.gt(r.id, 2))(A.stringAgg(r.tag, '', { distinct: true })),
      })),
      [
        { shop: 'a', tags: 'x,|,é🐟', some: 'x,|' },
        { shop: 'b', tags: ',a', some: 'a' },
        { shop: 'c', tags: null, some: null },
      ],
    )
    const both = Q.aggregate((r: any) => ({ tags: A.stringAgg(r.tag, ',', { distinct: true, orderBy: [X.asc(r.id)] } as never) }))(
      Q.from(sales),
    )
    assert.match((await s.left('ValidationError', Q.all(both))).message, /omit orderBy/)
  })

  test('the most frequent value, the median and other percentiles', async () => {
    assert.equal(
      await byShop(r => ({ mode: A.mode(r.amount), price: A.mode(r.price), tag: A.mode(r.tag), at: A.mode(r.at), rate: A.mode(r.rate) })),
      [
        { shop: 'a', mode: 2, price: '1.50', tag: 'x,|', at: at(1), rate: 0.1 },
        { shop: 'b', mode: 6, price: '2.00', tag: '', at: at(2), rate: -1.5 },
        { shop: 'c', mode: null, price: null, tag: null, at: null, rate: null },
      ],
    )
    assert.equal(
      await byShop(r => ({
        median: A.median(r.amount),
        price: A.median(r.price),
        p90: A.percentileCont(r.amount, 0.9),
        rate: A.percentileCont(r.rate, 1),
      })),
      [
        { shop: 'a', median: 2, price: 1.5, p90: 2 + (0.9 * 3 - 2) * 8, rate: 1e300 },
        { shop: 'b', median: 6.5, price: 2.5, p90: 6 + 0.9, rate: 2.5 },
        { shop: 'c', median: null, price: null, p90: null, rate: null },
      ],
    )
    const some = Q.aggregate((r: any) => ({
      m: A.filter(X.ne(r.shop, 'a'))(A.median(r.amount)),
      n: A.filter(X.eq(r.shop, 'z'))(A.mode(r.tag)),
    }))
    assert.equal(await s.right(Q.all(some(Q.from(sales)))), [{ m: 6.5, n: null }])
    const none = Q.aggregate((r: any) => ({ m: A.median(r.amount), n: A.mode(r.tag) }))(Q.where(() => X.lit(false))(Q.from(sales)))
    assert.equal(await s.right(Q.all(none)), [{ m: null, n: null }])
    const rolled = pipe(
      Q.from(sales),
      Q.rollup(r => ({ by: { shop: r.shop }, of: { m: A.median(r.amount) } })),
      Q.orderBy(r => [X.asc(r.m)]),
      Q.map(r => r.m),
    )
    assert.equal(await s.right(Q.all(rolled)), [2, 4, 6.5, null])
  })

  test('fields that are not null, and the number of rows of a query', async () => {
    const q = pipe(
      Q.from(sales),
      Q.whereNotNull('amount', 'price'),
      Q.orderBy(r => [X.asc(r.id)]),
      Q.map(r => ({
        id: r.id,
        twice: X.times(r.amount, 2),
        price: r.price,
        same: X.countOf(Q.where((o: any) => X.eq(o.shop, r.shop))(Q.from(sales))),
      })),
    )
    assert.equal((await s.right(Q.all(q))).slice(0, 2), [
      { id: 1, twice: 2, price: '1.50', same: 4 },
      { id: 2, twice: 4, price: '1.50', same: 4 },
    ])
    assert.is(await s.right(Q.count(q)), 5)
    await s.left('ValidationError', Q.all(Q.whereNotNull('nothing' as never)(Q.from(sales) as never)))
    const after = pipe(
      Q.from(sales),
      Q.mapRow(r => ({ amount: r.amount })),
      Q.whereNotNull('amount'),
    )
    assert.match((await s.left('ValidationError', Q.all(after))).message, /before mapRow/)
    await s.drop(sales)
  })
  test.run()
}
