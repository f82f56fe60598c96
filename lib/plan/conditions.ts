/**
 * Scalars that planning makes by itself: columns, boolean constants, conjunctions.
 *
 * A condition is a scalar of type boolean. `conjuncts` and `conjunction` convert between a condition and the list of
 * its conjuncts, in which null stands for the empty list: the condition that is always true.
 *
 * Law: `conjuncts(conjunction(all))` is `all` for a list of conditions that are no conjunctions themselves.
 */
import type { ExprType } from '../core/syntax/Syntax.js'
import type { Scalar } from './Rel.js'

/** The column of this id. */
export const column = (id: number, type: ExprType): Scalar => ({ node: { tag: 'column', id }, type })

const BOOLEAN: ExprType = { sql: { tag: 'boolean' }, nullable: false, refine: null }

/** A boolean constant. */
export const boolean = (value: boolean): Scalar => ({ node: { tag: 'literal', value }, type: BOOLEAN })

/** The conjuncts of a condition: `and` is flattened. */
export const conjuncts = (s: Scalar): readonly Scalar[] =>
  s.node.tag === 'call' && s.node.fn === 'and' ? s.node.args.flatMap(conjuncts) : [s]

/** The conjunction of conditions; null for none. */
export const conjunction = (all: readonly Scalar[]): Scalar | null => {
  const [first, ...rest] = all
  if (first === undefined || rest.length === 0) return first ?? null
  return { node: { tag: 'call', fn: 'and', args: all }, type: { ...BOOLEAN, nullable: all.some(s => s.type.nullable) } }
}

/** The conjunction of two conditions, null for none. */
export const both = (a: Scalar | null, b: Scalar | null): Scalar | null =>
  conjunction([...(a === null ? [] : conjuncts(a)), ...(b === null ? [] : conjuncts(b))])

/** Whether a scalar is the column of this id. */
export const isColumn = (s: Scalar, id: number | undefined): boolean => s.node.tag === 'column' && s.node.id === id

/** Whether a scalar is the literal of this value. */
export const isLiteral = (s: Scalar, value: unknown): boolean => s.node.tag === 'literal' && s.node.value === value
