/** Version 3: orders have a customer; those that were there belong to the counter of the shop. */
import { generated, int, nullable, text, timestamp, varchar } from 'query-ts/Column'
import { everywhere, insertMany, update } from 'query-ts/Command'
import * as Migrate from 'query-ts/Migrate'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

const customers = table('shop_customer', { id: generated(int), name: text, email: nullable(varchar(120)) }, { uniques: [['email']] })
const orders = table('shop_order', { id: generated(int), productId: int, quantity: int, placedAt: timestamp })

/** The orders once they have a customer, which none of them has yet. */
const withCustomer = table('shop_order', {
  id: generated(int),
  productId: int,
  quantity: int,
  placedAt: timestamp,
  customerId: nullable(int),
})

const shop = schema({ customers, withCustomer }, t => ({
  withCustomer: { customer: fk(t.withCustomer.customerId, t.customers.id, { back: 'orders' }) },
}))

export default Migrate.migration({
  name: '20260303T0800_customers',
  from: '20260212T1400_prices',
  up: [
    Migrate.create(shop, ['customers']),
    Migrate.alter(orders, Migrate.addColumn('customerId', nullable(int))),
    Migrate.data(
      insertMany(customers)([
        { id: 1, name: 'Counter' },
        { id: 2, name: 'Ada', email: 'ada@example.org' },
      ]),
    ),
    Migrate.data(update(withCustomer)({ customerId: 1 }, everywhere)),
    Migrate.alter(withCustomer, Migrate.setNotNull('customerId')),
    Migrate.addForeignKey(shop, 'withCustomer.customer'),
  ],
  down: [
    Migrate.dropForeignKey(shop, 'withCustomer.customer'),
    Migrate.alter(withCustomer, Migrate.dropColumn('customerId')),
    Migrate.drop(shop, ['customers']),
  ],
})
