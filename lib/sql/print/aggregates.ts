/**
 * Aggregates and window functions as text.
 *
 * What the arguments mention is looked up where the call stands; a query inside an argument is printed as one in an aggregate, which
 * some engines limit. Constant sort and partition keys are left out: engines may take them for the number of a column.
 * A frame that leaves out its own row is guarded where the engine has no empty frames.
 */
import type { WindowFn } from '../../core/syntax/Syntax.js'
import { freeIn } from '../../plan/ids.js'
import type { AggScalar, WindowScalar } from '../../plan/Rel.js'
import { deciding, isConstant } from '../Block.js'
import { atom, type Printed } from '../CallPrinter.js'
import { type Fragment, join, list, sql, text } from '../Fragment.js'
import { alone, fragment, sortKey } from './operands.js'
import type { Env } from './Printer.js'

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

/** An aggregate call; `over` is the OVER clause with a leading blank, or empty. */
export const aggregate = (env: Env, agg: AggScalar, over = text('')): Printed => {
  const { dialect } = env.printer
  const inner = env.inAggregate ? env : { ...env, inAggregate: true }
  if (agg.arg !== null && agg.fn !== 'count' && agg.fn !== 'arrayAgg') dialect.assertComputable(agg.arg.type.sql)
  return dialect.aggregate({
    fn: agg.fn,
    arg: agg.arg === null ? null : alone(inner, agg.arg),
    argType: agg.arg?.type.sql ?? null,
    nullable: agg.arg?.type.nullable === true || agg.filter !== null,
    distinct: agg.distinct,
    constant: agg.arg !== null && (isConstant(agg.arg, env.block) || ![...freeIn([agg.arg])].some(id => env.block?.defs.has(id))),
    separator: text(dialect.text(agg.separator)),
    order: deciding(agg.order).map(k => sortKey(inner, k, undefined, dialect.nulls.apart)),
    filter: agg.filter === null ? null : fragment(inner, agg.filter),
    over,
  })
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
