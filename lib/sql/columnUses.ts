/**
 * What uses a column in the database: keys, checks and indexes of its table, foreign keys from it and to it.
 *
 * A description may lack what the database has. Engines then differ: some drop a check, a key or an index silently with its column, some fail
 * with an error of their own. So the catalog is queried before a column is dropped, or gets another type while a foreign key has it, and the
 * step is refused with the name of what is in the way. What a type needs goes with its column. SQLite finds uses in the text of the table.
 *
 * Law: a step is refused with a `SchemaConflict` where it is refused in memory.
 */
import type { Change } from '../core/schema/Change.js'
import { isRetyped } from '../core/schema/conversion.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { columnName, qualifiedName, typeConstraint } from '../core/table/Table.js'
import { refuse, schemaConflict } from '../core/value/DbError.js'
import type { CatalogRows } from './Catalog.js'
import type { Dialect } from './Dialect.js'
import { typeChecksOf } from './definitions.js'
import type { Work } from './Work.js'

/** The work that refuses a change of a column because of what uses it. */
export const refusingUsed = (
  dialect: Dialect,
  t: AnyTable,
  change: Change & { readonly tag: 'dropColumn' | 'changeType' },
): readonly Work[] => {
  const { field } = change
  const { columnUsers } = dialect.ddl
  if (columnUsers === null || (change.tag === 'changeType' && !isRetyped(t, change))) return []
  const name = columnName(t, field)
  const own = typeChecksOf(dialect, t, field).map(([suffix]) => typeConstraint(t, field, suffix))
  const { sql, columns, read } = columnUsers(t, name)
  const then = (rows: CatalogRows): readonly Work[] => {
    const [user] = read(rows).filter(u => !own.includes(u.name) && (u.isForeignKey || change.tag === 'dropColumn'))
    if (user === undefined) return []
    const reason =
      change.tag === 'dropColumn'
        ? `${user.name} uses it: drop that first`
        : `the foreign key ${user.name} has it: drop that first, and add it afterwards`
    return refuse(schemaConflict(`${qualifiedName(t)}.${name}`, reason))
  }
  return [{ tag: 'query', sql, columns, then }]
}
