/**
 * Queries with parameters, prepared once and run often; and queries built from optional steps.
 *
 * Shows: `prepare`, a function from typed parameters to a query that is planned and printed once for each dialect; `when`,
 * an optional step; and that values never become part of the SQL text, prepared or not.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { int, text } from 'query-ts/Column'
import { show } from 'query-ts/DbError'
import { and, asc, contains, eq, gte, lte } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { toSql } from 'query-ts/sql'
import { authors, books, isMain, print, runInLibrary } from './library.js'

const booksWithAuthors = pipe(
  Q.Do,
  Q.bind('book', () => Q.from(books)),
  Q.innerJoin('author', authors, ({ book }, author) => eq(author.id, book.authorId)),
  Q.orderBy(({ book }) => [asc(book.year), asc(book.id)]),
)

/** The parameters have the types of columns, and are expressions inside. */
const writtenBetween = Q.prepare({ from: int, to: int }, ({ from, to }) =>
  pipe(
    booksWithAuthors,
    Q.where(({ book }) => and(gte(book.year, from), lte(book.year, to))),
    Q.map(({ book, author }) => ({ title: book.title, author: author.name })),
  ),
)

const byAuthor = Q.prepare({ name: text }, ({ name }) =>
  pipe(
    booksWithAuthors,
    Q.where(({ author }) => eq(author.name, name)),
    Q.map(({ book }) => book.title),
  ),
)

/** The fields of a search form; each is optional. */
interface Search {
  readonly word?: string
  readonly since?: number
}

const search = ({ word, since }: Search) =>
  pipe(
    booksWithAuthors,
    Q.when(
      word !== undefined,
      Q.where(({ book }) => contains(book.title, word ?? '')),
    ),
    Q.when(
      since !== undefined,
      Q.where(({ book }) => gte(book.year, since ?? 0)),
    ),
    Q.map(({ book }) => book.title),
  )

export const main = (): Promise<void> => {
  const statement = pipe(byAuthor({ name: "Robert'); drop table author; --" }), toSql('postgres'))
  console.log(E.isRight(statement) ? statement.right : show(statement.left))
  return runInLibrary(
    pipe(
      Q.all(writtenBetween({ from: 1965, to: 1969 })),
      print('the sixties, late'),
      RTE.flatMap(() => Q.all(writtenBetween({ from: 1970, to: 1979 }))),
      print('the seventies'),
      RTE.flatMap(() => Q.all(byAuthor({ name: 'Stanisław Lem' }))),
      print('by Lem'),
      RTE.flatMap(() => Q.all(search({}))),
      print('any'),
      RTE.flatMap(() => Q.all(search({ word: 'The', since: 1966 }))),
      print('search'),
    ),
  )
}

if (isMain(import.meta.url)) await main()

/* prints
{
  sql: 'SELECT "book"."title" AS "value" FROM "book" JOIN "author" ON "author"."id" = "book"."author_id" WHERE "author"."name" = $1::text ORDER BY "book"."year", "book"."id"',
  params: [ "Robert'); drop table author; --" ]
}
the sixties, late [
  { title: 'The Cyberiad', author: 'Stanisław Lem' },
  { title: 'A Wizard of Earthsea', author: 'Ursula K. Le Guin' },
  { title: 'The Left Hand of Darkness', author: 'Ursula K. Le Guin' }
]
the seventies [
  { title: 'Invisible Cities', author: 'Italo Calvino' },
  { title: 'The Dispossessed', author: 'Ursula K. Le Guin' }
]
by Lem [ 'Solaris', 'The Cyberiad' ]
any [
  'Solaris',
  'The Cyberiad',
  'A Wizard of Earthsea',
  'The Left Hand of Darkness',
  'Invisible Cities',
  'The Dispossessed'
]
search [ 'The Left Hand of Darkness', 'The Dispossessed' ]
*/
