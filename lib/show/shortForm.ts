/**
 * The shortest way to write the operands of a call: a part of `show`.
 *
 * A combinator turns plain values into parameters and casts some operands: the node of `eq(a.id, 1)` holds a parameter of the column's
 * type, that of `div(a.n, 2)` two casts to float. So for each operand the shorter form is tried (the plain value, the operand without its
 * cast) and used where the combinator makes the same node of it.
 *
 * Law: the call with the chosen forms makes the node that is shown.
 */
import { isExpr } from '../core/syntax/guards.js'
import type { AnyExpr, ExprNode, ExprType } from '../core/syntax/Syntax.js'
import { attempting } from '../core/value/DbError.js'
import type { Doc } from './pretty.js'
import { MAX_LENGTH, valueDoc } from './showValue.js'

const sameValue = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && a.getTime() === b.getTime()
  const [ks, ls] = [Object.keys(a), Object.keys(b)]
  return ks.length === ls.length && ks.every(k => sameValue((a as { [k: string]: unknown })[k], (b as { [k: string]: unknown })[k]))
}

const sameType = (a: ExprType, b: ExprType): boolean => a.nullable === b.nullable && a.refine === b.refine && sameValue(a.sql, b.sql)

const sameExprs = (as: readonly AnyExpr[], bs: readonly AnyExpr[]): boolean =>
  as.length === bs.length && as.every((a, i) => sameExpr(a, bs[i] as AnyExpr))

/** Whether two nodes make the same expression, whatever objects they are. */
const sameNode = (a: ExprNode, b: ExprNode): boolean => {
  if (a === b) return true
  if (a.tag === 'literal' && b.tag === 'literal') return sameValue(a.value, b.value)
  if (a.tag === 'call' && b.tag === 'call') return a.fn === b.fn && sameExprs(a.args, b.args)
  if (a.tag === 'cast' && b.tag === 'cast') return sameExpr(a.operand, b.operand)
  if (a.tag === 'in' && b.tag === 'in') return sameExprs([a.operand, ...a.list], [b.operand, ...b.list])
  if (a.tag === 'case' && b.tag === 'case') return sameExprs([...a.branches.flat(), a.otherwise], [...b.branches.flat(), b.otherwise])
  return false
}

/** Whether two expressions have the same node and the same type. */
export const sameExpr = (a: AnyExpr, b: AnyExpr): boolean => sameNode(a.node, b.node) && sameType(a.type, b.type)

/** One form in which an operand can be given: its text, and what it is. */
interface Form {
  readonly doc: () => Doc
  readonly value: unknown
}

/** The plain value of a literal as users write it: with a codec, the decoded one. Of a long one the first `most` parts are shown. */
export const plainOf = (e: AnyExpr, most = MAX_LENGTH): Form | null => {
  if (e.node.tag !== 'literal' || e.node.value === null) return null
  const decoded = e.type.refine === null ? null : e.type.refine.decode(e.node.value)
  if (decoded !== null && decoded._tag === 'Left') return null
  const value: unknown = decoded === null ? e.node.value : decoded.right
  return { doc: () => valueDoc(value, most), value }
}

/** The operands in the shortest forms from which `make` makes the same node. */
export const shortForms = (
  whole: AnyExpr,
  operands: readonly AnyExpr[],
  make: (args: readonly unknown[]) => unknown,
  shown: (e: AnyExpr) => Doc,
  most = MAX_LENGTH,
): readonly Doc[] => {
  const full = operands.map((e): Form => ({ doc: () => shown(e), value: e }))
  const short = operands.map((e, i): Form => {
    const inner = e.node.tag === 'cast' ? e.node.operand : null
    return (inner === null ? plainOf(e, most) : { doc: () => shown(inner), value: inner }) ?? (full[i] as Form)
  })
  const makesIt = (forms: readonly Form[]): boolean => {
    const made = attempting('a combinator', () => make(forms.map(f => f.value)))
    return made._tag === 'Right' && isExpr(made.right) && sameNode(made.right.node, whole.node)
  }
  // some functions take numbers and patterns as plain values only, and nearly all take an expression first
  const start = [short, [...full.slice(0, 1), ...short.slice(1)]].find(makesIt) ?? full
  const forms = short.reduce((chosen, form, i) => {
    if (chosen[i]?.value === form.value) return chosen
    const shorter = chosen.map((f, j) => (i === j ? form : f))
    return makesIt(shorter) ? shorter : chosen
  }, start)
  return forms.map(f => f.doc())
}
