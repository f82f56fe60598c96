/**
 * Parameters: which scalars are sent as one, and where nothing tells an engine their type.
 *
 * Postgres is told the type of every parameter. MySQL derives it from what stands beside, and keeps
 * the type of the first value where nothing does: `SELECT ?` of an integer, sent again with a text,
 * answers 0. So a parameter that stands alone, and the first of those that stand only with each other,
 * is printed as the dialect wants it to be told.
 */
import type { Scalar } from '../plan/Rel.js'

/** Whether a scalar is sent as a parameter: nulls and truth values are written out. */
export const isParameter = (s: Scalar): boolean =>
  s.node.tag === 'param' || (s.node.tag === 'literal' && s.node.value !== null && s.type.sql.tag !== 'boolean')

export const valueOf = (s: Scalar): unknown => (s.node.tag === 'literal' ? s.node.value : null)
