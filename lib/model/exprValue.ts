/**
 * The values of closed expressions.
 *
 * An expression is evaluated once: fields of a row may share it. A volatile one is evaluated at each use. `and`, `or`, `coalesce` and
 * `case` evaluate no more operands than they need, so that an operand which would fail is not reached. Sub-queries that do not
 * depend on the row are evaluated once too.
 */
import { outOfScope } from '../core/syntax/guards.js'
import type { AnyExpr, AnyQuery, Order, Pred, RowShape } from '../core/syntax/Syntax.js'
import { leaves, singleColumn } from '../core/syntax/scope.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { convert } from './casts.js'
import type { Evaluation } from './Evaluation.js'
import { isMember } from './members.js'
import type { SortKey } from './order.js'
import { uuid4 } from './random.js'
import { among, apply, both, negated, type Operand, type Truth } from './scalar.js'
import { exact, type Value } from './value.js'

/** The value of an expression. */
export const exprValue = (ev: Evaluation, e: AnyExpr): Value => {
  if (e.node.tag === 'literal') return exact(e.type.sql, e.node.value)
  const known = ev.values.get(e)
  if (known !== undefined) return known.value
  const value = evaluated(ev, e)
  if (e.volatile) return value
  ev.values.set(e, { value })
  return value
}

/** The value of an expression, with its type. */
const operand = (ev: Evaluation, e: AnyExpr): Operand => ({ value: exprValue(ev, e), type: e.type.sql })

const truth = (ev: Evaluation, p: Pred): Truth => exprValue(ev, p) as Truth

/** Whether a predicate is true: not false, and not null. */
export const isTrue = (ev: Evaluation, p: Pred): boolean => truth(ev, p) === true

/** The values of the sort keys of a row. */
export const sortKeys = (ev: Evaluation, orders: readonly Order[]): readonly SortKey[] =>
  orders.map(({ expr: e, direction, nulls }) => ({ ...operand(ev, e), direction, nulls }))

/** The rows of a query that a function of a row uses: where the query was made outside of that function, it is evaluated once. */
export const subqueryRows = (ev: Evaluation, q: AnyQuery): readonly RowShape[] => {
  const rows = ev.subqueries.get(q) ?? ev.rows(q)
  ev.subqueries.set(q, rows)
  return rows
}

const evaluated = (ev: Evaluation, e: AnyExpr): Value => {
  const n = e.node
  switch (n.tag) {
    case 'call':
      if (n.fn === 'and') return conjunction(ev, n.args)
      if (n.fn === 'or') return negated(conjunction(ev, n.args, negated))
      if (n.fn === 'now') return ev.startedAt
      if (n.fn === 'random') return Math.random()
      if (n.fn === 'randomUuid') return uuid4()
      if (n.fn === 'coalesce') return n.args.reduce<Value>((found, a) => found ?? exprValue(ev, a), null)
      return apply(
        n.fn,
        n.args.map(a => operand(ev, a)),
        e.type.sql,
      )
    case 'case':
      return exprValue(ev, (n.branches.find(([condition]) => isTrue(ev, condition)) ?? [null, n.otherwise])[1])
    case 'in':
      return isMember(operand(ev, n.operand), n.list, member => operand(ev, member))
    case 'cast':
      return convert(operand(ev, n.operand), e.type.sql)
    case 'exists':
      return subqueryRows(ev, n.query).length > 0
    case 'inQuery':
      return singleColumn(n.query) === null
        ? false
        : among(
            operand(ev, n.operand),
            subqueryRows(ev, n.query).map(row => operand(ev, onlyColumn(row))),
          )
    case 'scalar': {
      const [first] = subqueryRows(ev, n.query)
      return first === undefined ? null : exprValue(ev, onlyColumn(first))
    }
    case 'literal':
      return exact(e.type.sql, n.value)
    case 'invalid':
      return refuse(n.error)
    case 'raw':
      return refuse(unsupported('raw SQL', 'memory'))
    default:
      return outOfScope()
  }
}

/** Kleene's and, up to the first false. By De Morgan it is his or, with `negated` as `of` and applied to the result. */
const conjunction = (ev: Evaluation, args: readonly AnyExpr[], of: (t: Truth) => Truth = t => t): Truth => {
  let all: Truth = true
  for (const a of args) {
    all = both(all, of(truth(ev, a)))
    if (all === false) return false
  }
  return all
}

/** The expression of a row of one column. */
const onlyColumn = (row: RowShape): AnyExpr => (leaves(row)[0] as readonly [unknown, AnyExpr])[1]
