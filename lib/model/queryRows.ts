/**
 * The rows of queries, by comprehension over arrays.
 *
 * Each case is the equation in the doc comment of the combinator. Rows are evaluated only when something reads them, so a field
 * that is never read can't fail.
 */
import { expanded } from '../core/query/groupingSets.js'
import type { AnyExpr, AnyQuery, QueryNode, RowShape } from '../core/syntax/Syntax.js'
import { distinctKeys, extend, rowOf, scopeOf, scopeOrNothing, withoutNull } from '../core/syntax/scope.js'
import { refuse, validationError } from '../core/value/DbError.js'
import { distinctRows } from './distinctRows.js'
import type { Evaluation } from './Evaluation.js'
import { exprValue, isTrue, sortKeys } from './exprValue.js'
import { groupRows, windowRows } from './groupRows.js'
import { literals, missing, present } from './literals.js'
import { grouped, sorted } from './order.js'
import { fullJoinRows, recursiveRows, setRows } from './setRows.js'
import { candidates, tableRows } from './tableRows.js'
import { identities, type Value } from './value.js'

type Step = Exclude<Extract<QueryNode, { readonly input: AnyQuery }>, { readonly tag: 'aggregate' | 'where' | 'groupingSets' }>

/** The rows of a query, each a row of closed expressions, in one of the orders that the query admits. */
export const queryRows = (ev: Evaluation, q: AnyQuery): readonly RowShape[] => {
  const { node } = q
  switch (node.tag) {
    case 'from':
      return tableRows(ev, node.table)
    case 'of':
      return [node.shape]
    case 'zero':
      return []
    case 'values':
      return node.rows.map(row =>
        literals(node.types, Object.fromEntries(Object.entries(row).map(([field, e]) => [field, exprValue(ev, e)]))),
      )
    case 'unnest':
      return ((exprValue(ev, node.array) ?? []) as readonly Value[]).map((element, i) =>
        literals(node.types, { position: i + 1, value: element }),
      )
    case 'set':
      return setRows(ev, q, node)
    case 'prepared':
      return queryRows(ev, node.prepared.f(node.values))
    case 'aggregate':
      return groupRows(ev, node, queryRows(ev, node.input))
    case 'groupingSets':
      return queryRows(ev, expanded(node, scopeOrNothing(rowOf(node.input))))
    case 'fullJoin':
      return fullJoinRows(ev, node)
    case 'where':
      return candidates(ev, node)
        .filter(row => isTrue(ev, node.f(scopeOf(row))))
        .map(row => withoutNull(row, node.present))
    default:
      return stepRows(ev, node, queryRows(ev, node.input))
  }
}

const stepRows = (ev: Evaluation, node: Step, input: readonly RowShape[]): readonly RowShape[] => {
  switch (node.tag) {
    case 'map':
      return input.map(row => node.f(scopeOf(row)))
    case 'mapRow':
      return input.map(row => ({ kind: 'mapped', row, f: node.f }))
    case 'flatMap':
      return input.flatMap(row => queryRows(ev, node.f(scopeOf(row))))
    case 'bind':
      return input.flatMap(row => queryRows(ev, node.f(scopeOf(row))).map(inner => extend(row, { [node.name]: inner })))
    case 'bindLeft':
      return input.flatMap(row => {
        const right = node.f(scopeOf(row))
        const found = queryRows(ev, right)
        const sides = found.length === 0 ? [missing(rowOf(right))] : found.map(present)
        return sides.map(side => extend(row, { [node.name]: side }))
      })
    case 'let':
      return input.map(row => extend(row, { [node.name]: node.f(scopeOf(row)) }))
    case 'distinct':
      return distinctRows(ev, input)
    case 'distinctOn': {
      const keysOf = (row: RowShape): string => identities(distinctKeys(node.f(scopeOf(row))).map(e => [e.type.sql, exprValue(ev, e)]))
      return grouped(input, keysOf).map(([first]) => first as RowShape)
    }
    case 'cte':
    case 'lock':
      return input
    case 'recursive':
      return recursiveRows(ev, node, input)
    case 'window':
      return windowRows(ev, node, input)
    case 'orderBy':
      return sorted(input, row => sortKeys(ev, node.f(scopeOf(row))))
    case 'limit':
      return input.slice(0, rowCount(ev, node.count))
    case 'offset':
      return input.slice(rowCount(ev, node.count))
  }
}

const rowCount = (ev: Evaluation, e: AnyExpr): number => {
  const count = exprValue(ev, e)
  return typeof count === 'bigint' && count >= 0n
    ? Number(count)
    : refuse(validationError([], 'limit and offset must be non-negative integers'))
}
