/**
 * More rows than fit into memory, and how to read only some.
 *
 * Shows: `foldChunks` (a fold in constant memory), `stream` (an AsyncIterable that opens at the first row and closes its
 * cursor on every exit, a `break` too), pages by `limit` and `offset`, and the programs `head`, `one`, `option`, `count`
 * and `nonEmpty` that promise how many rows there are.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { DbError } from 'query-ts/DbError'
import { asc, eq, like } from 'query-ts/Expr'
import type { Db, Program } from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { books, isMain, print, runInLibrary } from './library.js'

const titles = pipe(
  Q.from(books),
  Q.orderBy(book => [asc(book.title), asc(book.id)]),
  Q.map(book => book.title),
)

/** A fold, four rows at a time. */
const letters = pipe(
  titles,
  Q.foldChunks(0, (sum, chunk: readonly string[]) => sum + chunk.join('').length, { size: 4 }),
)

/** The first title of at least 15 characters. Each element is an Either: an error is the last one. */
const firstLong: Program<Db, DbError, string> = env => async () => {
  for await (const title of pipe(titles, Q.stream)(env)) {
    if (E.isLeft(title)) return title
    if (title.right.length >= 15) return title
  }
  return E.right('')
}

const page = (n: number, size: number) => pipe(titles, Q.offset(n * size), Q.limit(size))

const titled = (title: string) =>
  pipe(
    Q.from(books),
    Q.where(book => eq(book.title, title)),
    Q.map(book => book.year),
  )

const the = pipe(
  Q.from(books),
  Q.where(book => like(book.title, 'The %')),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      letters,
      print('letters'),
      RTE.flatMap(() => firstLong),
      print('first long'),
      RTE.flatMap(() => Q.all(page(1, 2))),
      print('second page'),
      RTE.flatMap(() => Q.head(titles)),
      print('head'),
      RTE.flatMap(() => Q.one(titled('Solaris'))),
      print('one'),
      RTE.flatMap(() => Q.option(titled('Momo'))),
      print('option'),
      RTE.flatMap(() => Q.count(the)),
      print('count'),
      RTE.flatMap(() => Q.nonEmpty(the)),
      print('any'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
letters 96
first long A Wizard of Earthsea
second page [ 'Solaris', 'The Cyberiad' ]
head { _tag: 'Some', value: 'A Wizard of Earthsea' }
one 1961
option { _tag: 'None' }
count 3
any true
*/
