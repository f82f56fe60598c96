/**
 * The meaning of aggregates: functions from the rows of a group to a value.
 *
 * A member is the contribution of one row: the value of the argument, whether the filter holds, the sort keys. The count of an empty
 * group is 0, any other aggregate of it is null. Nulls are skipped, except by `arrayAgg`. Sums of integers and numerics are exact and
 * only the result must fit its type. The mean is a float, of the exact sum and the count.
 */

import type { AggCall } from '../core/syntax/Syntax.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { isInteger, type SqlType, showSqlType } from '../core/value/SqlType.js'
import { grouped, type SortKey, sorted } from './order.js'
import { compare, finite, floatOf, identity, inType, type Value } from './value.js'

/** The contribution of a row to an aggregate. */
export interface Member {
  /** The value of the argument; null for `count(*)`. */
  readonly value: Value
  readonly kept: boolean
  readonly keys: readonly SortKey[]
}

/** The exact sum of numbers; floats are added in the given order. */
const total = (type: SqlType, values: readonly Value[]): bigint | number => {
  if (isInteger(type) || type.tag === 'numeric') return (values as readonly bigint[]).reduce((a, b) => a + b, 0n)
  if (type.tag === 'float') return finite((values as readonly number[]).reduce((a, b) => a + b, 0))
  return refuse(unsupported(`a sum of ${showSqlType(type)}`, 'query-ts'))
}

const inOrder = (type: SqlType, values: readonly Value[]): readonly Value[] => [...values].sort((a, b) => compare(a, type, b, type))

/** The most frequent value, the least of several. */
const mostFrequent = (type: SqlType, values: readonly Value[]): Value => {
  const groups = grouped(inOrder(type, values), v => identity(type, v))
  return groups.reduce((most, group) => (group.length > most.length ? group : most), [])[0] as Value
}

const percentile = (type: SqlType, values: readonly Value[], fraction: number): number => {
  const all = inOrder(type, values).map(v => floatOf(type, v))
  const at = fraction * (all.length - 1)
  const [below, above] = [all[Math.floor(at)] as number, all[Math.ceil(at)] as number]
  return finite(below + (at - Math.floor(at)) * (above - below))
}

/** The value of an aggregate over a group. `result` is the type of the value. */
export const aggregateValue = (call: AggCall, result: SqlType, members: readonly Member[]): Value => {
  const kept = sorted(
    members.filter(m => m.kept),
    m => m.keys,
  ).map(m => m.value)
  if (call.arg === null) return BigInt(kept.length)
  const type = call.arg.type.sql
  if (call.fn === 'arrayAgg') return kept.length === 0 ? null : kept
  const present = kept.filter(v => v !== null)
  const values = call.distinct ? grouped(present, v => identity(type, v)).map(([first]) => first as Value) : present
  if (call.fn === 'count') return BigInt(values.length)
  if (values.length === 0) return null
  switch (call.fn) {
    case 'boolAnd':
      return values.every(v => v === true)
    case 'boolOr':
      return values.some(v => v === true)
    case 'mode':
      return mostFrequent(type, values)
    case 'percentileCont':
      return percentile(type, values, call.fraction)
    case 'sum':
      return inType(result, total(type, values))
    case 'avg':
      return finite(floatOf(type, total(type, values)) / values.length)
    case 'min':
      return values.reduce((a, b) => (compare(b, type, a, type) < 0 ? b : a))
    case 'max':
      return values.reduce((a, b) => (compare(b, type, a, type) > 0 ? b : a))
    case 'stringAgg':
      return (call.distinct ? inOrder(type, values) : values).join(call.separator)
  }
}
