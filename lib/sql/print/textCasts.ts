/**
 * Casts of texts: the condition under which a text has the form of a value of the type.
 *
 * Engines' own casts take more forms than the decisions do, or fail on a malformed text. `scalars` casts a text only where it
 * matches, and makes it null elsewhere. A cast keeps its one condition, so that a group key is the same scalar each time it
 * is printed.
 */
import type { SqlType } from '../../core/value/SqlType.js'
import { patternOf } from '../../core/value/textForms.js'
import type { Scalar } from '../../plan/Rel.js'

const literal = (value: unknown, tag: 'text' | 'int'): Scalar => ({
  node: { tag: 'literal', value },
  type: { sql: { tag }, nullable: false, refine: null },
})

/** The condition that the operand of a cast is a text of the right form; null where every text is. */
export const castCondition = (s: Scalar, operand: Scalar): Scalar | null => {
  if (!conditions.has(s)) conditions.set(s, makeCondition(s.type.sql, operand))
  return conditions.get(s) ?? null
}

const conditions = new WeakMap<Scalar, Scalar | null>()

const makeCondition = (to: SqlType, operand: Scalar): Scalar | null => {
  const type = { sql: { tag: 'boolean' }, nullable: operand.type.nullable, refine: null } as const
  const length: Scalar = { node: { tag: 'call', fn: 'length', args: [operand] }, type: { ...type, sql: { tag: 'int' } } }
  if (to.tag === 'enum') return { node: { tag: 'in', operand, list: to.values.map(v => literal(v, 'text')) }, type }
  if (to.tag === 'varchar') return { node: { tag: 'call', fn: 'lte', args: [length, literal(to.length, 'int')] }, type }
  if (to.tag === 'char') return { node: { tag: 'call', fn: 'eq', args: [length, literal(to.length, 'int')] }, type }
  const pattern = patternOf(to)
  return pattern === null ? null : { node: { tag: 'call', fn: 'matches', args: [operand, literal(pattern, 'text')] }, type }
}
