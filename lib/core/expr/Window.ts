/**
 * Window functions: what `Q.window` computes for each row from other rows.
 *
 * A `Win<A>` denotes, for each row of a query, an `A` computed from the rows of its partition, in the window's order. It is neither an `Expr`
 * nor an `Agg`: it stands in `Q.window` only; afterwards its value is an `Expr`, for `where` and all other steps.
 *
 * Aggregates, `firstValue`, `lastValue` and `nthValue` look at the frame of a row. With an order it is the rows up to the row and its peers (rows
 * with equal keys), otherwise the whole partition; `rows` gives it by distances. Among peers the result of `rowNumber`, `ntile`, `lag`, `lead`
 * and frames by `rows` is not determined: end the order with a unique key where that matters.
 *
 * Laws: without an order `over` is the aggregate of the rows of the partition; `rank` is one more than the number of rows before; `lag` by n is
 * the value of the row whose number is n less.
 */

import { asOrders } from '../syntax/guards.js'
import { argOfType, argument, refused } from '../syntax/operand.js'
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

/** The rows of the window: those with equal values of these expressions (null equals null). Default: all rows. */
export interface Partition {
  readonly partitionBy?: readonly AnyExpr[]
}

/** A partition with an order. */
export interface Ordered extends Partition {
  readonly orderBy: readonly Order[]
}

/** A partition with an optional order and frame. */
export interface Framed extends Partition {
  readonly orderBy?: readonly Order[]
  /** The frame by distances to the current row: `{ from: -6, to: 0 }` are seven rows. A missing bound is that of the partition. */
  readonly rows?: { readonly from?: number; readonly to?: number }
}

const INT = exprType({ tag: 'int' })
const FLOAT = exprType({ tag: 'float' })

const refusedWin = (error: DbError, type: ExprType): AnyWin => ({ [MADE]: true, kind: 'win', node: { tag: 'invalid', error }, type })

const frameOf = ({ rows, orderBy = [] }: Framed): Frame | null | DbError => {
  if (rows === undefined) return null
  const { from = null, to = null } = rows
  const isDistance = (n: number | null): boolean => n === null || Number.isSafeInteger(n)
  if (!isDistance(from) || !isDistance(to)) return validationError(['rows'], 'a distance is an integer, negative for rows before')
  if (from !== null && to !== null && from > to)
    return validationError(['rows'], 'a frame must not end before it starts: from is greater than to')
  return orderBy.length === 0 ? validationError(['rows'], 'a frame of rows needs orderBy') : { from, to }
}

const windowed = (of: WindowCall['of'], options: Framed, type: ExprType): AnyWin => {
  const { partitionBy = [], orderBy = [] } = options
  const orders = attempting('orderBy', () => asOrders(orderBy))
  if (orders._tag === 'Left') return refusedWin(orders.left, type)
  if (!Array.isArray(partitionBy)) return refusedWin(validationError(['partitionBy'], 'expected a list of expressions'), type)
  const partition = partitionBy.map(e => argOfType('partitionBy', e, COMPARABLE))
  const bad = refused([...(of.arg === null ? [] : [of.arg]), ...partition, ...orders.right.map(o => o.expr)])
  if (bad?.node.tag === 'invalid') return refusedWin(bad.node.error, type)
  const frame = frameOf(options)
  if (frame !== null && '_tag' in frame) return refusedWin(frame, type)
  return { [MADE]: true, kind: 'win', node: { tag: 'window', of, partition, order: orders.right, frame }, type }
}

/** A function that requires an order. */
const framed = (fn: WindowFn, options: Framed, type: ExprType, arg: AnyExpr | null = null, count: number | null = null): AnyWin =>
  Array.isArray(options?.orderBy) && options.orderBy.length > 0
    ? windowed({ tag: 'function', fn, arg, count }, options, type)
    : refusedWin(validationError(['orderBy'], `${fn} needs an order`), type)

/** A function that requires an order and looks at the whole partition, not at a frame. */
const inOrder = (fn: WindowFn, options: Ordered, type: ExprType, arg: AnyExpr | null = null, count: number | null = null): AnyWin =>
  framed(fn, { partitionBy: options?.partitionBy ?? [], orderBy: options?.orderBy ?? [] }, type, arg, count)

/** Checks an integer argument. */
const counted = (what: string, n: number, least: number, type: ExprType, make: () => AnyWin): AnyWin =>
  Number.isSafeInteger(n) && n >= least && n < 2 ** 31
    ? make()
    : refusedWin(validationError([what], `expected an integer of at least ${least} and less than 2^31`), type)

/** The number of the row within its partition, from 1. */
export const rowNumber = (options: Ordered): Win<number> => inOrder('rowNumber', options, INT)

/** One more than the number of rows before. Peers have the same rank, and the rank after them leaves a gap. */
export const rank = (options: Ordered): Win<number> => inOrder('rank', options, INT)

/** Like `rank`, without gaps: one more than the number of distinct keys before. */
export const denseRank = (options: Ordered): Win<number> => inOrder('denseRank', options, INT)

/** `(rank - 1) / (rows of the partition - 1)`; 0 if the partition has one row. */
export const percentRank = (options: Ordered): Win<number> => inOrder('percentRank', options, FLOAT)

/** The fraction of the partition's rows that are before the row or its peers: more than 0, at most 1. */
export const cumeDist = (options: Ordered): Win<number> => inOrder('cumeDist', options, FLOAT)

/** The number, from 1, of the row's group when the partition is divided into `groups` groups of equal size; the first groups take the remainder. */
export const ntile = (groups: number, options: Ordered): Win<number> =>
  counted('ntile', groups, 1, INT, () => inOrder('ntile', options, INT, null, groups))

/** The options of `lag` and `lead`. */
export interface Apart extends Ordered {
  /** The distance in rows. Default: 1. */
  readonly by?: number
}

const apart = (fn: 'lag' | 'lead', given: AnyExpr, options: Apart): AnyWin => {
  const e = argument(given)
  const type = { ...e.type, nullable: true }
  const by = options?.by ?? 1
  return counted('by', by, 0, type, () => inOrder(fn, options, type, e, by))
}

/** The value in a preceding row; null if there is none. */
export const lag = <A>(e: Expr<A>, options: Apart): Win<A | null> => apart('lag', e, options)

/** The value in a following row; null if there is none. */
export const lead = <A>(e: Expr<A>, options: Apart): Win<A | null> => apart('lead', e, options)

const edge = (fn: 'firstValue' | 'lastValue' | 'nthValue', given: AnyExpr, options: Framed, count: number | null = null): AnyWin => {
  const e = argument(given)
  return framed(fn, options, { ...e.type, nullable: true }, e, count)
}

/** The value in the first row of the frame; null if the frame is empty. */
export const firstValue = <A>(e: Expr<A>, options: Ordered & Framed): Win<A | null> => edge('firstValue', e, options)

/** The value in the last row of the frame; null if the frame is empty. Without `rows` the frame ends with the row and its peers. */
export const lastValue = <A>(e: Expr<A>, options: Ordered & Framed): Win<A | null> => edge('lastValue', e, options)

/** The value in the n-th row of the frame, from 1; null if the frame has fewer rows. */
export const nthValue = <A>(e: Expr<A>, n: number, options: Ordered & Framed): Win<A | null> =>
  counted('nthValue', n, 1, { ...argument(e).type, nullable: true }, () => edge('nthValue', e, options, n))

/** An aggregate over each row's frame: `pipe(sum(s.amount), over({ orderBy: [asc(s.day)] }))` is a running total. */
export const over =
  (options: Framed) =>
  <A>(agg: Agg<A>): Win<A> => {
    const { node, type }: AnyAgg = agg
    if (node.tag === 'invalid') return refusedWin(node.error, type)
    if (node.tag === 'key') return refusedWin(unsupported('a group key over a window', 'query-ts', 'use partitionBy'), type)
    const refusal = node.distinct ? `${node.fn} of distinct values` : AGGREGATES[node.fn].framed ? null : node.fn
    return refusal === null
      ? windowed(node, options, type)
      : refusedWin(unsupported(`${refusal} over a window`, 'query-ts', 'aggregate, and bind the groups'), type)
  }
