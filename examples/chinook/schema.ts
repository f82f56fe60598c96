/**
 * The Chinook music store as tables and a schema.
 *
 * Shows: columns built from canonical types by functions (`pipe(varchar(40), nullable)`), field names in camelCase that
 * become SQL names in snake_case (`unitPrice` is `unit_price`), generated and composite primary keys, indexes, and the
 * foreign keys of the whole schema in one place, with a name for each direction, the self reference of `employees` too.
 *
 * Lengths are those of the original database; a column is nullable where its data has nulls.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { generated, indexed, int, nullable, numeric, timestamp, varchar } from 'query-ts/Column'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

/** An amount of money: two digits after the point, read as text (`'0.99'`), never as a float. */
const money = numeric(10, 2)

/** A column that refers to the generated key of another table. */
const key = pipe(int, indexed)

export const artists = table('artist', {
  id: generated(int),
  name: varchar(120),
})

export const albums = table('album', {
  id: generated(int),
  title: varchar(160),
  artistId: key,
})

export const genres = table('genre', {
  id: generated(int),
  name: varchar(120),
})

export const mediaTypes = table('media_type', {
  id: generated(int),
  name: varchar(120),
})

export const tracks = table('track', {
  id: generated(int),
  name: varchar(200),
  albumId: key,
  mediaTypeId: key,
  genreId: key,
  composer: nullable(varchar(220)),
  milliseconds: int,
  bytes: int,
  unitPrice: money,
})

export const playlists = table('playlist', {
  id: generated(int),
  name: varchar(120),
})

export const playlistTracks = table(
  'playlist_track',
  {
    playlistId: int,
    trackId: key,
  },
  { primaryKey: ['playlistId', 'trackId'] },
)

export const employees = table('employee', {
  id: generated(int),
  lastName: varchar(20),
  firstName: varchar(20),
  title: varchar(30),
  reportsTo: pipe(int, nullable, indexed),
  birthDate: timestamp,
  hireDate: timestamp,
  address: varchar(70),
  city: varchar(40),
  state: varchar(40),
  country: varchar(40),
  postalCode: varchar(10),
  phone: varchar(24),
  fax: varchar(24),
  email: varchar(60),
})

export const customers = table('customer', {
  id: generated(int),
  firstName: varchar(40),
  lastName: varchar(20),
  company: nullable(varchar(80)),
  address: varchar(70),
  city: varchar(40),
  state: nullable(varchar(40)),
  country: varchar(40),
  postalCode: nullable(varchar(10)),
  phone: nullable(varchar(24)),
  fax: nullable(varchar(24)),
  email: varchar(60),
  supportRepId: key,
})

export const invoices = table('invoice', {
  id: generated(int),
  customerId: key,
  invoiceDate: timestamp,
  billingAddress: varchar(70),
  billingCity: varchar(40),
  billingState: nullable(varchar(40)),
  billingCountry: varchar(40),
  billingPostalCode: nullable(varchar(10)),
  total: money,
})

export const invoiceLines = table('invoice_line', {
  id: generated(int),
  invoiceId: key,
  trackId: key,
  unitPrice: money,
  quantity: int,
})

export const chinook = schema(
  { artists, albums, genres, mediaTypes, tracks, playlists, playlistTracks, employees, customers, invoices, invoiceLines },
  t => ({
    albums: { artist: fk(t.albums.artistId, t.artists.id, { back: 'albums' }) },
    tracks: {
      album: fk(t.tracks.albumId, t.albums.id, { back: 'tracks' }),
      mediaType: fk(t.tracks.mediaTypeId, t.mediaTypes.id, { back: 'tracks' }),
      genre: fk(t.tracks.genreId, t.genres.id, { back: 'tracks' }),
    },
    playlistTracks: {
      playlist: fk(t.playlistTracks.playlistId, t.playlists.id, { back: 'entries', onDelete: 'cascade' }),
      track: fk(t.playlistTracks.trackId, t.tracks.id, { back: 'playlistEntries' }),
    },
    employees: { manager: fk(t.employees.reportsTo, t.employees.id, { back: 'reports' }) },
    customers: { supportRep: fk(t.customers.supportRepId, t.employees.id, { back: 'customers' }) },
    invoices: { customer: fk(t.invoices.customerId, t.customers.id, { back: 'invoices' }) },
    invoiceLines: {
      invoice: fk(t.invoiceLines.invoiceId, t.invoices.id, { back: 'lines', onDelete: 'cascade' }),
      track: fk(t.invoiceLines.trackId, t.tracks.id, { back: 'sales' }),
    },
  }),
)
