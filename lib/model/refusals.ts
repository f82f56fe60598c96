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
import { asColumn } from '../core/Expr.js'
import { refuse, schemaConflict, unsupported, validationError } from '../core/DbError.js'
import { comparable, extend, leaves, mapLeaves, nothing, scopeOf, singleColumn, unite, visit } from '../core/scope.js'
import { hasOrder, showSqlType } from '../core/SqlType.js'
import type { AnyAgg, AnyCommand, AnyExpr, AnyQuery, AnyTable, Assignments, ExprType, Order, QueryNode, RowShape } from '../core/Syntax.js'
import { expr, exprType } from '../core/Syntax.js'
import { qualifiedName } from '../core/Table.js'
import type { Database } from './Database.js'

const symbol = (type: ExprType): AnyExpr => expr({ tag: 'ref', id: 0 }, type)

const symbols = (types: { readonly [field: string]: ExprType }): { readonly [field: string]: AnyExpr } =>
  Object.fromEntries(Object.entries(types).map(([field, type]) => [field, symbol(type)]))

const PRESENT = symbol(exprType({ tag: 'boolean' }))

type WithInput = Extract<QueryNode, { readonly input: AnyQuery }>

/** The checks of one query or command against the tables of a database. Refuses; call inside `attempting`. */
const checker = (db: Database) => {
  const seen = new Set<AnyExpr>()
  const params = new Set<string>()

  const there = (table: AnyTable): void => {
    const name = qualifiedName(table)
    if (!db.tables.has(name)) refuse(schemaConflict(name, 'there is no table: create it with createAll'))
  }

  const expression = (e: AnyExpr): void => {
    if (seen.has(e)) return
    seen.add(e)
    const n = e.node
    switch (n.tag) {
      case 'invalid':
        return refuse(n.error)
      case 'raw':
        n.args.forEach(expression)
        return refuse(unsupported('raw SQL', 'memory'))
      case 'call':
        return n.args.forEach(expression)
      case 'case':
        return [...n.branches.flat(), n.otherwise].forEach(expression)
      case 'in':
        return [n.operand, ...n.list].forEach(expression)
      case 'cast':
        return expression(n.operand)
      case 'exists':
      case 'scalar':
        return query(n.query)
      case 'inQuery':
        if (singleColumn(n.query) === null) return
        expression(n.operand)
        return query(n.query)
      case 'param':
        params.add(n.name)
        return
      default:
        return
    }
  }

  const order = (keys: readonly Order[]): void => {
    for (const { expr: e } of keys) {
      expression(e)
      if (!hasOrder(e.type.sql)) refuse(unsupported(`an order by ${showSqlType(e.type.sql)}`, 'query-ts', 'the type has no lawful order'))
    }
  }

  const compared = (row: RowShape, what: string): void => comparable(row, what).forEach(([, e]) => expression(e))

  /** A whole query: its steps, and the columns of the row that it answers. */
  const query = (q: AnyQuery): void => {
    const row = rowThrough(q)
    if (row !== null) columns(row)
  }

  const columns = (row: RowShape): void => {
    for (const [, leaf] of leaves(row)) {
      if (leaf.kind === 'nested') query(leaf.query)
      else expression(leaf)
    }
  }

  /** The static row of a query, after a look at what its steps read; null for what has no rows of any shape. */
  const rowThrough = (q: AnyQuery): RowShape | null => {
    const { node } = q
    switch (node.tag) {
      case 'from':
        there(node.table)
        return symbols(node.table.types)
      case 'of':
        return node.shape
      case 'zero':
        return null
      case 'values':
        for (const row of node.rows) for (const field of Object.keys(node.types)) expression(row[field] as AnyExpr)
        return symbols(node.types)
      case 'set':
        return united(node)
      case 'prepared':
        return rowThrough(node.prepared.f(node.values))
      default: {
        const input = rowThrough(node.input)
        if (node.tag === 'aggregate') return aggregate(node.f(input === null ? nothing : scopeOf(input)))
        return input === null ? null : step(node, input)
      }
    }
  }

  const step = (node: Exclude<WithInput, { readonly tag: 'aggregate' }>, row: RowShape): RowShape | null => {
    const scope = scopeOf(row)
    switch (node.tag) {
      case 'where':
        expression(node.f(scope))
        return row
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
        return inner === null ? null : extend(row, { [node.name]: inner })
      }
      case 'bindLeft':
        return extend(row, { [node.name]: { kind: 'maybe', present: PRESENT, row: rowThrough(node.f(scope)) ?? {} } })
      case 'distinct':
        compared(row, 'distinct')
        return mapLeaves(row, leaf => symbol(leaf.type))
      case 'orderBy':
        order(node.f(scope))
        return row
      case 'limit':
      case 'offset':
        expression(node.count)
        return row
    }
  }

  const aggregate = (aggs: { readonly [name: string]: AnyAgg }): RowShape => {
    for (const { node } of Object.values(aggs)) {
      if (node.tag === 'invalid') refuse(node.error)
      else if (node.tag === 'key') expression(node.expr)
      else {
        if (node.arg !== null) expression(node.arg)
        if (node.filter !== null) expression(node.filter)
        order(node.order)
      }
    }
    return Object.fromEntries(Object.entries(aggs).map(([name, agg]) => [name, symbol(agg.type)]))
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
    for (const c of types.values()) [c.left, c.right].forEach(expression)
    return mapLeaves(left, (leaf, path) => symbol(types.get(path.join('.'))?.type ?? leaf.type))
  }

  return { there, expression, query, rowThrough, columns, params }
}

/** Refuses what a query can't mean. The values of a prepared query are looked at where the query reads them. */
export const refuseQuery = (db: Database, q: AnyQuery): void => {
  const { node } = q
  if (node.tag !== 'prepared') return checker(db).query(q)
  const { query, params } = checker(db)
  query(node.prepared.template)
  for (const name of params) {
    const given = node.values[name]?.node
    if (given?.tag !== 'invalid') continue
    const { error } = given
    refuse(error._tag === 'ValidationError' ? validationError([name, ...error.path], error.reason) : error)
  }
}

/** Refuses what a command can't mean. */
export const refuseCommand = (db: Database, command: AnyCommand): void => {
  const { node, returning } = command
  if (node.tag === 'invalid') return refuse(node.error)
  const { table } = node
  const { there, expression, columns, query, rowThrough } = checker(db)
  there(table)
  const row = symbols(table.types)
  if (returning !== null) columns(returning(row))
  switch (node.tag) {
    case 'insert':
      return node.rows.flatMap(r => Object.values(r)).forEach(expression)
    case 'insertFrom':
      query(node.query)
      return insertable(table, rowThrough(node.query))
    case 'update': {
      const set: Assignments = node.set(row)
      if (Object.keys(set).length === 0) refuse(validationError([table.name], 'an update must set at least one column'))
      Object.values(set).forEach(expression)
      if (node.where !== null) expression(node.where(row))
      return
    }
    case 'delete':
      if (node.where !== null) expression(node.where(row))
  }
}

/** The columns of a query that is inserted are columns of the table, and give what the table needs. */
const insertable = (table: AnyTable, row: RowShape | null): void => {
  if (row === null) return
  const given = leaves(scopeOf(row))
  for (const [path, leaf] of given) {
    const field = path.join('.')
    const column = table.columns[field]
    if (column === undefined) return refuse(validationError([table.name, field], 'insertFrom takes the fields of the table; this is none'))
    if (leaf.kind === 'nested' || asColumn(leaf, column.type.sql) === null) {
      return refuse(validationError([table.name, field], `${showSqlType(leaf.type.sql)} does not fit ${showSqlType(column.type.sql)}: cast it`))
    }
  }
  const fields = new Set(given.map(([path]) => path.join('.')))
  for (const [field, c] of Object.entries(table.columns)) {
    if (!fields.has(field) && !c.type.nullable && !c.generated && c.default === null) {
      return refuse(validationError([table.name, field], 'a value is required'))
    }
  }
}
