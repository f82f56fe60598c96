/**
 * Checks of queries: each step, with its function applied once to a row of symbols.
 *
 * A symbol is an expression that has a type and no value, so steps are checked even where no row reaches them. Every check returns the
 * static row of the query, which the next step is applied to; null where the query has no rows of a known shape. Columns that
 * no step reads are not checked.
 */
import { expanded } from '../core/query/groupingSets.js'
import { misplaced } from '../core/query/locking.js'
import { asAggregates, asFilter, asOrders, asQuery, asWindows } from '../core/syntax/guards.js'
import type { AnyAgg, AnyExpr, AnyQuery, AnyWin, QueryNode, RowShape } from '../core/syntax/Syntax.js'
import { exprType, symbol } from '../core/syntax/Syntax.js'
import {
  distinctKeys,
  extend,
  joinable,
  leaves,
  mapLeaves,
  recursiveRow,
  rowOf,
  scopeOf,
  scopeOrNothing,
  symbolsOf,
  unite,
  visit,
  withoutNull,
} from '../core/syntax/scope.js'
import { stable } from '../core/syntax/volatile.js'
import { refuse } from '../core/value/DbError.js'
import { type Checks, checkAggCall, checkComparable, checkExpr, checkExprs, checkOrder } from './checkExpr.js'
import { type Database, stored } from './Database.js'

type Step = Exclude<Extract<QueryNode, { readonly input: AnyQuery }>, { readonly tag: 'aggregate' | 'groupingSets' | 'lock' }>

const PRESENT = symbol(exprType({ tag: 'boolean' }))

const optional = (row: RowShape | null): RowShape => ({ kind: 'maybe', present: PRESENT, row: row ?? {} })

/** The checks of one query or command against the tables of a database. They refuse; call them inside `attempting`. */
export const checksOn = (db: Database): Checks => {
  const c: Checks = { db, seen: new Set(), params: new Set(), query: q => checkQuery(c, q) }
  return c
}

/** Checks a whole query: its steps, and the columns of its rows. Nested collections refuse volatile expressions. */
export const checkQuery = (c: Checks, q: AnyQuery, isNested = false): void => {
  const row = checkSteps(c, q)
  if (row !== null) checkColumns(c, row, isNested)
}

/** Checks the columns of a row. */
export const checkColumns = (c: Checks, row: RowShape, isNested = false): void => {
  for (const [, leaf] of leaves(row)) {
    if (leaf.kind === 'nested') checkQuery(c, leaf.query, true)
    else checkExpr(c, isNested ? stable(leaf, 'a nested collection') : leaf)
  }
}

/** Checks what the steps of a query read, and returns its static row. */
export const checkSteps = (c: Checks, q: AnyQuery): RowShape | null => {
  const { node } = asQuery(q)
  switch (node.tag) {
    case 'from':
      stored(c.db, node.table)
      return symbolsOf(node.table.types)
    case 'of':
      visit(node.shape)
      return node.shape
    case 'zero':
      return null
    case 'values':
      for (const row of node.rows) for (const field of Object.keys(node.types)) checkExpr(c, row[field] as AnyExpr)
      return symbolsOf(node.types)
    case 'unnest':
      checkExpr(c, node.array)
      return symbolsOf(node.types)
    case 'set':
      return checkSet(c, node)
    case 'fullJoin':
      return checkFullJoin(c, node)
    case 'groupingSets':
      return checkSteps(c, expanded(node, scopeOrNothing(rowOf(node.input))))
    case 'lock':
      return misplaced(node.lock)
    case 'prepared':
      return checkSteps(c, node.prepared.f(node.values))
    default: {
      const input = checkSteps(c, node.input)
      if (node.tag === 'aggregate') return checkAggregates(c, asAggregates(node.f(scopeOrNothing(input))))
      return input === null ? null : checkStep(c, node, input)
    }
  }
}

const checkStep = (c: Checks, node: Step, row: RowShape): RowShape | null => {
  const scope = scopeOf(row)
  switch (node.tag) {
    case 'where':
      checkExpr(c, asFilter(node.f(scope), 'where'))
      return withoutNull(row, node.present)
    case 'map': {
      const mapped: RowShape = node.f(scope)
      visit(mapped)
      return mapped
    }
    case 'mapRow':
      return { kind: 'mapped', row, f: node.f }
    case 'let':
      return extend(row, { [node.name]: node.f(scope) })
    case 'flatMap':
      return checkSteps(c, node.f(scope))
    case 'bind': {
      const inner = checkSteps(c, node.f(scope))
      return inner === null ? null : extend(joinable(row), { [node.name]: inner })
    }
    case 'bindLeft':
      return extend(joinable(row), { [node.name]: optional(checkSteps(c, node.f(scope))) })
    case 'distinct':
      checkComparable(c, row, 'distinct')
      return mapLeaves(row, leaf => symbol(leaf.type))
    case 'distinctOn':
      checkExprs(c, distinctKeys(node.f(scope)))
      return row
    case 'cte':
      return joinable(row, 'a cte')
    case 'recursive': {
      checkComparable(c, row, 'recursive')
      const shape = recursiveRow(row, node.f)
      checkQuery(c, node.f(scopeOf(shape)))
      return shape
    }
    case 'window':
      return extend(row, checkWindows(c, asWindows(node.f(scope))))
    case 'orderBy':
      checkOrder(c, asOrders(node.f(scope)))
      return row
    case 'limit':
    case 'offset':
      checkExpr(c, node.count)
      return row
  }
}

const checkWindows = (c: Checks, wins: { readonly [name: string]: AnyWin }): { readonly [name: string]: AnyExpr } => {
  for (const { node } of Object.values(wins)) {
    if (node.tag === 'invalid') {
      refuse(node.error)
      continue
    }
    if (node.of.tag === 'agg') checkAggCall(c, node.of)
    else if (node.of.arg !== null) checkExpr(c, node.of.arg)
    checkExprs(c, node.partition)
    checkOrder(c, node.order)
  }
  return Object.fromEntries(Object.entries(wins).map(([name, win]) => [name, symbol(win.type)]))
}

const checkAggregates = (c: Checks, aggs: { readonly [name: string]: AnyAgg }): RowShape => {
  for (const { node } of Object.values(aggs)) {
    if (node.tag === 'invalid') refuse(node.error)
    else if (node.tag === 'key') checkExpr(c, node.expr)
    else checkAggCall(c, node)
  }
  return Object.fromEntries(Object.entries(aggs).map(([name, agg]) => [name, symbol(agg.type)]))
}

const checkFullJoin = (c: Checks, { left, right, on }: Extract<QueryNode, { readonly tag: 'fullJoin' }>): RowShape => {
  const [l, r] = [checkSteps(c, left), checkSteps(c, right)]
  if (l !== null && r !== null) {
    checkExpr(c, asFilter(on(scopeOf(l), scopeOf(r)), 'fullJoin'))
    checkComparable(c, l, 'fullJoin')
    checkComparable(c, r, 'fullJoin')
  }
  return { left: optional(l), right: optional(r) }
}

const checkSet = (c: Checks, node: Extract<QueryNode, { readonly tag: 'set' }>): RowShape | null => {
  const [left, right] = [checkSteps(c, node.left), checkSteps(c, node.right)]
  if (left === null || right === null) {
    if (node.operator === 'intersect' || (node.operator === 'except' && left === null)) return null
    const kept = left ?? right
    if (node.operator !== 'unionAll' && kept !== null) checkComparable(c, kept, node.operator)
    return kept
  }
  const columns = new Map(unite(node.operator, left, right).map(column => [column.path.join('.'), column]))
  for (const column of columns.values()) checkExprs(c, [column.left, column.right])
  return mapLeaves(left, (leaf, path) => symbol(columns.get(path.join('.'))?.type ?? leaf.type))
}
