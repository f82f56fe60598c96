/**
 * Parameters: which scalars are sent as parameters, and how an engine knows their types.
 *
 * In Postgres the placeholder of each parameter has its type. MySQL derives the type from the other
 * operand, and without one keeps that of the first value: `SELECT ?` with an integer, sent again with
 * a text, returns 0. So a parameter that stands alone, and the first of operands that are all
 * parameters, gets a cast (`Dialect.parameter`).
 */
import type { Scalar } from '../plan/Rel.js'

/** Whether a scalar is sent as a parameter: nulls and booleans are literals in the text. */
export const isParameter = (s: Scalar): boolean =>
  s.node.tag === 'param' || (s.node.tag === 'literal' && s.node.value !== null && s.type.sql.tag !== 'boolean')

/** The value of a parameter; null for a named one. */
export const valueOf = (s: Scalar): unknown => (s.node.tag === 'literal' ? s.node.value : null)
