/**
 * One SELECT of a block: its columns with their labels, its clauses, its order, limit and lock.
 *
 * What reads the columns (`Use`) decides how they are printed: a driver may need another form, a recursion its type stated.
 * A column that is selected under its own name has no label. ORDER BY uses a label where no column of a source has the same name.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { boolean } from '../../plan/conditions.js'
import { placesOf } from '../../plan/places.js'
import type { Plan, Scalar, SortKey } from '../../plan/Rel.js'
import { type Block, deciding, type Source } from '../Block.js'
import { hidesGroup } from '../blockRules.js'
import type { Dialect } from '../Dialect.js'
import { type Fragment, list, sql, text } from '../Fragment.js'
import { distinctLabels, isPlainName, isRisky } from '../identifier.js'
import { clausesOf, limitClause, orderClause } from './clauses.js'
import { alone } from './operands.js'
import { type Env, inBlock, type Placed, type Use } from './Printer.js'
import { sortKey } from './sortKeys.js'
import { openScope } from './withClause.js'

type PlanLock = NonNullable<Plan['lock']>

/** What is selected, under which labels (null: its own name), and what for. */
export interface Selection {
  readonly outputs: readonly Scalar[]
  readonly labels: readonly (string | null)[]
  readonly use: Use
  readonly lock?: PlanLock | null | undefined
}

/** One SELECT of a block. */
export const selectBlock = (parent: Env, given: Block, { outputs, labels, use, lock = null }: Selection): Fragment => {
  const { printer } = parent
  const { dialect } = printer
  const block = unjoined(dialect, given, outputs, use)
  const { definitions, clause } = openScope(printer, use)
  const env = inBlock(block, parent, definitions)
  const clauses = clausesOf(env, block, outputs)
  const columns = outputs.map((s, i) => labelled(dialect, outputColumn(env, block, s, use), labels[i]))
  const label = labelling(dialect, block, outputs, labels, use)
  const order = deciding(block.order, block).map(k => sortKey(env, k, label(k)))
  // what makes a block of one group: a SELECT without any aggregate would have a row for each row
  const nothing = block.group?.length === 0 ? 'count(*)' : '1'
  if (hidesGroup(block, outputs))
    columns.push(sql`count(*) AS ${dialect.quote(distinctLabels([...labels.map(l => l ?? ''), 'rows'], dialect.label).at(-1) as string)}`)
  const ordering = orderClause(order)
  const limits = limitClause(env, block)
  return sql`${clause()}SELECT ${block.distinct === null ? '' : 'DISTINCT '}${columns.length === 0 ? text(nothing) : list(columns)}${clauses}${ordering}${limits}${lock === null ? '' : lockClause(env, block, lock)}`
}

/** A sub-query of EXISTS or IN over arrays of an outer row, kept from being made a join where the dialect needs that. */
const unjoined = (dialect: Dialect, b: Block, outputs: readonly Scalar[], use: Use): Block => {
  const isCondition = use === 'members' || (use === 'plain' && outputs.length === 0)
  if (dialect.joinsElements || !isCondition || b.having.length > 0) return b
  const isCorrelated = ({ from }: Source): boolean => from.tag === 'elements' && [...from.free].some(id => !b.defs.has(id))
  return b.sources.some(isCorrelated) ? { ...b, having: [boolean(true)] } : b
}

const outputColumn = (env: Env, block: Block, s: Scalar, use: Use): Fragment => {
  const { dialect } = env.printer
  const plain = alone(env, s)
  if (use === 'recursive' || (use === 'viewed' && !isTableColumn(block, s))) return dialect.recursiveColumn(plain, s.type.sql)
  return use === 'result' && s.node.tag !== 'nested' ? dialect.output(plain, s.type.sql) : plain
}

const labelled = (dialect: Dialect, printed: Fragment, name: string | null | undefined): Fragment => {
  if (name === undefined || name === null) return printed
  const label = dialect.quote(name)
  const [only, ...more] = printed.pieces
  return more.length === 0 && typeof only === 'string' && only.endsWith(`.${label}`) ? printed : sql`${printed} AS ${label}`
}

/** Whether an output is a column of a table whose name drivers take: rows are read by position, so it needs no label. */
export const isTableColumn = (b: Block, s: Scalar | undefined): boolean => {
  const def = s?.node.tag === 'column' ? b.defs.get(s.node.id) : undefined
  return def?.tag === 'column' && def.source.tag === 'table' && !isRisky(def.name)
}

/** Whether a column of this type is selected unchanged, also for a driver. */
export const isReadUnchanged = (dialect: Dialect, type: SqlType): boolean => {
  const value = text('')
  return dialect.output(value, type) === value
}

/** The label by which a computed output is sorted, where no column of a source has the same name. */
const labelling = (dialect: Dialect, block: Block, outputs: readonly Scalar[], labels: readonly (string | null)[], use: Use) => {
  if (block.order.length === 0) return () => undefined
  const place = placesOf(outputs)
  const taken = new Set(Array.from(block.defs, ([, d]) => (d.tag === 'column' ? d.name.toLowerCase() : null)))
  const isStored = (s: Scalar): boolean => {
    const def = s.node.tag === 'column' ? block.defs.get(s.node.id) : undefined
    return def?.tag === 'column' || (def?.tag === 'scalar' && isStored(def.scalar))
  }
  return (k: SortKey): Fragment | undefined => {
    const label = isStored(k.scalar) ? null : labels[place(k.scalar)]
    if (label == null || !isPlainName(label) || (use === 'result' && !isReadUnchanged(dialect, k.scalar.type.sql))) return undefined
    return taken.has(label.toLowerCase()) ? undefined : text(dialect.quote(label))
  }
}

const quotedName = ({ sources, printer }: Env, { from }: Source): string => printer.dialect.quote((sources.get(from) as Placed).name)

/** Locks one table of several, or all. Where a condition is never true there is no table left to lock. */
const lockClause = (env: Env, block: Block, lock: PlanLock): string => {
  const { dialect } = env.printer
  if (lock.of === undefined) return dialect.locking(lock, lockable(env, block))
  const def = block.defs.get(lock.of)
  const source = block.sources.find(s => def?.tag === 'column' && def.source === s.from)
  return source === undefined ? '' : dialect.locking(lock, [quotedName(env, source)])
}

/** The sources whose rows are locked: tables, but not on the far side of a left join. */
const lockable = (env: Env, { sources }: Block): readonly string[] =>
  sources.flatMap(s => {
    if (s.join === 'left') return []
    if (s.from.tag === 'table') return [quotedName(env, s)]
    return refuse(unsupported('a lock on rows of a query inside the query', env.printer.dialect.name, 'join its tables'))
  })
