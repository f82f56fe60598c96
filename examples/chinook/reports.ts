/**
 * The reports of a music store: each is one query, and each query is one SQL statement.
 *
 * Shows: joins, groups by `aggregate`, nested collections by `many` and `first`, `exists`, `scalar`, left joins, and how a
 * part with a meaning of its own (`sales`, `amount`, `fullName`) gets a name and is reused.
 *
 * How to read one: it starts from a table, or from `Do` and then binds one name after the other. Each step's function gets
 * the scope, which is everything bound so far, as expressions; the last `map` gives the form of a result row.
 * Every report ends its order in a key, so that there is exactly one right result and engines can be compared.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as A from 'query-ts/Agg'
import { type Decimal, float, numeric, text } from 'query-ts/Column'
import { asc, cast, concat, desc, div, type Expr, eq, exists, maybe, not, nullsFirst, scalar, substring, times } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { albums, artists, customers, employees, genres, invoiceLines, invoices, playlists, playlistTracks, tracks } from './schema.js'

/** A question with a name, and its query, with rows of `A`. */
export interface Report<out A = unknown> {
  readonly name: string
  readonly title: string
  readonly query: Q.Query<unknown, A>
}

export const report = <A>(name: string, title: string, query: Q.Query<unknown, A>): Report<A> => ({ name, title, query })

// --- Parts with a name ------------------------------------------------------------------------

/** What a line of an invoice brings in: price by quantity, with the two digits of the price. */
export const amount = (line: { readonly unitPrice: Expr<Decimal>; readonly quantity: Expr<number> }): Expr<Decimal> =>
  times(line.unitPrice, cast(numeric(10, 0))(line.quantity))

export const fullName = (person: { readonly firstName: Expr<string>; readonly lastName: Expr<string> }): Expr<string> =>
  concat(person.firstName, ' ', person.lastName)

/** Every line that was sold, with its invoice. */
const sales = pipe(
  Q.Do,
  Q.bind('line', () => Q.from(invoiceLines)),
  Q.innerJoin('invoice', invoices, ({ line }, invoice) => eq(invoice.id, line.invoiceId)),
)

/** Every track with its album and its artist. */
export const recordings = pipe(
  Q.Do,
  Q.bind('track', () => Q.from(tracks)),
  Q.innerJoin('album', albums, ({ track }, album) => eq(album.id, track.albumId)),
  Q.innerJoin('artist', artists, ({ album }, artist) => eq(artist.id, album.artistId)),
)

// --- What sells -------------------------------------------------------------------------------

/** Join, group, sort, cut. `key` says what makes a group: the id keeps artists of the same name apart. */
export const bestSellers = report(
  'best-sellers',
  'Five best-selling artists, by revenue',
  pipe(
    recordings,
    Q.innerJoin('line', invoiceLines, ({ track }, line) => eq(line.trackId, track.id)),
    Q.aggregate(({ artist, line }) => ({ id: A.key(artist.id), artist: A.key(artist.name), revenue: A.sum(amount(line)) })),
    Q.orderBy(group => [desc(group.revenue), asc(group.artist), asc(group.id)]),
    Q.limit(5),
    Q.map(({ artist, revenue }) => ({ artist, revenue })),
  ),
)

/** Several aggregates of a group; `countDistinct`, because an invoice has several lines. */
export const revenueByCountry = report(
  'revenue-by-country',
  'Revenue by country',
  pipe(
    sales,
    Q.aggregate(({ line, invoice }) => ({
      country: A.key(invoice.billingCountry),
      customers: A.countDistinct(invoice.customerId),
      invoices: A.countDistinct(invoice.id),
      revenue: A.sum(amount(line)),
    })),
    Q.orderBy(group => [desc(group.revenue), asc(group.country)]),
  ),
)

/** A group key can be any expression: here the first seven characters of an instant's ISO text, `2021-01`. */
export const revenueByMonth = report(
  'revenue-by-month',
  'Revenue by month',
  pipe(
    sales,
    Q.aggregate(({ line, invoice }) => ({
      month: A.key(substring(cast(text)(invoice.invoiceDate), 1, 7)),
      invoices: A.countDistinct(invoice.id),
      revenue: A.sum(amount(line)),
    })),
    Q.orderBy(group => [asc(group.month)]),
  ),
)

/** The one value of a query of one column and one row, as an expression. */
const totalRevenue = scalar(
  pipe(
    Q.from(invoiceLines),
    Q.aggregate(line => ({ total: A.sum(amount(line)) })),
    Q.map(({ total }) => total),
  ),
)

/** After `aggregate` the aggregates are ordinary expressions: each genre's revenue as a part of the total. */
export const genreShares = report(
  'genre-shares',
  'Five best-selling genres, with their share of all revenue',
  pipe(
    recordings,
    Q.innerJoin('genre', genres, ({ track }, genre) => eq(genre.id, track.genreId)),
    Q.innerJoin('line', invoiceLines, ({ track }, line) => eq(line.trackId, track.id)),
    Q.aggregate(({ genre, line }) => ({
      id: A.key(genre.id),
      genre: A.key(genre.name),
      sold: A.sum(line.quantity),
      revenue: A.sum(amount(line)),
    })),
    Q.orderBy(group => [desc(group.revenue), asc(group.genre), asc(group.id)]),
    Q.limit(5),
    Q.map(({ genre, sold, revenue }) => ({ genre, sold, revenue, share: div(cast(float)(revenue), cast(float)(totalRevenue)) })),
  ),
)

/** What did not sell: `exists` with a correlated query. */
export const neverSold = report(
  'never-sold',
  'Tracks that were never sold',
  pipe(
    recordings,
    Q.where(({ track }) => {
      const lines = pipe(
        Q.from(invoiceLines),
        Q.where(line => eq(line.trackId, track.id)),
      )
      return not(exists(lines))
    }),
    Q.orderBy(({ track, album, artist }) => [asc(artist.name), asc(album.title), asc(track.id)]),
    Q.map(({ track, album, artist }) => ({ artist: artist.name, album: album.title, track: track.name })),
  ),
)

/** A nested collection in the same statement: each invoice with the list of its lines. */
export const latestInvoices = report(
  'latest-invoices',
  'The ten latest invoices, with their lines and totals',
  pipe(
    Q.Do,
    Q.bind('invoice', () => Q.from(invoices)),
    Q.innerJoin('customer', customers, ({ invoice }, customer) => eq(customer.id, invoice.customerId)),
    Q.orderBy(({ invoice }) => [desc(invoice.invoiceDate), desc(invoice.id)]),
    Q.limit(10),
    Q.map(({ invoice, customer }) => {
      const lines = pipe(
        Q.Do,
        Q.bind('line', () => Q.from(invoiceLines)),
        Q.where(({ line }) => eq(line.invoiceId, invoice.id)),
      )
      return {
        invoice: invoice.id,
        date: invoice.invoiceDate,
        customer: fullName(customer),
        lines: Q.many(
          pipe(
            lines,
            Q.innerJoin('track', tracks, ({ line }, track) => eq(track.id, line.trackId)),
            Q.orderBy(({ line }) => [asc(line.id)]),
            Q.map(({ line, track }) => ({ track: track.name, quantity: line.quantity, amount: amount(line) })),
          ),
        ),
        sumOfLines: scalar(
          pipe(
            lines,
            Q.aggregate(({ line }) => ({ sum: A.sum(amount(line)) })),
            Q.map(({ sum }) => sum),
          ),
        ),
        total: invoice.total,
      }
    }),
  ),
)

// --- Who buys and who sells -------------------------------------------------------------------

/** A left join binds a `Maybe`, which has no columns of its own: `maybe` reads a value of the row if there is one. */
export const customerContacts = report(
  'customer-contacts',
  'Customers with their support rep and the manager of that',
  pipe(
    Q.Do,
    Q.bind('customer', () => Q.from(customers)),
    Q.innerJoin('rep', employees, ({ customer }, rep) => eq(rep.id, customer.supportRepId)),
    Q.leftJoin('manager', employees, ({ rep }, manager) => eq(manager.id, rep.reportsTo)),
    Q.orderBy(({ customer }) => [asc(customer.lastName), asc(customer.firstName), asc(customer.id)]),
    Q.map(({ customer, rep, manager }) => ({
      customer: fullName(customer),
      country: customer.country,
      rep: fullName(rep),
      manager: maybe(manager, fullName),
    })),
  ),
)

/** The same base, `sales`, joined further and grouped by something else. */
export const salesByRep = report(
  'sales-by-rep',
  'Customers and revenue of each support rep',
  pipe(
    sales,
    Q.innerJoin('customer', customers, ({ invoice }, customer) => eq(customer.id, invoice.customerId)),
    Q.innerJoin('rep', employees, ({ customer }, rep) => eq(rep.id, customer.supportRepId)),
    Q.aggregate(({ line, customer, rep }) => ({
      id: A.key(rep.id),
      rep: A.key(fullName(rep)),
      customers: A.countDistinct(customer.id),
      revenue: A.sum(amount(line)),
    })),
    Q.orderBy(group => [asc(group.id)]),
  ),
)

/** A table joined with itself is two names. The one at the top has no manager, and comes first. */
export const managers = report(
  'managers',
  'Employees and their managers',
  pipe(
    Q.Do,
    Q.bind('employee', () => Q.from(employees)),
    Q.leftJoin('manager', employees, ({ employee }, manager) => eq(manager.id, employee.reportsTo)),
    Q.orderBy(({ employee, manager }) => [nullsFirst(asc(maybe(manager, m => m.lastName))), asc(employee.lastName), asc(employee.id)]),
    Q.map(({ employee, manager }) => ({ employee: employee.lastName, title: employee.title, manager: maybe(manager, m => m.lastName) })),
  ),
)

// --- The catalogue ----------------------------------------------------------------------------

/** A list inside each row; a playlist without tracks has an empty one. */
export const playlistPages = report(
  'playlists',
  'Playlists with their tracks',
  pipe(
    Q.from(playlists),
    Q.orderBy(playlist => [asc(playlist.name), asc(playlist.id)]),
    Q.map(playlist => ({
      playlist: playlist.name,
      tracks: Q.many(
        pipe(
          Q.Do,
          Q.bind('entry', () => Q.from(playlistTracks)),
          Q.where(({ entry }) => eq(entry.playlistId, playlist.id)),
          Q.innerJoin('track', tracks, ({ entry }, track) => eq(track.id, entry.trackId)),
          Q.orderBy(({ track }) => [asc(track.name), asc(track.id)]),
          Q.map(({ track }) => track.name),
        ),
      ),
    })),
  ),
)

/** An aggregate of an aggregate: tracks are counted for each playlist, then the counts are averaged. A left join, so that 0 counts. */
export const playlistLength = report(
  'playlist-length',
  'Average number of tracks of a playlist',
  pipe(
    Q.Do,
    Q.bind('playlist', () => Q.from(playlists)),
    Q.leftJoin('entry', playlistTracks, ({ playlist }, entry) => eq(entry.playlistId, playlist.id)),
    Q.aggregate(({ playlist, entry }) => ({ playlist: A.key(playlist.id), tracks: A.count(maybe(entry, e => e.trackId)) })),
    Q.aggregate(({ tracks }) => ({ playlists: A.countAll, average: A.avg(tracks), longest: A.max(tracks) })),
  ),
)

/** `first` is `many` cut to one row: an Option in each row, which is none for a genre without tracks. */
export const longestTracks = report(
  'longest-tracks',
  'The longest track of each genre',
  pipe(
    Q.from(genres),
    Q.orderBy(genre => [asc(genre.id)]),
    Q.map(genre => ({
      genre: genre.name,
      longest: Q.first(
        pipe(
          Q.from(tracks),
          Q.where(track => eq(track.genreId, genre.id)),
          Q.orderBy(track => [desc(track.milliseconds), asc(track.name), asc(track.id)]),
          Q.map(track => ({ track: track.name, milliseconds: track.milliseconds })),
        ),
      ),
    })),
  ),
)

export const artistsWithoutAlbums = report(
  'artists-without-albums',
  'Artists without albums',
  pipe(
    Q.from(artists),
    Q.where(artist => {
      const own = pipe(
        Q.from(albums),
        Q.where(album => eq(album.artistId, artist.id)),
      )
      return not(exists(own))
    }),
    Q.orderBy(artist => [asc(artist.name), asc(artist.id)]),
    Q.map(({ id, name }) => ({ id, artist: name })),
  ),
)

/** Three levels in one statement, for the five artists with the most albums. `let` gives a computed value a name. */
export const artistPages = report(
  'artist-pages',
  'The five artists with the most albums: albums with their tracks',
  pipe(
    Q.Do,
    Q.bind('artist', () => Q.from(artists)),
    Q.let('albums', ({ artist }) =>
      pipe(
        Q.from(albums),
        Q.where(album => eq(album.artistId, artist.id)),
        Q.aggregate(() => ({ n: A.countAll })),
        Q.map(({ n }) => n),
        scalar,
      ),
    ),
    Q.orderBy(page => [desc(page.albums), asc(page.artist.name), asc(page.artist.id)]),
    Q.limit(5),
    Q.map(({ artist }) => ({
      artist: artist.name,
      albums: Q.many(
        pipe(
          Q.from(albums),
          Q.where(album => eq(album.artistId, artist.id)),
          Q.orderBy(album => [asc(album.title), asc(album.id)]),
          Q.map(album => ({
            title: album.title,
            tracks: Q.many(
              pipe(
                Q.from(tracks),
                Q.where(track => eq(track.albumId, album.id)),
                Q.orderBy(track => [asc(track.id)]),
                Q.map(track => track.name),
              ),
            ),
          })),
        ),
      ),
    })),
  ),
)

/** All of them, in the order in which the demo shows them. */
export const reports: readonly Report[] = [
  bestSellers,
  revenueByCountry,
  revenueByMonth,
  genreShares,
  neverSold,
  latestInvoices,
  customerContacts,
  salesByRep,
  managers,
  playlistPages,
  playlistLength,
  longestTracks,
  artistsWithoutAlbums,
  artistPages,
]
