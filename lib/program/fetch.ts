/**
 * The programs that run a query: all rows, exactly one, at most one, in chunks, as a stream. `Query` exports them, as `Q.all` and so on.
 *
 * Each is a `ReaderTaskEither` over `{ db }`: one operation and a function of its result.
 *
 * Laws: `head` is the first row of `all`; `one` and `option` fail if there are more rows than they allow; a fold in chunks of any size yields
 * what a fold of `all` yields. A cursor is closed on every exit.
 */

import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { countAll } from '../core/expr/Agg.js'
import { type Cursor, type Db, type Explained, type Program, perform, type Stage } from '../core/operation/Interpreter.js'
import { type AnyQuery, expr, exprType, type Query, query } from '../core/syntax/Syntax.js'
import {
  callbackFailed,
  type DbError,
  type NoRow,
  noRow,
  type TooManyRows,
  timeout,
  tooManyRows,
  validationError,
} from '../core/value/DbError.js'
import { LONGEST_TIMER } from './timer.js'

export type { Explained, Stage } from '../core/operation/Interpreter.js'

const atMost = (q: AnyQuery, n: bigint): AnyQuery =>
  query({ tag: 'limit', input: q, count: expr({ tag: 'literal', value: n }, exprType({ tag: 'bigint' })) })

const after =
  <A, E1, B>(program: Program<Db, DbError, A>, f: (a: A) => E.Either<E1, B>): Program<Db, DbError | E1, B> =>
  env =>
  async () => {
    const result: E.Either<DbError | E1, A> = await program(env)()
    return E.flatMap(result, f)
  }

/** Yields all rows. */
export const all = <S, A>(q: Query<S, A>): Program<Db, DbError, readonly A[]> => perform({ tag: 'all', query: q })

/** Yields the first row, if there is one. Fetches at most one row. */
export const head = <S, A>(q: Query<S, A>): Program<Db, DbError, O.Option<A>> =>
  after(all<S, A>(atMost(q, 1n)), rows => E.right(rows.length === 0 ? O.none : O.some(rows[0] as A)))

/** Yields the only row, if there is one; fails with `TooManyRows` if there are several. */
export const option = <S, A>(q: Query<S, A>): Program<Db, DbError | TooManyRows, O.Option<A>> =>
  after(all<S, A>(atMost(q, 2n)), rows =>
    rows.length > 1 ? E.left(tooManyRows) : E.right(rows.length === 0 ? O.none : O.some(rows[0] as A)),
  )

/** Yields exactly one row; fails with `NoRow` or `TooManyRows` otherwise. */
export const one = <S, A>(q: Query<S, A>): Program<Db, DbError | NoRow | TooManyRows, A> =>
  after(
    all<S, A>(atMost(q, 2n)),
    (rows): E.Either<NoRow | TooManyRows, A> =>
      rows.length === 1 ? E.right(rows[0] as A) : E.left(rows.length === 0 ? noRow : tooManyRows),
  )

/** Yields the number of rows, counted by the engine. */
export const count = <S, A>(q: Query<S, A>): Program<Db, DbError, number> =>
  after(all<unknown, { readonly n: number }>(query({ tag: 'aggregate', input: q, f: () => ({ n: countAll }) })), rows =>
    E.right(rows[0]?.n ?? 0),
  )

/** Yields whether there is at least one row. */
export const nonEmpty = <S, A>(q: Query<S, A>): Program<Db, DbError, boolean> => after(all(atMost(q, 1n)), rows => E.right(rows.length > 0))

/** The options of `explain`. */
export interface ExplainOptions {
  /** Also runs the query and reports actual row counts. Not on SQLite. */
  readonly analyze?: boolean
}

/** Yields how the engine would run a query: the tables that it reads, by which index, in which order. A query that can't be run can't be explained. */
export const explain =
  (options: ExplainOptions = {}) =>
  <S, A>(q: Query<S, A>): Program<Db, DbError, Explained> =>
    perform({ tag: 'explain', query: q, analyze: options?.analyze === true })

/** All stages of an explanation, each before its inputs: `stages(e).filter(s => s.access === 'scan')` are the full table scans. */
export const stages = ({ root }: { readonly root: Stage }): readonly Stage[] => [
  root,
  ...root.inputs.flatMap(input => stages({ root: input })),
]

/** The options of `foldChunks`. */
export interface ChunkOptions {
  /** Rows per chunk. Default: 1,000. */
  readonly size?: number
}

const sizeOf = (options: ChunkOptions): E.Either<DbError, number> => {
  const size = options.size ?? 1000
  return Number.isSafeInteger(size) && size > 0
    ? E.right(size)
    : E.left(validationError(['size'], 'the size of a chunk must be a positive integer'))
}

const open = async (env: Db, q: AnyQuery, options: ChunkOptions): Promise<E.Either<DbError, Cursor<any>>> => {
  const size = sizeOf(options)
  return E.isLeft(size) ? size : env.db.perform<Cursor<any>>({ tag: 'cursor', query: q, size: size.right })()
}

/**
 * Folds the rows in chunks, in constant memory. The step may return a value or a
 * promise. The cursor is closed on every exit; if the step throws, the program fails with `CallbackFailed`.
 */
export const foldChunks =
  <A, B>(initial: B, step: (b: B, rows: readonly A[]) => B | Promise<B>, options: ChunkOptions = {}) =>
  <S>(q: Query<S, A>): Program<Db, DbError, B> =>
  env =>
  async () => {
    const opened = await open(env, q, options)
    if (E.isLeft(opened)) return opened
    const cursor: Cursor<A> = opened.right
    let b = initial
    for (;;) {
      const chunk = await cursor.next()
      if (E.isLeft(chunk)) {
        await cursor.close()
        return chunk
      }
      if (chunk.right.length === 0) break
      try {
        b = await step(b, chunk.right)
      } catch (thrown) {
        await cursor.close()
        return E.left(callbackFailed('the step of foldChunks', thrown))
      }
    }
    const closing = await cursor.close()
    return E.isLeft(closing) ? closing : E.right(b)
  }

/** The options of `stream`. */
export interface StreamOptions extends ChunkOptions {
  /** Milliseconds without a read after which the stream closes its cursor. Default: 60,000. */
  readonly idleTimeout?: number
}

/**
 * The rows one by one, as an async iterable. Nothing is opened before the first `next`; the cursor is closed at the end,
 * on an error, on `return` and `throw` (a `break` in `for await`), and if the stream is not read for `idleTimeout`.
 * An error is the last element.
 */
export const stream =
  <S, A>(q: Query<S, A>, options: StreamOptions = {}) =>
  (env: Db): AsyncIterable<E.Either<DbError, A>> => ({
    [Symbol.asyncIterator]: () => rowsOf(env, q, options),
  })

const rowsOf = <S, A>(env: Db, q: Query<S, A>, options: StreamOptions): AsyncIterator<E.Either<DbError, A>> => {
  const idle = options.idleTimeout ?? 60_000
  let cursor: Cursor<A> | null = null
  let buffer: readonly A[] = []
  let at = 0
  let done = false
  let expired = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let queue: Promise<unknown> = Promise.resolve()

  const close = async (): Promise<void> => {
    done = true
    clearTimeout(timer)
    const held = cursor
    cursor = null
    if (held !== null) await held.close()
  }
  const expire = async (): Promise<void> => {
    expired = !done
    await close()
  }
  const fail = async (error: DbError): Promise<IteratorResult<E.Either<DbError, A>>> => {
    await close()
    return { done: false, value: E.left(error) }
  }
  const next = async (): Promise<IteratorResult<E.Either<DbError, A>>> => {
    clearTimeout(timer)
    if (expired) {
      expired = false
      return {
        done: false,
        value: E.left(timeout('a pause in reading a stream', idle, 'read without such a pause, or set a longer idleTimeout')),
      }
    }
    if (done) return { done: true, value: undefined }
    if (cursor === null) {
      const opened = await open(env, q, options)
      if (E.isLeft(opened)) return fail(opened.left)
      cursor = opened.right
    }
    if (at >= buffer.length) {
      const chunk = await (cursor as Cursor<A>).next()
      if (E.isLeft(chunk)) return fail(chunk.left)
      if (chunk.right.length === 0) {
        await close()
        return { done: true, value: undefined }
      }
      buffer = chunk.right
      at = 0
    }
    const value = buffer[at] as A
    at += 1
    timer = setTimeout(() => void inTurn(expire), Math.min(idle, LONGEST_TIMER))
    timer.unref?.()
    return { done: false, value: E.right(value) }
  }
  const inTurn = <B>(f: () => Promise<B>): Promise<B> => {
    const turn = queue.then(f)
    queue = turn.catch(() => undefined)
    return turn
  }
  const finish = async (): Promise<IteratorResult<E.Either<DbError, A>>> => {
    await close()
    return { done: true, value: undefined }
  }
  return {
    next: () => inTurn(next),
    return: () => inTurn(finish),
    throw: () => inTurn(finish),
  }
}
