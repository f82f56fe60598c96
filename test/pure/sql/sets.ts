/** Snapshot cases: unions, intersections and differences of queries. */
import { pipe } from 'fp-ts/lib/function.js'
import { customers, employees, invoices } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { asc, desc, eq, gt, like } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'

const customerCities = pipe(
  Q.from(customers),
  Q.map(customer => ({ city: customer.city, country: customer.country })),
)

const employeeCities = pipe(
  Q.from(employees),
  Q.map(employee => ({ city: employee.city, country: employee.country })),
)

const billedCities = pipe(
  Q.from(invoices),
  Q.map(invoice => ({ city: invoice.billingCity, country: invoice.billingCountry })),
)

export const sets: Cases = {
  'all rows of both': () => pipe(customerCities, Q.unionAll(employeeCities)),

  'the different rows of both, sorted and cut': () =>
    pipe(
      customerCities,
      Q.union(employeeCities),
      Q.orderBy(place => [asc(place.country), desc(place.city)]),
      Q.limit(10),
    ),

  'the rows of three, sorted': () =>
    pipe(
      customerCities,
      Q.union(employeeCities),
      Q.union(billedCities),
      Q.orderBy(place => [asc(place.city)]),
    ),

  'rows of both': () => pipe(customerCities, Q.intersect(employeeCities)),

  'rows of the first only': () => pipe(customerCities, Q.except(employeeCities)),

  'a difference with a union': () => pipe(customerCities, Q.except(pipe(employeeCities, Q.union(billedCities)))),

  'the first rows of each side': () =>
    pipe(
      customerCities,
      Q.orderBy(place => [asc(place.city)]),
      Q.limit(3),
      Q.unionAll(
        pipe(
          employeeCities,
          Q.orderBy(place => [desc(place.city)]),
          Q.limit(2),
        ),
      ),
    ),

  'some rows of a union': () =>
    pipe(
      customerCities,
      Q.unionAll(employeeCities),
      Q.where(place => like(place.city, 'S%')),
      Q.map(place => place.city),
    ),

  'a union sorted by a column that may be null': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({ state: customer.state })),
      Q.union(
        pipe(
          Q.from(invoices),
          Q.map(invoice => ({ state: invoice.billingState })),
        ),
      ),
      Q.orderBy(row => [asc(row.state)]),
    ),

  'groups of a union': () =>
    pipe(
      customerCities,
      Q.unionAll(employeeCities),
      Q.aggregate(place => ({ country: A.key(place.country), places: A.countAll })),
      Q.where(group => gt(group.places, 3)),
    ),

  'a union of groups': () =>
    pipe(
      customerCities,
      Q.aggregate(place => ({ country: A.key(place.country), places: A.countAll })),
      Q.unionAll(
        pipe(
          billedCities,
          Q.aggregate(place => ({ country: A.key(place.country), places: A.countAll })),
        ),
      ),
    ),

  'a union under a bind': () =>
    pipe(
      Q.from(customers),
      Q.bind('place', customer =>
        pipe(
          Q.from(employees),
          Q.where(employee => eq(employee.id, customer.supportRepId)),
          Q.map(employee => ({ city: employee.city })),
          Q.unionAll(
            pipe(
              Q.from(invoices),
              Q.where(invoice => eq(invoice.customerId, customer.id)),
              Q.map(invoice => ({ city: invoice.billingCity })),
            ),
          ),
        ),
      ),
      Q.map(({ id, place }) => ({ id, city: place.city })),
    ),
}
