/**
 * S25 and S26: groups, aggregates of empty groups and of nulls, their order.
 *
 * The rows are a small table of sales with nulls in every column that may have one. Each aggregate is computed over the whole table, over
 * each group, over no rows, under a filter, and inside `many`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import type { AnyColumn } from '../../../lib/core/syntax/Syntax.js'
import { showSqlType } from '../../../lib/core/value/SqlType.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { about, ask, type Clause, check, create, equal, equalBags, type Session } from './check.js'
import { sources } from './compute.js'

const columns = { id: C.int, shop: C.nullable(C.text), item: C.nullable(C.text), n: C.nullable(C.int), price: C.numeric(10, 2) }

const sales = [
  { id: 1, shop: 'north', item: 'pear', n: 2, price: '1.50' },
  { id: 2, shop: 'north', item: null, n: null, price: '2.00' },
  { id: 3, shop: 'south', item: 'fig', n: 3, price: '0.25' },
  { id: 4, shop: null, item: 'fig', n: 1, price: '0.25' },
  { id: 5, shop: null, item: null, n: null, price: '9.99' },
  { id: 6, shop: 'north', item: 'apple', n: 5, price: '3.00' },
] as const

let tables = 0

const given = Q.values(columns)(sales)

/** The sales as a stored table, and as given rows. */
const both = async (db: Session): Promise<readonly (typeof given)[]> => {
  tables += 1
  const t = table(`sales_${tables}`, columns, { primaryKey: ['id'] })
  await create(db, t)
  await ask(db, Command.run(Command.insertMany(t)(sales)))
  return [Q.from(t), given]
}

type Sale = Parameters<typeof everything>[0]

const everything = (r: {
  readonly id: Ex.Expr<number>
  readonly shop: Ex.Expr<string | null>
  readonly item: Ex.Expr<string | null>
  readonly n: Ex.Expr<number | null>
  readonly price: Ex.Expr<C.Decimal>
}) => ({
  rows: Agg.countAll,
  count: Agg.count(r.n),
  different: Agg.countDistinct(r.item),
  sum: Agg.sum(r.n),
  avg: Agg.avg(r.n),
  min: Agg.min(r.item),
  max: Agg.max(r.price),
  list: Agg.arrayAgg(r.item, { orderBy: [Ex.asc(r.id)] }),
  text: Agg.stringAgg(r.item, ', ', { orderBy: [Ex.asc(r.id)] }),
})

const NOTHING = { rows: 0, count: 0, different: 0, sum: null, avg: null, min: null, max: null, list: null, text: null }

const groups: readonly Clause[] = [
  check(25, 'aggregate without a key has exactly one row', async db => {
    for (const q of await both(db)) {
      equal(await ask(db, Q.all(pipe(q, Q.aggregate(everything)))), [
        {
          rows: 6,
          count: 4,
          different: 3,
          sum: 11,
          avg: 2.75,
          min: 'apple',
          max: '9.99',
          list: ['pear', null, 'fig', 'fig', null, 'apple'],
          text: 'pear, fig, fig, apple',
        },
      ])
    }
  }),
  check(25, 'aggregate without a key has one row over no rows, too: count is 0, every other aggregate is null', async db => {
    for (const q of await both(db)) {
      const none = pipe(
        q,
        Q.where(r => Ex.lt(r.id, 0)),
      )
      equal(await ask(db, Q.all(pipe(none, Q.aggregate(everything)))), [NOTHING])
      equal(await ask(db, Q.all(pipe(q, Q.limit(0), Q.aggregate(everything)))), [NOTHING])
    }
    equal(
      await ask(
        db,
        Q.all(
          pipe(
            Q.zero as Q.Query<{}, {}>,
            Q.aggregate(() => ({ n: Agg.countAll })),
          ),
        ),
      ),
      [{ n: 0 }],
    )
  }),
  check(25, 'with keys there is one row a group, and null is a group of its own', async db => {
    for (const q of await both(db)) {
      const byShop = pipe(
        q,
        Q.aggregate(r => ({
          shop: Agg.key(r.shop),
          rows: Agg.countAll,
          sum: Agg.sum(r.n),
          items: Agg.arrayAgg(r.item, { orderBy: [Ex.asc(r.id)] }),
        })),
      )
      equalBags(await ask(db, Q.all(byShop)), [
        { shop: 'north', rows: 3, sum: 7, items: ['pear', null, 'apple'] },
        { shop: 'south', rows: 1, sum: 3, items: ['fig'] },
        { shop: null, rows: 2, sum: 1, items: ['fig', null] },
      ])
      const byBoth = pipe(
        q,
        Q.aggregate(r => ({ shop: Agg.key(r.shop), item: Agg.key(r.item), n: Agg.countAll })),
      )
      equal((await ask(db, Q.all(byBoth))).length, 6)
    }
  }),
  check(25, 'with keys there is no row over no rows', async db => {
    for (const q of await both(db)) {
      const none = pipe(
        q,
        Q.where(r => Ex.lt(r.id, 0)),
        Q.aggregate(r => ({ shop: Agg.key(r.shop), n: Agg.countAll })),
      )
      equal(await ask(db, Q.all(none)), [])
    }
  }),
  check(25, 'a key is any expression, and groups may be filtered, sorted and cut', async db => {
    for (const q of await both(db)) {
      const odd = pipe(
        q,
        Q.aggregate(r => ({
          odd: Agg.key(Ex.eq(Ex.rem(r.id, 2), 1)),
          one: Agg.key(Ex.lit('x')),
          n: Agg.countAll,
          total: Agg.sum(r.price),
        })),
      )
      equalBags(await ask(db, Q.all(odd)), [
        { odd: true, one: 'x', n: 3, total: '11.74' },
        { odd: false, one: 'x', n: 3, total: '5.25' },
      ])
      const large = pipe(
        q,
        Q.aggregate(r => ({ shop: Agg.key(r.shop), n: Agg.countAll })),
        Q.where(g => Ex.gt(g.n, 1)),
        Q.orderBy(g => [Ex.desc(g.n)]),
        Q.limit(1),
      )
      equal(await ask(db, Q.all(large)), [{ shop: 'north', n: 3 }])
    }
  }),
  check(25, 'keys alone are distinct rows; a constant key over no rows makes no group', async db => {
    for (const q of await both(db)) {
      const shops = pipe(
        q,
        Q.aggregate(r => ({ shop: Agg.key(r.shop) })),
      )
      equalBags(await ask(db, Q.all(shops)), [{ shop: 'north' }, { shop: 'south' }, { shop: null }])
      const constant = pipe(
        q,
        Q.where(r => Ex.lt(r.id, 0)),
        Q.aggregate(() => ({ k: Agg.key(Ex.lit(1)), n: Agg.countAll })),
      )
      equal(await ask(db, Q.all(constant)), [])
    }
  }),
  check(25, 'an aggregate of an aggregate, and one for each row of another query', async db => {
    for (const q of await both(db)) {
      const counted = pipe(
        q,
        Q.aggregate(r => ({ shop: Agg.key(r.shop), n: Agg.countAll })),
        Q.aggregate(g => ({ groups: Agg.countAll, most: Agg.max(g.n) })),
      )
      equal(await ask(db, Q.all(counted)), [{ groups: 3, most: 3 }])
      const ofEach = pipe(
        Q.values({ shop: C.text })([{ shop: 'north' }, { shop: 'west' }]),
        Q.bind('sold', s =>
          pipe(
            q,
            Q.where(r => Ex.eq(r.shop, s.shop)),
            Q.aggregate((r: Sale) => ({ n: Agg.countAll, sum: Agg.sum(r.n) })),
          ),
        ),
      )
      equalBags(await ask(db, Q.all(ofEach)), [
        { shop: 'north', sold: { n: 3, sum: 7 } },
        { shop: 'west', sold: { n: 0, sum: null } },
      ])
    }
  }),
]

const members: readonly Clause[] = [
  check(26, 'count of an expression skips nulls, countAll does not', async db => {
    for (const q of await both(db)) {
      const counts = pipe(
        q,
        Q.aggregate(r => ({
          all: Agg.countAll,
          n: Agg.count(r.n),
          shop: Agg.count(r.shop),
          item: Agg.countDistinct(r.item),
          sum: Agg.count(Ex.plus(r.n, 1)),
        })),
      )
      equal(await ask(db, Q.all(counts)), [{ all: 6, n: 4, shop: 4, item: 3, sum: 4 }])
    }
  }),
  check(26, 'arrayAgg keeps nulls, even if all values are null', async db => {
    for (const q of await both(db)) {
      const lists = pipe(
        q,
        Q.where(r => Ex.isNull(r.item)),
        Q.aggregate(r => ({ items: Agg.arrayAgg(r.item), n: Agg.arrayAgg(r.n), ids: Agg.arrayAgg(r.id, { orderBy: [Ex.desc(r.id)] }) })),
      )
      equal(await ask(db, Q.all(lists)), [{ items: [null, null], n: [null, null], ids: [5, 2] }])
    }
  }),
  check(26, 'stringAgg skips nulls; if all values are null it is null', async db => {
    for (const q of await both(db)) {
      const texts = pipe(
        q,
        Q.orderBy(r => [Ex.desc(r.id)]),
        Q.aggregate(r => ({ shop: Agg.key(r.shop), text: Agg.stringAgg(r.item, "';--", { orderBy: [Ex.asc(r.id)] }) })),
      )
      equalBags(await ask(db, Q.all(texts)), [
        { shop: 'north', text: "pear';--apple" },
        { shop: 'south', text: 'fig' },
        { shop: null, text: 'fig' },
      ])
      const none = pipe(
        q,
        Q.where(r => Ex.isNull(r.item)),
        Q.aggregate(r => ({ text: Agg.stringAgg(r.item, ',') })),
      )
      equal(await ask(db, Q.all(none)), [{ text: null }])
    }
  }),
  check(26, 'arrayAgg and stringAgg take an order, with ties broken by further keys and nulls in their place', async db => {
    for (const q of await both(db)) {
      const sorted = pipe(
        q,
        Q.aggregate(r => ({
          up: Agg.arrayAgg(r.id, { orderBy: [Ex.asc(r.item), Ex.asc(r.id)] }),
          down: Agg.arrayAgg(r.id, { orderBy: [Ex.desc(r.item), Ex.desc(r.id)] }),
          early: Agg.arrayAgg(r.id, { orderBy: [Ex.nullsFirst(Ex.asc(r.n)), Ex.asc(r.id)] }),
          text: Agg.stringAgg(r.item, '', { orderBy: [Ex.desc(r.price), Ex.asc(r.id)] }),
        })),
      )
      equal(await ask(db, Q.all(sorted)), [
        { up: [6, 3, 4, 1, 2, 5], down: [5, 2, 1, 4, 3, 6], early: [2, 5, 4, 1, 3, 6], text: 'applepearfigfig' },
      ])
    }
  }),
  check(
    26,
    'a filter leaves out the rows for which it is false or null; if none remain, the aggregate is that of an empty group',
    async db => {
      for (const q of await both(db)) {
        const filtered = pipe(
          q,
          Q.aggregate(r => ({
            rows: pipe(Agg.countAll, Agg.filter(Ex.eq(r.shop, 'north'))),
            sum: pipe(Agg.sum(r.n), Agg.filter(Ex.gt(r.n, 2))),
            list: pipe(Agg.arrayAgg(r.item, { orderBy: [Ex.asc(r.id)] }), Agg.filter(Ex.gt(r.id, 3))),
            none: pipe(Agg.arrayAgg(r.item), Agg.filter(Ex.gt(r.id, 9))),
            text: pipe(Agg.stringAgg(r.item, '+', { orderBy: [Ex.asc(r.id)] }), Agg.filter(Ex.isNull(r.shop))),
            no: pipe(Agg.count(r.n), Agg.filter(Ex.nullOf(C.boolean))),
          })),
        )
        equal(await ask(db, Q.all(filtered)), [{ rows: 3, sum: 8, list: ['fig', null, 'apple'], none: null, text: 'fig', no: 0 }])
      }
    },
  ),
  check(26, 'arrayAgg returns values of every type it takes, unchanged', async db => {
    const kinds: readonly (readonly [AnyColumn, readonly unknown[]])[] = [
      [C.smallint, [-32768, null, 32767]],
      [C.int, [1, null, -2147483648]],
      [C.bigint, [9223372036854775807n, null, -9223372036854775808n, 0n]],
      [C.float, [0.1, null, 5e-324, 1.7976931348623157e308, 3]],
      [C.numeric(18, 2), ['1.50', null, '-9999999999999999.99']],
      [C.numeric(30, 10), ['12345678901234567890.0123456789', null]],
      [C.text, ['', null, 'NULL', 'null', '{}', '"', '\\', "'", ',', ' a ', '\u{1f600}', '\n\t', '[1]']],
      [C.boolean, [true, null, false]],
      [C.timestamp, [new Date('0001-01-01T00:00:00.000Z'), null, new Date('1969-12-31T23:59:59.999Z')]],
      [C.timestampMicros, ['2024-02-29T12:34:56.123456Z', null]],
      [C.date, ['0001-01-01', null, '9999-12-31']],
      [C.time, ['23:59:59.999', null]],
      [C.uuid, ['00000000-0000-0000-0000-000000000000', null, 'ffffffff-ffff-ffff-ffff-ffffffffffff']],
      [C.bytes, [new Uint8Array([0, 255, 39, 92]), null, new Uint8Array([])]],
      [C.enumOf('a', 'b'), ['a', null, 'b']],
    ]
    for (const [column, list] of kinds) {
      const { values, stored } = await sources(
        db,
        { it: C.nullable(column) },
        list.map(x => [x]),
      )
      for (const source of [values, stored]) {
        const q = pipe(
          source,
          Q.aggregate((r: any) => ({ it: Agg.arrayAgg(r.it, { orderBy: [Ex.asc(r.nth)] }) })),
        )
        await about(showSqlType(column.type.sql), async () => {
          equal((await ask(db, Q.one(q))).it, list)
          equal((await ask(db, Q.one(Q.of({ rows: Q.many(q) })))).rows[0]?.it, list)
        })
      }
    }
  }),
]

export const aggregates: readonly Clause[] = [...groups, ...members]
