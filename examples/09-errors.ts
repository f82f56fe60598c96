/**
 * Errors are values: one union, each case with what is wrong, where, and what to do.
 *
 * Shows: a bad value and a bad query refused before anything is sent, violated keys, fewer or more rows
 * than promised. `show` turns any error into a line for a log; its fields are for a program to act on.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as C from 'query-ts/Command'
import { type DbError, show } from 'query-ts/DbError'
import { eq } from 'query-ts/Expr'
import type { Db, Program } from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, loans, print, runInLibrary } from './library.js'

/** The error of a program as a line of text, so that the next step can go on. */
const failing = <A>(program: Program<Db, DbError, A>): Program<Db, DbError, string> =>
  pipe(
    program,
    RTE.map(() => 'no error'),
    RTE.orElse(error => RTE.of(show(error))),
  )

const badDate = C.run(C.insert(loans)({ bookId: 1, reader: 'Ada', since: '2024-02-30' }))
const badText = C.run(C.insert(authors)({ name: 'nul \u0000 inside' }))
const nothing = C.run(C.insertMany(authors)([]))
const noSuchAuthor = C.run(C.insert(books)({ title: 'Momo', authorId: 99, year: 1973, price: '9.00' }))
const stillReferred = C.run(C.delete(authors)(author => eq(author.id, 1)))
const twice = C.run(C.insert(authors)({ name: 'Italo Calvino' }))
const moreThanOne = Q.one(Q.from(books))
const none = Q.one(
  pipe(
    Q.from(books),
    Q.where(book => eq(book.title, 'Momo')),
  ),
)

/** An untyped caller can't compare with a null. */
const untyped = Q.all(
  pipe(
    Q.from(authors),
    Q.where(author => eq(author.born, null as never)),
  ),
)

/** Some errors are worth a retry, some are for the user: match on the case. */
const forTheUser = (error: DbError): string => {
  switch (error._tag) {
    case 'UniqueViolation':
      return `there is one with the same ${error.columns.join(' and ')} already`
    case 'ForeignKeyViolation':
      return `it is still used, or it refers to nothing (${error.table})`
    default:
      return 'something went wrong'
  }
}

const told = pipe(
  twice,
  RTE.map(n => `${n} added`),
  RTE.orElse(error => RTE.of(forTheUser(error))),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      failing(badDate),
      print('bad date:'),
      RTE.flatMap(() => failing(badText)),
      print('bad text:'),
      RTE.flatMap(() => failing(nothing)),
      print('no rows:'),
      RTE.flatMap(() => failing(untyped)),
      print('untyped null:'),
      RTE.flatMap(() => failing(noSuchAuthor)),
      print('no such author:'),
      RTE.flatMap(() => failing(stillReferred)),
      print('still referred to:'),
      RTE.flatMap(() => failing(twice)),
      print('twice:'),
      RTE.flatMap(() => failing(moreThanOne)),
      print('more than one:'),
      RTE.flatMap(() => failing(none)),
      print('none:'),
      RTE.flatMap(() => told),
      print('for the user:'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
bad date: ValidationError: loan.since: expected a day that exists, as YYYY-MM-DD, in the years 1 to 9999
bad text: ValidationError: author.name: a text can hold no NUL character
no rows: ValidationError: author: insertMany needs at least one row: there is nothing to insert
untyped null: ValidationError: comparison or arithmetic with null: use isNull, isNotDistinctFrom or coalesce
no such author: ForeignKeyViolation: foreign key "book_author_id_fkey" of "book" (author_id) would reference a missing row: insert the referenced row first
still referred to: ForeignKeyViolation: foreign key "book_author_id_fkey" of "book" (author_id) still references a row that would be removed: delete or change the referencing rows first
twice: UniqueViolation: a row of "author" with the same name already exists (unique constraint "author_name_key"): change the value, or use upsert
more than one: TooManyRows: expected at most one row, got more: add a condition, or use Q.head for the first row
none: NoRow: expected exactly one row, got none: use Q.option if zero rows is valid
for the user: there is one with the same name already
*/
