/**
 * The schema of the shop as the application knows it today: version 5. The migrations lead to it, and `Migrate.check` says so.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { countAll, key, sum } from 'query-ts/Agg'
import { enumOf, generated, int, nullable, numeric, text, timestamp, unique, varchar, withDefault } from 'query-ts/Column'
import { desc, gt } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { fk, schema } from 'query-ts/Schema'
import { table, view } from 'query-ts/Table'

export const articles = table(
  'shop_article',
  { id: generated(int), name: text, price: numeric(8, 2), code: varchar(20) },
  {
    primaryKey: { name: 'shop_product_pkey', on: ['id'] },
    uniques: [{ name: 'shop_product_code_key', on: ['code'] }],
  },
)

const customers = table('shop_customer', { id: generated(int), name: text, email: pipe(varchar(120), unique, nullable) })

export const orders = table(
  'shop_order',
  {
    id: generated(int),
    productId: int,
    quantity: int,
    placedAt: timestamp,
    customerId: int,
    status: withDefault('open')(enumOf('open', 'sent', 'paid')),
  },
  {
    checks: { quantity: row => gt(row.quantity, 0) },
    indexes: [{ name: 'shop_order_by_product', on: row => [row.productId, desc(row.placedAt)] }],
  },
)

export const sales = view(
  'shop_sales',
  { productId: int, orders: int, pieces: nullable(int) },
  pipe(
    Q.from(orders),
    Q.aggregate(order => ({ productId: key(order.productId), orders: countAll, pieces: sum(order.quantity) })),
  ),
)

export const shop = schema({ articles, customers, orders, sales }, t => ({
  orders: {
    product: fk(t.orders.productId, t.articles.id, { back: 'orders' }),
    customer: fk(t.orders.customerId, t.customers.id, { back: 'orders' }),
  },
}))
