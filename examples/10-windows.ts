/**
 * Window functions: values computed from other rows, for each row.
 *
 * Shows: `Q.window`, which adds fields and keeps the rows; row numbers and ranks in a partition, values of other rows, running totals and
 * moving means. The value is a field like any other afterwards: `where` on it gives the first rows of each group.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import { asc, desc, eq, minus } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import * as W from 'query-ts/Window'
import { authors, books, isMain, print, runInLibrary } from './library.js'

const written = pipe(
  Q.Do,
  Q.bind('author', () => Q.from(authors)),
  Q.innerJoin('book', books, ({ author }, book) => eq(book.authorId, author.id)),
  Q.map(({ author, book }) => ({ author: author.name, title: book.title, year: book.year, price: book.price })),
)

/** The running total of prices, the years since the previous book, and the place by price among the author's books. */
const inTime = pipe(
  written,
  Q.window(({ author, year, price }) => {
    const before = { partitionBy: [author], orderBy: [asc(year)] }
    return {
      spent: pipe(A.sum(price), W.over(before)),
      last: W.lag(year, before),
      place: W.rank({ partitionBy: [author], orderBy: [desc(price)] }),
    }
  }),
  Q.map(({ title, year, spent, last, place }) => ({ title, spent, pause: minus(year, last), place })),
  Q.orderBy(({ title }) => [asc(title)]),
)

/** The dearest book of each author. */
const dearest = pipe(
  written,
  Q.window(({ author, price }) => ({ place: W.rowNumber({ partitionBy: [author], orderBy: [desc(price)] }) })),
  Q.where(({ place }) => eq(place, 1)),
  Q.map(({ author, title }) => ({ author, title })),
  Q.orderBy(({ author }) => [asc(author)]),
)

/** The mean year of each book and its neighbours in time. */
const moving = pipe(
  written,
  Q.window(({ year }) => ({ mean: pipe(A.avg(year), W.over({ orderBy: [asc(year)], rows: { from: -1, to: 1 } })) })),
  Q.map(({ year, mean }) => ({ year, mean })),
  Q.orderBy(({ year }) => [asc(year)]),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      Q.all(inTime),
      print('in time'),
      RTE.flatMap(() => Q.all(dearest)),
      print('dearest'),
      RTE.flatMap(() => Q.all(moving)),
      print('moving mean'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
in time [
  {
    title: 'A Wizard of Earthsea',
    spent: '9.50',
    pause: null,
    place: 3
  },
  { title: 'Invisible Cities', spent: '9.00', pause: null, place: 1 },
  { title: 'Solaris', spent: '8.90', pause: null, place: 2 },
  { title: 'The Cyberiad', spent: '18.90', pause: 4, place: 1 },
  { title: 'The Dispossessed', spent: '32.50', pause: 5, place: 1 },
  {
    title: 'The Left Hand of Darkness',
    spent: '20.50',
    pause: 1,
    place: 2
  }
]
dearest [
  { author: 'Italo Calvino', title: 'Invisible Cities' },
  { author: 'Stanisław Lem', title: 'The Cyberiad' },
  { author: 'Ursula K. Le Guin', title: 'The Dispossessed' }
]
moving mean [
  { year: 1961, mean: 1963 },
  { year: 1965, mean: 1964.6666666666667 },
  { year: 1968, mean: 1967.3333333333333 },
  { year: 1969, mean: 1969.6666666666667 },
  { year: 1972, mean: 1971.6666666666667 },
  { year: 1974, mean: 1973 }
]
*/
