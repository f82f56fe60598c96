/**
 * Migrations: a shop from version 1 to version 5 with its rows, and back, on every engine that is there.
 *
 * Shows: migrations as values, each with the tables as they are at that point; steps that compute new columns from old ones; the schema of the
 * application held against its migrations; hazards that have to be allowed by name; what drifted; and that all engines end with the same rows.
 */
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Column, generated, int, text, timestamp } from 'query-ts/Column'
import { type DbError, show } from 'query-ts/DbError'
import { asc } from 'query-ts/Expr'
import * as Migrate from 'query-ts/Migrate'
import type { Db, Program } from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { type Columns, type Table, table } from 'query-ts/Table'
import { available, withEngine } from './engines.js'
import { isMain } from './library.js'
import products from './shop/migrations/20260105T0900_products.js'
import prices from './shop/migrations/20260212T1400_prices.js'
import customers from './shop/migrations/20260303T0800_customers.js'
import codes from './shop/migrations/20260420T1700_codes.js'
import statuses from './shop/migrations/20260601T1200_statuses.js'
import { articles, orders, sales, shop } from './shop/schema.js'

const migrations = [products, prices, customers, codes, statuses]

const byId = <C extends { readonly id: Column<number, any> } & Columns>(of: Table<C>): Program<Db, DbError, readonly unknown[]> =>
  Q.all(
    pipe(
      Q.from(of),
      Q.orderBy(row => [asc(row.id)]),
    ),
  )

/** The rows of the last version. */
const now = pipe(
  RTE.Do,
  RTE.bind('articles', () => byId(articles)),
  RTE.bind('orders', () => byId(orders)),
  RTE.bind('sales', () =>
    Q.all(
      pipe(
        Q.from(sales),
        Q.orderBy(row => [asc(row.productId)]),
      ),
    ),
  ),
)

const first = table('shop_product', { id: generated(int), name: text, cents: int })
const firstOrders = table('shop_order', { id: generated(int), productId: int, quantity: int, placedAt: timestamp })

/** The rows of the first version. */
const then = pipe(
  RTE.Do,
  RTE.bind('products', () => byId(first)),
  RTE.bind('orders', () => byId(firstOrders)),
)

/** What is lost by going back is allowed by name; without that it is refused. */
const back = { to: '20260105T0900_products', allow: ['losesData'] } as const

/** What an earlier run has left on a server is undone first. */
const clear = Migrate.down(migrations, { to: null, allow: ['losesData'] })

const story = pipe(
  RTE.Do,
  RTE.bind('fresh', () => clear),
  RTE.bind('applied', () => Migrate.up(migrations)),
  RTE.bind('rows', () => now),
  RTE.bind('drift', () =>
    pipe(
      Migrate.drift(migrations),
      RTE.map(found => found.steps.length),
    ),
  ),
  RTE.bind('refused', () =>
    pipe(
      Migrate.down(migrations),
      RTE.map(() => 'nothing refused'),
      RTE.orElse(e => RTE.of<Db, DbError, string>(e._tag === 'MigrationError' ? e.problem : e._tag)),
    ),
  ),
  RTE.bind('undone', () => Migrate.down(migrations, back)),
  RTE.bind('before', () => then),
  RTE.bind('again', () => Migrate.up(migrations)),
  RTE.bind('end', () => now),
  RTE.bind('cleared', () => clear),
)

export const main = async (): Promise<void> => {
  const checked = Migrate.check(migrations, shop)
  console.log('the migrations lead to the schema:', E.isRight(checked) ? 'yes' : checked.left.message)
  const stories = []
  for (const engine of available()) {
    const told = await withEngine(engine)(db => story({ db }))()
    if (E.isLeft(told)) return console.log(engine.name, show(told.left))
    const { fresh, ...rest } = told.right
    stories.push(rest)
  }
  const [one] = stories
  if (one === undefined) return
  console.log('applied', one.applied)
  console.log('articles', one.rows.articles)
  console.log('orders', one.rows.orders)
  console.log('sales', one.rows.sales)
  console.log('drift', one.drift)
  console.log('down without leave is', one.refused)
  console.log('undone', one.undone)
  console.log('the rows of version 1', one.before)
  console.log('up again, the same rows', isDeepStrictEqual(one.rows, one.end))
  console.log(
    'all engines agree',
    stories.every(s => isDeepStrictEqual(s, one)),
  )
}

if (isMain(import.meta.url)) await main()

/* prints
the migrations lead to the schema: yes
applied [
  '20260105T0900_products',
  '20260212T1400_prices',
  '20260303T0800_customers',
  '20260420T1700_codes',
  '20260601T1200_statuses'
]
articles [
  { id: 1, name: 'Kettle', price: '39.50', code: 'P-1' },
  { id: 2, name: 'Teapot', price: '24.00', code: 'P-2' },
  { id: 3, name: 'Cup', price: '6.50', code: 'P-3' }
]
orders [
  {
    id: 1,
    productId: 1,
    quantity: 1,
    placedAt: 2026-01-06T10:00:00.000Z,
    customerId: 1,
    status: 'paid'
  },
  {
    id: 2,
    productId: 3,
    quantity: 6,
    placedAt: 2026-01-06T11:30:00.000Z,
    customerId: 1,
    status: 'paid'
  },
  {
    id: 3,
    productId: 3,
    quantity: 2,
    placedAt: 2026-01-09T09:15:00.000Z,
    customerId: 1,
    status: 'open'
  }
]
sales [
  { productId: 1, orders: 1, pieces: 1 },
  { productId: 3, orders: 2, pieces: 8 }
]
drift 0
down without leave is notAllowed
undone [
  '20260601T1200_statuses',
  '20260420T1700_codes',
  '20260303T0800_customers',
  '20260212T1400_prices'
]
the rows of version 1 {
  products: [
    { id: 1, name: 'Kettle', cents: 3950 },
    { id: 2, name: 'Teapot', cents: 2400 },
    { id: 3, name: 'Cup', cents: 650 }
  ],
  orders: [
    {
      id: 1,
      productId: 1,
      quantity: 1,
      placedAt: 2026-01-06T10:00:00.000Z
    },
    {
      id: 2,
      productId: 3,
      quantity: 6,
      placedAt: 2026-01-06T11:30:00.000Z
    },
    {
      id: 3,
      productId: 3,
      quantity: 2,
      placedAt: 2026-01-09T09:15:00.000Z
    }
  ]
}
up again, the same rows true
all engines agree true
*/
