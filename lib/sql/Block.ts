/**
 * Blocks: the SELECT statements that a relation needs, before they are text.
 *
 * A `Block` has the clauses of one SELECT. `defs` maps each column id to what it is inside the block: a column of a source, or an
 * expression. Which columns a derived table has to select is known only when the enclosing block is printed.
 * `openBlock` makes blocks of relations; `blockRules` has the rules of what one SELECT can't express.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import { Chain } from '../core/syntax/chain.js'
import type { AnyTable, ExprType } from '../core/syntax/Syntax.js'
import { columnsBy } from '../plan/columnsBy.js'
import { isLiteral } from '../plan/conditions.js'
import { freeIn } from '../plan/ids.js'
import { columnsOf, hasQuery } from '../plan/mentions.js'
import { placesOf } from '../plan/places.js'
import type { AggScalar, Computed, Named, Rel, Scalar, SortKey, WindowScalar } from '../plan/Rel.js'

/** What a source of a block reads: a table, a block as a derived table, values, the elements of an array, a set operation, or a definition. */
export type From =
  | { readonly tag: 'table'; readonly table: AnyTable }
  | { readonly tag: 'block'; readonly block: Block; readonly free: ReadonlySet<number> }
  | { readonly tag: 'values'; readonly columns: readonly Named[]; readonly rows: readonly (readonly Scalar[])[] }
  | { readonly tag: 'elements'; readonly array: Scalar; readonly columns: readonly Named[]; readonly free: ReadonlySet<number> }
  | { readonly tag: 'set'; readonly rel: Rel & { readonly tag: 'set' }; readonly free: ReadonlySet<number> }
  | { readonly tag: 'cte'; readonly rel: Rel & { readonly tag: 'cte' }; readonly free: ReadonlySet<number> }
  | { readonly tag: 'self'; readonly key: number; readonly columns: readonly Named[] }

/** A source in FROM, with its join to those before it. */
export interface Source {
  readonly from: From
  readonly join: 'inner' | 'left'
  readonly on: readonly Scalar[]
  /** The preferred name of the source. */
  readonly hint: string
}

/** What a column id is inside a block, and its preferred name outside. */
export type Def = { readonly name: string; readonly type: ExprType } & (
  | { readonly tag: 'column'; readonly source: From }
  | { readonly tag: 'scalar'; readonly scalar: Scalar }
  | { readonly tag: 'agg'; readonly agg: AggScalar }
  | { readonly tag: 'window'; readonly window: WindowScalar }
)

/** The clauses of one SELECT. */
export interface Block {
  readonly sources: readonly Source[]
  readonly where: readonly Scalar[]
  /** Null: no grouping. Empty: one group of all rows. */
  readonly group: readonly Scalar[] | null
  /** The grouping sets, of keys of `group`; null: one set of all keys. */
  readonly sets: readonly (readonly Scalar[])[] | null
  readonly having: readonly Scalar[]
  /** The ids that a DISTINCT block has to select, or null. */
  readonly distinct: readonly number[] | null
  readonly limited: boolean
  readonly order: readonly SortKey[]
  readonly count: Scalar | null
  readonly offset: Scalar | null
  readonly defs: Chain<number, Def>
  /** Whether it has window functions: they see its rows after WHERE and GROUP BY, so that later conditions need another block. */
  readonly windowed: boolean
}

/** The block of one row without columns. */
export const EMPTY: Block = {
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

/** Whether the block has neither groups nor any later clause, so that WHERE, joins and computed columns can be added. */
export const isRows = (b: Block): boolean => b.group === null && b.distinct === null && !b.limited && !b.windowed

/** The definitions of a block, and more. */
export const defined = (b: Block, more: Iterable<readonly [number, Def]>): Chain<number, Def> => b.defs.with(more)

/** Computed columns as definitions of a block. */
export const scalarDefs = (columns: readonly Computed[]): readonly (readonly [number, Def])[] =>
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

/** Named columns by their ids. */
export const byId = (columns: readonly Named[]): readonly (readonly [number, Named])[] => columns.map(c => [c.id, c])

/** Closes a block: a new one that reads from it as a derived table. `rel` is what the closed block was made of. */
export const wrap = (block: Block, rel: Rel): Block => {
  const columns = columnsBy(rel).map(c => [c.id, block.defs.get(c.id) ?? c] as const)
  return over({ tag: 'block', block, free: freeIn(rel) }, block.sources[0]?.hint ?? 'one', columns)
}

/** Whether a scalar is the same in every row: as a key it has no effect, and engines may take it for the number of a column. */
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

/** The sort keys that have an effect: neither constant nor repeated. */
export const deciding = (keys: readonly SortKey[], b: Block | null = null): readonly SortKey[] => {
  const first = placesOf(keys.map(k => k.scalar))
  return keys.filter((k, i) => !isConstant(k.scalar, b) && first(k.scalar) === i)
}

/** The conditions of a block at their places: with the join that they are about, or in WHERE. */
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
