/**
 * Operands: scalars with the brackets, casts and slots that they need at a place.
 *
 * `fragment` brackets an expression that binds less tightly than its place. The other functions are for places that do not tell a
 * parameter its type: `alone` gives it a cast, `inside` prints a value that may become that of the whole expression, and `together`
 * prints operands of one type, of which one has to carry it.
 */
import { isLiteral } from '../../plan/conditions.js'
import type { Scalar } from '../../plan/Rel.js'
import type { Def } from '../Block.js'
import type { Place } from '../Dialect.js'
import { type Fragment, parens, type Slot, slot } from '../Fragment.js'
import { isParameter, valueOf } from '../parameters.js'
import type { Env } from './Printer.js'

/** What a column id is, and the place of the block that has it; null for a column outside the statement. */
export const lookUp = (env: Env, id: number): { readonly def: Def; readonly env: Env } | null => {
  for (let e: Env | null = env; e !== null; e = e.parent) {
    const def = e.block?.defs.get(id)
    if (def !== undefined) return { def, env: e }
  }
  return null
}

/** Prints an expression at a place that binds as tightly as `minimum`. */
export type PrintOperand = (env: Env, s: Scalar, minimum?: number) => Fragment

/** An expression, in brackets where it binds less tightly than `minimum`. */
export const fragment: PrintOperand = (env, s, minimum = 0) => {
  const printed = env.printer.scalar(env, s)
  return printed.level < minimum ? parens(printed.fragment) : printed.fragment
}

/** A parameter at a place: always the same slot for the same scalar. */
export const parameter = ({ printer: { slots, dialect } }: Env, s: Scalar, place: Place): Fragment => {
  const n = s.node
  const known: Slot =
    slots.get(s) ?? (n.tag === 'param' ? { tag: 'named', name: n.name, type: s.type } : { tag: 'value', value: valueOf(s), type: s.type })
  slots.set(s, known)
  return dialect.parameter(slot(known), s.type.sql, place)
}

/** As `fragment`, where the context does not tell a parameter its type. */
export const alone = (env: Env, s: Scalar): Fragment => {
  const own = resolved(env, s)
  if (isLiteral(own, null)) return env.printer.dialect.nullOf(own.type.sql, 'alone')
  return isParameter(own) ? parameter(env, own, 'alone') : fragment(env, s)
}

/** The expression that a column is computed as. */
const resolved = (env: Env, s: Scalar): Scalar => {
  const def = s.node.tag === 'column' ? lookUp(env, s.node.id)?.def : undefined
  return def?.tag === 'scalar' ? resolved(env, def.scalar) : s
}

/** As `fragment`, where the value may become that of the enclosing expression. */
export const inside: PrintOperand = (env, s, minimum = 0) => (isParameter(s) ? parameter(env, s, 'inside') : fragment(env, s, minimum))

/** Operands of one type: where all are parameters, the first has to tell it. */
export const together = (env: Env, all: readonly Scalar[], other: PrintOperand = fragment): ((s: Scalar, minimum?: number) => Fragment) => {
  const first = all.every(s => isParameter(s) || isLiteral(s, null)) ? all.find(isParameter) : undefined
  return (s, minimum) => (s === first ? alone(env, s) : other(env, s, minimum))
}

/** An expression as an element of a JSON array. */
export const cell = (env: Env, s: Scalar): Fragment => {
  const { dialect } = env.printer
  return s.node.tag === 'nested' ? dialect.embedJson(fragment(env, s)) : dialect.toJson(alone(env, s), s.type.sql, s.node.tag !== 'column')
}
