/**
 * Window functions as text: the OVER clause, and the functions that need one.
 *
 * Constant sort and partition keys are left out: engines may take them for the number of a column. A frame that leaves out its own row is
 * guarded where the engine has no empty frames (`frameCanBeEmpty`), and a rank without an order has ORDER BY NULL where the engine
 * requires one (`ranksWithoutOrder`). Aggregates over a window are printed by `aggregates`.
 */
import type { WindowFn } from '../../core/syntax/Syntax.js'
import type { AggScalar, WindowScalar } from '../../plan/Rel.js'
import { deciding, isConstant } from '../Block.js'
import { atom, type Printed } from '../CallPrinter.js'
import { type Fragment, join, list, sql, text } from '../Fragment.js'
import { aggregate } from './aggregates.js'
import { alone, fragment } from './operands.js'
import type { Env } from './Printer.js'
import { sortKey } from './sortKeys.js'

const WINDOW_WORDS: { readonly [fn in WindowFn]: string } = {
  rowNumber: 'row_number',
  rank: 'rank',
  denseRank: 'dense_rank',
  percentRank: 'percent_rank',
  cumeDist: 'cume_dist',
  ntile: 'ntile',
  lag: 'lag',
  lead: 'lead',
  firstValue: 'first_value',
  lastValue: 'last_value',
  nthValue: 'nth_value',
}

/** Window functions that number rows. */
const RANKS: readonly WindowFn[] = ['rowNumber', 'rank', 'denseRank', 'ntile']

/** An end of a frame; null is the end of the partition on that side. */
const edge = (distance: number | null, side: 'PRECEDING' | 'FOLLOWING'): string => {
  if (distance === null) return `UNBOUNDED ${side}`
  return distance === 0 ? 'CURRENT ROW' : `${Math.abs(distance)} ${distance < 0 ? 'PRECEDING' : 'FOLLOWING'}`
}

/** A window function, or an aggregate over a window. */
export const windowed = (env: Env, { of, partition, order, frame }: WindowScalar): Printed => {
  const keys = deciding(order, env.block).map(k => sortKey(env, k))
  const by = partition.filter(s => !isConstant(s, env.block)).map(s => fragment(env, s))
  const parts = [
    ...(by.length === 0 ? [] : [sql`PARTITION BY ${list(by)}`]),
    ...(keys.length > 0 ? [sql`ORDER BY ${list(keys)}`] : []),
    // an order of constants only: all rows are peers
    ...(keys.length === 0 && order.length > 0 && !env.printer.dialect.ranksWithoutOrder ? [text('ORDER BY NULL')] : []),
    ...(frame === null ? [] : [text(`ROWS BETWEEN ${edge(frame.from, 'PRECEDING')} AND ${edge(frame.to, 'FOLLOWING')}`)]),
  ]
  const over = sql` OVER (${join(parts, ' ')})`
  const printed = 'filter' in of ? aggregate(env, of, over) : called(env, of, over)
  const leavesRowOut = frame !== null && ((frame.from ?? 0) > 0 || (frame.to ?? 0) < 0)
  if (!leavesRowOut || env.printer.dialect.frameCanBeEmpty) return printed
  const several = sql`count(*) OVER (${by.length === 0 ? text('') : sql`PARTITION BY ${list(by)}`}) > 1`
  return atom(sql`CASE WHEN ${several} THEN ${printed.fragment}${of.fn === 'count' ? ' ELSE 0' : ''} END`)
}

const called = (env: Env, of: Exclude<WindowScalar['of'], AggScalar>, over: Fragment): Printed => {
  const arg = of.arg === null ? [] : [alone(env, of.arg)]
  const count = of.count === null ? [] : [text(String(of.count))]
  const value = sql`${WINDOW_WORDS[of.fn]}(${list([...arg, ...count])})${over}`
  return atom(RANKS.includes(of.fn) ? env.printer.dialect.castRank(value) : value)
}
