/**
 * Scopes and rows: walking the shapes that queries carry, and the static row of a query.
 *
 * A query carries one `RowShape`. `scopeOf` removes the functions of `mapRow` from it and so gives what the next step sees. `leaves` lists the
 * columns of a row by path, `mapLeaves` replaces them.
 *
 * `rowOf(q)` is the *typing* of a query: its row with symbols instead of values, found by applying the query's callbacks to symbols. Both
 * meanings of a query use it where a row is needed but does not exist (the missing side of a left join, the fields of a union). `null` is the
 * row of `zero`, which has every shape.
 */

import { FUNCTIONS } from '../expr/functions.js'
import { expanded } from '../query/groupingSets.js'
import { refuse, unsupported, validationError } from '../value/DbError.js'
import { sameColumnType, showSqlType, unifyColumnType } from '../value/SqlType.js'
import { COMPARABLE, typeProblem } from '../value/typeSets.js'
import { asAggregates, asExprs, asQuery, asWindows } from './guards.js'
import type { AnyAgg, AnyExpr, AnyQuery, Expr, ExprType, Leaf, Maybe, Nested, RowShape, SetOperator, Shape } from './Syntax.js'
import { exprType, invalid, isMade, symbol } from './Syntax.js'
import { refusal, stable } from './volatile.js'
import { type Fields, seenThrough, unchecked, withFields } from './wideRows.js'

/** A column of a row: an expression or a nested collection. */
export type AnyLeaf = AnyExpr | Nested<any>

/** The names that lead to a part of a row. */
export type Path = readonly string[]

type Visited =
  | { readonly tag: 'leaf'; readonly leaf: AnyLeaf }
  | { readonly tag: 'maybe'; readonly maybe: Maybe<any> }
  | { readonly tag: 'mapped'; readonly row: RowShape; readonly f: (a: any) => unknown }
  | { readonly tag: 'extended'; readonly row: RowShape; readonly fields: Fields }
  | { readonly tag: 'record'; readonly fields: Fields }

/** The form of a row shape. Anything else, such as a plain value of an untyped caller, is refused. */
export const visit = (row: RowShape): Visited => {
  const x = row as { readonly kind?: unknown }
  const prototype = typeof row === 'object' && row !== null ? Object.getPrototypeOf(row) : undefined
  if (prototype !== Object.prototype && prototype !== null) {
    return refuse(validationError([], 'a row consists of expressions, nested queries and records of these: wrap a plain value in lit'))
  }
  if ((x.kind === 'expr' || x.kind === 'nested') && isMade(row)) return { tag: 'leaf', leaf: row as AnyLeaf }
  if (x.kind === 'maybe') return { tag: 'maybe', maybe: row as Maybe<any> }
  if (x.kind === 'query') return refuse(validationError([], 'a query inside a row must be wrapped in many, first or scalar'))
  if (x.kind === 'agg') return refuse(validationError([], 'an aggregate can only be used in aggregate, not in a row'))
  if (x.kind === 'mapped') return { tag: 'mapped', ...(row as { readonly row: RowShape; readonly f: (a: any) => unknown }) }
  if (x.kind === 'extended') return { tag: 'extended', ...(row as { readonly row: RowShape; readonly fields: Fields }) }
  return { tag: 'record', fields: row as { readonly [name: string]: RowShape } }
}

/** Maps the fields of a record. A loop, because this is hot and several times as fast as `Object.entries` and back. */
const mapFields = <A, B>(fields: { readonly [name: string]: A }, f: (a: A, name: string) => B): { readonly [name: string]: B } => {
  const made: { [name: string]: B } = {}
  for (const name of Object.keys(fields)) {
    const b = f(fields[name] as A, name)
    // assigning to this name would set the prototype
    if (name === '__proto__') Object.defineProperty(made, name, { value: b, enumerable: true, configurable: true, writable: true })
    else made[name] = b
  }
  return made
}

const bareRows = new WeakMap<RowShape & object, RowShape>()

/** A row without enclosing `mapRow` functions; cached, because each of many nested ones is a row of its own. */
const bare = (row: RowShape): RowShape => {
  const v = visit(row)
  if (v.tag !== 'mapped' && v.tag !== 'extended') return row
  const known = bareRows.get(row)
  if (known !== undefined) return known
  const made = v.tag === 'mapped' ? bare(v.row) : withFields(bare(v.row) as Fields, v.fields)
  bareRows.set(row, made)
  return made
}

/** What the next step of a query sees of a row. */
export const scopeOf = (row: RowShape): Shape => {
  const v = visit(bare(row))
  switch (v.tag) {
    case 'record':
      return seenThrough(v.fields, scopeOf) ?? mapFields(v.fields, scopeOf)
    case 'leaf':
      // SQL would evaluate it again at each reference
      return v.leaf.kind === 'expr' && v.leaf.volatile ? invalid(refusal('a later step'), v.leaf.type) : v.leaf
    default:
      return row as Shape
  }
}

/** Replaces each leaf of a row, in the order of `leaves`. The tag of a left join is the leaf `?` of its path. */
export const mapLeaves = (row: RowShape, f: (leaf: AnyLeaf, path: Path) => AnyLeaf, path: Path = []): RowShape => {
  const v = visit(row)
  switch (v.tag) {
    case 'leaf':
      return f(v.leaf, path)
    case 'maybe':
      return { kind: 'maybe', present: f(v.maybe.present, [...path, '?']) as Expr<boolean>, row: mapLeaves(v.maybe.row, f, path) }
    case 'mapped':
      return { kind: 'mapped', row: mapLeaves(v.row, f, path), f: v.f }
    case 'extended': {
      const inner = mapLeaves(v.row, f, path)
      return { kind: 'extended', row: inner, fields: mapFields(v.fields, (field, name) => mapLeaves(field, f, [...path, name])) }
    }
    case 'record':
      return mapFields(v.fields, (field, name) => mapLeaves(field, f, [...path, name]))
  }
}

/** The columns of a row with their paths, in a fixed order. */
export const leaves = (row: RowShape): readonly (readonly [Path, AnyLeaf])[] => {
  const found: (readonly [Path, AnyLeaf])[] = []
  mapLeaves(row, (leaf, path) => {
    found.push([path, leaf])
    return leaf
  })
  return found
}

/** Adds fields to a row, for `bind` and `let`. */
export const extend = (row: RowShape, fields: Fields): RowShape => {
  const v = visit(row)
  if (v.tag === 'record') return withFields(v.fields, fields)
  if (v.tag === 'leaf' || v.tag === 'maybe')
    return refuse(validationError([], 'bind and let add a field to a record: start from Q.Do, or map to a record'))
  return { kind: 'extended', row, fields }
}

/** A row that is joined with others or used several times, which must not be volatile. */
export const joinable = (row: RowShape, where = 'a row before bind'): RowShape => {
  if (typeof row === 'object' && joined.has(row)) return row
  const v = visit(row)
  switch (v.tag) {
    case 'leaf':
      if (v.leaf.kind === 'expr') stable(v.leaf, where)
      break
    case 'maybe':
      stable(v.maybe.present, where)
      joinable(v.maybe.row, where)
      break
    case 'record':
      joinFields(v.fields, where)
      break
    case 'extended':
      joinFields(v.fields, where)
      joinable(v.row, where)
      joined.add(row)
      break
    case 'mapped':
      joinable(v.row, where)
      joined.add(row)
  }
  return row
}

/** Mapped and extended rows that have been checked. */
const joined = new WeakSet<RowShape & object>()

const joinFields = (record: Fields, where: string): void => {
  const { fields, done } = unchecked(record)
  for (const field of fields) joinable(field, where)
  done()
}

/** The expressions of a row for `distinct`, set operations and groups; nested collections are refused. */
export const comparable = (row: RowShape, what: string): readonly (readonly [Path, AnyExpr])[] =>
  leaves(row).map(([path, leaf]) => {
    if (leaf.kind === 'nested')
      return refuse(validationError(path, `${what} can't compare nested collections: apply it before many or first`))
    stable(leaf, what)
    const problem = typeProblem([...path, what].join('.'), COMPARABLE, leaf.type.sql)
    return problem === null ? ([path, leaf] as const) : refuse(problem)
  })

/** The keys of `distinctOn`, checked. */
export const distinctKeys = (result: unknown): readonly AnyExpr[] =>
  asExprs(result, 'distinctOn').map(e => {
    const problem = e.node.tag === 'invalid' ? null : typeProblem('distinctOn', COMPARABLE, e.type.sql)
    return problem === null ? e : refuse(problem)
  })

const TAG = exprType({ tag: 'boolean' })

/** Whether a row has functions of `mapRow`. */
export const mapsRows = (row: RowShape): boolean => {
  const v = visit(row)
  switch (v.tag) {
    case 'leaf':
      return false
    case 'maybe':
      return mapsRows(v.maybe.row)
    case 'record':
      return Object.values(v.fields).some(mapsRows)
    default:
      return true
  }
}

/** A column of a set operation: its expression on each side, and the type that holds both. */
export interface UnitedColumn {
  readonly path: Path
  readonly left: AnyExpr
  readonly right: AnyExpr
  readonly type: ExprType
}

/** The columns of a set operation, matched by field. Decision 5: other fields or other types are refused. */
export const unite = (operator: SetOperator | 'recursive', left: RowShape, right: RowShape): readonly UnitedColumn[] => {
  if (mapsRows(left) || mapsRows(right)) {
    return refuse(validationError([], `${operator} combines rows before mapRow: apply mapRow to the combined query`))
  }
  const [ls, rs] = [comparable(left, operator), comparable(right, operator)]
  const byPath = new Map(rs.map(([path, leaf]) => [path.join('.'), leaf]))
  const missing = ls.filter(([path]) => !byPath.has(path.join('.'))).map(([path]) => path.join('.'))
  if (missing.length > 0 || ls.length !== rs.length) {
    const fields = (side: typeof ls): string => side.map(([path]) => path.join('.') || '(value)').join(', ')
    return refuse(validationError([], `both sides of ${operator} must have the same fields: ${fields(ls)} against ${fields(rs)}`))
  }
  return ls.map(([path, l]) => {
    const r = byPath.get(path.join('.')) as AnyExpr
    if (!sameColumnType(l.type.sql, r.type.sql)) {
      return refuse(
        validationError(
          path,
          `both sides of ${operator} must have the same types: ${showSqlType(l.type.sql)} against ${showSqlType(r.type.sql)}`,
        ),
      )
    }
    const refine = l.type.refine === r.type.refine ? l.type.refine : null
    return {
      path,
      left: l,
      right: r,
      type: { sql: unifyColumnType(l.type.sql, r.type.sql), nullable: l.type.nullable || r.type.nullable, refine },
    }
  })
}

/** The row with these fields not nullable. */
export const withoutNull = (row: RowShape, names: readonly string[] = []): RowShape => {
  if (names.length === 0) return row
  const shape = visit(row)
  switch (shape.tag) {
    case 'record':
      return presentIn(shape.fields, names)
    case 'extended':
      return { kind: 'extended', row: withoutNull(shape.row, names), fields: presentIn(shape.fields, names) }
    case 'mapped':
      return refuse(validationError(['whereNotNull'], 'the row is the result of mapRow: use whereNotNull before mapRow'))
    default:
      return row
  }
}

const presentIn = (fields: Fields, names: readonly string[]): { readonly [name: string]: RowShape } =>
  mapFields(fields, (field, name) => (names.includes(name) ? present(field) : field))

const present = (field: RowShape): RowShape => {
  const shape = visit(field)
  return shape.tag === 'leaf' && shape.leaf.kind === 'expr' ? { ...shape.leaf, type: { ...shape.leaf.type, nullable: false } } : field
}

/** Whether some node of an expression satisfies a predicate. Queries inside the expression are not searched. */
const anyNode = (is: (n: AnyExpr['node']) => boolean): ((e: AnyExpr) => boolean) => {
  const within = (e: AnyExpr): boolean => {
    const n = e.node
    if (is(n)) return true
    switch (n.tag) {
      case 'call':
      case 'raw':
        return n.args.some(within)
      case 'case':
        return n.branches.some(([c, v]) => within(c) || within(v)) || within(n.otherwise)
      case 'in':
        return [n.operand, ...n.list].some(within)
      case 'cast':
        return within(n.operand)
      default:
        return false
    }
  }
  return within
}

/** Whether an expression contains a query. */
export const asksQuery = anyNode(n => n.tag === 'exists' || n.tag === 'inQuery' || n.tag === 'scalar')

/** Whether an expression contains raw SQL. */
export const writesRaw = anyNode(n => n.tag === 'raw')

/** Whether an expression over symbols contains a parameter, or a column of another scope. */
export const isBoundElsewhere = anyNode(n => n.tag === 'param' || (n.tag === 'ref' && n.scope !== null))

/** Whether the value of an expression depends on the time or is volatile. */
export const changes = anyNode(n => n.tag === 'call' && FUNCTIONS[n.fn].stable !== 'always')

/** Whether an expression contains a parameter of a prepared query. */
export const hasParameter = anyNode(n => n.tag === 'param')

/** The row that a command returns. Queries in it are refused, because engines differ in which state they would see. */
export const returnable = (row: RowShape): RowShape => {
  for (const [path, leaf] of leaves(row)) {
    if (leaf.kind === 'expr') stable(leaf, 'returning')
    if (leaf.kind === 'nested' || asksQuery(leaf)) {
      refuse(unsupported(`a query in returning (${path.join('.') || 'value'})`, 'query-ts', 'return the key and query by it'))
    }
  }
  return row
}

/** The scope of `zero`, which has no columns: any use of it is refused. */
export const nothing: Shape = new Proxy(
  {},
  {
    get: () => refuse(validationError([], 'zero has no columns: to aggregate no rows of a table, use where(() => lit(false))')),
  },
)

/** Whether aggregates include a key. */
export const isGrouped = (aggs: { readonly [name: string]: AnyAgg }): boolean => Object.values(aggs).some(a => a.node.tag === 'key')

/** The scope of a row, or of `zero`. */
export const scopeOrNothing = (row: RowShape | null): Shape => (row === null ? nothing : scopeOf(row))

/** The type of an aggregate's value. With keys no group is empty, so an aggregate that is null only for an empty group is not nullable. */
export const aggregateType = ({ node, type }: AnyAgg, grouped: boolean): ExprType => {
  const never = grouped && node.tag === 'agg' && node.filter === null && node.fn !== 'arrayAgg' && node.arg?.type.nullable === false
  return never ? { ...type, nullable: false } : type
}

/** The row of a recursion: the types of the query's rows, widened until the rows that follow from them fit. */
export const recursiveRow = (first: RowShape, f: (s: any) => AnyQuery): RowShape => {
  const symbols = mapLeaves(first, leaf => symbol(leaf.type))
  const next = rowOf(f(scopeOf(symbols)))
  if (next === null) return symbols
  const columns = unite('recursive', symbols, next)
  const at = new Map(columns.map(c => [c.path.join('.'), c.type]))
  const widened = mapLeaves(symbols, (_, path) => symbol(at.get(path.join('.')) as ExprType))
  const keepsTypes = columns.every(
    c => showSqlType(c.type.sql) === showSqlType(c.left.type.sql) && c.type.nullable === c.left.type.nullable,
  )
  return keepsTypes ? widened : recursiveRow(widened, f)
}

/** A row of symbols of these types, such as those of a table: what its functions are applied to where there are no values. */
export const symbolsOf = (types: { readonly [field: string]: ExprType }): { readonly [field: string]: AnyExpr } =>
  mapFields(types, type => symbol(type))

/** The static row of a query, or null for `zero`. Refuses invalid queries. */
export const rowOf = (q: AnyQuery): RowShape | null => {
  const { node } = asQuery(q)
  if ('input' in node) {
    const input = rowOf(node.input)
    if (input === null && node.tag !== 'aggregate' && node.tag !== 'groupingSets') return null
    const row = input as RowShape
    switch (node.tag) {
      case 'map':
        return node.f(scopeOf(row))
      case 'mapRow':
        return { kind: 'mapped', row, f: node.f }
      case 'flatMap':
        return rowOf(node.f(scopeOf(row)))
      case 'bind':
      case 'bindLeft': {
        const inner = rowOf(node.f(scopeOf(row)))
        if (node.tag === 'bindLeft') return extend(row, { [node.name]: { kind: 'maybe', present: symbol(TAG), row: inner ?? {} } })
        return inner === null ? null : extend(row, { [node.name]: inner })
      }
      case 'let':
        return extend(row, { [node.name]: node.f(scopeOf(row)) })
      case 'where':
        return withoutNull(row, node.present)
      case 'recursive':
        return recursiveRow(row, node.f)
      case 'groupingSets':
        return rowOf(expanded(node, scopeOrNothing(input)))
      case 'aggregate': {
        const aggs = asAggregates(node.f(scopeOrNothing(input)))
        return mapFields(aggs, agg => symbol(aggregateType(agg, isGrouped(aggs))))
      }
      case 'window':
        return extend(
          row,
          mapFields(asWindows(node.f(scopeOf(row))), win => symbol(win.type)),
        )
      default:
        return row
    }
  }
  switch (node.tag) {
    case 'from':
      return symbolsOf(node.table.types)
    case 'of':
      visit(node.shape)
      return node.shape
    case 'zero':
      return null
    case 'values':
    case 'unnest':
      return mapFields(node.types, symbol)
    case 'set': {
      const [left, right] = [rowOf(node.left), rowOf(node.right)]
      if (left === null || right === null) {
        return node.operator === 'intersect' || (node.operator === 'except' && left === null) ? null : (left ?? right)
      }
      const types = new Map(unite(node.operator, left, right).map(c => [c.path.join('.'), c.type]))
      return mapLeaves(left, (_, path) => symbol(types.get(path.join('.')) as ExprType))
    }
    case 'fullJoin': {
      const [left, right] = [rowOf(node.left), rowOf(node.right)]
      const side = (row: RowShape | null): RowShape => ({ kind: 'maybe', present: symbol(TAG), row: row ?? {} })
      return { left: side(left), right: side(right) }
    }
    case 'prepared':
      return rowOf(node.prepared.template)
  }
}

/** The only leaf of a query with one column, for `scalar`; null for `zero`. */
export const singleColumn = (q: AnyQuery): Leaf<any> | null => {
  const row = rowOf(q)
  if (row === null) return null
  const [first, ...more] = leaves(row)
  if (first === undefined || more.length > 0 || first[1].kind === 'nested') {
    return refuse(validationError([], 'scalar and inQuery expect a query with one column: map it to one expression'))
  }
  return stable(first[1], 'a query inside an expression')
}
