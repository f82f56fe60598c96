/**
 * UPDATE and DELETE as in standard SQL.
 *
 * By the standard, every value of SET sees the old row, and a sub-query sees the table as it was before the statement. A dialect
 * whose engine conforms uses these printers. An upsert is the ON CONFLICT of Postgres and SQLite, which names the key of the
 * conflict.
 */

import { type Fragment, list, optional, sql } from './Fragment.js'
import type { DeleteParts, SetPart, UpdateParts, UpsertParts, Writes } from './Writes.js'

const where = (condition: Fragment | null): Fragment => optional(condition !== null, () => sql` WHERE ${condition as Fragment}`)

const assignment = ({ column, value }: SetPart): Fragment => sql`${column} = ${value}`

/** UPDATE. */
export const update = (parts: UpdateParts): Fragment =>
  sql`UPDATE ${parts.table} SET ${list(parts.set.map(assignment))}${where(parts.where)}`

/** UPDATE with FROM. */
export const updateFrom = (parts: UpdateParts, source: Fragment): Fragment =>
  sql`UPDATE ${parts.table} SET ${list(parts.set.map(assignment))} FROM ${source}${where(parts.where)}`

/** DELETE. */
export const remove = (parts: DeleteParts): Fragment => sql`DELETE FROM ${parts.table}${where(parts.where)}`

/** ON CONFLICT, with its target. */
export const onConflict: Pick<Writes, 'conflictOnTarget' | 'offered' | 'upsert'> = {
  conflictOnTarget: true,
  offered: () => ({ clause: '', read: column => `excluded.${column}` }),
  upsert: ({ target, set, where: condition }: UpsertParts) => {
    const head = ` ON CONFLICT (${target.join(', ')}) DO`
    return set === null ? sql`${head} NOTHING` : sql`${head} UPDATE SET ${list(set.map(assignment))}${where(condition)}`
  },
}
