/** Version 5: orders have a status, the table of products is called articles, and sales have a view. */
import { pipe } from 'fp-ts/lib/function.js'
import { countAll, key, sum } from 'query-ts/Agg'
import { enumOf, generated, int, nullable, numeric, text, timestamp, unique, varchar, withDefault } from 'query-ts/Column'
import { update } from 'query-ts/Command'
import { gt, lt } from 'query-ts/Expr'
import * as Migrate from 'query-ts/Migrate'
import * as Q from 'query-ts/Query'
import { table, view } from 'query-ts/Table'

const products = table('shop_product', { id: generated(int), name: text, price: numeric(8, 2), code: pipe(varchar(20), unique) })

const orderColumns = { id: generated(int), productId: int, quantity: int, placedAt: timestamp, customerId: int }
const checks = { quantity: (row: { readonly quantity: any }) => gt(row.quantity, 0) }
const orders = table('shop_order', orderColumns, { checks })

const status = withDefault('open')(enumOf('open', 'sent', 'paid'))
const withStatus = table('shop_order', { ...orderColumns, status }, { checks })

const sales = view(
  'shop_sales',
  { productId: int, orders: int, pieces: nullable(int) },
  pipe(
    Q.from(withStatus),
    Q.aggregate(order => ({ productId: key(order.productId), orders: countAll, pieces: sum(order.quantity) })),
  ),
)

export default Migrate.migration({
  name: '20260601T1200_statuses',
  from: '20260420T1700_codes',
  up: [
    Migrate.alter(orders, Migrate.addColumn('status', status)),
    Migrate.data(update(withStatus)({ status: 'paid' }, order => lt(order.placedAt, new Date('2026-01-08T00:00:00Z')))),
    Migrate.alter(products, Migrate.renameTable('shop_article')),
    Migrate.createView(sales),
  ],
  down: [
    Migrate.dropView(sales),
    Migrate.alter({ ...products, name: 'shop_article' }, Migrate.renameTable('shop_product')),
    Migrate.alter(withStatus, Migrate.dropColumn('status')),
  ],
})
