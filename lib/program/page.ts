/**
 * Pages: the rows of a query, one page at a time.
 *
 * `page` continues after the last row of the previous page, by the values of its sort keys (keyset pagination): it reads no row twice, the last
 * page is as fast as the first if an index has the keys, and inserting or deleting rows between two pages does not shift the others. Its cursor
 * is an opaque text. `pageAt` skips rows by their number (offset pagination).
 *
 * Laws, if the keys leave no ties: the pages of `page`, and of `pageAt`, put together are all rows in that order; if rows are inserted between
 * two pages, no row occurs twice.
 */
import * as E from 'fp-ts/lib/Either.js'
import { and, eq, gt, isNotNull, isNull, lit, lt, or } from '../core/expr/Expr.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { asOrders } from '../core/syntax/guards.js'
import { literalOf } from '../core/syntax/operand.js'
import { type AnyExpr, type AnyQuery, expr, exprType, type Order, type Pred, type Query, query, type Shape } from '../core/syntax/Syntax.js'
import { rowOf, scopeOf } from '../core/syntax/scope.js'
import { attempting, type DbError, refuse, validationError } from '../core/value/DbError.js'
import { all } from './fetch.js'
import { bare, keyed } from './keyed.js'

/** The options of `page`. */
export interface PageOptions<S> {
  /** The sort keys. They must end with a unique key, or else rows may be skipped between pages. */
  readonly orderBy: (s: S) => readonly Order[]
  /** Rows per page. */
  readonly size: number
  /** The cursor of the previous page (`next`); null or omitted for the first page. */
  readonly after?: string | null
}

/** A page of rows. */
export interface Page<out A> {
  readonly rows: readonly A[]
  /** The cursor of the next page; null if this is the last one. */
  readonly next: string | null
}

// --- Cursors ----------------------------------------------------------------------------------

/** The values of the sort keys and a description of the keys, by which a cursor of another order is refused. */
interface Position {
  readonly keys: readonly string[]
  readonly values: readonly unknown[]
}

const keyDescriptions = (orders: readonly Order[]): readonly string[] =>
  orders.map(({ expr: e, direction, nulls }) => `${e.type.sql.tag} ${direction}${nulls === null ? '' : ` ${nulls}`}`)

/** A value of any type as JSON. */
const toJson = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return value.toISOString()
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

const fromJson = (e: AnyExpr, value: unknown): AnyExpr => {
  const type = { ...e.type, refine: null, nullable: true }
  const tag = type.sql.tag
  if (value === null) return literalOf(type, null)
  if (typeof value === 'string') {
    if (tag === 'bigint') return literalOf(type, /^-?\d+$/.test(value) ? BigInt(value) : value)
    if (tag === 'timestamp') return literalOf(type, new Date(value))
    if (tag === 'bytes') return literalOf(type, new Uint8Array(Buffer.from(value, 'base64')))
  }
  return literalOf(type, value)
}

const encodeCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url')

const decodeCursor = (cursor: unknown): Position | null => {
  try {
    const position = JSON.parse(Buffer.from(String(cursor), 'base64url').toString()) as Partial<Position> | null
    return Array.isArray(position?.keys) && Array.isArray(position.values) ? (position as Position) : null
  } catch {
    return null
  }
}

/** Whether a position belongs to an order with these keys. */
const isOf = (position: Position, keys: readonly string[]): boolean =>
  JSON.stringify(position.keys) === JSON.stringify(keys) && position.values.length === keys.length

const FOREIGN = validationError(['after'], 'this is not a cursor of this query and order: pass the `next` of a previous page')

// --- The rows after a position ----------------------------------------------------------------

const FALSE: Pred = lit(false)

/** Whether the row comes after a value of one key. */
const beyond = ({ expr: e, direction, nulls }: Order, value: AnyExpr): Pred => {
  const nullsLast = nulls === null ? direction === 'asc' : nulls === 'last'
  const isNothing = value.node.tag === 'literal' && value.node.value === null
  if (isNothing) return nullsLast || !e.type.nullable ? FALSE : isNotNull(e)
  const further = direction === 'asc' ? gt(e, value) : lt(e, value)
  return nullsLast && e.type.nullable ? or(further, isNull(e)) : further
}

const equal = ({ expr: e }: Order, value: AnyExpr): Pred =>
  value.node.tag === 'literal' && value.node.value === null ? (e.type.nullable ? isNull(e) : FALSE) : eq(e, value)

/** Whether the row comes after a position: by the first key, or with an equal first key by the rest. */
const after = (orders: readonly Order[], values: readonly AnyExpr[]): Pred => {
  const [order, ...rest] = orders
  const [value, ...others] = values
  if (order === undefined || value === undefined) return FALSE
  const further = beyond(order, value)
  return rest.length === 0 ? further : or(further, and(equal(order, value), after(rest, others)))
}

/** The sort keys without codecs, because a cursor has values as the database stores them. */
const bareOrders = (orders: readonly Order[]): readonly Order[] => orders.map(o => ({ ...o, expr: bare(o.expr) }))

/** The descriptions of a query's sort keys; empty for `zero`. */
const keysOf = (q: AnyQuery, orderBy: (s: any) => readonly Order[]): E.Either<DbError, readonly string[]> =>
  attempting('orderBy', () => {
    const row = rowOf(q)
    const orders = row === null ? null : orderBy(scopeOf(row))
    if (orders?.length === 0) refuse(validationError(['orderBy'], 'a page needs an order: end it with a unique key'))
    return orders === null ? [] : keyDescriptions(orders)
  })

const rowCount = (n: number): AnyExpr => expr({ tag: 'literal', value: BigInt(n) }, exprType({ tag: 'bigint' }))

const pageProblem = (what: string, n: number, least: number): DbError | null =>
  Number.isSafeInteger(n) && n >= least ? null : validationError([what], `expected an integer of at least ${least}`)

/**
 * The page of rows after a cursor, in an order, and the cursor of the next page. It runs one statement, which fetches one row more than the page has. The
 * order of the query itself is ignored, so the keys have to break all ties.
 */
export const page =
  <S>(options: PageOptions<S>) =>
  <A>(q: Query<S, A>): Program<Db, DbError, Page<A>> =>
  env =>
  async () => {
    const problem = pageProblem('size', options.size, 1)
    if (problem !== null) return E.left(problem)
    const cursor = options.after ?? null
    const position = cursor === null ? null : decodeCursor(cursor)
    if (cursor !== null && position === null) return E.left(FOREIGN)
    const orderBy = (scope: any): readonly Order[] => bareOrders(asOrders(options.orderBy(scope)))
    const known = keysOf(q, orderBy)
    if (E.isLeft(known)) return known
    const keys = known.right
    if (position !== null && !isOf(position, keys)) return E.left(FOREIGN)
    const isAfter = (s: any): Pred => {
      const orders = orderBy(s)
      const values = orders.map((o, i) => fromJson(o.expr, position?.values[i]))
      return values.some(v => v.node.tag === 'invalid') ? refuse(FOREIGN) : after(orders, values)
    }
    const rest: AnyQuery = position === null ? q : query({ tag: 'where', input: q, f: isAfter })
    const some = query({ tag: 'limit', input: query({ tag: 'orderBy', input: rest, f: orderBy }), count: rowCount(options.size + 1) })
    const values = (s: any): Shape => Object.fromEntries(orderBy(s).map((o, i) => [String(i), o.expr]))
    const found = await all(keyed<A, { readonly [i: string]: unknown }>(some, values))(env)()
    if (E.isLeft(found)) return found
    const rows = found.right.slice(0, options.size)
    const last = found.right.length > options.size ? rows[rows.length - 1] : undefined
    const next = last === undefined ? null : encodeCursor({ keys, values: keys.map((_, i) => toJson(last.key[String(i)])) })
    return E.right({ rows: rows.map(r => r.row), next })
  }

/** The options of `pageAt`. */
export interface PageAtOptions<S> {
  readonly orderBy: (s: S) => readonly Order[]
  /** Rows per page. */
  readonly size: number
  /** The number of the page, from 1. */
  readonly number: number
}

/** A page by its number. */
export interface NumberedPage<out A> {
  readonly rows: readonly A[]
  /** Whether there is a page after this one. */
  readonly hasNext: boolean
}

/** The n-th page of the rows in an order. Rows that are inserted or deleted between two pages shift the others; `page` avoids that. */
export const pageAt =
  <S>({ orderBy, size, number }: PageAtOptions<S>) =>
  <A>(q: Query<S, A>): Program<Db, DbError, NumberedPage<A>> =>
  env =>
  async () => {
    const problem = pageProblem('size', size, 1) ?? pageProblem('number', number, 1) ?? pageProblem('number', size * number, 1)
    if (problem !== null) return E.left(problem)
    const skipped = query({ tag: 'offset', input: query({ tag: 'orderBy', input: q, f: orderBy }), count: rowCount(size * (number - 1)) })
    const found = await all<unknown, A>(query({ tag: 'limit', input: skipped, count: rowCount(size + 1) }))(env)()
    return E.isLeft(found) ? found : E.right({ rows: found.right.slice(0, size), hasNext: found.right.length > size })
  }
