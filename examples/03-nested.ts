/**
 * Nested collections: rows in rows, in one statement.
 *
 * Shows: `many` (a list inside each row), `first` (the first row of a query, as an Option), both nested as deep as you like
 * and with an order and a limit of their own, and `mapRow`, which turns decoded rows into values of your own types.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { asc, desc, type Expr, eq } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, loans, print, runInLibrary } from './library.js'

/** A query that depends on an outer row is a function. */
const booksOf = (author: { readonly id: Expr<number> }) =>
  pipe(
    Q.from(books),
    Q.where(book => eq(book.authorId, author.id)),
    Q.orderBy(book => [asc(book.year)]),
  )

/** Three levels: authors, their books, the readers of each. */
const shelves = pipe(
  Q.from(authors),
  Q.orderBy(author => [asc(author.id)]),
  Q.map(author => ({
    author: author.name,
    books: Q.many(
      pipe(
        booksOf(author),
        Q.map(book => ({
          title: book.title,
          readers: Q.many(
            pipe(
              Q.from(loans),
              Q.where(loan => eq(loan.bookId, book.id)),
              Q.orderBy(loan => [asc(loan.since)]),
              Q.map(loan => loan.reader),
            ),
          ),
        })),
      ),
    ),
  })),
)

/** The latest book of each author; none for an author without books. */
const latest = pipe(
  Q.from(authors),
  Q.orderBy(author => [asc(author.id)]),
  Q.map(author => ({
    author: author.name,
    latest: Q.first(
      pipe(
        booksOf(author),
        Q.orderBy(book => [desc(book.year)]),
        Q.map(book => book.title),
      ),
    ),
  })),
)

class Shelf {
  constructor(
    readonly owner: string,
    readonly titles: readonly string[],
  ) {}
}

/** `mapRow` runs after the row is decoded, so it may be any function; also inside `many`. */
const asObjects = pipe(
  shelves,
  Q.limit(2),
  Q.mapRow(
    ({ author, books }) =>
      new Shelf(
        author,
        books.map(book => book.title),
      ),
  ),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      Q.all(shelves),
      print('shelves'),
      RTE.flatMap(() => Q.all(latest)),
      print('latest'),
      RTE.flatMap(() => Q.all(asObjects)),
      print('objects'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
shelves [
  {
    author: 'Ursula K. Le Guin',
    books: [
      { title: 'A Wizard of Earthsea', readers: [] },
      { title: 'The Left Hand of Darkness', readers: [] },
      { title: 'The Dispossessed', readers: [] }
    ]
  },
  {
    author: 'Stanisław Lem',
    books: [
      { title: 'Solaris', readers: [ 'Ada', 'Kurt' ] },
      { title: 'The Cyberiad', readers: [] }
    ]
  },
  {
    author: 'Italo Calvino',
    books: [ { title: 'Invisible Cities', readers: [ 'Ada' ] } ]
  },
  { author: 'Anonymous', books: [] }
]
latest [
  {
    author: 'Ursula K. Le Guin',
    latest: { _tag: 'Some', value: 'The Dispossessed' }
  },
  {
    author: 'Stanisław Lem',
    latest: { _tag: 'Some', value: 'The Cyberiad' }
  },
  {
    author: 'Italo Calvino',
    latest: { _tag: 'Some', value: 'Invisible Cities' }
  },
  { author: 'Anonymous', latest: { _tag: 'None' } }
]
objects [
  Shelf {
    owner: 'Ursula K. Le Guin',
    titles: [
      'A Wizard of Earthsea',
      'The Left Hand of Darkness',
      'The Dispossessed'
    ]
  },
  Shelf {
    owner: 'Stanisław Lem',
    titles: [ 'Solaris', 'The Cyberiad' ]
  }
]
*/
