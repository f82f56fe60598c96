/**
 * Orders, written by choices, and the order that leaves nothing open.
 *
 * What `limit`, `offset`, `first` and `scalar` answer depends on the order, and under ties on the
 * engine. A total order has among its keys a key of the rows, or else every column, so that rows it
 * does not tell apart are equal. Random keys stand before those, in both directions and with nulls
 * at either end, so that orders are tested and not only had.
 */

import { leaves } from '../../lib/core/syntax/scope.js'
import { hasOrder } from '../../lib/core/value/SqlType.js'
import type { Code, Variable } from './Code.js'
import { call } from './combinators.js'
import { expression, someKind } from './expression.js'
import { type ExprCode, ownColumns } from './scopeCode.js'
import type { Writer } from './Writer.js'

/** A sort key on an expression. */
const keyOn = (w: Writer, e: ExprCode): Code<unknown> => {
  const directed = call('Expr', w.choices.pick(['asc', 'asc', 'desc']), e)
  const nulls = w.choices.weighted([
    [4, null],
    [1, 'nullsFirst'],
    [1, 'nullsLast'],
  ] as const)
  return nulls === null ? directed : call('Expr', nulls, directed)
}

/** Some sort keys on expressions over what is in scope. */
export const someKeys = (w: Writer): readonly Code<unknown>[] => {
  const count = w.choices.pick([1, 0, 2])
  return Array.from({ length: count }, () => keyOn(w, expression(w, someKind(w, true), w.choices.below(2))))
}

/** Keys that leave no tie between different rows, or null where a row has parts without an order. */
export const totalKeys = (w: Writer, unique: readonly (readonly string[])[] | null): readonly Code<unknown>[] | null => {
  const own = w.vars[w.vars.length - 1] as Variable
  const columns = ownColumns(w.vars)
  if (unique !== null) {
    const names = new Set(unique.map(path => path.join('.')))
    return columns.filter(c => names.has(c.path.join('.'))).map(c => call('Expr', 'asc', c))
  }
  if (leaves(own.scope).some(([, leaf]) => leaf.kind === 'nested' || !hasOrder(leaf.type.sql))) return null
  return columns.map(c => call('Expr', 'asc', c))
}
