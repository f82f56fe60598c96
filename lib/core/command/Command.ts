/**
 * Commands: changes of a database, as values.
 *
 * A `Command<A>` denotes a function from a database state to a new state and a result, or to a `DbError` and the unchanged state: a command is
 * applied completely or not at all. Without `returning` the result is the number of rows; with it, the rows: one for `insert` and `upsert`, an
 * option for an upsert that may write nothing, a list for the others, for `insertMany` in input order.
 *
 * An update or delete of every row has to pass `everywhere`. Values are checked against their columns when the command is built; an invalid
 * value makes a command that is refused before anything is sent.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import { isRecord } from '../syntax/guards.js'
import type { AnyQuery, Assignments, Command, Expr, Exprs, In, Out, Pred, Query, Result, Shape, Table } from '../syntax/Syntax.js'
import { MADE } from '../syntax/Syntax.js'
import type { InsertOf, UpdateOf } from '../table/Table.js'
import { refuse, validationError } from '../value/DbError.js'
import { assignments, type Cardinality, inserting, refusal, type Write, write } from './assignments.js'

/** The condition that matches every row. */
export const everywhere: unique symbol = Symbol('everywhere')

/** Inserts a row. Omitted columns get their default, a generated key, or null. */
export const insert =
  <C>(table: Table<C>) =>
  (row: InsertOf<C>): Write<Exprs<C>, 'one'> =>
    inserting(table, [row], 'one', null)

/** Inserts rows, in order, all or none. An empty list is refused. */
export const insertMany =
  <C>(table: Table<C>) =>
  (rows: readonly InsertOf<C>[]): Write<Exprs<C>, 'many'> =>
    inserting(table, rows, 'many', null)

type InsertExprs<C> = { readonly [K in keyof C as undefined extends In<C[K]> ? never : K]: Expr<Out<C[K]>> } & {
  readonly [K in keyof C as undefined extends In<C[K]> ? K : never]?: Expr<Out<C[K]>>
}

/** Inserts the rows of a query, whose fields are columns of the table. */
export const insertFrom =
  <C>(table: Table<C>) =>
  (q: Query<InsertExprs<C>, unknown>): Write<Exprs<C>, 'many'> =>
    write({ tag: 'insertFrom', table, query: q as AnyQuery }, 'many')

/** Which rows a command changes: those for which a predicate is true, or `everywhere`. */
export type Where<C> = ((row: Exprs<C>) => Pred) | typeof everywhere

const NOWHERE = validationError([], 'an update or delete needs a condition: give one, or pass everywhere')

/** Updates the rows that satisfy a condition: sets columns to values or to expressions over the old row. */
export const update =
  <C>(table: Table<C>) =>
  (set: UpdateOf<C> | ((row: Exprs<C>) => UpdateOf<C>), where: Where<C>): Write<Exprs<C>, 'many'> => {
    if (typeof where !== 'function' && where !== everywhere) return write({ tag: 'invalid', error: NOWHERE }, 'many')
    if (typeof set !== 'function' && !isRecord(set)) {
      return write(
        { tag: 'invalid', error: validationError([table.name], 'update expects a record of values, or a function of the row') },
        'many',
      )
    }
    const updating = (f: (row: Exprs<C>) => Assignments): Write<Exprs<C>, 'many'> =>
      write({ tag: 'update', table, set: f, where: where === everywhere ? null : where }, 'many')
    if (typeof set === 'function') {
      return updating(row => {
        const values: unknown = set(row)
        return isRecord(values) ? assignments(table, values) : refuse(validationError([table.name], 'update expects a record of values'))
      })
    }
    const checked = assignments(table, set)
    const refused = refusal([checked])
    if (refused !== null) return write({ tag: 'invalid', error: refused }, 'many')
    if (Object.keys(checked).length === 0) {
      return write({ tag: 'invalid', error: validationError([table.name], 'an update must set at least one column') }, 'many')
    }
    return updating(() => checked)
  }

/** Deletes the rows that satisfy a condition, and the rows that cascade from them. */
const delete_ =
  <C>(table: Table<C>) =>
  (where: Where<C>): Write<Exprs<C>, 'many'> =>
    typeof where !== 'function' && where !== everywhere
      ? write({ tag: 'invalid', error: NOWHERE }, 'many')
      : write({ tag: 'delete', table, where: where === everywhere ? null : where }, 'many')

export { delete_ as delete }

/** Returns a shape of each written row (for a delete, of the deleted row) instead of the number of rows. */
export const returning =
  <S, B extends Shape>(f: (row: S) => B) =>
  <K extends Cardinality>(
    c: Write<S, K>,
  ): Command<K extends 'one' ? Result<B> : K extends 'option' ? Option<Result<B>> : readonly Result<B>[]> => ({
    [MADE]: true,
    kind: 'command',
    node: c.node,
    cardinality: c.cardinality,
    returning: f,
  })
