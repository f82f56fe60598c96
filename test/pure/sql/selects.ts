/** Snapshot cases: filtering, sorting, slicing and mapping one table; rows without a table. */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, employees, invoices, tracks } from '../../../examples/chinook/schema.js'
import { int, text } from '../../../lib/Column.js'
import {
  and,
  asc,
  between,
  concat,
  desc,
  eq,
  gt,
  inList,
  isNull,
  like,
  lit,
  lower,
  ne,
  nullsFirst,
  nullsLast,
  or,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'
import { people } from './tables.js'

export const selects: Cases = {
  'a table': () => Q.from(albums),

  'a table in a schema': () => Q.from(people),

  'some rows, sorted and cut': () =>
    pipe(
      Q.from(tracks),
      Q.where(track => and(gt(track.milliseconds, 300_000), eq(track.unitPrice, '0.99'))),
      Q.orderBy(track => [desc(track.milliseconds), asc(track.id)]),
      Q.limit(10),
      Q.map(track => ({ name: track.name, seconds: track.milliseconds })),
    ),

  'conditions one after the other': () =>
    pipe(
      Q.from(customers),
      Q.where(customer => eq(customer.country, 'Brazil')),
      Q.where(customer => or(isNull(customer.company), like(customer.email, '%@%.br'))),
      Q.map(customer => customer.email),
    ),

  'a step that is taken, and one that is not': () =>
    pipe(
      Q.from(artists),
      Q.when(
        true,
        Q.where(artist => gt(artist.id, 100)),
      ),
      Q.when(
        false,
        Q.where(artist => gt(artist.id, 200)),
      ),
    ),

  'a second page': () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.name), asc(artist.id)]),
      Q.offset(20),
      Q.limit(10),
    ),

  'an offset alone': () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.id)]),
      Q.offset(5),
    ),

  'an offset inside a limit': () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(artist.id)]),
      Q.limit(10),
      Q.offset(4),
    ),

  'a sort after a limit': () =>
    pipe(
      Q.from(invoices),
      Q.orderBy(invoice => [desc(invoice.total), asc(invoice.id)]),
      Q.limit(5),
      Q.orderBy(invoice => [asc(invoice.id)]),
    ),

  'a condition after a limit': () =>
    pipe(
      Q.from(invoices),
      Q.orderBy(invoice => [desc(invoice.total), asc(invoice.id)]),
      Q.limit(5),
      Q.where(invoice => ne(invoice.billingCountry, 'USA')),
      Q.map(invoice => invoice.id),
    ),

  'sorted with nulls': () =>
    pipe(
      Q.from(tracks),
      Q.orderBy(track => [asc(track.composer), desc(track.composer), asc(track.id)]),
      Q.map(track => track.id),
    ),

  'sorted with nulls elsewhere': () =>
    pipe(
      Q.from(employees),
      Q.orderBy(employee => [nullsFirst(asc(employee.reportsTo)), nullsLast(desc(employee.reportsTo)), asc(employee.id)]),
      Q.map(employee => employee.id),
    ),

  'sorted by an expression': () =>
    pipe(
      Q.from(artists),
      Q.orderBy(artist => [asc(lower(artist.name)), asc(artist.id)]),
      Q.map(artist => artist.name),
    ),

  'computed columns': () =>
    pipe(
      Q.from(customers),
      Q.let('name', customer => concat(customer.firstName, ' ', customer.lastName)),
      Q.where(({ name }) => like(name, 'A%')),
      Q.orderBy(({ name }) => [asc(name)]),
      Q.map(({ id, name }) => ({ id, name })),
    ),

  'a computed column with the name of another, sorted': () =>
    pipe(
      Q.from(artists),
      Q.map(artist => ({ id: artist.id, NAME: lower(artist.name) })),
      Q.orderBy(artist => [asc(artist.NAME), asc(artist.id)]),
    ),

  'columns in records': () =>
    pipe(
      Q.from(invoices),
      Q.map(invoice => ({
        id: invoice.id,
        billing: { address: { street: invoice.billingAddress, city: invoice.billingCity }, country: invoice.billingCountry },
        date: { id: invoice.invoiceDate },
      })),
    ),

  'different rows': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({ country: customer.country, city: customer.city })),
      Q.distinct,
      Q.orderBy(place => [asc(place.country), asc(place.city)]),
    ),

  'different rows, sorted by what they do not show': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({ country: customer.country, city: customer.city })),
      Q.distinct,
      Q.orderBy(place => [asc(place.country)]),
      Q.limit(3),
      Q.map(place => place.city),
    ),

  'a list and a range': () =>
    pipe(
      Q.from(tracks),
      Q.where(track => and(inList(track.genreId, [1, 3, 5]), between(track.unitPrice, '0.50', '1.50'))),
      Q.map(track => track.id),
    ),

  'one row of constants': () => Q.of({ answer: lit(42), word: lit('forty-two'), sure: lit(true), half: lit(0.5) }),

  'a row without fields': () => Q.Do,

  'no rows': () => pipe(Q.from(artists), Q.intersect<any, any>(Q.zero)),

  'given rows': () =>
    pipe(
      Q.values({ id: int, name: text })([
        { id: 1, name: 'one' },
        { id: 2, name: 'two' },
      ]),
      Q.orderBy(given => [desc(given.id)]),
    ),

  'no given rows': () => Q.values({ id: int, name: text })([]),

  'a function of each row': () =>
    pipe(
      Q.from(artists),
      Q.mapRow(artist => artist.name.length),
    ),
}
