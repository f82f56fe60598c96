/** Version 4: products have a code, quantities are positive, and orders are found by product and time. */
import { pipe } from 'fp-ts/lib/function.js'
import { generated, int, numeric, text, timestamp, unique, varchar } from 'query-ts/Column'
import { cast, concat, desc, gt } from 'query-ts/Expr'
import * as Migrate from 'query-ts/Migrate'
import { table } from 'query-ts/Table'

const products = table('shop_product', { id: generated(int), name: text, price: numeric(8, 2) })
const orders = table('shop_order', { id: generated(int), productId: int, quantity: int, placedAt: timestamp, customerId: int })

export default Migrate.migration({
  name: '20260420T1700_codes',
  from: '20260303T0800_customers',
  up: [
    Migrate.alter(products, Migrate.addColumn('code', pipe(varchar(20), unique), { fill: row => concat('P-', cast(text)(row.id)) })),
    Migrate.alter(
      orders,
      Migrate.addCheck('quantity', row => gt(row.quantity, 0)),
      Migrate.createIndex({ name: 'shop_order_by_product', on: row => [row.productId, desc(row.placedAt)] }),
    ),
  ],
})
