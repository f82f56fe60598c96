/** Version 2: prices are decimals. The cents are computed into the new column, and then dropped. */
import { generated, int, numeric, text } from 'query-ts/Column'
import { cast, times } from 'query-ts/Expr'
import * as Migrate from 'query-ts/Migrate'
import { table } from 'query-ts/Table'

const price = numeric(8, 2)

/** The table as it is before this migration. */
const products = table('shop_product', { id: generated(int), name: text, cents: int })

/** And as it is after it. */
const priced = table('shop_product', { id: generated(int), name: text, price })

export default Migrate.migration({
  name: '20260212T1400_prices',
  from: '20260105T0900_products',
  up: [
    Migrate.alter(
      products,
      Migrate.addColumn('price', price, { fill: row => cast(price)(times(cast(price)(row.cents), '0.01')) }),
      Migrate.dropColumn('cents'),
    ),
  ],
  down: [
    Migrate.alter(
      priced,
      Migrate.addColumn('cents', int, { fill: row => cast(int)(times(row.price, '100')) }),
      Migrate.dropColumn('price'),
    ),
  ],
  // the values that are dropped can be computed from those that stay
  allows: ['losesData'],
})
