/**
 * Updates and deletes by other rows: `updateMany` by a key and given values, `updateFrom` and `deleteUsing` by the rows of a query.
 *
 * `updateFrom` denotes an update in which each row of the table sees the one row of the query that it matches; rows without a match stay
 * unchanged. A row with several matches is `TooManyRows`, and nothing is written: engines would silently pick one. `updateMany` is
 * `updateFrom` of literal rows, matched by a key, so that no row has several matches.
 *
 * Laws: `updateMany(t)(key)(rows)` leaves the same state as one `update` for each row by its key;
 * `deleteUsing(t)(q, on) = delete(t)(row => exists(where(s => on(row, s))(q)))`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../expr/Agg.js'
import { and, eq, exists, gt, lit } from '../expr/Expr.js'
import * as Q from '../query/Query.js'
import { asFilter, asQuery, isRecord } from '../syntax/guards.js'
import type { AnyExpr, AnyQuery, AnyTable, Assignments, Exprs, ExprType, Out, Pred, Query, Table } from '../syntax/Syntax.js'
import { query } from '../syntax/Syntax.js'
import { isKeyOf, type UpdateOf, uniqueKeys } from '../table/Table.js'
import { refuse, unsupported, validationError } from '../value/DbError.js'
import { assignments, refusal, repeated, type Write, write } from './assignments.js'

/** The error for an update from a query with nested collections. */
export const NESTED_SOURCE = unsupported(
  'an update from a query with nested collections',
  'query-ts',
  'map it to the columns that are needed',
)

const invalidly = (table: AnyTable, reason: string, ...path: readonly string[]): Write<any, 'many'> =>
  write({ tag: 'invalid', error: validationError([table.name, ...path], reason) }, 'many')

/**
 * Updates the rows that match a row of a query: `on` is the condition, `set` the new values. A row that matches several rows of the query is
 * `TooManyRows`. The table needs a primary key.
 */
export const updateFrom =
  <C>(table: Table<C>) =>
  <S>(
    q: Query<S, unknown>,
    on: (row: Exprs<C>, matched: S) => Pred,
    set: (row: Exprs<C>, matched: S) => UpdateOf<C>,
  ): Write<Exprs<C>, 'many'> => {
    if (typeof on !== 'function' || typeof set !== 'function') return invalidly(table, 'updateFrom takes a query and two functions')
    const values = (row: Exprs<C>, matched: S): Assignments => {
      const given: unknown = set(row, matched)
      if (!isRecord(given)) return refuse(validationError([table.name], 'update expects a record of values'))
      const checked = assignments(table, given)
      return Object.keys(checked).length > 0 ? checked : refuse(validationError([table.name], 'an update must set at least one column'))
    }
    const condition = (row: Exprs<C>, matched: S): Pred => asFilter(on(row, matched), 'the condition of updateFrom')
    return write({ tag: 'updateFrom', table, query: q as AnyQuery, on: condition, set: values, key: null }, 'many')
  }

/** A query that has a row if some row of the table matches several rows of the query, so that the update would be ambiguous. */
export const ambiguousMatches = (table: AnyTable, q: AnyQuery, on: (row: any, matched: any) => Pred): AnyQuery => {
  const key = table.primaryKey?.columns
  if (key === undefined)
    return refuse(unsupported('updateFrom in a table without a primary key', 'query-ts', 'give the table a primary key'))
  return pipe(
    Q.Do,
    Q.bind('row', () => Q.from(table as Table<any>)),
    Q.bind('matched', () => asQuery(q)),
    Q.where(({ row, matched }) => on(row, matched)),
    Q.aggregate(({ row }) => ({
      ...Object.fromEntries(key.map((f, i) => [`key${i}`, Agg.key((row as Exprs<any>)[f] as AnyExpr)])),
      count: Agg.countAll,
    })),
    Q.where(group => gt((group as { readonly count: AnyExpr }).count, 1)),
    Q.limit(1),
    Q.map(() => ({ met: lit(1) })),
  )
}

/** Deletes the rows that match at least one row of a query. */
export const deleteUsing =
  <C>(table: Table<C>) =>
  <S>(q: Query<S, unknown>, on: (row: Exprs<C>, matched: S) => Pred): Write<Exprs<C>, 'many'> =>
    typeof on !== 'function'
      ? invalidly(table, 'deleteUsing takes a query and a condition')
      : write({ tag: 'delete', table, where: row => exists(Q.where((s: S) => on(row, s))(asQuery(q) as Query<S, unknown>)) }, 'many')

/** A row with the columns of a key, and other columns to set. */
type Keyed<C, K extends keyof C> = { readonly [P in K]: Out<C[P]> } & { readonly [P in Exclude<keyof C, K>]?: Out<C[P]> }

/**
 * Updates rows by the primary key or a unique key: each row gives its key and the columns to set, the same columns
 * in all rows. Keys without a row are skipped. Returns the number of rows that were updated. Duplicate keys and an empty list are refused.
 */
export const updateMany =
  <C>(table: Table<C>) =>
  <K extends keyof C & string>(key: readonly K[]) =>
  (rows: readonly Keyed<C, K>[]): Write<Exprs<C>, 'many'> => {
    const isKey = Array.isArray(key) && uniqueKeys(table).some(k => isKeyOf(k, key))
    if (!isKey)
      return invalidly(
        table,
        `updateMany expects the columns of a unique key, which ${Array.isArray(key) ? `(${key.join(', ')}) is not` : 'this is not'}`,
      )
    if (!Array.isArray(rows)) return invalidly(table, 'updateMany takes a list of rows')
    const malformed = rows.findIndex(row => !isRecord(row))
    if (malformed >= 0) return invalidly(table, 'expected a row as a record of values', String(malformed))
    const checked = rows.map((row, i) => assignments(table, row, [String(i)]))
    const refused = refusal(checked)
    if (refused !== null) return write({ tag: 'invalid', error: refused }, 'many')
    const [first] = checked
    if (first === undefined) return invalidly(table, 'updateMany needs at least one row: there is nothing to update')
    const fields = Object.keys(first)
    const set = fields.filter(f => !key.includes(f as K))
    const other = checked.findIndex(row => Object.keys(row).length !== fields.length || !fields.every(f => Object.hasOwn(row, f)))
    if (other >= 0)
      return invalidly(table, `sets other columns than row 0, which sets ${set.join(', ')}: update these rows separately`, String(other))
    const missing = key.find(f => !fields.includes(f))
    if (missing !== undefined) return invalidly(table, `updateMany needs a value for ${missing}, by which it finds the row`)
    if (set.length === 0) return invalidly(table, 'an update must set at least one column')
    const without = checked.findIndex(row => key.some(f => row[f]?.node.tag === 'literal' && row[f].node.value === null))
    if (without >= 0) return invalidly(table, 'a key can not be null', String(without))
    const twice = repeated(table, key, checked, 'updates')
    if (twice !== null) return invalidly(table, twice)
    const types: { readonly [field: string]: ExprType } = Object.fromEntries(fields.map(f => [f, table.types[f] as ExprType]))
    return write(
      {
        tag: 'updateFrom',
        table,
        query: query({ tag: 'values', types, rows: checked }),
        on: (row, given) => and(...key.map(f => eq(row[f], given[f]))),
        set: (_, given) => Object.fromEntries(set.map(f => [f, given[f]])),
        key,
      },
      'many',
    )
  }
