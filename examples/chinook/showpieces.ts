/**
 * Harder questions: running totals, the first of each group, medians, islands, cohorts.
 *
 * Shows: `window` in its many uses, aggregates with a filter as the columns of a pivot, `not exists` in `not exists` for "all of them", a
 * table joined with itself. Each question is one statement on every engine, and every engine returns the same rows.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as A from 'query-ts/Agg'
import { float, text } from 'query-ts/Column'
import {
  and,
  asc,
  cast,
  coalesce,
  concat,
  desc,
  div,
  type Expr,
  eq,
  exists,
  gt,
  gte,
  isNull,
  lit,
  lt,
  lte,
  maybe,
  minus,
  not,
  or,
  plus,
  quot,
  rem,
  scalar,
  substring,
} from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import * as W from 'query-ts/Window'
import { amount, fullName, type Report, recordings, report } from './reports.js'
import { albums, customers, employees, genres, invoiceLines, invoices, mediaTypes, playlists, playlistTracks, tracks } from './schema.js'

// --- Parts with a name ------------------------------------------------------------------------

const year = (instant: Expr<Date>): Expr<string> => substring(cast(text)(instant), 1, 4)
const month = (instant: Expr<Date>): Expr<string> => substring(cast(text)(instant), 1, 7)

/** The revenue of each month, `2021-01`. */
const months = pipe(
  Q.from(invoices),
  Q.aggregate(invoice => ({ month: A.key(month(invoice.invoiceDate)), invoices: A.countAll, revenue: A.sum(invoice.total) })),
)

/** What each customer has spent. */
const spending = pipe(
  Q.Do,
  Q.bind('customer', () => Q.from(customers)),
  Q.innerJoin('invoice', invoices, ({ customer }, invoice) => eq(invoice.customerId, customer.id)),
  Q.aggregate(({ customer, invoice }) => ({
    id: A.key(customer.id),
    name: A.key(fullName(customer)),
    country: A.key(customer.country),
    spent: A.sum(invoice.total),
  })),
)

/** Every line that was sold, with its track and genre. */
const sold = pipe(
  recordings,
  Q.innerJoin('genre', genres, ({ track }, genre) => eq(genre.id, track.genreId)),
  Q.innerJoin('line', invoiceLines, ({ track }, line) => eq(line.trackId, track.id)),
  Q.innerJoin('invoice', invoices, ({ line }, invoice) => eq(invoice.id, line.invoiceId)),
)

// --- Over time --------------------------------------------------------------------------------

/** A sum over the rows so far. */
export const runningTotal = report(
  'running-total',
  'Revenue by month, and since the beginning',
  pipe(
    months,
    Q.window(({ month, revenue }) => ({ soFar: pipe(A.sum(revenue), W.over({ orderBy: [asc(month)] })) })),
    Q.map(({ month, revenue, soFar }) => ({ month, revenue, soFar })),
    Q.orderBy(({ month }) => [asc(month)]),
  ),
)

/** The mean of each month and the two before. */
const movingAverage = report(
  'moving-average',
  'Invoices a month, and their mean over three months',
  pipe(
    months,
    Q.window(({ month, invoices }) => ({ mean: pipe(A.avg(invoices), W.over({ orderBy: [asc(month)], rows: { from: -2, to: 0 } })) })),
    Q.map(({ month, invoices, mean }) => ({ month, invoices, mean })),
    Q.orderBy(({ month }) => [asc(month)]),
  ),
)

/** The value of the previous row, for each row. */
const yearOverYear = report(
  'year-over-year',
  'Revenue by year, and what changed against the year before',
  pipe(
    Q.from(invoices),
    Q.aggregate(invoice => ({ year: A.key(year(invoice.invoiceDate)), revenue: A.sum(invoice.total) })),
    Q.window(({ year, revenue }) => ({ before: W.lag(revenue, { orderBy: [asc(year)] }) })),
    Q.map(({ year, revenue, before }) => ({ year, revenue, change: minus(revenue, before) })),
    Q.orderBy(({ year }) => [asc(year)]),
  ),
)

/** The rank of each genre by its sales, and its rank a year before. */
const rankChanges = report(
  'rank-changes',
  'The three best-selling genres of each year, with their rank in the year before',
  pipe(
    sold,
    Q.aggregate(({ genre, line, invoice }) => ({
      year: A.key(year(invoice.invoiceDate)),
      genre: A.key(genre.name),
      revenue: A.sum(amount(line)),
    })),
    Q.window(({ year, genre, revenue }) => ({ rank: W.rowNumber({ partitionBy: [year], orderBy: [desc(revenue), asc(genre)] }) })),
    Q.window(({ year, genre, rank }) => ({ before: W.lag(rank, { partitionBy: [genre], orderBy: [asc(year)] }) })),
    Q.where(({ rank }) => lte(rank, 3)),
    Q.map(({ year, genre, rank, before }) => ({ year, rank, genre, before })),
    Q.orderBy(({ year, rank }) => [asc(year), asc(rank)]),
  ),
)

/** Islands: in a row of neighbours, the number of the month less the number of the row stays the same. */
export const streaks = report(
  'streaks',
  'The longest time in which a country bought something each month',
  pipe(
    Q.from(invoices),
    Q.aggregate(invoice => ({ country: A.key(invoice.billingCountry), month: A.key(month(invoice.invoiceDate)) })),
    Q.window(({ country, month }) => ({
      // every month has invoices, so that the distinct months are all months
      number: W.denseRank({ orderBy: [asc(month)] }),
      place: W.rowNumber({ partitionBy: [country], orderBy: [asc(month)] }),
    })),
    Q.aggregate(({ country, month, number, place }) => ({
      country: A.key(country),
      island: A.key(minus(number, place)),
      from: A.min(month),
      to: A.max(month),
      months: A.countAll,
    })),
    Q.window(({ country, months, from }) => ({ best: W.rowNumber({ partitionBy: [country], orderBy: [desc(months), asc(from)] }) })),
    Q.where(({ best }) => eq(best, 1)),
    Q.map(({ country, from, to, months }) => ({ country, from, to, months })),
    Q.orderBy(({ months, country }) => [desc(months), asc(country)]),
    Q.limit(5),
  ),
)

/** Gaps: the distance to the next month with an invoice. */
export const gaps = report(
  'gaps',
  'The longest time in which each of some countries bought nothing',
  pipe(
    Q.from(invoices),
    Q.aggregate(invoice => ({ country: A.key(invoice.billingCountry), month: A.key(month(invoice.invoiceDate)) })),
    Q.window(({ month }) => ({ number: W.denseRank({ orderBy: [asc(month)] }) })),
    Q.window(({ country, month, number }) => ({
      next: W.lead(month, { partitionBy: [country], orderBy: [asc(month)] }),
      then: W.lead(number, { partitionBy: [country], orderBy: [asc(month)] }),
    })),
    Q.let('months', ({ number, then }) => minus(minus(then, number), 1)),
    Q.window(({ country, months, month }) => ({ worst: W.rowNumber({ partitionBy: [country], orderBy: [desc(months), asc(month)] }) })),
    Q.where(({ months, worst }) => and(gt(months, 0), lte(worst, 2))),
    Q.map(({ country, month, next, months }) => ({ country, after: month, before: next, months })),
    Q.orderBy(({ months, country, after }) => [desc(months), asc(country), asc(after)]),
    Q.limit(5),
  ),
)

/** Cohorts: customers by the year of their first invoice, and how many of them bought something later. */
const retention = report(
  'retention',
  'Customers by the year of their first invoice, and how many of them bought in each year',
  pipe(
    Q.from(invoices),
    Q.map(invoice => ({ customer: invoice.customerId, year: year(invoice.invoiceDate) })),
    Q.distinct,
    Q.window(({ customer, year }) => ({ cohort: pipe(A.min(year), W.over({ partitionBy: [customer] })) })),
    Q.aggregate(({ cohort, year }) => ({ cohort: A.key(cohort), year: A.key(year), customers: A.countAll })),
    Q.orderBy(({ cohort, year }) => [asc(cohort), asc(year)]),
  ),
)

// --- The first of each group ------------------------------------------------------------------

/** A number in each group, and the rows with small ones. */
const topTracks = report(
  'top-tracks',
  'The two best-selling tracks of each of the first genres',
  pipe(
    sold,
    Q.aggregate(({ genre, track, line }) => ({
      genre: A.key(genre.name),
      id: A.key(track.id),
      track: A.key(track.name),
      sold: A.sum(line.quantity),
    })),
    Q.window(({ genre, sold, track, id }) => ({
      place: W.rowNumber({ partitionBy: [genre], orderBy: [desc(sold), asc(track), asc(id)] }),
    })),
    Q.where(({ place }) => lte(place, 2)),
    Q.map(({ genre, place, track, sold }) => ({ genre, place, track, sold })),
    Q.orderBy(({ genre, place }) => [asc(genre), asc(place)]),
    Q.limit(10),
  ),
)

/** One row of many, by an order: the latest. */
const latestOfEach = report(
  'latest-of-each',
  'The latest invoice of each customer of Canada',
  pipe(
    Q.Do,
    Q.bind('customer', () =>
      pipe(
        Q.from(customers),
        Q.where(customer => eq(customer.country, 'Canada')),
      ),
    ),
    Q.innerJoin('invoice', invoices, ({ customer }, invoice) => eq(invoice.customerId, customer.id)),
    Q.window(({ customer, invoice }) => ({
      place: W.rowNumber({ partitionBy: [customer.id], orderBy: [desc(invoice.invoiceDate), desc(invoice.id)] }),
    })),
    Q.where(({ place }) => eq(place, 1)),
    Q.map(({ customer, invoice }) => ({ customer: fullName(customer), date: invoice.invoiceDate, total: invoice.total })),
    Q.orderBy(({ customer }) => [asc(customer)]),
  ),
)

/** Equal rows have the same rank, and no rank is left out. */
const secondHighest = report(
  'second-highest',
  'The invoices with the second highest total',
  pipe(
    Q.from(invoices),
    Q.window(invoice => ({ place: W.denseRank({ orderBy: [desc(invoice.total)] }) })),
    Q.where(({ place }) => eq(place, 2)),
    Q.map(({ id, billingCountry, total }) => ({ id, country: billingCountry, total })),
    Q.orderBy(({ id }) => [asc(id)]),
  ),
)

// --- How values are spread --------------------------------------------------------------------

/** The value in the middle, or the mean of the two middle ones. */
export const medians = report(
  'medians',
  'The median of the invoices of each country with more than 20',
  pipe(
    Q.from(invoices),
    Q.window(({ billingCountry, total, id }) => ({
      place: W.rowNumber({ partitionBy: [billingCountry], orderBy: [asc(total), asc(id)] }),
      count: pipe(A.countAll, W.over({ partitionBy: [billingCountry] })),
    })),
    Q.where(({ place, count }) =>
      and(gt(count, 20), or(eq(place, quot(plus(count, 1), 2)), and(eq(rem(count, 2), 0), eq(place, plus(quot(count, 2), 1))))),
    ),
    Q.aggregate(({ billingCountry, total, count }) => ({ country: A.key(billingCountry), invoices: A.max(count), median: A.avg(total) })),
    Q.orderBy(({ median, country }) => [desc(median), asc(country)]),
  ),
)

/** The least value that nine tenths of the rows do not exceed. */
export const percentiles = report(
  'percentiles',
  'The length that nine tenths of the tracks of a medium do not exceed',
  pipe(
    Q.from(tracks),
    Q.window(({ mediaTypeId, milliseconds }) => ({ part: W.cumeDist({ partitionBy: [mediaTypeId], orderBy: [asc(milliseconds)] }) })),
    Q.where(({ part }) => gte(part, 0.9)),
    Q.innerJoin('medium', mediaTypes, (track, medium) => eq(medium.id, track.mediaTypeId)),
    Q.aggregate(({ medium, milliseconds }) => ({ medium: A.key(medium.name), milliseconds: A.min(milliseconds) })),
    Q.orderBy(({ medium }) => [asc(medium)]),
  ),
)

/** Groups of the same size by rank. */
export const quartiles = report(
  'quartiles',
  'Customers in four groups of the same size, by what they have spent',
  pipe(
    spending,
    Q.window(({ spent, id }) => ({ quartile: W.ntile(4, { orderBy: [desc(spent), asc(id)] }) })),
    Q.aggregate(({ quartile, spent }) => ({
      quartile: A.key(quartile),
      customers: A.countAll,
      least: A.min(spent),
      most: A.max(spent),
      together: A.sum(spent),
    })),
    Q.orderBy(({ quartile }) => [asc(quartile)]),
  ),
)

/** A running total as a part of the whole: the customers that together make a quarter of it. */
const pareto = report(
  'pareto',
  'The countries whose customers together bring the first half of all revenue',
  pipe(
    Q.from(invoices),
    Q.aggregate(invoice => ({ country: A.key(invoice.billingCountry), revenue: A.sum(invoice.total) })),
    Q.window(({ country, revenue }) => ({
      before: pipe(A.sum(revenue), W.over({ orderBy: [desc(revenue), asc(country)], rows: { to: -1 } })),
      all: pipe(A.sum(revenue), W.over({})),
    })),
    Q.let('share', ({ before, all }) => div(cast(float)(before), cast(float)(all))),
    Q.where(({ share }) => or(isNull(share), lt(share, 0.5))),
    Q.map(({ country, revenue }) => ({ country, revenue })),
    Q.orderBy(({ revenue, country }) => [desc(revenue), asc(country)]),
  ),
)

/** Each part with the whole that it belongs to. */
const shares = report(
  'shares-of-artist',
  'Albums that brought more than 0.6 of what their artist did, among artists with several',
  pipe(
    sold,
    Q.aggregate(({ artist, album, line }) => ({
      artistId: A.key(artist.id),
      artist: A.key(artist.name),
      albumId: A.key(album.id),
      album: A.key(album.title),
      revenue: A.sum(amount(line)),
    })),
    Q.window(({ artistId, revenue }) => ({
      whole: pipe(A.sum(revenue), W.over({ partitionBy: [artistId] })),
      albums: pipe(A.countAll, W.over({ partitionBy: [artistId] })),
    })),
    Q.let('share', ({ revenue, whole }) => div(cast(float)(revenue), cast(float)(whole))),
    Q.where(({ share, albums }) => and(gt(share, 0.6), gt(albums, 1))),
    Q.map(({ artist, album, albums, share }) => ({ artist, album, albums, share })),
    Q.orderBy(({ artist, album }) => [asc(artist), asc(album)]),
  ),
)

// --- Tables turned round, and all of them -----------------------------------------------------

const inYear = (y: string) => (line: { readonly year: Expr<string>; readonly total: Expr<`${number}`> }) =>
  pipe(A.sum(line.total), A.filter(eq(line.year, y)))

/** A pivot: a column for each year is an aggregate with a filter. */
export const pivot = report(
  'pivot',
  'Revenue of the best countries by year',
  pipe(
    Q.from(invoices),
    Q.map(({ billingCountry, invoiceDate, total }) => ({ country: billingCountry, year: year(invoiceDate), total })),
    Q.aggregate(line => ({
      country: A.key(line.country),
      in2021: inYear('2021')(line),
      in2022: inYear('2022')(line),
      in2023: inYear('2023')(line),
      in2024: inYear('2024')(line),
      in2025: inYear('2025')(line),
      all: A.sum(line.total),
    })),
    Q.orderBy(({ all, country }) => [desc(all), asc(country)]),
    Q.limit(5),
  ),
)

/** Relational division: no track of the album is not in the playlist. */
const wholeAlbums = report(
  'whole-albums',
  'Playlists of at most 100 tracks that hold every track of some album',
  pipe(
    Q.Do,
    Q.bind('playlist', () =>
      pipe(
        Q.from(playlists),
        Q.innerJoin('entry', playlistTracks, (playlist, entry) => eq(entry.playlistId, playlist.id)),
        Q.aggregate(({ id, name }) => ({ id: A.key(id), name: A.key(name), tracks: A.countAll })),
        Q.where(playlist => lte(playlist.tracks, 100)),
      ),
    ),
    Q.bind('album', () => Q.from(albums)),
    Q.where(({ playlist, album }) =>
      not(
        exists(
          pipe(
            Q.from(tracks),
            Q.where(track => eq(track.albumId, album.id)),
            Q.where(track =>
              not(
                exists(
                  pipe(
                    Q.from(playlistTracks),
                    Q.where(entry => eq(entry.trackId, track.id)),
                    Q.where(entry => eq(entry.playlistId, playlist.id)),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    Q.map(({ playlist, album }) => ({ playlist: playlist.name, album: album.title })),
    Q.orderBy(({ playlist, album }) => [asc(playlist), asc(album)]),
    Q.limit(5),
  ),
)

/** Baskets: a table joined with itself. */
const baskets = report(
  'baskets',
  'Pairs of genres that are most often on one invoice',
  pipe(
    Q.Do,
    Q.bind('line', () => Q.from(invoiceLines)),
    Q.innerJoin('other', invoiceLines, ({ line }, other) => eq(other.invoiceId, line.invoiceId)),
    Q.innerJoin('track', tracks, ({ line }, track) => eq(track.id, line.trackId)),
    Q.innerJoin('otherTrack', tracks, ({ other }, track) => eq(track.id, other.trackId)),
    Q.where(({ track, otherTrack }) => lt(track.genreId, otherTrack.genreId)),
    Q.innerJoin('genre', genres, ({ track }, genre) => eq(genre.id, track.genreId)),
    Q.innerJoin('otherGenre', genres, ({ otherTrack }, genre) => eq(genre.id, otherTrack.genreId)),
    Q.aggregate(({ genre, otherGenre, line }) => ({
      one: A.key(genre.name),
      two: A.key(otherGenre.name),
      invoices: A.countDistinct(line.invoiceId),
    })),
    Q.orderBy(({ invoices, one, two }) => [desc(invoices), asc(one), asc(two)]),
    Q.limit(5),
  ),
)

/** A recursion: below each employee those who report to them, with the path from the top. */
const orgChart = report(
  'org-chart',
  'Who reports to whom: depth, and the path from the top',
  pipe(
    Q.from(employees),
    Q.where(employee => isNull(employee.reportsTo)),
    Q.map(employee => ({ id: employee.id, depth: lit(0), path: concat(employee.firstName, ' ', employee.lastName) })),
    Q.recursive(above =>
      pipe(
        Q.from(employees),
        Q.where(employee => eq(employee.reportsTo, above.id)),
        Q.map(employee => ({
          id: employee.id,
          depth: plus(above.depth, 1),
          path: concat(above.path, ' > ', employee.firstName, ' ', employee.lastName),
        })),
      ),
    ),
    Q.orderBy(({ path }) => [asc(path)]),
    Q.map(({ depth, path }) => ({ depth, path })),
  ),
)

/** A recursion over pairs: all direct and indirect reports of each employee, and what their customers have spent. */
const span = report(
  'span-of-control',
  'How many employees are below each manager at any distance, and what their customers have spent',
  pipe(
    Q.from(employees),
    Q.map(employee => ({ manager: employee.id, below: employee.id, isSelf: lit(true) })),
    Q.recursive(pair =>
      pipe(
        Q.from(employees),
        Q.where(employee => eq(employee.reportsTo, pair.below)),
        Q.map(employee => ({ manager: pair.manager, below: employee.id, isSelf: lit(false) })),
      ),
    ),
    Q.let('spent', ({ below }) =>
      scalar(
        pipe(
          Q.from(customers),
          Q.where(customer => eq(customer.supportRepId, below)),
          Q.innerJoin('invoice', invoices, (customer, invoice) => eq(invoice.customerId, customer.id)),
          Q.aggregate(({ invoice }) => ({ spent: A.sum(invoice.total) })),
          Q.map(({ spent }) => spent),
        ),
      ),
    ),
    Q.aggregate(({ manager, isSelf, spent }) => ({
      manager: A.key(manager),
      below: pipe(A.countAll, A.filter(not(isSelf))),
      spent: A.sum(spent),
    })),
    Q.where(({ below }) => gt(below, 0)),
    Q.innerJoin('employee', employees, ({ manager }, employee) => eq(employee.id, manager)),
    Q.map(({ employee, below, spent }) => ({ manager: employee.lastName, below, spent })),
    Q.orderBy(({ below, manager }) => [desc(below), asc(manager)]),
  ),
)

/** Subtotals: a row that totals over a key does not have that key. */
const subtotals = report(
  'subtotals',
  'Customers and sales by country and city, with a subtotal for each country and a total (those from 100 on)',
  pipe(
    Q.from(customers),
    Q.innerJoin('invoice', invoices, (customer, invoice) => eq(invoice.customerId, customer.id)),
    Q.rollup(({ country, city, id, invoice }) => ({
      by: { country, city },
      of: { customers: A.countDistinct(id), spent: A.sum(invoice.total) },
    })),
    Q.where(({ spent }) => gte(spent, '100')),
    Q.map(({ country, city, customers: of, spent }) => ({
      country: coalesce(
        maybe(country, c => c),
        'all countries',
      ),
      city: coalesce(
        maybe(city, c => c),
        'all cities',
      ),
      customers: of,
      spent,
    })),
    Q.orderBy(({ spent, country }) => [desc(spent), asc(country)]),
  ),
)

/** All of them. */
export const showpieces: readonly Report[] = [
  runningTotal,
  movingAverage,
  yearOverYear,
  rankChanges,
  streaks,
  gaps,
  retention,
  topTracks,
  latestOfEach,
  secondHighest,
  medians,
  percentiles,
  quartiles,
  pareto,
  shares,
  pivot,
  wholeAlbums,
  baskets,
  orgChart,
  span,
  subtotals,
]
