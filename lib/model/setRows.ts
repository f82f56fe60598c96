/**
 * The rows of set operations, recursions and full joins: of queries that combine the rows of several.
 *
 * A set operation brings the rows of its operands to one form and compares them as wholes. A recursion is evaluated level by level. A
 * full join has the matching pairs, then the rows of either side that match none, each with the other side missing.
 */
import type { AnyQuery, QueryNode, RowShape } from '../core/syntax/Syntax.js'
import { recursiveRow, rowOf, scopeOf } from '../core/syntax/scope.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { distinctRows, evaluatedRow, fitted, rowIdentity } from './distinctRows.js'
import type { Evaluation } from './Evaluation.js'
import { isTrue } from './exprValue.js'
import { missing, present } from './literals.js'

type SetNode = Extract<QueryNode, { readonly tag: 'set' }>

/** Bounds of a recursion, which may have no end. */
const MOST_LEVELS = 100_000
const MOST_RECURSIVE_ROWS = 1_000_000

/** The rows of the input, then those that follow from them, a level at a time, until a level has none (of a closure, no new one). */
export const recursiveRows = (
  ev: Evaluation,
  { input, f, distinct: isClosure }: Extract<QueryNode, { readonly tag: 'recursive' }>,
  first: readonly RowShape[],
): readonly RowShape[] => {
  const fit = fitted(ev, recursiveRow(rowOf(input) as RowShape, f))
  const found: RowShape[] = []
  const known = new Set<string>()
  const isNew = (row: RowShape): boolean => {
    const id = rowIdentity(ev, row)
    return !known.has(id) && known.add(id) !== undefined
  }
  let level = first.map(fit)
  for (let levels = 0; level.length > 0; levels += 1) {
    if (levels > MOST_LEVELS || found.length > MOST_RECURSIVE_ROWS) {
      return refuse(
        unsupported(`a recursion of more than ${MOST_LEVELS} levels or ${MOST_RECURSIVE_ROWS} rows`, 'memory', 'it may have no end'),
      )
    }
    const added = isClosure ? level.filter(isNew) : level
    for (const row of added) found.push(row)
    level = added.flatMap(row => ev.rows(f(scopeOf(row))).map(fit))
  }
  return found
}

/** The rows of a full join. */
export const fullJoinRows = (
  ev: Evaluation,
  { left, right, on }: Extract<QueryNode, { readonly tag: 'fullJoin' }>,
): readonly RowShape[] => {
  const [ls, rs] = [ev.rows(left), ev.rows(right)]
  const matches = (l: RowShape, r: RowShape): boolean => isTrue(ev, on(scopeOf(l), scopeOf(r)))
  const none = { left: missing(rowOf(left)), right: missing(rowOf(right)) }
  return [
    ...ls.flatMap(l => {
      const partners = rs.filter(r => matches(l, r))
      return (partners.length === 0 ? [none.right] : partners.map(present)).map(r => ({ left: present(l), right: r }))
    }),
    ...rs.filter(r => !ls.some(l => matches(l, r))).map(r => ({ left: none.left, right: present(r) })),
  ]
}

/** The operands of a set operation, with those of nested operations of the same kind: a long chain is one operation. */
const operandsOf = ({ operator, left, right }: SetNode): readonly AnyQuery[] => {
  const found: AnyQuery[] = []
  const pending = [right, left]
  for (let q = pending.pop(); q !== undefined; q = pending.pop()) {
    // `except` is not associative: a nested one on the right side stays an operand
    if (q.node.tag !== 'set' || q.node.operator !== operator || (operator === 'except' && found.length > 0)) found.push(q)
    else pending.push(q.node.right, q.node.left)
  }
  return found
}

/** The rows of a set operation `q` with this node. */
export const setRows = (ev: Evaluation, q: AnyQuery, node: SetNode): readonly RowShape[] => {
  const { operator } = node
  const operands = operandsOf(node)
  const shapes = operands.map(o => rowOf(o))
  // with `zero` on a side there may be nothing to compare
  if (shapes[0] === null && operator === 'except') return []
  if (shapes.includes(null) && operator === 'intersect') return []
  const shape = shapes.filter(s => s !== null).length > 1 ? rowOf(q) : null
  /** A row of any side in the form of the first one, with types that hold the values of all. */
  const united = shape !== null ? fitted(ev, shape) : (row: RowShape) => (operator === 'unionAll' ? row : evaluatedRow(ev, row))
  const sides = operands.map(o => ev.rows(o).map(united))
  if (operator === 'unionAll') return sides.flat()
  if (operator === 'union') return distinctRows(ev, sides.flat())
  const [first = [], ...others] = sides
  const identityOf = (row: RowShape): string => rowIdentity(ev, row)
  if (operator === 'except') {
    const ids = new Set(others.flat().map(identityOf))
    return distinctRows(ev, first).filter(row => !ids.has(identityOf(row)))
  }
  const ids = others.map(side => new Set(side.map(identityOf)))
  return distinctRows(ev, first).filter(row => ids.every(side => side.has(identityOf(row))))
}
