/**
 * refusals: what is refused before anything is evaluated.
 *
 * A query can be wrong and have no rows to show it: a comparison with null under an empty table. So
 * its functions are applied once to rows of symbols, and every expression that the query reads is
 * looked through for parts that are refused: invalid ones, raw SQL, sub-queries of two columns,
 * collections under `distinct`, tables that are not there. What no step reads is not looked at.
 *
 * Law: where this passes, evaluation fails only for what the rows hold (an overflow, a codec).
 */

import { isRequired } from '../core/command/assignments.js'
import { ambiguousMatches, NESTED_SOURCE } from '../core/command/updates.js'
import { offeredFields } from '../core/command/upsert.js'
import { expanded } from '../core/query/groupingSets.js'
import { misplaced } from '../core/query/locking.js'
import { asAggregates, asExpr, asFilter, asOrders, asQuery, asWindows } from '../core/syntax/guards.js'
import { asColumn } from '../core/syntax/operand.js'
import type {
  AggCall,
  AnyAgg,
  AnyCommand,
  AnyExpr,
  AnyQuery,
  AnyTable,
  Assignments,
  ExprType,
  Order,
  QueryNode,
  RowShape,
} from '../core/syntax/Syntax.js'
import { exprType, symbol } from '../core/syntax/Syntax.js'
import {
  comparable,
  distinctKeys,
  extend,
  joinable,
  leaves,
  mapLeaves,
  recursiveRow,
  returnable,
  rowOf,
  scopeOf,
  scopeOrNothing,
  singleColumn,
  unite,
  visit,
  withoutNull,
} from '../core/syntax/scope.js'
import { steady } from '../core/syntax/volatile.js'
import { writable } from '../core/table/views.js'
import { refuse, unsupported, validationError } from '../core/value/DbError.js'
import { showSqlType } from '../core/value/SqlType.js'
import { COMPARABLE, typeProblem } from '../core/value/typeSets.js'
import { type Database, stored } from './Database.js'

const symbols = (types: { readonly [field: string]: ExprType }): { readonly [field: string]: AnyExpr } =>
  Object.fromEntries(Object.entries(types).map(([field, type]) => [field, symbol(type)]))

const PRESENT = symbol(exprType({ tag: 'boolean' }))

type WithInput = Extract<QueryNode, { readonly input: AnyQuery }>

/** The checks of one query or command against the tables of a database. Refuses; call inside `attempting`. */
const checker = (db: Database) => {
  const seen = new Set<AnyExpr>()
  const params = new Set<string>()

  const expression = (e: AnyExpr): void => {
    if (seen.has(asExpr(e))) return
    seen.add(e)
    const n = e.node
    switch (n.tag) {
      case 'invalid':
        refuse(n.error)
        break
      case 'raw':
        expressions(n.args)
        refuse(unsupported('raw SQL', 'memory'))
        break
      case 'call':
        expressions(n.args)
        break
      case 'case':
        expressions([...n.branches.flat(), n.otherwise])
        break
      case 'in':
        expressions([n.operand, ...n.list])
        break
      case 'cast':
        expression(n.operand)
        break
      case 'exists':
      case 'scalar':
        query(n.query)
        break
      case 'inQuery':
        if (singleColumn(n.query) === null) break
        expression(n.operand)
        query(n.query)
        break
      case 'param':
        params.add(n.name)
        break
      case 'literal':
      case 'ref':
    }
  }

  const expressions = (es: Iterable<AnyExpr>): void => {
    for (const e of es) expression(e)
  }

  const order = (keys: readonly Order[]): void => {
    for (const { expr: e } of keys) {
      expression(e)
      const problem = typeProblem('orderBy', COMPARABLE, e.type.sql)
      if (problem !== null) refuse(problem)
    }
  }

  const compared = (row: RowShape, what: string): void => expressions(comparable(row, what).map(([, e]) => e))

  /** A whole query: its steps, and the columns of the row that it answers. */
  const query = (q: AnyQuery, isInside = false): void => {
    const row = rowThrough(q)
    if (row !== null) columns(row, isInside)
  }

  const columns = (row: RowShape, isInside = false): void => {
    for (const [, leaf] of leaves(row)) {
      if (leaf.kind === 'nested') query(leaf.query, true)
      else expression(isInside ? steady(leaf, 'a nested collection') : leaf)
    }
  }

  /** The static row of a query, after a look at what its steps read; null for what has no rows of any shape. */
  const rowThrough = (q: AnyQuery): RowShape | null => {
    const { node } = asQuery(q)
    switch (node.tag) {
      case 'from':
        stored(db, node.table)
        return symbols(node.table.types)
      case 'of':
        visit(node.shape)
        return node.shape
      case 'zero':
        return null
      case 'values':
        for (const row of node.rows) for (const field of Object.keys(node.types)) expression(row[field] as AnyExpr)
        return symbols(node.types)
      case 'unnest':
        expression(node.array)
        return symbols(node.types)
      case 'set':
        return united(node)
      case 'fullJoin':
        return fullJoined(node)
      case 'groupingSets':
        return rowThrough(expanded(node, scopeOrNothing(rowOf(node.input))))
      case 'lock':
        return misplaced(node.lock)
      case 'prepared':
        return rowThrough(node.prepared.f(node.values))
      default: {
        const input = rowThrough(node.input)
        if (node.tag === 'aggregate') return aggregate(asAggregates(node.f(scopeOrNothing(input))))
        return input === null ? null : step(node, input)
      }
    }
  }

  const step = (node: Exclude<WithInput, { readonly tag: 'aggregate' | 'groupingSets' | 'lock' }>, row: RowShape): RowShape | null => {
    const scope = scopeOf(row)
    switch (node.tag) {
      case 'where':
        expression(asFilter(node.f(scope), 'where'))
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
        return rowThrough(node.f(scope))
      case 'bind': {
        const inner = rowThrough(node.f(scope))
        return inner === null ? null : extend(joinable(row), { [node.name]: inner })
      }
      case 'bindLeft':
        return extend(joinable(row), { [node.name]: { kind: 'maybe', present: PRESENT, row: rowThrough(node.f(scope)) ?? {} } })
      case 'distinct':
        compared(row, 'distinct')
        return mapLeaves(row, leaf => symbol(leaf.type))
      case 'distinctOn':
        expressions(distinctKeys(node.f(scope)))
        return row
      case 'cte':
        return joinable(row, 'a cte')
      case 'recursive': {
        compared(row, 'recursive')
        const followed = recursiveRow(row, node.f)
        query(node.f(scopeOf(followed)))
        return followed
      }
      case 'window': {
        const wins = asWindows(node.f(scope))
        for (const { node: win } of Object.values(wins)) {
          if (win.tag === 'invalid') {
            refuse(win.error)
            continue
          }
          if (win.of.tag === 'agg') aggregated(win.of)
          else if (win.of.arg !== null) expression(win.of.arg)
          expressions(win.partition)
          order(win.order)
        }
        return extend(row, Object.fromEntries(Object.entries(wins).map(([name, win]) => [name, symbol(win.type)])))
      }
      case 'orderBy':
        order(asOrders(node.f(scope)))
        return row
      case 'limit':
      case 'offset':
        expression(node.count)
        return row
    }
  }

  const aggregated = (call: AggCall): void => {
    if (call.arg !== null) expression(call.arg)
    if (call.filter !== null) expression(call.filter)
    order(call.order)
  }

  const aggregate = (aggs: { readonly [name: string]: AnyAgg }): RowShape => {
    for (const { node } of Object.values(aggs)) {
      if (node.tag === 'invalid') refuse(node.error)
      else if (node.tag === 'key') expression(node.expr)
      else aggregated(node)
    }
    return Object.fromEntries(Object.entries(aggs).map(([name, agg]) => [name, symbol(agg.type)]))
  }

  const fullJoined = ({ left, right, on }: QueryNode & { readonly tag: 'fullJoin' }): RowShape => {
    const [l, r] = [rowThrough(left), rowThrough(right)]
    if (l !== null && r !== null) {
      expression(asFilter(on(scopeOf(l), scopeOf(r)), 'fullJoin'))
      compared(l, 'fullJoin')
      compared(r, 'fullJoin')
    }
    const side = (row: RowShape | null): RowShape => ({ kind: 'maybe', present: PRESENT, row: row ?? {} })
    return { left: side(l), right: side(r) }
  }

  const united = (node: QueryNode & { readonly tag: 'set' }): RowShape | null => {
    const [left, right] = [rowThrough(node.left), rowThrough(node.right)]
    if (left === null || right === null) {
      if (node.operator === 'intersect' || (node.operator === 'except' && left === null)) return null
      const kept = left ?? right
      if (node.operator !== 'unionAll' && kept !== null) compared(kept, node.operator)
      return kept
    }
    const types = new Map(unite(node.operator, left, right).map(c => [c.path.join('.'), c]))
    for (const c of types.values()) expressions([c.left, c.right])
    return mapLeaves(left, (leaf, path) => symbol(types.get(path.join('.'))?.type ?? leaf.type))
  }

  return { expressions, query, rowThrough, columns, params }
}

/** Refuses what a query can't mean. The values of a prepared query are looked at where the query reads them. */
export const refuseQuery = (db: Database, q: AnyQuery): void => {
  const { query, params } = checker(db)
  const { node } = q
  query(node.tag === 'prepared' ? node.prepared.template : q)
  for (const name of params) {
    const given = node.tag === 'prepared' ? node.values[name]?.node : undefined
    if (given?.tag === 'invalid') {
      const { error } = given
      refuse(error._tag === 'ValidationError' ? validationError([name, ...error.path], error.reason) : error)
    }
  }
}

/** Refuses what a command can't mean. */
export const refuseCommand = (db: Database, command: AnyCommand): void => {
  const { node, returning } = command
  if (node.tag === 'invalid') {
    refuse(node.error)
    return
  }
  const table = writable(node.table)
  const { expressions, columns, query, rowThrough } = checker(db)
  writable(stored(db, table).table)
  const row = symbols(table.types)
  if (typeof returning === 'function') columns(returnable(returning(row)))
  if (node.tag === 'insert') {
    expressions(node.rows.flatMap(r => Object.values(r)))
    if (node.conflict === null) return
    const { set, where } = node.conflict
    const offered = Object.fromEntries(offeredFields(table, node.rows).map(f => [f, row[f]]))
    if (set !== null) expressions(Object.values(set(row, offered)))
    if (where !== null) expressions([where(row, offered)])
  } else if (node.tag === 'insertPlain') return
  else if (node.tag === 'insertFrom') {
    query(node.query)
    insertable(table, rowThrough(node.query))
  } else if (node.tag === 'updateFrom') {
    query(node.query)
    const matched = rowThrough(node.query)
    if (matched === null) return
    if (leaves(scopeOf(matched)).some(([, leaf]) => leaf.kind === 'nested')) refuse(NESTED_SOURCE)
    if (node.key === null) query(ambiguousMatches(table, node.query, node.on))
    expressions([node.on(row, scopeOf(matched)), ...Object.values(node.set(row, scopeOf(matched)))])
  } else {
    if (node.tag === 'update') {
      const set: Assignments = node.set(row)
      if (Object.keys(set).length === 0) refuse(validationError([table.name], 'an update must set at least one column'))
      expressions(Object.values(set))
    }
    if (node.where !== null) expressions([asFilter(node.where(row), 'where')])
  }
}

/** The columns of a query that is inserted are columns of the table, of types that fit. What it leaves out is seen row by row. */
const insertable = (table: AnyTable, row: RowShape | null): void => {
  if (row === null) return
  const wrong = (field: string, reason: string): never => refuse(validationError([table.name, field], reason))
  for (const [path, leaf] of leaves(scopeOf(row))) {
    const field = path.join('.')
    const column = table.columns[field]
    if (column === undefined) wrong(field, 'insertFrom takes the fields of the table; this is none')
    else if (leaf.kind === 'nested' || asColumn(leaf, column.type.sql) === null) {
      wrong(field, `${showSqlType(leaf.type.sql)} does not fit ${showSqlType(column.type.sql)}: cast it`)
    }
  }
  const found = new Set(leaves(scopeOf(row)).map(([path]) => path.join('.')))
  const missing = Object.keys(table.columns).find(f => !found.has(f) && isRequired(table, f))
  if (missing !== undefined) refuse(validationError([table.name, missing], 'a value is required'))
}
