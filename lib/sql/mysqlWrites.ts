/**
 * UPDATE and DELETE where SET runs from left to right and the target can't be read by a sub-query.
 *
 * `SET a = b, b = a` makes both columns b there. Assignments are put into an order in which none reads
 * a column that was set before; where there is no such order, or a sub-query reads the table that
 * changes, the keys and new values are computed in a derived table first, and joined. Its LIMIT keeps
 * the optimizer from merging it into the statement, which would then be refused.
 */
import { refuse, unsupported } from '../core/DbError.js'
import type { DialectName } from '../core/DialectName.js'
import type { DeleteParts, SetPart, Writes } from './Dialect.js'
import { type Fragment, list, sql, text } from './Fragment.js'
import { remove, update } from './standardWrites.js'

/** More rows than any table has: what LIMIT says where there is only an offset, or only an order. */
export const ALL = '18446744073709551615'

/** The assignments in an order in which each sees old values only, or null. */
const inOrder = (set: readonly SetPart[]): readonly SetPart[] | null => {
  if (set.length === 0) return []
  const next = set.find(s => !set.some(other => other !== s && other.reads.has(s.column)))
  if (next === undefined) return null
  const rest = inOrder(set.filter(s => s !== next))
  return rest === null ? null : [next, ...rest]
}

/** The rows that change, with their keys and new values, as they were before. */
const derived = (dialect: DialectName, parts: DeleteParts, values: readonly Fragment[], alias: string): Fragment => {
  if (parts.key.length === 0) {
    return refuse(
      unsupported('a write that reads what it changes, in a table without a primary key', dialect, 'give the table a primary key'),
    )
  }
  const keys = parts.key.map((k, i) => text(`${parts.alias}.${k} AS key_${i + 1}`))
  const columns = [...keys, ...values.map((v, i) => sql`${v} AS ${`value_${i + 1}`}`)]
  const where = parts.where === null ? text('') : sql` WHERE ${parts.where}`
  const on = parts.key.map((k, i) => `${alias}.key_${i + 1} = ${parts.alias}.${k}`).join(' AND ')
  return sql`JOIN (SELECT ${list(columns)} FROM ${parts.table}${where} LIMIT ${ALL}) AS ${alias} ON ${on}`
}

/** The printers of both. `readsTable` says whether the engine lets a sub-query read the table that changes. */
export const rewriting = (dialect: DialectName, readsTable: boolean): Pick<Writes, 'update' | 'delete'> => ({
  update: parts => {
    const set = inOrder(parts.set)
    if (set !== null && (readsTable || !parts.readsTable)) return update({ ...parts, set })
    const { table, alias } = parts
    const values = parts.set.map(s => s.value)
    const assigned = parts.set.map((s, i) => `${alias}.${s.column} = changed.value_${i + 1}`).join(', ')
    return sql`UPDATE ${table} ${derived(dialect, parts, values, 'changed')} SET ${assigned}`
  },
  delete: parts =>
    readsTable || !parts.readsTable ? remove(parts) : sql`DELETE ${parts.table} FROM ${parts.table} ${derived(dialect, parts, [], 'gone')}`,
})
