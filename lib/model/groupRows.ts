/**
 * The rows of aggregations, and the columns that window functions add.
 *
 * The callback of an aggregation is applied to each row; what it returns for a row is a template in which every aggregate has that
 * row's argument. The arguments of one group make the members of an `aggregate`. Window functions work the same way over
 * the rows of a partition.
 */
import type { AggCall, AnyAgg, AnyExpr, AnyWin, ExprType, QueryNode, RowShape, WindowCall } from '../core/syntax/Syntax.js'
import { extend, rowOf, scopeOf, scopeOrNothing } from '../core/syntax/scope.js'
import { refuse } from '../core/value/DbError.js'
import { aggregateValue, type Member } from './aggregate.js'
import type { Evaluation } from './Evaluation.js'
import { exprValue, isTrue, sortKeys } from './exprValue.js'
import { literal } from './literals.js'
import { grouped } from './order.js'
import { identities, type Value } from './value.js'
import { type WindowMember, windowValues } from './windowFunctions.js'

/** One row for each group of input rows. */
export const groupRows = (
  ev: Evaluation,
  node: Extract<QueryNode, { readonly tag: 'aggregate' }>,
  input: readonly RowShape[],
): readonly RowShape[] => {
  const members = input.map(row => node.f(scopeOf(row)))
  const template = members[0] ?? node.f(scopeOrNothing(rowOf(node.input)))
  const keys = Object.entries(template).flatMap(([name, agg]) => (agg.node.tag === 'key' ? [name] : []))
  const keyOf = (member: { readonly [name: string]: AnyAgg }): string => identities(keys.map(name => keyValue(ev, member[name] as AnyAgg)))
  const groups = keys.length === 0 ? [members] : grouped(members, keyOf)
  return groups.map(group =>
    Object.fromEntries(
      Object.entries(template).map(([name, agg]) => {
        const value = columnOfGroup(
          ev,
          agg,
          group.map(m => m[name] as AnyAgg),
        )
        return [name, literal(value, agg.type)]
      }),
    ),
  )
}

const keyValue = (ev: Evaluation, { node, type }: AnyAgg): readonly [ExprType['sql'], Value] => [
  type.sql,
  node.tag === 'key' ? exprValue(ev, node.expr) : null,
]

/** The value of a key or aggregate of a group, given as each row of the group has it. A key has the same value in all of them. */
const columnOfGroup = (ev: Evaluation, agg: AnyAgg, group: readonly AnyAgg[]): Value => {
  if (agg.node.tag === 'invalid') return refuse(agg.node.error)
  if (agg.node.tag === 'key') return keyValue(ev, group[0] as AnyAgg)[1]
  return aggregateValue(
    agg.node,
    agg.type.sql,
    group.flatMap(({ node }) => (node.tag === 'agg' ? [memberOf(ev, node)] : [])),
  )
}

const memberOf = (ev: Evaluation, call: AggCall): Member => {
  const kept = call.filter === null || isTrue(ev, call.filter)
  return { kept, value: kept && call.arg !== null ? exprValue(ev, call.arg) : null, keys: kept ? sortKeys(ev, call.order) : [] }
}

/** The input rows with the values of window functions. */
export const windowRows = (
  ev: Evaluation,
  node: Extract<QueryNode, { readonly tag: 'window' }>,
  input: readonly RowShape[],
): readonly RowShape[] => {
  const calls = input.map(row => node.f(scopeOf(row)))
  const names = Object.keys(calls[0] ?? {})
  const columns = names.map(name =>
    windowColumn(
      ev,
      calls.map(wins => wins[name] as AnyWin),
    ),
  )
  return input.map((row, i) => extend(row, Object.fromEntries(names.map((name, j) => [name, columns[j]?.[i] as AnyExpr]))))
}

/** The values of one window function, given as each row has it. */
const windowColumn = (ev: Evaluation, wins: readonly AnyWin[]): readonly AnyExpr[] => {
  const calls = wins.map(({ node }) => (node.tag === 'invalid' ? refuse(node.error) : node))
  const members = calls.map(
    (call): WindowMember => ({
      partition: identities(call.partition.map(e => [e.type.sql, exprValue(ev, e)])),
      keys: sortKeys(ev, call.order),
      member:
        call.of.tag === 'agg'
          ? memberOf(ev, call.of)
          : { kept: true, value: call.of.arg === null ? null : exprValue(ev, call.of.arg), keys: [] },
    }),
  )
  const [{ type }, call] = [wins[0] as AnyWin, calls[0] as WindowCall]
  return windowValues(call, type.sql, members).map(v => literal(v, type))
}
