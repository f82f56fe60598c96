/**
 * UPDATE and DELETE as the standard has them.
 *
 * In SQL as it is meant, SET sees the old row in every value, and a sub-query sees the table as it was
 * before the statement. A dialect whose engine keeps to that uses these; another has its own. An upsert is Postgres's
 * ON CONFLICT, which SQLite has taken over: it names the key that it is about.
 */

import { type Fragment, list, optional, sql } from './Fragment.js'
import type { DeleteParts, SetPart, UpdateParts, UpsertParts, Writes } from './Writes.js'

const where = (condition: Fragment | null): Fragment => optional(condition !== null, () => sql` WHERE ${condition as Fragment}`)

const assignment = ({ column, value }: SetPart): Fragment => sql`${column} = ${value}`

export const update = (parts: UpdateParts): Fragment =>
  sql`UPDATE ${parts.table} SET ${list(parts.set.map(assignment))}${where(parts.where)}`

export const updateFrom = (parts: UpdateParts, source: Fragment): Fragment =>
  sql`UPDATE ${parts.table} SET ${list(parts.set.map(assignment))} FROM ${source}${where(parts.where)}`

export const remove = (parts: DeleteParts): Fragment => sql`DELETE FROM ${parts.table}${where(parts.where)}`

/** What an upsert is, where it names its key. */
export const onConflict: Pick<Writes, 'conflictOnTarget' | 'offered' | 'upsert'> = {
  conflictOnTarget: true,
  offered: () => ({ clause: '', read: column => `excluded.${column}` }),
  upsert: ({ target, set, where: condition }: UpsertParts) => {
    const head = ` ON CONFLICT (${target.join(', ')}) DO`
    return set === null ? sql`${head} NOTHING` : sql`${head} UPDATE SET ${list(set.map(assignment))}${where(condition)}`
  },
}
