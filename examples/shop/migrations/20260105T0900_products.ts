/** Version 1: products, orders, and what the shop began with. */
import { generated, int, text, timestamp } from 'query-ts/Column'
import { insertMany } from 'query-ts/Command'
import * as Migrate from 'query-ts/Migrate'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

const products = table('shop_product', { id: generated(int), name: text, cents: int })
const orders = table('shop_order', { id: generated(int), productId: int, quantity: int, placedAt: timestamp })

const shop = schema({ products, orders }, t => ({
  orders: { product: fk(t.orders.productId, t.products.id, { back: 'orders' }) },
}))

export default Migrate.migration({
  name: '20260105T0900_products',
  from: null,
  up: [
    Migrate.create(shop),
    Migrate.data(
      insertMany(products)([
        { id: 1, name: 'Kettle', cents: 3950 },
        { id: 2, name: 'Teapot', cents: 2400 },
        { id: 3, name: 'Cup', cents: 650 },
      ]),
    ),
    Migrate.data(
      insertMany(orders)([
        { id: 1, productId: 1, quantity: 1, placedAt: new Date('2026-01-06T10:00:00Z') },
        { id: 2, productId: 3, quantity: 6, placedAt: new Date('2026-01-06T11:30:00Z') },
        { id: 3, productId: 3, quantity: 2, placedAt: new Date('2026-01-09T09:15:00Z') },
      ]),
    ),
  ],
  // what undoes the first version drops its tables, and the rows that it has inserted with them
  down: [Migrate.drop(shop)],
})
