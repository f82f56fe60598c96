/** Snapshot cases: commands. */
import { pipe } from 'fp-ts/lib/function.js'
import { albums, artists, customers, invoiceLines, invoices, playlistTracks, tracks } from '../../../examples/chinook/schema.js'
import * as A from '../../../lib/Agg.js'
import { text } from '../../../lib/Column.js'
import * as C from '../../../lib/Command.js'
import { and, asc, concat, eq, exists, gt, inQuery, isNull, lit, lt, minus, not, nullOf, plus, scalar } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'
import { departments, everything, people, settings, stock } from './tables.js'

export const commands: Cases = {
  'insert a row': () => C.insert(artists)({ name: 'Can' }),

  'insert a row with its key': () => C.insert(artists)({ id: 9001, name: 'Neu!' }),

  'insert a row and return it': () =>
    pipe(
      C.insert(artists)({ name: 'Cluster' }),
      C.returning(artist => ({ id: artist.id, name: artist.name })),
    ),

  'insert a row of every type': () =>
    C.insert(everything)({
      small: 1,
      amount: '1.500',
      long: '1234567890123456789012345678901234567890',
      ratio: 2,
      label: 'x',
      code: 'abc',
      key: '00000000-0000-4000-8000-000000000000',
      at: new Date('2020-01-02T03:04:05.678Z'),
      precisely: '2020-01-02T03:04:05.678901Z',
      day: '2020-01-02',
      hour: '03:04:05.678',
      data: Uint8Array.of(1, 2, 255),
      details: { a: [1, null] },
      tags: ['a', 'b'],
    }),

  'insert rows of different fields': () =>
    C.insertMany(settings)([
      { name: 'colour', owner: 1, place: 1, value: 'blue' },
      { name: 'size', owner: 1, place: 2, value: 'large', changes: 3 },
      { id: 9003, name: 'weight', owner: 1, place: 3, value: 'light' },
    ]),

  'insert rows and return their keys': () =>
    pipe(
      C.insertMany(artists)([{ name: 'Faust' }, { name: 'Harmonia' }]),
      C.returning(artist => artist.id),
    ),

  'insert with expressions': () =>
    C.insert(people)({ name: concat('Ada ', 'Lovelace') as never, salary: '10.00', from: '2020-01-01', departmentId: null }),

  'insert no rows': () => C.insertMany(artists)([]),

  'insert what is missing': () => C.insert(artists)({} as never),

  'insert the rows of a query': () =>
    C.insertFrom(stock)(
      pipe(
        Q.from(invoiceLines),
        Q.aggregate(line => ({ trackId: A.key(line.trackId), copies: A.count(line.id) })),
        Q.where(line => gt(line.copies, 1)),
        Q.map(({ trackId, copies }) => ({ trackId, copies, note: nullOf(text) })),
      ),
    ),

  'insert the rows of a query and return them': () =>
    pipe(
      C.insertFrom(artists)(
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, 1)),
          Q.orderBy(album => [asc(album.id)]),
          Q.limit(2),
          Q.map(album => ({ name: concat(album.title, ' (Band)') })),
        ),
      ),
      C.returning(artist => artist.id),
    ),

  'upsert by the primary key': () =>
    C.upsert(stock)({ target: ['trackId'], update: ['copies', 'note'] })({ trackId: 9001, copies: 5, note: 'signed' }),

  'upsert and return': () =>
    pipe(
      C.upsert(stock)({ target: ['trackId'], update: ['copies'] })({ trackId: 9002, copies: 1 }),
      C.returning(row => row),
    ),

  'upsert in a table with other unique keys': () =>
    C.upsert(settings)({ target: ['name'], update: ['value'] })({ name: 'shape', owner: 2, place: 1, value: 'round' }),

  'upsert by a key of two columns, and return': () =>
    pipe(
      C.upsert(settings)({ target: ['owner', 'place'], update: ['name', 'value'] })({ owner: 2, place: 1, name: 'form', value: 'square' }),
      C.returning(row => row.id),
    ),

  'upsert by the old and the offered row': () =>
    C.upsert(stock)({ target: ['trackId'], update: (old, offered) => ({ copies: plus(old.copies, offered.copies), note: offered.note }) })({
      trackId: 9001,
      copies: 5,
    }),

  'upsert where a condition holds': () =>
    C.upsert(stock)({ target: ['trackId'], update: ['copies'], where: (old, offered) => gt(offered.copies, old.copies) })({
      trackId: 9001,
      copies: 5,
    }),

  'upsert or do nothing': () => C.upsert(stock)({ target: ['trackId'], update: 'nothing' })({ trackId: 9001, copies: 5 }),

  'upsert and tell the outcome': () =>
    C.outcome(C.upsert(stock)({ target: ['trackId'], update: ['copies'] })({ trackId: 9001, copies: 5 })),

  'upsert assignments that read each other': () =>
    C.upsert(settings)({ target: ['name'], update: old => ({ owner: old.place, place: old.owner }) })({
      name: 'shape',
      owner: 2,
      place: 1,
      value: 'round',
    }),

  'upsert many rows': () =>
    C.upsertMany(stock)({ target: ['trackId'], update: (old, offered) => ({ copies: plus(old.copies, offered.copies) }) })([
      { trackId: 9001, copies: 1 },
      { trackId: 9002, copies: 2, note: 'signed' },
    ]),

  'upsert the same row twice': () =>
    C.upsertMany(stock)({ target: ['trackId'], update: ['copies'] })([
      { trackId: 9001, copies: 1 },
      { trackId: 9001, copies: 2 },
    ]),

  'update rows by their key': () =>
    C.updateMany(stock)(['trackId'])([
      { trackId: 9001, copies: 1, note: null },
      { trackId: 9002, copies: 2, note: 'signed' },
    ]),

  'update from a query': () =>
    C.updateFrom(stock)(
      Q.from(tracks),
      (row, track) => eq(row.trackId, track.id),
      (row, track) => ({ copies: plus(row.copies, 1), note: track.name }),
    ),

  'update by a key that is none': () => C.updateMany(stock)(['copies'])([{ copies: 1, note: 'x' }]),

  'delete using a query': () =>
    C.deleteUsing(stock)(
      pipe(
        Q.from(tracks),
        Q.where(track => isNull(track.composer)),
      ),
      (row, track) => eq(row.trackId, track.id),
    ),

  'update some rows': () =>
    C.update(tracks)({ unitPrice: '1.29', composer: null }, track => and(gt(track.milliseconds, 900_000), isNull(track.composer))),

  'update by the old row': () =>
    C.update(settings)(
      row => ({ changes: plus(row.changes, 1), value: concat(row.value, '!') }),
      row => eq(row.name, 'font'),
    ),

  'swap two columns': () => C.update(settings)(row => ({ owner: row.place, place: row.owner }), C.everywhere),

  'move values along': () =>
    C.update(settings)(
      row => ({ owner: row.place, place: row.changes }),
      row => lt(row.id, 10),
    ),

  'update by another table': () =>
    C.update(invoices)(
      invoice => ({
        total: scalar(
          pipe(
            Q.from(invoiceLines),
            Q.where(line => eq(line.invoiceId, invoice.id)),
            Q.aggregate(line => ({ total: A.sum(line.unitPrice) })),
            Q.map(({ total }) => total),
          ),
        ) as never,
      }),
      invoice => lt(invoice.id, 3),
    ),

  'update by the same table': () =>
    C.update(stock)(
      () => ({
        copies: scalar(
          pipe(
            Q.from(stock),
            Q.aggregate(row => ({ most: A.max(row.copies) })),
            Q.map(({ most }) => most),
          ),
        ) as never,
      }),
      row => gt(row.copies, 0),
    ),

  'update and return': () =>
    pipe(
      C.update(people)(
        person => ({ salary: plus(person.salary, '100.00') }),
        person => eq(person.departmentId, 1),
      ),
      C.returning(person => ({ id: person.id, name: person.name })),
    ),

  'update a table in a schema': () => C.update(people)({ until: '2020-12-31' }, person => isNull(person.until)),

  'delete some rows': () => C.delete(playlistTracks)(entry => and(eq(entry.playlistId, 1), gt(entry.trackId, 3000))),

  'delete every row': () => C.delete(stock)(C.everywhere),

  'delete rows without a partner': () =>
    C.delete(departments)(department =>
      not(
        exists(
          pipe(
            Q.from(people),
            Q.where(person => eq(person.departmentId, department.id)),
          ),
        ),
      ),
    ),

  'delete by the same table': () =>
    C.delete(stock)(row =>
      inQuery(
        row.trackId,
        pipe(
          Q.from(stock),
          Q.where(other => gt(other.copies, 10)),
          Q.map(other => other.trackId),
        ),
      ),
    ),

  'delete and return': () =>
    pipe(
      C.delete(stock)(row => lt(minus(row.copies, 1), 0)),
      C.returning(row => ({ track: row.trackId, copies: row.copies })),
    ),

  'return a list with each row': () =>
    pipe(
      C.delete(stock)(row => eq(row.copies, 0)),
      C.returning(row => ({
        track: row.trackId,
        sales: Q.many(
          pipe(
            Q.from(invoiceLines),
            Q.where(line => eq(line.trackId, row.trackId)),
            Q.map(line => line.id),
          ),
        ),
      })),
    ),

  nowhere: () => C.delete(customers)(undefined as never),

  'return the rows of an upsert of several': () =>
    pipe(
      C.upsertMany(settings)({
        target: ['name'],
        update: ['value'],
        where: (old, offered) => gt(offered.place, old.place),
      })([
        { name: 'colour', owner: 1, place: 1, value: 'blue' },
        { name: 'size', owner: 1, place: 2, value: 'large' },
      ]),
      C.returning(row => row.id),
    ),

  'return rows of which some give their key': () =>
    pipe(
      C.insertMany(artists)([{ name: 'Faust' }, { id: 9001, name: 'Neu!' }, { id: 9002, name: 'Can' }]),
      C.returning(artist => artist.name),
    ),

  'return a row with a computed key': () =>
    pipe(
      C.insert(stock)({ trackId: plus(lit(9000), 1) as never, copies: 1 }),
      C.returning(row => row),
    ),

  'update a key of two columns and return': () =>
    pipe(
      C.update(playlistTracks)(
        entry => ({ trackId: plus(entry.trackId, 1) }),
        entry => eq(entry.playlistId, 18),
      ),
      C.returning(entry => entry),
    ),

  'update by a query and return': () =>
    pipe(
      C.updateFrom(stock)(
        Q.from(tracks),
        (row, track) => eq(row.trackId, track.id),
        (row, track) => ({ note: track.name, copies: plus(row.copies, 1) }),
      ),
      C.returning(row => row.copies),
    ),

  'delete from a table of two keys and return': () =>
    pipe(
      C.delete(playlistTracks)(entry => gt(entry.trackId, 3000)),
      C.returning(entry => entry.playlistId),
    ),

  'returning a constant': () =>
    pipe(
      C.delete(stock)(row => eq(row.copies, 0)),
      C.returning(() => ({ done: lit(true) })),
    ),

  'update and return the changes': () =>
    pipe(
      C.update(stock)(
        row => ({ copies: plus(row.copies, 1) }),
        row => isNull(row.note),
      ),
      C.changes({}),
    ),

  'update a key and return the changes': () =>
    pipe(
      C.update(artists)({ id: 9005 }, artist => eq(artist.id, 1)),
      C.changes({ artists }),
    ),

  'insert a row with its key and return the changes': () => pipe(C.insert(artists)({ id: 9001, name: 'Neu!' }), C.changes({})),

  'upsert and return the changes': () =>
    pipe(C.upsert(artists)({ target: ['id'], update: ['name'] })({ id: 1, name: 'Can' }), C.changes({})),
}
