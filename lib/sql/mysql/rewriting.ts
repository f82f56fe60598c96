/**
 * UPDATE and DELETE where SET runs from left to right and the target can't be read by a sub-query.
 *
 * Foreign keys act row by row as well, so that a condition may see what they did for another row: there, too, keys are computed first.
 *
 * `SET a = b, b = a` makes both columns b there. Assignments are put into an order in which none reads
 * a column that was set before; where there is no such order, or a sub-query reads the table that
 * changes, the keys and new values are computed in a derived table first, and joined. Its LIMIT keeps
 * the optimizer from merging it into the statement, which would then be refused.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import type { DialectName } from '../../core/value/DialectName.js'
import { type Fragment, list, sql, text } from '../Fragment.js'
import { remove, update } from '../standardWrites.js'
import type { DeleteParts, SetPart, UpdateParts, Writes } from '../Writes.js'

/** More rows than any table has: the LIMIT where there is only an offset, or only an order. */
export const ALL = '18446744073709551615'

/** The assignments in an order in which each reads old values only; null where there is none. */
export const inOrder = <A extends Pick<SetPart, 'column' | 'reads'>>(set: readonly A[]): readonly A[] | null => {
  if (set.length === 0) return []
  const next = set.find(s => !set.some(other => other !== s && other.reads.has(s.column)))
  if (next === undefined) return null
  const rest = inOrder(set.filter(s => s !== next))
  return rest === null ? null : [next, ...rest]
}

/** What differs: names, and whether a sub-query may read the table that changes. */
interface Engine {
  readonly dialect: DialectName
  readonly quote: (name: string) => string
  readonly readsTable: boolean
}

/** A derived table of the rows that change: their keys and new values, computed before anything is written. */
const derived = (
  { dialect, quote }: Engine,
  parts: DeleteParts,
  values: readonly Fragment[],
  name: string,
  from: Fragment = text(parts.table),
): Fragment => {
  if (parts.key.length === 0) {
    return refuse(
      unsupported('a write that reads what it changes, in a table without a primary key', dialect, 'give the table a primary key'),
    )
  }
  const key = (i: number): string => quote(`key_${i + 1}`)
  const keys = parts.key.map((k, i) => text(`${parts.alias}.${k} AS ${key(i)}`))
  const columns = [...keys, ...values.map((v, i) => sql`${v} AS ${quote(`value_${i + 1}`)}`)]
  const where = parts.where === null ? text('') : sql` WHERE ${parts.where}`
  const on = parts.key.map((k, i) => `${name}.${key(i)} = ${parts.alias}.${k}`).join(' AND ')
  return sql`JOIN (SELECT ${list(columns)} FROM ${from}${where} LIMIT ${ALL}) AS ${name} ON ${on}`
}

/** An update whose new values are computed before anything is written. */
const changing = (engine: Engine, parts: UpdateParts, from?: Fragment): Fragment => {
  const name = parts.name('changed')
  const values = parts.set.map(s => s.value)
  const assigned = parts.set.map((s, i) => `${parts.alias}.${s.column} = ${name}.${engine.quote(`value_${i + 1}`)}`).join(', ')
  return sql`UPDATE ${parts.table} ${derived(engine, parts, values, name, from)} SET ${assigned}`
}

/** The printers of writes. An upsert is printed here only where its assignments have an order: `updateThenInsert` has the others. */
export const rewriting = (engine: Engine): Pick<Writes, 'update' | 'updateFrom' | 'delete' | 'upsert'> => ({
  upsert: ({ set }) => {
    const assigned = (inOrder(set ?? []) ?? []).map(s => sql`${s.column} = ${s.value}`)
    return sql` ON DUPLICATE KEY UPDATE ${list(assigned)}`
  },
  update: parts => {
    const set = inOrder(parts.set)
    if (set === null || (parts.readsTable && !engine.readsTable) || (parts.setSeesWrites && parts.key.length > 0))
      return changing(engine, parts)
    return update({ ...parts, set })
  },
  updateFrom: (parts, source) => changing(engine, parts, sql`${parts.table} CROSS JOIN ${source}`),
  // row by row: the condition on a row sees what the removal of the previous ones set to null or removed
  delete: parts =>
    !(parts.readsTable && !engine.readsTable) && !(parts.mayCascade && parts.key.length > 0)
      ? remove(parts)
      : sql`DELETE ${parts.table} FROM ${parts.table} ${derived(engine, parts, [], parts.name('gone'))}`,
})
