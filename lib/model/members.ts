/**
 * SQL's `IN` over a list of values.
 *
 * The meaning is a linear search. A long list of literals of one type is converted to a set once and cached, because a condition
 * searches it for each row.
 */
import type { AnyExpr } from '../core/syntax/Syntax.js'
import { among, type Operand, type Truth } from './scalar.js'
import { exact, identity, identityKind } from './value.js'

/** The length from which a list is converted to a set. */
const LONG = 16

interface Keys {
  readonly kind: string
  readonly values: ReadonlySet<unknown>
}

const known = new WeakMap<readonly AnyExpr[], Keys | null>()

const keysOf = (list: readonly AnyExpr[]): Keys | null => {
  const kind = identityKind((list[0] as AnyExpr).type.sql)
  const values = new Set<unknown>()
  for (const { node, type } of list) {
    if (kind === null || node.tag !== 'literal' || node.value === null || identityKind(type.sql) !== kind) return null
    values.add(identity(type.sql, exact(type.sql, node.value)))
  }
  return kind === null ? null : { kind, values }
}

/** Whether a value is in a list, null for unknown; `operand` evaluates a member. */
export const isMember = (a: Operand, list: readonly AnyExpr[], operand: (e: AnyExpr) => Operand): Truth => {
  if (list.length >= LONG && !known.has(list)) known.set(list, keysOf(list))
  const keys = known.get(list) ?? null
  if (keys === null || keys.kind !== identityKind(a.type)) return among(a, list.map(operand))
  return a.value === null ? null : keys.values.has(identity(a.type, a.value))
}
