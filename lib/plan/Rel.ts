/**
 * The relational plan: a query as first-order data, before any SQL.
 *
 * A `Rel` denotes a bag of rows, each an assignment of values to column ids. Ids are unique in a
 * whole plan, so that a rewrite never has to rename and can never capture. A `Scalar` is an
 * expression over ids, with the plans of its sub-queries inside. A `Plan` adds what is read: an
 * order, the output columns, and how a row of cells becomes a result.
 *
 * A `join` may be dependent: its right side may mention columns of its left (SQL's LATERAL).
 * Aliases and texts come later, in `sql/`; this module only knows ids and the names they wish for.
 */
import type { AggFn, AnyTable, ExprType, Frame, Lock, ScalarFn, SetOperator, WindowFn } from '../core/syntax/Syntax.js'

export interface Scalar {
  readonly node: ScalarNode
  readonly type: ExprType
}

type ScalarNode =
  | { readonly tag: 'literal'; readonly value: unknown }
  | { readonly tag: 'column'; readonly id: number }
  | { readonly tag: 'param'; readonly name: string }
  | { readonly tag: 'call'; readonly fn: ScalarFn; readonly args: readonly Scalar[] }
  | { readonly tag: 'case'; readonly branches: readonly (readonly [Scalar, Scalar])[]; readonly otherwise: Scalar }
  | { readonly tag: 'in'; readonly operand: Scalar; readonly list: readonly Scalar[] }
  | { readonly tag: 'cast'; readonly operand: Scalar }
  | { readonly tag: 'raw'; readonly text: readonly string[]; readonly args: readonly Scalar[] }
  | { readonly tag: 'exists'; readonly plan: Plan }
  | { readonly tag: 'inQuery'; readonly operand: Scalar; readonly plan: Plan }
  | { readonly tag: 'scalar'; readonly plan: Plan }
  | { readonly tag: 'nested'; readonly plan: Plan }

export interface SortKey {
  readonly scalar: Scalar
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

/** A column that a relation computes, under the name it wishes for. */
export interface Computed {
  readonly id: number
  readonly name: string
  readonly scalar: Scalar
}

/** A column that a relation brings. */
export interface Named {
  readonly id: number
  readonly name: string
  readonly type: ExprType
}

export interface AggScalar {
  readonly fn: AggFn
  readonly arg: Scalar | null
  readonly distinct: boolean
  readonly separator: string
  readonly filter: Scalar | null
  readonly order: readonly SortKey[]
}

export interface AggColumn extends Named {
  readonly agg: AggScalar
}

export interface WindowScalar {
  readonly of: AggScalar | { readonly fn: WindowFn; readonly arg: Scalar | null; readonly count: number | null }
  readonly partition: readonly Scalar[]
  readonly order: readonly SortKey[]
  readonly frame: Frame | null
}

export interface WindowColumn extends Named {
  readonly window: WindowScalar
}

/** One side of a set operation: what it reads, column by column. */
export interface Operand {
  readonly rel: Rel
  readonly columns: readonly Scalar[]
}

/** A query that has a name, or goes on from its own rows: what it reads, column by column. */
export interface Definition {
  /** What tells it from others in its plan: uses with the same key are uses of one definition. */
  readonly key: number
  readonly name: string
  readonly materialized: boolean | null
  readonly first: Operand
  /** What follows from a row, which it reads as `self`. */
  readonly step: (Operand & { readonly distinct: boolean }) | null
}

export type Rel =
  | { readonly tag: 'unit' }
  | { readonly tag: 'empty' }
  | { readonly tag: 'scan'; readonly table: AnyTable; readonly columns: readonly Named[] }
  | { readonly tag: 'values'; readonly columns: readonly Named[]; readonly rows: readonly (readonly Scalar[])[] }
  /** The elements of an array, which may mention relations around: their positions and their values. */
  | { readonly tag: 'elements'; readonly array: Scalar; readonly columns: readonly Named[] }
  | { readonly tag: 'filter'; readonly input: Rel; readonly predicate: Scalar }
  | {
      readonly tag: 'join'
      readonly kind: 'inner' | 'left'
      readonly left: Rel
      readonly right: Rel
      readonly on: Scalar | null
      /** What the right side is bound to, where it has a name. */
      readonly name: string | null
    }
  | {
      readonly tag: 'aggregate'
      readonly input: Rel
      readonly keys: readonly Computed[]
      readonly aggs: readonly AggColumn[]
      /** By which keys groups are made, and what tells for each key whether a group is made by it; null: by all. */
      readonly sets: { readonly keys: readonly (readonly number[])[]; readonly present: readonly Named[] } | null
    }
  | { readonly tag: 'window'; readonly input: Rel; readonly columns: readonly WindowColumn[] }
  | { readonly tag: 'distinct'; readonly input: Rel; readonly columns: readonly Computed[] }
  | {
      readonly tag: 'set'
      readonly operator: SetOperator
      readonly left: Operand
      readonly right: Operand
      readonly columns: readonly Named[]
    }
  | {
      readonly tag: 'limit'
      readonly input: Rel
      readonly order: readonly SortKey[]
      readonly count: Scalar | null
      readonly offset: Scalar | null
    }
  | { readonly tag: 'derive'; readonly input: Rel; readonly columns: readonly Computed[] }
  | { readonly tag: 'cte'; readonly definition: Definition; readonly columns: readonly Named[] }
  /** In the step of a definition: the rows that it goes on from. */
  | { readonly tag: 'self'; readonly key: number; readonly columns: readonly Named[] }

/** How the cells of a row become a result; `index` is the position among the outputs. */
export type RowPlan =
  | { readonly tag: 'cell'; readonly index: number; readonly path: readonly string[]; readonly type: ExprType }
  | {
      readonly tag: 'nested'
      readonly index: number
      readonly path: readonly string[]
      readonly cardinality: 'many' | 'first'
      readonly row: RowPlan
    }
  | { readonly tag: 'maybe'; readonly index: number; readonly row: RowPlan }
  | { readonly tag: 'mapped'; readonly row: RowPlan; readonly f: (a: any) => unknown }
  | { readonly tag: 'extended'; readonly row: RowPlan; readonly fields: readonly (readonly [string, RowPlan])[] }
  | { readonly tag: 'record'; readonly fields: readonly (readonly [string, RowPlan])[] }

/** An output column; a left join's tag is the last step `?` of its path. */
export interface Output {
  readonly path: readonly string[]
  readonly scalar: Scalar
}

export interface Plan {
  readonly rel: Rel
  readonly order: readonly SortKey[]
  readonly outputs: readonly Output[]
  readonly row: RowPlan
  /** Of a whole query only. `of` is a column of the table whose rows are locked, where it is one of several. */
  readonly lock?: Lock & { readonly of?: number }
}

// --- Building ---------------------------------------------------------------------------------

export const column = (id: number, type: ExprType): Scalar => ({ node: { tag: 'column', id }, type })

const BOOLEAN: ExprType = { sql: { tag: 'boolean' }, nullable: false, refine: null }

export const boolean = (value: boolean): Scalar => ({ node: { tag: 'literal', value }, type: BOOLEAN })

/** The conjuncts of a condition: `and` is flattened. */
export const conjuncts = (s: Scalar): readonly Scalar[] =>
  s.node.tag === 'call' && s.node.fn === 'and' ? s.node.args.flatMap(conjuncts) : [s]

/** The conjunction of conditions; null for none. */
export const conjunction = (all: readonly Scalar[]): Scalar | null => {
  const [first, ...rest] = all
  if (first === undefined || rest.length === 0) return first ?? null
  return { node: { tag: 'call', fn: 'and', args: all }, type: { ...BOOLEAN, nullable: all.some(s => s.type.nullable) } }
}

export const both = (a: Scalar | null, b: Scalar | null): Scalar | null =>
  conjunction([...(a === null ? [] : conjuncts(a)), ...(b === null ? [] : conjuncts(b))])

/** Whether a scalar is the column of this id and nothing else. */
export const isColumn = (s: Scalar, id: number | undefined): boolean => s.node.tag === 'column' && s.node.id === id

export const isLiteral = (s: Scalar, value: unknown): boolean => s.node.tag === 'literal' && s.node.value === value

// --- Walking ----------------------------------------------------------------------------------

/** A function on scalars and on plans inside them, for one level of a walk. */
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
    case 'raw': {
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
const mapAgg = (a: AggScalar, f: (s: Scalar) => Scalar): AggScalar => ({
  ...a,
  arg: mapMaybe(a.arg, f),
  filter: mapMaybe(a.filter, f),
  order: mapKeys(a.order, f),
})
const mapWindow = (w: WindowScalar, f: (s: Scalar) => Scalar): WindowScalar => ({
  ...w,
  of: 'filter' in w.of ? mapAgg(w.of, f) : { ...w.of, arg: mapMaybe(w.of.arg, f) },
  partition: w.partition.map(f),
  order: mapKeys(w.order, f),
})
const mapMaybe = (s: Scalar | null, f: (s: Scalar) => Scalar): Scalar | null => (s === null ? null : f(s))

/** The same relation with `f` applied to its inputs and `walk` to the scalars that it holds itself. */
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

export const mapPlan = (p: Plan, f: (r: Rel) => Rel, scalar: (s: Scalar) => Scalar): Plan => ({
  ...p,
  rel: f(p.rel),
  order: mapKeys(p.order, scalar),
  outputs: p.outputs.map(o => ({ ...o, scalar: scalar(o.scalar) })),
})

/** Whether a relation is made of the rows that are, or are not, in another: by EXCEPT or INTERSECT, at any depth of relations. */
export const hasDifference = (rel: Rel): boolean => {
  let found = false
  const walk = (r: Rel): Rel => {
    if (r.tag === 'set' && (r.operator === 'except' || r.operator === 'intersect')) found = true
    return found ? r : mapRel(r, walk, s => s)
  }
  walk(rel)
  return found
}

/** Whether some engines ask by a query: for the values of a document that is no value itself. */
const asksInside = ({ node: n }: Scalar): boolean => {
  const part = n.tag === 'call' && n.fn === 'jsonContains' ? n.args[1]?.node : undefined
  return part?.tag === 'literal' && typeof part.value === 'object'
}

/** Whether a scalar has a query inside. */
export const hasQuery = (s: Scalar): boolean => {
  let found = false
  const scalar = (x: Scalar): Scalar => {
    if (asksInside(x)) found = true
    return mapScalar(x, { scalar, plan })
  }
  const plan = (p: Plan): Plan => {
    found = true
    return p
  }
  scalar(s)
  return found
}

/** The scalars of an aggregate, or of a window function. */
export const partsOf = (of: AggScalar | WindowScalar): readonly Scalar[] => {
  const found: Scalar[] = []
  const add = (s: Scalar): Scalar => {
    found.push(s)
    return s
  }
  if ('of' in of) mapWindow(of, add)
  else mapAgg(of, add)
  return found
}

/** Every column id that a scalar mentions, in its sub-queries too. */
export const columnsOf = (s: Scalar, found: Set<number> = new Set()): Set<number> => {
  const scalar = (x: Scalar): Scalar => {
    if (x.node.tag === 'column') found.add(x.node.id)
    return mapScalar(x, { scalar, plan })
  }
  const rel = (r: Rel): Rel => mapRel(r, rel, scalar)
  const plan = (p: Plan): Plan => {
    mapPlan(p, rel, scalar)
    return p
  }
  scalar(s)
  return found
}

const brought = new WeakMap<Rel, readonly Named[]>()

/** The columns that a relation brings to those above it. Only what was asked for is kept: a chain of joins has those of all its inputs. */
export const columnsBy = (rel: Rel): readonly Named[] => {
  const known = brought.get(rel)
  if (known !== undefined) return known
  const found: Named[] = []
  const add = (r: Rel): void => {
    for (const input of passedOn(r)) add(input)
    for (const c of ownColumns(r)) found.push(c)
  }
  add(rel)
  brought.set(rel, found)
  return found
}

/** The inputs whose columns a relation brings, too. */
const passedOn = (rel: Rel): readonly Rel[] => {
  switch (rel.tag) {
    case 'join':
      return [rel.left, rel.right]
    case 'filter':
    case 'limit':
    case 'window':
    case 'derive':
      return [rel.input]
    default:
      return []
  }
}

const ownColumns = (rel: Rel): readonly Named[] => {
  const computed = (columns: readonly Computed[]): readonly Named[] => columns.map(c => ({ id: c.id, name: c.name, type: c.scalar.type }))
  switch (rel.tag) {
    case 'unit':
    case 'empty':
    case 'filter':
    case 'limit':
    case 'join':
      return []
    case 'aggregate':
      return rel.sets === null
        ? [...computed(rel.keys), ...rel.aggs]
        : [...computed(rel.keys).map(k => ({ ...k, type: { ...k.type, nullable: true } })), ...rel.aggs, ...rel.sets.present]
    case 'distinct':
    case 'derive':
      return computed(rel.columns)
    default:
      return rel.columns
  }
}

/** Substitutes scalars for column ids, everywhere below. */
export const substitute = (by: ReadonlyMap<number, Scalar>): Walk => {
  const scalar = (s: Scalar): Scalar => (s.node.tag === 'column' ? (by.get(s.node.id) ?? s) : mapScalar(s, { scalar, plan }))
  const rel = (r: Rel): Rel => mapRel(r, rel, scalar)
  const plan = (p: Plan): Plan => mapPlan(p, rel, scalar)
  return { scalar, plan }
}

/** Whether two parts of plans are the same data. */
const equal = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return left.length === right.length && left.every(([k, v]) => equal(v, (b as { readonly [k: string]: unknown })[k]))
}

/** Whether two scalars are the same expression. */
export const sameScalar = (a: Scalar, b: Scalar): boolean => equal(a.node, b.node)

/** Whether two orders are the same, key by key. */
export const sameOrder = (a: readonly SortKey[], b: readonly SortKey[]): boolean =>
  a.length === b.length &&
  a.every((k, i) => k.direction === b[i]?.direction && k.nulls === b[i]?.nulls && sameScalar(k.scalar, (b[i] as SortKey).scalar))
