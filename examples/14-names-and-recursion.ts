/**
 * Named queries, recursion, full joins, subtotals, locks.
 *
 * Shows: `Q.cte` for a query that is used twice, `Q.recursive` for a series, `Q.fullJoin` with an `Option` on each
 * side, `Q.distinctOn` for the first of each group, `Q.rollup` with `none` where a row is a total, `Q.forUpdate` and `Program.advisoryLock`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import * as C from 'query-ts/Command'
import { asc, desc, eq, gt, gte, lit, lt, maybe, minus, plus, rem } from 'query-ts/Expr'
import * as Program from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, print, runInLibrary } from './library.js'

/** The number of books of each author, a query that others build on. */
const counted = pipe(
  Q.from(books),
  Q.aggregate(book => ({ authorId: A.key(book.authorId), books: A.countAll })),
  Q.cte('counted'),
)

/** Pairs of authors of which the first has written more. */
const more = pipe(
  counted,
  Q.bind('other', one =>
    pipe(
      counted,
      Q.where(other => gt(one.books, other.books)),
    ),
  ),
  Q.map(({ authorId, other }) => ({ more: authorId, fewer: other.authorId })),
  Q.orderBy(({ more, fewer }) => [asc(more), asc(fewer)]),
)

/** Every decade from the sixties on, even one without a book. */
const decades = pipe(
  Q.of({ from: lit(1960) }),
  Q.recursive(({ from }) =>
    pipe(
      Q.of({ from: plus(from, 10) }),
      Q.where(() => lt(from, 1980)),
    ),
  ),
  Q.bindLeft('book', ({ from }) =>
    pipe(
      Q.from(books),
      Q.where(book => eq(minus(book.year, rem(book.year, 10)), from)),
      Q.aggregate(() => ({ books: A.countAll })),
    ),
  ),
  Q.orderBy(({ from }) => [asc(from)]),
  Q.mapRow(({ from, book }) => `${from}: ${O.isSome(book) ? book.value.books : 0}`),
)

/** Authors and the books from after 1970: rows without a partner stay, on either side. */
const sides = pipe(
  Q.from(authors),
  Q.map(({ id, name }) => ({ id, name })),
  Q.fullJoin(
    pipe(
      Q.from(books),
      Q.where(book => gte(book.year, 1970)),
      Q.map(({ authorId, title }) => ({ authorId, title })),
    ),
    (author, book) => eq(book.authorId, author.id),
  ),
  Q.orderBy(({ left }) => [asc(maybe(left, author => author.name))]),
  Q.mapRow(({ left, right }) => [
    pipe(
      left,
      O.map(author => author.name),
      O.toNullable,
    ),
    pipe(
      right,
      O.map(book => book.title),
      O.toNullable,
    ),
  ]),
)

/** The latest book of each author. */
const latest = pipe(
  Q.from(books),
  Q.orderBy(book => [desc(book.year)]),
  Q.distinctOn(book => [book.authorId]),
  Q.map(book => book.title),
)

/** Books by author, and of all. */
const totals = pipe(
  Q.from(books),
  Q.rollup(book => ({ by: { authorId: book.authorId }, of: { books: A.countAll, dearest: A.max(book.price) } })),
  Q.orderBy(({ books: n, dearest }) => [asc(n), asc(dearest)]),
)

/** Lowers a price that no other transaction can change meanwhile; "one sale at a time" is a lock of its own. */
const sale = Program.transaction()(
  pipe(
    Program.advisoryLock('sale'),
    RTE.flatMap(() =>
      Q.one(
        pipe(
          Q.from(books),
          Q.where(book => eq(book.title, 'Solaris')),
          Q.forUpdate(),
        ),
      ),
    ),
    RTE.flatMap(({ id }) =>
      C.run(
        C.update(books)(
          book => ({ price: minus(book.price, '1.00') }),
          book => eq(book.id, id),
        ),
      ),
    ),
  ),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      Q.all(more),
      print('more books'),
      RTE.flatMap(() => Q.all(decades)),
      print('decades'),
      RTE.flatMap(() => Q.all(sides)),
      print('both sides'),
      RTE.flatMap(() => Q.all(latest)),
      print('latest'),
      RTE.flatMap(() => Q.all(totals)),
      print('totals'),
      RTE.flatMap(() => sale),
      print('on sale'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
more books [ { more: 1, fewer: 2 }, { more: 1, fewer: 3 }, { more: 2, fewer: 3 } ]
decades [ '1960: 4', '1970: 2', '1980: 0' ]
both sides [
  [ 'Anonymous', null ],
  [ 'Italo Calvino', 'Invisible Cities' ],
  [ 'Stanisław Lem', null ],
  [ 'Ursula K. Le Guin', 'The Dispossessed' ]
]
latest [ 'The Dispossessed', 'Invisible Cities', 'The Cyberiad' ]
totals [
  { authorId: { _tag: 'Some', value: 3 }, books: 1, dearest: '9.00' },
  { authorId: { _tag: 'Some', value: 2 }, books: 2, dearest: '10.00' },
  { authorId: { _tag: 'Some', value: 1 }, books: 3, dearest: '12.00' },
  { authorId: { _tag: 'None' }, books: 6, dearest: '12.00' }
]
on sale 1
*/
