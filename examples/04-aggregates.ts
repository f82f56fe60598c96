/**
 * Groups and aggregates.
 *
 * Shows: `aggregate` with keys (one row a group) and without (one row in all), filters inside an aggregate, conditions on
 * groups (a `where` after `aggregate` is HAVING), and exact sums of decimals.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import { asc, desc, eq, gt, gte, maybe, minus, quot, times } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, print, runInLibrary } from './library.js'

/** Without a key there is one row, even for an empty table. `sum` of numeric(8, 2) is exact: text with two digits. */
const totals = pipe(
  Q.from(books),
  Q.aggregate(book => ({
    books: A.countAll,
    from: A.min(book.year),
    to: A.max(book.year),
    value: A.sum(book.price),
    mean: A.avg(book.year),
  })),
)

const none = pipe(
  Q.from(books),
  Q.where(book => gt(book.year, 2000)),
  Q.aggregate(book => ({ books: A.countAll, value: A.sum(book.price) })),
)

/** A left join, so that an author without books counts 0. Each aggregate can have a filter of its own. */
const byAuthor = pipe(
  Q.Do,
  Q.bind('author', () => Q.from(authors)),
  Q.leftJoin('book', books, ({ author }, book) => eq(book.authorId, author.id)),
  Q.aggregate(({ author, book }) => ({
    author: A.key(author.name),
    books: A.count(maybe(book, b => b.id)),
    inTheSeventies: pipe(
      A.count(maybe(book, b => b.id)),
      A.filter(
        gte(
          maybe(book, b => b.year),
          1970,
        ),
      ),
    ),
    titles: A.stringAgg(
      maybe(book, b => b.title),
      ', ',
      { orderBy: [asc(maybe(book, b => b.year))] },
    ),
  })),
  Q.orderBy(group => [desc(group.books), asc(group.author)]),
)

/** SQL's HAVING. */
const withSeveral = pipe(
  byAuthor,
  Q.where(group => gte(group.books, 2)),
  Q.map(({ author, books }) => ({ author, books })),
)

/** A key may be computed: the decade. */
const byDecade = pipe(
  Q.from(books),
  Q.let('decade', book => times(quot(book.year, 10), 10)),
  Q.aggregate(({ decade, year }) => ({ decade: A.key(decade), books: A.countAll, span: A.max(minus(year, decade)) })),
  Q.orderBy(group => [asc(group.decade)]),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      Q.one(totals),
      print('all books'),
      RTE.flatMap(() => Q.one(none)),
      print('no books'),
      RTE.flatMap(() => Q.all(byAuthor)),
      print('by author'),
      RTE.flatMap(() => Q.all(withSeveral)),
      print('with several'),
      RTE.flatMap(() => Q.all(byDecade)),
      print('by decade'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
all books {
  books: 6,
  from: 1961,
  to: 1974,
  value: '60.40',
  mean: 1968.1666666666667
}
no books { books: 0, value: null }
by author [
  {
    author: 'Ursula K. Le Guin',
    books: 3,
    inTheSeventies: 1,
    titles: 'A Wizard of Earthsea, The Left Hand of Darkness, The Dispossessed'
  },
  {
    author: 'Stanisław Lem',
    books: 2,
    inTheSeventies: 0,
    titles: 'Solaris, The Cyberiad'
  },
  {
    author: 'Italo Calvino',
    books: 1,
    inTheSeventies: 1,
    titles: 'Invisible Cities'
  },
  { author: 'Anonymous', books: 0, inTheSeventies: 0, titles: null }
]
with several [
  { author: 'Ursula K. Le Guin', books: 3 },
  { author: 'Stanisław Lem', books: 2 }
]
by decade [
  { decade: 1960, books: 4, span: 9 },
  { decade: 1970, books: 2, span: 4 }
]
*/
