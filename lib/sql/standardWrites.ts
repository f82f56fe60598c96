/**
 * UPDATE and DELETE as the standard has them.
 *
 * In SQL as it is meant, SET sees the old row in every value, and a sub-query sees the table as it was
 * before the statement. A dialect whose engine keeps to that uses these; another has its own.
 */
import type { DeleteParts, SetPart, UpdateParts } from './Dialect.js'
import { type Fragment, list, optional, sql } from './Fragment.js'

const where = (condition: Fragment | null): Fragment => optional(condition !== null, () => sql` WHERE ${condition as Fragment}`)

const assignment = ({ column, value }: SetPart): Fragment => sql`${column} = ${value}`

export const update = (parts: UpdateParts): Fragment =>
  sql`UPDATE ${parts.table} SET ${list(parts.set.map(assignment))}${where(parts.where)}`

export const remove = (parts: DeleteParts): Fragment => sql`DELETE FROM ${parts.table}${where(parts.where)}`
