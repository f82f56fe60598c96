/**
 * The meaning of queries and expressions, by comprehension over arrays.
 *
 * A query denotes a list of rows: one of the orders that its bag of rows admits. The functions of a query are applied to rows of
 * literals, so what they return is closed and has a value without any environment.
 *
 * Nothing is planned, rewritten or printed, and nothing is shared with the part of the library that does so: what engines return is
 * compared with this. `validate` must have accepted a query before it is evaluated.
 */
import type { Database } from './Database.js'
import type { Evaluation, Meaning } from './Evaluation.js'
import { exprValue, isTrue } from './exprValue.js'
import { queryRows } from './queryRows.js'

/** What expressions and queries mean in one state of a database. Its functions refuse; call them inside `attempting`. */
export const meaning = (db: Database): Meaning => {
  const ev: Evaluation = {
    db,
    startedAt: Date.now(),
    values: new WeakMap(),
    subqueries: new WeakMap(),
    tables: new Map(),
    value: e => exprValue(ev, e),
    holds: p => isTrue(ev, p),
    rows: q => queryRows(ev, q),
  }
  return ev
}
