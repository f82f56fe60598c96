/**
 * The row with a key, made if there is none.
 *
 * `getOrCreate(t)(key)(row)` denotes: the row whose `key` is that of the given row, where there is one; else the given row is inserted.
 * It answers that row, and whether this call made it. However many callers ask for the same key at once, one of them makes the row and
 * all of them are given it.
 *
 * The row is looked for first, which is all that most calls do. Where it is not there, an upsert that does nothing is sent, and
 * then the row is read again in the same transaction, with a lock: MySQL and MariaDB read without one what was there
 * when the transaction began. One statement for both would miss the row of a caller who commits in between.
 *
 * Law: `getOrCreate(t)(key)(row)` twice answers the same row, and leaves what one leaves.
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

/** The row of a key, and whether this call has made it. */
export interface GotOrCreated<A> {
  readonly row: A
  readonly created: boolean
}

/** How often the transaction is run again after a conflict with another one: as often as a command by itself. */
const RERUNS = 10

/**
 * The row with the values that `row` has in the columns of a unique key; `row` is inserted where there is none. Inside a transaction that
 * reads from a snapshot (repeatable read on Postgres) a row that was made meanwhile is a `SerializationFailure`: run that transaction
 * again. A key with a null in it is found by nobody: the row is inserted.
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
    const got = (answer: O.Option<Row<C>>, created: boolean): GotOrCreated<Row<C>> | null =>
      O.isSome(answer) ? { row: answer.value, created } : null

    const make: Program<Db, DbError, GotOrCreated<Row<C>>> = env => async () => {
      const made = await env.db.perform(insert)()
      if (E.isLeft(made)) return made
      const own = got(made.right, true)
      if (own !== null) return E.right(own)
      const others = await option(Q.forShare()(found))(env)()
      if (E.isLeft(others)) return others as E.Left<DbError>
      const theirs = got(others.right, false)
      // it was there a moment ago
      return theirs === null ? E.left(serializationFailure()) : E.right(theirs)
    }
    return env => async () => {
      const before = await option(found)(env)()
      if (E.isLeft(before)) return before as E.Left<DbError>
      const there = got(before.right, false)
      return there === null ? transaction({ retry: RERUNS })(make)(env)() : E.right(there)
    }
  }
