/**
 * Get or create: the row with a key, inserted if it does not exist.
 *
 * `getOrCreate(t)(key)(row)` denotes the row whose `key` equals that of the given row, if there is one; otherwise the given row is inserted. It
 * yields that row and whether this call created it. When several callers ask for the same key at the same time, one of them creates the row and
 * all get it.
 *
 * The row is read first, which suffices for most calls. If it is missing, an upsert that does nothing is sent, then the row is read again in the
 * same transaction, with a lock: without one, MySQL and MariaDB read from a snapshot of the beginning of the transaction. A single statement
 * for both would miss a row that is committed concurrently.
 *
 * Law: running `getOrCreate(t)(key)(row)` twice yields the same row and leaves the same state as running it once.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { insertion } from '../core/command/assignments.js'
import { upsert } from '../core/command/upsert.js'
import { and, eq } from '../core/expr/Expr.js'
import { type Db, execute, type Program } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { type Exprs, MADE, type Query, type Row, type Table } from '../core/syntax/Syntax.js'
import type { InsertOf } from '../core/table/Table.js'
import { attempting, type DbError, serializationFailure } from '../core/value/DbError.js'
import { option } from './fetch.js'
import { transaction } from './Program.js'

/** The row with a key, and whether this call created it. */
export interface GotOrCreated<A> {
  readonly row: A
  readonly created: boolean
}

/** How often the transaction is retried after a conflict: as often as a single command. */
const RERUNS = 10

/**
 * The row that equals `row` in the columns of a unique key; if there is none, `row` is inserted. Inside a transaction that
 * reads from a snapshot (repeatable read on Postgres), a row that was created concurrently is a `SerializationFailure`: retry that
 * transaction. A key with a null in it equals no key, so the row is inserted.
 *
 *     C.getOrCreate(tags)(['name'])({ name: 'sql' })
 */
export const getOrCreate =
  <C>(table: Table<C>) =>
  (key: readonly (keyof C & string)[]) =>
  (row: InsertOf<C>): Program<Db, DbError, GotOrCreated<Row<C>>> => {
    const offered = upsert(table)({ target: key, update: 'nothing' })(row)
    if (offered.node.tag === 'invalid') {
      const { error } = offered.node
      return () => async () => E.left(error)
    }
    const insert = execute<O.Option<Row<C>>>({
      [MADE]: true,
      kind: 'command',
      node: offered.node,
      cardinality: offered.cardinality,
      returning: (written: Exprs<C>) => written as never,
    })
    const given = attempting('a row', () => insertion(table, row))
    if (E.isLeft(given)) return () => async () => given
    const same = (r: any) => and(...key.map(f => eq(r[f], given.right[f] as never)))
    const found = pipe(Q.from(table), Q.where(same)) as unknown as Query<unknown, Row<C>>
    const got = (result: O.Option<Row<C>>, created: boolean): GotOrCreated<Row<C>> | null =>
      O.isSome(result) ? { row: result.value, created } : null

    const make: Program<Db, DbError, GotOrCreated<Row<C>>> = env => async () => {
      const made = await env.db.perform(insert)()
      if (E.isLeft(made)) return made
      const own = got(made.right, true)
      if (own !== null) return E.right(own)
      const others = await option(Q.forShare()(found))(env)()
      if (E.isLeft(others)) return others as E.Left<DbError>
      const theirs = got(others.right, false)
      // the row existed when the upsert ran
      return theirs === null ? E.left(serializationFailure()) : E.right(theirs)
    }
    return env => async () => {
      const before = await option(found)(env)()
      if (E.isLeft(before)) return before as E.Left<DbError>
      const there = got(before.right, false)
      return there === null ? transaction({ retry: RERUNS })(make)(env)() : E.right(there)
    }
  }
