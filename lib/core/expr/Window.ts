/**
 * Window functions: what `Q.window` computes of the rows around each row.
 *
 * A `Win<A>` denotes, for each row of a query, an `A` of the rows of its partition, in the window's order. It is neither an
 * `Expr` nor an `Agg`: it stands in `Q.window` only, and its value is an `Expr` afterwards, for `where` and everything else.
 *
 * The frame of a row, which aggregates, `firstValue`, `lastValue` and `nthValue` look at: with an order the rows up to the row and those
 * alike, else the whole partition; `rows` says it by distances. Under ties `rowNumber`, `ntile`, `lag`, `lead` and frames by
 * `rows` have any answer that the order admits: end the order with a key where that matters.
 *
 * Laws: without an order `over` is the aggregate of the rows with the same partition; `rank` is one more than the rows before;
 * `lag` of n is the value of the row whose number is n less.
 */

import { asOrders } from '../syntax/guards.js'
import { argument, refused, taken } from '../syntax/operand.js'
import {
  type Agg,
  type AnyAgg,
  type AnyExpr,
  type AnyWin,
  type Expr,
  type ExprType,
  exprType,
  type Frame,
  MADE,
  type Order,
  type Win,
  type WindowCall,
  type WindowFn,
} from '../syntax/Syntax.js'
import { attempting, type DbError, unsupported, validationError } from '../value/DbError.js'
import { COMPARABLE } from '../value/typeSets.js'
import { AGGREGATES } from './aggregates.js'

export type { Win } from '../syntax/Syntax.js'

/** Which rows are looked at: those with equal values of some expressions, null being equal to null. Left out, all. */
export interface Partition {
  readonly partitionBy?: readonly AnyExpr[]
}

/** The order in which they are looked at. */
export interface Ordered extends Partition {
  readonly orderBy: readonly Order[]
}

export interface Framed extends Partition {
  readonly orderBy?: readonly Order[]
  /** The rows of the frame, by their distance to the row: `{ from: -6, to: 0 }` are seven rows. An end left out is that of the partition. */
  readonly rows?: { readonly from?: number; readonly to?: number }
}

const INT = exprType({ tag: 'int' })
const FLOAT = exprType({ tag: 'float' })

const refusedWin = (error: DbError, type: ExprType): AnyWin => ({ [MADE]: true, kind: 'win', node: { tag: 'invalid', error }, type })

const frameOf = ({ rows, orderBy = [] }: Framed): Frame | null | DbError => {
  if (rows === undefined) return null
  const { from = null, to = null } = rows
  const isDistance = (n: number | null): boolean => n === null || Number.isSafeInteger(n)
  if (!isDistance(from) || !isDistance(to))
    return validationError(['rows'], 'a distance of rows is a whole number, negative for rows before')
  if (from !== null && to !== null && from > to) return validationError(['rows'], 'a frame ends after its beginning: from is more than to')
  return orderBy.length === 0 ? validationError(['rows'], 'a frame of rows needs orderBy, which says what comes before') : { from, to }
}

const windowed = (of: WindowCall['of'], options: Framed, type: ExprType): AnyWin => {
  const { partitionBy = [], orderBy = [] } = options
  const orders = attempting('orderBy', () => asOrders(orderBy))
  if (orders._tag === 'Left') return refusedWin(orders.left, type)
  if (!Array.isArray(partitionBy)) return refusedWin(validationError(['partitionBy'], 'expected a list of expressions'), type)
  const partition = partitionBy.map(e => taken('partitionBy', e, COMPARABLE))
  const bad = refused([...(of.arg === null ? [] : [of.arg]), ...partition, ...orders.right.map(o => o.expr)])
  if (bad?.node.tag === 'invalid') return refusedWin(bad.node.error, type)
  const frame = frameOf(options)
  if (frame !== null && '_tag' in frame) return refusedWin(frame, type)
  return { [MADE]: true, kind: 'win', node: { tag: 'window', of, partition, order: orders.right, frame }, type }
}

/** A function that means nothing without an order. */
const framed = (fn: WindowFn, options: Framed, type: ExprType, arg: AnyExpr | null = null, count: number | null = null): AnyWin =>
  Array.isArray(options?.orderBy) && options.orderBy.length > 0
    ? windowed({ tag: 'function', fn, arg, count }, options, type)
    : refusedWin(validationError(['orderBy'], `${fn} needs an order`), type)

/** The same of a function that looks at the whole partition, and not at a frame. */
const inOrder = (fn: WindowFn, options: Ordered, type: ExprType, arg: AnyExpr | null = null, count: number | null = null): AnyWin =>
  framed(fn, { partitionBy: options?.partitionBy ?? [], orderBy: options?.orderBy ?? [] }, type, arg, count)

/** A whole number from 1 that the call says. */
const counted = (what: string, n: number, least: number, type: ExprType, make: () => AnyWin): AnyWin =>
  Number.isSafeInteger(n) && n >= least && n < 2 ** 31
    ? make()
    : refusedWin(validationError([what], `expected a whole number from ${least} on, and less than 2^31`), type)

/** The number of the row in its partition, from 1. */
export const rowNumber = (options: Ordered): Win<number> => inOrder('rowNumber', options, INT)

/** One more than the number of rows before; rows that are alike have the same, and the next ones leave a gap. */
export const rank = (options: Ordered): Win<number> => inOrder('rank', options, INT)

/** As `rank`, without gaps: one more than the number of different keys before. */
export const denseRank = (options: Ordered): Win<number> => inOrder('denseRank', options, INT)

/** `(rank - 1) / (rows of the partition - 1)`, and 0 of one row. */
export const percentRank = (options: Ordered): Win<number> => inOrder('percentRank', options, FLOAT)

/** The part of the partition's rows that come before, or are the row or alike: more than 0, at most 1. */
export const cumeDist = (options: Ordered): Win<number> => inOrder('cumeDist', options, FLOAT)

/** The group of the row, from 1, when the partition is cut into `groups` of the same size; the first ones take what is over. */
export const ntile = (groups: number, options: Ordered): Win<number> =>
  counted('ntile', groups, 1, INT, () => inOrder('ntile', options, INT, null, groups))

export interface Apart extends Ordered {
  /** How many rows lie between; 1 unless told. */
  readonly by?: number
}

const apart = (fn: 'lag' | 'lead', given: AnyExpr, options: Apart): AnyWin => {
  const e = argument(given)
  const type = { ...e.type, nullable: true }
  const by = options?.by ?? 1
  return counted('by', by, 0, type, () => inOrder(fn, options, type, e, by))
}

/** The value in a row before; null where there is none. */
export const lag = <A>(e: Expr<A>, options: Apart): Win<A | null> => apart('lag', e, options)

/** The value in a row after; null where there is none. */
export const lead = <A>(e: Expr<A>, options: Apart): Win<A | null> => apart('lead', e, options)

const edge = (fn: 'firstValue' | 'lastValue' | 'nthValue', given: AnyExpr, options: Framed, count: number | null = null): AnyWin => {
  const e = argument(given)
  return framed(fn, options, { ...e.type, nullable: true }, e, count)
}

/** The value in the first row of the frame; null where the frame has none. */
export const firstValue = <A>(e: Expr<A>, options: Ordered & Framed): Win<A | null> => edge('firstValue', e, options)

/** The value in the last row of the frame, which ends, unless `rows` says otherwise, with the row and those alike. */
export const lastValue = <A>(e: Expr<A>, options: Ordered & Framed): Win<A | null> => edge('lastValue', e, options)

/** The value in the n-th row of the frame, from 1; null where the frame has less. */
export const nthValue = <A>(e: Expr<A>, n: number, options: Ordered & Framed): Win<A | null> =>
  counted('nthValue', n, 1, { ...argument(e).type, nullable: true }, () => edge('nthValue', e, options, n))

/** An aggregate of the rows of each row's frame: `pipe(sum(s.amount), over({ orderBy: [asc(s.day)] }))` is a running total. */
export const over =
  (options: Framed) =>
  <A>(agg: Agg<A>): Win<A> => {
    const { node, type }: AnyAgg = agg
    if (node.tag === 'invalid') return refusedWin(node.error, type)
    if (node.tag === 'key') return refusedWin(unsupported('a group key over a window', 'query-ts', 'use partitionBy'), type)
    const refusal = node.distinct ? `${node.fn} of different values` : AGGREGATES[node.fn].framed ? null : node.fn
    return refusal === null
      ? windowed(node, options, type)
      : refusedWin(unsupported(`${refusal} over a window`, 'query-ts', 'aggregate, and bind the groups'), type)
  }
