/**
 * Writes, and transactions that leave no trace when something fails.
 *
 * Shows: insert, update, upsert and delete as values, `returning`, a violated constraint as a typed error, a transaction
 * that leaves no trace, `attempt` for a part that may fail, and a deliberate `rollback`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as C from 'query-ts/Command'
import { asc, concat, gt, lt } from 'query-ts/Expr'
import * as Program from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { authors, books, isMain, print, runInLibrary } from './library.js'

/** The next step uses the result of the previous one: the insert of a book, the generated key of its author. */
const addJansson = pipe(
  RTE.Do,
  RTE.bind('authorId', () =>
    C.run(
      pipe(
        C.insert(authors)({ name: 'Tove Jansson', born: 1914 }),
        C.returning(author => author.id),
      ),
    ),
  ),
  RTE.bind('book', ({ authorId }) =>
    C.run(
      pipe(
        C.insert(books)({ title: 'The Summer Book', authorId, year: 1972, price: '9.90' }),
        C.returning(book => ({ title: book.title, price: book.price })),
      ),
    ),
  ),
  RTE.map(({ book }) => book),
)

/** Without `returning` a command returns the number of rows. New values may be computed from the old row. */
const markOld = C.run(
  C.update(books)(
    book => ({ title: concat(book.title, ' (old)') }),
    book => lt(book.year, 1965),
  ),
)

const removeOld = C.run(
  pipe(
    C.delete(books)(book => lt(book.year, 1965)),
    C.returning(book => book.title),
  ),
)

/** Inserts, or updates the row with the same name. */
const correct = C.run(
  pipe(
    C.upsert(authors)({ target: ['name'], update: ['born'] })({ name: 'Anonymous', born: 1500 }),
    C.returning(author => ({ id: author.id, born: author.born })),
  ),
)

const addAgain = C.run(C.insert(authors)({ name: 'Italo Calvino' }))

/** The second step fails, so the first is undone too. */
const allOrNothing = Program.transaction()(
  pipe(
    C.run(C.delete(books)(C.everywhere)),
    RTE.flatMap(() => addAgain),
  ),
)

/** An error is a value, with a case for each failure; here it becomes text. */
const violated = pipe(
  allOrNothing,
  RTE.map(n => `${n} rows`),
  RTE.orElse(error => RTE.of(error._tag === 'UniqueViolation' ? `${error.table} (${error.columns})` : error._tag)),
)

/** Only the part that failed is rolled back, and its error is a value to decide by. */
const orElse = Program.transaction()(
  pipe(
    Program.attempt(addAgain),
    RTE.map(
      E.match(
        error => `not added: ${error._tag}`,
        () => 'added',
      ),
    ),
  ),
)

/** Leaves the transaction with a value, and rolls back everything in it. */
const dryRun = Program.transaction()(
  pipe(
    C.run(C.delete(books)(book => gt(book.year, 1970))),
    RTE.flatMap(n => Program.rollback(`would delete ${n} books`)),
  ),
)

const titles = Q.all(
  pipe(
    Q.from(books),
    Q.orderBy(book => [asc(book.id)]),
    Q.map(book => book.title),
  ),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      addJansson,
      print('inserted'),
      RTE.flatMap(() => markOld),
      print('updated'),
      RTE.flatMap(() => removeOld),
      print('deleted'),
      RTE.flatMap(() => correct),
      print('upserted'),
      RTE.flatMap(() => violated),
      print('violated'),
      RTE.flatMap(() => orElse),
      print('attempted'),
      RTE.flatMap(() => dryRun),
      print('rolled back'),
      RTE.flatMap(() => titles),
      print('books now'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
inserted { title: 'The Summer Book', price: '9.90' }
updated 1
deleted [ 'Solaris (old)' ]
upserted { id: 4, born: 1500 }
violated author (name)
attempted not added: UniqueViolation
rolled back would delete 3 books
books now [
  'A Wizard of Earthsea',
  'The Left Hand of Darkness',
  'The Dispossessed',
  'The Cyberiad',
  'Invisible Cities',
  'The Summer Book'
]
*/
