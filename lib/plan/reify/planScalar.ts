/**
 * From expressions to scalars.
 *
 * An expression that is used twice is planned once, and its scalar shared. SQL has no sharing: the scalar is written out at each use,
 * so fields that are made of each other again and again grow exponentially. Beyond `MOST_SIZE` operations the query is refused.
 *
 * A sub-query that reads no table and has at most one row becomes a plain expression (`singleRowScalar`).
 */
import { asExpr, outOfScope } from '../../core/syntax/guards.js'
import type { AnyExpr } from '../../core/syntax/Syntax.js'
import { singleColumn } from '../../core/syntax/scope.js'
import { refuse, unsupported } from '../../core/value/DbError.js'
import { FALSE, ONE, singleRowScalar, TRUE } from '../build.js'
import type { Plan, Scalar } from '../Rel.js'
import type { Planning } from './Planning.js'

const MOST_SIZE = 500_000
const TOO_LARGE = unsupported(
  `an expression of more than ${MOST_SIZE} operations, written out`,
  'query-ts',
  'give what is used more than once a query of its own, as with cte',
)

/** The plan of an expression. */
export const planScalar = (p: Planning, e: AnyExpr): Scalar => {
  const known = p.scalars.get(asExpr(e))
  if (known !== undefined) return known
  if ((e.size ?? 1) > MOST_SIZE) refuse(TOO_LARGE)
  const s: Scalar = { node: scalarNode(p, e), type: e.type }
  p.scalars.set(e, s)
  return s
}

const scalarNode = (p: Planning, e: AnyExpr): Scalar['node'] => {
  const n = e.node
  const scalar = (x: AnyExpr): Scalar => planScalar(p, x)
  switch (n.tag) {
    case 'invalid':
      return refuse(n.error)
    case 'literal':
    case 'param':
      return n
    case 'ref':
      return n.scope === p.scalars ? { tag: 'column', id: n.id } : outOfScope()
    case 'call':
      return { tag: 'call', fn: n.fn, args: n.args.map(scalar) }
    case 'raw':
      return { tag: 'raw', text: n.text, args: n.args.map(scalar) }
    case 'case':
      return { tag: 'case', branches: n.branches.map(([c, v]) => [scalar(c), scalar(v)] as const), otherwise: scalar(n.otherwise) }
    case 'in':
      return { tag: 'in', operand: scalar(n.operand), list: n.list.map(scalar) }
    case 'cast':
      return { tag: 'cast', operand: scalar(n.operand) }
    case 'exists': {
      const found = p.plan(n.query)
      return singleRowScalar(found, TRUE, FALSE) ?? { tag: 'exists', plan: found }
    }
    case 'inQuery': {
      if (singleColumn(n.query) === null) return FALSE.node
      const found = p.plan(n.query)
      const [operand, only] = [scalar(n.operand), found.outputs[0]?.scalar]
      const isEqual: Scalar | undefined = only && { node: { tag: 'call', fn: 'eq', args: [operand, only] }, type: e.type }
      return singleRowScalar(found, isEqual, FALSE) ?? { tag: 'inQuery', operand, plan: found }
    }
    case 'scalar': {
      const found = p.plan(n.query)
      const none: Scalar = { node: { tag: 'literal', value: null }, type: e.type }
      return singleRowScalar(found, found.outputs[0]?.scalar, none) ?? { tag: 'scalar', plan: firstOnly(found) }
    }
  }
}

/** The plan limited to its first row, unless it has only one. */
const firstOnly = (p: Plan): Plan => {
  const single = (p.rel.tag === 'aggregate' && p.rel.keys.length === 0) || p.rel.tag === 'unit'
  return single ? p : { ...p, rel: { tag: 'limit', input: p.rel, order: p.order, count: ONE, offset: null } }
}
