/**
 * Expressions without codecs: a part of `show`.
 *
 * A codec is a value of the program, and has no text. `canonicalExpr(e)` is the expression over canonical values that has the same SQL: literals
 * keep the values that the database stores, columns keep their SQL types. Functions of users are applied to columns with codecs, as they were
 * written for; what they return is made canonical before it is shown.
 *
 * Laws: `canonicalExpr(canonicalExpr(e)) = canonicalExpr(e)`; an expression without codecs is returned unchanged. Queries inside are left alone:
 * their expressions are made canonical when their functions are applied.
 */
import type { AnyExpr, ExprNode, ExprType } from '../core/syntax/Syntax.js'

/** The type without its codec. */
export const canonicalType = (type: ExprType): ExprType => (type.refine === null ? type : { ...type, refine: null })

const all = (es: readonly AnyExpr[]): readonly AnyExpr[] => {
  const made = es.map(canonicalExpr)
  return made.every((e, i) => e === es[i]) ? es : made
}

const canonicalNode = (node: ExprNode): ExprNode => {
  switch (node.tag) {
    case 'call':
    case 'raw': {
      const args = all(node.args)
      return args === node.args ? node : { ...node, args }
    }
    case 'case': {
      const parts = [...node.branches.flat(), node.otherwise]
      const made = all(parts)
      return made === parts
        ? node
        : {
            ...node,
            branches: node.branches.map((_, i) => [made[2 * i] as AnyExpr, made[2 * i + 1] as AnyExpr] as const),
            otherwise: made.at(-1) as AnyExpr,
          }
    }
    case 'in': {
      const parts = [node.operand, ...node.list]
      const made = all(parts)
      return made === parts ? node : { ...node, operand: made[0] as AnyExpr, list: made.slice(1) }
    }
    case 'cast':
    case 'inQuery': {
      const operand = canonicalExpr(node.operand)
      return operand === node.operand ? node : { ...node, operand }
    }
    default:
      return node
  }
}

/** The expression without codecs. */
export const canonicalExpr = (e: AnyExpr): AnyExpr => {
  const node = canonicalNode(e.node)
  return node === e.node && e.type.refine === null ? e : { ...e, node, type: canonicalType(e.type) }
}
