/**
 * Queries made of queries: they are values, so a part that is used twice gets a name.
 *
 * Shows: steps of your own (functions from query to query), a query as a condition of another (`exists`, `inQuery`), as a
 * value (`scalar`), `union` and `except` of queries of the same shape, and constant rows as a query (`values`).
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import { int, text } from 'query-ts/Column'
import { asc, desc, type Expr, eq, exists, gt, gte, inQuery, lit, scalar } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, loans, print, runInLibrary } from './library.js'

/** A step for every query with a year and an id in scope. */
const newestFirst = Q.orderBy((s: { readonly year: Expr<number>; readonly id: Expr<number> }) => [desc(s.year), asc(s.id)])

const onLoan = (book: { readonly id: Expr<number> }) =>
  exists(
    pipe(
      Q.from(loans),
      Q.where(loan => eq(loan.bookId, book.id)),
    ),
  )

const lent = pipe(
  Q.from(books),
  Q.where(onLoan),
  newestFirst,
  Q.map(book => book.title),
)

/** The authors of a query of books. */
const authorsOf = <A>(some: Q.Query<{ readonly authorId: Expr<number> }, A>) =>
  pipe(
    Q.from(authors),
    Q.where(author =>
      inQuery(
        author.id,
        pipe(
          some,
          Q.map(book => book.authorId),
        ),
      ),
    ),
    Q.map(author => author.name),
  )

const ofTheSixties = pipe(
  Q.from(books),
  Q.where(book => gt(lit(1970), book.year)),
)
const ofTheSeventies = pipe(
  Q.from(books),
  Q.where(book => gte(book.year, 1970)),
)

const byName = Q.orderBy((name: Expr<string>) => [asc(name)])

const inBoth = pipe(authorsOf(ofTheSixties), Q.intersect(authorsOf(ofTheSeventies)), byName)
const onlyBefore = pipe(authorsOf(ofTheSixties), Q.except(authorsOf(ofTheSeventies)), byName)
const inEither = pipe(authorsOf(ofTheSixties), Q.union(authorsOf(ofTheSeventies)), byName)

/** The average is one row of one column: a value. */
const averageYear = scalar(
  pipe(
    Q.from(books),
    Q.aggregate(book => ({ average: A.avg(book.year) })),
    Q.map(({ average }) => average),
  ),
)

/** Constant rows work like those of a table. */
const wishes = pipe(
  Q.Do,
  Q.bind('wish', () =>
    Q.values({ title: text, since: int })([
      { title: 'Solaris', since: 1960 },
      { title: 'Momo', since: 1973 },
    ]),
  ),
  Q.leftJoin('book', books, ({ wish }, book) => eq(book.title, wish.title)),
  Q.orderBy(({ wish }) => [asc(wish.title)]),
  Q.mapRow(({ wish, book }) => `${wish.title}: ${book._tag === 'Some' ? book.value.price : 'not here'}`),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      Q.all(lent),
      print('lent'),
      RTE.flatMap(() => Q.all(inBoth)),
      print('in both decades'),
      RTE.flatMap(() => Q.all(onlyBefore)),
      print('only before'),
      RTE.flatMap(() => Q.all(inEither)),
      print('in either'),
      RTE.flatMap(() => Q.one(pipe(Q.of({ averageYear })))),
      print('average'),
      RTE.flatMap(() => Q.all(wishes)),
      print('wishes'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
lent [ 'Invisible Cities', 'Solaris' ]
in both decades [ 'Ursula K. Le Guin' ]
only before [ 'Stanisław Lem' ]
in either [ 'Italo Calvino', 'Stanisław Lem', 'Ursula K. Le Guin' ]
average { averageYear: 1968.1666666666667 }
wishes [ 'Momo: not here', 'Solaris: 8.90' ]
*/
