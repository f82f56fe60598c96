/**
 * The other operand of a set operation: a query with the same fields of the same types.
 *
 * It is either the same query under another condition, so that the operands have rows in common, or another query mapped to the same
 * fields. Rows with `mapRow` or nested collections can't be combined and have no other operand.
 */

import type { RowShape } from '../../lib/core/syntax/Syntax.js'
import { visit } from '../../lib/core/syntax/scope.js'
import { append, onRows } from './assemble.js'
import { type AnyFunction, apply, type Code, list, pure, record } from './Code.js'
import { call, columnOf } from './combinators.js'
import { expression, literal, predicate } from './expression.js'
import { kindOf } from './Kind.js'
import { columnsIn, type ExprCode, typed } from './scopeCode.js'
import type { QueryCode, Writer } from './Writer.js'

/** Code of a row of the same shape, with expressions over what is in scope; null if the shape has parts that can't be generated. */
export const alike = (w: Writer, row: RowShape): Code<unknown> | null => {
  const v = visit(row)
  if (v.tag === 'record') {
    const fields = Object.entries(v.fields).map(([name, f]) => [name, alike(w, f)] as const)
    return fields.some(([, code]) => code === null) ? null : record(fields as readonly (readonly [string, Code<unknown>])[])
  }
  if (v.tag !== 'leaf' || v.leaf.kind !== 'expr') return null
  const { type } = v.leaf
  const kind = kindOf(type)
  if (kind === null) return null
  const given = shortened(w, fitted(w, expression(w, kind, w.choices.pick([0, 0, 1])), type), type)
  if (!type.nullable || given.type.nullable) return given
  const column = columnOf({ ...given.type, nullable: false })
  return column === null ? given : call('Expr', 'caseWhen', list([list([predicate(w, 0), given])]), call('Expr', 'nullOf', column))
}

/** An expression with the number of fraction digits of a type. */
const fitted = (w: Writer, e: ExprCode, type: ExprCode['type']): ExprCode => {
  const [from, to] = [e.type.sql, type.sql]
  if (from.tag === to.tag && (from.tag !== 'numeric' || to.tag !== 'numeric' || from.scale === to.scale)) return e
  if (from.tag === 'numeric' && to.tag === 'numeric' && from.scale < to.scale) {
    return typed(
      w.vars,
      apply(call('Expr', 'cast', call('Column', 'numeric', pure(String(to.precision), to.precision), pure(String(to.scale), to.scale))), e),
    )
  }
  return kindOf(type) === 'text' ? e : typed(w.vars, literal(w, { ...type, nullable: false }))
}

/**
 * A text for a column with a length: a column unchanged, any other text cut to fit, because engines may reject a constant that does not
 * fit even if no row has it.
 */
const shortened = (w: Writer, e: ExprCode, { sql }: ExprCode['type']): ExprCode => {
  const isColumn = columnsIn(w.vars).some(c => c.text === e.text)
  if (sql.tag !== 'varchar' || isColumn) return e
  return typed(w.vars, call('Expr', 'substring', e, pure('1', 1), pure(String(sql.length), sql.length)))
}

export const otherSide = (w: Writer, q: QueryCode): QueryCode | null => {
  const { row } = q
  const restricted = (): QueryCode | null => {
    if (row === null || q.text.length > 1500) return null
    const f = onRows(w, row, inner => predicate(inner, inner.choices.pick([0, 1]))) as Code<AnyFunction>
    return append(w, q, call('Q', 'where', f))
  }
  if (w.choices.below(2) === 0) return restricted()
  const other = w.rows()
  if (row === null) return other
  if (other === null || other.row === null) return restricted()
  const f = onRows(w, other.row, inner => alike(inner, row))
  if (f === null) return restricted()
  const mapped = append(w, other, call('Q', 'map', f), { unique: null })
  return mapped === other ? restricted() : mapped
}
