/**
 * From a relation to blocks: as few SELECT statements as SQL's order of clauses allows.
 *
 * `openBlock` folds a relation. A step goes into the open block when its clause comes later than those in use (FROM, WHERE, GROUP BY,
 * HAVING, DISTINCT, ORDER BY with LIMIT); otherwise the block is closed into a derived table, and a new one reads from it.
 * `blockOf` does the same for a whole plan, whose order and outputs the block must be free to have.
 */
import { FUNCTIONS } from '../core/expr/functions.js'
import { conjuncts } from '../plan/conditions.js'
import { freeIn } from '../plan/ids.js'
import { hasQuery } from '../plan/mentions.js'
import type { Computed, Rel, Scalar, SortKey, WindowColumn } from '../plan/Rel.js'
import { sameOrder, sameScalar } from '../plan/sameScalar.js'
import { type Block, byId, type Def, defined, EMPTY, isConstant, isRows, over, scalarDefs, wrap } from './Block.js'
import {
  type BlockOptions,
  hidesGroup,
  mentionsComputedKey,
  mentionsKey,
  needsGroupColumns,
  ordersSelected,
  sortsKey,
} from './blockRules.js'
import { isPlainName } from './identifier.js'

/** Whether an expression is printed with a parameter in it. */
const hasParameter = (s: Scalar): boolean => {
  const n = s.node
  if (n.tag === 'call' && FUNCTIONS[n.fn].writesLiterals)
    return n.args.some((a, i) => (i === 0 || a.node.tag !== 'literal') && hasParameter(a))
  if (n.tag === 'call' || n.tag === 'raw' || n.tag === 'printed') return n.args.some(hasParameter)
  return n.tag === 'cast' ? hasParameter(n.operand) : n.tag !== 'column'
}

const SOME_ROW: Scalar = {
  node: { tag: 'printed', text: ['count(*) > 0'], args: [] },
  type: { sql: { tag: 'boolean' }, nullable: false, refine: null },
}

/** A block whose one source prefers a name; tables keep their own. */
const bound = (b: Block, name: string | null): Block => {
  const [only, ...more] = b.sources
  const named = only !== undefined && more.length === 0 && only.from.tag !== 'table' && name !== null && isPlainName(name)
  return named ? { ...b, sources: [{ ...only, hint: name }] } : b
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
 * GROUPING SETS, in a closed block: a key is null in the rows of the sets without it. Unless all keys are distinct columns of tables, or
 * the dialect takes any, they are made columns first, in a derived table with an OFFSET, which an engine does not merge.
 */
const inSets = (rel: Aggregate, sets: NonNullable<Aggregate['sets']>, rows: Block, { computedSetKeys }: BlockOptions): Block => {
  const isPlain = ({ scalar: { node } }: Computed): boolean => {
    const def = node.tag === 'column' ? rows.defs.get(node.id) : undefined
    return def?.tag === 'column' && def.source.tag === 'table'
  }
  const isRepeated = (k: Computed): boolean => rel.keys.some(other => other !== k && sameScalar(other.scalar, k.scalar))
  const fenced = (): Block => {
    const made = { ...rows, defs: defined(rows, scalarDefs(rel.keys)), limited: true, offset: ZERO }
    return wrap(made, { tag: 'derive', input: rel.input, columns: rel.keys })
  }
  const isFree = computedSetKeys || rel.keys.every(k => isPlain(k) && !isRepeated(k))
  const keyed = isFree ? { ...rows, defs: defined(rows, scalarDefs(rel.keys)) } : fenced()
  const keys = rel.keys.map((k): Scalar => ({ node: { tag: 'column', id: k.id }, type: k.scalar.type }))
  const tells = sets.present.map((c, i): readonly [number, Def] => {
    const node = { tag: 'printed', text: ['grouping(', ') = 0'], args: [keys[i] as Scalar] } as const
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
  if (rel.sets !== null) return inSets(rel, rel.sets, rows, options)
  // constants are printed where they are used: MySQL does not find them in HAVING as columns of a derived table
  const constants = rel.keys.filter(k => isConstant(k.scalar))
  const keys = rel.keys.filter(k => !constants.includes(k))
  // by constants only there is one group, or none without rows
  const having = rel.keys.length > 0 && keys.length === 0 ? [SOME_ROW] : []
  const keep = !keys.some(k => hasQuery(k.scalar)) && (options.groupByParameters || !keys.some(k => hasParameter(k.scalar)))
  if (keep) return { ...rows, group: keys.map(k => k.scalar), having, defs: defined(rows, [...scalarDefs(rel.keys), ...aggs]) }
  const keyed = wrap({ ...rows, defs: defined(rows, scalarDefs(keys)) }, { tag: 'derive', input: rel.input, columns: keys })
  const group = keys.map((k): Scalar => ({ node: { tag: 'column', id: k.id }, type: k.scalar.type }))
  return { ...keyed, group, having, defs: defined(keyed, [...scalarDefs(constants), ...aggs]) }
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
      return over({ tag: 'values', columns: rel.columns, rows: rel.rows }, 'given', byId(rel.columns))
    case 'elements':
      return over({ tag: 'elements', array: rel.array, columns: rel.columns, free: freeIn(rel) }, 'element', byId(rel.columns))
    case 'set':
      return over({ tag: 'set', rel, free: freeIn(rel) }, 'combined', byId(rel.columns))
    case 'cte':
      return over({ tag: 'cte', rel, free: freeIn(rel) }, rel.definition.name, byId(rel.columns))
    case 'self':
      return over({ tag: 'self', key: rel.key, columns: rel.columns }, 'previous', byId(rel.columns))
    case 'filter': {
      const opened = open(rel.input)
      const closed =
        opened.limited ||
        opened.distinct !== null ||
        opened.windowed ||
        (opened.group !== null && !options.outerRefInHaving && [...freeIn([rel.predicate])].some(id => !opened.defs.has(id))) ||
        needsGroupColumns(opened, [rel.predicate], options) ||
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
        opened.limited || opened.distinct !== null || needsGroupColumns(opened, columns, options) || hidesGroup(opened, columns)
          ? wrap(opened, rel.input)
          : opened
      return { ...b, distinct: rel.columns.map(c => c.id), defs: defined(b, scalarDefs(rel.columns)) }
    }
    case 'limit': {
      const opened = open(rel.input)
      const keys = rel.order.map(k => k.scalar)
      const b =
        opened.limited ||
        !ordersSelected(opened, rel.order) ||
        needsGroupColumns(opened, keys, options) ||
        sortsKey(opened, rel.order, options)
          ? wrap(opened, rel.input)
          : opened
      return { ...b, limited: true, order: rel.order, count: rel.count, offset: rel.offset }
    }
    case 'derive': {
      const opened = open(rel.input)
      const b = isRows(opened) ? opened : wrap(opened, rel.input)
      return wrap({ ...b, defs: defined(b, scalarDefs(rel.columns)) }, rel)
    }
  }
}

/** The block of a whole plan, with its order, and free to select its outputs. */
export const blockOf = (rel: Rel, order: readonly SortKey[], outputs: readonly Scalar[], options: BlockOptions): Block => {
  const b = openBlock(rel, options)
  const columns = outputs.map(s => (s.node.tag === 'column' ? s.node.id : null))
  const selectsAll = b.distinct === null || (columns.length === b.distinct.length && b.distinct.every(id => columns.includes(id)))
  const orders = b.limited ? order.length === 0 || sameOrder(order, b.order) : ordersSelected(b, order)
  const needsColumns = needsGroupColumns(b, [...outputs, ...order.map(k => k.scalar)], options) || sortsKey(b, order, options)
  const open = selectsAll && orders && !needsColumns && !hidesGroup(b, outputs) ? b : wrap(b, rel)
  return order.length === 0 || (open.limited && open === b) ? open : { ...open, order }
}
