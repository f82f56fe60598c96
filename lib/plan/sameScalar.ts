/**
 * Structural equality of scalars and orders.
 *
 * Two scalars are the same expression when their nodes are equal as data; their types are not compared. Functions inside, such as
 * those of `mapRow`, are compared by identity.
 */
import type { Scalar, SortKey } from './Rel.js'

/** Whether two parts of plans are equal as data. */
const isEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return left.length === right.length && left.every(([k, v]) => isEqual(v, (b as { readonly [k: string]: unknown })[k]))
}

/** Whether two scalars are the same expression. */
export const sameScalar = (a: Scalar, b: Scalar): boolean => isEqual(a.node, b.node)

/** Whether two orders have the same keys. */
export const sameOrder = (a: readonly SortKey[], b: readonly SortKey[]): boolean =>
  a.length === b.length &&
  a.every((k, i) => k.direction === b[i]?.direction && k.nulls === b[i]?.nulls && sameScalar(k.scalar, (b[i] as SortKey).scalar))
