/**
 * The meaning of window functions: from the rows of a query to a value for each.
 *
 * The rows of a partition are sorted, stably, by the order of the window; rows with equal keys are peers. The default frame of a row
 * ends with its last peer, or is the whole partition without an order; a ROWS frame is given by distances. Aggregates are those of
 * `aggregate`, over the frame. `percentRank` and `cumeDist` are the quotients that SQL:2003 defines.
 */

import type { WindowCall } from '../core/syntax/Syntax.js'
import type { SqlType } from '../core/value/SqlType.js'
import { aggregateValue, type Member } from './aggregate.js'
import { compareKeys, grouped, type SortKey, sorted } from './order.js'
import type { Value } from './value.js'

/** The contribution of a row. */
export interface WindowMember {
  readonly partition: string
  readonly keys: readonly SortKey[]
  /** The member of an aggregate; for any other function its `value` is the argument. */
  readonly member: Member
}

/** The values of a window function, in the order of the rows. `result` is their type. */
export const windowValues = ({ of, order, frame }: WindowCall, result: SqlType, members: readonly WindowMember[]): readonly Value[] => {
  const values = new Map<WindowMember, Value>()
  for (const partition of grouped(members, m => m.partition)) {
    const rows = sorted(partition, m => m.keys)
    const arePeers = (i: number, j: number): boolean => compareKeys((rows[i] as WindowMember).keys, (rows[j] as WindowMember).keys) === 0
    let first = 0
    let last = -1
    let groups = 0
    for (const [i, row] of rows.entries()) {
      if (i > last) {
        first = i
        last = i
        while (last + 1 < rows.length && arePeers(i, last + 1)) last += 1
        groups += 1
      }
      const value = (at: number | undefined): Value => (at === undefined ? null : (rows[at]?.member.value ?? null))
      const from = frame === null || frame.from === null ? 0 : Math.max(0, i + frame.from)
      const to = frame === null ? (order.length === 0 ? rows.length - 1 : last) : Math.min(rows.length - 1, i + (frame.to ?? rows.length))
      const rowValue = (): Value => {
        if (of.tag === 'agg') {
          return aggregateValue(
            of,
            result,
            rows.slice(from, Math.max(from, to + 1)).map(m => m.member),
          )
        }
        const count = of.count ?? 1
        switch (of.fn) {
          case 'rowNumber':
            return BigInt(i + 1)
          case 'rank':
            return BigInt(first + 1)
          case 'denseRank':
            return BigInt(groups)
          case 'percentRank':
            return rows.length === 1 ? 0 : first / (rows.length - 1)
          case 'cumeDist':
            return (last + 1) / rows.length
          case 'ntile': {
            const size = Math.floor(rows.length / count)
            const larger = rows.length % count
            return BigInt(
              1 + (i < larger * (size + 1) ? Math.floor(i / (size + 1)) : larger + Math.floor((i - larger * (size + 1)) / size)),
            )
          }
          case 'lag':
            return value(i - count)
          case 'lead':
            return value(i + count)
          case 'firstValue':
            return value(from <= to ? from : undefined)
          case 'lastValue':
            return value(from <= to ? to : undefined)
          case 'nthValue':
            return value(from + count - 1 <= to ? from + count - 1 : undefined)
        }
      }
      values.set(row, rowValue())
    }
  }
  return members.map(m => values.get(m) ?? null)
}
