/**
 * Joins: rows of several tables side by side, under names.
 *
 * Shows: `bind` (for each row so far, each row of another query), `innerJoin` (the same for a table and a condition),
 * `leftJoin`, which keeps a row without a partner: its side is a `Maybe` in the query and an `Option` in the result, so that
 * a missing row and a null column are never confused.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { asc, eq, isSome, lt, maybe, not } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, loans, print, runInLibrary } from './library.js'

const booksWithAuthors = pipe(
  Q.Do,
  Q.bind('book', () => Q.from(books)),
  Q.innerJoin('author', authors, ({ book }, author) => eq(author.id, book.authorId)),
)

/** Without a `map` at the end a result row has a whole row under each name. */
const seventies = pipe(
  booksWithAuthors,
  Q.where(({ book }) => eq(book.year, 1972)),
)

/** The condition of a `bind` may use everything bound before: the books that an author wrote before this one. */
const earlier = pipe(
  booksWithAuthors,
  Q.bind('before', ({ book, author }) =>
    pipe(
      Q.from(books),
      Q.where(other => eq(other.authorId, author.id)),
      Q.where(other => lt(other.year, book.year)),
    ),
  ),
  Q.orderBy(({ book, before }) => [asc(book.id), asc(before.id)]),
  Q.map(({ book, before }) => ({ book: book.title, after: before.title })),
)

const withLoans = pipe(
  booksWithAuthors,
  Q.leftJoin('loan', loans, ({ book }, loan) => eq(loan.bookId, book.id)),
  Q.orderBy(({ book, loan }) => [asc(book.id), asc(maybe(loan, l => l.id))]),
)

/** In the query, `maybe` reads a value of the row that may be missing; it is null if the row is. */
const readers = pipe(
  withLoans,
  Q.map(({ book, loan }) => ({ title: book.title, reader: maybe(loan, l => l.reader) })),
)

/** `isSome` tests for the row: an anti-join. */
const onTheShelf = pipe(
  withLoans,
  Q.where(({ loan }) => not(isSome(loan))),
  Q.map(({ book, author }) => ({ title: book.title, author: author.name })),
)

/** In the result it is an Option. */
const describe = ({
  book,
  loan,
}: {
  readonly book: { readonly title: string }
  readonly loan: O.Option<{ readonly since: string }>
}): string =>
  pipe(
    loan,
    O.match(
      () => `${book.title} is here`,
      l => `${book.title} is away since ${l.since}`,
    ),
  )

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      Q.all(seventies),
      print('whole rows'),
      RTE.flatMap(() => Q.all(earlier)),
      print('earlier books'),
      RTE.flatMap(() => Q.all(readers)),
      print('readers'),
      RTE.flatMap(() => Q.all(onTheShelf)),
      print('on the shelf'),
      RTE.flatMap(() => Q.all(pipe(withLoans, Q.limit(5)))),
      RTE.map(rows => rows.map(describe)),
      print('described'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
whole rows [
  {
    book: {
      id: 6,
      title: 'Invisible Cities',
      authorId: 3,
      year: 1972,
      price: '9.00'
    },
    author: { id: 3, name: 'Italo Calvino', born: 1923 }
  }
]
earlier books [
  { book: 'The Left Hand of Darkness', after: 'A Wizard of Earthsea' },
  { book: 'The Dispossessed', after: 'A Wizard of Earthsea' },
  { book: 'The Dispossessed', after: 'The Left Hand of Darkness' },
  { book: 'The Cyberiad', after: 'Solaris' }
]
readers [
  { title: 'A Wizard of Earthsea', reader: null },
  { title: 'The Left Hand of Darkness', reader: null },
  { title: 'The Dispossessed', reader: null },
  { title: 'Solaris', reader: 'Ada' },
  { title: 'Solaris', reader: 'Kurt' },
  { title: 'The Cyberiad', reader: null },
  { title: 'Invisible Cities', reader: 'Ada' }
]
on the shelf [
  { title: 'A Wizard of Earthsea', author: 'Ursula K. Le Guin' },
  { title: 'The Left Hand of Darkness', author: 'Ursula K. Le Guin' },
  { title: 'The Dispossessed', author: 'Ursula K. Le Guin' },
  { title: 'The Cyberiad', author: 'Stanisław Lem' }
]
described [
  'A Wizard of Earthsea is here',
  'The Left Hand of Darkness is here',
  'The Dispossessed is here',
  'Solaris is away since 2024-02-01',
  'Solaris is away since 2024-05-20'
]
*/
