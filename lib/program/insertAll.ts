/**
 * Rows from a source that need not fit into memory: pulled in chunks, inserted in one transaction.
 *
 * `insertAll` denotes `insertMany` of all rows that the source gives, or nothing at all: what fails, in the database, in a row or in the
 * source itself, undoes every chunk before it. The rows of one chunk are all that is held. The source is asked for no more once something has failed,
 * and is closed by `return` unless it has ended or thrown by itself.
 */
import * as E from 'fp-ts/lib/Either.js'
import { inserting } from '../core/command/assignments.js'
import { type Db, execute, type Program } from '../core/operation/Interpreter.js'
import type { Table } from '../core/syntax/Syntax.js'
import type { InsertOf } from '../core/table/Table.js'
import { callbackFailed, type DbError, validationError } from '../core/value/DbError.js'
import { transaction } from './Program.js'

/** What gives rows; a function of them is asked each time that the program runs. */
export type Rows<A> = Iterable<A> | AsyncIterable<A> | (() => Iterable<A> | AsyncIterable<A>)

export interface InsertAllOptions {
  /** Rows of a chunk; 2,000 unless told. */
  readonly size?: number
  /** Told after each chunk how many rows have been inserted so far; nothing is there to stay before the program is done. */
  readonly onProgress?: (rows: number) => void
}

type Source = Iterator<object> | AsyncIterator<object>

const SOURCE = 'the source of insertAll'

const opened = (rows: unknown): E.Either<DbError, Source> => {
  try {
    const given = (typeof rows === 'function' ? rows() : rows) as Partial<Iterable<object> & AsyncIterable<object>> | null | undefined
    const source = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.()
    return source === undefined || typeof given === 'string'
      ? E.left(validationError(['insertAll'], 'rows come from something that can be iterated, or from a function that answers it'))
      : E.right(source)
  } catch (thrown) {
    return E.left(callbackFailed(SOURCE, thrown))
  }
}

/** Lets go of a source that was not read to its end; what it says to that changes nothing. */
const released = async (source: Source): Promise<void> => {
  try {
    await source.return?.()
  } catch {
    // the error that stopped the rows is the one to be told
  }
}

/** The next rows; fewer than `size` at the end. */
const pulled = async (source: Source, size: number): Promise<E.Either<DbError, readonly object[]>> => {
  const rows: object[] = []
  try {
    while (rows.length < size) {
      const answer = source.next()
      // a turn of the event loop for each row would cost more than the row
      const next = 'then' in answer ? await answer : answer
      if (next.done === true) break
      rows.push(next.value)
    }
    return E.right(rows)
  } catch (thrown) {
    return E.left(callbackFailed(SOURCE, thrown))
  }
}

/** An error of a row by its place among all rows. */
const placed = (error: DbError, before: number): DbError => {
  if (error._tag !== 'ValidationError') return error
  const [table = '', row = '', ...rest] = error.path
  return /^\d+$/.test(row) ? validationError([table, String(before + Number(row)), ...rest], error.reason) : error
}

/**
 * Inserts the rows of an iterable or async iterable, in order, all or none, and answers how many: `insertMany` for more rows than
 * fit into memory. None are fine. The transaction lasts as long as the source takes.
 */
export const insertAll =
  <C>(table: Table<C>) =>
  (rows: Rows<InsertOf<C>>, options: InsertAllOptions = {}): Program<Db, DbError, number> => {
    const { size = 2_000, onProgress } = options
    if (!Number.isSafeInteger(size) || size < 1)
      return () => async () => E.left(validationError(['insertAll', 'size'], 'the size of a chunk is a whole number from 1'))
    const all: Program<Db, DbError, number> =
      ({ db }) =>
      async () => {
        const source = opened(rows)
        if (E.isLeft(source)) return source
        const stopped = async (error: DbError): Promise<E.Either<DbError, number>> => {
          await released(source.right)
          return E.left(error)
        }
        let count = 0
        for (;;) {
          const chunk = await pulled(source.right, size)
          if (E.isLeft(chunk)) return chunk
          if (chunk.right.length > 0) {
            const done = await db.perform(execute(inserting(table, chunk.right, 'many', null)))()
            if (E.isLeft(done)) return stopped(placed(done.left, count))
            count += chunk.right.length
            try {
              onProgress?.(count)
            } catch (thrown) {
              return stopped(callbackFailed('onProgress of insertAll', thrown))
            }
          }
          if (chunk.right.length < size) return E.right(count)
        }
      }
    return transaction()(all)
  }
