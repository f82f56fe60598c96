/**
 * Expressions that mention columns of enclosing queries only, for engines that evaluate them there.
 *
 * In SQL an aggregate whose argument mentions only columns of an outer query belongs to that query. MariaDB (10.11) also loses
 * the condition of an aggregate without a table, and that of a left join that mentions an outer query but not the joined
 * table. Where a derived table can be correlated the plan computes such values there (`reify`); where it can't, the value is
 * made to mention a column of its own query, without changing it.
 */

import { boolean } from '../plan/conditions.js'
import { freeIn } from '../plan/ids.js'
import type { Named, Scalar, SortKey } from '../plan/Rel.js'
import { type Block, defined, type From, over } from './Block.js'

/** The sources whose columns scalars mention; null stands for the enclosing queries. */
const mentioned = (b: Block, some: readonly Scalar[], found: Set<From | null> = new Set()): ReadonlySet<From | null> => {
  for (const id of freeIn(some)) {
    const def = b.defs.get(id)
    if (def?.tag === 'scalar') mentioned(b, [def.scalar], found)
    else if (def === undefined || def.tag === 'column') found.add(def?.source ?? null)
  }
  return found
}

/** Whether scalars mention no column of the block, and they or the sort keys mention one of an enclosing query. */
export const isOuter = (b: Block, some: readonly Scalar[], order: readonly SortKey[]): boolean => {
  const keys = order.map(k => k.scalar)
  return mentioned(b, [...some, ...keys]).has(null) && [...mentioned(b, some)].every(from => from === null)
}

const columnFrom = (b: Block, sources: readonly From[]): Scalar | null => {
  for (const [id, def] of b.defs) {
    if (def.tag === 'column' && sources.includes(def.source)) return { node: { tag: 'column', id }, type: def.type }
  }
  return null
}

/** The column of a source of one row. Its id is looked up in the innermost block only. */
const ONE: Named = { id: -1, name: 'one', type: boolean(true).type }

/** A column of the block; a block without one gets a source of one row. */
export const withOwnColumn = (b: Block): { readonly block: Block; readonly own: Scalar } => {
  const known = columnFrom(
    b,
    b.sources.map(s => s.from),
  )
  if (known !== null) return { block: b, own: known }
  const one = over({ tag: 'values', columns: [ONE], rows: [[boolean(true)]] }, 'one', [[ONE.id, ONE]])
  const block = { ...b, sources: [...b.sources, ...one.sources], defs: defined(b, one.defs) }
  return { block, own: { node: { tag: 'column', id: ONE.id }, type: ONE.type } }
}

/**
 * The block with conditions of left joins that mention the joined table, where they mention enclosing queries; and with a FROM, where its
 * own condition mentions them: without one it would be evaluated once for all outer rows.
 */
export const withOwnConditions = (b: Block, owned: readonly string[]): Block => {
  if (b.sources.length === 0) return freeIn(b.where).size > 0 ? withOwnColumn(b).block : b
  const condition = (from: From, c: Scalar): Scalar => {
    const found = mentioned(b, [c])
    const own = found.has(null) && !found.has(from) ? columnFrom(b, [from]) : null
    return own === null ? c : { node: { tag: 'printed', text: owned, args: [own, own, c] }, type: { ...c.type, nullable: true } }
  }
  return { ...b, sources: b.sources.map(s => (s.join === 'left' ? { ...s, on: s.on.map(c => condition(s.from, c)) } : s)) }
}
