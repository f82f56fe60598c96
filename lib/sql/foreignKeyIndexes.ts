/**
 * Indexes that foreign keys need: MySQL and MariaDB refuse to drop the last one that begins with the columns of a foreign key.
 *
 * They make such an index themselves when a foreign key is added, under its name, and drop it silently when another one serves as well. So
 * before an index or key is dropped, the index of each foreign key that it alone serves is made again. Elsewhere a foreign key needs no index.
 *
 * Law: dropping an index changes no row and no foreign key, on every engine.
 */
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { CatalogRows } from './Catalog.js'
import type { Dialect } from './Dialect.js'
import { target } from './identifier.js'
import type { Work } from './Work.js'

/** The names and columns of the foreign keys or of the indexes in a reply. */
const columnsOf = (rows: CatalogRows, kind: 'foreignKey' | 'index'): ReadonlyMap<string, readonly (string | null)[]> => {
  const found = new Map<string, (string | null)[]>()
  for (const [own, name, column = null] of rows) if (own === kind && name != null) found.set(name, [...(found.get(name) ?? []), column])
  return found
}

const begins = (index: readonly (string | null)[], columns: readonly (string | null)[]): boolean =>
  columns.every((c, i) => c !== null && c.toLowerCase() === index[i]?.toLowerCase())

/** The work that keeps an index for each foreign key of a table that the index of this name alone serves. */
export const keepingForeignKeys = (dialect: Dialect, t: AnyTable, name: string): readonly Work[] => {
  const { ddl, quote } = dialect
  if (ddl.foreignKeyIndexes === null) return []
  const then = (rows: CatalogRows): readonly Work[] => {
    const indexes = columnsOf(rows, 'index')
    const own = indexes.get(name)
    const needed = [...columnsOf(rows, 'foreignKey')].filter(
      ([, columns]) =>
        own !== undefined && begins(own, columns) && ![...indexes].some(([other, index]) => other !== name && begins(index, columns)),
    )
    const clauses = needed.map(([key, columns]) => `ADD INDEX ${quote(key)} (${columns.map(c => quote(`${c}`)).join(', ')})`)
    return clauses.length === 0 ? [] : [{ tag: 'sql', sql: `ALTER TABLE ${target(dialect, t)} ${clauses.join(', ')}` }]
  }
  return [{ tag: 'query', sql: ddl.foreignKeyIndexes(t), columns: 4, then }]
}
