/**
 * Bulk insert from a source that need not fit into memory: read in chunks, inserted in one transaction.
 *
 * `insertAll` denotes `insertMany` of all rows of the source, or nothing: an error of the database, of a row or of the source undoes every chunk
 * before it. Only one chunk is held in memory. After an error the source is not read further; it is closed by `return`, unless it has ended or
 * thrown itself.
 */
import * as E from 'fp-ts/lib/Either.js'
import { inserting } from '../core/command/assignments.js'
import { type Db, execute, type Program } from '../core/operation/Interpreter.js'
import type { Table } from '../core/syntax/Syntax.js'
import type { InsertOf } from '../core/table/Table.js'
import { callbackFailed, type DbError, validationError } from '../core/value/DbError.js'
import { transaction } from './Program.js'

/** A source of rows. A function is called in each run of the program. */
export type Rows<A> = Iterable<A> | AsyncIterable<A> | (() => Iterable<A> | AsyncIterable<A>)

/** The options of `insertAll`. */
export interface InsertAllOptions {
  /** Rows per chunk. Default: 2,000. */
  readonly size?: number
  /** Called after each chunk with the number of rows inserted so far; they are committed when the program ends. */
  readonly onProgress?: (rows: number) => void
}

type Source = Iterator<object> | AsyncIterator<object>

const SOURCE = 'the source of insertAll'

const opened = (rows: unknown): E.Either<DbError, Source> => {
  try {
    const given = (typeof rows === 'function' ? rows() : rows) as Partial<Iterable<object> & AsyncIterable<object>> | null | undefined
    const source = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.()
    return source === undefined || typeof given === 'string'
      ? E.left(validationError(['insertAll'], 'expected an iterable of rows, or a function that returns one'))
      : E.right(source)
  } catch (thrown) {
    return E.left(callbackFailed(SOURCE, thrown))
  }
}

/** Closes a source that was not read to its end; an error of that is ignored. */
const released = async (source: Source): Promise<void> => {
  try {
    await source.return?.()
  } catch {
    // the error that ended the insert is the one to report
  }
}

/** The next rows; fewer than `size` at the end of the source. */
const pulled = async (source: Source, size: number): Promise<E.Either<DbError, readonly object[]>> => {
  const rows: object[] = []
  try {
    while (rows.length < size) {
      const result = source.next()
      // a turn of the event loop for each row would cost more than the row
      const next = 'then' in result ? await result : result
      if (next.done === true) break
      rows.push(next.value)
    }
    return E.right(rows)
  } catch (thrown) {
    return E.left(callbackFailed(SOURCE, thrown))
  }
}

/** The error of a row, with the row's number in the whole source. */
const placed = (error: DbError, before: number): DbError => {
  if (error._tag !== 'ValidationError') return error
  const [table = '', row = '', ...rest] = error.path
  return /^\d+$/.test(row) ? validationError([table, String(before + Number(row)), ...rest], error.reason) : error
}

/**
 * Inserts the rows of an iterable or async iterable, in order, all or none, and yields their number: `insertMany` for more rows than
 * fit into memory. The source may be empty. The transaction stays open until the source ends.
 */
export const insertAll =
  <C>(table: Table<C>) =>
  (rows: Rows<InsertOf<C>>, options: InsertAllOptions = {}): Program<Db, DbError, number> => {
    const { size = 2_000, onProgress } = options
    if (!Number.isSafeInteger(size) || size < 1)
      return () => async () => E.left(validationError(['insertAll', 'size'], 'the size of a chunk must be a positive integer'))
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
