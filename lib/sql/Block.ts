/**
 * Blocks: the SELECT statements that a relation needs, before they are text.
 *
 * A `Block` has the clauses of one SELECT. `openBlock` folds a relation into as few of them as SQL's
 * order of clauses allows: a step goes into the open block when its clause comes later than those in
 * use (FROM, WHERE, GROUP BY, HAVING, DISTINCT, ORDER BY with LIMIT), and otherwise the block is
 * closed into a derived table and a new one opened around it.
 *
 * `defs` says what each column id is inside the block: a column of a source, or an expression. Which
 * columns a derived table has to bring is known only when the block around it is printed.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import { Chain } from '../core/syntax/chain.js'
import type { AnyTable, ExprType } from '../core/syntax/Syntax.js'
import { freeIn } from '../plan/ids.js'
import { placesOf } from '../plan/places.js'
import {
  type AggScalar,
  type Computed,
  columnsBy,
  columnsOf,
  conjuncts,
  hasQuery,
  isColumn,
  isLiteral,
  type Named,
  type Operand,
  type Rel,
  type Scalar,
  type SortKey,
  sameOrder,
  sameScalar,
  type WindowColumn,
  type WindowScalar,
} from '../plan/Rel.js'
import { isPlainName } from './identifier.js'

export type From =
  | { readonly tag: 'table'; readonly table: AnyTable }
  | { readonly tag: 'block'; readonly block: Block; readonly free: ReadonlySet<number> }
  | { readonly tag: 'values'; readonly columns: readonly Named[]; readonly rows: readonly (readonly Scalar[])[] }
  | { readonly tag: 'elements'; readonly array: Scalar; readonly columns: readonly Named[]; readonly free: ReadonlySet<number> }
  | { readonly tag: 'set'; readonly rel: Rel & { readonly tag: 'set' }; readonly free: ReadonlySet<number> }
  | { readonly tag: 'cte'; readonly rel: Rel & { readonly tag: 'cte' }; readonly free: ReadonlySet<number> }
  | { readonly tag: 'self'; readonly key: number; readonly columns: readonly Named[] }

export interface Source {
  readonly from: From
  readonly join: 'inner' | 'left'
  readonly on: readonly Scalar[]
  /** The name that the source wishes for. */
  readonly hint: string
}

/** What a column id is inside a block, and the name it wishes for outside. */
export type Def = { readonly name: string; readonly type: ExprType } & (
  | { readonly tag: 'column'; readonly source: From }
  | { readonly tag: 'scalar'; readonly scalar: Scalar }
  | { readonly tag: 'agg'; readonly agg: AggScalar }
  | { readonly tag: 'window'; readonly window: WindowScalar }
)

export interface Block {
  readonly sources: readonly Source[]
  readonly where: readonly Scalar[]
  /** null: no grouping; empty: one group of all rows */
  readonly group: readonly Scalar[] | null
  /** By which keys of the group: null is by all of them. */
  readonly sets: readonly (readonly Scalar[])[] | null
  readonly having: readonly Scalar[]
  /** The ids that the select list is bound to by DISTINCT, or null. */
  readonly distinct: readonly number[] | null
  readonly limited: boolean
  readonly order: readonly SortKey[]
  readonly count: Scalar | null
  readonly offset: Scalar | null
  readonly defs: Chain<number, Def>
  /** Whether it computes of the rows around a row: what it does with rows comes before, what is done with them later has to wait. */
  readonly windowed: boolean
}

const EMPTY: Block = {
  sources: [],
  where: [],
  group: null,
  sets: null,
  having: [],
  distinct: null,
  limited: false,
  order: [],
  count: null,
  offset: null,
  defs: Chain.of(),
  windowed: false,
}

/** What a dialect can't do in one block. */
export interface BlockOptions {
  /** Whether GROUP BY may hold an expression with a parameter in it, and SELECT repeat it. */
  readonly groupByParameters: boolean
  /** Whether an expression of GROUP BY may stand inside other expressions and in HAVING. */
  readonly groupKeyInExpression: boolean
  /** Whether window functions of different partitions or orders may stand side by side. */
  readonly mixedWindows: boolean
  /** Whether HAVING may mention columns of the queries around. */
  readonly outerRefInHaving: boolean
}

const isRows = (b: Block): boolean => b.group === null && b.distinct === null && !b.limited && !b.windowed

export const defined = (b: Block, more: Iterable<readonly [number, Def]>): Chain<number, Def> => b.defs.with(more)

const scalars = (columns: readonly Computed[]): readonly (readonly [number, Def])[] =>
  columns.map(c => [c.id, { tag: 'scalar', name: c.name, type: c.scalar.type, scalar: c.scalar }])

/** A block of one source. */
export const over = (
  from: From,
  hint: string,
  columns: Iterable<readonly [number, { readonly name: string; readonly type: ExprType }]>,
): Block => ({
  ...EMPTY,
  sources: [{ from, join: 'inner', on: [], hint }],
  defs: Chain.of(Array.from(columns, ([id, c]) => [id, { tag: 'column', source: from, name: c.name, type: c.type }])),
})

const named = (columns: readonly Named[]): readonly (readonly [number, Named])[] => columns.map(c => [c.id, c])

/** Closes a block: a new one that reads from it as a derived table. `rel` is what the closed block was made of. */
export const wrap = (block: Block, rel: Rel): Block => {
  const columns = columnsBy(rel).map(c => [c.id, block.defs.get(c.id) ?? c] as const)
  return over({ tag: 'block', block, free: freeIn(rel) }, block.sources[0]?.hint ?? 'one', columns)
}

/** Whether an expression is printed with a parameter in it. */
const hasParameter = (s: Scalar): boolean => {
  const n = s.node
  if (n.tag === 'call' && FUNCTIONS[n.fn].writesLiterals)
    return n.args.some((a, i) => (i === 0 || a.node.tag !== 'literal') && hasParameter(a))
  if (n.tag === 'call' || n.tag === 'raw') return n.args.some(hasParameter)
  return n.tag === 'cast' ? hasParameter(n.operand) : n.tag !== 'column'
}

const SOME_ROW: Scalar = {
  node: { tag: 'raw', text: ['count(*) > 0'], args: [] },
  type: { sql: { tag: 'boolean' }, nullable: false, refine: null },
}

/** What is the same in every row: it groups and sorts nothing, and engines may take it for the number of a column. */
export const isConstant = (s: Scalar, b: Block | null = null): boolean => {
  const n = s.node
  const all = (some: readonly Scalar[]): boolean => some.every(x => isConstant(x, b))
  switch (n.tag) {
    case 'literal':
    case 'param':
      return true
    case 'column': {
      const def = b?.defs.get(n.id)
      return def?.tag === 'scalar' && isConstant(def.scalar, b)
    }
    case 'call':
      return FUNCTIONS[n.fn].stable !== 'never' && all(n.args)
    case 'cast':
      return isConstant(n.operand, b)
    case 'case':
      return all([...n.branches.flat(), n.otherwise])
    case 'in':
      return all([n.operand, ...n.list])
    default:
      return false
  }
}

/** A block whose one source wishes for a name: tables keep their own, by which they are known. */
const bound = (b: Block, name: string | null): Block => {
  const [only, ...more] = b.sources
  const named = only !== undefined && more.length === 0 && only.from.tag !== 'table' && name !== null && isPlainName(name)
  return named ? { ...b, sources: [{ ...only, hint: name }] } : b
}

/** The sort keys that decide something: neither the same in every row, nor there before. */
export const deciding = (keys: readonly SortKey[], b: Block | null = null): readonly SortKey[] => {
  const first = placesOf(keys.map(k => k.scalar))
  return keys.filter((k, i) => !isConstant(k.scalar, b) && first(k.scalar) === i)
}

const joined = (rel: Rel & { readonly tag: 'join' }, options: BlockOptions): Block => {
  const opened = openBlock(rel.left, options)
  const rows = isRows(opened) ? opened : wrap(opened, rel.left)
  const on = rel.on === null ? [] : conjuncts(rel.on)
  const side = openBlock(rel.right, options)
  const flat = isRows(side) && (rel.kind === 'inner' || side.sources.length === 1)
  const right = bound(flat ? side : wrap(side, rel.right), rel.name)
  if (rel.kind === 'inner' && (rows.sources.length === 0 || right.sources.length === 0)) {
    const sources = [...rows.sources, ...right.sources]
    return { ...rows, sources, where: [...rows.where, ...right.where, ...on], defs: defined(rows, right.defs) }
  }
  const left = rows.sources.length > 0 ? rows : { ...wrap(EMPTY, { tag: 'unit' }), where: rows.where, defs: rows.defs }
  const [first] = right.sources
  if (first === undefined || rel.kind === 'inner') {
    const sources = [...left.sources, ...right.sources]
    return { ...left, sources, where: [...left.where, ...right.where, ...on], defs: defined(left, right.defs) }
  }
  const sources = [...left.sources, { ...first, join: 'left', on: [...on, ...right.where] } as const]
  return { ...left, sources, defs: defined(left, right.defs) }
}

type Aggregate = Rel & { readonly tag: 'aggregate' }

const ZERO: Scalar = { node: { tag: 'literal', value: 0n }, type: { sql: { tag: 'bigint' }, nullable: false, refine: null } }

/**
 * Groups by sets of keys, in a block that is closed: a key is null in the rows of the sets without it. Keys that are not columns of
 * tables, each another one, are made columns first, behind an OFFSET that keeps Postgres from looking through: it takes keys that
 * come to the same for one key, and what is the same in all rows for no key at all.
 */
const inSets = (rel: Aggregate, sets: NonNullable<Aggregate['sets']>, rows: Block): Block => {
  const isPlain = ({ scalar: { node } }: Computed): boolean => {
    const def = node.tag === 'column' ? rows.defs.get(node.id) : undefined
    return def?.tag === 'column' && def.source.tag === 'table'
  }
  const isRepeated = (k: Computed): boolean => rel.keys.some(other => other !== k && sameScalar(other.scalar, k.scalar))
  const fenced = (): Block => {
    const made = { ...rows, defs: defined(rows, scalars(rel.keys)), limited: true, offset: ZERO }
    return wrap(made, { tag: 'derive', input: rel.input, columns: rel.keys })
  }
  const keyed = rel.keys.every(k => isPlain(k) && !isRepeated(k)) ? { ...rows, defs: defined(rows, scalars(rel.keys)) } : fenced()
  const keys = rel.keys.map((k): Scalar => ({ node: { tag: 'column', id: k.id }, type: k.scalar.type }))
  const tells = sets.present.map((c, i): readonly [number, Def] => {
    const node = { tag: 'raw', text: ['grouping(', ') = 0'], args: [keys[i] as Scalar] } as const
    return [c.id, { tag: 'scalar', name: c.name, type: c.type, scalar: { node, type: c.type } }]
  })
  const of = sets.keys.map(ids => keys.filter((_, i) => ids.includes(rel.keys[i]?.id as number)))
  return wrap({ ...keyed, group: keys, sets: of, defs: defined(keyed, [...aggDefs(rel), ...tells]) }, rel)
}

const aggDefs = (rel: Aggregate): readonly (readonly [number, Def])[] =>
  rel.aggs.map(a => [a.id, { tag: 'agg', name: a.name, type: a.type, agg: a.agg }])

const aggregated = (rel: Aggregate, options: BlockOptions): Block => {
  const opened = openBlock(rel.input, options)
  const aggs = aggDefs(rel)
  const rows = isRows(opened) ? opened : wrap(opened, rel.input)
  if (rel.sets !== null) return inSets(rel, rel.sets, rows)
  // constants stand where they are used: as columns of a derived table MySQL loses them between GROUP BY and HAVING
  const constants = rel.keys.filter(k => isConstant(k.scalar))
  const keys = rel.keys.filter(k => !constants.includes(k))
  // by constants alone there is one group, and none of no rows
  const having = rel.keys.length > 0 && keys.length === 0 ? [SOME_ROW] : []
  const keep = !keys.some(k => hasQuery(k.scalar)) && (options.groupByParameters || !keys.some(k => hasParameter(k.scalar)))
  if (keep) return { ...rows, group: keys.map(k => k.scalar), having, defs: defined(rows, [...scalars(rel.keys), ...aggs]) }
  const keyed = wrap({ ...rows, defs: defined(rows, scalars(keys)) }, { tag: 'derive', input: rel.input, columns: keys })
  const group = keys.map((k): Scalar => ({ node: { tag: 'column', id: k.id }, type: k.scalar.type }))
  return { ...keyed, group, having, defs: defined(keyed, [...scalars(constants), ...aggs]) }
}

/** Window functions in groups of the same partition and order. */
const alikeWindows = (columns: readonly WindowColumn[]): readonly (readonly WindowColumn[])[] => {
  const groups: WindowColumn[][] = []
  for (const c of columns) {
    const isAlike = ({ window }: WindowColumn): boolean =>
      window.partition.length === c.window.partition.length &&
      window.partition.every((s, i) => sameScalar(s, c.window.partition[i] as Scalar)) &&
      sameOrder(window.order, c.window.order)
    const group = groups.find(([first]) => first !== undefined && isAlike(first))
    if (group === undefined) groups.push([c])
    else group.push(c)
  }
  return groups
}

const windowed = ({ input, columns }: Rel & { readonly tag: 'window' }, options: BlockOptions): Block => {
  let rel = input
  let block = openBlock(input, options)
  for (const some of options.mixedWindows ? [columns] : alikeWindows(columns)) {
    const b = isRows(block) ? block : wrap(block, rel)
    block = {
      ...b,
      windowed: true,
      defs: defined(
        b,
        some.map(c => [c.id, { tag: 'window', ...c }] as const),
      ),
    }
    rel = { tag: 'window', input: rel, columns: some }
  }
  return block
}

/** The block of a relation, open for the clauses that come later than those in use. */
export const openBlock = (rel: Rel, options: BlockOptions): Block => {
  const open = (r: Rel): Block => openBlock(r, options)
  switch (rel.tag) {
    case 'unit':
      return EMPTY
    case 'empty':
      return {
        ...EMPTY,
        where: [{ node: { tag: 'literal', value: false }, type: { sql: { tag: 'boolean' }, nullable: false, refine: null } }],
      }
    case 'scan': {
      const { table } = rel
      const columns = rel.columns.map(c => [c.id, { name: table.names[c.name] ?? c.name, type: c.type }] as const)
      return over({ tag: 'table', table }, table.name, columns)
    }
    case 'values':
      return over({ tag: 'values', columns: rel.columns, rows: rel.rows }, 'given', named(rel.columns))
    case 'elements':
      return over({ tag: 'elements', array: rel.array, columns: rel.columns, free: freeIn(rel) }, 'element', named(rel.columns))
    case 'set':
      return over({ tag: 'set', rel, free: freeIn(rel) }, 'combined', named(rel.columns))
    case 'cte':
      return over({ tag: 'cte', rel, free: freeIn(rel) }, rel.definition.name, named(rel.columns))
    case 'self':
      return over({ tag: 'self', key: rel.key, columns: rel.columns }, 'previous', named(rel.columns))
    case 'filter': {
      const opened = open(rel.input)
      const closed =
        opened.limited ||
        opened.distinct !== null ||
        opened.windowed ||
        (opened.group !== null && !options.outerRefInHaving && [...freeIn([rel.predicate])].some(id => !opened.defs.has(id))) ||
        asksGroups(opened, [rel.predicate], options) ||
        mentionsKey(opened, rel.predicate, options) ||
        mentionsComputedKey(opened, rel.predicate, options)
      const b = closed ? wrap(opened, rel.input) : opened
      const own = conjuncts(rel.predicate)
      return b.group === null ? { ...b, where: [...b.where, ...own] } : { ...b, having: [...b.having, ...own] }
    }
    case 'join':
      return joined(rel, options)
    case 'aggregate':
      return aggregated(rel, options)
    case 'window':
      return windowed(rel, options)
    case 'distinct': {
      const opened = open(rel.input)
      const columns = rel.columns.map(c => c.scalar)
      const b =
        opened.limited || opened.distinct !== null || asksGroups(opened, columns, options) || hidesGroup(opened, columns)
          ? wrap(opened, rel.input)
          : opened
      return { ...b, distinct: rel.columns.map(c => c.id), defs: defined(b, scalars(rel.columns)) }
    }
    case 'limit': {
      const opened = open(rel.input)
      const keys = rel.order.map(k => k.scalar)
      const b =
        opened.limited || !ordersSelected(opened, rel.order) || asksGroups(opened, keys, options) || sortsKey(opened, rel.order, options)
          ? wrap(opened, rel.input)
          : opened
      return { ...b, limited: true, order: rel.order, count: rel.count, offset: rel.offset }
    }
    case 'derive': {
      const opened = open(rel.input)
      const b = isRows(opened) ? opened : wrap(opened, rel.input)
      return wrap({ ...b, defs: defined(b, scalars(rel.columns)) }, rel)
    }
  }
}

/** A sub-query can't mention what a group, or a window, of the query around it computes: that has to be a column first. */
export const asksGroups = (b: Block, some: readonly Scalar[], options: BlockOptions): boolean =>
  (b.group !== null && some.some(s => hasQuery(s) || (s.node.tag !== 'column' && mentionsKey(b, s, options)))) ||
  (b.windowed && some.some(hasQuery))

/** Whether an expression mentions a group key that is itself an expression, where the dialect minds. */
const mentionsKey = (b: Block, s: Scalar, options: BlockOptions): boolean =>
  !options.groupKeyInExpression &&
  b.group !== null &&
  [...columnsOf(s)].some(id => {
    const def = b.defs.get(id)
    return def?.tag === 'scalar' && isExpression(b, def.scalar)
  })

/** Whether a key is printed as more than a column's name; so are bytes that come out of JSON, as digits. */
const isExpression = (b: Block, key: Scalar): boolean => {
  if (key.node.tag !== 'column') return !isConstant(key)
  const def = b.defs.get(key.node.id)
  return def?.tag === 'column' && def.type.sql.tag === 'bytes' && def.source.tag !== 'table' && def.source.tag !== 'values'
}

/** The same of a key that a derived table computes: MySQL merges the two, and HAVING misses the key where it is not selected. */
const mentionsComputedKey = (b: Block, s: Scalar, options: BlockOptions): boolean =>
  !options.groupKeyInExpression &&
  [...columnsOf(s)].some(id => {
    const def = b.defs.get(id)
    return def?.tag === 'column' && def.source.tag === 'block' && b.group?.some(g => isColumn(g, id)) === true
  })

/** The same of sort keys: `k IS NULL`, which says where the nulls go, is another expression. */
const sortsKey = (b: Block, order: readonly SortKey[], options: BlockOptions): boolean =>
  order.some(k => k.scalar.type.nullable && mentionsKey(b, k.scalar, options))

/** Whether a column is or comes from an aggregate of the block. */
const aggregates = (b: Block, s: Scalar): boolean =>
  [...columnsOf(s)].some(id => {
    const def = b.defs.get(id)
    return def?.tag === 'agg' || (def?.tag === 'scalar' && aggregates(b, def.scalar))
  })

/** A SELECT of one group is one only if it selects an aggregate. */
export const hidesGroup = (b: Block, outputs: readonly Scalar[]): boolean =>
  b.group?.length === 0 && outputs.length > 0 && !outputs.some(s => aggregates(b, s))

/** DISTINCT can be ordered only by what it selects. */
export const ordersSelected = (b: Block, order: readonly SortKey[]): boolean =>
  b.distinct === null ||
  order.every(k => {
    if (k.scalar.node.tag !== 'column' || !b.distinct?.includes(k.scalar.node.id)) return false
    const def = b.defs.get(k.scalar.node.id)
    return def?.tag !== 'scalar' || !hasQuery(def.scalar)
  })

/** The block of a whole plan: ordered as the plan says, and free to select the plan's outputs. */
export const blockOf = (rel: Rel, order: readonly SortKey[], outputs: readonly Scalar[], options: BlockOptions): Block => {
  const b = openBlock(rel, options)
  const columns = outputs.map(s => (s.node.tag === 'column' ? s.node.id : null))
  const selectsAll = b.distinct === null || (columns.length === b.distinct.length && b.distinct.every(id => columns.includes(id)))
  const orders = b.limited ? order.length === 0 || sameOrder(order, b.order) : ordersSelected(b, order)
  const asks = asksGroups(b, [...outputs, ...order.map(k => k.scalar)], options) || sortsKey(b, order, options)
  const open = selectsAll && orders && !asks && !hidesGroup(b, outputs) ? b : wrap(b, rel)
  return order.length === 0 || (open.limited && open === b) ? open : { ...open, order }
}

/** Where the conditions of a block are said: with the join that they are about, or in WHERE. */
export const placed = (b: Block): { readonly sources: readonly Source[]; readonly where: readonly Scalar[] } => {
  const on = b.sources.map(s => [...s.on])
  const places = new Map(b.sources.map((s, i) => [s.from, i]))
  const where: Scalar[] = []
  for (const condition of b.where) {
    const touched = [...columnsOf(condition)].flatMap(id => {
      const def = b.defs.get(id)
      if (def?.tag !== 'column') return def === undefined ? [] : [-1]
      return [places.get(def.source) ?? -1]
    })
    const last = Math.max(-1, ...touched)
    const joins = new Set(touched).size > 1 && !touched.includes(-1) && touched.every(i => b.sources[i]?.join === 'inner')
    const place = joins && !hasQuery(condition) ? on[last] : undefined
    if (place === undefined) {
      if (!isLiteral(condition, true)) where.push(condition)
    } else place.push(condition)
  }
  return { sources: b.sources.map((s, i) => ({ ...s, on: on[i] ?? [] })), where }
}

/** An operand's operand, when it is the same operation with nothing between: `a UNION b UNION c` needs no brackets. */
export const sameOperation = (operand: Operand, rel: Rel & { readonly tag: 'set' }): (Rel & { readonly tag: 'set' }) | null => {
  const inner = operand.rel
  if (inner.tag !== 'set' || inner.operator !== rel.operator) return null
  const straight =
    operand.columns.length === inner.columns.length &&
    operand.columns.every((s, i) => s.node.tag === 'column' && s.node.id === inner.columns[i]?.id)
  return straight ? inner : null
}
