/**
 * Traversals of plans: functions over the immediate parts of a scalar, a relation or a plan.
 *
 * Each applies functions to one level only. A recursive traversal calls it from the functions it passes, so that it decides where to
 * descend: into sub-queries, into inputs, or into neither. `mapScalar` returns the same object where nothing changed, which lets
 * a rewrite detect by identity whether it did anything.
 *
 * Law: with identity functions each returns an equal value.
 */
import type { AggScalar, Computed, Operand, Plan, Rel, Scalar, SortKey, WindowScalar } from './Rel.js'

/** Functions on scalars and on the plans inside them, for one level of a traversal. */
export interface Walk {
  readonly scalar: (s: Scalar) => Scalar
  readonly plan: (p: Plan) => Plan
}

/** The same scalar with `walk` applied to its immediate parts; the same object where nothing changed. */
export const mapScalar = (s: Scalar, walk: Walk): Scalar => {
  const n = s.node
  const list = (xs: readonly Scalar[]): readonly Scalar[] => {
    const ys = xs.map(walk.scalar)
    return ys.every((y, i) => y === xs[i]) ? xs : ys
  }
  switch (n.tag) {
    case 'literal':
    case 'column':
    case 'param':
      return s
    case 'call':
    case 'raw':
    case 'printed': {
      const args = list(n.args)
      return args === n.args ? s : { ...s, node: { ...n, args } }
    }
    case 'case': {
      const flat = [...n.branches.flat(), n.otherwise]
      const mapped = list(flat)
      if (mapped === flat) return s
      const branches = n.branches.map((_, i) => [mapped[2 * i] as Scalar, mapped[2 * i + 1] as Scalar] as const)
      return { ...s, node: { ...n, branches, otherwise: mapped[mapped.length - 1] as Scalar } }
    }
    case 'in': {
      const [operand, items] = [walk.scalar(n.operand), list(n.list)]
      return operand === n.operand && items === n.list ? s : { ...s, node: { ...n, operand, list: items } }
    }
    case 'cast': {
      const operand = walk.scalar(n.operand)
      return operand === n.operand ? s : { ...s, node: { ...n, operand } }
    }
    case 'exists':
    case 'scalar':
    case 'nested': {
      const plan = walk.plan(n.plan)
      return plan === n.plan ? s : { ...s, node: { ...n, plan } }
    }
    case 'inQuery': {
      const [operand, plan] = [walk.scalar(n.operand), walk.plan(n.plan)]
      return operand === n.operand && plan === n.plan ? s : { ...s, node: { ...n, operand, plan } }
    }
  }
}

const mapKeys = (keys: readonly SortKey[], f: (s: Scalar) => Scalar): readonly SortKey[] => keys.map(k => ({ ...k, scalar: f(k.scalar) }))
const mapComputed = (columns: readonly Computed[], f: (s: Scalar) => Scalar): readonly Computed[] =>
  columns.map(c => ({ ...c, scalar: f(c.scalar) }))
/** The same aggregate with `f` applied to its argument, filter and order. */
export const mapAgg = (a: AggScalar, f: (s: Scalar) => Scalar): AggScalar => ({
  ...a,
  arg: mapMaybe(a.arg, f),
  filter: mapMaybe(a.filter, f),
  order: mapKeys(a.order, f),
})
/** The same window function with `f` applied to its argument, partition and order. */
export const mapWindow = (w: WindowScalar, f: (s: Scalar) => Scalar): WindowScalar => ({
  ...w,
  of: 'filter' in w.of ? mapAgg(w.of, f) : { ...w.of, arg: mapMaybe(w.of.arg, f) },
  partition: w.partition.map(f),
  order: mapKeys(w.order, f),
})
const mapMaybe = (s: Scalar | null, f: (s: Scalar) => Scalar): Scalar | null => (s === null ? null : f(s))

/** The same relation with `f` applied to its inputs and `scalar` to its own scalars. */
export const mapRel = (rel: Rel, f: (r: Rel) => Rel, scalar: (s: Scalar) => Scalar): Rel => {
  const operand = (o: Operand): Operand => ({ rel: f(o.rel), columns: o.columns.map(scalar) })
  switch (rel.tag) {
    case 'unit':
    case 'empty':
    case 'scan':
    case 'self':
      return rel
    case 'cte': {
      const { first, step } = rel.definition
      const definition = { ...rel.definition, first: operand(first), step: step && { ...operand(step), distinct: step.distinct } }
      return { ...rel, definition }
    }
    case 'values':
      return { ...rel, rows: rel.rows.map(row => row.map(scalar)) }
    case 'elements':
      return { ...rel, array: scalar(rel.array) }
    case 'filter':
      return { ...rel, input: f(rel.input), predicate: scalar(rel.predicate) }
    case 'join':
      return { ...rel, left: f(rel.left), right: f(rel.right), on: mapMaybe(rel.on, scalar) }
    case 'aggregate':
      return {
        ...rel,
        input: f(rel.input),
        keys: mapComputed(rel.keys, scalar),
        aggs: rel.aggs.map(a => ({ ...a, agg: mapAgg(a.agg, scalar) })),
      }
    case 'window':
      return { ...rel, input: f(rel.input), columns: rel.columns.map(c => ({ ...c, window: mapWindow(c.window, scalar) })) }
    case 'distinct':
    case 'derive':
      return { ...rel, input: f(rel.input), columns: mapComputed(rel.columns, scalar) }
    case 'set':
      return { ...rel, left: operand(rel.left), right: operand(rel.right) }
    case 'limit':
      return {
        ...rel,
        input: f(rel.input),
        order: mapKeys(rel.order, scalar),
        count: mapMaybe(rel.count, scalar),
        offset: mapMaybe(rel.offset, scalar),
      }
  }
}

/** The same plan with `f` applied to its relation and `scalar` to its order and outputs. */
export const mapPlan = (p: Plan, f: (r: Rel) => Rel, scalar: (s: Scalar) => Scalar): Plan => ({
  ...p,
  rel: f(p.rel),
  order: mapKeys(p.order, scalar),
  outputs: p.outputs.map(o => ({ ...o, scalar: scalar(o.scalar) })),
})

/** Substitutes scalars for column ids, in sub-queries too. */
export const substitute = (by: ReadonlyMap<number, Scalar>): Walk => {
  const scalar = (s: Scalar): Scalar => (s.node.tag === 'column' ? (by.get(s.node.id) ?? s) : mapScalar(s, { scalar, plan }))
  const rel = (r: Rel): Rel => mapRel(r, rel, scalar)
  const plan = (p: Plan): Plan => mapPlan(p, rel, scalar)
  return { scalar, plan }
}
