/**
 * The meaning of queries and expressions, by comprehension over arrays.
 *
 * A query denotes a list of rows: one of the orders that its bag of rows admits. The query's own
 * functions are applied to rows of literals, so what `where` and `map` are given is closed: it has a
 * value without any environment. Rows are evaluated no earlier than something looks at them, so that
 * a field that nobody reads can't fail.
 *
 * Each case below is the equation that the combinator's comment in `core/Query` states. Nothing is
 * planned, rewritten or printed, and nothing is shared with the part of the library that does so.
 * `refusals` has been passed before any of this is asked. Functions here refuse; call them inside
 * `attempting`.
 */

import { expanded } from '../core/query/groupingSets.js'
import { outOfScope } from '../core/syntax/guards.js'
import type {
  AggCall,
  AnyAgg,
  AnyExpr,
  AnyQuery,
  AnyTable,
  AnyWin,
  ExprType,
  Order,
  Pred,
  QueryNode,
  RowShape,
  WindowCall,
} from '../core/syntax/Syntax.js'
import { expr, exprType } from '../core/syntax/Syntax.js'
import {
  distinctKeys,
  extend,
  leaves,
  mapLeaves,
  recursiveRow,
  rowOf,
  scopeOf,
  scopeOrNothing,
  singleColumn,
  withoutNull,
} from '../core/syntax/scope.js'
import { queryOfView } from '../core/table/views.js'
import { refuse, unsupported, validationError } from '../core/value/DbError.js'
import { aggregated, type Member } from './aggregate.js'
import { convert } from './casts.js'
import { type Database, seenAs, stored } from './Database.js'
import { equalityIn, fieldOf } from './equalities.js'
import { isMember } from './members.js'
import { grouped, type SortKey, sorted } from './order.js'
import { uuid4 } from './random.js'
import { among, apply, both, negated, type Operand, type Truth } from './scalar.js'
import { exact, identities, identity, type Value } from './value.js'
import { type WindowMember, windowed } from './windowFunctions.js'

/** A recursion goes on no further: it may have no end, and nothing could stop it. */
const MOST_LEVELS = 100_000
const MOST_FOLLOWING = 1_000_000

/** What expressions and queries mean in one state of a database. */
export interface Meaning {
  /** The value of a closed expression. */
  readonly value: (e: AnyExpr) => Value
  /** Whether a predicate is true: not false, and not null. */
  readonly holds: (p: Pred) => boolean
  /** The rows of a query, each a row of closed expressions. */
  readonly rows: (q: AnyQuery) => readonly RowShape[]
}

const literal = (value: unknown, type: ExprType): AnyExpr => expr({ tag: 'literal', value }, type)

/** A row of values as expressions of these types. */
export const literals = (
  types: { readonly [field: string]: ExprType },
  row: { readonly [field: string]: unknown },
): { readonly [field: string]: AnyExpr } =>
  Object.fromEntries(Object.entries(types).map(([field, type]) => [field, literal(row[field], type)]))

const BOOLEAN = exprType({ tag: 'boolean' })

/** The missing side of a left join: nulls of the types that a present row would have. */
const missing = (row: RowShape | null): RowShape => ({
  kind: 'maybe',
  present: literal(false, BOOLEAN),
  row: row === null ? {} : mapLeaves(row, leaf => literal(null, leaf.type)),
})

const present = (row: RowShape): RowShape => ({ kind: 'maybe', present: literal(true, BOOLEAN), row })

type WithInput = Extract<QueryNode, { readonly input: AnyQuery }>
type Aggregate = Extract<QueryNode, { readonly tag: 'aggregate' }>
type Window = Extract<QueryNode, { readonly tag: 'window' }>
type GroupingSets = Extract<QueryNode, { readonly tag: 'groupingSets' }>
type Recursive = Extract<QueryNode, { readonly tag: 'recursive' }>
type FullJoin = Extract<QueryNode, { readonly tag: 'fullJoin' }>
type Where = Extract<QueryNode, { readonly tag: 'where' }>
type Fields = { readonly [field: string]: AnyExpr }
type SetNode = Extract<QueryNode, { readonly tag: 'set' }>

export const meaning = (db: Database): Meaning => {
  // --- Expressions ----------------------------------------------------------------------------

  const started = Date.now()

  const known = new WeakMap<AnyExpr, { readonly value: Value }>()

  /** The value of an expression, found once: closed expressions are shared between fields of a row. */
  const value = (e: AnyExpr): Value => {
    if (e.node.tag === 'literal') return exact(e.type.sql, e.node.value)
    const before = known.get(e)
    if (before !== undefined) return before.value
    const found = evaluated(e)
    if (e.volatile) return found
    known.set(e, { value: found })
    return found
  }

  const operand = (e: AnyExpr): Operand => ({ value: value(e), type: e.type.sql })
  const truth = (e: AnyExpr): Truth => value(e) as Truth
  const holds = (p: Pred): boolean => truth(p) === true

  const evaluated = (e: AnyExpr): Value => {
    const n = e.node
    switch (n.tag) {
      case 'call':
        if (n.fn === 'and') return conjunction(n.args)
        if (n.fn === 'or') return negated(conjunction(n.args, negated))
        if (n.fn === 'now') return started
        if (n.fn === 'random') return Math.random()
        if (n.fn === 'randomUuid') return uuid4()
        if (n.fn === 'coalesce') return n.args.reduce<Value>((found, a) => found ?? value(a), null)
        return apply(n.fn, n.args.map(operand), e.type.sql)
      case 'case':
        return value((n.branches.find(([condition]) => holds(condition)) ?? [null, n.otherwise])[1])
      case 'in':
        return isMember(operand(n.operand), n.list, operand)
      case 'cast':
        return convert(operand(n.operand), e.type.sql)
      case 'exists':
        return inside(n.query).length > 0
      case 'inQuery':
        return singleColumn(n.query) === null
          ? false
          : among(
              operand(n.operand),
              inside(n.query).map(row => operand(only(row))),
            )
      case 'scalar': {
        const [first] = inside(n.query)
        return first === undefined ? null : value(only(first))
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

  /** Kleene's and, up to the first false; with `negated` on each operand and around it, it is his or. */
  const conjunction = (args: readonly AnyExpr[], of: (t: Truth) => Truth = t => t): Truth => {
    let all: Truth = true
    for (const a of args) {
      all = both(all, of(truth(a)))
      if (all === false) return false
    }
    return all
  }

  /** The expression of a row of one column. */
  const only = (row: RowShape): AnyExpr => (leaves(row)[0] as readonly [unknown, AnyExpr])[1]

  // --- Queries --------------------------------------------------------------------------------

  const found = new WeakMap<AnyQuery, readonly RowShape[]>()

  /** The rows of a query that a function of a row uses: of one that was made outside of the function, found once. */
  const inside = (q: AnyQuery): readonly RowShape[] => {
    const before = found.get(q) ?? rows(q)
    found.set(q, before)
    return before
  }

  const rows = (q: AnyQuery): readonly RowShape[] => {
    const { node } = q
    switch (node.tag) {
      case 'from':
        return contentOf(node.table).rows
      case 'of':
        return [node.shape]
      case 'zero':
        return []
      case 'values':
        return node.rows.map(row => literals(node.types, Object.fromEntries(Object.entries(row).map(([field, e]) => [field, value(e)]))))
      case 'unnest':
        return ((value(node.array) ?? []) as readonly Value[]).map((element, i) =>
          literals(node.types, { position: i + 1, value: element }),
        )
      case 'set':
        return combined(q, node)
      case 'prepared':
        return rows(node.prepared.f(node.values))
      case 'aggregate':
        return aggregates(node, rows(node.input))
      case 'groupingSets':
        return rows(expanded(node, scopeOrNothing(rowOf(node.input))))
      case 'fullJoin':
        return fullJoined(node)
      case 'where':
        return candidates(node)
          .filter(row => holds(node.f(scopeOf(row))))
          .map(row => withoutNull(row, node.present))
      default:
        return step(node, rows(node.input))
    }
  }

  const mapValues = (row: Fields): { readonly [field: string]: Value } =>
    Object.fromEntries(Object.entries(row).map(([field, e]) => [field, value(e)]))

  /** The rows of a table as literals, and by the values of a column: each made once a state. */
  interface Content {
    readonly rows: readonly Fields[]
    readonly by: Map<string, ReadonlyMap<unknown, readonly Fields[]>>
  }
  const contents = new Map<AnyTable, Content>()

  const contentOf = (table: AnyTable): Content => {
    const before = contents.get(table)
    if (before !== undefined) return before
    const content = stored(db, table)
    const seen = seenAs(content, table)
    const view = queryOfView(content.table)
    const found = view === null ? content.rows : rows(view).map(row => mapValues(row as Fields))
    const made: Content = { rows: found.map(row => literals(table.types, seen(row))), by: new Map() }
    contents.set(table, made)
    return made
  }

  const rowsBy = (table: AnyTable, field: string): ReadonlyMap<unknown, readonly Fields[]> => {
    const content = contentOf(table)
    const before = content.by.get(field)
    if (before !== undefined) return before
    const made = new Map<unknown, Fields[]>()
    for (const row of content.rows) {
      const e = row[field] as AnyExpr
      const id = identity(e.type.sql, value(e))
      const there = made.get(id)
      if (there === undefined) made.set(id, [row])
      else there.push(row)
    }
    content.by.set(field, made)
    return made
  }

  /** The rows that a condition is asked about: where a column of a table equals a literal in it, those with that value. */
  const candidates = ({ input, f }: Where): readonly RowShape[] => {
    if (input.node.tag !== 'from') return inside(input)
    const { table } = input.node
    const symbols = rowOf(input) as Fields
    const found = equalityIn(f(symbols), fieldOf(symbols), e => (e.node.tag === 'literal' ? e : undefined))
    if (found === null) return rows(input)
    const [field, other] = found
    const wanted = value(other)
    return wanted === null ? [] : (rowsBy(table, field).get(identity(other.type.sql, wanted)) ?? [])
  }

  const step = (node: Exclude<WithInput, Aggregate | Where | GroupingSets>, input: readonly RowShape[]): readonly RowShape[] => {
    switch (node.tag) {
      case 'map':
        return input.map(row => node.f(scopeOf(row)))
      case 'mapRow':
        return input.map(row => ({ kind: 'mapped', row, f: node.f }))
      case 'flatMap':
        return input.flatMap(row => rows(node.f(scopeOf(row))))
      case 'bind':
        return input.flatMap(row => rows(node.f(scopeOf(row))).map(inner => extend(row, { [node.name]: inner })))
      case 'bindLeft':
        return input.flatMap(row => {
          const right = node.f(scopeOf(row))
          const found = rows(right)
          const sides = found.length === 0 ? [missing(rowOf(right))] : found.map(present)
          return sides.map(side => extend(row, { [node.name]: side }))
        })
      case 'let':
        return input.map(row => extend(row, { [node.name]: node.f(scopeOf(row)) }))
      case 'distinct':
        return distinct(input)
      case 'distinctOn': {
        const keysOf = (row: RowShape): string => identities(distinctKeys(node.f(scopeOf(row))).map(e => [e.type.sql, value(e)]))
        return grouped(input, keysOf).map(([first]) => first as RowShape)
      }
      case 'cte':
      case 'lock':
        return input
      case 'recursive':
        return followed(node, input)
      case 'window':
        return windows(node, input)
      case 'orderBy':
        return sorted(input, row => sortKeys(node.f(scopeOf(row))))
      case 'limit':
        return input.slice(0, rowCount(node.count))
      case 'offset':
        return input.slice(rowCount(node.count))
    }
  }

  const sortKeys = (orders: readonly Order[]): readonly SortKey[] =>
    orders.map(({ expr: e, direction, nulls }) => ({ ...operand(e), direction, nulls }))

  const rowCount = (e: AnyExpr): number => {
    const count = value(e)
    return typeof count === 'bigint' && count >= 0n
      ? Number(count)
      : refuse(validationError([], 'a number of rows is a whole number and not negative'))
  }

  /** The row with its columns evaluated. */
  const settled = (row: RowShape): RowShape => mapLeaves(row, leaf => literal(value(leaf as AnyExpr), leaf.type))

  const identityOf = (row: RowShape): string => identities(leaves(row).map(([, leaf]) => [leaf.type.sql, value(leaf as AnyExpr)]))

  const distinct = (input: readonly RowShape[]): readonly RowShape[] =>
    grouped(input.map(settled), identityOf).map(([first]) => first as RowShape)

  const aggregates = (node: Aggregate, input: readonly RowShape[]): readonly RowShape[] => {
    const members = input.map(row => node.f(scopeOf(row)))
    const template = members[0] ?? node.f(scopeOrNothing(rowOf(node.input)))
    const keys = Object.entries(template).flatMap(([name, agg]) => (agg.node.tag === 'key' ? [name] : []))
    const keyOf = (member: { readonly [name: string]: AnyAgg }): string => identities(keys.map(name => keyValue(member[name] as AnyAgg)))
    const groups = keys.length === 0 ? [members] : grouped(members, keyOf)
    return groups.map(group =>
      Object.fromEntries(
        Object.entries(template).map(([name, agg]) => [
          name,
          literal(
            aggregate(
              agg,
              group.map(m => m[name] as AnyAgg),
            ),
            agg.type,
          ),
        ]),
      ),
    )
  }

  /** The rows with what their window functions answer; each function is given as each row sees it. */
  const windows = (node: Window, input: readonly RowShape[]): readonly RowShape[] => {
    const seen = input.map(row => node.f(scopeOf(row)))
    const names = Object.keys(seen[0] ?? {})
    const columns = names.map(name => windowColumn(seen.map(wins => wins[name] as AnyWin)))
    return input.map((row, i) => extend(row, Object.fromEntries(names.map((name, j) => [name, columns[j]?.[i] as AnyExpr]))))
  }

  const windowColumn = (wins: readonly AnyWin[]): readonly AnyExpr[] => {
    const calls = wins.map(({ node }) => (node.tag === 'invalid' ? refuse(node.error) : node))
    const members = calls.map(
      (call): WindowMember => ({
        partition: identities(call.partition.map(e => [e.type.sql, value(e)])),
        keys: sortKeys(call.order),
        member:
          call.of.tag === 'agg' ? memberOf(call.of) : { kept: true, value: call.of.arg === null ? null : value(call.of.arg), keys: [] },
      }),
    )
    const [{ type }, call] = [wins[0] as AnyWin, calls[0] as WindowCall]
    return windowed(call, type.sql, members).map(v => literal(v, type))
  }

  const keyValue = ({ node, type }: AnyAgg): readonly [ExprType['sql'], Value] => [type.sql, node.tag === 'key' ? value(node.expr) : null]

  /** The value of one aggregate of a group, given as each row of the group sees it. A key has the same value in all. */
  const aggregate = (agg: AnyAgg, group: readonly AnyAgg[]): Value => {
    if (agg.node.tag === 'invalid') return refuse(agg.node.error)
    if (agg.node.tag === 'key') return keyValue(group[0] as AnyAgg)[1]
    return aggregated(
      agg.node,
      agg.type.sql,
      group.flatMap(({ node }) => (node.tag === 'agg' ? [memberOf(node)] : [])),
    )
  }

  const memberOf = (call: AggCall): Member => {
    const kept = call.filter === null || holds(call.filter)
    return { kept, value: kept && call.arg !== null ? value(call.arg) : null, keys: kept ? sortKeys(call.order) : [] }
  }

  const typesOf = (shape: RowShape): ReadonlyMap<string, ExprType> =>
    new Map(leaves(shape).map(([path, leaf]) => [path.join('.'), leaf.type]))

  /** A row in the form of another, by its paths, with other types. */
  const fitted =
    (shape: RowShape, types: ReadonlyMap<string, ExprType>) =>
    (row: RowShape): RowShape => {
      const at = new Map(leaves(row).map(([path, leaf]) => [path.join('.'), leaf as AnyExpr]))
      return mapLeaves(shape, (_, path) => literal(value(at.get(path.join('.')) as AnyExpr), types.get(path.join('.')) as ExprType))
    }

  /** The rows, then those that follow from them, a level at a time, until a level has none (or, of a closure, no new one). */
  const followed = ({ input, f, distinct: once }: Recursive, first: readonly RowShape[]): readonly RowShape[] => {
    const shape = recursiveRow(rowOf(input) as RowShape, f)
    const fit = fitted(shape, typesOf(shape))
    const found: RowShape[] = []
    const known = new Set<string>()
    const isNew = (row: RowShape): boolean => {
      const id = identityOf(row)
      return !known.has(id) && known.add(id) !== undefined
    }
    let level = first.map(fit)
    for (let levels = 0; level.length > 0; levels += 1) {
      if (levels > MOST_LEVELS || found.length > MOST_FOLLOWING) {
        return refuse(
          unsupported(`a recursion of more than ${MOST_LEVELS} levels or ${MOST_FOLLOWING} rows`, 'memory', 'it may have no end'),
        )
      }
      const added = once ? level.filter(isNew) : level
      for (const row of added) found.push(row)
      level = added.flatMap(row => rows(f(scopeOf(row))).map(fit))
    }
    return found
  }

  const fullJoined = ({ left, right, on }: FullJoin): readonly RowShape[] => {
    const [ls, rs] = [rows(left), rows(right)]
    const agree = (l: RowShape, r: RowShape): boolean => holds(on(scopeOf(l), scopeOf(r)))
    const partnersOf = (l: RowShape): readonly RowShape[] => rs.filter(r => agree(l, r))
    const none = { left: missing(rowOf(left)), right: missing(rowOf(right)) }
    return [
      ...ls.flatMap(l => {
        const partners = partnersOf(l)
        return (partners.length === 0 ? [none.right] : partners.map(present)).map(r => ({ left: present(l), right: r }))
      }),
      ...rs.filter(r => !ls.some(l => agree(l, r))).map(r => ({ left: none.left, right: present(r) })),
    ]
  }

  /** The operands of an operation, and of those of the same kind in it: many that follow on each other are one. */
  const operandsOf = ({ operator, left, right }: SetNode): readonly AnyQuery[] => {
    const found: AnyQuery[] = []
    const waiting = [right, left]
    for (let q = waiting.pop(); q !== undefined; q = waiting.pop()) {
      // what is left out of the right side of `except` is not left out of the left side
      if (q.node.tag !== 'set' || q.node.operator !== operator || (operator === 'except' && found.length > 0)) found.push(q)
      else waiting.push(q.node.right, q.node.left)
    }
    return found
  }

  const combined = (q: AnyQuery, node: SetNode): readonly RowShape[] => {
    const { operator } = node
    const operands = operandsOf(node)
    const shapes = operands.map(o => rowOf(o))
    // with `zero` on a side there may be nothing to compare
    if (shapes[0] === null && operator === 'except') return []
    if (shapes.includes(null) && operator === 'intersect') return []
    const shape = shapes.filter(s => s !== null).length > 1 ? rowOf(q) : null
    /** A row of any side in the form of the first one, with the types that hold all. */
    const united = shape !== null ? fitted(shape, typesOf(shape)) : operator === 'unionAll' ? (row: RowShape) => row : settled
    const sides = operands.map(o => rows(o).map(united))
    if (operator === 'unionAll') return sides.flat()
    if (operator === 'union') return distinct(sides.flat())
    const [first = [], ...others] = sides
    if (operator === 'except') {
      const ids = new Set(others.flat().map(identityOf))
      return distinct(first).filter(row => !ids.has(identityOf(row)))
    }
    const ids = others.map(side => new Set(side.map(identityOf)))
    return distinct(first).filter(row => ids.every(there => there.has(identityOf(row))))
  }

  return { value, holds, rows }
}
