/**
 * Creating the Chinook tables and filling them: one program, one transaction.
 *
 * Shows: `createAll`, `insertMany` with keys of our own (the ids of the file are kept), a list of commands run in order by
 * fp-ts's `traverseSeqArray`, all in one transaction: when a row is refused, there are no tables either.
 *
 * The file holds JSON types; `valueFor` converts them to what a column takes: a decimal text for money, a Date for an
 * instant. Nothing else is checked here, because `insertMany` checks each value against its column.
 */
import { existsSync, readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as C from 'query-ts/Command'
import { createAll, dropAll } from 'query-ts/createAll'
import { connectionError, type DbError } from 'query-ts/DbError'
import * as Program from 'query-ts/Program'
import type { Table } from 'query-ts/Table'
import {
  albums,
  artists,
  chinook,
  customers,
  employees,
  genres,
  invoiceLines,
  invoices,
  mediaTypes,
  playlists,
  playlistTracks,
  tracks,
} from './schema.js'

interface Source {
  readonly [table: string]: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }
}

/** Each table with its name in the file; a table comes after those it refers to. */
const order: readonly (readonly [name: string, table: Table<any>])[] = [
  ['Artist', artists],
  ['Album', albums],
  ['Genre', genres],
  ['MediaType', mediaTypes],
  ['Track', tracks],
  ['Playlist', playlists],
  ['PlaylistTrack', playlistTracks],
  ['Employee', employees],
  ['Customer', customers],
  ['Invoice', invoices],
  ['InvoiceLine', invoiceLines],
]

/** The file is next to this module's source. Compiled, this module is in `dist/`, which mirrors the sources. */
const readSource = (): Source => {
  const places = ['./data.json', '../../../examples/chinook/data.json'].map(path => new URL(path, import.meta.url))
  const file = places.find(place => existsSync(place)) ?? places[0]
  return JSON.parse(readFileSync(file as URL, 'utf8'))
}

const source: Program.Program<unknown, DbError, Source> = RTE.fromIOEither(() =>
  E.tryCatch(readSource, () => connectionError('examples/chinook/data.json', 'the data can not be read')),
)

/** `AlbumId` is `id` in albums and `albumId` elsewhere. */
const fieldFor = (name: string, column: string): string =>
  column === `${name}Id` ? 'id' : column.charAt(0).toLowerCase() + column.slice(1)

const valueFor = (table: Table<any>, field: string, value: unknown): unknown => {
  const sql = table.types[field]?.sql
  if (sql?.tag === 'numeric' && typeof value === 'number') return value.toFixed(sql.scale)
  if (sql?.tag === 'timestamp' && typeof value === 'string') return new Date(`${value.replace(' ', 'T')}Z`)
  return value
}

const rowsFor = (file: Source, name: string, table: Table<any>): readonly { readonly [field: string]: unknown }[] => {
  const { columns, rows } = file[name] ?? { columns: [], rows: [] }
  const fields = columns.map(column => fieldFor(name, column))
  return rows.map(row => Object.fromEntries(fields.map((field, i) => [field, valueFor(table, field, row[i])])))
}

/** The inserts of the whole file, in order, 500 rows each. */
const inserts = (file: Source): readonly C.Command<number>[] =>
  order.flatMap(([name, table]) => pipe(rowsFor(file, name, table), RA.chunksOf(500), RA.map(C.insertMany(table))))

/** Every row, or none. */
const fill: Program.Program<Program.Db, DbError, number> = Program.transaction()(
  pipe(
    source,
    RTE.flatMap(file => pipe(inserts(file), RTE.traverseSeqArray(C.run))),
    RTE.map(counts => counts.reduce((total, n) => total + n, 0)),
  ),
)

/**
 * Creates the tables of the store and inserts every row; returns their number. Definitions are no part of a transaction on
 * MySQL and MariaDB, so the tables are dropped again where the rows can't be inserted.
 */
export const load: Program.Program<Program.Db, DbError, number> = pipe(
  createAll(chinook),
  RTE.flatMap(() =>
    pipe(
      fill,
      RTE.orElse(error =>
        pipe(
          dropAll(chinook),
          RTE.flatMap(() => RTE.left<Program.Db, DbError, number>(error)),
        ),
      ),
    ),
  ),
)
