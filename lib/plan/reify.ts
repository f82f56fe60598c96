/**
 * reify: from a query (functions) to a plan (data).
 *
 * The query's functions are applied once, to references to columns with fresh ids. Ids come from a
 * counter, so that the same query always gives the same plan. `map`, `let` and `mapRow` leave no
 * trace in the relation: they only change what the ids are combined to.
 *
 * Everything that no engine is asked to do is refused here: wrong fields in a union, a comparison
 * with null, nested collections under `distinct`. A prepared query is planned with parameters when
 * it is the whole query; inside another it is planned with its values.
 */
import { asAggregates, asCondition, asExpr, asOrders, asQuery, asWindows, outOfScope } from '../core/answered.js'
import { refuse } from '../core/DbError.js'
import type { AggCall, AnyAgg, AnyExpr, AnyQuery, AnyWin, Expr, ExprType, Nested, Order, RowShape } from '../core/Syntax.js'
import { expr } from '../core/Syntax.js'
import { aggregateType, comparable, extend, isGrouped, mapLeaves, nothing, scopeOf, singleColumn, unite, visit } from '../core/scope.js'
import {
  type AggColumn,
  type AggScalar,
  type Computed,
  column,
  columnsBy,
  conjunction,
  conjuncts,
  freeIn,
  isForeignTo,
  type Named,
  type Output,
  type Plan,
  type Rel,
  type RowPlan,
  type Scalar,
  type SortKey,
  type WindowColumn,
  type WindowScalar,
} from './Rel.js'

/** A query on the way: its relation, its row over that relation's columns, its order. `row` is null for `zero`. */
interface Built {
  readonly rel: Rel
  readonly row: RowShape | null
  readonly order: readonly Order[]
}

const EMPTY: Built = { rel: { tag: 'empty' }, row: null, order: [] }

/** One planning: a supply of ids, and what is planned already. Commands are planned with it too. */
export const reifier = () => {
  let counter = 0
  const known = new Map<AnyExpr, Scalar>()
  const fresh = (): number => {
    counter += 1
    return counter
  }
  const ref = (id: number, type: ExprType): AnyExpr => expr({ tag: 'ref', id, scope: known }, type)

  // --- Scalars --------------------------------------------------------------------------------

  const scalar = (e: AnyExpr): Scalar => {
    const before = known.get(asExpr(e))
    if (before !== undefined) return before
    const s: Scalar = { node: scalarNode(e), type: e.type }
    known.set(e, s)
    return s
  }

  const scalarNode = (e: AnyExpr): Scalar['node'] => {
    const n = e.node
    switch (n.tag) {
      case 'invalid':
        return refuse(n.error)
      case 'literal':
      case 'param':
        return n
      case 'ref':
        return n.scope === known ? { tag: 'column', id: n.id } : outOfScope()
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
        const found = plan(n.query)
        return ofOneRow(found, TRUE, FALSE) ?? { tag: 'exists', plan: found }
      }
      case 'inQuery': {
        if (singleColumn(n.query) === null) return FALSE.node
        const found = plan(n.query)
        const [operand, only] = [scalar(n.operand), found.outputs[0]?.scalar]
        const isIt: Scalar | undefined = only && { node: { tag: 'call', fn: 'eq', args: [operand, only] }, type: e.type }
        return ofOneRow(found, isIt, FALSE) ?? { tag: 'inQuery', operand, plan: found }
      }
      case 'scalar': {
        const found = plan(n.query)
        const nothing: Scalar = { node: { tag: 'literal', value: null }, type: e.type }
        return ofOneRow(found, found.outputs[0]?.scalar, nothing) ?? { tag: 'scalar', plan: firstOnly(found) }
      }
    }
  }

  /** The plan limited to its first row, unless it has only one. */
  const firstOnly = (p: Plan): Plan => {
    const single = (p.rel.tag === 'aggregate' && p.rel.keys.length === 0) || p.rel.tag === 'unit'
    return single ? p : { ...p, rel: { tag: 'limit', input: p.rel, order: p.order, count: ONE, offset: null } }
  }

  const sortKey = (o: Order): SortKey => ({ scalar: scalar(o.expr), direction: o.direction, nulls: o.nulls })

  const aggregated = (call: AggCall): AggScalar => ({
    fn: call.fn,
    arg: call.arg === null ? null : scalar(call.arg),
    distinct: call.distinct,
    separator: call.separator,
    filter: call.filter === null ? null : scalar(call.filter),
    order: call.order.map(sortKey),
  })

  // --- Relations ------------------------------------------------------------------------------

  const columnsNamed = (types: { readonly [field: string]: ExprType }): readonly Named[] =>
    Object.entries(types).map(([name, type]) => ({ id: fresh(), name, type }))

  const rowNamed = (columns: readonly Named[]): { readonly [field: string]: AnyExpr } =>
    Object.fromEntries(columns.map(c => [c.name, ref(c.id, c.type)]))

  /** A row of fresh columns, each computed as the leaf was. */
  const computed = (row: RowShape, what: string): { readonly row: RowShape; readonly columns: readonly Computed[] } => {
    comparable(row, what)
    const columns: Computed[] = []
    const renamed = mapLeaves(row, (leaf, path) => {
      const id = fresh()
      columns.push({ id, name: outputName(path), scalar: scalar(leaf as AnyExpr) })
      return ref(id, leaf.type)
    })
    return { row: renamed, columns }
  }

  const build = (q: AnyQuery): Built => {
    const { node } = asQuery(q)
    switch (node.tag) {
      case 'from': {
        const columns = columnsNamed(node.table.types)
        return { rel: { tag: 'scan', table: node.table, columns }, row: rowNamed(columns), order: [] }
      }
      case 'of':
        visit(node.shape)
        return { rel: { tag: 'unit' }, row: node.shape, order: [] }
      case 'zero':
        return EMPTY
      case 'values': {
        const columns = columnsNamed(node.types)
        const rows = node.rows.map(row => columns.map(c => scalar(row[c.name] as AnyExpr)))
        return { rel: { tag: 'values', columns, rows }, row: rowNamed(columns), order: [] }
      }
      case 'set':
        return buildSet(node)
      case 'prepared':
        return build(node.prepared.f(node.values))
      default: {
        const input = build(node.input)
        if (input.row === null) return node.tag === 'aggregate' ? buildAggregate(input, node.f) : EMPTY
        return step(node, input, input.row)
      }
    }
  }

  const step = (
    node: Exclude<AnyQuery['node'], { tag: 'from' | 'of' | 'zero' | 'values' | 'set' | 'prepared' }>,
    input: Built,
    row: RowShape,
  ): Built => {
    const scope = scopeOf(row)
    switch (node.tag) {
      case 'where':
        return { ...input, rel: { tag: 'filter', input: input.rel, predicate: scalar(asCondition(node.f(scope), 'where')) } }
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
        const inner = build(node.f(scope))
        return inner.row === null ? EMPTY : { rel: join('inner', input.rel, inner.rel, null), row: inner.row, order: [] }
      }
      case 'bind': {
        const inner = build(node.f(scope))
        if (inner.row === null) return EMPTY
        return { rel: join('inner', input.rel, inner.rel, node.name), row: extend(row, { [node.name]: inner.row }), order: [] }
      }
      case 'bindLeft': {
        const inner = build(node.f(scope))
        if (inner.row === null) return { rel: input.rel, row: extend(row, { [node.name]: MISSING }), order: [] }
        const { rel, present } = tagged(inner.rel)
        return {
          rel: join('left', input.rel, rel, node.name),
          row: extend(row, { [node.name]: { kind: 'maybe', present, row: inner.row } }),
          order: [],
        }
      }
      case 'aggregate':
        return buildAggregate(input, node.f)
      case 'window': {
        const columns = Object.entries(asWindows(node.f(scope))).map(([name, win]) => windowColumn(name, win))
        return { ...input, rel: ownWindows(input.rel, columns), row: extend(row, rowNamed(columns)) }
      }
      case 'distinct': {
        const made = computed(row, 'distinct')
        return { rel: { tag: 'distinct', input: input.rel, columns: made.columns }, row: made.row, order: [] }
      }
      case 'orderBy':
        return { ...input, order: [...asOrders(node.f(scope)), ...input.order] }
      case 'limit':
      case 'offset': {
        const count = scalar(node.count)
        const limits = node.tag === 'limit' ? { count, offset: null } : { count: null, offset: count }
        return { ...input, rel: { tag: 'limit', input: input.rel, order: input.order.map(sortKey), ...limits } }
      }
    }
  }

  /**
   * SQL counts an aggregate whose argument and filter mention only columns of an outer query to that outer query; on MariaDB
   * whatever its order mentions. What they mention is computed in a derived table first, so that it belongs to this one.
   */
  const localized = (rel: Rel, aggs: readonly AggColumn[]): { readonly rel: Rel; readonly aggs: readonly AggColumn[] } => {
    const moved: Computed[] = []
    const move = (s: Scalar): Scalar => {
      const id = fresh()
      moved.push({ id, name: 'value', scalar: s })
      return column(id, s.type)
    }
    const own = aggs.map(a => {
      const { arg, filter, order } = a.agg
      const parts = [arg, filter].flatMap(s => (s === null ? [] : [s]))
      const keys = order.map(k => k.scalar)
      if (!isForeignTo(rel, parts, keys)) return a
      const agg = {
        ...a.agg,
        arg: arg && move(arg),
        filter: filter && move(filter),
        order: order.map(k => ({ ...k, scalar: move(k.scalar) })),
      }
      return { ...a, agg }
    })
    return moved.length === 0 ? { rel, aggs } : { rel: { tag: 'derive', input: rel, columns: moved }, aggs: own }
  }

  const buildAggregate = (input: Built, f: (s: any) => { readonly [name: string]: AnyAgg }): Built => {
    const keys: Computed[] = []
    const aggs: AggColumn[] = []
    const fields: (readonly [string, RowShape])[] = []
    const found = asAggregates(f(input.row === null ? nothing : scopeOf(input.row)))
    for (const [name, agg] of Object.entries(found)) {
      const id = fresh()
      const type = aggregateType(agg, isGrouped(found))
      fields.push([name, ref(id, type)])
      if (agg.node.tag === 'invalid') return refuse(agg.node.error)
      if (agg.node.tag === 'key') keys.push({ id, name, scalar: scalar(agg.node.expr) })
      else aggs.push({ id, name, type, agg: aggregated(agg.node) })
    }
    const own = localized(input.rel, aggs)
    return { rel: { tag: 'aggregate', input: own.rel, keys, aggs: own.aggs }, row: Object.fromEntries(fields), order: [] }
  }

  /**
   * MySQL takes no column of an outer query in a partition or an order (9.7). What mentions outer columns only is the same in all
   * rows; what mentions others too is computed in a derived table first.
   */
  const ownWindows = (input: Rel, columns: readonly WindowColumn[]): Rel => {
    const own = new Set(columnsBy(input).map(c => c.id))
    const moved: Computed[] = []
    const local = (s: Scalar): Scalar => {
      const mentioned = [...freeIn([s])]
      if (mentioned.every(id => own.has(id))) return s
      if (!mentioned.some(id => own.has(id))) return TRUE
      const id = fresh()
      moved.push({ id, name: 'value', scalar: s })
      return column(id, s.type)
    }
    const localized = columns.map(({ window, ...c }) => ({
      ...c,
      window: { ...window, partition: window.partition.map(local), order: window.order.map(k => ({ ...k, scalar: local(k.scalar) })) },
    }))
    const rel: Rel = moved.length === 0 ? input : { tag: 'derive', input, columns: moved }
    return { tag: 'window', input: rel, columns: localized }
  }

  const windowColumn = (name: string, { node, type }: AnyWin): WindowColumn => {
    if (node.tag === 'invalid') return refuse(node.error)
    const { of } = node
    const window: WindowScalar = {
      of: of.tag === 'agg' ? aggregated(of) : { fn: of.fn, arg: of.arg && scalar(of.arg), count: of.count },
      partition: node.partition.map(scalar),
      order: node.order.map(sortKey),
      frame: node.frame,
    }
    return { id: fresh(), name, type, window }
  }

  const buildSet = (node: AnyQuery['node'] & { readonly tag: 'set' }): Built => {
    const [left, right] = [build(node.left), build(node.right)]
    if (left.row === null || right.row === null) {
      if (node.operator === 'intersect' || (node.operator === 'except' && left.row === null)) return EMPTY
      const kept = left.row === null ? right : left
      if (node.operator === 'unionAll' || kept.row === null) return { ...kept, order: [] }
      const made = computed(kept.row, node.operator)
      return { rel: { tag: 'distinct', input: kept.rel, columns: made.columns }, row: made.row, order: [] }
    }
    const united = unite(node.operator, left.row, right.row)
    const columns = united.map(c => ({ id: fresh(), name: outputName(c.path), type: c.type }))
    let next = 0
    const row = mapLeaves(left.row, () => {
      const c = columns[next] as Named
      next += 1
      return ref(c.id, c.type)
    })
    const operand = (rel: Rel, side: 'left' | 'right') => ({ rel, columns: united.map(c => scalar(c[side])) })
    return {
      rel: { tag: 'set', operator: node.operator, left: operand(left.rel, 'left'), right: operand(right.rel, 'right'), columns },
      row,
      order: [],
    }
  }

  /** A relation with an expression that is true of each of its rows, and null where a left join found none. */
  const tagged = (rel: Rel): { readonly rel: Rel; readonly present: Expr<boolean> } => {
    const witness = witnessOf(rel)
    const [tag, tagged_] =
      witness !== null
        ? [witness, rel]
        : ((): [Named, Rel] => {
            const column = { id: fresh(), name: 'present', scalar: TRUE }
            return [
              { ...column, type: TRUE.type },
              { tag: 'derive', input: rel, columns: [column] },
            ]
          })()
    const isNull = expr<boolean>({ tag: 'call', fn: 'isNull', args: [ref(tag.id, { ...tag.type, nullable: true })] }, TRUE.type)
    return { rel: tagged_, present: expr({ tag: 'call', fn: 'not', args: [isNull] }, TRUE.type) }
  }

  // --- Plans ----------------------------------------------------------------------------------

  /** The plan of a query whose rows stand at `at` in the result: what a decoding error names. */
  const plan = (q: AnyQuery, at: readonly string[] = []): Plan => {
    const built = build(q)
    if (built.row === null) return { rel: EMPTY.rel, order: [], outputs: [], row: { tag: 'record', fields: [] } }
    return { rel: built.rel, order: built.order.map(sortKey), ...read(built.row, at) }
  }

  /** The columns of a row, and how they become a result. */
  const read = (shape: RowShape, at: readonly string[] = []): { readonly outputs: readonly Output[]; readonly row: RowPlan } => {
    const outputs: Output[] = []
    const output = (path: readonly string[], s: Scalar): number => outputs.push({ path, scalar: s }) - 1
    const rowPlan = (row: RowShape, path: readonly string[]): RowPlan => {
      const v = visit(row)
      const fields = (of: { readonly [name: string]: RowShape }) =>
        Object.entries(of).map(([name, r]) => [name, rowPlan(r, [...path, name])] as const)
      switch (v.tag) {
        case 'leaf': {
          if (v.leaf.kind === 'expr') return { tag: 'cell', index: output(path, scalar(v.leaf)), path, type: v.leaf.type }
          const nested = nestedPlan(v.leaf, path)
          return {
            tag: 'nested',
            index: output(path, { node: { tag: 'nested', plan: nested }, type: v.leaf.type }),
            path,
            cardinality: v.leaf.cardinality,
            row: nested.row,
          }
        }
        case 'maybe':
          return { tag: 'maybe', index: output([...path, '?'], scalar(v.maybe.present)), row: rowPlan(v.maybe.row, path) }
        case 'mapped':
          return { tag: 'mapped', row: rowPlan(v.row, path), f: v.f }
        case 'extended':
          return { tag: 'extended', row: rowPlan(v.row, path), fields: fields(v.fields) }
        case 'record':
          return { tag: 'record', fields: fields(v.fields) }
      }
    }
    return { row: rowPlan(shape, at), outputs }
  }

  /** A collection is an SQL aggregate of its cells: they too must mention a column of their own query. */
  const nestedPlan = (nested: Nested<any>, at: readonly string[]): Plan => {
    const p = plan(nested.query, at)
    const limited: Plan =
      nested.cardinality === 'many' ? p : { ...p, rel: { tag: 'limit', input: p.rel, order: p.order, count: ONE, offset: null } }
    const parts = [...limited.outputs, ...limited.order].map(o => o.scalar)
    if (!isForeignTo(limited.rel, parts)) return limited
    const columns = parts.map((s): Computed => ({ id: fresh(), name: 'value', scalar: s }))
    const moved = (i: number): Scalar => column((columns[i] as Computed).id, (parts[i] as Scalar).type)
    return {
      ...limited,
      rel: { tag: 'derive', input: limited.rel, columns },
      outputs: limited.outputs.map((o, i) => ({ ...o, scalar: moved(i) })),
      order: limited.order.map((k, i) => ({ ...k, scalar: moved(limited.outputs.length + i) })),
    }
  }

  return { plan, scalar, read, columnsNamed, rowNamed }
}

const TRUE: Scalar = { node: { tag: 'literal', value: true }, type: { sql: { tag: 'boolean' }, nullable: false, refine: null } }
const FALSE: Scalar = { ...TRUE, node: { tag: 'literal', value: false } }
const ONE: Scalar = { node: { tag: 'literal', value: 1n }, type: { sql: { tag: 'bigint' }, nullable: false, refine: null } }

/** The side of a left join with `zero`: never there. */
const MISSING: RowShape = { kind: 'maybe', present: expr({ tag: 'literal', value: false }, TRUE.type), row: {} }

/**
 * What a query of at most one row, which reads no table, comes to: an expression where it has its row, another where it has none.
 * MariaDB does not find the outer columns of such a sub-query, or ends over it (10.11).
 */
const ofOneRow = ({ rel }: Plan, row: Scalar | undefined, none: Scalar): Scalar['node'] | null => {
  const conditions = conditionsOfOne(rel)
  if (conditions === null || row === undefined) return null
  const condition = conjunction(conditions)
  return condition === null ? row.node : { tag: 'case', branches: [[condition, row]], otherwise: none }
}

/** The conditions under which a relation has its one row; null where it may have others. */
const conditionsOfOne = (rel: Rel): readonly Scalar[] | null => {
  if (rel.tag === 'unit') return []
  const inner = rel.tag === 'filter' ? conditionsOfOne(rel.input) : null
  return inner === null || rel.tag !== 'filter' ? null : [...inner, ...conjuncts(rel.predicate)]
}

const join = (kind: 'inner' | 'left', left: Rel, right: Rel, name: string | null): Rel => ({
  tag: 'join',
  kind,
  left,
  right,
  on: null,
  name,
})

/** A column's name: the last field of its path. A left join's tag is named after its side. */
const outputName = (path: readonly string[]): string => {
  const last = path[path.length - 1]
  return last === '?' ? `has_${path[path.length - 2] ?? 'row'}` : (last ?? 'value')
}

/** A column of the relation that is never null in its rows. Columns on the far side of a left join don't count. */
const witnessOf = (rel: Rel): Named | null => {
  switch (rel.tag) {
    case 'filter':
    case 'limit':
      return witnessOf(rel.input)
    case 'join':
      return witnessOf(rel.left) ?? (rel.kind === 'inner' ? witnessOf(rel.right) : null)
    case 'scan': {
      const key = rel.table.primaryKey?.columns[0]
      return rel.columns.find(c => c.name === key) ?? rel.columns.find(c => !c.type.nullable) ?? null
    }
    default:
      return columnsBy(rel).find(c => !c.type.nullable) ?? null
  }
}

/** The plan of a query. A prepared query at the top keeps its parameters. Refuses; call inside `attempting`. */
export const reify = (q: AnyQuery): Plan => reifier().plan(q.node.tag === 'prepared' ? q.node.prepared.template : q)
