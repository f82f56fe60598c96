/**
 * Clauses: FROM, WHERE, GROUP BY and HAVING of a block, and ORDER BY with LIMIT.
 *
 * FROM is printed first, and fills the environment with the names of the sources, by which the other clauses read their columns.
 * A source brings the columns that the block mentions, directly or through what it computes.
 * A condition stands with the join that it is about, else in WHERE.
 */
import { isInteger } from '../../core/value/SqlType.js'
import { columnsOf, hasQuery, partsOf } from '../../plan/mentions.js'
import type { Scalar } from '../../plan/Rel.js'
import { type Block, type From, placed, type Source } from '../Block.js'
import { level } from '../CallPrinter.js'
import { type Fragment, join, list, optional, slot, sql, text } from '../Fragment.js'
import { withOwnConditions } from '../outerReferences.js'
import { fragment } from './operands.js'
import type { Env } from './Printer.js'
import { fromItem } from './sources.js'

/** The ids that a block needs of each of its sources. */
const needed = (block: Block, outputs: readonly Scalar[]): ReadonlyMap<From, readonly number[]> => {
  const found = new Map<From, number[]>()
  const visited = new Set<number>()
  const add = (s: Scalar): void => {
    for (const id of columnsOf(s)) reach(id)
  }
  const reach = (id: number): void => {
    if (visited.has(id)) return
    visited.add(id)
    const def = block.defs.get(id)
    if (def === undefined) return
    if (def.tag === 'column') {
      const ids = found.get(def.source)
      if (ids === undefined) found.set(def.source, [id])
      else ids.push(id)
    } else if (def.tag === 'scalar') add(def.scalar)
    else for (const s of partsOf(def.tag === 'agg' ? def.agg : def.window)) add(s)
  }
  for (const s of [...outputs, ...block.where, ...(block.group ?? []), ...block.having, ...block.order.map(k => k.scalar)]) add(s)
  for (const source of block.sources) {
    for (const s of source.on) add(s)
    if ('free' in source.from) for (const id of source.from.free) reach(id)
  }
  return found
}

/** FROM, WHERE, GROUP BY and HAVING of a block with these outputs. Fills the environment with the names of the sources. */
export const clausesOf = (env: Env, given: Block, outputs: readonly Scalar[]): Fragment => {
  const { anchorToOuterRow } = env.printer.dialect
  const block = anchorToOuterRow === null ? given : withOwnConditions(given, anchorToOuterRow)
  const needs = needed(block, outputs)
  const { sources, where } = placed(block)
  const from = sources.map((s, i) => sourceText(env, block, s, i, needs.get(s.from) ?? []))
  const conditions = conjunctsOf(env, where)
  const having = conjunctsOf(env, block.having)
  const keys = (some: readonly Scalar[]): Fragment => list(some.map(g => fragment(env, g)))
  const sets = block.sets && sql`GROUPING SETS (${list(block.sets.map(set => sql`(${keys(set)})`))})`
  const group = block.group ?? []
  return sql`${optional(from.length > 0, () => sql` FROM ${join(from, ' ')}`)}${optional(conditions.length > 0, () => sql` WHERE ${join(conditions, ' AND ')}`)}${optional(
    group.length > 0,
    () => sql` GROUP BY ${sets ?? keys(group)}`,
  )}${optional(having.length > 0, () => sql` HAVING ${join(having, ' AND ')}`)}`
}

/** Conditions to be joined by AND. */
export const conjunctsOf = (env: Env, conditions: readonly Scalar[]): readonly Fragment[] =>
  conditions.map(c => fragment(env, c, conditions.length > 1 ? level.and : 0))

const sourceText = (env: Env, block: Block, s: Source, i: number, ids: readonly number[]): Fragment => {
  const { item, name, read, lateral } = fromItem(env, block, s, ids)
  env.sources.set(s.from, { name, read })
  const on = s.on.map(c => {
    if (s.join === 'left' && hasQuery(c)) return env.printer.dialect.guardJoinSubquery(fragment(env, c))
    return fragment(env, c, s.on.length > 1 ? level.and : 0)
  })
  const source = lateral ? sql`LATERAL ${item}` : item
  if (i === 0) return source
  if (s.join === 'left') return sql`LEFT JOIN ${source} ON ${on.length === 0 ? text('TRUE') : join(on, ' AND ')}`
  return on.length === 0 ? sql`CROSS JOIN ${source}` : sql`JOIN ${source} ON ${join(on, ' AND ')}`
}

/** ORDER BY, with a leading blank; empty without keys. */
export const orderClause = (keys: readonly Fragment[]): Fragment => optional(keys.length > 0, () => sql` ORDER BY ${list(keys)}`)

/** LIMIT and OFFSET of a block, with a leading blank. */
export const limitClause = (env: Env, { count, offset }: Block): Fragment =>
  optional(count !== null || offset !== null, () => env.printer.dialect.limit(rowCount(env, count), rowCount(env, offset)))

/** A number of rows. It is a checked integer: a literal is written out, because MySQL takes no parameter of another type there. */
export const rowCount = (env: Env, s: Scalar | null): Fragment | null => {
  if (s === null) return null
  if (s.node.tag === 'literal' && isInteger(s.type.sql)) return text(String(s.node.value))
  return s.node.tag === 'param' ? slot({ tag: 'named', name: s.node.name, type: s.type, isRowCount: true }) : fragment(env, s)
}
