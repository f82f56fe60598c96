/**
 * A small library for the numbered examples: tables, schema, a few rows, and how an example is run.
 */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { date, generated, indexed, int, nullable, numeric, text, unique } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import { type DbError, show } from 'query-ts/DbError'
import type { Db, Program } from 'query-ts/Program'
import { fk, schema } from 'query-ts/Schema'
import { sqlite } from 'query-ts/sqlite'
import { table } from 'query-ts/Table'

export const authors = table('author', { id: generated(int), name: unique(text), born: nullable(int) })

export const books = table('book', {
  id: generated(int),
  title: text,
  authorId: pipe(int, indexed),
  year: int,
  price: numeric(8, 2),
})

export const loans = table('loan', {
  id: generated(int),
  bookId: pipe(int, indexed),
  reader: text,
  since: date,
})

export const library = schema({ authors, books, loans }, t => ({
  books: { author: fk(t.books.authorId, t.authors.id, { back: 'books' }) },
  loans: { book: fk(t.loans.bookId, t.books.id, { back: 'loans', onDelete: 'cascade' }) },
}))

/** Creates the tables and inserts four authors, six books and three loans. */
export const setUp: Program<Db, DbError, void> = pipe(
  createAll(library),
  RTE.flatMap(() =>
    C.run(
      C.insertMany(authors)([
        { id: 1, name: 'Ursula K. Le Guin', born: 1929 },
        { id: 2, name: 'Stanisław Lem', born: 1921 },
        { id: 3, name: 'Italo Calvino', born: 1923 },
        { id: 4, name: 'Anonymous' },
      ]),
    ),
  ),
  RTE.flatMap(() =>
    C.run(
      C.insertMany(books)([
        { id: 1, title: 'A Wizard of Earthsea', authorId: 1, year: 1968, price: '9.50' },
        { id: 2, title: 'The Left Hand of Darkness', authorId: 1, year: 1969, price: '11.00' },
        { id: 3, title: 'The Dispossessed', authorId: 1, year: 1974, price: '12.00' },
        { id: 4, title: 'Solaris', authorId: 2, year: 1961, price: '8.90' },
        { id: 5, title: 'The Cyberiad', authorId: 2, year: 1965, price: '10.00' },
        { id: 6, title: 'Invisible Cities', authorId: 3, year: 1972, price: '9.00' },
      ]),
    ),
  ),
  RTE.flatMap(() =>
    C.run(
      C.insertMany(loans)([
        { bookId: 4, reader: 'Ada', since: '2024-02-01' },
        { bookId: 6, reader: 'Ada', since: '2024-03-09' },
        { bookId: 4, reader: 'Kurt', since: '2024-05-20' },
      ]),
    ),
  ),
  RTE.map(() => undefined),
)

/** A step of a program that prints the result of the previous step, and returns it. */
export const print =
  (title: string) =>
  <R, X, A>(program: Program<R, X, A>): Program<R, X, A> =>
    pipe(
      program,
      RTE.tapIO(answer => () => console.log(title, typeof answer === 'string' ? answer : inspect(answer, { depth: null }))),
    )

/** Runs a program on a new SQLite database that holds the library, and closes it. */
export const runInLibrary = async <A>(program: Program<Db, DbError, A>): Promise<void> => {
  const opened = await sqlite()()
  if (E.isLeft(opened)) return console.error(show(opened.left))
  const db = opened.right
  try {
    const answer = await pipe(
      setUp,
      RTE.flatMap(() => program),
    )({ db })()
    if (E.isLeft(answer)) console.error(show(answer.left))
  } finally {
    await db.close()
  }
}

/** Whether a module is the one node was started with. */
export const isMain = (moduleUrl: string): boolean =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl)
