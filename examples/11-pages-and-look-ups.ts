/**
 * Pages, and look-ups by many keys at once.
 *
 * Shows: `page`, which continues after the last row by the values of its sort keys, with a cursor to hand out; `pageAt`, which counts rows;
 * `allBy` and `optionBy`, which return for each of many keys what one query for it would, in one statement.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { asc, desc } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, print, runInLibrary } from './library.js'

/** The newest books first, two at a time. The order ends with a key, so that no book is lost between pages. */
const newest = (after: string | null) =>
  pipe(
    Q.from(books),
    Q.page({ orderBy: book => [desc(book.year), asc(book.id)], size: 2, after }),
    RTE.map(({ rows, next }) => ({ titles: rows.map(book => book.title), next })),
  )

const third = pipe(Q.from(books), Q.pageAt({ orderBy: book => [asc(book.title), asc(book.id)], size: 2, number: 3 }))

/** The books of each of these authors, in the order of the query. */
const booksOf = (authorIds: readonly number[]) =>
  pipe(
    Q.from(books),
    Q.orderBy(book => [asc(book.year)]),
    Q.allBy(book => book.authorId, authorIds),
    RTE.map(found => found.map(some => some.map(book => book.title))),
  )

const named = (names: readonly string[]) =>
  pipe(
    Q.from(authors),
    Q.optionBy(author => author.name, names),
  )

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      newest(null),
      RTE.chainFirst(({ titles }) => print('first page')(RTE.of(titles))),
      RTE.flatMap(({ next }) => newest(next)),
      RTE.chainFirst(({ titles }) => print('second page')(RTE.of(titles))),
      RTE.flatMap(() => third),
      print('third page by number'),
      RTE.flatMap(() => booksOf([3, 1, 4])),
      print('books of three authors'),
      RTE.flatMap(() => named(['Stanisław Lem', 'Nobody'])),
      print('authors by name'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
first page [ 'The Dispossessed', 'Invisible Cities' ]
second page [ 'The Left Hand of Darkness', 'A Wizard of Earthsea' ]
third page by number {
  rows: [
    {
      id: 3,
      title: 'The Dispossessed',
      authorId: 1,
      year: 1974,
      price: '12.00'
    },
    {
      id: 2,
      title: 'The Left Hand of Darkness',
      authorId: 1,
      year: 1969,
      price: '11.00'
    }
  ],
  hasNext: false
}
books of three authors [
  [ 'Invisible Cities' ],
  [
    'A Wizard of Earthsea',
    'The Left Hand of Darkness',
    'The Dispossessed'
  ],
  []
]
authors by name [
  { _tag: 'Some', value: { id: 2, name: 'Stanisław Lem', born: 1921 } },
  { _tag: 'None' }
]
*/
