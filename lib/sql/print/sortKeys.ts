/**
 * Sort keys: an expression, its direction, and where nulls stand.
 *
 * Nulls are larger than every value by default (S4). Where the engine's default differs, or a key states a place for nulls, the key is printed
 * with NULLS FIRST or NULLS LAST, or by a key `IS NULL` before it on engines without that clause. What decides is the dialect's field
 * `nulls`. Keys that are constant are left out before, by `deciding` of `Block`.
 */
import type { SortKey } from '../../plan/Rel.js'
import { level } from '../CallPrinter.js'
import type { Dialect } from '../Dialect.js'
import { type Fragment, sql } from '../Fragment.js'
import { fragment } from './operands.js'
import type { Env } from './Printer.js'

/** Where the nulls of a sort key have to be placed explicitly; null where the engine's default is right. */
export const explicitNulls = (nulls: Dialect['nulls'], k: SortKey, isApart = true): 'FIRST' | 'LAST' | null => {
  if (!k.scalar.type.nullable) return null
  const last = k.nulls === null ? k.direction === 'asc' : k.nulls === 'last'
  return isApart && last === (nulls.largest === (k.direction === 'asc')) ? null : last ? 'LAST' : 'FIRST'
}

/** A sort key; `as` is its label or position in the SELECT, where it has one. */
export const sortKey = (env: Env, k: SortKey, as?: Fragment, isApart = true): Fragment => {
  const { dialect } = env.printer
  dialect.assertComputable(k.scalar.type.sql)
  const key = as ?? fragment(env, k.scalar, level.comparison + 1)
  const direction = k.direction === 'asc' ? '' : ' DESC'
  const nulls = explicitNulls(dialect.nulls, k, isApart)
  if (nulls === null) return sql`${key}${direction}`
  if (dialect.nulls.clause) return sql`${key}${direction} NULLS ${nulls}`
  const whole = as === undefined ? key : fragment(env, k.scalar, level.comparison + 1)
  return sql`${whole} IS NULL${nulls === 'LAST' ? '' : ' DESC'}, ${key}${direction}`
}
