/** Snapshot cases: creating and dropping the tables of a schema. */
import { pipe } from 'fp-ts/lib/function.js'
import { chinook, customers, invoices } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { int, nullable, numeric, text } from '../../../lib/Column.js'
import { concat, eq } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { fk, schema } from '../../../lib/Schema.js'
import { createAll, dropAll } from '../../../lib/schema/createAll.js'
import { view } from '../../../lib/Table.js'
import type { Cases } from './print.js'
import { company, departments, people, rest } from './tables.js'

const spent = view(
  'spent',
  { customerId: int, name: text, total: nullable(numeric(18, 2)) },
  pipe(
    Q.from(invoices),
    Q.innerJoin('customer', customers, (invoice, customer) => eq(customer.id, invoice.customerId)),
    Q.where(({ customer }) => eq(customer.country, "Côte d'Ivoire")),
    Q.aggregate(({ customer, total }) => ({
      customerId: A.key(customer.id),
      name: A.key(concat(customer.firstName, ' ', customer.lastName)),
      total: A.sum(total),
    })),
  ),
)

export const definitions: Cases = {
  'create a view': () => createAll(schema({ spent })),

  'drop a view': () => dropAll(schema({ spent })),

  'create the music store': () => createAll(chinook),

  'drop the music store': () => dropAll(chinook),

  'create tables in a circle': () => createAll(company),

  'drop tables in a circle': () => dropAll(company),

  'create a column of each type': () => createAll(rest),

  'drop them': () => dropAll(rest),

  'a key that refers to no key': () =>
    createAll(schema({ people, departments }, t => ({ people: { department: fk(t.people.departmentId, t.departments.headId as never) } }))),
}
