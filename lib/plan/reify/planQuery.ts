/**
 * From queries to relations, one step of the query at a time.
 *
 * Each case plans its input, applies the function of the step to the input's row, and puts a relation on top. `map`, `let` and `mapRow`
 * leave no trace in the relation: they only change which expressions the row consists of. An order is kept next to the
 * relation until a limit or the whole plan uses it.
 */
import { misplaced } from '../../core/query/locking.js'
import { asFilter, asOrders, asQuery } from '../../core/syntax/guards.js'
import type { AnyExpr, AnyQuery, Order, QueryNode, RowShape } from '../../core/syntax/Syntax.js'
import { distinctKeys, extend, joinable, scopeOf, visit, withoutNull } from '../../core/syntax/scope.js'
import { join, MISSING } from '../build.js'
import { type Built, EMPTY, type Planning } from './Planning.js'
import { planAggregate, planGroupingSets } from './planAggregate.js'
import { planCte, planRecursive } from './planDefinition.js'
import { planFullJoin, withPresence } from './planJoin.js'
import { columnsNamed, computed, rowNamed, sortKey } from './planRow.js'
import { planSet } from './planSet.js'
import { planDistinctOn, planWindow } from './planWindow.js'

type Step = Exclude<
  QueryNode,
  { tag: 'from' | 'of' | 'zero' | 'values' | 'unnest' | 'set' | 'fullJoin' | 'prepared' | 'groupingSets' | 'cte' | 'lock' }
>

/** Sorts by some keys, then by those of an earlier order. A later key with the same expression decides nothing and is dropped. */
const sortedFirstBy = (first: readonly Order[], then: readonly Order[]): readonly Order[] => {
  const used = new Set(first.map(o => o.expr))
  return [...first, ...then.filter(o => !used.has(o.expr) || o.expr.volatile === true)]
}

/** The relation and row of a query. */
export const planQuery = (p: Planning, q: AnyQuery): Built => {
  const { node } = asQuery(q)
  switch (node.tag) {
    case 'from': {
      const columns = columnsNamed(p, node.table.types)
      return { rel: { tag: 'scan', table: node.table, columns }, row: rowNamed(p, columns), order: [] }
    }
    case 'of':
      visit(node.shape)
      return { rel: { tag: 'unit' }, row: node.shape, order: [] }
    case 'zero':
      return EMPTY
    case 'values': {
      const columns = columnsNamed(p, node.types)
      const rows = node.rows.map(row => columns.map(c => p.scalar(row[c.name] as AnyExpr)))
      return { rel: { tag: 'values', columns, rows }, row: rowNamed(p, columns), order: [] }
    }
    case 'unnest': {
      const columns = columnsNamed(p, node.types)
      return { rel: { tag: 'elements', array: p.scalar(node.array), columns }, row: rowNamed(p, columns), order: [] }
    }
    case 'set':
      return planSet(p, node)
    case 'fullJoin':
      return planFullJoin(p, node)
    case 'prepared':
      return planQuery(p, node.prepared.f(node.values))
    case 'groupingSets':
      return planGroupingSets(p, node)
    case 'cte':
      return planCte(p, q, node)
    case 'lock':
      return misplaced(node.lock)
    default: {
      const input = planQuery(p, node.input)
      if (input.row === null) return node.tag === 'aggregate' ? planAggregate(p, input, node.f) : EMPTY
      return planStep(p, node, input, input.row)
    }
  }
}

const planStep = (p: Planning, node: Step, input: Built, row: RowShape): Built => {
  const scope = scopeOf(row)
  switch (node.tag) {
    case 'where':
      return {
        ...input,
        rel: { tag: 'filter', input: input.rel, predicate: p.scalar(asFilter(node.f(scope), 'where')) },
        row: withoutNull(row, node.present),
      }
    case 'map': {
      const mapped: RowShape = node.f(scope)
      visit(mapped)
      return { ...input, row: mapped }
    }
    case 'mapRow':
      return { ...input, row: { kind: 'mapped', row, f: node.f } }
    case 'let':
      return { ...input, row: extend(row, { [node.name]: node.f(scope) }) }
    case 'flatMap': {
      const inner = planQuery(p, node.f(scope))
      return inner.row === null ? EMPTY : { rel: join('inner', input.rel, inner.rel, null), row: inner.row, order: [] }
    }
    case 'bind': {
      const inner = planQuery(p, node.f(scope))
      if (inner.row === null) return EMPTY
      return { rel: join('inner', input.rel, inner.rel, node.name), row: extend(joinable(row), { [node.name]: inner.row }), order: [] }
    }
    case 'bindLeft': {
      const inner = planQuery(p, node.f(scope))
      if (inner.row === null) return { rel: input.rel, row: extend(row, { [node.name]: MISSING }), order: [] }
      const { rel, present } = withPresence(p, inner.rel)
      return {
        rel: join('left', input.rel, rel, node.name),
        row: extend(joinable(row), { [node.name]: { kind: 'maybe', present, row: inner.row } }),
        order: [],
      }
    }
    case 'aggregate':
      return planAggregate(p, input, node.f)
    case 'window':
      return planWindow(p, input, row, node.f(scope))
    case 'distinct': {
      const made = computed(p, row, 'distinct')
      return { rel: { tag: 'distinct', input: input.rel, columns: made.columns }, row: made.row, order: [] }
    }
    case 'distinctOn':
      return planDistinctOn(p, input, distinctKeys(node.f(scope)))
    case 'recursive':
      return planRecursive(p, node, input, row)
    case 'orderBy':
      return { ...input, order: sortedFirstBy(asOrders(node.f(scope)), input.order) }
    case 'limit':
    case 'offset': {
      const count = p.scalar(node.count)
      const limits = node.tag === 'limit' ? { count, offset: null } : { count: null, offset: count }
      return { ...input, rel: { tag: 'limit', input: input.rel, order: input.order.map(o => sortKey(p, o)), ...limits } }
    }
  }
}
