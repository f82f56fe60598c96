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

import { expanded, keyedBy, setsIn, totalled } from '../core/query/groupingSets.js'
import { misplaced, unlocked } from '../core/query/locking.js'
import { asAggregates, asExpr, asFilter, asGrouping, asOrders, asQuery, asWindows, outOfScope } from '../core/syntax/guards.js'
import type {
  AggCall,
  AggFn,
  AnyAgg,
  AnyExpr,
  AnyQuery,
  AnyWin,
  Expr,
  ExprType,
  Nested,
  Order,
  QueryNode,
  RowShape,
} from '../core/syntax/Syntax.js'
import { expr, query } from '../core/syntax/Syntax.js'
import {
  aggregateType,
  comparable,
  distinctKeys,
  extend,
  isGrouped,
  joinable,
  leaves,
  mapLeaves,
  recursiveRow,
  rowOf,
  scopeOf,
  scopeOrNothing,
  singleColumn,
  unite,
  visit,
  withoutNull,
} from '../core/syntax/scope.js'
import { steady } from '../core/syntax/volatile.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { isByArray, ofValues, valuesOf } from './arrayAggregates.js'
import { FALSE, join, MISSING, ONE, ofOneRow, outputName, TRUE, there, withLeaves, witnessOf } from './build.js'
import { column } from './conditions.js'
import { ownAggregates, ownWindows } from './decorrelate.js'
import { freeIn, isForeignTo } from './ids.js'
import type {
  AggColumn,
  AggScalar,
  Computed,
  Definition,
  Named,
  Output,
  Plan,
  Rel,
  RowPlan,
  Scalar,
  SortKey,
  WindowColumn,
  WindowScalar,
} from './Rel.js'

/** A query on the way: its relation, its row over that relation's columns, its order. `row` is null for `zero`. */
interface Built {
  readonly rel: Rel
  readonly row: RowShape | null
  readonly order: readonly Order[]
}

const EMPTY: Built = { rel: { tag: 'empty' }, row: null, order: [] }

/** What an engine has a form of its own for, which is planned as such. */
export interface Forms {
  readonly groupingSets: boolean
}

const PORTABLE: Forms = { groupingSets: false }

/** An expression that is used twice is written twice: fields that are made of each other again and again have no end. */
const MOST_SIZE = 500_000
const TOO_LARGE = unsupported(
  `an expression of more than ${MOST_SIZE} operations, written out`,
  'query-ts',
  'give what is used more than once a query of its own, as with cte',
)

/** A sort by some keys first. What sorts by the same expression after them decides nothing. */
const ledBy = (first: readonly Order[], then: readonly Order[]): readonly Order[] => {
  const led = new Set(first.map(o => o.expr))
  return [...first, ...then.filter(o => !led.has(o.expr) || o.expr.volatile === true)]
}

/** One planning: a supply of ids, and what is planned already. Commands are planned with it too. */
export const reifier = (forms: Forms = PORTABLE) => {
  let counter = 0
  const known = new Map<AnyExpr, Scalar>()
  const shared = new Map<AnyQuery, () => Built>()
  const fresh = (): number => {
    counter += 1
    return counter
  }
  const ref = (id: number, type: ExprType): AnyExpr => expr({ tag: 'ref', id, scope: known }, type)

  // --- Scalars --------------------------------------------------------------------------------

  const scalar = (e: AnyExpr): Scalar => {
    const before = known.get(asExpr(e))
    if (before !== undefined) return before
    if ((e.size ?? 1) > MOST_SIZE) refuse(TOO_LARGE)
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
    fn: call.fn as AggFn,
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
      case 'unnest': {
        const columns = columnsNamed(node.types)
        return { rel: { tag: 'elements', array: scalar(node.array), columns }, row: rowNamed(columns), order: [] }
      }
      case 'set':
        return buildSet(node)
      case 'fullJoin':
        return buildFullJoin(node)
      case 'prepared':
        return build(node.prepared.f(node.values))
      case 'groupingSets':
        return buildGroupingSets(node)
      case 'cte':
        return buildCte(q, node)
      case 'lock':
        return misplaced(node.lock)
      default: {
        const input = build(node.input)
        if (input.row === null) return node.tag === 'aggregate' ? buildAggregate(input, node.f) : EMPTY
        return step(node, input, input.row)
      }
    }
  }

  const step = (
    node: Exclude<
      QueryNode,
      { tag: 'from' | 'of' | 'zero' | 'values' | 'unnest' | 'set' | 'fullJoin' | 'prepared' | 'groupingSets' | 'cte' | 'lock' }
    >,
    input: Built,
    row: RowShape,
  ): Built => {
    const scope = scopeOf(row)
    switch (node.tag) {
      case 'where':
        return {
          ...input,
          rel: { tag: 'filter', input: input.rel, predicate: scalar(asFilter(node.f(scope), 'where')) },
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
        const inner = build(node.f(scope))
        return inner.row === null ? EMPTY : { rel: join('inner', input.rel, inner.rel, null), row: inner.row, order: [] }
      }
      case 'bind': {
        const inner = build(node.f(scope))
        if (inner.row === null) return EMPTY
        return { rel: join('inner', input.rel, inner.rel, node.name), row: extend(joinable(row), { [node.name]: inner.row }), order: [] }
      }
      case 'bindLeft': {
        const inner = build(node.f(scope))
        if (inner.row === null) return { rel: input.rel, row: extend(row, { [node.name]: MISSING }), order: [] }
        const { rel, present } = tagged(inner.rel)
        return {
          rel: join('left', input.rel, rel, node.name),
          row: extend(joinable(row), { [node.name]: { kind: 'maybe', present, row: inner.row } }),
          order: [],
        }
      }
      case 'aggregate':
        return buildAggregate(input, node.f)
      case 'window': {
        const columns = Object.entries(asWindows(node.f(scope))).map(([name, win]) => windowColumn(name, win))
        return { ...input, rel: ownWindows(fresh, input.rel, columns), row: extend(row, rowNamed(columns)) }
      }
      case 'distinct': {
        const made = computed(row, 'distinct')
        return { rel: { tag: 'distinct', input: input.rel, columns: made.columns }, row: made.row, order: [] }
      }
      case 'distinctOn': {
        const by = distinctKeys(node.f(scope)).map(scalar)
        const type = ONE.type
        const position: WindowColumn = {
          id: fresh(),
          name: 'position',
          type,
          window: { of: { fn: 'rowNumber', arg: null, count: null }, partition: by, order: input.order.map(sortKey), frame: null },
        }
        const first: Scalar = { node: { tag: 'call', fn: 'eq', args: [column(position.id, type), ONE] }, type: TRUE.type }
        return { ...input, rel: { tag: 'filter', input: ownWindows(fresh, input.rel, [position]), predicate: first } }
      }
      case 'recursive':
        return buildRecursive(node, input, row)
      case 'orderBy':
        return { ...input, order: ledBy(asOrders(node.f(scope)), input.order) }
      case 'limit':
      case 'offset': {
        const count = scalar(node.count)
        const limits = node.tag === 'limit' ? { count, offset: null } : { count: null, offset: count }
        return { ...input, rel: { tag: 'limit', input: input.rel, order: input.order.map(sortKey), ...limits } }
      }
    }
  }

  const buildGroupingSets = (node: Extract<QueryNode, { readonly tag: 'groupingSets' }>): Built => {
    const row = rowOf(node.input)
    const portable = (): Built => build(expanded(node, scopeOrNothing(row)))
    if (!forms.groupingSets || row === null) return portable()
    const { grouping, sets } = setsIn(node, scopeOf(row))
    const used = Object.keys(grouping.by).filter(name => sets.some(set => set.includes(name)))
    if (used.length === 0) return portable()
    const made = buildAggregate(build(node.input), s => keyedBy(asGrouping(node.f(s)), used), sets)
    const keys = Object.fromEntries(Object.entries(grouping.by).map(([name, e]) => [name, totalled(e)]))
    return { ...made, row: { ...keys, ...(made.row as object) } }
  }

  const buildAggregate = (
    input: Built,
    f: (s: any) => { readonly [name: string]: AnyAgg },
    sets: readonly (readonly string[])[] | null = null,
  ): Built => {
    const keys: Computed[] = []
    const aggs: AggColumn[] = []
    const present: Named[] = []
    const ofArrays: Computed[] = []
    const fields: (readonly [string, RowShape])[] = []
    const found = asAggregates(f(scopeOrNothing(input.row)))
    const grouped = sets === null ? isGrouped(found) : sets.every(set => set.length > 0)
    for (const [name, agg] of Object.entries(found)) {
      const id = fresh()
      const type = aggregateType(agg, grouped)
      if (agg.node.tag === 'invalid') return refuse(agg.node.error)
      if (agg.node.tag === 'key') keys.push({ id, name, scalar: scalar(agg.node.expr) })
      else if (isByArray(agg.node)) {
        const { call, type: list } = valuesOf(agg.node)
        const values = fresh()
        aggs.push({ id: values, name, type: list, agg: aggregated(call) })
        ofArrays.push({ id, name, scalar: scalar(ofValues(agg.node, ref(values, list), type)) })
      } else aggs.push({ id, name, type, agg: aggregated(agg.node) })
      if (sets !== null && agg.node.tag === 'key') {
        const tells = { id: fresh(), name: outputName([name, '?']), type: TRUE.type }
        present.push(tells)
        fields.push([name, { kind: 'maybe', present: ref(tells.id, tells.type), row: ref(id, { ...type, nullable: true }) }])
      } else fields.push([name, ref(id, type)])
    }
    const own = ownAggregates(fresh, input.rel, aggs)
    const ids = sets?.map(set => keys.filter(k => set.includes(k.name)).map(k => k.id))
    const rel: Rel = { tag: 'aggregate', input: own.rel, keys, aggs: own.aggs, sets: ids === undefined ? null : { keys: ids, present } }
    const whole: Rel = ofArrays.length === 0 ? rel : { tag: 'derive', input: rel, columns: ofArrays }
    return { rel: whole, row: Object.fromEntries(fields), order: [] }
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
    const row = withLeaves(
      left.row,
      columns.map(c => ref(c.id, c.type)),
    )
    const operand = (rel: Rel, side: 'left' | 'right') => ({ rel, columns: united.map(c => scalar(c[side])) })
    return {
      rel: { tag: 'set', operator: node.operator, left: operand(left.rel, 'left'), right: operand(right.rel, 'right'), columns },
      row,
      order: [],
    }
  }

  // --- Definitions ----------------------------------------------------------------------------

  /** The rows of a definition under new ids. */
  const rowsOf = (definition: Definition, columns: readonly { readonly name: string; readonly type: ExprType }[], shape: RowShape) => {
    const own = columns.map(({ name, type }): Named => ({ id: fresh(), name, type }))
    const refs = own.map(c => ref(c.id, c.type))
    const rel: Rel = { tag: 'cte', definition, columns: own }
    return { rel, row: withLeaves(shape, refs), refs }
  }

  /** A query under a name; as it is, where it mentions a query around it or has collections in its rows. */
  const buildCte = (q: AnyQuery, { name, materialized, input }: Extract<QueryNode, { readonly tag: 'cte' }>): Built => {
    const before = shared.get(q)
    if (before !== undefined) return before()
    const made = build(input)
    if (made.row !== null) joinable(made.row, 'a cte')
    if (made.row === null || leaves(made.row).some(([, leaf]) => leaf.kind === 'nested')) return made
    const { row, order } = made
    const columns = [
      ...leaves(row).map(([path, leaf]) => ({ name: outputName(path), type: leaf.type, scalar: scalar(leaf as AnyExpr) })),
      ...order.map(o => ({ name: 'sort', type: o.expr.type, scalar: scalar(o.expr) })),
    ]
    const first = { rel: made.rel, columns: columns.map(c => c.scalar) }
    const definition: Definition = { key: fresh(), name, materialized, first, step: null }
    if (freeIn({ tag: 'cte', definition, columns: [] }).size > 0) return made
    const use = (): Built => {
      const { rel, row: own, refs } = rowsOf(definition, columns, row)
      return { rel, row: own, order: order.map((o, i) => ({ ...o, expr: refs[refs.length - order.length + i] as AnyExpr })) }
    }
    shared.set(q, use)
    return use()
  }

  const buildRecursive = (node: Extract<QueryNode, { readonly tag: 'recursive' }>, input: Built, row: RowShape): Built => {
    const shape = recursiveRow(row, node.f)
    const columns = leaves(shape).map(([path, leaf]) => ({ name: outputName(path), type: leaf.type }))
    const key = fresh()
    const self = columns.map(({ name, type }): Named => ({ id: fresh(), name, type }))
    const selfRow = withLeaves(
      shape,
      self.map(c => ref(c.id, c.type)),
    )
    const next = build(node.f(scopeOf(selfRow)))
    const first = { rel: input.rel, columns: comparable(row, 'recursive').map(([, e]) => scalar(e)) }
    const step = next.row && {
      rel: join('inner', { tag: 'self', key, columns: self }, next.rel, null),
      columns: unite('recursive', selfRow, next.row).map(c => scalar(c.right)),
      distinct: node.distinct,
    }
    if (step === null && node.distinct) {
      const made = computed(row, 'closure')
      return { rel: { tag: 'distinct', input: input.rel, columns: made.columns }, row: made.row, order: [] }
    }
    const made = rowsOf({ key, name: 'following', materialized: null, first, step }, columns, shape)
    return { rel: made.rel, row: made.row, order: [] }
  }

  /**
   * A left join, and the rows of the right side that are in none of its pairs. The left side is asked twice, under other ids.
   */
  const buildFullJoin = ({ left, right, on }: Extract<QueryNode, { readonly tag: 'fullJoin' }>): Built => {
    const [l, r] = [build(left), build(right)]
    if (l.row === null && r.row === null) return EMPTY
    if (r.row === null) return { ...l, row: { left: there(l.row as RowShape), right: MISSING }, order: [] }
    if (l.row === null) return { ...r, row: { left: MISSING, right: there(r.row) }, order: [] }
    const [ls, rs] = [l.row, r.row]
    const agree: Scalar = scalar(asFilter(on(scopeOf(ls), scopeOf(rs)), 'fullJoin'))
    const far = tagged({ tag: 'filter', input: r.rel, predicate: agree })
    const alone = build(right)
    const row = alone.row as RowShape
    const partner = query<unknown, unknown>({ tag: 'where', input: left, f: s => asFilter(on(s, scopeOf(row)), 'fullJoin') })
    const found = expr<boolean>({ tag: 'exists', query: partner }, TRUE.type)
    const rest: Rel = { tag: 'filter', input: alone.rel, predicate: scalar(expr({ tag: 'call', fn: 'not', args: [found] }, TRUE.type)) }
    const [own, other] = [comparable(ls, 'fullJoin'), comparable(rs, 'fullJoin')]
    const columns = [['left', '?'], ...own.map(([path]) => path), ['right', '?'], ...other.map(([path]) => path)]
    const types = [TRUE.type, ...own.map(([, e]) => e.type), TRUE.type, ...other.map(([, e]) => e.type)]
    const named = columns.map(
      (path, i): Named => ({ id: fresh(), name: outputName(path), type: { ...(types[i] as ExprType), nullable: true } }),
    )
    const refs = named.map((c, i) => ref(c.id, types[i] as ExprType))
    const nulls = own.map(([, e]): Scalar => ({ node: { tag: 'literal', value: null }, type: { ...e.type, nullable: true } }))
    const sides = {
      left: {
        rel: join('left', l.rel, far.rel, 'right'),
        columns: [TRUE, ...own.map(([, e]) => scalar(e)), scalar(far.present), ...other.map(([, e]) => scalar(e))],
      },
      right: { rel: rest, columns: [FALSE, ...nulls, TRUE, ...comparable(row, 'fullJoin').map(([, e]) => scalar(e))] },
    }
    const side = (at: number, shape: RowShape, count: number): RowShape => ({
      kind: 'maybe',
      present: refs[at] as Expr<boolean>,
      row: withLeaves(shape, refs.slice(at + 1, at + 1 + count)),
    })
    return {
      rel: { tag: 'set', operator: 'unionAll', ...sides, columns: named },
      row: { left: side(0, ls, own.length), right: side(own.length + 1, rs, other.length) },
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
  const plan = (q: AnyQuery, at: readonly string[] = [], isInside = false): Plan => {
    const built = build(q)
    if (built.row === null) return { rel: EMPTY.rel, order: [], outputs: [], row: { tag: 'record', fields: [] } }
    return { rel: built.rel, order: built.order.map(sortKey), ...read(built.row, at, isInside) }
  }

  /** The columns of a row, and how they become a result. */
  const read = (
    shape: RowShape,
    at: readonly string[] = [],
    isInside = false,
  ): { readonly outputs: readonly Output[]; readonly row: RowPlan } => {
    const outputs: Output[] = []
    const output = (path: readonly string[], s: Scalar): number => outputs.push({ path, scalar: s }) - 1
    const rowPlan = (row: RowShape, path: readonly string[]): RowPlan => {
      const v = visit(row)
      const fields = (of: { readonly [name: string]: RowShape }) =>
        Object.entries(of).map(([name, r]) => [name, rowPlan(r, [...path, name])] as const)
      switch (v.tag) {
        case 'leaf': {
          if (isInside && v.leaf.kind === 'expr') steady(v.leaf, 'a nested collection')
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
    const p = plan(nested.query, at, true)
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

/** The plan of a whole query. A prepared query at the top keeps its parameters. Refuses; call inside `attempting`. */
export const reify = (q: AnyQuery, forms: Forms = PORTABLE): Plan => {
  const { query: bare, lock } = unlocked(q.node.tag === 'prepared' ? q.node.prepared.template : q)
  const plan = reifier(forms).plan(bare)
  return lock === null ? plan : { ...plan, lock }
}
